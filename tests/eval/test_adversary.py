"""The adversary behind the protocol, asked by the official client on loopback."""

import pytest
from openai import OpenAI

from ccs_qa.corpus import Corpus
from ccs_qa.generation import Prompt
from ccs_qa.phrase.prompt import write_prompt
from ccs_qa.records import Citation, Hit, Query
from eval.adversary import MODEL, Adversary, serving
from eval.alterations import ALTERED, FAITHFUL


@pytest.fixture(scope="module")
def prompt(corpus: Corpus) -> Prompt:
    """A real prompt around three real passages."""
    statements = [item for item in corpus.passages if item.kind == "statement"][:3]
    citations = [Citation(at, Hit(item, 1.0, {})) for at, item in enumerate(statements, 1)]
    return write_prompt(Query("Quoi ?", "Quoi ?", "Quoi ?", "fr", "fr"), citations)


def test_a_reply_is_what_it_says_it_did(corpus: Corpus, prompt: Prompt) -> None:
    """Each sentence on record stands in the reply; verbatim ones in the prompt as well."""
    adversary = Adversary(corpus, 1)
    for _ in range(3):
        reply = adversary.reply(prompt.request)
        offered = adversary.replies[-1]
        assert len(offered) == 6
        assert all(item.text in reply for item in offered)
        assert {item.kind for item in offered} <= {*FAITHFUL, *ALTERED}
        assert all(
            item.text.rstrip(".") in prompt.request for item in offered if item.kind == "verbatim"
        )
    assert adversary.replies[0] == adversary.replies[1]
    assert Adversary(corpus, 2).reply(prompt.request) != reply


@pytest.mark.parametrize("chat", [True, False])
def test_it_speaks_the_protocol(corpus: Corpus, prompt: Prompt, *, chat: bool) -> None:
    """In both styles, piece by piece, and says when it is done."""
    adversary = Adversary(corpus, 1)
    with serving(adversary) as url, OpenAI(api_key="none", base_url=url, max_retries=0) as client:
        if chat:
            stream = client.chat.completions.create(
                model=MODEL, messages=[{"role": "user", "content": prompt.request}], stream=True
            )
            chosen = [(part.choices[0].delta.content, part.choices[0]) for part in stream]
        else:
            texts = client.completions.create(model=MODEL, prompt=prompt.request, stream=True)
            chosen = [(part.choices[0].text, part.choices[0]) for part in texts]  # type: ignore[misc] # the other form
        ends = [choice.finish_reason for _, choice in chosen]
    said = "".join(text or "" for text, _ in chosen)
    assert said == Adversary(corpus, 1).reply(prompt.request)
    assert ends == [*[None] * (len(ends) - 1), "stop"]


def test_without_quotes_it_has_nothing_to_say(corpus: Corpus) -> None:
    """And puts an empty reply on record."""
    adversary = Adversary(corpus, 1)
    assert adversary.reply("Hello") == ""
    assert adversary.replies == [()]
