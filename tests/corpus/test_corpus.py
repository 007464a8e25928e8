"""Identity, alignment, import and checks of a small corpus on disk."""

import datetime as dt
import itertools
import json
from dataclasses import replace
from pathlib import Path

import pytest

from ccs_qa.corpus.alignment import align
from ccs_qa.corpus.identity import passage_id
from ccs_qa.corpus.importer import PageSource, import_page, refresh_manifest
from ccs_qa.corpus.known import Hints, Theme
from ccs_qa.corpus.library import Corpus, check_corpus, load_corpus
from ccs_qa.corpus.reader import Block, Role
from ccs_qa.corpus.splitter import split_spans
from ccs_qa.errors import AlignmentError, CorpusError, NotFoundError, PageError
from ccs_qa.records import LANGUAGES, Rendition
from tests.conftest import page_text

FRENCH = """Résumés
2 mai 2024
Objectif : Parler
Thème
- Il faut écouter.
- Il faut agir.
"""
ENGLISH = """Summaries
May 2, 2024
Objective: Talk
Theme
- One must listen.
- One must act.
"""


def source(document_id: str, language: str, translation_of: str | None = None) -> PageSource:
    """Describe a page."""
    return PageSource(
        document_id=document_id,
        language="fr" if language == "fr" else "en",
        status="official" if language == "fr" else "unofficial_translation",
        publisher="P",
        source_url=None,
        retrieved=dt.date(2026, 1, 1),
        translation_of=translation_of,
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A corpus folder with one meeting in both languages."""
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    for text, name, language, of in (
        (FRENCH, "f", "fr", None),
        (ENGLISH, "e", "en", "f"),
    ):
        file = tmp_path / f"{name}.txt"
        file.write_text(text, "utf-8")
        import_page(corpus, file, source(name, language, of))
    return corpus


def ids(corpus: Corpus) -> list[str]:
    """List the passage ids of a corpus."""
    return [passage.id for passage in corpus.passages]


def test_an_edition_is_as_old_as_its_published_pages(folder: Path, tmp_path: Path) -> None:
    """A translation made later makes it no younger."""
    file = tmp_path / "e.txt"
    later = replace(source("e", "en", "f"), retrieved=dt.date(2026, 5, 5))
    import_page(folder, file, later)
    assert load_corpus(folder).edition == dt.date(2026, 1, 1)


def test_a_passage_leads_to_the_page_that_published_it(folder: Path, tmp_path: Path) -> None:
    """Once told, an address is kept; a translation of ours leads to what it translates."""
    file, address = tmp_path / "f.txt", "https://published.example/a/page.html?b=c#d"
    assert {load_corpus(folder).published(item, "fr") for item in load_corpus(folder).passages} == {
        ""
    }
    import_page(folder, file, replace(source("f", "fr"), source_url=address))
    import_page(folder, file, source("f", "fr"))
    corpus = load_corpus(folder)
    assert {corpus.published(item, name) for item in corpus.passages for name in LANGUAGES} == {
        address
    }
    english = {
        **corpus.documents,
        "e": replace(corpus.documents["e"], source_url="https://e.example"),
    }
    official = replace(corpus, documents=english)
    assert {official.published(item, "en") for item in official.passages} == {address}


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "https://a.ca/<b>",
        'https://a.ca/" onclick=1',
        "//a.ca",
        "",
        "ftp://a",
    ],
)
def test_an_address_that_is_none_is_refused(folder: Path, address: str) -> None:
    """It is written out as it is, on pages and in files."""
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text("utf-8"))
    manifest["documents"][0]["source_url"] = address
    path.write_text(json.dumps(manifest), "utf-8")
    with pytest.raises(CorpusError):
        load_corpus(folder)
    del manifest["documents"][0]["source_url"]
    path.write_text(json.dumps(manifest), "utf-8")
    assert load_corpus(folder).documents["f"].source_url is None


def test_an_import_gives_bilingual_passages(folder: Path) -> None:
    """French and English lines stand under one id."""
    corpus = load_corpus(folder)
    texts = [
        (item.renditions.fr.text, item.renditions.en.text)
        for item in corpus.passages
        if item.renditions.fr and item.renditions.en
    ]
    assert texts == [
        ("Objectif : Parler", "Objective: Talk"),
        ("Il faut écouter.", "One must listen."),
        ("Il faut agir.", "One must act."),
    ]


def test_ids_survive_unrelated_edits(folder: Path, tmp_path: Path) -> None:
    """A new bullet above, a typographic apostrophe and a list mark change no other id."""
    before = ids(load_corpus(folder))
    file = tmp_path / "new.txt"
    edited = FRENCH.replace("- Il faut éc", "- Un ajout.\n- Il faut éc").replace("agir.", "agir;")
    file.write_text(edited, "utf-8")
    import_page(folder, file, source("f", "fr"))
    after = ids(load_corpus(folder))
    assert set(before) < set(after)
    assert len(after) == len(before) + 1


def test_an_exact_duplicate_gets_an_ordinal() -> None:
    """Two equal bullets of one meeting have two names."""
    taken: set[str] = set()
    day = dt.date(2024, 5, 2)
    first = passage_id("statement", day, "Oui.", taken)
    assert passage_id("statement", day, "Oui.", taken) == f"{first}-2"


def test_a_bad_page_changes_nothing(folder: Path, tmp_path: Path) -> None:
    """An import that fails leaves page and manifest as they were."""
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    file = tmp_path / "bad.txt"
    file.write_text(FRENCH.replace("2 mai", "32 mai"), "utf-8")
    with pytest.raises(PageError):
        import_page(folder, file, source("f", "fr"))
    file.write_text(ENGLISH.replace("May 2, 2024", "May 3, 2024"), "utf-8")
    with pytest.raises(AlignmentError):
        import_page(folder, file, source("e", "en", "f"))
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_the_digest_follows_every_byte(folder: Path) -> None:
    """One character more in a page gives another digest, and a finding."""
    before = load_corpus(folder).digest
    page = folder / "f.txt"
    page.write_text(FRENCH.replace("agir", "réagir"), "utf-8")
    assert load_corpus(folder).digest != before
    assert [item.subject for item in check_corpus(folder) if item.kind == "digest"] == ["f.txt"]
    refresh_manifest(folder)
    assert not [item for item in check_corpus(folder) if item.kind == "digest"]


def test_hints_of_unknown_passages_are_reported(folder: Path) -> None:
    """An orphan is a finding; a malformed row is an error."""
    row = {"passage_id": "nobody", "fr": ["Qui?"], "en": []}
    (folder / "hints.jsonl").write_text(json.dumps(row) + "\n", "utf-8")
    assert "nobody" in [item.subject for item in check_corpus(folder)]
    (folder / "hints.jsonl").write_text("{}\n", "utf-8")
    with pytest.raises(CorpusError):
        load_corpus(folder)


def test_themes_name_passages_and_near_misses_name_none(folder: Path) -> None:
    """All three files are read; a passage of a theme that does not exist is a finding."""
    theme = {"theme": "trust", "passages": ["nobody"], "fr": ["Pourquoi?"], "en": ["Why?"]}
    missed = {"about": "prices", "fr": [], "en": ["How much?"]}
    before = load_corpus(folder).digest
    (folder / "themes.jsonl").write_text(json.dumps(theme) + "\n", "utf-8")
    (folder / "near_misses.jsonl").write_text("\n" + json.dumps(missed) + "\n", "utf-8")
    corpus = load_corpus(folder)
    assert corpus.known.themes == (Theme("trust", ("nobody",), ("Pourquoi?",), ("Why?",)),)
    assert corpus.known.near_misses == {"prices": Hints((), ("How much?",))}
    assert corpus.digest != before
    assert [item.subject for item in check_corpus(folder) if item.kind == "hints-orphan"] == [
        "nobody"
    ]


@pytest.mark.parametrize(
    ("name", "row"),
    [
        ("hints", {"passage_id": "a", "fr": [], "en": []}),
        ("themes", {"theme": "a", "passages": [], "fr": [], "en": []}),
        ("near_misses", {"about": "a", "fr": [], "en": []}),
    ],
)
def test_a_known_question_row_that_stands_twice_is_refused(
    folder: Path, name: str, row: dict[str, object]
) -> None:
    """The file and the line of the second row are named."""
    (folder / f"{name}.jsonl").write_text(f"{json.dumps(row)}\n" * 2, "utf-8")
    with pytest.raises(CorpusError) as caught:
        load_corpus(folder)
    assert caught.value.details["file"] == f"{name}.jsonl:2"


def test_the_real_corpus_is_in_order() -> None:
    """The committed manifest, pages and hints agree."""
    assert check_corpus(Path(__file__).parents[2] / "corpus") == ()


def test_a_quote_that_differs_by_one_character_fails(corpus: Corpus) -> None:
    """Verification compares text, place and status."""
    rendition = corpus.passages[0].renditions.best("fr")
    assert corpus.verify(rendition)
    wrong = Rendition(
        rendition.language,
        rendition.text + ".",
        rendition.document,
        rendition.start,
        rendition.end,
        rendition.status,
    )
    assert not corpus.verify(wrong)


def test_unknown_names_are_not_found(corpus: Corpus) -> None:
    """A passage or a meeting that is not there is named."""
    with pytest.raises(NotFoundError):
        corpus.passage("nothing")
    with pytest.raises(NotFoundError):
        corpus.meeting(dt.date(2024, 1, 1))


def block(text: str, role: Role = "statement") -> Block:
    """Make a line."""
    return Block(role, 1, 0, len(text), text)


def test_lines_of_different_structure_are_aligned_in_order() -> None:
    """A line without counterpart is left alone; the others find theirs by number and length."""
    ours = [
        block("Le 12 mai, un long texte."),
        block("Court."),
        block("En 2024, le bilan complet."),
    ]
    theirs = [block("On May 12, a long text."), block("In 2024, the complete review.")]
    pairs = [(link.source, link.target) for link in align(ours, theirs)]
    assert pairs == [((0,), (0,)), ((2,), (1,))]


def test_long_texts_are_cut_with_exact_offsets() -> None:
    """Pieces fit the window, start in order and cover the text."""
    text = " ".join(page_text("ccs-resumes.fr.txt").split())[:4000]
    spans = split_spans(text, lambda piece: len(piece.split()), 60, 10)
    assert len(spans) > 5
    assert spans[0][0] == 0
    assert spans[-1][1] == len(text)
    for (start, end), (following, _) in itertools.pairwise(spans):
        assert len(text[start:end].split()) <= 60
        assert start < following <= end


def test_a_text_that_fits_is_left_alone() -> None:
    """One piece, the whole text."""
    assert split_spans("un deux", lambda piece: len(piece.split()), 2, 1) == ((0, 7),)
