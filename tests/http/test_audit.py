"""The record of answers: every channel leaves one, nobody waits for it, and none is lost unsaid."""

import datetime as dt
import json
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import cast

import pytest
from bs4 import BeautifulSoup
from fastapi.testclient import TestClient
from pydantic import SecretStr

from ccs_qa.errors import AuditError, StoreError
from ccs_qa.http.app import build_app
from ccs_qa.http.audit import Recorder, make_record
from ccs_qa.http.channels import channel_of
from ccs_qa.records import Answer, Question
from ccs_qa.service import QAService
from ccs_qa.settings import Settings
from ccs_qa.store.audit import AuditRecord, AuditTrail
from ccs_qa.store.spool import Spool
from ccs_qa.store.store import LazyStore, Store, open_store
from tests.serving import recorded, until

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
def audited(settings: Settings, database: str, tmp_path: Path) -> Settings:
    """Settings by which records are kept."""
    return recorded(settings, database, tmp_path / "spool", local_admin=True)


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
    assert settings.audit == "off"
    quiet = settings.model_copy(update={"database": SecretStr(database)})
    with started(quiet, service) as client:
        client.post("/api/v1/ask", json={"question": QUESTION})
    assert kept(database) == []


class FakeStore:
    """A store in which something is wrong, until the test lets go."""

    def __init__(self, act: Callable[[], Store]) -> None:
        """Note what happens."""
        self.store = act


@dataclass
class Recording:
    """A recorder in a folder of its own, and how many losses it was told to count."""

    folder: Path
    act: Callable[[], Store]
    required: bool = False
    dropped: list[int] = field(default_factory=list)
    days: int = 90
    now: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC)
    recorder: Recorder = field(init=False)

    def __post_init__(self) -> None:
        """Start it."""
        self.recorder = Recorder(
            cast("LazyStore", FakeStore(self.act)),
            Spool(self.folder / "audit.spool", safe=self.required),
            "embedded",
            self.days,
            required=self.required,
            dropped=self.dropped.append,
            now=self.now,
        )

    def tell(self, answer: Answer, *names: str) -> None:
        """Tell it of answers of those names."""
        for name in names:
            self.recorder.answered(replace(answer, id=name), ())


def unavailable() -> Store:
    """A store that cannot be used."""
    raise StoreError(problem="unreachable", where="")


def test_a_slow_store_costs_nobody_time(answer: Answer, database: str, tmp_path: Path) -> None:
    """While the store hangs, nobody waits, and all is written when it comes back."""
    gate, freed = threading.Event(), list[bool]()
    store = open_store(database)

    def hang() -> Store:
        freed.append(gate.wait(60))
        return store

    made = Recording(tmp_path, hang)
    names = [f"a{number}" for number in range(10)]
    made.tell(answer, *names)
    made.recorder.close(patience=0.05)
    assert list(store.audit.records()) == []
    gate.set()
    made.recorder.close(patience=60)
    # Had anybody waited, the store would have come back by itself before the gate opened.
    assert all(freed)
    assert [item.id for item in store.audit.records()] == names
    assert (made.recorder.lost, made.dropped) == (0, [])
    store.close()


def test_a_burst_is_written_in_one_transaction(
    answer: Answer, database: str, tmp_path: Path
) -> None:
    """A hundred records that wait when the store opens."""
    store, saved = open_store(database), list[int]()
    trail = AuditTrail.save

    def count(self: AuditTrail, *records: AuditRecord) -> None:
        saved.append(len(records))
        trail(self, *records)

    down = Recording(tmp_path, unavailable)
    down.tell(answer, *(f"a{number}" for number in range(100)))
    down.recorder.close()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(AuditTrail, "save", count)
        Recording(tmp_path, lambda: store).recorder.close()
    assert saved == [100]
    assert len(list(store.audit.records())) == 100
    store.close()


@pytest.mark.parametrize("required", [False, True])
def test_what_waits_is_written_by_the_next_process(
    answer: Answer, database: str, tmp_path: Path, *, required: bool
) -> None:
    """Once, though one before it died between writing and letting go."""
    first = Recording(tmp_path, unavailable, required)
    first.tell(answer, "a0", "a1")
    first.recorder.close()
    store = open_store(database)
    store.audit.save(replace(made(answer), id="a0"))
    Recording(tmp_path, lambda: store).recorder.close()
    assert sorted(item.id for item in store.audit.records()) == ["a0", "a1"]
    assert not (tmp_path / "audit.spool").exists()
    store.close()


def test_lost_is_counted_and_said_once_a_burst(
    answer: Answer, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Fifty answers are given without a record: the field, the metric and the log say fifty."""
    (tmp_path / "audit.spool").mkdir()
    found = Recording(tmp_path, unavailable)
    found.tell(answer, *(f"a{number}" for number in range(50)))
    found.recorder.close()
    said = [int(it) for it in re.findall(r"(\d+) records of answers could not", caplog.text)]
    assert found.recorder.lost == sum(found.dropped) == sum(said) == 50
    assert len(said) < 50


def test_an_answer_is_refused_where_its_record_is_required(answer: Answer, tmp_path: Path) -> None:
    """Nothing is counted as lost: nobody was answered."""
    (tmp_path / "audit.spool").mkdir()
    found = Recording(tmp_path, unavailable, required=True)
    with pytest.raises(AuditError):
        found.tell(answer, "a0")
    found.recorder.close()
    assert (found.recorder.lost, found.dropped) == (0, [])


def refusals(client: TestClient) -> dict[str, str]:
    """Ask through every channel that words errors; each is a 503, or for a tool an error."""
    problem = client.post("/api/v1/ask", json={"question": QUESTION})
    stream = client.post("/api/v1/ask/stream", json={"question": QUESTION})
    body = {"model": "ccs-qa-extractive", "messages": [{"role": "user", "content": QUESTION}]}
    openai = client.post("/v1/chat/completions", json=body)
    page = client.get("/fr/", params={"q": QUESTION})
    taken = client.get("/en/download.md", params={"q": QUESTION})
    assert {problem.status_code, openai.status_code, page.status_code, taken.status_code} == {503}
    assert problem.headers["content-type"] == "application/problem+json"
    return {
        "api": problem.json()["detail"]["fr"],
        "stream": stream.text,
        "openai": openai.json()["error"]["message"],
        "page": page.text,
    }


def test_every_channel_says_that_a_record_is_missing(
    audited: Settings, service: QAService, tmp_path: Path
) -> None:
    """In words of both languages; the stream ends with an error, and what can be read stays."""
    (tmp_path / "folder").mkdir()
    changed = {"audit": "required", "audit_spool": tmp_path / "folder"}
    with started(audited.model_copy(update=changed), service) as client:
        said = refusals(client)
        assert client.get("/en/meetings").status_code == 200
        assert client.get("/health/ready").json()["records"] == {"mode": "required", "lost": 0}
        assert "ccs_qa_answers_total{" not in client.get("/metrics").text
    assert "event: error" in said["stream"]
    assert "/problems/audit" in said["stream"]
    assert all("enregistrement" in text for text in said.values())
    assert "record" in said["openai"]


def test_a_broken_store_costs_nobody_an_answer(
    audited: Settings, service: QAService, tmp_path: Path
) -> None:
    """The answer is given; the record waits. Where it cannot, it is counted in three places."""
    (tmp_path / "text").write_text("not a database" * 100)
    broken = {"database": SecretStr(f"sqlite:///{tmp_path / 'text'}")}
    with started(audited.model_copy(update=broken), service) as client:
        assert client.post("/api/v1/ask", json={"question": QUESTION}).status_code == 200
        assert client.get("/health/ready").json()["records"]["lost"] == 0
        waiting = audited.audit_spool.read_text().splitlines()
        audited.audit_spool.unlink()
        audited.audit_spool.mkdir()
        assert client.post("/api/v1/ask", json={"question": QUESTION}).status_code == 200
        assert client.get("/health/ready").json()["records"] == {"mode": "best-effort", "lost": 1}
        assert "ccs_qa_audit_dropped_total 1.0" in client.get("/metrics").text
    assert [json.loads(line)["question"] for line in waiting] == [QUESTION]


def test_one_that_the_database_never_takes_keeps_back_no_other(
    answer: Answer, database: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """It is counted; the log names only the kind of the error, and not the question."""
    store = open_store(database)
    found = Recording(tmp_path, lambda: store)
    query = replace(answer.query, question="mot-secret \ud800")
    found.tell(answer, "a0")
    found.tell(replace(answer, query=query), "a1")
    found.tell(answer, "a2")
    found.recorder.close()
    assert [item.id for item in store.audit.records()] == ["a0", "a2"]
    assert found.recorder.lost == sum(found.dropped) == 1
    assert "UnicodeEncodeError" in caplog.text
    assert "mot-secret" not in caplog.text
    store.close()


def test_old_records_are_forgotten_at_the_start_and_once_a_day(
    answer: Answer, database: str, tmp_path: Path
) -> None:
    """Kept for 2 days, on the 20th what is older than the 18th goes; on the 21st, the 19th."""
    store = open_store(database)
    trail = store.audit
    for hours in (49, 47, 23):
        trail.save(replace(made(answer), id=f"{hours}h", time=NOON - dt.timedelta(hours=hours)))
    clock = [NOON]
    found = Recording(tmp_path, lambda: store, days=2, now=lambda: clock[0])

    def wait_for(*names: str) -> None:
        until(lambda: [item.id for item in trail.records()] == list(names))

    wait_for("47h", "23h")
    clock[0] = NOON + dt.timedelta(hours=23)
    found.tell(answer, "next")
    wait_for("47h", "23h", "next")
    clock[0] = NOON + dt.timedelta(hours=24)
    found.tell(answer, "last")
    found.recorder.close()
    wait_for("23h", "next", "last")
    store.close()


@pytest.mark.parametrize("days", [365, -365])
def test_a_clock_that_is_wrong_by_a_year_destroys_nothing(
    answer: Answer, database: str, tmp_path: Path, caplog: pytest.LogCaptureFixture, days: int
) -> None:
    """Records are kept for a day; the clock jumps while the service runs, or before it starts."""
    store = open_store(database)
    store.audit.save(replace(made(answer), id="kept", time=NOON))
    clock = [NOON + dt.timedelta(hours=1)]
    running = Recording(tmp_path, lambda: store, days=1, now=lambda: clock[0])
    until(lambda: store.notes.clock_holds(clock[0], None))
    clock[0] += dt.timedelta(days=days)
    running.tell(answer, "during")
    running.recorder.close()
    started = Recording(tmp_path, lambda: store, days=1, now=lambda: clock[0])
    started.recorder.close()
    assert {item.id for item in store.audit.records()} == {"kept", "during"}
    assert "time may have jumped" in caplog.text
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
    changed = settings.model_copy(update={"audit": "best-effort", "audit_days": 1})
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
