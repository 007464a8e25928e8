"""Which legs take part in a ranking, and with what weight."""

from dataclasses import dataclass, replace
from typing import Literal

from ccs_qa.index.views import ViewKind
from ccs_qa.records import LANGUAGES, Intent, Language, PassageKind

Vectors = Literal["none", "dense", "late"]
LexicalScope = Literal["none", "page", "text", "question"]


@dataclass(frozen=True, slots=True)
class Fusion:
    """One way to rank.

    Every leg is brought to mean 0 and deviation 1 over the candidates before it is added,
    so that weights compare.

    Attributes:
        hints: Weight of what hints say, or would say where there are none; 0 leaves it out.
        blind: Whether every passage is ranked as if it had no hints.
        lexical: Weight of BM25; 0 leaves it out.
        scope: What BM25 reads: the French renditions whatever the question (`page`), the
            renditions in the question's language (`text`), or these and the hints (`question`);
            titles and headings are read with their passages.
        shared_hints: Weight of the hints that a passage shares with the first; 0 leaves them out.
    """

    name: str
    vectors: Vectors
    languages: tuple[Language, ...] = LANGUAGES
    views: tuple[ViewKind, ...] = ("plain", "context")
    late: float = 1.0
    hints: float = 0.0
    blind: bool = False
    lexical: float = 0.0
    scope: LexicalScope = "none"
    shared_hints: float = 0.0
    section: float = 0.0
    understood: bool = False


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

HYBRID = Fusion(
    "hybrid",
    "late",
    hints=1.0,
    lexical=0.5,
    scope="question",
    shared_hints=1.0,
    section=0.15,
    understood=True,
)

# Where a new summary starts: nobody has written hints for it yet.
WITHOUT_HINTS = replace(HYBRID, name="the same without hints", blind=True)

ABLATION: tuple[Fusion, ...] = (
    Fusion("BM25, French page only", "none", ("fr",), lexical=1.0, scope="page"),
    Fusion("dense, plain text", "dense", ("fr",), ("plain",)),
    Fusion("dense, title + section + text", "dense", ("fr",), ("context",)),
    Fusion("late interaction", "late", ("fr",)),
    Fusion("+ English renditions", "late"),
    Fusion("+ hints", "late", hints=1.0),
    Fusion("+ BM25 in the question's language", "late", hints=1.0, lexical=0.5, scope="question"),
    replace(HYBRID, name="+ meetings and kinds understood", shared_hints=0.0, section=0.0),
    replace(HYBRID, name="+ shared_hints of the first passage", section=0.0),
    replace(HYBRID, name="+ the best of the same section"),
    WITHOUT_HINTS,
    # Nor has anybody translated it.
    replace(WITHOUT_HINTS, name="the same, French page alone", languages=("fr",), scope="page"),
)
