"""`POST /api/v1/feedback`: what it takes, keeps and refuses."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr

from ccs_qa.http.app import build_app
from ccs_qa.service import QAService
from ccs_qa.settings import Settings
from ccs_qa.store.store import open_store

Json = dict[str, Any]
ROUTE = "/api/v1/feedback"
BODY: Json = {
    "useful": True,
    "question": "How could AI help call centres?",
    "language": "en",
    "status": "answered",
    "index_id": "a3976c6ed939",
    "citations": ["2024-11-01-s-9f742ebe"],
}


@pytest.fixture
def database(tmp_path: Path) -> str:
    """The address of a database that does not exist yet."""
    return f"sqlite:///{tmp_path / 'kept.sqlite3'}"


@pytest.fixture
def client(settings: Settings, service: QAService, database: str) -> Iterator[TestClient]:
    """A client of a service with an empty store."""
    changed = settings.model_copy(update={"database": SecretStr(database)})
    with TestClient(build_app(changed, lambda _: service)) as found:
        yield found


def test_feedback_is_kept_without_personal_information(client: TestClient, database: str) -> None:
    """201 with the id and what was removed; the store holds the redacted words."""
    body = {**BODY, "comment": "130 692 544", "history": ["613-555-0199"], "reason": "other"}
    response = client.post(ROUTE, json=body)
    assert response.status_code == 201
    answer = response.json()
    assert answer.keys() == {"id", "time", "removed"}
    assert answer["removed"] == ["sin", "telephone"]
    store = open_store(database)
    kept = store.one(answer["id"])
    store.close()
    assert kept.remark.comment == "[NAS/SIN]"
    assert kept.remark.history == ("[téléphone/telephone]",)
    assert (kept.remark.reason, kept.remark.useful) == ("other", True)
    assert answer["time"] == kept.time.isoformat().replace("+00:00", "Z")


def test_an_answer_can_be_judged_by_what_it_holds(client: TestClient) -> None:
    """Its own id, status, index and citations are taken as they are."""
    answer = client.post("/api/v1/ask", json={"question": BODY["question"]}).json()
    body = {
        "useful": False,
        "question": answer["question"],
        "language": answer["language"],
        "status": answer["status"],
        "answer_id": answer["id"],
        "index_id": answer["index_id"],
        "citations": [item["passage_id"] for item in answer["citations"]],
    }
    assert client.post(ROUTE, json=body).status_code == 201


@pytest.mark.parametrize(
    ("changes", "code", "fields"),
    [
        ({"citations": ["2020-01-01-s-00000000"]}, "feedback", []),
        ({"question": "\u200b"}, "feedback", []),
        ({"reason": "because"}, "validation", ["reason"]),
        ({"status": "rejected"}, "validation", ["status"]),
        ({"language": "de"}, "validation", ["language"]),
        ({"useful": None}, "validation", ["useful"]),
        ({"comment": "a" * 2001}, "validation", ["comment"]),
        ({"answer_id": "130 692 544"}, "validation", ["answer_id"]),
        ({"index_id": "x"}, "validation", ["index_id"]),
        ({"name": "me"}, "validation", ["name"]),
    ],
)
def test_what_cannot_be_kept_is_refused(
    client: TestClient, changes: Json, code: str, fields: list[str]
) -> None:
    """422, with the field named where one is malformed."""
    response = client.post(ROUTE, json={**BODY, **changes})
    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"
    body = response.json()
    assert body["type"] == f"/problems/{code}"
    assert [item["field"] for item in body["errors"]] == fields


def test_a_store_that_is_out_is_a_503_and_questions_are_answered(
    settings: Settings, service: QAService, tmp_path: Path
) -> None:
    """The problem has a next step and names no path of the machine."""
    (tmp_path / "text").write_text("not a database" * 100)
    database = SecretStr(f"sqlite:///{tmp_path / 'text'}")
    changed = settings.model_copy(update={"database": database})
    with TestClient(build_app(changed, lambda _: service)) as found:
        assert found.post("/api/v1/ask", json={"question": "AI?"}).status_code == 200
        response = found.post(ROUTE, json=BODY)
    assert response.status_code == 503
    assert response.json()["type"] == "/problems/store"
    assert str(tmp_path) not in response.text


def test_the_contract_shows_an_example(client: TestClient) -> None:
    """It is a body that the route takes."""
    schema = client.get("/openapi.json").json()["components"]["schemas"]["FeedbackRequest"]
    (example,) = schema["examples"]
    assert schema["additionalProperties"] is False
    assert client.post(ROUTE, json=example).status_code == 201
