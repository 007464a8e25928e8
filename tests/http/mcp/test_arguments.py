"""What a model fills in is read as it was meant, or refused with what may stand there."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as limits
from hypothesis import strategies as st
from pydantic import BaseModel

from ccs_qa.errors import ArgumentsError
from ccs_qa.http.mcp.arguments import SearchArguments, TimelineArguments, read_arguments
from ccs_qa.http.mcp.tools import TOOLS, Tool
from ccs_qa.messages.wording import word_error

QUESTION = {"question": "How could AI help call centres?"}


@pytest.mark.parametrize("nothing", [None, "", " ", "\n\t"])
@pytest.mark.parametrize("name", ["k", "language", "from", "to", "meetings", "history"])
def test_what_is_left_empty_is_left_out(name: str, nothing: object) -> None:
    """Null and an empty text, of whatever kind the argument is; in a list as well."""
    assert read_arguments(SearchArguments, {**QUESTION, name: nothing}) == read_arguments(
        SearchArguments, QUESTION
    )
    for listed in ("meetings", "history"):
        assert read_arguments(SearchArguments, {**QUESTION, listed: [nothing]}) == read_arguments(
            SearchArguments, QUESTION
        )


@pytest.mark.parametrize(
    ("told", "language"),
    [
        *((item, "fr") for item in ("fr", "FR", "fr-CA", "fr_CA", " Fr-fr ", "French", "français")),
        *((item, "en") for item in ("en", "EN", "en-CA", "en_CA", "en-US", "English", "anglais")),
    ],
)
def test_a_locale_or_a_name_is_its_language(told: str, language: str) -> None:
    """Of what models send."""
    found = read_arguments(TimelineArguments, {"topic": "trust", "language": told})
    assert found.language == language


@pytest.mark.parametrize(
    ("given", "english", "french"),
    [
        (
            {**QUESTION, "language": "de"},
            "“language” has to be fr | en",
            "«\u00a0language\u00a0» doit valoir fr | en",
        ),
        (
            {**QUESTION, "k": "many"},
            "“k” has to be a whole number from 1 to 100",
            "«\u00a0k\u00a0» doit être un nombre entier de 1 à 100",
        ),
        (
            {**QUESTION, "meetings": ["2024-11-01", "soon"]},
            "“meetings.1” has to be a date such as 2024-11-01",
            "«\u00a0meetings.1\u00a0» doit être une date comme 2024-11-01",
        ),
        (
            {**QUESTION, "meetings": "soon", "history": 3},
            (
                "“meetings” has to be a list of at most 100 items; "
                "“history” has to be a list of at most 50 items"
            ),
            (
                "«\u00a0meetings\u00a0» doit être une liste d’au plus 100 éléments; "
                "«\u00a0history\u00a0» doit être une liste d’au plus 50 éléments"
            ),
        ),
        (
            {"question": None},
            "“question” has to be a text of at most 6,000 characters, and not empty",
            "«\u00a0question\u00a0» doit être un texte d’au plus 6\u00a0000 caractères, non vide",
        ),
        (
            {**QUESTION, "year\u202e": 2024},
            (
                "“year[U+202E]” does not exist; there are from, to, meetings, question, language, "
                "history, k"
            ),
            (
                "«\u00a0year[U+202E]\u00a0» n’existe pas; il y a from, to, meetings, question, "
                "language, history, k"
            ),
        ),
    ],
)
def test_a_refusal_names_what_may_stand_there(
    given: dict[str, object], english: str, french: str
) -> None:
    """For each argument refused, in both languages."""
    with pytest.raises(ArgumentsError) as caught:
        read_arguments(SearchArguments, given)
    worded = word_error(caught.value)
    assert worded["en"].detail.endswith(english)
    assert worded["fr"].detail.endswith(french)


_WILD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda of: st.lists(of) | st.dictionaries(st.text(), of),
    max_leaves=8,
)


@limits(suppress_health_check=[HealthCheck.too_slow])
@given(
    given=st.dictionaries(
        st.text()
        | st.sampled_from(["question", "topic", "passage_id", "k", "language", "from"])
        | st.sampled_from(["to", "meetings", "history"]),
        _WILD,
    )
)
def test_whatever_is_given_is_read_or_refused_in_words(given: dict[str, object]) -> None:
    """By every tool."""
    for tool in TOOLS:
        error = refusal(tool.arguments, given)
        if error is not None:
            assert all(name in word_error(error)["fr"].detail for name in missing(tool, given))


def refusal(model: type[BaseModel], given: dict[str, object]) -> ArgumentsError | None:
    """Take the error of what is refused."""
    try:
        read_arguments(model, given)
    except ArgumentsError as error:
        return error
    return None


def missing(tool: Tool[Any], given: dict[str, object]) -> set[str]:
    """Name the arguments that a tool needs and that are not given."""
    fields = tool.arguments.model_fields
    return {name for name, field in fields.items() if field.is_required()} - given.keys()
