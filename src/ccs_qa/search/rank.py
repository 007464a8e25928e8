"""Candidates, rerank, fusion: a query in, passages in order out."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ccs_qa.encoder import Encoder, Vectors
from ccs_qa.index import SearchIndex
from ccs_qa.records import Grasp, Passage, Query
from ccs_qa.search.recipe import HYBRID, KIND_BONUS, WITHOUT_HINTS, Recipe

Positions = npt.NDArray[np.int64]


# Passages that together should hold what a question is about.
_TOGETHER = 3
# Of a follow-up, the wording with its history counts fully and its own words a little less:
# between what finds follow-ups best (0.4) and what suffers least from a change of topic (1).
_SHARES = (1.0, 0.6)


@dataclass(frozen=True, slots=True)
class _FirstStage:
    """What one wording scores before the rerank: (views,) cosines, and (passages,) the rest."""

    cosines: Vectors
    dense: Vectors
    lexical: Vectors
    scores: Vectors


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
    """Ranks passages for a query.

    Attributes:
        encoder: The model that built the index.
        index: The index.
        recipe: How it ranks unless told; other weights where nobody wrote hints yet.
    """

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
        self.recipe = HYBRID if index.hinted else WITHOUT_HINTS
        self._passages = tuple(passages[name] for name in index.passages)
        self._candidates = candidates

    def rank(
        self,
        query: Query,
        *,
        k: int,
        recipe: Recipe | None = None,
        allowed: Callable[[Passage], bool] | None = None,
        exhaustive: bool = False,
    ) -> Ranked:
        """Rank passages for a query.

        Args:
            query: What was understood.
            k: How many passages to return at most, at least 1.
            recipe: Which legs take part; the retriever's own when None.
            allowed: Which passages may be returned; all when None.
            exhaustive: Rerank every passage rather than the first stage's candidates.

        Returns:
            The best passages.
        """
        recipe = recipe or self.recipe
        clock = _Clock()
        wordings = [query.topic if recipe.understood else query.standalone]
        if recipe.understood and query.alone:
            wordings.append(query.alone)
        encoded = self.encoder.encode(wordings, "query")
        clock.lap("encode")
        open_to = (
            np.ones(len(self._passages), np.bool_)
            if allowed is None
            else np.asarray([allowed(passage) for passage in self._passages], np.bool_)
        )
        firsts = [
            self._first_stage(query, recipe, wording, pooled)
            for wording, pooled in zip(wordings, encoded.pooled, strict=True)
        ]
        first = sum(share * stage.scores for share, stage in zip(_SHARES, firsts, strict=False))
        count = len(self._passages) if exhaustive else max(self._candidates, k)
        candidates = shortlist(np.asarray(first), open_to, count)
        clock.lap("candidates")
        if not len(candidates):
            return Ranked((), (), (), Grasp(), clock.laps)
        legs = [
            self._legs(recipe, tokens, candidates, stage)
            for tokens, stage in zip(encoded.tokens, firsts, strict=True)
        ]
        raw, covered = legs[0]
        clock.lap("rerank")
        fused = np.zeros(len(candidates), np.float32)
        for share, (scores, _) in zip(_SHARES, legs, strict=False):
            fused += np.float32(share) * self._fuse(recipe, candidates, scores)
        if recipe.understood:
            bonus = KIND_BONUS[query.intent]
            fused += [bonus.get(self._passages[at].kind, 0.0) for at in candidates]
        if recipe.companions:
            raw["companions"] = lifts = self._lifts(candidates, int(np.argmax(fused)))
            fused += np.float32(recipe.companions) * lifts
        order = np.argsort(-fused, kind="stable")
        best = covered[:, order[:_TOGETHER]].max(axis=1) if covered.size else np.zeros(0)
        clock.lap("fuse")
        return Ranked(
            passages=tuple(self._passages[candidates[at]] for at in order[:k]),
            scores=tuple(float(fused[at]) for at in order[:k]),
            legs=tuple({name: float(raw[name][at]) for name in raw} for at in order[:k]),
            grasp=Grasp(
                tuple(float(value) for value in np.sort(best)),
                self.index.strange(wordings[0], query.asked_in),
                self.index.precedent(firsts[0].cosines, int(candidates[order[0]])),
            ),
            timings_ms=clock.laps,
        )

    def _first_stage(
        self, query: Query, recipe: Recipe, wording: str, pooled: Vectors
    ) -> _FirstStage:
        language = "fr" if recipe.scope == "page" else query.asked_in
        lexical = self.index.lexical(
            wording, language, "text" if recipe.scope in {"page", "text"} else "all"
        )
        cosines = self.index.cosines(pooled)
        dense = self.index.dense(cosines, self._marked(recipe))
        scores = np.zeros_like(dense) if recipe.vectors == "none" else standardise(dense)
        scores = scores + np.float32(recipe.lexical) * standardise(lexical)
        return _FirstStage(cosines, dense, lexical, scores)

    def _marked(self, recipe: Recipe) -> npt.NDArray[np.bool_]:
        kinds = (*recipe.views, "hint") if recipe.hints else recipe.views
        return self.index.select(recipe.languages, kinds)

    def _legs(
        self, recipe: Recipe, tokens: Vectors, candidates: Positions, first: _FirstStage
    ) -> tuple[dict[str, Vectors], Vectors]:
        raw = {"dense": first.dense[candidates], "lexical": first.lexical[candidates]}
        if recipe.vectors != "late":
            return raw, np.zeros((0, 0), np.float32)
        late = self.index.late(
            self.index.centre(tokens), first.cosines, candidates, recipe.languages, recipe.views
        )
        return {"late": late.views, "hint": late.hints, **raw}, late.covered

    def _lifts(self, candidates: Positions, first: int) -> Vectors:
        """Lift what answers the same known questions as the first, which stays first."""
        lifts: Vectors = self.index.companions(int(candidates[first]))[candidates]
        lifts[first] = lifts.max()
        return lifts

    @staticmethod
    def _fuse(recipe: Recipe, candidates: Positions, raw: dict[str, Vectors]) -> Vectors:
        weights = {
            "late": recipe.late if recipe.vectors == "late" else 0.0,
            "dense": 1.0 if recipe.vectors == "dense" else recipe.dense,
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
