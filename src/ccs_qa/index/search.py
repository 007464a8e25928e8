"""Scores of one question against the views of the index.

Late interaction is the MaxSim of ColBERT (Khattab and Zaharia, 2020, arXiv:2004.12832)
over the encoder's own token vectors, centred on their mean and scaled back to unit length.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import faiss
import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from ccs_qa.encoder.encoder import Vectors, unit_rows
from ccs_qa.encoder.rows import Rows
from ccs_qa.index.lexical import LexicalIndex
from ccs_qa.index.storage import IndexManifest
from ccs_qa.index.views import ASKED, KINDS, ViewKind
from ccs_qa.records import LANGUAGES, Language

Positions = npt.NDArray[np.int64]
Marks = npt.NDArray[np.bool_]
Scope = tuple[Language, str]

_HINT = KINDS.index("hint")
_ASKED = [KINDS.index(kind) for kind in ASKED]
# How many known questions are looked at, and how fast their say fades with their cosine; flat
# around these values (10 to 50, .03 to .1) on the development questions.
_NEIGHBOURS = 20
_REACH = 0.05
# How many hints of a passage and language are compared token by token, nearest by cosine first.
_HINTS_SCORED = 4


@dataclass(frozen=True, slots=True)
class LegScores:
    """Late-interaction scores of some passages.

    Attributes:
        views: (passages,) float32, mean over the passage's views of the MaxSim from the
            question to the view, -1 to 1.
        back: (passages,) float32, the same from the view to the question.
        hints: (passages,) float32, best symmetric MaxSim with a hint, mean over the languages
            that have hints, -1 to 1; NaN for a passage without hints.
        covered: (tokens, passages) float32, best cosine of each question token in a passage.
    """

    views: Vectors
    back: Vectors
    hints: Vectors
    covered: Vectors


class SearchIndex:
    """A loaded index.

    Attributes:
        manifest: What it was built from.
        passages: Passage ids, in index order.
        counts: (passages,) int64, hints of each, those that it shares with others included.
    """

    def __init__(
        self,
        manifest: IndexManifest,
        passages: tuple[str, ...],
        *,
        vectors: faiss.Index,
        views: Mapping[str, npt.NDArray[np.int64]],
        tokens: Rows,
        means: Vectors,
        lexical: Mapping[Scope, LexicalIndex],
    ) -> None:
        """Take over the loaded parts; use `load_index`.

        Args:
            vectors: FAISS index of one pooled vector a view.
            views: For each view its `language` and `kind` as positions, and `start`, the first
                row of its token vectors, (views,) int64; `edges`, (2, edges) int64, the
                passage and the view of each pair that belong together, by passage.
            tokens: Token vectors, centred, unit length, by view.
            means: (3, dimension) float32: mean token vector of passages and of questions, and
                mean pooled vector of the texts of passages.
            lexical: BM25 by language and scope (`text` or `all`).
        """
        self.manifest = manifest
        self.passages = passages
        pooled: Vectors = vectors.reconstruct_n(0, vectors.ntotal)
        # A quarter of the memory, which every question reads from end to end.
        self._pooled = Rows.quantise(pooled)
        passage, self._views = views["edges"]
        self._language = views["language"]
        self._kind = views["kind"]
        self._starts = np.append(views["start"], len(tokens))
        # Edges come by passage: those of each are a slice.
        self._bounds = np.searchsorted(passage, np.arange(len(passages) + 1))
        hinted = self._kind[self._views] == _HINT
        answers = np.ones(int(hinted.sum()), np.float32)
        # Sparse: of all pairs of passages few share a hint.
        owned = csr_array(
            (answers, (passage[hinted], self._views[hinted])), (len(passages), len(self._kind))
        )
        self._shared = owned @ owned.T
        self.counts = np.bincount(passage[hinted], minlength=len(passages))
        # A hint is no rendition: it does not make its passage said in that language.
        spoken = np.where(hinted, -1, self._language[self._views])
        self._spoken = {
            item: np.bincount(passage[spoken == at], minlength=len(passages)) > 0
            for at, item in enumerate(LANGUAGES)
        }
        self._asked = np.flatnonzero(np.isin(self._kind, _ASKED))
        self._tokens = tokens
        self._question_mean = means[1]
        told = self._views[~hinted]
        self._texts = _mean_rows(passage[~hinted], pooled[told], len(passages), means[2])
        self._text_views = _table(passage[~hinted], self._views[~hinted], len(passages))
        asked, spoken = self._views[hinted], self._language[self._views[hinted]]
        self._hint_views = _table(
            passage[hinted] * len(LANGUAGES) + spoken, asked, len(passages) * len(LANGUAGES)
        ).reshape(len(passages), len(LANGUAGES), -1)
        self._lexical = lexical
        # The few marks that fusions ask for; they depend on nothing that changes.
        self._marks: dict[tuple[tuple[Language, ...], tuple[ViewKind, ...]], Marks] = {}

    def centre(self, tokens: Vectors) -> Vectors:
        """Centre the token vectors of a question.

        Args:
            tokens: (tokens, dimension) float32, as the encoder gives them.

        Returns:
            The same shape, less the mean question token, scaled to unit length.
        """
        # Token vectors share a direction that tells nothing apart: less it, nDCG@10 rose from .654
        # to .673.
        return unit_rows(tokens - self._question_mean)

    def select(
        self, languages: tuple[Language, ...] = LANGUAGES, kinds: tuple[ViewKind, ...] = KINDS
    ) -> Marks:
        """Mark the views of some languages and kinds, (views,) bool."""
        key = (languages, kinds)
        if key not in self._marks:
            by_language = np.isin(self._language, [LANGUAGES.index(item) for item in languages])
            by_kind = np.isin(self._kind, [KINDS.index(item) for item in kinds])
            self._marks[key] = by_language & by_kind
        return self._marks[key]

    def cosines(self, vectors: Vectors) -> Vectors:
        """Compare wordings with every view.

        Args:
            vectors: (wordings, dimension) float32, pooled, unit length.

        Returns:
            (wordings, views) float32 cosines.
        """
        return self._pooled.dot(vectors)

    def dense(self, cosines: Vectors, among: Marks | None = None) -> Vectors:
        """Score passages by their nearest view.

        Args:
            cosines: (views,) float32, those of a wording.
            among: (views,) bool, the views that count; all when None.

        Returns:
            (passages,) float32 cosine of the nearest view; -1 where no view counts.
        """
        counted = cosines if among is None else np.where(among, cosines, np.float32(-1))
        # `reduceat` gives a neighbour's value where a passage owns no view: every passage owns one.
        best: Vectors = np.maximum.reduceat(counted[self._views], self._bounds[:-1])
        return best

    def precedent(self, cosines: Vectors, first: int) -> float:
        """Tell whether the known questions nearest to this one have an answer.

        Args:
            cosines: (views,) float32, those of the question.
            first: Position of the passage that ranks first.

        Returns:
            Share of hints among the nearest hints and near misses, each weighed by how near
            it is (Nadaraya and Watson's kernel estimate over the nearest neighbours), 0 to 1;
            one half when nobody wrote hints for the first passage, since silence says nothing.
        """
        if not self.counts[first] or len(self._asked) <= _NEIGHBOURS:
            return 0.5
        asked = cosines[self._asked]
        nearest = np.argpartition(-asked, _NEIGHBOURS)[:_NEIGHBOURS]
        # Less the nearest: the largest exponent is 0, so nothing overflows.
        weights = np.exp((asked[nearest] - asked[nearest].max()) / _REACH)
        answered = self._kind[self._asked[nearest]] == _HINT
        return float(weights[answered].sum() / weights.sum())

    def shared_hints(self, first: int) -> Vectors:
        """Tell which passages answer the same known questions as one.

        Returns:
            (passages,) float32: natural logarithm of one more than the number of hints that
            both own; 0 for the passage itself.
        """
        row = slice(*self._shared.indptr[first : first + 2])
        found = np.zeros(len(self.passages), np.float32)
        found[self._shared.indices[row]] = np.log1p(self._shared.data[row])
        # It shares all of its hints with itself, which says nothing.
        found[first] = 0.0
        return found

    def lexical(self, question: str, language: Language, scope: str = "all") -> Vectors:
        """Score passages by BM25.

        Args:
            scope: `text` for title, section and rendition, `all` for hints too.

        Returns:
            (passages,) float32, 0 and up; NaN for a passage without rendition in the language.
        """
        scores = self._lexical[language, scope].scores(question)
        return np.where(self._spoken[language], scores, np.float32(np.nan))

    def likeness(self, candidates: Positions) -> Vectors:
        """Compare the texts of passages with one another.

        Args:
            candidates: Positions of passages, each with a view.

        Returns:
            (candidates, candidates) float32: cosines of the mean pooled vectors of their texts,
            less the mean of all passages; -1 on the diagonal.
        """
        vectors = self._texts[candidates]
        cosines: Vectors = vectors @ vectors.T
        # No passage is its own neighbour.
        np.fill_diagonal(cosines, -1.0)
        return cosines

    def strange(self, question: str, language: Language) -> float:
        """Tell which share of a question's index terms, 0 to 1, no passage and no hint holds."""
        return self._lexical[language, "all"].strange(question)

    def plain(self, tokens: Vectors, passage: int, language: Language) -> Vectors:
        """Compare a question with the tokens of a passage's own text.

        Args:
            tokens: (tokens, dimension) float32, centred tokens of a question.

        Returns:
            (tokens, tokens of the text) float32 cosines; no columns where there is no such text,
            or where it was cut in several.
        """
        among = self.select((language,), ("plain",))
        views = self._views[self._bounds[passage] : self._bounds[passage + 1]]
        found = views[among[views]]
        # Tokens of a text cut in several do not line up with those of the whole.
        if len(found) != 1:
            return np.zeros((len(tokens), 0), np.float32)
        (view,) = found
        places = np.arange(self._starts[view], self._starts[view + 1])
        return self._tokens.take(places).dot(tokens)

    def late(
        self,
        tokens: Vectors,
        wordings: Sequence[Positions],
        cosines: Vectors,
        candidates: Positions,
        *,
        languages: tuple[Language, ...] = LANGUAGES,
        kinds: tuple[ViewKind, ...] = ("plain", "context"),
    ) -> tuple[LegScores, ...]:
        """Score candidates by late interaction with their views and nearest hints.

        Args:
            tokens: (tokens, dimension) float32, centred tokens of what is asked.
            wordings: Which of the tokens each wording has, at least one.
            cosines: (views,) float32, those of a wording; by them hints are near.
            candidates: Positions of passages, at least one, each with a view.
            kinds: Kinds of the views that count; hints are always scored apart.

        Returns:
            The scores for each wording, in the order of the candidates.
        """
        owner, views = self._edges(cosines, candidates)
        # A hint of several passages is multiplied once.
        scored, at = np.unique(views, return_inverse=True)
        lengths = self._starts[scored + 1] - self._starts[scored]
        offsets = np.cumsum(lengths) - lengths
        counted = self.select(languages, kinds)[views]
        asked = self._kind[views] == _HINT
        edges = np.searchsorted(owner, np.arange(len(candidates)))
        number = np.bincount(owner[counted], minlength=len(candidates))

        def mean(values: Vectors) -> Vectors:
            total = np.bincount(owner[counted], values[at[counted]], len(candidates))
            return _floor(np.where(number > 0, total / np.maximum(number, 1), np.nan))

        def score(rows: Positions) -> LegScores:
            forward = nearest[rows].mean(axis=0)
            backward = np.add.reduceat(similarity[rows].max(axis=0), offsets) / lengths
            best = np.full((len(LANGUAGES), len(candidates)), -np.inf)
            # Hints are questions too: neither side may leave much of the other uncovered.
            symmetric = ((forward + backward) / 2)[at[asked]]
            np.maximum.at(best, (self._language[views[asked]], owner[asked]), symmetric)
            spoken = np.isfinite(best)
            hints = np.where(spoken, best, 0.0).sum(axis=0) / np.maximum(spoken.sum(axis=0), 1)
            # Not 0: that nobody wrote any speaks neither for the passage nor against it.
            hints[~spoken.any(axis=0)] = np.nan
            covered = np.maximum.reduceat(nearest[rows][:, at], edges, axis=1)
            return LegScores(mean(forward), mean(backward), hints.astype(np.float32), covered)

        # One product for all: to gather the rows takes as long as to multiply them.
        places = np.repeat(self._starts[scored] - offsets, lengths) + np.arange(lengths.sum())
        similarity = self._tokens.take(places).dot(tokens)
        nearest = np.maximum.reduceat(similarity, offsets, axis=1)
        return tuple(map(score, wordings))

    def _edges(self, cosines: Vectors, candidates: Positions) -> tuple[Positions, Positions]:
        """List candidate and view of each pair to score: all texts, and the nearest hints."""
        hints = self._hint_views[candidates]
        if hints.shape[-1] > _HINTS_SCORED:
            # 2 lies beyond every cosine: a filler is never among the nearest.
            far = np.where(hints < 0, np.float32(2), -cosines[hints])
            # Tokens are dear to compare; whole vectors tell which hints are worth it.
            nearest = np.argpartition(far, _HINTS_SCORED)[..., :_HINTS_SCORED]
            hints = np.take_along_axis(hints, nearest, axis=-1)
        views = np.hstack([self._text_views[candidates], hints.reshape(len(candidates), -1)])
        owner, place = np.nonzero(views >= 0)
        return owner, views[owner, place]


def _mean_rows(owner: Positions, rows: Vectors, size: int, mean: Vectors) -> Vectors:
    """Average the rows of each owner, less a mean, scaled to unit length."""
    sums = np.zeros((size, rows.shape[1]), np.float32)
    # Unlike `+=` on an index, which adds once however often an owner comes.
    np.add.at(sums, owner, rows)
    number = np.bincount(owner, minlength=size)
    return unit_rows((sums / np.maximum(number, 1)[:, None] - mean).astype(np.float32))


def _table(owner: Positions, items: Positions, size: int) -> Positions:
    """Give each owner a row of its items, filled up with -1."""
    order = np.argsort(owner, kind="stable")
    number = np.bincount(owner, minlength=size)
    place = np.arange(len(owner)) - np.repeat(np.cumsum(number) - number, number)
    table = np.full((size, number.max(initial=0)), -1)
    table[owner[order], place] = items[order]
    return table


def _floor(scores: npt.NDArray[np.float64]) -> Vectors:
    """Give what has no score the lowest score of the rest, so that it is not favoured."""
    known = scores[~np.isnan(scores)]
    lowest = float(known.min()) if known.size else 0.0
    return np.nan_to_num(scores, nan=lowest).astype(np.float32)
