"""The topic of a question: the words that name it, without those that ask, limit or deny."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ccs_qa.records import SAID, Intent
from ccs_qa.search.understand.heads import Heads, Word, best_run, split_words
from ccs_qa.search.understand.wording import Range, Text, Wording
from ccs_qa.text.strings import STOPS, fold_in_place, words

# Questions that may ask where something was mentioned; one whose topic is missed is answered with
# every meeting.
MENTIONED: frozenset[Intent] = frozenset({"which_meeting", "count", "first_last_mention"})
# Questions that name a topic, if only one that nobody has heard of.
_TOPICAL: frozenset[Intent] = MENTIONED | {"topic", "evolution"}
_QUOTED = re.compile(r"[«“\"]\s*(?P<words>[^«»“”\"]*\w[^«»“”\"]*?)\s*[»”\"]")
# The words that deny in both languages, a closed class, those that come in two as one.
_SECOND = r"pas|jamais|rien|aucune?|guere|nulle part|point|ni"
_DENIES = re.compile(
    rf"\b(?:(?:ne |n'(?!est-ce pas|importe))(?:[\w'-]+ ){{1,4}}?(?:{_SECOND})"
    r"|not|never|nothing|none|without|(?:was|were|did|do|does|had|has|have|is|are)n't"
    r"|(?<!n'est-ce )(?<!pourquoi )pas(?= )|jamais|rien|sans|aucune?|sous silence)\b"
)
_ARTICLES = re.compile(r"(?:(?:the|an?|de|du|des|les?|la|une?)\s+|[dl]['’])+(?=\w)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Topic:
    """What is searched, the words that name it, and what stands outside the limits.

    Attributes:
        framed: Whether all but the topic is a mere frame.
    """

    wording: Wording
    named: str
    free: str
    framed: bool = False
    denied: bool = False


def read_topic(text: Text, heads: Heads | None, limits: Sequence[Range], intent: Intent) -> Topic:
    """Keep the words that name the topic, and those that may; all where no head tells."""
    free = _outside(len(text.text), limits)
    outside = " ".join(text.text[begin:end] for begin, end in free)
    if heads is None or not len(text.spans):
        whole = text.only(free)
        return Topic(whole, whole.text, outside)
    gains = heads.gains(text.words, text.word_vectors)
    if intent in _TOPICAL:
        gains = heads.leniently(gains)
    # What stands in quotation marks is the topic as it stands.
    quoted = _QUOTED.search(text.text)
    run = quoted.span("words") if quoted else _range(text, best_run(gains))
    frame = run if quoted else _range(text, heads.frame(gains))
    denied = [match.span() for match in _DENIES.finditer(fold_in_place(text.text))]
    if intent not in SAID and not quoted:
        # What denies is none of the topic, unless it stands within.
        run, frame = _undenied(run, denied), _undenied(frame, denied)
    named, kept = _within(free, run), _within(free, frame)
    wide = text.only(free) if _telling(text.text, free) else text.whole
    core: Sequence[Range] = ()
    if _telling(text.text, named):
        core = named if quoted else _core(text.text, named)
    return Topic(
        text.only(kept) if _telling(text.text, kept) else wide,
        text.only(core).text if core else "",
        outside,
        heads.only_framed(text.words, gains),
        heads.denies(
            text.words,
            text.pooled,
            says_not=any(not _within([span], run) for span in denied),
        ),
    )


def names_something(text: str) -> bool:
    """Tell whether any word may name something."""
    return _telling(text, [(0, len(text))])


def is_bare(text: str) -> bool:
    """Tell whether words stand there without grammar, as a name does."""
    return not STOPS.intersection(words(text))


def _is_little(word: Word, text: str) -> bool:
    """Tell whether a word is grammar, as "ai" is in French; folded, "AI" looks alike."""
    return word.folded in STOPS and not text[word.start : word.end].isupper()


def _telling(text: str, ranges: Sequence[Range]) -> bool:
    """Tell whether any word there may name something."""
    return any(
        word.end - word.start > 1 and not _is_little(word, part)
        for part in (text[begin:end] for begin, end in ranges)
        for word in split_words(part)
    )


def _core(text: str, ranges: Sequence[Range]) -> list[Range]:
    """Leave out the article that a topic begins with, and what it cannot end with."""
    (begin, end), *others = ranges
    article = _ARTICLES.match(text, begin, end)
    found = [(article.end() if article else begin, end), *others]
    begin, end = found[-1]
    ending = split_words(text[begin:end])
    while len(ending) > 1 and _is_little(ending[-1], text[begin:end]):
        ending = ending[:-1]
    return [*found[:-1], (begin, begin + ending[-1].end if ending else end)]


def _outside(length: int, limits: Sequence[Range]) -> list[Range]:
    """List what lies between ranges."""
    found, at = [], 0
    for begin, end in (*limits, (length, length)):
        if at < begin:
            found.append((at, begin))
        at = max(at, end)
    return found


def _range(text: Text, run: tuple[int, int]) -> Range:
    """Turn positions of words into places; what a hyphen joins stays together."""
    begin, end = run
    if not end:
        return (0, 0)
    while begin and text.joined(begin):
        begin -= 1
    while end < len(text.words) and text.joined(end):
        end += 1
    return (text.words[begin].start, text.words[end - 1].end)


def _undenied(run: Range, denied: Sequence[Range]) -> Range:
    """Take the words of denial off either end of a topic, and what stands beyond them."""
    begin, end = run
    for first, last in denied:
        if first <= begin < last:
            begin = min(last, end)
        elif begin < first < end <= last:
            end = first
    return (begin, end)


def _within(ranges: Sequence[Range], among: Range) -> list[Range]:
    """Keep what of some ranges lies in another."""
    cut = [(max(begin, among[0]), min(end, among[1])) for begin, end in ranges]
    return [(begin, end) for begin, end in cut if begin < end]
