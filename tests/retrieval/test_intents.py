"""What kind of thing a question asks for."""

import pytest

from ccs_qa.retrieval.intents import find_intent


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
