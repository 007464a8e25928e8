"""Quotes made by hand and read off the corpus, and a measure of support that never objects."""

import datetime as dt
from collections.abc import Sequence

from ccs_qa.corpus.library import Corpus
from ccs_qa.records import LANGUAGES, Bilingual, Citation, Hit, Language, Passage, Query, Rendition
from ccs_qa.text.strings import sentences

DAY = dt.date(2025, 6, 2)


def rendition(language: Language, text: str) -> Rendition:
    """Make a rendition of a text."""
    return Rendition(language, text, f"page.{language}", 0, len(text), "official")


def quote(
    number: int, *, fr: str = "", en: str = "", lead_in: str = "", day: dt.date | None = DAY
) -> Citation:
    """Make a numbered quote; the lead-in is English."""
    both = Bilingual(rendition("fr", fr) if fr else None, rendition("en", en) if en else None)
    lead = Bilingual(None, rendition("en", lead_in)) if lead_in else None
    passage = Passage(f"p{number}", "statement", day, None, lead, both)
    return Citation(number, Hit(passage, 1.0, {}))


def query(language: Language, question: str = "Quoi ?") -> Query:
    """Make a query."""
    return Query(question, question, question, language, language)


def ended(sentence: str) -> str:
    """End a sentence as a model would."""
    return sentence if sentence.endswith((".", ";", ":")) else f"{sentence}."


def every_sentence(corpus: Corpus) -> list[tuple[Citation, Language, str]]:
    """List every sentence of every passage with its quote, in both languages."""
    found: list[tuple[Citation, Language, str]] = []
    for passage in corpus.passages:
        citation = Citation(1, Hit(passage, 1.0, {}))
        for language in LANGUAGES:
            text = passage.renditions.get(language)
            if text is not None:
                found += [(citation, language, ended(item)) for item in sentences(text.text)]
    return found


def agreed(sentence: str, quotes: Sequence[str]) -> float:
    """Find full support for anything."""
    assert sentence
    assert quotes
    return 1.0
