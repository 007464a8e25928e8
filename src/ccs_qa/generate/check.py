"""Decides whether a sentence of a model may be shown: only where its quotes hold all of it.

What a quote holds is its text in the language of the answer and the sentence that introduces its
list; a sentence may be introduced by the days of the meetings that it cites.
"""

from collections.abc import Sequence

from ccs_qa.generate.alignment import align
from ccs_qa.generate.reading import Sentence
from ccs_qa.generate.untrusted import has_markup, is_tainted
from ccs_qa.records import LANGUAGES, Citation, DropReason, Language, Passage
from ccs_qa.text.dates import Date, holds, of_day

# The longest sentence of the corpus has about 600 characters.
_LONGEST = 800


def check(sentence: Sentence, quotes: Sequence[Citation], language: Language) -> DropReason | None:
    """Say why a sentence is left out; None when the quotes that it names hold it."""
    if not _is_sentence(sentence):
        return "form"
    by_number = {citation.number: citation.hit.passage for citation in quotes}
    if not sentence.citations or not by_number.keys() >= set(sentence.citations):
        return "citation"
    cited = [by_number[number] for number in sentence.citations]
    # A quote that speaks to a model may have steered the sentence, however true it looks.
    if any(is_tainted(text) for passage in cited for text in _texts(passage, *LANGUAGES)):
        return "form"
    texts = [(at, text) for at, passage in enumerate(cited) for text in _texts(passage, language)]
    found = align(sentence.text, [text for _, text in texts], language)
    if found is None or found.unsaid or not _are_days_of(found.dates, cited):
        return "unsupported"
    # A quote that gives nothing to the sentence does not stand behind it.
    used = {texts[source][0] for source in found.sources}
    return None if len(used) == len(cited) else "citation"


def _is_sentence(sentence: Sentence) -> bool:
    text = sentence.text
    return (
        sentence.whole
        and 0 < len(text) <= _LONGEST
        and not has_markup(text)
        and any(letter.isalpha() for letter in text)
    )


def _texts(passage: Passage, *languages: Language) -> list[str]:
    parts = (passage.lead_in, passage.renditions)
    found = [part.get(language) for part in parts if part is not None for language in languages]
    return [rendition.text for rendition in found if rendition is not None]


def _are_days_of(dates: Sequence[Date], cited: Sequence[Passage]) -> bool:
    """Whether dates are days of the meetings cited, none of which they leave out."""
    meetings = {passage.meeting for passage in cited}
    days = [frozenset({of_day(day)} if day else ()) for day in meetings]
    return not dates or (
        all(any(holds(day, date) for day in days) for date in dates)
        and all(any(holds(day, date) for date in dates) for day in days)
    )
