"""Nothing on the way of an answer waits for the store: locked, read-only, hung or gone."""

import sqlite3
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr

from ccs_qa.http.app import build_app
from ccs_qa.service import QAService
from ccs_qa.settings import Settings
from ccs_qa.store import opening
from ccs_qa.store.backup import backup, restore
from ccs_qa.store.store import LazyStore, Store, open_store
from tests.http.test_audit import CHANNELS
from tests.serving import recorded, until

QUESTION = "How could AI help call centres?"
REMARK = {
    "useful": True,
    "question": QUESTION,
    "language": "en",
    "status": "answered",
    "index_id": "ab12",
}
# The threads that may look into the store, and the one in which the application starts and ends.
ITS_OWN = {"store-watch", "audit"}


@dataclass(frozen=True)
class Kept:
    """A service with keys and required records, and its store."""

    path: Path
    client: TestClient

    @property
    def url(self) -> str:
        """The address of the store."""
        return f"sqlite:///{self.path}"

    def ask(self) -> int:
        """Ask with a key, and give the status."""
        return self.client.post("/api/v1/ask", json={"question": QUESTION}).status_code

    def records(self) -> int:
        """Count the records that were written."""
        store = open_store(self.url)
        found = len(list(store.audit.records()))
        store.close()
        return found


@pytest.fixture
def keyed(settings: Settings, tmp_path: Path) -> tuple[Settings, str]:
    """Settings by which keys are asked for and records required, and the key of everything."""
    url = f"sqlite:///{tmp_path / 'kept' / 'kept.sqlite3'}"
    store = open_store(url)
    key = store.keys.create("tool", ["read", "feedback", "admin"])
    store.close()
    free = {"limit": "off", "user_limit": "off"}
    return recorded(settings, url, tmp_path, audit="required", access="keys", **free), key


@pytest.fixture
def kept(keyed: tuple[Settings, str], service: QAService) -> Iterator[Kept]:
    """A service that runs, asked under a name that assistants may use as well."""
    settings, key = keyed
    path = Path(settings.database.get_secret_value().removeprefix("sqlite:///"))
    app = build_app(settings, lambda _: service)
    headers = {"Authorization": f"Bearer {key}"}
    with TestClient(app, base_url="http://127.0.0.1:8000", headers=headers) as client:
        yield Kept(path, client)


@pytest.mark.parametrize("name", CHANNELS)
def test_no_answer_looks_into_the_store(
    kept: Kept, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Whatever asks for the store while a channel answers runs in a thread of its own."""
    threads, store = set[str](), LazyStore.store

    def noted(self: LazyStore) -> Store:
        threads.add(threading.current_thread().name)
        return store(self)

    monkeypatch.setattr(LazyStore, "store", noted)
    CHANNELS[name][1](kept.client)
    assert threads <= ITS_OWN
    # The record is written and the key is found all the same.
    until(lambda: threads == ITS_OWN)


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever waits for a lock waits for longer than the tests keep one."""
    monkeypatch.setattr(opening, "_BUSY_SECONDS", 600)


@pytest.mark.slow
@pytest.mark.usefixtures("patient")
def test_a_locked_store_is_waited_for_by_nobody(request: pytest.FixtureRequest) -> None:
    """Another program has it for itself during the whole answer; then the record is written."""
    kept: Kept = request.getfixturevalue("kept")
    taken, gate, freed = threading.Event(), threading.Event(), list[bool]()

    def lock() -> None:
        connection = sqlite3.connect(kept.path, timeout=60, isolation_level=None)
        connection.execute("BEGIN EXCLUSIVE")
        taken.set()
        freed.append(gate.wait(60))
        connection.execute("COMMIT")
        connection.close()

    locker = threading.Thread(target=lock)
    locker.start()
    assert taken.wait(60)
    assert kept.ask() == 200
    gate.set()
    locker.join()
    # Had the answer waited, the lock would have ended by itself before the gate opened.
    assert freed == [True]
    until(lambda: kept.records() == 1)


def test_feedback_that_waits_holds_up_no_answer(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As many as there are threads for answers wait for a store that hangs; an answer comes."""
    gate, waiting, freed = threading.Event(), threading.Semaphore(0), list[bool]()
    store = LazyStore.store

    def hang(self: LazyStore) -> Store:
        if threading.current_thread().name not in ITS_OWN:
            waiting.release()
            freed.append(gate.wait(120))
        return store(self)

    monkeypatch.setattr(LazyStore, "store", hang)
    sent = list[int]()

    def send() -> None:
        sent.append(kept.client.post("/api/v1/feedback", json=REMARK).status_code)

    senders = [threading.Thread(target=send) for _ in range(40)]
    for sender in senders:
        sender.start()
    assert waiting.acquire(timeout=120)
    assert kept.ask() == 200
    gate.set()
    for sender in senders:
        sender.join()
    assert all(freed)
    assert sent == [201] * 40


def test_a_store_that_is_lost_and_put_back(kept: Kept, tmp_path: Path) -> None:
    """Keys hold, answers come, and their records wait for the copy; feedback says why it is not."""
    copy = tmp_path / "kept.copy"
    assert kept.ask() == 200
    until(lambda: kept.records() == 1)
    backup(kept.url, copy)
    for lost in kept.path.parent.iterdir():
        lost.unlink()
    assert kept.ask() == 200
    assert kept.client.post("/api/v1/feedback", json=REMARK).status_code == 503
    assert kept.ask() == 200
    assert not kept.path.exists()
    assert restore(kept.url, copy)["audit"] == 1
    until(lambda: kept.records() == 3)
    assert kept.client.post("/api/v1/feedback", json=REMARK).status_code == 201
    assert kept.client.get("/health/ready").json()["records"]["lost"] == 0


def test_a_read_only_store_costs_no_answer(keyed: tuple[Settings, str], service: QAService) -> None:
    """Keys are found, and records wait until it may be written."""
    settings, key = keyed
    path = settings.database.get_secret_value().removeprefix("sqlite:///")
    readonly = SecretStr(f"sqlite:///file:{path}?mode=ro&uri=true")
    app = build_app(settings.model_copy(update={"database": readonly}), lambda _: service)
    with TestClient(app, headers={"Authorization": f"Bearer {key}"}) as client:
        assert client.post("/api/v1/ask", json={"question": QUESTION}).status_code == 200
    assert len(settings.audit_spool.read_text().splitlines()) == 1
    assert Kept(Path(path), client).records() == 0
