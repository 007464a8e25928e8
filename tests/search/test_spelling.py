"""Slips of the keyboard, read as words of the corpus."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccs_qa.corpus.library import Corpus
from ccs_qa.encoder.encoder import Encoder
from ccs_qa.records import LANGUAGES, Language, Question
from ccs_qa.search.understand.slips import Reading, Speller
from ccs_qa.search.understand.understander import Understander

SMALL = Speller(
    {
        "fr": ["La prestation est accessible à Gatineau.", "prestation", "prestations"],
        "en": ["The benefit is simple."],
    }
)


@pytest.mark.parametrize(
    "slip",
    ["prestaton", "prestatiion", "prestayion", "prestatoin"],
    ids=["missing", "too many", "wrong", "swapped"],
)
def test_one_slip_is_read(slip: str) -> None:
    """One letter missing, too many, wrong, or two swapped."""
    assert SMALL.read(f"une {slip} ?", "fr") == Reading("une prestation ?", ((slip, "prestation"),))


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("deux prestaiton ratées", "en"),  # a word of the other language alone is no reading
        ("la prestattoin", "fr"),  # two slips
        ("est accessible a gatineau", "fr"),  # accents and capitals are no slips
        ("sampler", "en"),  # a word of the dictionary, beside "simple"
        ('la « prestaton », “prestaton”, "prestaton"', "fr"),  # quoted
        ("bnft", "en"),  # too short to tell
    ],
)
def test_what_may_be_meant_stands(text: str, language: Language) -> None:
    """Nothing is read where something else may be meant."""
    assert SMALL.read(text, language) == Reading(text)


def test_four_letters_are_the_fewest_that_are_read() -> None:
    """Typed and meant: `taxu` is one slip from "taxi", `bux` and `buxs` are from "bus"."""
    speller = Speller({"fr": ["Un taxi, un bus."], "en": []})
    assert speller.read("le taxu", "fr") == Reading("le taxi", (("taxu", "taxi"),))
    assert speller.read("le tax", "fr") == Reading("le tax")
    assert speller.read("le buxs", "fr") == Reading("le buxs")


def test_capitals_stay() -> None:
    """A name is read in the spelling of the corpus."""
    assert SMALL.read("à Gatinaeu", "fr").text == "à Gatineau"
    assert SMALL.read("Prestaton ? Acessible ?", "fr").text == "Prestation ? Accessible ?"


def test_the_more_frequent_word_is_read() -> None:
    """`prestationt` is one slip from the singular, seen twice, and from the plural, seen once."""
    assert SMALL.read("prestationt", "fr").text == "prestation"


def test_the_corpus_reads_as_it_stands(corpus: Corpus, speller: Speller) -> None:
    """No sentence of a page and no hint holds a slip."""
    for language in LANGUAGES:
        texts = [
            rendition.text
            for passage in corpus.passages
            if (rendition := passage.renditions.get(language)) is not None
        ]
        hints = [text for item in corpus.known.hints.values() for text in item.get(language)]
        for text in (*texts, *hints):
            assert speller.read(text, language) == Reading(text)


@given(st.text(max_size=60), st.sampled_from(LANGUAGES))
def test_reading_twice_changes_nothing(text: str, language: Language) -> None:
    """What was read holds no slip, whatever was typed."""
    once = SMALL.read(text, language)
    assert SMALL.read(once.text, language).text == once.text
    assert bool(once.changes) == (once.text != text)


def test_a_question_is_searched_as_it_is_read(
    corpus: Corpus, encoder: Encoder, speller: Speller
) -> None:
    """The words typed stay beside it; earlier questions are read as well."""
    understander = Understander(corpus.meetings, 100, encoder, None, speller=speller)
    found = understander.understand(Question("et les dleais ?", history=("Les passeprots ?",)))
    query = found.query
    assert query.question == "et les dleais ?"
    assert query.standalone == "Les passeports ? et les délais ?"
    assert query.read_as == (("dleais", "délais"),)
    assert [item.text for item in found.wordings] == [query.standalone, "et les délais ?"]


def test_accents_left_out_are_set_as_the_corpus_sets_them() -> None:
    """Of French words of three letters or more, and nothing is said of it."""
    speller = Speller({"fr": ["La réunion à Québec où l'on a décidé", "Des résumés, des résumes"]})
    assert speller.read("reunion a QUEBEC ou decide", "fr") == Reading("réunion a QUÉBEC ou décidé")
    assert speller.read("« reunion » réunion", "fr") == Reading("« reunion » réunion")
    assert speller.read("reunion", "en") == Reading("reunion")
