"""The legs of a ranking and their weights, in one table."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from ccs_qa.encoder.encoder import Vectors
from ccs_qa.index.views import ViewKind
from ccs_qa.records import LANGUAGES, Intent, Language, PassageKind
from ccs_qa.search import fusion
from ccs_qa.search.fusion import Signals

LexicalScope = Literal["page", "text", "question"]


@dataclass(frozen=True, slots=True)
class Leg:
    """One way to score a passage.

    Attributes:
        weight: What a deviation of it counts; of a leg `after` the others, what a unit does.
        score: Scores the candidates by what is measured of them and by what they have so far,
            (candidates,) float32; must be (candidates,) float32, of mean 0 and deviation 1 unless
            it stands `after`.
        after: Whether it reads what the others add up to: it is scored once, behind them, however
            many wordings there are.
    """

    name: str
    weight: float
    score: Callable[[Signals, Vectors], Vectors]
    after: bool = False


LATE = Leg("late", 1.0, fusion.late_leg)
DENSE = Leg("dense", 1.0, fusion.dense_leg)
HINTS = Leg("hints", 1.0, fusion.hint_leg)
LEXICAL = Leg("lexical", 0.5, fusion.lexical_leg)
SECTION = Leg("section", 0.15, fusion.section_leg, after=True)
SHARED = Leg("shared_hints", 1.0, fusion.shared_leg, after=True)


@dataclass(frozen=True, slots=True)
class Fusion:
    """One way to rank: legs, added in turn.

    Attributes:
        views: The texts of a passage that count; hints do where there is a leg of hints.
        blind: Whether every passage is ranked as if it had no hints.
        scope: What BM25 reads: the French renditions whatever the question (`page`), the
            renditions in the question's language (`text`), or these and the hints (`question`);
            titles and headings are read with their passages.
        understood: Whether what was understood of a question counts: its topic, the meetings
            meant, the kinds of passages that answer its intent.
    """

    name: str
    legs: tuple[Leg, ...]
    languages: tuple[Language, ...] = LANGUAGES
    views: tuple[ViewKind, ...] = ("plain", "context")
    blind: bool = False
    scope: LexicalScope = "question"
    understood: bool = False

    @property
    def reads_tokens(self) -> bool:
        """Whether a leg of late interaction takes part, with texts or with hints."""
        return any(leg.name in {LATE.name, HINTS.name} for leg in self.legs)

    def weight(self, name: str) -> float:
        """Give the weight of a leg; 0 where it takes no part."""
        return sum(leg.weight for leg in self.legs if leg.name == name)

    def without(self, *names: str) -> "Fusion":
        """Leave legs out."""
        return replace(self, legs=tuple(leg for leg in self.legs if leg.name not in names))


# Added to the fused score, in deviations of a leg. Where a meeting was held and what it was for
# answer few questions, and then nearly always first; chosen on the development questions.
_KINDS: dict[PassageKind, float] = {"format": -4.0, "objective": -1.0}
# What a meeting was for answers what it was about, and stands for it in every list.
_OF_RECORD: dict[PassageKind, float] = {**_KINDS, "objective": 4.0}
KIND_BONUS: dict[Intent, dict[PassageKind, float]] = {
    "topic": _KINDS,
    "evolution": _KINDS,
    "compare": _KINDS,
    "list": _KINDS,
    "quotes": _KINDS,
    "themes": _KINDS,
    "draft": _KINDS,
    "chat": _KINDS,
    "stands_for": _KINDS,
    "summary": {**_KINDS, "objective": 1.0},
    "part": _KINDS,
    "first_last_mention": _KINDS,
    "about": _OF_RECORD,
    "when": _OF_RECORD,
    "which_meeting": _OF_RECORD,
    "count": _OF_RECORD,
    "most": _OF_RECORD,
    "duration": _OF_RECORD,
    "place_format": {**_OF_RECORD, "format": 6.0},
}

HYBRID = Fusion("hybrid", (LATE, HINTS, LEXICAL, SECTION, SHARED), understood=True)

# Where a new summary starts: nobody has written hints for it yet.
WITHOUT_HINTS = replace(HYBRID, name="the same without hints", blind=True)

ABLATION: tuple[Fusion, ...] = (
    Fusion("BM25, French page only", (LEXICAL,), ("fr",), scope="page"),
    Fusion("dense, plain text", (DENSE,), ("fr",), ("plain",)),
    Fusion("dense, title + section + text", (DENSE,), ("fr",), ("context",)),
    Fusion("late interaction", (LATE,), ("fr",)),
    Fusion("+ English renditions", (LATE,)),
    Fusion("+ hints", (LATE, HINTS)),
    Fusion("+ BM25 in the question's language", (LATE, HINTS, LEXICAL)),
    Fusion("+ meetings and kinds understood", (LATE, HINTS, LEXICAL), understood=True),
    Fusion("+ the best of the same section", (LATE, HINTS, LEXICAL, SECTION), understood=True),
    replace(HYBRID, name="+ hints shared with the first passage"),
    WITHOUT_HINTS,
    # Nor has anybody translated it.
    replace(WITHOUT_HINTS, name="the same, French page alone", languages=("fr",), scope="page"),
)
