"""The draft of the corpus: begun, given up, put in place; what a page that comes in replaces."""

import json
import shutil
from pathlib import Path

import pytest

from ccs_qa.corpus.compare import compare, notice
from ccs_qa.corpus.desk import at_desk, draft_of, drafting, take_over
from ccs_qa.corpus.editing import changing
from ccs_qa.corpus.importer import known_source
from ccs_qa.corpus.known import Hints
from ccs_qa.corpus.library import digest_corpus, load_corpus
from ccs_qa.corpus.manifest import MANIFEST_FILE, write_hints
from ccs_qa.errors import CorpusError
from tests.conftest import ROOT


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """A corpus folder of our own."""
    return Path(shutil.copytree(ROOT / "corpus", tmp_path / "corpus"))


def hinted(folder: Path, question: str) -> None:
    """Give the first passage that has hints another."""
    name = next(iter(load_corpus(folder).known.hints))
    with changing(folder) as copy:
        write_hints(copy, name, Hints((question,)))


def test_a_draft_is_kept_unless_the_change_it_was_begun_for_fails(corpus: Path) -> None:
    """A second change that fails leaves the first; nobody else comes in meanwhile."""
    desk = corpus.with_name("desk")
    with pytest.raises(CorpusError), drafting(desk, corpus):
        raise CorpusError(problem="form", file="x")
    assert draft_of(desk) is None
    with drafting(desk, corpus) as draft, pytest.raises(CorpusError), at_desk(desk):
        pass
    with pytest.raises(CorpusError), drafting(desk, corpus):
        raise CorpusError(problem="form", file="x")
    assert draft_of(desk) == draft
    assert digest_corpus(draft) == digest_corpus(corpus)


def test_a_draft_takes_the_place_of_what_it_was_taken_from_only(corpus: Path) -> None:
    """Whole; refused where a person changed the folder meanwhile; a second time it is a no-op."""
    desk = corpus.with_name("desk")
    with drafting(desk, corpus) as draft:
        hinted(draft, "Où ?")
    for _ in range(2):
        with changing(corpus) as copy:
            take_over(desk, copy)
        assert digest_corpus(corpus) == digest_corpus(draft)
    hinted(corpus, "Quand ?")
    before = digest_corpus(corpus)
    with pytest.raises(CorpusError, match="moved"), changing(corpus) as copy:
        take_over(desk, copy)
    assert digest_corpus(corpus) == before


def test_a_page_is_known_by_its_language(corpus: Path) -> None:
    """It replaces the one there is; the first of a language translates the source."""
    english = known_source(corpus, "en", None, "https://example.org/en")
    assert english.document_id == "sac-summaries.en"
    assert (english.status, english.translation_of) == ("unofficial_translation", "ccs-resumes.fr")
    assert english.source_url == "https://example.org/en"
    with pytest.raises(CorpusError, match="which-document"):
        known_source(corpus, "en", None, replaces="ccs-resumes.fr")
    manifest = json.loads((corpus / MANIFEST_FILE).read_text("utf-8"))
    manifest["documents"] = [item for item in manifest["documents"] if item["language"] == "fr"]
    (corpus / MANIFEST_FILE).write_text(json.dumps(manifest), "utf-8")
    first = known_source(corpus, "en", None)
    assert first.document_id == "ccs-resumes.fr.en"
    assert (first.status, first.translation_of) == ("unofficial_translation", "ccs-resumes.fr")
    gone = known_source(corpus, "fr", "official")
    assert (gone.document_id, gone.translation_of) == ("ccs-resumes.fr", None)


def test_what_goes_is_told_before_what_changes(corpus: Path) -> None:
    """A meeting of the French page taken out, with all its passages; its hints are for nothing."""
    before = load_corpus(corpus)
    for name, start, end in (
        ("ccs-resumes.fr.txt", "1er novembre 2024", "27 juin 2024"),
        ("sac-summaries.en.txt", "November 1, 2024", "June 27, 2024"),
    ):
        page = (corpus / name).read_text("utf-8")
        text = page[: page.index(start)] + page[page.index(end) :]
        (corpus / name).write_text(text, "utf-8")
    after = load_corpus(corpus)
    told = notice(before, after, compare(before, after))
    assert [(item.kind, str(item.meeting)) for item in told] == [
        ("meeting-gone", "2024-11-01"),
        ("hints-stale", "2024-11-01"),
    ]
    lost = [item for item in before.passages if str(item.meeting) == "2024-11-01"]
    assert sorted(item.id for item in told[0].passages) == sorted(item.id for item in lost)
