"""Candidates, rerank, fusion: a query in, passages in order out."""

import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from ccs_qa.encoder.encoder import Encoder, Vectors
from ccs_qa.index.search import LegScores, SearchIndex
from ccs_qa.records import Evidence, Hit, Passage, Query
from ccs_qa.search.fusion import Signals, runs, standardise
from ccs_qa.search.legs import HYBRID, KIND_BONUS, SHARED, Fusion
from ccs_qa.search.understand.wording import Wording, encode_texts

Positions = npt.NDArray[np.int64]


# Passages that together should hold what a question is about.
_TOGETHER = 3
# Of a follow-up, the wording with its history counts fully and its own words a little less:
# between what finds follow-ups best (0.4) and what suffers least from a change of topic (1).
_SHARES = (1.0, 0.6)


# With fewer hints than this a passage is a candidate by its text: too few questions lead to it.
_FEW_HINTS = 64


@dataclass(frozen=True, slots=True)
class _FirstStage:
    """What one wording scores before the rerank: (views,) cosines, and (passages,) the rest.

    `asked` and `by_hints` look at hints as well, `lexical` and `by_text` at texts alone.
    """

    cosines: Vectors
    dense: Vectors
    lexical: Vectors
    asked: Vectors
    by_text: Vectors
    by_hints: Vectors


@dataclass(frozen=True, slots=True)
class Ranked:
    """A ranking, best first.

    Attributes:
        timings_ms: Milliseconds spent in each stage.
        added: (hits,) float32, what each leg, and `kind`, adds to the score of each hit.
    """

    hits: tuple[Hit, ...]
    evidence: Evidence
    timings_ms: dict[str, float]
    added: Mapping[str, Vectors] = field(default_factory=dict)


def shortlist(scores: Vectors, allowed: npt.NDArray[np.bool_], count: int) -> Positions:
    """Take the best of what may be taken.

    Args:
        scores: (passages,) float32.
        allowed: (passages,) bool, what may be taken.

    Returns:
        Positions in ascending order, at most `count`.
    """
    open_to = np.flatnonzero(allowed)
    if len(open_to) <= count:
        return open_to
    best = np.argpartition(-scores[open_to], count - 1)[:count]
    # In the order of the index, on which ties fall back later.
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
        """Bind the parts; the first stage hands some candidates to the rerank."""
        self.encoder = encoder
        self.index = index
        self._passages = tuple(passages[name] for name in index.passages)
        self._candidates = candidates
        hinted = index.counts[index.counts > 0]
        self._usual = float(hinted.mean()) if hinted.size else 0.0
        # One number a section, which one heading stands above.
        sections: dict[object, int] = {}
        self._sections = np.asarray(
            [
                sections.setdefault((item.meeting, item.section or item.id), len(sections))
                for item in self._passages
            ]
        )

    def rank(
        self,
        query: Query,
        *,
        k: int,
        wordings: Sequence[Wording] = (),
        pooled: Vectors | None = None,
        fusion: Fusion = HYBRID,
        allowed: Callable[[Passage], bool] | None = None,
    ) -> Ranked:
        """Rank passages for a query.

        Args:
            k: How many passages to return at most, at least 1.
            wordings: What is searched, as understood; the standalone wording for a fusion that
                leaves understanding out, or when there are none.
            pooled: (dimension,) vector of the whole question, by which it is likened to known
                ones; that of the first wording when None.
            allowed: Which passages may be returned; all when None.
        """
        clock = Clock()
        if not (fusion.understood and wordings):
            wordings = [encode_texts([query.standalone], self.encoder)[0].whole]
        clock.lap("encode")
        open_to = (
            np.ones(len(self._passages), np.bool_)
            if allowed is None
            else np.asarray([allowed(passage) for passage in self._passages], np.bool_)
        )
        seen = bool(fusion.weight("hints")) and not fusion.blind
        counts = self.index.counts if seen else np.zeros_like(self.index.counts)
        cosines = self.index.cosines(np.stack([wording.pooled for wording in wordings]))
        firsts = [
            self._first_stage(query, fusion, wording.text, near, counts)
            for wording, near in zip(wordings, cosines, strict=True)
        ]
        count = max(self._candidates, k)
        candidates = _candidates(firsts, open_to, counts, count)
        clock.lap("candidates")
        if not len(candidates):
            return Ranked((), Evidence(), clock.laps)
        late = self._late(fusion, wordings, firsts, candidates)
        signals = self._signals(late, firsts, candidates, counts)
        clock.lap("rerank")
        bonus = KIND_BONUS[query.intent] if fusion.understood else {}
        kinds = [bonus.get(self._passages[at].kind, 0.0) for at in candidates]
        fused, added = _add(fusion, signals, np.asarray(kinds, np.float32))
        main, covered = signals[0], late[0].covered
        told = {"late": main.late, "hint": main.hints, "dense": main.dense, "lexical": main.asked}
        if weight := fusion.weight(SHARED.name):
            told[SHARED.name] = added[SHARED.name] / np.float32(weight)
        raw = {name: leg.tolist() for name, leg in told.items()}
        # Gaps between scores mean the same however many wordings there are.
        total = np.float32(sum(_SHARES[: len(signals)]))
        fused /= total
        # Stable: equals stay in the order of the corpus, so a question is answered alike each time.
        order = np.argsort(-fused, kind="stable")
        nothing = np.zeros(0, np.float32)
        best = covered[:, order[:_TOGETHER]].max(axis=1) if covered.size else nothing
        clock.lap("fuse")
        return Ranked(
            hits=tuple(
                Hit(
                    self._passages[candidates[at]],
                    round(float(fused[at]), 6),
                    {name: leg[at] for name, leg in raw.items() if not math.isnan(leg[at])},
                )
                for at in order[:k]
            ),
            evidence=Evidence(
                float(best.mean()) if best.size else 0.0,
                self.index.strange(wordings[0].text, query.asked_in),
                self.index.precedent(
                    self._cosines(pooled, wordings, firsts), int(candidates[order[0]])
                ),
                _support(wordings[0], best),
                bool(counts[candidates[order[0]]]),
            ),
            timings_ms=clock.laps,
            added={name: values[order[:k]] / total for name, values in added.items()},
        )

    def _first_stage(
        self,
        query: Query,
        fusion: Fusion,
        text: str,
        cosines: Vectors,
        counts: Positions,
    ) -> _FirstStage:
        language = "fr" if fusion.scope == "page" else query.asked_in
        lexical = self.index.lexical(text, language, "text")
        asked = self.index.lexical(text, language) if fusion.scope == "question" else lexical
        texts = self.index.select(fusion.languages, fusion.views)
        dense = self.index.dense(cosines, texts)
        nearest = dense
        if counts.any():
            hints = self.index.select(fusion.languages, ("hint",))
            nearest = self.index.dense(cosines, texts | hints)
        weight = np.float32(fusion.weight("lexical"))
        vectors = np.float32(fusion.reads_tokens or fusion.weight("dense") > 0)
        return _FirstStage(
            cosines,
            dense,
            lexical,
            asked,
            by_text=vectors * standardise(dense) + weight * standardise(lexical),
            by_hints=vectors * standardise(nearest, counts > 0)
            + weight * standardise(asked, counts > 0),
        )

    def _cosines(
        self,
        pooled: Vectors | None,
        wordings: Sequence[Wording],
        firsts: Sequence[_FirstStage],
    ) -> Vectors:
        """Compare the whole question with every view; mostly one of its wordings is the whole."""
        if pooled is None:
            return firsts[0].cosines
        for wording, stage in zip(wordings, firsts, strict=True):
            if wording.pooled is pooled:
                return stage.cosines
        found: Vectors = self.index.cosines(pooled[None])[0]
        return found

    def _late(
        self,
        fusion: Fusion,
        wordings: Sequence[Wording],
        firsts: Sequence[_FirstStage],
        candidates: Positions,
    ) -> tuple[LegScores, ...]:
        if not fusion.reads_tokens:
            nothing = np.full(len(candidates), np.nan, np.float32)
            unread = LegScores(nothing, nothing, nothing, np.zeros((0, 0), np.float32))
            return (unread,) * len(wordings)
        # Wordings of one text share its tokens.
        texts = {id(item.around): item.around for item in wordings}
        starts = dict(zip(texts, np.cumsum([0, *map(len, texts.values())]), strict=False))
        return self.index.late(
            self.index.centre(np.concatenate([*texts.values()])),
            [starts[id(item.around)] + item.kept for item in wordings],
            np.maximum.reduce([stage.cosines for stage in firsts]),
            candidates,
            languages=fusion.languages,
            kinds=fusion.views,
        )

    def _signals(
        self,
        late: Sequence[LegScores],
        firsts: Sequence[_FirstStage],
        candidates: Positions,
        counts: Positions,
    ) -> list[Signals]:
        def shared(first: int) -> Vectors:
            return self.index.shared_hints(int(candidates[first]))[candidates]

        likeness, sections = self.index.likeness(candidates), self._sections[candidates]
        number = counts[candidates]
        return [
            Signals(
                late=scores.views,
                back=scores.back,
                dense=stage.dense[candidates],
                lexical=stage.lexical[candidates],
                hints=np.where(number > 0, scores.hints, np.float32(np.nan)),
                asked=stage.asked[candidates],
                counts=number,
                usual=self._usual,
                likeness=likeness,
                sections=sections,
                shared=shared,
            )
            for scores, stage in zip(late, firsts, strict=True)
        ]


def _candidates(
    firsts: Sequence[_FirstStage],
    open_to: npt.NDArray[np.bool_],
    counts: Positions,
    count: int,
) -> Positions:
    """Take the best of the passages with many hints, and the best of the others by their text."""
    # A list for each: in one, hints would crowd out what has none.
    many = counts >= _FEW_HINTS
    found = []
    for among, name in ((many, "by_hints"), (~many, "by_text")):
        scores = sum(
            share * getattr(stage, name) for share, stage in zip(_SHARES, firsts, strict=False)
        )
        found.append(shortlist(np.asarray(scores), open_to & among, count))
    return np.sort(np.concatenate(found))


def _support(wording: Wording, best: Vectors) -> tuple[tuple[str, float], ...]:
    """Average the best cosines of the tokens of each word."""
    # Not every tokenizer tells which word a token belongs to.
    if len(wording.owners) != len(best):
        return ()
    if not len(best):
        return ()
    # The tokens of a word stand side by side.
    starts = runs(wording.owners)
    means = np.add.reduceat(best, starts) / np.diff(starts, append=len(best)).astype(np.float32)
    return tuple(
        (wording.words[at], mean)
        for at, mean in zip(wording.owners[starts], means.tolist(), strict=True)
    )


def _add(
    fusion: Fusion, signals: Sequence[Signals], kinds: Vectors
) -> tuple[Vectors, dict[str, Vectors]]:
    """Add the legs up, of each wording by its share; give the sum and what each leg adds to it."""
    fused = np.zeros_like(kinds)
    added: dict[str, Vectors] = {}
    for share, told in zip(_SHARES, signals, strict=False):
        own = np.zeros_like(kinds)
        for leg in fusion.legs:
            if not leg.after:
                scored = np.float32(leg.weight) * leg.score(told, own)
                own += scored
                added[leg.name] = added.get(leg.name, 0) + np.float32(share) * scored
        fused += np.float32(share) * own
    fused += kinds
    added["kind"] = kinds
    for leg in fusion.legs:
        if leg.after:
            added[leg.name] = np.float32(leg.weight) * leg.score(signals[0], fused)
            fused += added[leg.name]
    return fused, added


class Clock:
    """Milliseconds between laps."""

    def __init__(self) -> None:
        """Start now."""
        self.laps: dict[str, float] = {}
        self.restart()

    def restart(self) -> None:
        """Start the next lap now."""
        self._last = time.perf_counter()

    def lap(self, stage: str) -> None:
        """Note what was spent since the last lap."""
        now = time.perf_counter()
        self.laps[stage] = round((now - self._last) * 1000, 3)
        self._last = now
