"""A passage keeps its name, and with it hints, themes and address, through corrections."""

import datetime as dt
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from ccs_qa.corpus.importer import PageSource, import_page
from ccs_qa.corpus.library import Corpus, check_corpus, load_corpus
from tests.conftest import PAGES, ROOT, page_text

NAME, FILE = PAGES[0]
PAGE = page_text(FILE)
SOURCE = PageSource(NAME, "fr", "official", "EDSC", None, dt.date(2026, 1, 31), None)
ENGLISH = replace(
    SOURCE,
    document_id=PAGES[1][0],
    language="en",
    status="unofficial_translation",
    translation_of=NAME,
)
# Two bullets that stand one after the other.
ONE, NEXT = [line for line in PAGE.split("\n") if line.startswith("- ")][:2]
KEEPING: dict[str, Callable[[str], str]] = {
    "a letter": lambda page: page.replace(ONE, f"{ONE[:12]}x{ONE[12:]}", 1),
    "two words more": lambda page: page.replace(ONE, f"{ONE} Bien vrai.", 1),
    "another order": lambda page: page.replace(f"{ONE}\n{NEXT}", f"{NEXT}\n{ONE}", 1),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the corpus."""
    return Path(shutil.copytree(ROOT / "corpus", tmp_path / "corpus"))


def imported(folder: Path, page: str, source: PageSource = SOURCE) -> Corpus:
    """Import a page, the French one unless told."""
    file = folder.parent / "page.txt"
    file.write_text(page, "utf-8")
    import_page(folder, file, source)
    return load_corpus(folder)


def names(corpus: Corpus) -> set[str]:
    """Name the passages."""
    return {item.id for item in corpus.passages}


@pytest.mark.parametrize("what", KEEPING)
def test_what_is_corrected_keeps_its_name(folder: Path, corpus: Corpus, what: str) -> None:
    """Every passage has the name it had and no hint is an orphan; corrected again, and back."""
    page = KEEPING[what](PAGE)
    for version in (page, page.replace("Bien vrai.", "Tout à fait."), PAGE):
        assert names(imported(folder, version)) == names(corpus)
        assert not [item for item in check_corpus(folder) if item.kind.startswith("hints")]
    assert page != PAGE


def test_a_date_put_right_in_one_page_then_in_the_other(folder: Path, corpus: Corpus) -> None:
    """The meeting has the names it had; between the imports one language, which is said."""
    moved = dt.date(2025, 1, 30)
    french = imported(folder, PAGE.replace("31 janvier 2025", "30 janvier 2025", 1))
    assert names(french) == names(corpus)
    assert {item.subject for item in check_corpus(folder) if item.kind == "unpaired"} == {
        "2025-01-30",
        "2025-01-31",
    }
    english = page_text(PAGES[1][1]).replace("January 31, 2025", "January 30, 2025", 1)
    after = imported(folder, english, ENGLISH)
    assert names(after) == names(corpus)
    assert not [item for item in check_corpus(folder) if item.kind == "unpaired"]
    assert all(item.renditions.get("en") for item in after.meeting(moved).passages)


def test_what_is_withdrawn_is_gone_and_what_is_new_is_named_anew(
    folder: Path, corpus: Corpus
) -> None:
    """A bullet in the place of another has none of its name."""
    after = imported(folder, PAGE.replace(ONE, "- Un phare éclaire la côte.", 1))
    (gone,) = names(corpus) - names(after)
    (new,) = names(after) - names(corpus)
    assert gone[:12] == new[:12]
    assert imported(folder, PAGE.replace(f"{ONE}\n", "", 1)).digest
    assert names(load_corpus(folder)) == names(corpus) - {gone}


def test_of_a_bullet_in_two_the_longer_half_keeps_the_name(folder: Path, corpus: Corpus) -> None:
    """The other half is a passage of its own."""
    words = ONE.removeprefix("- ").split()
    cut = len(words) * 3 // 4
    halves = f"- {' '.join(words[:cut])}\n- {' '.join(words[cut:])}"
    after = names(imported(folder, PAGE.replace(ONE, halves, 1)))
    assert names(corpus) < after
    assert len(after) == len(names(corpus)) + 1


@pytest.mark.parametrize(("others", "same"), [(4, True), (5, False)])
def test_what_is_most_of_what_it_was_is_the_same(
    folder: Path, corpus: Corpus, others: int, same: bool
) -> None:
    """Of ten words six are enough, five are not."""
    told = "un deux trois quatre cinq six sept huit neuf dix".split()
    ten = names(imported(folder, PAGE.replace(ONE, f"- {' '.join(told)}", 1)))
    told[len(told) - others :] = [f"mot{at}" for at in range(others)]
    after = names(imported(folder, PAGE.replace(ONE, f"- {' '.join(told)}", 1)))
    assert (after == ten) is same
    assert len(after) == len(names(corpus))


def test_names_that_were_kept_are_part_of_the_edition(folder: Path) -> None:
    """An index built before names them otherwise, and is seen to be stale."""
    before = load_corpus(folder).digest
    (folder / "identities.json").write_text('{"a": "b"}\n', "utf-8")
    assert load_corpus(folder).digest != before
