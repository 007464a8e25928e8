"""Acronyms and names: the reviewed file, what the pages spell out, and a ninth meeting."""

import shutil
from pathlib import Path

import pytest

from ccs_qa.corpus.known import Name
from ccs_qa.corpus.library import Corpus, load_corpus
from ccs_qa.errors import CorpusError
from ccs_qa.messages.wording import word_error
from ccs_qa.records import LANGUAGES
from ccs_qa.search.meetings.names import Names, spelled_out
from tests.conftest import ROOT

NINTH_FR = """12 septembre 2025
Format : Réunion virtuelle
Objectif : Discuter du Programme des travailleurs étrangers temporaires (PTET).
Leçons
- L'assurance-emploi (AE) et la Sécurité de la vieillesse (SV) sont liées.
- L'AE est connue.
"""
NINTH_EN = """September 12, 2025
Format: Virtual meeting
Objective: Discuss the Temporary Foreign Worker Program (TFWP).
Lessons
- Old Age Security (OAS) and Employment Insurance (EI) are linked.
- EI is known.
"""


@pytest.fixture(scope="module")
def names(corpus: Corpus) -> Names:
    """The names of the real corpus."""
    return Names.read(corpus.meetings, corpus.names, corpus.disclaimer)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the real corpus."""
    return shutil.copytree(ROOT / "corpus", tmp_path / "corpus")


@pytest.fixture
def ninth(folder: Path) -> Corpus:
    """The real corpus with a ninth meeting and without the file of names."""
    (folder / "names.toml").unlink()
    for file, meeting in (
        ("ccs-resumes.fr.txt", NINTH_FR),
        ("sac-summaries.en.txt", NINTH_EN),
    ):
        page = folder / file
        page.write_text(page.read_text("utf-8").replace("2025\n", f"2025\n{meeting}", 1), "utf-8")
    return load_corpus(folder)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            "du Comité consultatif sur les services (CCS)",
            ("CCS", "Comité consultatif sur les serv"),
        ),
        ("de l'intelligence artificielle (IA) dans", ("IA", "intelligence artificielle")),
        ("the Government of Canada (GoC)", ("GoC", "Government of Canada")),
        ("the Government of Canada (GC)", ("GC", "Government of Canada")),
        ("un numéro d'assurance sociale (NAS)", ("NAS", "numéro d'assurance sociale")),
        ("d'Emploi et Développement social Canada (EDSC)", ("EDSC", "Emploi et Développement so")),
        ("a Deep-Dive Session (DDS)", ("DDS", "Deep-Dive Session")),
        ("a Deep-Dive Session (DS)", ("DS", "Deep-Dive Session")),
        ("CDB (the Canada Disability Benefit)", ("CDB", "Canada Disability Benefit")),
        ("Use the portal. Service Canada (S.C.)", ("S.C.", "Service Canada")),
        ("talks. Of services (OS)", None),
        ("the services of (SO)", None),
        ("différents modes (en personne, en ligne)", None),
        ("Client experience (CX)", None),
        ("The Future of Service Canada (Part 2)", None),
        ("A study. Canada (SC)", None),
        ("() (A) (ABC", None),
    ],
)
def test_what_a_text_spells_out(text: str, found: tuple[str, str] | None) -> None:
    """Initials before or after the acronym count; articles and prepositions may stand between."""
    spelled = [(item.short, item.full) for item in spelled_out(text)]
    if found is None:
        assert not spelled
    else:
        [(short, full)] = spelled
        assert short == found[0]
        assert full.startswith(found[1])


def test_the_pages_alone_give_their_acronyms(corpus: Corpus) -> None:
    """Without the file, every acronym in a parenthesis is known, in both languages at once."""
    found = Names.read(corpus.meetings, (), corpus.disclaimer)
    assert {thing.short_fr + thing.short_en for thing in found.things} == {
        ("PCPH", "CDB"),
        ("CCS", "SAC"),
        ("IA", "AI"),
    }


def test_a_ninth_meeting_needs_no_edit(ninth: Corpus) -> None:
    """Its acronyms are known; where a line has two, their places elsewhere tell which is which."""
    found = Names.read(ninth.meetings, ninth.names, ninth.disclaimer)
    assert {("PTET", "TFWP"), ("AE", "EI"), ("SV", "OAS")} <= {
        thing.short_fr + thing.short_en for thing in found.things
    }
    [expansion] = found.stands_for("What does the PTET stand for?")
    assert expansion.name.en == ("Temporary Foreign Worker Program",)
    assert expansion.passages[0].startswith("2025-09-12-o-")
    [expansion] = found.stands_for("C'est quoi l'AE?")
    assert expansion.name.get("en") == ("Employment Insurance",)


def test_acronyms_that_cannot_be_told_apart_stay_apart(folder: Path) -> None:
    """Two acronyms that stand in one line only are not paired by guesswork."""
    for file, line in (
        ("ccs-resumes.fr.txt", "- Le bureau vert (BV) et la table ronde (TR).\n"),
        ("sac-summaries.en.txt", "- The round table (RT) and the green office (GO).\n"),
    ):
        page = folder / file
        text = page.read_text("utf-8").rstrip("\n")
        page.write_text(f"{text}\n{line}", "utf-8")
    corpus = load_corpus(folder)
    found = Names.read(corpus.meetings).things
    assert {thing.shorts for thing in found} >= {("BV",), ("TR",), ("RT",), ("GO",)}


@pytest.mark.parametrize(
    ("text", "others"),
    [
        ("the CDB portal", {"PCPH", "Canada Disability Benefit"}),
        (
            "Canada disability benefits",
            {"CDB", "PCPH", "Prestation canadienne pour les personnes handicapées"},
        ),
        ("l'IA", {"AI", "artificial intelligence", "intelligence artificielle"}),
        ("a.i. at the C.D.B.", {"artificial intelligence", "Canada Disability Benefit"}),
        ("l'expérience des clients", {"CX", "client experience"}),
        ("generative AI", {"IA générative", "GenAI"}),
        ("edsc", {"ESDC", "Employment and Social Development Canada"}),
        ("handicap", {"disability"}),
    ],
)
def test_other_names(names: Names, text: str, others: set[str]) -> None:
    """A name is found in any writing, with its other names in both languages."""
    things = [names.things[found.thing] for found in names.find(text)]
    assert others <= {name for thing in things for name in (*thing.fr, *thing.en, *thing.shorts)}


@pytest.mark.parametrize("text", ["", "?", "j'ai confiance", "n'ai-je", "he can", "blockchain"])
def test_a_text_without_names_has_none(names: Names, text: str) -> None:
    """A verb with the letters of an acronym is none."""
    assert not names.find(text)
    assert not names.stands_for(text)


@pytest.mark.parametrize(
    ("text", "language", "meant"),
    [
        ("AI", None, True),
        ("ai", None, True),
        ("trust in ai", None, True),
        ("ai training", None, True),
        ("ce que ai dit", None, False),
        ("CE QUE AI DIT", None, False),
        ("ce que AI dit", None, True),
        ("ai", "fr", True),
        ("ce ai", "fr", False),
        ("ce ai", "en", True),
    ],
)
def test_a_stop_word_is_an_acronym_when_meant(
    names: Names, text: str, language: str | None, *, meant: bool
) -> None:
    """The letters "ai" are a French verb and an English acronym."""
    spoken = next((item for item in LANGUAGES if item == language), None)
    assert bool(names.stands_for(text, spoken)) == meant


@pytest.mark.parametrize(
    ("question", "typed", "found"),
    [
        ("What does PCPH stand for?", "PCPH", ("Canada Disability Benefit", "2025-06-02-t-")),
        ("Que veut dire CDB?", "CDB", ("Canada Disability Benefit", "2025-06-02-t-")),
        ("what is esdc", "esdc", ("Employment and Social Development Canada", "page-d-")),
        ("C'est quoi le CCS?", "CCS", ("Service Advisory Committee", "2025-01-31-o-")),
        ("CX?", "CX", ("client experience", "2024-11-01-t-")),
        ("the CRA", "CRA", ("Canada Revenue Agency", "2023-04-03-s-")),
        ("l'ARC", "ARC", ("Canada Revenue Agency", "2023-04-03-s-")),
        ("the SIN", "SIN", ("Social Insurance Number", "2023-01-19-s-")),
    ],
)
def test_what_an_acronym_stands_for(
    names: Names, corpus: Corpus, question: str, typed: str, found: tuple[str, str]
) -> None:
    """The thing comes with a passage that holds its words."""
    [expansion] = names.stands_for(question)
    assert expansion.typed == typed
    assert found[0] in expansion.name.en
    assert expansion.passages[0].startswith(found[1])
    for name in expansion.passages:
        rendition = corpus.passage(name).renditions.en
        assert rendition is not None
        assert names.find(rendition.text, "en", nested=True)


def test_an_acronym_of_two_things_stands_for_both() -> None:
    """Neither hides the other; a thing that no passage holds has no passage."""
    names = Names((Name(en=("social calendar",), short_en=("SC",)), Name((), ("sea",), ("SC",))))
    found = names.stands_for("the SC")
    assert [item.name.en for item in found] == [("social calendar",), ("sea",)]
    assert [item.passages for item in found] == [(), ()]


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("cdb", "prestation canadienne personnes handicapees canada disability benefit"),
        ("pcph", "prestation canadienne personnes handicapees canada disability benefit"),
        ("ia", "intelligence artificielle artificial"),
        ("ai", "intelligence artificielle artificial"),
        ("cx", "experience client"),
        ("handicap", "handicapees disability"),
        ("passport", ""),
        ("", ""),
    ],
)
def test_readings(names: Names, word: str, meant: str) -> None:
    """Each word gives the words that it may stand for, folded."""
    assert frozenset().union(*names.readings(word)) >= frozenset(meant.split())


def test_readings_keep_languages_apart(names: Names) -> None:
    """A page of one language holds one of the readings whole."""
    assert frozenset({"canada", "disability", "benefit"}) in names.readings("pcph")


def test_every_reviewed_name_is_held_by_a_page(corpus: Corpus, names: Names) -> None:
    """The file names nothing that the pages do not hold."""
    assert len(corpus.names) == len(names.things)
    assert all(names.passages)


def test_the_file_may_be_absent_and_counts_in_the_digest(folder: Path) -> None:
    """Without the file there are no names but those of the pages."""
    before = load_corpus(folder)
    (folder / "names.toml").unlink()
    after = load_corpus(folder)
    assert before.names
    assert after.names == ()
    assert before.digest != after.digest


@pytest.mark.parametrize(
    ("content", "problem", "file"),
    [
        (b"[[names]\n", "form", "names.toml"),
        (b"names = 3\n", "form", "names.toml (names)"),
        (b"[[names]]\nshort_en = ['A']\n", "form", "names.toml (names.0)"),
        (b"[[names]]\nen = ['']\n", "form", "names.toml (names.0.en.0)"),
        (b"[[names]]\nen = ['a']\nde = ['b']\n", "form", "names.toml (names.0.de)"),
        (b"[[names]]\nen = ['\xff']\n", "encoding", "names.toml"),
        (b"[[names]]\nen = ['one', 'One']\n", "duplicate-name", "names.toml"),
        (b"[[names]]\nen = ['a']\n[[names]]\nen = ['a']\n", "duplicate-name", "names.toml"),
        (b"[[names]]\nen = ['a']\nshort_en = ['A', 'A']\n", "duplicate-name", "names.toml"),
    ],
)
def test_a_wrong_file_is_named(folder: Path, content: bytes, problem: str, file: str) -> None:
    """The error says which file, where and why, in both languages."""
    (folder / "names.toml").write_bytes(content)
    with pytest.raises(CorpusError) as caught:
        load_corpus(folder)
    assert (caught.value.details["problem"], caught.value.details["file"]) == (problem, file)
    assert all(file in wording.detail for wording in word_error(caught.value).values())


def test_a_file_that_cannot_be_read_is_named(folder: Path) -> None:
    """A folder in the place of the file is an error, not an absent file."""
    (folder / "names.toml").unlink()
    (folder / "names.toml").mkdir()
    with pytest.raises(CorpusError) as caught:
        load_corpus(folder)
    assert caught.value.details["problem"] == "unreadable"
