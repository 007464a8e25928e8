"""Lines of two languages are paired by what they mean, whatever was done to their order."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccs_qa.corpus.alignment import (
    UNSURE,
    Costs,
    Link,
    align,
    best_path,
    crossings,
    meaning_distance,
)
from ccs_qa.corpus.importer import import_page
from ccs_qa.corpus.library import load_corpus
from ccs_qa.corpus.pairing import find_pairs, pair_corpus
from ccs_qa.corpus.reader import Block, Role, read_page
from ccs_qa.encoder.encoder import Encoder, unit_rows
from ccs_qa.errors import CorpusError
from eval.align import Side, remembered, score_bitext, score_pages, shares
from tests.conftest import PAGES, page_text
from tests.corpus.test_corpus import source

WORDS = "tide lamp fork moss kite drum salt fern bolt wren".split()
Places = list[tuple[tuple[int, ...], tuple[int, ...]]]


def meaning(texts: Sequence[str]) -> npt.NDArray[np.float32]:
    """Read a text as the English words in it: what has the same words has the same meaning."""
    counts = [[float(word in text.casefold()) for word in WORDS] for text in texts]
    return unit_rows(np.asarray(counts, np.float32) + np.float32(1e-3))


DISTANCE = meaning_distance(meaning, WORDS, WORDS)


def lines(*texts: str, role: Role = "statement") -> tuple[Block, ...]:
    """Make lines."""
    return tuple(Block(role, 1, 0, len(text), text) for text in texts)


def places(links: Sequence[Link]) -> Places:
    """Leave out how sure links are."""
    return [(link.source, link.target) for link in links]


def test_the_cheapest_path_is_the_cheapest() -> None:
    """Counted by hand: 0.1 + 0.2 and one line alone, rather than any merge."""
    one = np.asarray([[0.1, 0.9], [0.9, 0.9], [0.9, 0.2]])
    costs = Costs(one, np.full((2, 2), 1.5), np.full((3, 1), 1.5), alone=0.4)
    assert best_path(costs) == (((0,), (0,)), ((2,), (1,)))
    costs.ours[1, 1] = 0.5  # less than the 0.6 of one pair and one alone
    assert best_path(costs) == (((0,), (0,)), ((1, 2), (1,)))


@given(st.permutations(range(len(WORDS))), st.sets(st.sampled_from(range(len(WORDS)))))
def test_any_order_is_found_and_told(order: list[int], gone: set[int]) -> None:
    """Each line finds its own however they are mixed, lines that are missing stay alone."""
    there = [at for at in order if at not in gone]
    target = lines(*(f"about the {WORDS[at]}" for at in there))
    found = align(lines(*WORDS), target, DISTANCE)
    assert places(found) == sorted(((at,), (there.index(at),)) for at in there)
    moved = {
        line for crossing in crossings(found) for link in crossing.links for line in link.source
    }
    left = [at for at in there if at not in moved]
    # What is left stands in order once those told of are taken out, unless they stand between.
    swapped = [c for c in crossings(found) if c.kind == "swapped"]
    assert left == sorted(left) or swapped
    assert bool(moved) == (there != sorted(there))


@given(st.sampled_from(range(9)), st.booleans())
def test_two_lines_that_became_one_are_paired_with_it(at: int, ours: bool) -> None:
    """Whichever language has the one line."""
    joined = [*WORDS[:at], f"{WORDS[at]} {WORDS[at + 1]}", *WORDS[at + 2 :]]
    sides = (lines(*WORDS), lines(*joined))
    found = align(*(sides if ours else sides[::-1]), DISTANCE)
    (merged,) = (link for link in found if len(link.source) + len(link.target) > 2)
    assert (merged.source if ours else merged.target) == (at, at + 1)
    assert len(found) == len(WORDS) - 1


def test_confidence_tells_a_wrong_pair_where_counts_agree() -> None:
    """Same number of lines, one of them about something else: it is unsure or alone, not 1."""
    found = align(lines(*WORDS), lines("something else", *WORDS[1:]), DISTANCE)
    sure = {link.source: link.confidence or 0 for link in found}
    assert all(sure[at,] > UNSURE for at in range(1, 10))
    assert sure.get((0,), 0) < UNSURE
    told = [
        item.kind for item in find_pairs(found, lines(*WORDS), lines("something else", *WORDS[1:]))
    ]
    assert told in (["missing", "added"], ["unsure"])


def test_a_title_is_paired_however_freely_it_was_translated() -> None:
    """There is one on each side: it is the other's, and doubtful."""
    (link,) = align(lines("tide", role="title"), lines("lamp", role="title"), DISTANCE)
    assert (link.source, link.target) == ((0,), (0,))
    assert link.confidence is not None
    assert link.confidence < UNSURE


def test_a_heading_is_never_a_bullet() -> None:
    """Not even with the same words."""
    assert align(lines("tide", role="heading"), lines("tide"), DISTANCE) == ()


def test_fewest_lines_explain_an_order() -> None:
    """One that was carried to the end moved; two in each other's places were swapped."""
    carried = [Link((at,), (to,)) for at, to in enumerate((3, 0, 1, 2))]
    (found,) = crossings(carried)
    assert (found.kind, found.links) == ("moved", (carried[0],))
    exchanged = [Link((at,), (to,)) for at, to in enumerate((0, 3, 2, 1))]
    (found,) = crossings(exchanged)
    assert (found.kind, found.links) == ("swapped", (exchanged[1], exchanged[3]))


FRENCH = """Résumés
2 mai 2024
Objectif : tide
Thème
- lamp
- fork
- moss
"""
ENGLISH = """Summaries
May 2, 2024
Objective: tide
Theme
- fork kite
- lamp
- moss
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A corpus whose translation exchanged two lines."""
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    for text, name, language, of in ((FRENCH, "f", "fr", None), (ENGLISH, "e", "en", "f")):
        file = tmp_path / f"{name}.txt"
        file.write_text(text, "utf-8")
        import_page_as(corpus, file, name, language, of)
    return corpus


def import_page_as(corpus: Path, file: Path, name: str, language: str, of: str | None) -> None:
    """Import a page whose words are of no language."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ccs_qa.corpus.importer.detect_language", lambda _: language)
        import_page(corpus, file, source(name, language, of))


def counterparts(folder: Path) -> dict[str, str | None]:
    """List what stands beside each French statement."""
    return {
        item.renditions.fr.text: item.renditions.en.text if item.renditions.en else None
        for item in load_corpus(folder).passages
        if item.renditions.fr and item.kind == "statement"
    }


def test_what_order_does_not_tell_is_kept_beside_the_pages(folder: Path) -> None:
    """By place alone two lines stand beside the wrong ones; read, beside their own, and named."""
    before = load_corpus(folder).digest
    assert counterparts(folder)["lamp"] == "fork kite"
    (meeting,) = pair_corpus(folder, meaning)
    assert counterparts(folder) == {"lamp": "lamp", "fork": "fork kite", "moss": "moss"}
    assert [(item.kind, item.ours, item.theirs) for item in meeting.findings] == [
        ("swapped", ("lamp", "fork"), ("lamp", "fork kite"))
    ]
    assert load_corpus(folder).digest != before
    # With other lines they stand for nothing.
    page = folder / "e.txt"
    page.write_text(ENGLISH.replace("- moss", "- the moss"), "utf-8")
    assert counterparts(folder)["lamp"] == "fork kite"


def test_two_lines_for_one_are_quoted_as_they_stand(folder: Path) -> None:
    """The counterpart is a slice of its page, from the first line to the end of the second."""
    (folder / "e.txt").write_text(
        ENGLISH.replace("- fork kite\n- lamp", "- lamp\n- fork\n- kite"), "utf-8"
    )
    (folder / "f.txt").write_text(FRENCH.replace("- fork", "- fork kite"), "utf-8")
    (meeting,) = pair_corpus(folder, meaning)
    assert [item.kind for item in meeting.findings] == ["merged"]
    assert counterparts(folder)["fork kite"] == "fork\n- kite"
    corpus = load_corpus(folder)
    assert all(corpus.verify(line) for item in corpus.passages for line in item.renditions.spoken)


def test_what_a_person_has_seen_to_stays(folder: Path) -> None:
    """Only a person changes it; a place where no line is, is refused."""
    pair_corpus(folder, meaning)
    path = folder / "pairs.json"
    (row,) = json.loads(path.read_text("utf-8"))
    row |= {"reviewed": True, "pairs": row["pairs"][:3]}
    path.write_text(json.dumps([row]), "utf-8")
    (meeting,) = pair_corpus(folder, meaning)
    assert meeting.weakest is None
    assert set(counterparts(folder).values()) == {None}
    row["pairs"] = [[[0], [99]]]
    path.write_text(json.dumps([row]), "utf-8")
    with pytest.raises(CorpusError):
        load_corpus(folder)


def test_disturbed_pages_are_paired_again(encoder: Encoder) -> None:
    """Shuffled, merged, gapped and swapped: .98 of pairs, every swap named, none invented."""
    ours, theirs = (read_page(name, page_text(file)) for name, file in PAGES)
    embed = remembered(lambda texts: encoder.encode(texts, "passage").pooled)
    for name, (score, length) in score_pages(ours, theirs, embed, 1).items():
        assert min(shares(score)) >= 0.98, name
        assert score["named"] == score["exchanged"], name
        assert score["invented"] == 0 or name == "shuffled", name
        assert shares(score)[2] >= shares(length)[2], name


def test_sentences_of_others_are_paired_again() -> None:
    """Deleted and merged, by the words alone: the measure itself finds all that there is."""
    texts = [
        (Side(lines(*chosen), one), Side(lines(*chosen), one))
        for start in range(4)
        for chosen in [WORDS[start : start + 6]]
        for one in [tuple((at,) for at in range(6))]
    ]
    score, length = score_bitext(texts, meaning)["merged and gapped"]
    assert shares(score)[:2] == (1, 1)
    assert shares(length)[2] < 1
