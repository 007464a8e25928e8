"""What comes back from meeting to meeting: passages that mean much the same.

Clusters of passages (agglomerative, mean linkage), named by a heading of the summaries and by
words that their passages share. A cluster of one meeting is no theme.
"""

import datetime as dt
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

import numpy as np
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform

from ccs_qa.answer.digest import NEAR
from ccs_qa.encoder.encoder import Vectors
from ccs_qa.index.lexical import terms
from ccs_qa.records import Language, Passage
from ccs_qa.text.strings import drop_elisions

_LEAST_MEETINGS = 2
_SHARED = 3
# A word is shared when at least this share of the passages hold it; it marks them when that is so
# much more than the share of the others; the words of a heading do on average.
_OFTEN = 0.5
_MARKS = 0.35
_HEADS = 0.25
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
# What stands before the first word of a sentence.
_END = re.compile(r"(?:^|[.!?…])[\s“«\"]*$")


@dataclass(frozen=True, slots=True)
class Theme:
    """What comes back; without a heading where none fits.

    Attributes:
        passages: Those that belong to it, by meeting.
    """

    heading: str
    shared: tuple[str, ...]
    meetings: tuple[dt.date, ...]
    passages: tuple[Passage, ...]


def clusters(likeness: Vectors) -> list[list[int]]:
    """Group what is alike.

    Args:
        likeness: (n, n) cosines.

    Returns:
        Positions of the members of each cluster, the most central first.
    """
    count = len(likeness)
    if count < _LEAST_MEETINGS:
        return [[at] for at in range(count)]
    apart = 1 - likeness[np.triu_indices(count, 1)]
    # Passages on one topic are all alike: what counts is how much nearer some are than usual.
    usual = float(apart.mean())
    labels = fcluster(linkage(np.clip(apart, 0, None), "average"), usual * (1 - NEAR), "distance")
    square = 1 - squareform(apart)
    found: dict[int, list[int]] = {}
    for at, label in enumerate(labels.tolist()):
        found.setdefault(label, []).append(at)
    return [sorted(group, key=lambda at: -square[at, group].mean()) for group in found.values()]


def find_themes(
    passages: Sequence[Passage], likeness: Vectors, language: Language
) -> tuple[Theme, ...]:
    """Find what comes back from meeting to meeting.

    Args:
        passages: By meeting, oldest first.
        likeness: (passages, passages) their cosines.

    Returns:
        The themes of at least two meetings, those of most meetings first, then those of most
        passages.
    """
    held = {item.id: frozenset(_terms(item, language)) for item in passages}
    everywhere = Counter(term for found in held.values() for term in found)
    themes = []
    for group in clusters(likeness):
        members = tuple(passages[at] for at in group)
        days = tuple(sorted({item.meeting for item in members if item.meeting is not None}))
        if len(days) < _LEAST_MEETINGS:
            continue
        inside = Counter(term for item in members for term in held[item.id])
        # How much oftener the theme holds a term than the rest does.
        rest = max(len(passages) - len(members), 1)
        marked = {
            term: number / len(members) - (everywhere[term] - number) / rest
            for term, number in inside.items()
        }
        themes.append(
            Theme(
                _heading(members, marked, language),
                _shared(members, _often(members, held), marked, language),
                days,
                tuple(passages[at] for at in sorted(group)),
            )
        )
    return tuple(sorted(themes, key=lambda item: (-len(item.meetings), -len(item.passages))))


def _heading(members: Sequence[Passage], marked: Mapping[str, float], language: Language) -> str:
    """Choose the heading whose words mark the theme most, the more central of equals."""
    best, most = "", _HEADS
    for item in members:
        heading = item.section.best(language) if item.section else None
        found = set(terms(heading.text, heading.language)) if heading else set()
        fit = sum(marked.get(term, 0.0) for term in found) / max(len(found), 1)
        if heading is not None and fit > most:
            best, most = heading.text, fit
    return best


def _often(passages: Sequence[Passage], held: Mapping[str, frozenset[str]]) -> set[str]:
    """List the terms that enough of some passages hold."""
    inside = Counter(term for item in passages for term in held[item.id])
    return {term for term, number in inside.items() if number >= max(2, _OFTEN * len(passages))}


def _shared(
    members: Sequence[Passage],
    often: AbstractSet[str],
    marked: Mapping[str, float],
    language: Language,
) -> tuple[str, ...]:
    """List the words that mark the theme most, in the form that its passages use most."""
    marking = (term for term in often if marked[term] >= _MARKS)
    chosen = sorted(marking, key=lambda term: (-marked[term], term))[:_SHARED]
    forms: dict[str, Counter[str]] = {term: Counter() for term in chosen}
    for item in members:
        said = item.renditions.best(language)
        text = drop_elisions(said.text)
        for found in _WORD.finditer(text):
            word = found.group()
            for term in terms(word, said.language):
                if term in forms:
                    # A capital at the start of a sentence makes no other word; names and
                    # acronyms keep theirs.
                    begins = word.istitle() and _END.search(text[: found.start()])
                    forms[term][word.lower() if begins else word] += 1
    return tuple(forms[term].most_common(1)[0][0] for term in chosen if forms[term])


def _terms(passage: Passage, language: Language) -> list[str]:
    said = passage.renditions.best(language)
    return terms(said.text, said.language)
