"""Quotes made by hand and read off the corpus."""

import datetime as dt

from ccs_qa.corpus.library import Corpus
from ccs_qa.records import LANGUAGES, Bilingual, Citation, Hit, Language, Passage, Query, Rendition
from ccs_qa.text.strings import sentences

DAY = dt.date(2025, 6, 2)


def rendition(language: Language, text: str) -> Rendition:
    """Make a rendition of a text."""
    return Rendition(language, text, f"page.{language}", 0, len(text), "official")


def quote(
    number: int,
    *,
    fr: str | None = None,
    en: str | None = None,
    lead_in: str = "",
    day: dt.date | None = DAY,
) -> Citation:
    """Make a numbered quote; the lead-in is English."""
    both = Bilingual(
        None if fr is None else rendition("fr", fr), None if en is None else rendition("en", en)
    )
    lead = Bilingual(None, rendition("en", lead_in)) if lead_in else None
    passage = Passage(f"p{number}", "statement", day, None, lead, both)
    return Citation(number, Hit(passage, 1.0, {}))


def query(language: Language, question: str = "Quoi ?", history: tuple[str, ...] = ()) -> Query:
    """Make a query."""
    return Query(question, question, question, language, language, history=history)


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
