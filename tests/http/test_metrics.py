"""`GET /metrics`: numbers of one application, read by the parser of Prometheus."""

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from prometheus_client.parser import text_string_to_metric_families

from ccs_qa import __version__
from ccs_qa.http.app import build_app
from ccs_qa.records import Question
from ccs_qa.service import QAService
from ccs_qa.settings import Settings

QUESTION = "How could AI help call centres?"
STAGES = {"understand", "encode", "candidates", "rerank", "fuse", "answer"}
Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


@pytest.fixture
def client(settings: Settings, service: QAService) -> Iterator[TestClient]:
    """A client on the machine of a fresh application, which believes its machine."""
    app = build_app(settings.model_copy(update={"local_admin": True}), lambda _: service)
    with TestClient(app, base_url="http://127.0.0.1", client=("127.0.0.1", 9)) as found:
        yield found


def read(client: TestClient) -> Samples:
    """Every sample by its name and labels."""
    response = client.get("/metrics")
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert response.headers["cache-control"] == "no-store"
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(response.text)
        for sample in family.samples
    }


def sample(samples: Samples, name: str, **labels: str) -> float | None:
    """One number; None where it is not there."""
    return samples.get((name, frozenset(labels.items())))


def test_answers_are_counted_by_channel_status_and_language(client: TestClient) -> None:
    """Two through the API, one on a French page, which nothing answers."""
    for _ in range(2):
        client.post("/api/v1/ask", json={"question": QUESTION})
    client.get("/fr/", params={"q": "Quel est le budget annuel du comité ?"})
    found = read(client)
    name = "ccs_qa_answers_total"
    assert sample(found, name, channel="api", status="answered", language="en") == 2
    pages = [
        (dict(labels)["status"], value)
        for (key, labels), value in found.items()
        if key == name and ("channel", "page") in labels
    ]
    assert [value for _, value in pages] == [1]
    assert pages[0][0] in {"related", "not_found"}
    assert sample(found, "ccs_qa_quotes_dropped_total") == 0
    assert sample(found, "ccs_qa_audit_dropped_total") == 0


def test_each_stage_has_its_time(client: TestClient) -> None:
    """One observation a stage for one answer, all in buckets that hold a minute in the end."""
    body = client.post("/api/v1/ask", json={"question": QUESTION}).json()
    found = read(client)
    assert body["timings_ms"].keys() == STAGES
    for stage, spent in body["timings_ms"].items():
        assert sample(found, "ccs_qa_stage_seconds_count", stage=stage) == 1
        total = sample(found, "ccs_qa_stage_seconds_sum", stage=stage)
        assert total == pytest.approx(spent / 1000)
        assert sample(found, "ccs_qa_stage_seconds_bucket", stage=stage, le="+Inf") == 1


@pytest.mark.parametrize(("recent", "again"), [(8, 2), (0, 0)])
def test_answers_given_again_are_counted(
    settings: Settings, service: QAService, recent: int, again: int
) -> None:
    """Of three to one question the second and the third, that of a page; none where set so."""
    app = build_app(
        settings.model_copy(update={"recent": recent, "local_admin": True}), lambda _: service
    )
    with TestClient(app, base_url="http://127.0.0.1", client=("127.0.0.1", 9)) as found:
        for _ in range(2):
            found.post("/api/v1/ask", json={"question": QUESTION, "language": "en"})
        found.get("/en/", params={"q": QUESTION})
        samples = read(found)
    assert sample(samples, "ccs_qa_answers_recalled_total") == again
    assert sample(samples, "ccs_qa_stage_seconds_count", stage="rerank") == 3 - again


def test_requests_are_counted_by_the_pattern_of_their_address(client: TestClient) -> None:
    """Whatever stands in an address, the numbers name only patterns of ours."""
    for path in ("/en/meetings/2024-11-01", "/fr/meetings/2025-06-02", "/en/meetings/2020-01-01"):
        client.get(path)
    for path in ("/en/mot-secret?q=mot-secret", "/mot/secret/mot-secret", "/static/mot-secret.css"):
        client.get(path)
    client.post("/api/v1/ask", content=b"x" * 600_000)
    response = client.get("/metrics")
    assert "mot-secret" not in response.text
    found = read(client)
    name = "ccs_qa_requests_total"
    assert sample(found, name, route="/{language}/meetings/{date}", status="200") == 2
    assert sample(found, name, route="/{language}/meetings/{date}", status="404") == 1
    assert sample(found, name, route="none", status="404") == 2
    assert sample(found, name, route="/static", status="404") == 1
    assert sample(found, name, route="none", status="413") == 1
    assert sample(found, name, route="/metrics", status="200") == 1


def test_what_answers_is_named(client: TestClient, service: QAService) -> None:
    """Version, model and index."""
    labels = {"version": __version__, "model": service.model, "index_id": service.index_id}
    assert sample(read(client), "ccs_qa_build_info", **labels) == 1


def test_two_applications_share_no_number(
    client: TestClient, settings: Settings, service: QAService
) -> None:
    """The registry is the application's own."""
    client.post("/api/v1/ask", json={"question": QUESTION})
    app = build_app(settings.model_copy(update={"local_admin": True}), lambda _: service)
    with TestClient(app, base_url="http://127.0.0.1", client=("127.0.0.1", 9)) as other:
        assert not [key for key in read(other) if key[0] == "ccs_qa_answers_total"]


def test_the_service_itself_counts_nothing(client: TestClient, service: QAService) -> None:
    """Only what comes through a channel of the application is counted: observing is no state."""
    service.ask(Question(QUESTION))
    assert not [key for key in read(client) if key[0] == "ccs_qa_answers_total"]


def test_numbers_are_not_for_everyone(settings: Settings, service: QAService) -> None:
    """From elsewhere they are refused."""
    with TestClient(build_app(settings, lambda _: service), client=("192.0.2.1", 9)) as far:
        response = far.get("/metrics")
    assert response.status_code in {401, 403}
    assert "ccs_qa_" not in response.text


def test_what_goes_wrong_there_is_a_problem(client: TestClient) -> None:
    """As at every address that programs call."""
    refused = client.post("/metrics")
    assert (refused.status_code, refused.headers["allow"]) == (405, "GET, HEAD")
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.json()["type"] == "/problems/method"
