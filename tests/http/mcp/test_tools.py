"""The tools as the official client sees them, over stdio and over HTTP."""

import datetime as dt
import re

import pytest
from mcp_types import INVALID_PARAMS
from pydantic import BaseModel

from ccs_qa.errors import (
    ArgumentsError,
    CcsQaError,
    FilterError,
    NotFoundError,
    QuestionError,
    Said,
)
from ccs_qa.messages.catalogue import catalogue
from ccs_qa.messages.wording import word_error
from ccs_qa.present.schemas import (
    AskResponse,
    HitOut,
    MeetingsResponse,
    PassageOut,
    RenditionOut,
    SearchResponse,
    TimelineResponse,
)
from tests.conftest import DATES, PAGES, page_text
from tests.http.mcp.conftest import PASSAGE, Visit, text

ASKED = "from, to, meetings, question, language, history"
DOCUMENTS = {name: page_text(file) for name, file in PAGES}
# Read off the two pages by hand.
SAID = (
    "Artificial intelligence (AI) should be used to support clients and call centre staff.",
    "L'intelligence artificielle (IA) devrait être utilisé pour soutenir les clients",
)


def quotes(item: HitOut | PassageOut) -> list[RenditionOut]:
    """List the renditions that a passage gives."""
    if isinstance(item, PassageOut):
        return list(item.renditions)
    return [item, *([item.counterpart] if item.counterpart else [])]


def test_five_tools_that_only_read(seen: Visit) -> None:
    """Each says that it reads, may be called again, and looks at nothing beyond the summaries."""
    assert sorted(seen.tools) == ["ask", "get_passage", "list_meetings", "search", "timeline"]
    for tool in seen.tools.values():
        assert tool.annotations is not None
        assert tool.annotations.read_only_hint is True
        assert tool.annotations.destructive_hint is False
        assert tool.annotations.idempotent_hint is True
        assert tool.annotations.open_world_hint is False


def test_arguments_are_described_and_bounded(seen: Visit) -> None:
    """Every argument has a description; limits are in the schema, and nothing else is taken."""
    taken = {name: tool.input_schema for name, tool in seen.tools.items()}
    assert {name: sorted(schema["properties"]) for name, schema in taken.items()} == {
        "ask": ["from", "history", "language", "meetings", "question", "to"],
        "search": ["from", "history", "k", "language", "meetings", "question", "to"],
        "get_passage": ["passage_id"],
        "list_meetings": [],
        "timeline": ["language", "topic"],
    }
    required = {name: schema.get("required", []) for name, schema in taken.items()}
    assert required == {
        "ask": ["question"],
        "search": ["question"],
        "get_passage": ["passage_id"],
        "list_meetings": [],
        "timeline": ["topic"],
    }
    for schema in taken.values():
        assert schema["type"] == "object"
        assert schema["additionalProperties"] is False
        assert all(item["description"] for item in schema["properties"].values())
    asked = taken["search"]["properties"]
    assert (asked["question"]["minLength"], asked["question"]["maxLength"]) == (1, 6000)
    assert (asked["k"]["minimum"], asked["k"]["maximum"]) == (1, 100)
    assert (asked["history"]["maxItems"], asked["meetings"]["maxItems"]) == (50, 100)


def test_results_have_the_schema_of_the_api(seen: Visit) -> None:
    """A client learns the same fields as a caller of the API."""
    models: dict[str, type[BaseModel]] = {
        "ask": AskResponse,
        "search": SearchResponse,
        "get_passage": PassageOut,
        "list_meetings": MeetingsResponse,
        "timeline": TimelineResponse,
    }
    for name, model in models.items():
        assert seen.tools[name].output_schema == model.model_json_schema(mode="serialization")


def test_words_are_in_both_languages(seen: Visit) -> None:
    """Instructions, titles and descriptions, English and then French."""
    for told in (
        "word for word",
        "keep its number, its date and its address",
        "Add nothing to a quote",
        "no passage was recognized as an answer",
        "official text is French",
        "mot à mot",
        "N’ajoutez rien à une citation",
        "aucun passage n’a été reconnu comme une réponse",
        "Le texte officiel est le français",
    ):
        assert told in seen.instructions.replace("\u00a0", " ")
    for name, tool in seen.tools.items():
        for part, shown in (("title", tool.title), ("description", tool.description)):
            for language in ("en", "fr"):
                assert catalogue(language).raw(f"mcp.{name}.{part}") in (shown or "")


@pytest.mark.parametrize("name", ["english", "french", "other language", "limited", "follow-up"])
def test_an_answer_holds_its_quotes_word_for_word(seen: Visit, name: str) -> None:
    """Each quote stands in its document at its place, and in the text with all that cites it."""
    result = seen.results[name]
    body = AskResponse.model_validate(result.structured_content)
    words = catalogue(body.language)
    shown = text(result)

    assert result.is_error is not True
    assert body.status == "answered"
    assert [item.number for item in body.citations] == list(range(1, len(body.citations) + 1))
    for citation in body.citations:
        assert citation.meeting is not None
        for quote in quotes(citation):
            assert DOCUMENTS[quote.document][quote.start : quote.end] == quote.text
            assert quote.text in shown
            assert words.text(f"rendition.{quote.status}") in shown
            assert f"{quote.document} [{quote.start}:{quote.end}]" in shown
        place = shown[shown.index(f"[{citation.number}] ") :].splitlines()[1]
        assert place.strip().startswith(words.date(citation.meeting.date))
        assert citation.meeting.title in place
        told = citation.attribution
        ends = f" – {words.text(f'attribution.{told}')}" if told else ""
        assert place.endswith(citation.section + ends)
        assert f"{seen.origin}{citation.url}\n" in shown


def test_the_language_is_that_of_the_question_or_the_one_asked_for(seen: Visit) -> None:
    """A French question is answered in French, an English one in English unless told."""
    found = {
        name: AskResponse.model_validate(seen.results[name].structured_content)
        for name in ("english", "french", "other language", "limited", "follow-up")
    }
    assert {name: body.language for name, body in found.items()} == {
        "english": "en",
        "french": "fr",
        "other language": "fr",
        "limited": "en",
        "follow-up": "en",
    }
    assert all(said in text(seen.results["english"]) for said in SAID)
    assert found["english"].citations[0].passage_id == PASSAGE
    assert "passports" in found["follow-up"].query.standalone
    dates = {item.meeting.date for item in found["limited"].citations if item.meeting}
    assert dates <= {dt.date(2023, 1, 19), dt.date(2023, 4, 3)}


def test_what_the_summaries_do_not_say_is_said(seen: Visit) -> None:
    """No quote, the status in words and by name, and nothing found is no error."""
    result = seen.results["not found"]
    body = AskResponse.model_validate(result.structured_content)

    assert (result.is_error, body.status, body.citations) == (False, "not_found", [])
    assert text(result).startswith("No answer found (not_found)\n")
    assert "Nearest passages, not recognized as an answer:" in text(result)

    nothing = seen.results["nothing"]
    assert SearchResponse.model_validate(nothing.structured_content).hits == []
    assert not nothing.is_error
    assert text(nothing).split("\n\n") in [
        [catalogue(item).text(key) for key in ("page.understood.nowhere", "answer.not_found")]
        for item in ("fr", "en")
    ]


def test_a_search_keeps_to_the_meetings_and_number_asked_for(seen: Visit) -> None:
    """Three passages of one meeting, each one word for word."""
    body = SearchResponse.model_validate(seen.results["one meeting"].structured_content)
    assert len(body.hits) == 3
    for hit in body.hits:
        assert hit.meeting is not None
        assert hit.meeting.date == dt.date(2023, 10, 3)
        assert all(quote.text in text(seen.results["one meeting"]) for quote in quotes(hit))


def test_a_passage_comes_in_both_languages(seen: Visit) -> None:
    """The official text first; each with its place, its status and its address."""
    body = PassageOut.model_validate(seen.results["passage"].structured_content)
    shown = text(seen.results["passage"])
    assert [item.status for item in body.renditions] == ["official", "unofficial_translation"]
    for quote in body.renditions:
        assert DOCUMENTS[quote.document][quote.start : quote.end] == quote.text
        assert quote.text in shown
    for told in ("Texte officiel", "Unofficial translation", "1er novembre 2024", "Expérience"):
        assert told in shown
    for language in ("fr", "en"):
        assert f"{seen.origin}/{language}/passages/{PASSAGE}" in shown.splitlines()[-1] or (
            f"{seen.origin}/{language}/passages/{PASSAGE}\n" in shown
        )


def test_every_meeting_is_listed(seen: Visit) -> None:
    """The eight of the page, newest first, with their titles and addresses."""
    body = MeetingsResponse.model_validate(seen.results["meetings"].structured_content)
    shown = text(seen.results["meetings"])
    assert tuple(item.date.isoformat() for item in body.meetings) == DATES
    for item in body.meetings:
        for language in ("fr", "en"):
            assert (item.title.get(language) or item.objective[language]) in shown
            assert f"{seen.origin}/{language}/meetings/{item.date}" in shown


def test_a_timeline_names_no_meeting_twice(seen: Visit) -> None:
    """Those that speak, oldest first, and those that do not; of some neither is sure."""
    body = TimelineResponse.model_validate(seen.results["timeline"].structured_content)
    spoken = [item.meeting.date for item in body.entries if item.meeting]
    assert spoken == sorted(spoken)
    assert spoken
    named = [day.isoformat() for day in (*spoken, *body.absent)]
    assert len(named) == len({*named})
    assert {*named} <= {*DATES}
    assert body.total == len(DATES)
    shown = text(seen.results["timeline"])
    assert all(quote.text in shown for item in body.entries for quote in quotes(item))
    assert all(catalogue("fr").date(day) in shown for day in body.absent)


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("bad date", ArgumentsError(fields=(Said("argument.day", {"name": "from"}),))),
        ("bad period", FilterError(problem="period", value="2024-02-01..2024-01-01")),
        ("bad meeting", FilterError(problem="meeting", value="2024-01-01")),
        ("unknown passage", NotFoundError(what="passage", name="no-such-passage")),
        (
            "unknown argument",
            ArgumentsError(
                fields=(
                    Said(
                        "argument.unknown",
                        {
                            "name": "form",
                            "known": "from, to, meetings, question, language, history",
                        },
                    ),
                )
            ),
        ),
        ("missing", ArgumentsError(fields=(Said("argument.missing", {"name": "question"}),))),
        ("blank", QuestionError(problem="empty", longest=5000)),
        ("long", QuestionError(problem="long", longest=5000)),
        (
            "too many",
            ArgumentsError(
                fields=(Said("argument.number", {"name": "k", "least": 1, "most": 100}),)
            ),
        ),
    ],
)
def test_what_cannot_be_used_is_an_error_of_the_tool(
    seen: Visit, name: str, error: CcsQaError
) -> None:
    """In both languages, with what to do next and without structured content."""
    result = seen.results[name]
    assert result.is_error is True
    assert result.structured_content is None
    assert text(result).split("\n\n") == [
        f"{item.title}\n{item.detail}\n→ {item.next}" for item in word_error(error).values()
    ]


def test_an_unknown_tool_is_an_error_of_the_protocol(seen: Visit) -> None:
    """The code that the specification names."""
    assert seen.unknown.error.code == INVALID_PARAMS
    assert "delete_everything" in seen.unknown.error.message
    assert "ask, search, get_passage, list_meetings, timeline" in seen.unknown.error.message


def test_a_listed_meeting_can_be_read_and_every_passage_of_it(seen: Visit) -> None:
    """Eight meetings, newest first; both pages hold each quote, and what is told of its place."""
    assert [item.uri for item in seen.resources] == [f"ccs://meetings/{day}" for day in DATES]
    assert sorted(item.uri_template for item in seen.templates) == [
        "ccs://meetings/{date}",
        "ccs://passages/{passage_id}",
    ]
    for item in seen.resources:
        assert item.title
        assert " / " in item.title
    meeting, passage = (
        seen.read["ccs://meetings/2024-11-01"],
        seen.read[f"ccs://passages/{PASSAGE}"],
    )
    assert meeting.startswith("2024-11-01\n")
    assert passage == text(seen.results["passage"])
    assert passage in meeting
    places = re.findall(r"“(.+)”|«\xa0(.+)\xa0»", meeting)
    assert len(places) == 20  # ten passages, in two languages
    assert all(any(said in page for page in DOCUMENTS.values()) for both in places for said in both)


def test_an_address_of_nothing_is_told_what_there_is(seen: Visit) -> None:
    """In both languages, under the code that the specification names."""
    for uri, raised in seen.unread.items():
        assert raised.error.code == INVALID_PARAMS, uri
        assert raised.error.data == {"uri": uri}
        assert raised.error.message.count("→") == 2
    assert "ccs://passages/" in seen.unread["http://example.ca/"].error.message


def test_the_prompt_asks_for_quotes_in_the_language_wanted(seen: Visit) -> None:
    """One prompt; its text names the tool, the rules for quotes, and the question."""
    (prompt,) = seen.prompts
    assert prompt.name == "quote"
    taken = {item.name: item.required for item in prompt.arguments or []}
    assert taken == {"question": True, "language": False}
    for language, told in seen.prompted.items():
        assert told.endswith("trust & passports?")
        assert catalogue(language).raw("mcp.instructions") in told
        assert "“ask”" in told or "«\xa0ask\xa0»" in told
