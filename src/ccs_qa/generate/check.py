"""Decides whether a sentence of a model may be shown: only where its quotes hold all of it.

Each check can only take a sentence away. What a quote holds is its text in both languages and the
sentence that introduces its list; the day of its meeting counts as said.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ccs_qa.generate.alignment import align
from ccs_qa.generate.facts import Facts, names, read_facts
from ccs_qa.generate.lexicon import lexicon, stem
from ccs_qa.generate.reading import Sentence
from ccs_qa.generate.support import Support
from ccs_qa.generate.untrusted import gives_orders, has_markup, is_tainted
from ccs_qa.records import LANGUAGES, Citation, DropReason, Language, Passage
from ccs_qa.text.dates import Date, holds, of_day
from ccs_qa.text.strings import detect_language, words

# The longest sentence of the corpus has about 600 characters.
_LONGEST = 800


@dataclass(frozen=True, slots=True)
class _Quote:
    """What a citation holds."""

    texts: dict[Language, tuple[str, ...]]
    facts: tuple[Facts, ...]
    dates: frozenset[Date]


def check(
    sentence: Sentence,
    quotes: Sequence[Citation],
    language: Language,
    support: Support,
    floor: float,
) -> DropReason | None:
    """Check a sentence against the quotes that it names.

    Args:
        support: Measures how much of a sentence is meant by its quotes, -1 to 1.

    Returns:
        Why the sentence is left out, the first reason in the order of `DROP_REASONS` that
        applies; None when it may be shown.
    """
    return next(_reasons(sentence, quotes, language, support, floor), None)


def _reasons(
    sentence: Sentence,
    quotes: Sequence[Citation],
    language: Language,
    support: Support,
    floor: float,
) -> Iterator[DropReason]:
    """Give reasons against a sentence; only the first may be asked for."""
    if not _is_sentence(sentence):
        yield "form"
    by_number = {citation.number: citation for citation in quotes}
    if not sentence.citations or not by_number.keys() >= set(sentence.citations):
        yield "citation"
    cited = [by_number[number].hit.passage for number in sentence.citations]
    # A quote that speaks to a model may have steered the sentence, however true it looks.
    if any(is_tainted(text) for passage in cited for text in _texts(passage)):
        yield "form"
    held = [_read(passage) for passage in cited]
    own = [text for quote in held for text in quote.texts[language]]
    found = align(sentence.text, own, language)
    if found is None:
        # What is aligned is in the words of the summaries, which may well be imperatives.
        yield from _unlike(sentence.text, language)
    yield from _false_facts(sentence.text, held, language)
    if found is None:
        if _turned(sentence.text, own, language):
            yield "negation"
        yield "support"
    elif found.unsaid:
        yield "negation"
    # A quote that gives nothing to the sentence does not stand behind it.
    owner = [at for at, quote in enumerate(held) for _ in quote.texts[language]]
    if found is None or {owner[source] for source in found.sources} != set(range(len(held))):
        yield "citation"
    # Last, since it alone runs the model.
    if support(sentence.text, own) < floor:
        yield "support"


def _is_sentence(sentence: Sentence) -> bool:
    text = sentence.text
    return (
        sentence.whole
        and 0 < len(text) <= _LONGEST
        and not has_markup(text)
        and any(letter.isalpha() for letter in text)
    )


def _texts(passage: Passage) -> list[str]:
    parts = (passage.renditions, passage.lead_in)
    both = [part.get(language) for part in parts if part is not None for language in LANGUAGES]
    return [rendition.text for rendition in both if rendition is not None]


def _read(passage: Passage) -> _Quote:
    texts: dict[Language, tuple[str, ...]] = {}
    facts = []
    for language in LANGUAGES:
        parts = (passage.lead_in, passage.renditions)
        said = [part.get(language) for part in parts if part is not None]
        texts[language] = tuple(rendition.text for rendition in said if rendition is not None)
        facts += [read_facts(text, language) for text in texts[language]]
    day = frozenset({of_day(passage.meeting)} if passage.meeting else ())
    return _Quote(texts, tuple(facts), frozenset().union(day, *(fact.dates for fact in facts)))


def _unlike(text: str, language: Language) -> Iterator[DropReason]:
    """Say what is wrong with a sentence that stands in no quote, before its facts are compared."""
    if gives_orders(text):
        yield "form"
    if detect_language(text) != language:
        yield "language"


def _false_facts(text: str, held: Sequence[_Quote], language: Language) -> Iterator[DropReason]:
    facts = read_facts(text, language)
    known = [fact for quote in held for fact in quote.facts]
    if not facts.numbers <= frozenset().union(*(fact.numbers for fact in known)):
        yield "number"
    dates = frozenset[Date]().union(*(quote.dates for quote in held))
    if not all(holds(dates, date) for date in facts.dates):
        yield "date"
    if not facts.names <= _known_names(held, known):
        yield "name"
    # Fewer may be a quote left aside; more is a denial that no quote makes.
    if facts.negations > sum(fact.negations for fact in known):
        yield "negation"


def _known_names(held: Sequence[_Quote], facts: Sequence[Facts]) -> frozenset[str]:
    # A capital may be the sentence's own doing: in lower case a name is known as well.
    plain = frozenset(
        word
        for quote in held
        for texts in quote.texts.values()
        for text in texts
        for word in words(text)
    )
    return plain | frozenset(name for fact in facts for name in fact.names) | _COMMITTEE


# Who speaks in every summary.
_COMMITTEE = frozenset(names("X Comité Consultatif Services CCS Service Advisory Committee"))


def _turned(text: str, own: Sequence[str], language: Language) -> bool:
    """Tell whether a sentence turns its quotes around: a negation more, or a word's opposite."""
    known = lexicon(language)
    mine = {stem(word, language) for word in words(text)}
    theirs = {stem(word, language) for quote in own for word in words(quote)}
    guards = {stem(word, language) for word in known.guards}
    return bool((mine - theirs) & guards) or any(
        known.opposites.get(word, frozenset()) & theirs for word in mine - theirs
    )
