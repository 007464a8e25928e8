"""Replies to what is said to the service, and the questions that it proposes."""

from ccs_qa.answer.compose import Composed
from ccs_qa.corpus.library import Corpus
from ccs_qa.messages.catalogue import Catalogue, catalogue
from ccs_qa.records import Line, other


def sample_questions(corpus: Corpus, words: Catalogue) -> tuple[str, ...]:
    """Propose questions that the summaries answer.

    Returns:
        Those that a person chose, where this edition of the corpus holds what they ask for, and
        one about its latest meeting.
    """
    held = {passage.id for passage in corpus.passages}
    chosen = (item.get(words.language) for item in corpus.samples if held.issuperset(item.passages))
    latest = words.text("sample.latest", date=words.date(corpus.meetings[0].date))
    return (*chosen, latest)


def replies(line: Line, corpus: Corpus, words: Catalogue) -> tuple[tuple[Catalogue, str], ...]:
    """Reply to a line of conversation; to one on `language`, in both languages."""
    wanted = [words]
    if line == "language":
        wanted.append(catalogue(other(words.language)))
    return tuple((item, _reply(line, corpus, item)) for item in wanted)


def _reply(line: Line, corpus: Corpus, words: Catalogue) -> str:
    latest, *earlier = corpus.meetings
    first = earlier[-1] if earlier else latest
    return words.text(
        f"conversation.{line}",
        searched=words.count(
            "conversation.searched",
            len(corpus.meetings),
            start=words.month(first.date),
            end=words.month(latest.date),
        ),
    )


def propose(corpus: Corpus, words: Catalogue) -> str:
    """Propose the sample questions in a sentence."""
    quoted = [words.quote(text) for text in sample_questions(corpus, words)]
    return words.text("conversation.samples", questions=" ".join(quoted))


def converse(line: Line, corpus: Corpus, words: Catalogue) -> Composed:
    """Word the reply to a line of conversation."""
    said = (f"{text}\n{propose(corpus, item)}" for item, text in replies(line, corpus, words))
    return Composed("\n".join(said), (), ())
