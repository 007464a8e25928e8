"""Views, terms and scores of an index small enough to compute by hand."""

import datetime as dt
import math
import os
import subprocess
import sys
from pathlib import Path

import faiss
import numpy as np
import pytest

from ccs_qa.corpus.known import Hints, KnownQuestions, Theme
from ccs_qa.encoder.rows import Rows
from ccs_qa.index.artefacts import centre_tokens, edges_of
from ccs_qa.index.lexical import LexicalIndex, terms
from ccs_qa.index.search import SearchIndex
from ccs_qa.index.storage import FORMAT, IndexManifest
from ccs_qa.index.views import KINDS, SplitterSettings, View, make_views
from ccs_qa.records import Bilingual, Passage, Rendition

# Of any index made by hand: a search reads no value of it.
MANIFEST = IndexManifest(
    format=FORMAT,
    made=dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
    parent=None,
    model="m",
    dimension=2,
    corpus="c",
    splitter=SplitterSettings(window=64, overlap=8),
    counts={},
    libraries={},
    files={},
)


def both(fr: str, en: str | None) -> Bilingual:
    """Make a bilingual text."""
    return Bilingual(
        Rendition("fr", fr, "f", 0, len(fr), "official"),
        Rendition("en", en, "e", 0, len(en), "unofficial_translation") if en else None,
    )


def passage(name: str, text: Bilingual, section: Bilingual | None = None) -> Passage:
    """Make a passage."""
    return Passage(name, "statement", dt.date(2024, 5, 2), section, None, text)


def test_views_hold_title_section_and_hints() -> None:
    """Plain, with context, and hints, in each language there is."""
    item = passage("a", both("Écouter;", None), both("Thème", "Theme"))
    views = make_views(
        [item],
        [both("Titre", "Title")],
        KnownQuestions({"a": Hints(("Qui?",), ("Who?",))}),
        lambda text: [text],
    )
    assert [(view.language, view.kind, view.text) for view in views] == [
        ("fr", "plain", "Écouter;"),
        ("fr", "context", "Titre. Thème. Écouter;"),
        ("fr", "hint", "Qui?"),
        ("en", "hint", "Who?"),
    ]


def test_a_theme_is_a_view_of_several_passages_and_a_near_miss_of_none() -> None:
    """Passages that are not indexed are left out; a theme of such passages alone goes."""
    known = KnownQuestions(
        themes=(
            Theme("both", ("b", "gone", "a"), ("Quoi?",), ()),
            Theme("elsewhere", ("gone",), ("Où?",), ()),
        ),
        near_misses={"a": Hints((), ("How much?",))},
    )
    items = [passage(name, both("Oui.", None)) for name in ("a", "b")]
    views = make_views(items, [None, None], known, lambda text: [text])
    assert [(view.passages, view.kind, view.text) for view in views[4:]] == [
        ((1, 0), "hint", "Quoi?"),
        ((), "near-miss", "How much?"),
    ]
    edges = edges_of(views)
    assert edges.tolist() == [[0, 0, 0, 1, 1, 1], [0, 1, 4, 2, 3, 4]]


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("L'accès aux services", "fr", ["acce", "servic"]),
        ("the client's passports", "en", ["client", "passport"]),
        ("Où et quand?", "fr", ["ou", "et", "quand"]),
    ],
)
def test_terms_are_folded_stems(text: str, language: str, expected: list[str]) -> None:
    """Elisions, accents, endings and stop words go; a text of stop words keeps them."""
    assert terms(text, "fr" if language == "fr" else "en") == expected


def test_bm25_finds_words_without_their_accents() -> None:
    """Only the passage that holds the word scores."""
    index = LexicalIndex.build(["La sécurité des données", "Les bureaux", "Les écoles"], "fr")
    scores = index.scores("SECURITE")
    assert scores[0] > 0
    assert scores[1:].tolist() == [0, 0]
    assert index.scores("xyzzy").tolist() == [0, 0, 0]


def test_bm25_survives_the_disk(tmp_path: Path) -> None:
    """Scores are the same after a round trip."""
    index = LexicalIndex.build(["public trust", "private clinic"], "en")
    index.save(tmp_path / "bm25")
    again = LexicalIndex.load(tmp_path / "bm25", "en", 2)
    assert again.scores("trust").tolist() == index.scores("trust").tolist()


def test_tokens_are_centred_by_role() -> None:
    """Each role loses its own mean; rows come out at unit length."""
    views = [View((0,), "fr", "plain", "a"), View((0,), "fr", "hint", "b")]
    tokens = [np.asarray([[1, 0], [3, 0]], np.float32), np.asarray([[0, 2], [0, 6]], np.float32)]
    centred, means = centre_tokens(views, tokens)
    assert means.tolist() == [[2, 0], [0, 4]]
    assert centred.tolist() == [[-1, 0], [1, 0], [0, -1], [0, 1]]


@pytest.fixture
def index() -> SearchIndex:
    """Two passages in two dimensions: the first with a hint, the second without."""
    rows = np.asarray([[1, 0], [0, 1], [1, 0], [-1, 0], [0.6, 0.8]], np.float32)
    vectors = faiss.IndexFlatIP(2)
    vectors.add(np.asarray([[1, 0], [0, 1], [0.6, 0.8]], np.float32))
    return SearchIndex(
        MANIFEST,
        ("a", "b"),
        vectors=vectors,
        views={
            "language": np.asarray([0, 1, 1]),
            "kind": np.asarray([0, 2, 0]),
            "start": np.asarray([0, 2, 4]),
            "edges": np.asarray([[0, 0, 1], [0, 1, 2]]),
        },
        tokens=Rows.quantise(rows),
        means=np.zeros((3, 2), np.float32),
        lexical={},
    )


def test_dense_takes_the_nearest_view_of_each_passage(index: SearchIndex) -> None:
    """Cosines with [1, 0] are 1, 0 and .6; without hints and English only .6 is left."""
    (cosines,) = index.cosines(np.asarray([[1, 0]], np.float32))
    assert index.dense(cosines).tolist() == pytest.approx([1.0, 0.6], abs=1 / 254)
    english = index.select(("en",), ("plain",))
    assert index.dense(cosines, english).tolist() == pytest.approx([-1.0, 0.6], abs=1 / 254)


def test_hints_are_shared() -> None:
    """Of three passages, the first shares two hints with the second and none with the third."""
    vectors = faiss.IndexFlatIP(2)
    vectors.add(np.asarray([[1, 0]] * 4, np.float32))
    index = SearchIndex(
        MANIFEST,
        ("a", "b", "c"),
        vectors=vectors,
        views={
            "language": np.zeros(4, np.int64),
            "kind": np.asarray([KINDS.index(kind) for kind in ("plain", "hint", "hint", "hint")]),
            "start": np.arange(4),
            "edges": np.asarray([[0, 0, 0, 1, 1, 2, 2], [0, 1, 2, 1, 2, 0, 3]]),
        },
        tokens=Rows.quantise(np.asarray([[1, 0]] * 4, np.float32)),
        means=np.zeros((3, 2), np.float32),
        lexical={},
    )
    assert index.shared_hints(0).tolist() == pytest.approx([0, math.log(3), 0])
    assert index.shared_hints(2).tolist() == [0, 0, 0]


def test_late_interaction_by_hand(index: SearchIndex) -> None:
    """MaxSim of [1,0] and [0,1] with each view, to within half a step of 8 bits.

    Passage a, plain view [1,0], [0,1]: (1 + 1) / 2 = 1. Its hint [1,0], [-1,0]: forward
    (1 + 0) / 2, backward (1 + 0) / 2, so 0.5. Passage b, [.6,.8]: (.6 + .8) / 2 = .7; it
    has no hint, so no hint score. Backward, a has (1 + 1) / 2 and b its one token's .8.
    """
    question = np.asarray([[1, 0], [0, 1]], np.float32)
    (scores,) = index.late(question, [np.arange(2)], np.zeros(3, np.float32), np.asarray([0, 1]))
    assert scores.views.tolist() == pytest.approx([1.0, 0.7], abs=1 / 254)
    assert scores.back.tolist() == pytest.approx([1.0, 0.8], abs=1 / 254)
    assert scores.hints[0] == pytest.approx(0.5, abs=1 / 254)
    assert math.isnan(scores.hints[1])


def among(hinted: int, missed: int) -> SearchIndex:
    """One passage with hints at 0 degrees from [1, 0], and near misses at 90 degrees."""
    kinds = ["plain"] + ["hint"] * hinted + ["near-miss"] * missed
    points = [[0.6, 0.8]] + [[1, 0]] * hinted + [[0, 1]] * missed
    vectors = faiss.IndexFlatIP(2)
    vectors.add(np.asarray(points, np.float32))
    owned = 1 + hinted
    return SearchIndex(
        MANIFEST,
        ("a",),
        vectors=vectors,
        views={
            "language": np.zeros(len(kinds), np.int64),
            "kind": np.asarray([KINDS.index(kind) for kind in kinds]),
            "start": np.arange(len(kinds)),
            "edges": np.asarray([[0] * owned, list(range(owned))]),
        },
        tokens=Rows.quantise(np.asarray(points, np.float32)),
        means=np.zeros((3, 2), np.float32),
        lexical={},
    )


def test_precedent_is_the_weighted_share_of_answered_neighbours() -> None:
    """10 hints at cosine 0.6 and 10 near misses at 0.8, of 21 known: exp(-0.2 / 0.05) to 1.

    The twenty nearest are all near misses (11) and 9 hints.
    """
    index = among(hinted=10, missed=11)
    cosines = np.asarray([1.0] + [0.6] * 10 + [0.8] * 11, np.float32)
    fade = math.exp(-0.2 / 0.05)
    assert index.precedent(cosines, 0) == pytest.approx(9 * fade / (9 * fade + 11), abs=1e-6)


@pytest.mark.parametrize(("hinted", "missed"), [(0, 40), (10, 10)])
def test_precedent_is_silent_without_hints_or_neighbours(hinted: int, missed: int) -> None:
    """Nobody wrote hints for the passage, or too few questions are known: one half."""
    index = among(hinted, missed)
    (cosines,) = index.cosines(np.asarray([[1, 0]], np.float32))
    assert index.precedent(cosines, 0) == 0.5


_BUILD = """
import sys
from pathlib import Path
from ccs_qa.index.lexical import LexicalIndex
texts = [" ".join(f"phare{at * step % 89} rouge{at % 13}" for at in range(40)) for step in range(9)]
LexicalIndex.build([*texts, ""], "fr").save(Path(sys.argv[1]))
"""


@pytest.mark.slow  # it starts a program
def test_two_builds_of_a_lexical_index_are_alike(tmp_path: Path) -> None:
    """File by file, whatever the order in which Python happens to keep a set of words."""
    built = []
    for seed in ("1", "2"):
        command = [sys.executable, "-c", _BUILD, str(tmp_path / seed)]
        subprocess.run(command, check=True, env={**os.environ, "PYTHONHASHSEED": seed})
        built.append({path.name: path.read_bytes() for path in (tmp_path / seed).iterdir()})
    assert len(built[0]) >= 5
    assert built[0] == built[1]
