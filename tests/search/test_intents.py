"""What kind of thing a question asks for."""

import pytest

from ccs_qa.search.understand.intents import find_intent, without_evolution


@pytest.mark.parametrize(
    ("question", "intent"),
    [
        ("Where did they get together in March 2025?", "format"),
        ("Where has the committee met?", "format"),
        ("Which cities did the members gather in?", "format"),
        ("Did they ever meet face to face?", "format"),
        ("Was the March 2025 meeting held in person?", "format"),
        ("Où le comité s'est-il réuni en mars 2025 ?", "format"),
        ("Dans quelle ville les membres se sont-ils rencontrés ?", "format"),
        ("Se sont-ils réunis en personne ?", "format"),
        ("À quel endroit les membres se sont-ils vus face à face ?", "format"),
        ("Où est-ce que le comité s'est réuni en mars 2025 ?", "format"),
        ("What came out of the face-to-face meeting?", "topic"),
        ("What was said about in-person services?", "topic"),
        ("Qu'a-t-on dit des services en personne ?", "topic"),
        ("Where do clients get lost?", "topic"),
        ("How has the view of AI evolved?", "timeline"),
        ("How many meetings were held in 2023?", "meetings"),
        ("Quand a-t-on parlé des passeports ?", "date"),
    ],
)
def test_intents(question: str, intent: str) -> None:
    """Words that ask for a place, a course in time, a list, a day; anything else is a topic."""
    assert find_intent(question, None) == intent


@pytest.mark.parametrize(
    ("question", "topic"),
    [
        ("How has the advice on AI evolved over time?", "How has the advice on AI ?"),
        ("Évolution des avis sur les passeports au fil des réunions", "avis sur les passeports"),
        ("Chronologie de la confiance", "la confiance"),
        ("What about trust, from meeting to meeting?", "What about trust, ?"),
        ("Over time?", "Over time?"),
    ],
)
def test_the_topic_of_a_timeline_is_what_its_words_leave(question: str, topic: str) -> None:
    """Words that ask for a timeline go, unless nothing else is there."""
    assert without_evolution(question) == topic
