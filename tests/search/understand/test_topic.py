"""The topic of a question, without what stands around it."""

import pytest

from ccs_qa.records import Question
from ccs_qa.search.understand.topic import is_bare
from ccs_qa.service import QAService


@pytest.mark.parametrize(
    ("question", "topic"),
    [
        ("les chatbots", "chatbots"),
        ("Qu’est-ce que le comité a dit sur l’identité numérique ?", "identité numérique"),
        ("Is there anything about public trust in the summaries?", "public trust"),
        # No meeting on that subject is named.
        (
            "Is there anything about artificial intelligence in the summaries?",
            "artificial intelligence",
        ),
        ("What did they say about “the public trust”?", "the public trust"),
        # Words that no example held.
        ("Y a-t-il quelque chose sur les sous-marins dans les comptes rendus ?", "sous-marins"),
        ("Did they recommend hockey?", "hockey"),
    ],
)
def test_a_topic_stands_alone(service: QAService, question: str, topic: str) -> None:
    """Neither its article nor a word that it cannot end with is part of it, but in quotes."""
    assert service.understand(Question(question)).query.topic == topic


@pytest.mark.parametrize(
    ("text", "bare"), [("pizza", True), ("nuclear energy", True), ("tell me a joke", False)]
)
def test_a_name_stands_without_grammar(text: str, *, bare: bool) -> None:
    """Little words of either language make a phrase."""
    assert is_bare(text) is bare


@pytest.mark.parametrize("name", ["pizza", "submarines", "les jeux vidéo"])
def test_a_bare_name_is_searched(service: QAService, name: str) -> None:
    """It is no talk, however far from the summaries it lies."""
    assert service.ask(Question(name)).status == "not_found"
