"""The whole application, with what it keeps in each kind of database."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from ccs_qa.http.app import build_app
from ccs_qa.service import QAService
from ccs_qa.settings import Settings
from ccs_qa.store.keys import KEY_SCOPES
from ccs_qa.store.store import Store, open_store
from tests.serving import recorded, until

QUESTION = "How could AI help call centres?"


@pytest.fixture
def maintained(url: str) -> Iterator[Store]:
    """The store of the application, as its maintainers open it."""
    store = open_store(url)
    yield store
    store.close()


def test_an_answer_its_record_and_its_feedback(
    settings: Settings, service: QAService, url: str, maintained: Store, tmp_path: Path
) -> None:
    """Asked with a key, recorded under its name, remarked on; revoked, the key opens nothing."""
    key = maintained.keys.create("tool", KEY_SCOPES)
    headers = {"Authorization": f"Bearer {key}"}
    changed = recorded(settings, url, tmp_path, access="keys")
    with TestClient(build_app(changed, lambda _: service)) as client:
        answer = client.post("/api/v1/ask", json={"question": QUESTION}, headers=headers).json()
        remark = {
            "useful": True,
            "question": answer["question"],
            "language": answer["language"],
            "status": answer["status"],
            "answer_id": answer["id"],
            "index_id": answer["index_id"],
            "citations": [item["passage_id"] for item in answer["citations"]],
        }
        assert client.post("/api/v1/feedback", json=remark, headers=headers).status_code == 201
        maintained.keys.revoke("tool")
        until(lambda: client.get("/api/v1/meetings", headers=headers).status_code == 401)
    (record,) = maintained.audit.records()
    (kept,) = maintained.feedback()
    assert (record.id, record.key_id, record.question) == (answer["id"], "tool", QUESTION)
    assert kept.remark.answer_id == record.id
    assert kept.remark.citations == record.citations
    (known,) = maintained.keys.all()
    assert known.used is not None
    assert abs(record.time - kept.time) < dt.timedelta(minutes=1)
