"""Outlines of meetings: objective, headings, and the passages that tell most of the rest.

Nothing is summarised: what tells most is computed, and quoted as it stands.
"""

import math
from collections.abc import Mapping, Sequence
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from ccs_qa.answer.blocks import Blocks
from ccs_qa.answer.compose import Part
from ccs_qa.corpus.library import Corpus
from ccs_qa.encoder.encoder import Vectors
from ccs_qa.index.search import SearchIndex
from ccs_qa.messages.catalogue import Catalogue
from ccs_qa.records import SEARCHED_KINDS, Hit, Meeting, Passage

# Passages are near each other from this cosine, which is 0 on average.
NEAR = 0.2
# So much of each section is quoted; with more meetings, so many passages of each.
_OF_ONE, _OF_FEW = Fraction(4, 5), Fraction(2, 3)
_FEW = 4
_OF_MANY = 2
Unit = tuple[Passage, ...]


def telling(likeness: Vectors, asked: npt.NDArray[np.int64]) -> list[float]:
    """Say how much each passage tells of all of them.

    Args:
        likeness: (passages, passages) cosines, -1 on the diagonal.
        asked: (passages,) how many known questions lead to each.

    Returns:
        For each how many others it is near to, and how many questions lead to it, either as a
        share of the most.
    """
    near = (likeness >= NEAR).sum(axis=1)
    shares = (counts / max(counts.max(initial=0), 1) for counts in (near, asked))
    told: list[float] = np.sum(list(shares), axis=0).tolist()
    return told


class Outliner:
    """Outlines the meetings of one corpus."""

    def __init__(self, corpus: Corpus, index: SearchIndex, blocks: Blocks) -> None:
        """Bind the parts."""
        self._corpus = corpus
        self._index = index
        self._blocks = blocks
        self._positions = {name: at for at, name in enumerate(index.passages)}

    def outline(self, meetings: Sequence[Meeting], words: Catalogue) -> tuple[list[Part], int]:
        """Outline meetings.

        Args:
            meetings: The meetings, oldest first, at least one.

        Returns:
            The parts, a meeting and its sections one after another, and how many passages are
            left out.
        """
        parts: list[Part] = []
        left = 0
        for meeting in meetings:
            told = self.told(meeting.body)
            line = _line(meeting, words) if len(meetings) > 1 else ""
            found = self._sections(meeting, told, len(meetings), words)
            head = [item for item in (meeting.format, *meeting.objective) if item is not None]
            if len(meetings) > _FEW:
                head = [*meeting.objective, *(item for _, unit in found for item in unit)]
                found = []
            parts.append(Part(line, tuple(map(Hit, head))))
            level = 2 if line else 1
            parts += [
                Part(heading, tuple(map(Hit, unit)), level, "section") for heading, unit in found
            ]
            shown = {*head, *(item for _, unit in found for item in unit)}
            every = [item for item in meeting.passages if item.kind in SEARCHED_KINDS]
            left += sum(item not in shown for item in every)
        return [part for part in parts if part.heading or part.hits], left

    def told(self, passages: Sequence[Passage]) -> Mapping[str, float]:
        """Say how much each passage tells of all of them, as `telling`, by passage id."""
        at = np.asarray([self._positions[item.id] for item in passages], np.int64)
        if not len(at):
            return {}
        scores = telling(self._index.likeness(at), self._index.counts[at])
        return dict(zip((item.id for item in passages), scores, strict=True))

    def _sections(
        self, meeting: Meeting, told: Mapping[str, float], meetings: int, words: Catalogue
    ) -> list[tuple[str, Unit]]:
        """Choose what to quote of each section, in page order."""
        found: list[tuple[str, Unit]] = []
        for section in meeting.sections:
            units = self._units(section.passages)
            most = math.ceil((_OF_ONE if meetings == 1 else _OF_FEW) * len(units))
            kept = _best(units, told, most if meetings <= _FEW else 1)
            if section.heading is None and units:
                # Without a heading, what stands first says what follows.
                kept = sorted({0, *kept[: max(most - 1, 0)]})
            line = words.quote(section.heading) if section.heading else ""
            found.append((line, tuple(item for at in sorted(kept) for item in units[at])))
        if meetings <= _FEW:
            return found
        best = _best([unit for _, unit in found], told, _OF_MANY)
        return [found[at] for at in sorted(best)]

    def _units(self, passages: Sequence[Passage]) -> list[Unit]:
        """Keep lead-ins and their items together."""
        units: list[Unit] = []
        inside: set[str] = set()
        for passage in passages:
            if passage.id in inside:
                continue
            items = self._blocks.items(passage)
            inside |= {item.id for item in items}
            units.append((passage, *items))
        return units


def _best(units: Sequence[Unit], told: Mapping[str, float], most: int) -> list[int]:
    """Take the units that tell most, the most telling first; the earlier of equals."""
    scores = [max((told[item.id] for item in unit), default=0.0) for unit in units]
    return sorted(range(len(units)), key=lambda at: -scores[at])[:most]


def _line(meeting: Meeting, words: Catalogue) -> str:
    date = words.date(meeting.date)
    if meeting.title is None:
        return words.text("answer.meeting", date=date)
    return words.text("digest.meeting", date=date, title=words.quote(meeting.title.renditions))
