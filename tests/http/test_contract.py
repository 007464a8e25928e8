"""The HTTP contract: what each route takes and gives, and that every quote is exact."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import settings as limits
from hypothesis import strategies as st

from ccs_qa.http.app import build_app
from ccs_qa.records import Language
from ccs_qa.service import QAService
from ccs_qa.settings import Settings
from tests.conftest import DATES, PAGES, page_text
from tests.serving import moved

Json = dict[str, Any]
DOCUMENTS = {name: page_text(file) for name, file in PAGES}
RENDITION = {"language", "text", "status", "document", "start", "end"}
HIT = RENDITION | {"passage_id", "meeting", "section", "counterpart", "score", "reasons"}
CITATION = HIT | {"number", "verified", "url"}
QUESTIONS = (
    "How could AI help call centres?",
    "Que dit-on des passeports et de la confiance?",
    "Why are in-person services still needed?",
    "Quelle est la recette de la tarte aux pommes?",
)


def post(client: TestClient, route: str, question: str, **more: object) -> Json:
    """Ask, and take the body of a good response."""
    response = client.post(f"/api/v1/{route}", json={"question": question, **more})
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == "application/json"
    body: Json = response.json()
    return body


def get(client: TestClient, path: str) -> Json:
    """Read, and take the body of a good response."""
    response = client.get(path)
    assert response.status_code == 200, response.text
    body: Json = response.json()
    return body


def renditions(value: object) -> Iterator[Json]:
    """Find whatever has the fields of a rendition, however deep it lies."""
    if isinstance(value, Mapping):
        if value.keys() >= {"document", "start", "end"}:
            yield dict(value)
        for item in value.values():
            yield from renditions(item)
    elif isinstance(value, list):
        for item in value:
            yield from renditions(item)


def check_quotes(body: object) -> int:
    """Assert that every rendition equals its slice of the page file; count them."""
    found = list(renditions(body))
    for item in found:
        assert item.keys() >= RENDITION
        assert DOCUMENTS[item["document"]][item["start"] : item["end"]] == item["text"]
        official = item["document"] == "ccs-resumes.fr"
        assert item["language"] == ("fr" if official else "en")
        assert item["status"] == ("official" if official else "unofficial_translation")
    return len(found)


def check_hit(hit: Json, language: str) -> None:
    """Assert the fields of a hit and the policy of its languages."""
    assert hit.keys() >= HIT
    assert hit["meeting"].keys() >= {"date", "title", "format"}
    assert hit["meeting"]["date"] in DATES
    assert hit["passage_id"].startswith(hit["meeting"]["date"])
    assert hit["language"] == language
    assert hit["counterpart"].keys() >= RENDITION
    assert {hit["language"], hit["counterpart"]["language"]} == {"fr", "en"}
    assert hit["reasons"]
    assert all(isinstance(score, float) for score in hit["reasons"].values())


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_passage_is_quoted_exactly_in_both_languages(
    client: TestClient, language: str
) -> None:
    """110 searched passages, met through a search of each meeting: 220 exact renditions.

    Twenty more stand with them: the lead-ins of five items, and the five items of two lead-ins.
    """
    names = set()
    quotes = 0
    for date in DATES:
        filters = {"meetings": [date]}
        body = post(client, "search", "trust", k=100, language=language, filters=filters)
        for hit in body["hits"]:
            check_hit(hit, language)
            assert hit["meeting"]["date"] == date
        names |= {hit["passage_id"] for hit in body["hits"]}
        quotes += check_quotes(body)
    assert (len(names), quotes) == (110, 240)


def test_a_search_says_what_it_understood_and_ranks(client: TestClient) -> None:
    """Query, hits in order of score, index and timings; ten hits unless told."""
    body = post(client, "search", "  passports\u200b and trust ")
    assert body.keys() >= {"query", "hits", "index_id", "timings_ms"}
    assert body["query"].keys() >= {
        "question",
        "standalone",
        "language",
        "meetings",
        "from",
        "to",
    }
    assert body["query"]["question"] == "passports and trust"
    scores = [hit["score"] for hit in body["hits"]]
    assert len(scores) == 10
    assert scores == sorted(scores, reverse=True)
    assert all(spent >= 0 for spent in body["timings_ms"].values())


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("question", QUESTIONS)
def test_an_answer_has_every_field_and_exact_quotes(
    client: TestClient, question: str, language: str
) -> None:
    """Statements point at numbered citations; what is not answered shows the nearest."""
    body = post(client, "ask", question, language=language)
    assert body.keys() >= {
        "id",
        "question",
        "query",
        "status",
        "language",
        "confidence",
        "answer",
        "statements",
        "citations",
        "nearest",
        "coverage",
        "mode",
        "index_id",
        "timings_ms",
    }
    assert (body["question"], body["language"], body["mode"]) == (question, language, "extractive")
    assert body["status"] in {"answered", "related", "not_found"}
    assert 0 <= body["confidence"] <= 1
    for hit in body["citations"] + body["nearest"]:
        check_hit(hit, language)
    for citation in body["citations"]:
        assert citation.keys() >= CITATION
        assert citation["verified"] is True
        assert citation["url"] == f"/{language}/passages/{citation['passage_id']}"
    numbers = [citation["number"] for citation in body["citations"]]
    assert numbers == list(range(1, len(numbers) + 1))
    for statement in body["statements"]:
        assert statement["text"] in body["answer"]
        assert statement["citations"]
        assert set(statement["citations"]) <= set(numbers)
    answered = body["status"] == "answered"
    assert bool(numbers) is bool(body["statements"]) is answered
    assert bool(body["nearest"]) is not answered
    # The page gives the disclaimer in two renditions; a hit has two as well.
    hits = [*body["citations"], *body["nearest"]]
    listed = sum(len(hit[name]) for hit in hits for name in ("lead_ins", "items"))
    assert check_quotes(body) == 2 * (len(hits) + listed + 1)


def test_the_answer_holds_its_quotes_and_numbers(client: TestClient, service: QAService) -> None:
    """A question written for a passage is answered with that passage, word for word."""
    name, hints = next(
        (name, hints) for name, hints in service.corpus.known.hints.items() if "9f742ebe" in name
    )
    body = post(client, "ask", hints.en[0])
    assert body["status"] == "answered"
    assert name in [citation["passage_id"] for citation in body["citations"]]
    for citation in body["citations"]:
        assert f"“{citation['text']}” [{citation['number']}]" in body["answer"]


def test_what_the_summaries_do_not_hold_is_not_answered(client: TestClient) -> None:
    """What is absent is refused in words and with the coverage, not with a quote."""
    body = post(client, "ask", "Quelle est la recette de la tarte aux pommes?")
    assert body["status"] in {"related", "not_found"}
    assert body["statements"] == body["citations"] == []
    assert body["answer"].endswith(
        "La recherche a porté sur 8 résumés de réunion (janvier 2023 à juin 2025)."
    )


@pytest.mark.parametrize(
    ("question", "asked", "given"),
    [
        ("Que dit-on des passeports?", None, "fr"),
        ("What was said about passports?", None, "en"),
        ("Que dit-on des passeports?", "en", "en"),
        ("What was said about passports?", "fr", "fr"),
    ],
)
def test_language_is_the_one_asked_for_else_that_of_the_question(
    client: TestClient, question: str, asked: str | None, given: str
) -> None:
    """It decides the answer's words, the quotes' texts and their headings."""
    body = post(client, "ask", question, language=asked)
    assert body["language"] == body["query"]["language"] == given
    assert body["answer"].startswith("The summar" if given == "en" else ("Le résumé", "Les résum"))
    for hit in body["citations"] + body["nearest"]:
        assert hit["language"] == given
        assert hit["counterpart"]["language"] != given
        assert hit["meeting"]["format"].startswith("Format" if given == "en" else ("Fo", "Li"))


def test_an_answer_asked_twice_differs_in_name_and_time_only(client: TestClient) -> None:
    """Each answer has an id of its own."""
    first, second = (post(client, "ask", QUESTIONS[0]) for _ in range(2))
    assert first.pop("id") != second.pop("id")
    first.pop("timings_ms"), second.pop("timings_ms")
    assert first == second


@pytest.mark.parametrize(
    ("filters", "dates"),
    [
        ({}, DATES),
        ({"from": "2025-01-01"}, DATES[:3]),
        ({"to": "2023-04-03"}, DATES[6:]),
        ({"from": "2024-11-01", "to": "2024-11-01"}, DATES[3:4]),
        ({"meetings": ["2023-01-19", "2025-06-02"]}, (DATES[0], DATES[7])),
        ({"from": "2024-01-01", "meetings": ["2023-01-19", "2025-06-02"]}, DATES[:1]),
        ({"from": "2020-01-01", "to": "2020-12-31"}, ()),
    ],
)
def test_coverage_is_what_the_filters_leave(
    client: TestClient, filters: Json, dates: tuple[str, ...]
) -> None:
    """Meetings, first and last day, and passages other than titles, which are not searched."""
    body = post(client, "ask", "What was said about trust?", filters=filters)
    passages = [
        passage
        for date in dates
        for meeting in [get(client, f"/api/v1/meetings/{date}")]
        for part in [{"passages": meeting["head"]}, *meeting["sections"]]
        for passage in part["passages"]
        if passage["kind"] != "title"
    ]
    assert body["coverage"] == {
        "meetings": len(dates),
        "from": min(dates, default=None),
        "to": max(dates, default=None),
        "passages": len(passages),
    }
    assert {hit["meeting"]["date"] for hit in body["citations"] + body["nearest"]} <= set(dates)
    if not dates:
        assert (body["status"], body["nearest"]) == ("not_found", [])


def test_every_field_of_a_request_is_taken(client: TestClient) -> None:
    """The body of the contract, whole; k bounds the citations and the nearest."""
    body = post(
        client,
        "ask",
        "Et au téléphone?",
        k=1,
        language="en",
        history=["Autre chose?", "Que dit-on de l'IA?"],
        filters={"from": "2023-01-01", "to": "2025-12-31", "meetings": ["2024-11-01"]},
        mode="extractive",
    )
    assert len(body["citations"] + body["nearest"]) == 1
    assert body["query"]["question"] == "Et au téléphone?"
    assert "Que dit-on de l'IA?" in body["query"]["standalone"]
    assert body["query"]["meetings"] == ["2024-11-01"]
    assert (body["query"]["from"], body["query"]["to"]) == ("2023-01-01", "2025-12-31")


@given(
    question=st.text(max_size=600),
    history=st.lists(st.text(max_size=600), max_size=3),
    language=st.sampled_from(["fr", "en", None]),
)
@limits(max_examples=30)
def test_whatever_is_asked_is_answered_or_refused(
    client: TestClient, question: str, history: list[str], language: str | None
) -> None:
    """Any text gives exact quotes in the language wanted, or a named refusal."""
    response = client.post(
        "/api/v1/ask", json={"question": question, "history": history, "language": language}
    )
    body = response.json()
    if response.status_code == 422:
        assert body["type"] in {"/problems/question", "/problems/validation"}
        return
    assert response.status_code == 200
    assert body["language"] == (language or body["language"])
    assert check_quotes(body) > 0


def test_the_meetings_are_listed_newest_first(client: TestClient) -> None:
    """Eight, each at the addresses it names; the one without a title has none, but its aim."""
    body = get(client, "/api/v1/meetings")
    assert tuple(item["date"] for item in body["meetings"]) == DATES
    for item in body["meetings"]:
        untitled = item["date"] == "2025-03-25"
        assert item["title"].keys() == (set() if untitled else {"fr", "en"})
        assert item["objective"]["en"].startswith("Objective")
        assert item["url"] == {
            language: f"/{language}/meetings/{item['date']}" for language in ("fr", "en")
        }
    assert check_quotes(body["disclaimer"]) == 2


def test_a_meeting_is_given_whole(client: TestClient) -> None:
    """117 passages in 8 meetings, as many as the list says; each can be read by its name."""
    total = 0
    for summary in get(client, "/api/v1/meetings")["meetings"]:
        body = get(client, f"/api/v1/meetings/{summary['date']}")
        assert {name: body[name] for name in summary} == summary
        parts = [body["head"], *(section["passages"] for section in body["sections"])]
        passages = [passage for part in parts for passage in part]
        assert len(passages) == summary["passages"]
        listed = sum(len(item[name]) for item in passages for name in ("lead_ins", "items"))
        assert check_quotes(passages) == 2 * (len(passages) + listed)
        for passage in passages:
            assert get(client, f"/api/v1/passages/{passage['passage_id']}") == passage
        total += len(passages)
    assert total == 117


def test_the_process_is_live_and_the_service_ready(client: TestClient, service: QAService) -> None:
    """Ready names what is loaded: the index that answers name too."""
    assert get(client, "/health/live") == {"status": "live"}
    ready = get(client, "/health/ready")
    assert ready["status"] == "ready"
    assert (ready["meetings"], ready["passages"]) == (8, 110)
    assert ready["model"] == service.model
    assert ready["index_id"] == post(client, "search", "trust")["index_id"]


def test_a_process_without_its_service_is_live(unopened: TestClient) -> None:
    """Live before ready: test_errors shows what the other routes say."""
    assert get(unopened, "/health/live") == {"status": "live"}


@pytest.mark.parametrize(
    ("method", "path", "problems"),
    [
        ("post", "/api/v1/search", {"413", "415", "422", "503"}),
        ("post", "/api/v1/ask", {"413", "415", "422", "503"}),
        ("post", "/api/v1/ask/stream", {"413", "415", "422", "503"}),
        ("get", "/api/v1/meetings", {"503"}),
        ("get", "/api/v1/meetings/{date}", {"404", "422", "503"}),
        ("get", "/api/v1/passages/{passage_id}", {"404", "503"}),
        ("get", "/health/live", set()),
        ("get", "/health/ready", {"503"}),
    ],
)
def test_the_openapi_document_lists_routes_and_problems(
    client: TestClient, method: str, path: str, problems: set[str]
) -> None:
    """Every problem of a route refers to the one schema, under its own media type."""
    document = get(client, "/openapi.json")
    responses = document["paths"][path][method]["responses"]
    assert responses.keys() >= {"200", *problems}
    for status, response in responses.items():
        if status != "200":
            schema = response["content"]["application/problem+json"]["schema"]
            assert schema == {"$ref": "#/components/schemas/ProblemOut"}
    assert set(document["components"]["schemas"]["ProblemOut"]["properties"]) >= {
        "type",
        "title",
        "status",
        "detail",
        "next",
        "instance",
    }


@pytest.mark.parametrize(("tampered", "dropped"), [({"en"}, 16), ({"fr", "en"}, 32)])
def test_a_quote_that_does_not_match_its_document_is_dropped_and_counted(
    settings: Settings, service: QAService, tampered: set[Language], dropped: int
) -> None:
    """One letter more at the top of a page moves every offset of the sixteen hits ranked.

    Without English the French text stands alone, under its own language; without either
    nothing is quoted.
    """
    other = moved(service, settings, *tampered)
    with TestClient(build_app(settings, lambda _: other)) as client:
        body = post(client, "ask", "How could AI help call centres?")
    hits = body["citations"] + body["nearest"]
    assert body["dropped"] == dropped
    assert body["language"] == "en"
    assert bool(hits) is (tampered == {"en"})
    assert all((hit["language"], hit["counterpart"]) == ("fr", None) for hit in hits)
    check_quotes(body)


def test_a_timeline_accounts_for_every_meeting(client: TestClient) -> None:
    """Entries in order of date, one a meeting; the others are absent."""
    body = client.get(
        "/api/v1/timeline", params={"topic": "intelligence artificielle", "language": "en"}
    ).json()
    dates = [entry["meeting"]["date"] for entry in body["entries"]]
    assert dates == sorted(set(dates))
    assert "2024-06-27" in dates
    assert len(dates) + len(body["absent"]) == len(
        client.get("/api/v1/meetings").json()["meetings"]
    )
    assert {entry["language"] for entry in body["entries"]} == {"en"}
