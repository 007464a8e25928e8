"""Views, terms and scores of an index small enough to compute by hand."""

import datetime as dt
from pathlib import Path

import faiss
import numpy as np
import pytest

from ccs_qa.encoder import TokenRows
from ccs_qa.index import LexicalIndex, SearchIndex, make_views, terms
from ccs_qa.index.artefacts import centre_tokens
from ccs_qa.index.storage import IndexManifest
from ccs_qa.index.views import SplitterSettings, View
from ccs_qa.records import Bilingual, Hints, Passage, Rendition


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
        [item], [both("Titre", "Title")], {"a": Hints(("Qui?",), ("Who?",))}, lambda text: [text]
    )
    assert [(view.language, view.kind, view.text) for view in views] == [
        ("fr", "plain", "Écouter;"),
        ("fr", "context", "Titre. Thème. Écouter;"),
        ("fr", "hint", "Qui?"),
        ("en", "hint", "Who?"),
    ]


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
    views = [View(0, "fr", "plain", "a"), View(0, "fr", "hint", "b")]
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
    manifest = IndexManifest(
        format=2,
        model="m",
        dimension=2,
        corpus="c",
        splitter=SplitterSettings(window=64, overlap=8),
        counts={},
        libraries={},
        files={},
    )
    return SearchIndex(
        manifest,
        ("a", "b"),
        vectors=vectors,
        views={
            "passage": np.asarray([0, 0, 1]),
            "language": np.asarray([0, 1, 1]),
            "kind": np.asarray([0, 2, 0]),
            "start": np.asarray([0, 2, 4]),
        },
        tokens=TokenRows.quantise(rows),
        means=np.zeros((2, 2), np.float32),
        lexical={},
    )


def test_dense_takes_the_nearest_view_of_each_passage(index: SearchIndex) -> None:
    """Cosines with [1, 0] are 1, 0 and .6; without hints and English only .6 is left."""
    question = np.asarray([1, 0], np.float32)
    assert index.dense(question).tolist() == pytest.approx([1.0, 0.6])
    english = index.select(("en",), ("plain",))
    assert index.dense(question, english).tolist() == pytest.approx([-1.0, 0.6])


def test_late_interaction_by_hand(index: SearchIndex) -> None:
    """MaxSim of [1,0] and [0,1] with each view, to within half a step of 8 bits.

    Passage a, plain view [1,0], [0,1]: (1 + 1) / 2 = 1. Its hint [1,0], [-1,0]: forward
    (1 + 0) / 2, backward (1 + 0) / 2, so 0.5. Passage b, [.6,.8]: (.6 + .8) / 2 = .7; it
    has no hint and gets the lowest hint score there is.
    """
    question = np.asarray([[1, 0], [0, 1]], np.float32)
    scores = index.late(question, np.asarray([0, 1]))
    assert scores.views.tolist() == pytest.approx([1.0, 0.7], abs=1 / 254)
    assert scores.hints.tolist() == pytest.approx([0.5, 0.5], abs=1 / 254)
