"""What chat programs ask about a conversation is told from what a person asks, and is filled in."""

import json

import pytest
from hypothesis import HealthCheck, example, given
from hypothesis import settings as limits
from hypothesis import strategies as st

from ccs_qa.corpus.library import Corpus
from ccs_qa.http.openai.chores import reply_to_chore
from ccs_qa.messages.catalogue import catalogue

NAMES = [catalogue(language).text("chat.title") for language in ("fr", "en")]
SAID = "How could AI help the people who work in call centres?"
TITLE = "How could AI help the people who…"  # its first seven words
FRENCH = "Que dit-on des passeports ?"
TOLD = f"<chat_history>\nUSER: {SAID}\nASSISTANT: Answer found\nUSER: And phones?\n</chat_history>"
JSON_DEMANDS = {
    "title": "### Task:\nWrite a short title, with an emoji, for the chat below.\n"
    '### Output:\nJSON: { "title": "title goes here" }\n',
    "tags": "### Task:\nList one to three tags that sort this conversation by theme.\n"
    '### Output:\nJSON: { "tags": ["first", "second"] }\n',
    "follow_ups": "### Task:\nThink of follow-up questions the user may want to ask in this chat.\n"
    '### Output:\nJSON: { "follow_ups": ["One?", "Two?"] }\n',
    "queries": "### Task:\nRead the chat history and decide on web search queries.\n"
    '### Output:\nAnswer in JSON only, as {"queries": ["a", "b"]}.\n',
}
# Each names the conversation and what it wants of it, and says how long or how bare that is to be.
PLAIN_DEMANDS = (
    "Write a title for the chat: three or four words, no more text, no punctuation at the end.",
    "Come up with a short title in five words or fewer, without quotation marks, for our chat.",
    "Look at this conversation and give it a name. Brief: ten characters, no quotes.",
    "Give a concise title that sums up the conversation. Return the title only.",
    "Donnez à cette conversation un titre court, de cinq mots au plus, sans ponctuation.",
)


@pytest.mark.parametrize("key", JSON_DEMANDS)
def test_a_demand_that_shows_its_form_gets_that_form(key: str) -> None:
    """A title in the person's words, a tag that is a name, and nothing invented elsewhere."""
    expected = {"title": TITLE, "tags": [NAMES[1]], "follow_ups": [], "queries": []}
    reply = reply_to_chore(JSON_DEMANDS[key] + TOLD, (), "")
    assert reply is not None
    assert json.loads(reply) == {key: expected[key]}


@pytest.mark.parametrize("demand", PLAIN_DEMANDS)
def test_a_demand_for_a_bare_title_gets_one(demand: str) -> None:
    """From what was said first, in the message or before it; else the name of the service."""
    assert reply_to_chore(f"{demand}\n\n{TOLD}", (), "") == TITLE
    assert reply_to_chore(demand, (FRENCH, SAID), "") == FRENCH
    name = NAMES["Donnez" not in demand]
    assert reply_to_chore(demand, (), "") == name


def test_instructions_count_where_the_message_only_tells_what_was_said() -> None:
    """The programs that put them apart; a person's question under such instructions is one."""
    told = f"user: {FRENCH}\nassistant: Réponse trouvée"
    assert reply_to_chore(told, (), PLAIN_DEMANDS[3]) == FRENCH
    assert reply_to_chore(told, (), "Talk like a pirate.") is None
    assert reply_to_chore(SAID, (), PLAIN_DEMANDS[3]) is None


def test_a_schema_goes_before_the_form_that_is_shown() -> None:
    """Each field of it, of its type, and nothing else."""
    schema = {
        "type": "object",
        "properties": {
            "title": {"type": "string"},
            "language": {"type": "string"},
            "tags": {"type": "array"},
            "sure": {"type": "boolean"},
            "odd": {},
        },
    }
    reply = reply_to_chore(JSON_DEMANDS["title"] + TOLD, (), "", schema)
    assert reply is not None
    assert json.loads(reply) == {
        "title": TITLE,
        "language": "",
        "tags": [NAMES[1]],
        "sure": False,
        "odd": None,
    }


def test_no_question_of_a_person_is_a_demand(corpus: Corpus) -> None:
    """None of the hints, nor what comes near: a title, a name, a conversation, a few words."""
    hints = [text for item in corpus.known.hints.values() for text in (*item.fr, *item.en)]
    near = [
        "What is the title of the meeting of June 2025?",
        "Give me the names of the meetings in a few words only.",
        "In the conversation about AI, who was named?",
        "Quel est le titre de la réunion du 3 octobre 2023, en quelques mots seulement ?",
        "Summarize the discussion on phones in one short sentence.",
        "Which follow-up to the questions on passports was promised? Be brief.",
    ]
    assert len(hints) > 1000
    assert [text for text in (*hints, *near) if reply_to_chore(text, (), "") is not None] == []


@limits(suppress_health_check=[HealthCheck.too_slow])
@given(
    text=st.text() | st.sampled_from([*JSON_DEMANDS.values(), *PLAIN_DEMANDS]),
    said=st.text(),
    schema=st.none()
    | st.recursive(
        st.none() | st.booleans() | st.text(),
        lambda of: st.dictionaries(st.text(), of) | st.lists(of),
    ),
)
@example(text='json: {"title": ' + '{"a":' * 3000, said="\ud800", schema={"properties": []})
@example(text="json chat title {" * 900, said="user: " + " " * 5000, schema=None)
def test_whatever_comes_is_replied_to_or_passed_on(text: str, said: str, schema: object) -> None:
    """Wild text, wild forms: a reply is short or JSON, and nothing is raised."""
    reply = reply_to_chore(f"{text}\nUSER: {said}", (said,), "", {"properties": schema})
    if reply is not None and not reply.startswith("{"):
        assert 0 < len(reply.split()) <= 7
    if reply is not None and isinstance(schema, dict) and schema:
        assert json.loads(reply).keys() == {str(key) for key in schema}
