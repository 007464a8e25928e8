"""Candidates, rerank, fusion: a query in, passages in order out."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ccs_qa.encoder import Encoded, Encoder, Vectors
from ccs_qa.index import SearchIndex
from ccs_qa.records import Grasp, Passage, Query
from ccs_qa.retrieval.recipe import HYBRID, KIND_BONUS, Recipe

Positions = npt.NDArray[np.int64]


# Passages that together should hold what a question is about.
_TOGETHER = 3


@dataclass(frozen=True, slots=True)
class Ranked:
    """A ranking.

    Attributes:
        passages: The passages, best first.
        scores: Their fused scores.
        legs: Raw score of each leg that took part, by name of the leg.
        grasp: How well the question is covered.
        timings_ms: Milliseconds spent in each stage.
    """

    passages: tuple[Passage, ...]
    scores: tuple[float, ...]
    legs: tuple[dict[str, float], ...]
    grasp: Grasp
    timings_ms: dict[str, float]


def standardise(scores: Vectors) -> Vectors:
    """Bring a leg to mean 0 and deviation 1.

    Args:
        scores: (n,) float32.

    Returns:
        (n,) float32; all 0 when the scores do not differ.
    """
    deviation = float(scores.std())
    if deviation < 1e-9:
        return np.zeros_like(scores)
    scaled: Vectors = (scores - scores.mean()) / np.float32(deviation)
    return scaled


def shortlist(scores: Vectors, allowed: npt.NDArray[np.bool_], count: int) -> Positions:
    """Take the best of what may be taken.

    Args:
        scores: (passages,) float32.
        allowed: (passages,) bool, what may be taken.
        count: How many to take.

    Returns:
        Positions in ascending order, at most `count`.
    """
    open_to = np.flatnonzero(allowed)
    if len(open_to) <= count:
        return open_to
    best = np.argpartition(-scores[open_to], count - 1)[:count]
    return np.sort(open_to[best])


class Retriever:
    """Ranks passages for a query."""

    def __init__(
        self,
        encoder: Encoder,
        index: SearchIndex,
        passages: Mapping[str, Passage],
        candidates: int,
    ) -> None:
        """Bind the parts of a ranking.

        Args:
            encoder: The model that built the index.
            index: The index.
            passages: Every passage, by id.
            candidates: How many passages the first stage hands to the rerank.
        """
        self.encoder = encoder
        self.index = index
        self._passages = tuple(passages[name] for name in index.passages)
        self._candidates = candidates

    def rank(
        self,
        query: Query,
        *,
        k: int,
        recipe: Recipe = HYBRID,
        allowed: Callable[[Passage], bool] | None = None,
        exhaustive: bool = False,
    ) -> Ranked:
        """Rank passages for a query.

        Args:
            query: What was understood.
            k: How many passages to return at most, at least 1.
            recipe: Which legs take part.
            allowed: Which passages may be returned; all when None.
            exhaustive: Rerank every passage rather than the first stage's candidates.

        Returns:
            The best passages.
        """
        clock = _Clock()
        wording = query.topic if recipe.understood else query.standalone
        encoded = self.encoder.encode([wording], "query")
        clock.lap("encode")
        open_to = (
            np.ones(len(self._passages), np.bool_)
            if allowed is None
            else np.asarray([allowed(passage) for passage in self._passages], np.bool_)
        )
        language = "fr" if recipe.scope == "page" else query.asked_in
        lexical = self.index.lexical(
            wording, language, "text" if recipe.scope in {"page", "text"} else "all"
        )
        marked = self._marked(recipe)
        dense = self.index.dense(encoded.pooled[0], marked)
        first = np.zeros_like(dense) if recipe.vectors == "none" else standardise(dense)
        first = first + np.float32(recipe.lexical) * standardise(lexical)
        count = len(self._passages) if exhaustive else max(self._candidates, k)
        candidates = shortlist(first, open_to, count)
        clock.lap("candidates")
        if not len(candidates):
            return Ranked((), (), (), Grasp(), clock.laps)
        raw, covered = self._legs(recipe, encoded, candidates, dense, lexical)
        clock.lap("rerank")
        fused = self._fuse(recipe, candidates, raw)
        if recipe.understood:
            bonus = KIND_BONUS[query.intent]
            fused += [bonus.get(self._passages[at].kind, 0.0) for at in candidates]
        order = np.argsort(-fused, kind="stable")
        best = covered[:, order[:_TOGETHER]].max(axis=1) if covered.size else np.zeros(0)
        clock.lap("fuse")
        return Ranked(
            passages=tuple(self._passages[candidates[at]] for at in order[:k]),
            scores=tuple(float(fused[at]) for at in order[:k]),
            legs=tuple({name: float(raw[name][at]) for name in raw} for at in order[:k]),
            grasp=Grasp(
                tuple(float(value) for value in np.sort(best)),
                self.index.strange(wording, query.asked_in),
            ),
            timings_ms=clock.laps,
        )

    def _marked(self, recipe: Recipe) -> npt.NDArray[np.bool_]:
        kinds = (*recipe.views, "hint") if recipe.hints else recipe.views
        return self.index.select(recipe.languages, kinds)

    def _legs(
        self,
        recipe: Recipe,
        encoded: Encoded,
        candidates: Positions,
        dense: Vectors,
        lexical: Vectors,
    ) -> tuple[dict[str, Vectors], Vectors]:
        raw: dict[str, Vectors] = {}
        covered = np.zeros((0, 0), np.float32)
        if recipe.vectors == "late":
            tokens = self.index.centre(encoded.tokens[0])
            late = self.index.late(tokens, candidates, recipe.languages, recipe.views)
            raw["late"] = late.views
            raw["hint"] = late.hints
            covered = late.covered
        raw["dense"] = dense[candidates]
        raw["lexical"] = lexical[candidates]
        return raw, covered

    @staticmethod
    def _fuse(recipe: Recipe, candidates: Positions, raw: dict[str, Vectors]) -> Vectors:
        weights = {
            "late": float(recipe.vectors == "late"),
            "dense": float(recipe.vectors == "dense"),
            "hint": recipe.hints,
            "lexical": recipe.lexical,
        }
        fused = np.zeros(len(candidates), np.float32)
        for name, scores in raw.items():
            if weights[name]:
                fused += np.float32(weights[name]) * standardise(scores)
        return fused


class _Clock:
    """Milliseconds between laps."""

    def __init__(self) -> None:
        self.laps: dict[str, float] = {}
        self._last = time.perf_counter()

    def lap(self, stage: str) -> None:
        now = time.perf_counter()
        self.laps[stage] = round((now - self._last) * 1000, 3)
        self._last = now
