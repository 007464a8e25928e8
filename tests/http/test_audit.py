"""The record of answers: every channel leaves one, and nobody waits for it."""

import datetime as dt
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from queue import Queue
from typing import cast

import pytest
from bs4 import BeautifulSoup
from fastapi.testclient import TestClient
from pydantic import SecretStr

from ccs_qa.errors import StoreError
from ccs_qa.http.app import build_app
from ccs_qa.http.audit import Recorder, make_record
from ccs_qa.http.channels import channel_of
from ccs_qa.records import Answer, Question
from ccs_qa.service import QAService
from ccs_qa.settings import Settings
from ccs_qa.store.audit import AuditRecord
from ccs_qa.store.store import LazyStore, Store, open_store
from tests.serving import until

QUESTION = "How could AI help call centres?"
NOON = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)


def made(answer: Answer) -> AuditRecord:
    """The record of an answer given at noon."""
    return make_record(
        answer, (), time=NOON, channel="api", key_id=None, request_id="r", model="embedded"
    )


def chat(client: TestClient) -> None:
    """Ask in the form of OpenAI."""
    body = {"model": "ccs-qa-extractive", "messages": [{"role": "user", "content": QUESTION}]}
    assert client.post("/v1/chat/completions", json=body).status_code == 200


def assistant(client: TestClient) -> None:
    """Ask over the Model Context Protocol."""
    body = {
        "jsonrpc": "2.0",
        "id": 1,
        "method": "tools/call",
        "params": {"name": "ask", "arguments": {"question": QUESTION}},
    }
    headers = {
        "Accept": "application/json, text/event-stream",
        "MCP-Protocol-Version": "2025-06-18",
    }
    assert client.post("/mcp", json=body, headers=headers).status_code == 200


CHANNELS: dict[str, tuple[str, Callable[[TestClient], object]]] = {
    "ask": ("api", lambda it: it.post("/api/v1/ask", json={"question": QUESTION})),
    "stream": ("api", lambda it: it.post("/api/v1/ask/stream", json={"question": QUESTION})),
    "page": ("page", lambda it: it.get("/en/", params={"q": QUESTION})),
    "page stream": ("page", lambda it: it.get("/en/stream", params={"q": QUESTION})),
    "download": ("download", lambda it: it.get("/en/download.md", params={"q": QUESTION})),
    "chat": ("chat", chat),
    "assistant": ("mcp", assistant),
}


@pytest.fixture
def database(tmp_path: Path) -> str:
    """The address of a database that does not exist yet."""
    return f"sqlite:///{tmp_path / 'kept.sqlite3'}"


@pytest.fixture
def audited(settings: Settings, database: str) -> Settings:
    """Settings by which records are kept."""
    return settings.model_copy(update={"audit": True, "database": SecretStr(database)})


def started(settings: Settings, service: QAService) -> TestClient:
    """A client on the machine of an application; it starts when entered."""
    app = build_app(settings, lambda _: service)
    return TestClient(app, base_url="http://127.0.0.1:8000", client=("127.0.0.1", 9))


def kept(database: str) -> list[AuditRecord]:
    """Every record of a database."""
    store = open_store(database)
    found = list(store.audit.records())
    store.close()
    return found


@pytest.fixture(scope="module")
def answer(service: QAService) -> Answer:
    """An answer to a question that holds a telephone number."""
    return service.ask(
        Question("Is 613-555-0199 the number of the call centres that AI could help?")
    )


@pytest.mark.parametrize("name", CHANNELS)
def test_every_channel_leaves_one_record(
    audited: Settings, service: QAService, database: str, name: str
) -> None:
    """It is written by the time the service has stopped, under the channel it came through."""
    channel, ask = CHANNELS[name]
    with started(audited, service) as client:
        ask(client)
    (record,) = kept(database)
    assert (record.channel, record.question, record.key_id) == (channel, QUESTION, None)
    assert record.citations


def test_a_record_is_that_of_its_answer(
    audited: Settings, service: QAService, database: str
) -> None:
    """Every field, beside what the API answered under the same name of the request."""
    before = dt.datetime.now(dt.UTC)
    with started(audited, service) as client:
        response = client.post(
            "/api/v1/ask", json={"question": QUESTION}, headers={"X-Request-ID": "mine-1"}
        )
    body = response.json()
    (record,) = kept(database)
    assert record.request_id == "mine-1"
    assert record.id == body["id"]
    assert (record.status, record.language, record.mode) == ("answered", "en", "extractive")
    assert record.confidence == body["confidence"]
    assert list(record.citations) == [item["passage_id"] for item in body["citations"]]
    # Those of the first five of the ranking, quoted or not.
    found = service.search(Question(QUESTION)).hits
    assert record.scores == tuple(hit.score for hit in found[:5])
    assert len(found) > len(record.scores) == 5
    assert (record.model, record.index_id) == (service.model, body["index_id"])
    assert dict(record.timings_ms) == body["timings_ms"]
    assert before <= record.time <= dt.datetime.now(dt.UTC)


def test_the_name_of_the_key_is_noted(audited: Settings, service: QAService, database: str) -> None:
    """And never the key."""
    store = open_store(database)
    key = store.keys.create("portal", {"read"})
    store.close()
    with started(audited, service) as client:
        client.post(
            "/api/v1/ask",
            json={"question": QUESTION},
            headers={"Authorization": f"Bearer {key}"},
        )
        client.post("/api/v1/ask", json={"question": QUESTION})
    assert [item.key_id for item in kept(database)] == ["portal", None]
    assert str(key) not in "".join(json.dumps(item.row()) for item in kept(database))


def test_what_identifies_a_person_is_taken_out(answer: Answer) -> None:
    """Of the question and of the wording that was searched, which here leans on another."""
    query = replace(answer.query, standalone="a@b.ca asks about 130 692 544")
    record = made(replace(answer, query=query))
    assert "613-555-0199" not in record.question
    assert "[téléphone/telephone]" in record.question
    assert record.standalone == "[courriel/e-mail] asks about [NAS/SIN]"


def test_without_the_setting_nothing_is_kept(
    settings: Settings, service: QAService, database: str
) -> None:
    """It is off unless someone turns it on."""
    assert settings.audit is False
    quiet = settings.model_copy(update={"database": SecretStr(database)})
    with started(quiet, service) as client:
        client.post("/api/v1/ask", json={"question": QUESTION})
    assert kept(database) == []


class FakeStore:
    """A store in which something is wrong, until the test lets go."""

    def __init__(self, act: Callable[[], Store]) -> None:
        """Note what happens."""
        self.store = act


def recorder(act: Callable[[], Store], drops: Queue[int], most: int = 1000) -> Recorder:
    """A recorder whose store does what the test says."""
    lazy = cast("LazyStore", FakeStore(act))
    return Recorder(lazy, "embedded", 90, lambda: drops.put(1), most_waiting=most)


def test_a_slow_store_costs_nobody_time(answer: Answer, database: str) -> None:
    """While the store hangs, two records wait, the others are counted, and nobody does."""
    gate, drops, freed = threading.Event(), Queue[int](), list[bool]()
    store = open_store(database)

    def hang() -> Store:
        freed.append(gate.wait(60))
        return store

    found = recorder(hang, drops, most=2)
    for number in range(10):
        found.answered(replace(answer, id=f"a{number}"), ())
    found.close(patience=0.05)
    assert drops.qsize() == 8
    gate.set()
    found.close(patience=60)
    # Had anybody waited, the store would have come back by itself before the gate opened.
    assert all(freed)
    assert [item.id for item in store.audit.records()] == ["a0", "a1"]
    store.close()


def test_a_broken_store_costs_nobody_an_answer(
    audited: Settings, service: QAService, tmp_path: Path
) -> None:
    """The answer is given; the record is counted as dropped in the metrics."""
    (tmp_path / "text").write_text("not a database" * 100)
    broken = {"database": SecretStr(f"sqlite:///{tmp_path / 'text'}")}
    app = build_app(audited.model_copy(update=broken), lambda _: service)
    with TestClient(app) as client:
        response = client.post("/api/v1/ask", json={"question": QUESTION})
    assert response.status_code == 200
    assert b"ccs_qa_audit_dropped_total 1.0" in app.state.metrics.text()


@pytest.mark.parametrize("error", [StoreError(problem="unreachable", where=""), ValueError("x")])
def test_one_failure_does_not_end_the_thread(
    answer: Answer, database: str, error: Exception
) -> None:
    """The next record is written."""
    drops = Queue[int]()
    store = open_store(database)
    outcomes: list[Exception | None] = [None, error, None]

    def act() -> Store:
        outcome = outcomes.pop(0)
        if outcome is not None:
            raise outcome
        return store

    found = recorder(act, drops)
    for number in range(2):
        found.answered(replace(answer, id=f"a{number}"), ())
    found.close()
    assert [item.id for item in store.audit.records()] == ["a1"]
    assert drops.qsize() == 1
    store.close()


def test_old_records_are_forgotten_at_the_start_and_once_a_day(
    answer: Answer, database: str
) -> None:
    """Kept for 2 days, on the 20th what is older than the 18th goes; on the 21st, the 19th."""
    lazy = LazyStore(database)
    trail = lazy.store().audit
    for hours in (49, 47, 23):
        trail.save(replace(made(answer), id=f"{hours}h", time=NOON - dt.timedelta(hours=hours)))
    clock = [NOON]
    found = Recorder(lazy, "embedded", 2, lambda: None, now=lambda: clock[0])

    def wait_for(number: int) -> list[str]:
        until(lambda: len(list(trail.records())) == number)
        return [item.id for item in trail.records()]

    assert wait_for(2) == ["47h", "23h"]
    clock[0] = NOON + dt.timedelta(hours=23)
    found.answered(replace(answer, id="next"), ())
    assert wait_for(3) == ["47h", "23h", "next"]
    clock[0] = NOON + dt.timedelta(hours=24)
    found.answered(replace(answer, id="last"), ())
    found.close()
    assert [item.id for item in trail.records()] == ["23h", "next", "last"]
    lazy.close()


def test_a_database_error_repeats_no_question(
    answer: Answer, database: str, caplog: pytest.LogCaptureFixture
) -> None:
    """The same id twice is refused by the database; the log names only the kind."""
    drops = Queue[int]()
    store = open_store(database)
    found = recorder(lambda: store, drops)
    query = replace(answer.query, question="mot-secret")
    for _ in range(2):
        found.answered(replace(answer, query=query), ())
    found.close()
    assert drops.qsize() == 1
    assert "IntegrityError" in caplog.text
    assert "mot-secret" not in caplog.text
    store.close()


@pytest.mark.parametrize(
    ("path", "channel"),
    [
        ("/api/v1/ask", "api"),
        ("/v1/chat/completions", "chat"),
        ("/mcp", "mcp"),
        ("/fr/", "page"),
        ("/en/stream", "page"),
        ("/fr/download.docx", "download"),
        ("/frais", "other"),
        ("/", "other"),
    ],
)
def test_channels_are_told_by_their_address(path: str, channel: str) -> None:
    """An address that stands in no row is of no channel, and is not named after itself."""
    assert channel_of(path) == channel


@pytest.fixture(scope="module")
def policy(settings: Settings, service: QAService) -> Iterator[TestClient]:
    """A client of an application that keeps records for a day."""
    changed = settings.model_copy(update={"audit": True, "audit_days": 1})
    with started(changed, service) as found:
        yield found


@pytest.mark.parametrize(
    ("language", "sentences", "denials"),
    [
        (
            "fr",
            ["il inscrit chaque réponse dans un registre", "Il est effacé après 1 jour."],
            [
                "Questions et réponses\u00a0: rien",
                "seulement dans ce cas",
                "ne conserve vos questions que si",
            ],
        ),
        (
            "en",
            ["it keeps a record of each answer", "The record is erased after 1 day."],
            ["Questions and answers: nothing", "and only then", "your questions only"],
        ),
    ],
)
def test_the_privacy_page_says_what_is_kept(
    policy: TestClient, client: TestClient, language: str, sentences: list[str], denials: list[str]
) -> None:
    """With records: that they are, for how long, and no denial is left. Without: the reverse."""
    with_records, without = (
        BeautifulSoup(it.get(f"/{language}/privacy").text, "html.parser").text
        for it in (policy, client)
    )
    assert all(item in with_records for item in sentences)
    assert not any(item in with_records for item in denials)
    assert all(item in without for item in denials)
    assert not any(item in without for item in sentences)
