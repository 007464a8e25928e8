"""Questions and sentences put otherwise: what each change makes, and what is counted."""

import re
import unicodedata
from collections.abc import Generator
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccs_qa.corpus.library import Corpus
from ccs_qa.generate.prompt import write_prompt
from ccs_qa.present.presenter import Presenter
from ccs_qa.records import (
    LANGUAGES,
    AnswerMode,
    AnswerStatus,
    Citation,
    DropReason,
    Generation,
    GenerationOutcome,
    Hit,
    Language,
    Prompt,
    Query,
    Question,
    Statement,
)
from ccs_qa.service import QAService
from eval.gold import DEVELOPMENT, GoldRow, load_gold
from eval.probes import (
    ALTERED,
    CHANGES,
    FAITHFUL,
    UNKNOWN,
    Adversary,
    Given,
    Misled,
    adversary_table,
    agreement_table,
    changed_by,
    drop_accents,
    gap_table,
    generation_section,
    loss_table,
    make,
    mistype,
    robustness_section,
    summarise_generated,
    swap_acronyms,
    toggle_mark,
)
from eval.run import Outcome, Ranker, named_quotes
from tests.eval.outcomes import outcome

QUESTION = "Où en était l'IA au Comité en 2024, d'après les 12 membres présents ?"
# Letters with and without keys of their own, digits and marks, often in runs long enough.
TYPED = st.text(st.sampled_from("aeostméèçœABÉ 0123456789.,'’?-²"), max_size=60)
LONG_WORD = re.compile(r"(?<!\w)[^\W\d_]{5,}(?!\w)")


def seeded(seed: int = 0) -> np.random.Generator:
    """Make a generator."""
    return np.random.default_rng(seed)


def one_edit(before: str, after: str) -> str:
    """Name the edit between two words, `none` or `other`."""
    if before == after:
        return "none"
    places = range(len(before))
    if after in {before[:at] + before[at + 1 :] for at in places}:
        return "deletion"
    swaps = (before[:at] + before[at : at + 2][::-1] + before[at + 2 :] for at in places)
    if after in swaps:
        return "transposition"
    differ = [at for at in places if len(before) == len(after) and before[at] != after[at]]
    return "substitution" if len(differ) == 1 else "other"


def test_each_perturbation_by_hand() -> None:
    """Typos aside, which are chosen by the generator."""
    found = {
        name: change(QUESTION, "fr", seeded())
        for name, change in CHANGES.items()
        if name not in ("typos", "upper case", "hyphens dropped", "final mark")
    }
    assert found == {
        "accents dropped": "Ou en etait l'IA au Comite en 2024, d'apres les 12 membres presents ?",
        "lower case": "où en était l'ia au comité en 2024, d'après les 12 membres présents ?",
        "acronyms swapped": "Où en était l'intelligence artificielle au Comité en 2024, d'après "
        "les 12 membres présents ?",
        "punctuation lost": "Où en était l IA au Comité en 2024 d après les 12 membres présents",
    }


@pytest.mark.parametrize("name", CHANGES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_seed_gives_the_same_text_again(name: str, language: Language) -> None:
    """Nothing but text, language and generator decides."""
    change = CHANGES[name]
    text = f"{QUESTION} " * 5
    assert change(text, language, seeded(3)) == change(text, language, seeded(3))


@given(st.text())
def test_no_combining_mark_is_left(text: str) -> None:
    """Composed or decomposed; a second pass finds nothing to drop."""
    found = drop_accents(text)
    assert not any(map(unicodedata.combining, unicodedata.normalize("NFD", found)))
    assert drop_accents(found) == found


@given(st.text(st.characters(max_codepoint=127)))
def test_text_without_accents_stays(text: str) -> None:
    """ASCII has none."""
    assert drop_accents(text) == text


@given(TYPED, st.integers(0, 1000))
def test_typos_spare_digits_marks_and_short_words(text: str, seed: int) -> None:
    """All that is not a word of five letters stays, in place and in order."""
    found = mistype(text, seeded(seed))
    assert [mark for mark in found if mark.isdigit()] == [mark for mark in text if mark.isdigit()]
    # Four letters may be what a deletion leaves of five.
    assert re.sub(r"[^\W\d_]{4,}", "#", found) == re.sub(r"[^\W\d_]{4,}", "#", text)


@given(TYPED, st.integers(0, 1000))
def test_a_mistyped_word_is_one_edit_away(text: str, seed: int) -> None:
    """No word has two mistakes, and no word is lost."""
    before, after = text.split(), mistype(text, seeded(seed)).split()
    assert len(before) == len(after)
    parts = [
        pair
        for old, new in zip(before, after, strict=True)
        for pair in zip(re.split(r"[\W\d_]", old), re.split(r"[\W\d_]", new), strict=True)
    ]
    assert "other" not in {one_edit(old, new) for old, new in parts}


def test_every_fifth_long_word_is_mistyped() -> None:
    """Of 5,000 draws at .2: 1,000 more or less four times sqrt(5,000 x .2 x .8) = 28."""
    text = "réunion " * 5000
    changed = [word for word in mistype(text, seeded()).split() if word != "réunion"]
    assert 887 <= len(changed) <= 1113
    kinds = [one_edit("réunion", word) for word in changed]
    # A third each: 333 more or less four times sqrt(1,000 x 1/3 x 2/3) = 15, and the above.
    assert {kind: 235 <= kinds.count(kind) <= 433 for kind in set(kinds)} == {
        "substitution": True,
        "deletion": True,
        "transposition": True,
    }


def test_a_wrong_letter_lies_beside_the_right_one() -> None:
    """Around s lie a and d, w and e above, z and x below; case is kept."""
    words = mistype("sssss SSSSS " * 1000, seeded()).split()
    wrong = {letter for word in words for letter in word}
    assert wrong == set("sadwezx") | set("SADWEZX")


def test_equal_letters_cannot_be_swapped() -> None:
    """A word of one letter five times, without a key of its own, can only lose one."""
    assert set(mistype("ééééé " * 100, seeded()).split()) == {"ééééé", "éééé"}


@pytest.mark.parametrize(
    ("language", "short", "full"),
    [
        ("en", "SAC", "Service Advisory Committee"),
        ("en", "ESDC", "Employment and Social Development Canada"),
        ("en", "CDB", "Canada Disability Benefit"),
        ("en", "AI", "artificial intelligence"),
        ("fr", "CCS", "Comité consultatif sur les services"),
        ("fr", "EDSC", "Emploi et Développement social Canada"),
        ("fr", "PCPH", "Prestation canadienne pour les personnes handicapées"),
        ("fr", "IA", "intelligence artificielle"),
    ],
)
def test_names_are_swapped_in_their_own_language(language: Language, short: str, full: str) -> None:
    """Whatever the case, and not inside words; the other language leaves both alone."""
    other: Language = "en" if language == "fr" else "fr"
    text = f"{short}, {full.upper()} {short.lower()}; x{short} {short}s"
    assert swap_acronyms(text, language) == f"{full}, {short} {full}; x{short} {short}s"
    assert swap_acronyms(text, other) == text


@given(
    st.lists(
        st.sampled_from(
            ("SAC", "Service Advisory Committee", "CDB", "the", "AI", "artificial intelligence")
        )
    ).map(" ".join)
)
def test_swapping_twice_gives_the_question_again(text: str) -> None:
    """Every name has one other."""
    assert swap_acronyms(swap_acronyms(text, "en"), "en") == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Qu'est-ce que l’IA ?", "Qu est ce que l IA"),
        ("« Oui », (dit-on) : quoi…", "Oui dit on quoi"),
        ("1,5 % le 2024-05-02, à 10:30.", "1,5 % le 2024-05-02 à 10:30"),
    ],
)
def test_marks_become_spaces_but_for_those_of_figures(text: str, expected: str) -> None:
    """A date and a decimal stay whole."""
    assert CHANGES["punctuation lost"](text, "fr", seeded()) == expected


@given(TYPED)
def test_losing_punctuation_keeps_letters_and_digits(text: str) -> None:
    """In order; a second pass finds nothing to lose."""
    found = CHANGES["punctuation lost"](text, "fr", seeded())
    assert re.findall(r"\w", found) == re.findall(r"\w", text)
    assert CHANGES["punctuation lost"](found, "fr", seeded()) == found
    assert not found.endswith(("?", ".", ","))


def row(name: str, question: str = "Quoi?") -> GoldRow:
    """Make a question; the name ends in the language."""
    return outcome(name, question=question).row


def pair(
    name: str,
    scores: tuple[float, float],
    firsts: tuple[str, str] = ("a", "a"),
    status: AnswerStatus = "answered",
    *,
    same: bool = False,
) -> tuple[Outcome, Outcome]:
    """Make a pair that passage `a` answers; the name ends in the language."""
    one, other = (
        outcome(name, question=question, relevant={"a": 2}, ranking=(first,), score=score)
        for question, first, score in zip(("Quoi?", "Qui?"), firsts, scores, strict=True)
    )
    asked = one.row if same else other.row
    return one, replace(other, row=asked, reply=replace(other.reply, status=status))


def test_losses_agreement_and_gaps_by_hand() -> None:
    """Scores are 1, 1 and .5, then 1, .5 and .5: mean loss .167.

    Of the two that changed, 0 and .5: a quarter of the resamples hold one of them twice.
    """
    pairs = [
        pair("a-fr", (1.0, 1.0)),
        pair("b-fr", (1.0, 0.5), ("a", "x"), "related"),
        pair("c-fr", (0.5, 0.5), ("x", "x"), same=True),
    ]
    (cells,) = loss_table({"typos": pairs}, answers=True).rows[1:]
    assert cells[:4] == ["typos", "2/3", "0.833", "0.667"]
    assert cells[4].startswith("+0.167 [+0.000, ")
    assert cells[5] == "+0.250 [+0.000, +0.500]"
    # One of the two that changed finds another passage first, and ends otherwise.
    assert cells[6:] == ["1/2 = 0.50 [0.09, 0.91]"] * 2
    ranked = loss_table({"none": pairs[2:]}, answers=False).rows
    assert ranked[0][-1] == "other first, 95 %"
    assert ranked[1][4:] == ["+0.000 [+0.000, +0.000]", "", "none"]
    # Two of three agree: .67, Wilson .21 to .94; the third differs, and only one side is right.
    assert agreement_table(pairs).rows[1] == ["3", "2/3 = 0.67 [0.21, 0.94]", "2/3", "b"]
    assert gap_table(pairs[:1]).rows[1:] == [
        ["follow-ups", "1/1 = 1.00 [0.21, 1.00]"],
        ["twins", "1/1 = 1.00 [0.21, 1.00]"],
        ["gap", "+0.00 [+0.00, +0.00]"],
    ]


def test_mistakes_depend_on_the_id_alone() -> None:
    """The same row is mistyped alike, another otherwise; all but the question stays."""
    question = "Pourquoi certaines personnes préfèrent-elles toujours le comptoir ? " * 5
    one, other = row("a-fr", question), row("b-fr", question)
    assert changed_by(one, "typos") == changed_by(one, "typos")
    assert changed_by(one, "typos").question != changed_by(other, "typos").question
    assert changed_by(one, "typos").model_copy(update={"question": question}) == one


def test_real_questions_are_changed_and_matched(service: QAService) -> None:
    """A pair, and of three follow-ups the two that have a twin; refused ones take no part."""
    gold = load_gold([DEVELOPMENT[0]], service.corpus)
    rows = [x for x in gold if x.id.startswith(("dev-p01", "dev-df01", "dev-df06", "dev-e24"))]
    losses, pairs, gap = robustness_section(Ranker(service), rows, service.corpus).tables
    known = sum(item.answerable for item in rows)
    assert [line[0] for line in losses.rows[1:]] == list(CHANGES)
    assert {line[1].split("/")[1] for line in losses.rows[1:]} == {str(known)}
    assert pairs.rows[1][0] == "1"
    assert "/2 = " in gap.rows[1][1]


def test_what_harmless_changes_make() -> None:
    """A hyphen between letters goes, one in a date stays; the mark goes or comes."""
    changed = CHANGES["hyphens dropped"]("Qu'a-t-on dit le 2025-06-02 ?", "fr", seeded())
    assert changed == "Qu'a t on dit le 2025-06-02 ?"
    assert toggle_mark("Où ?", "fr") == "Où"
    assert toggle_mark("où", "fr") == "où ?"
    assert toggle_mark("where", "en") == "where?"


QUOTES: dict[Language, dict[int, str]] = {
    "fr": {
        1: "Le ministère devrait améliorer les services offerts, notamment aux personnes âgées.",
        2: "Service Canada ne peut pas joindre certains clients par téléphone en région éloignée.",
    },
    "en": {
        1: "The department should improve the services offered, including those for older people.",
        2: "Service Canada cannot always reach some clients by telephone in remote regions.",
    },
}


def source(language: Language, number: int = 1) -> Given:
    """What a sentence of one of two quotes is made from."""
    quotes = QUOTES[language]
    return Given(
        language,
        number,
        quotes[number],
        quotes,
        {at: (text,) for at, text in quotes.items()},
        translated=QUOTES["en" if language == "fr" else "fr"][number],
        elsewhere=("Quelque chose d'autre.",),
    )


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("kind", ALTERED)
def test_an_altered_sentence_is_no_sentence_of_the_quotes(kind: str, language: Language) -> None:
    """Or names another quote than its own; the same seed makes the same."""
    made = 0
    for seed in range(40):
        made_from = source(language, 1 + seed % 2)
        sentence = make(kind, made_from, np.random.default_rng(seed))
        assert sentence == make(kind, made_from, np.random.default_rng(seed))
        if sentence is not None:
            made += 1
            assert sentence != (made_from.sentence, f"[{made_from.number}]")
            if kind != "citation":
                assert sentence[0] not in made_from.quotes.values()
    assert made


@pytest.mark.parametrize(
    ("kind", "language", "expected"),
    [
        ("verbatim", "fr", QUOTES["fr"][1]),
        (
            "shortened",
            "en",
            "The department should improve the services offered.",
        ),
        ("reworded", "en", QUOTES["en"][1].replace("improve", "enhance")),
        ("certainty", "fr", QUOTES["fr"][1].replace("devrait", "doit")),
        ("negation", "fr", QUOTES["fr"][1].replace("devrait", "ne devrait pas")),
        ("opposite", "fr", QUOTES["fr"][1].replace("améliorer", "empirer")),
        ("language", "fr", QUOTES["en"][1]),
    ],
)
def test_what_a_kind_does(kind: str, language: Language, expected: str) -> None:
    """Where there is one way to do it."""
    sentence = make(kind, source(language), np.random.default_rng(1))
    assert sentence == (expected, "[1]")


@pytest.fixture(scope="module")
def prompt(corpus: Corpus) -> Prompt:
    """A real prompt around three real passages."""
    statements = [item for item in corpus.passages if item.kind == "statement"][:3]
    citations = [Citation(at, Hit(item, 1.0, {})) for at, item in enumerate(statements, 1)]
    return write_prompt(Query("Quoi ?", "Quoi ?", "Quoi ?", "fr", "fr"), citations)


def test_a_reply_is_what_it_says_it_did(corpus: Corpus, prompt: Prompt) -> None:
    """Each sentence on record stands in the reply; verbatim ones in the prompt as well."""
    adversary = Adversary(corpus, 1)
    replies = ["".join(adversary.stream(prompt)) for _ in range(2)]
    assert replies[0] == replies[1]
    assert len(adversary.written) == 6
    assert all(text in replies[0] for _, text in adversary.written)
    assert {kind for kind, _ in adversary.written} <= {*FAITHFUL, *ALTERED}
    assert all(
        text.rstrip(".") in prompt.request for kind, text in adversary.written if kind == "verbatim"
    )
    assert "".join(Adversary(corpus, 2).stream(prompt)) != replies[0]


def test_without_quotes_it_has_nothing_to_say(corpus: Corpus) -> None:
    """And puts an empty reply on record."""
    adversary = Adversary(corpus, 1)
    assert "".join(adversary.stream(Prompt("", (), "Hello"))) == ""
    assert adversary.written == ()


class Saying(Adversary):
    """Says what it is told to, and owns up to what it is told to."""

    reply = ""

    def stream(self, prompt: Prompt) -> Generator[str, None, None]:  # noqa: ARG002 - as a model has it
        """Give the reply whole."""
        yield self.reply


def test_what_became_of_each_sentence_is_noted(corpus: Corpus) -> None:
    """A true one passes and is shown, an altered one is neither, and one of nobody is told."""
    statements = [x for x in corpus.passages if x.kind == "statement" and not x.lead_in]
    passage = next(x for x in statements if re.fullmatch(r"[^.]+\.", x.renditions.best("en").text))
    text = passage.renditions.best("en").text
    adversary = Saying(corpus)
    adversary.written = (("verbatim", text), ("false", "The service is closed."))
    query = Query("What?", "What?", "What?", "en", "en")
    citations = [Citation(1, Hit(passage, 1.0, {}))]
    misled = Misled(adversary)
    adversary.reply = f"{text} [1]\nThe service is closed. [1]"
    list(misled.phrase(query, citations))
    assert misled.found == {
        "verbatim": {"offered": 1, "passed": 1, "reached": 1},
        "false": {"offered": 1, "passed": 0, "reached": 0},
    }
    adversary.written, misled.found = (), {}
    adversary.reply = f"{text} [1]"
    list(misled.phrase(query, citations))
    assert misled.found == {UNKNOWN: {"offered": 1, "passed": 1, "reached": 1}}


def generated(
    service: QAService,
    name: str,
    ended: GenerationOutcome,
    *,
    named: tuple[tuple[int, ...], ...] = (),
    kept: int = 0,
    dropped: tuple[DropReason, ...] = (),
) -> Outcome:
    """Make what a question gave whose quotes are 1 and 2, of which the first is relevant."""
    question = Question("How could AI help call centres?")
    hits = service.search(question).hits[:2]
    citations = tuple(Citation(at, hit) for at, hit in enumerate(hits, 1))
    answer = replace(service.ask(question), citations=citations)
    said = tuple(Statement("Said.", numbers) for numbers in named) or answer.statements[:1]
    mode: AnswerMode = "generative" if ended == "used" else "extractive"
    became = Generation(ended, kept=kept, dropped=dropped)
    answer = replace(answer, statements=said, mode=mode, generation=became)
    shown = Presenter(service.corpus).answer(answer)
    names = [item.passage_id for item in shown.citations]
    cited = tuple(item.passage_id for item in named_quotes(shown))
    asked = outcome(name, relevant={names[0]: 2}, cited=cited, verified=len(cited))
    return replace(asked, reply=replace(asked.reply, answer=shown))


def test_sentences_and_their_citations_are_scored(service: QAService) -> None:
    """4 of 8 kept are shown; quotes named: 1 2, then 1: two of three are relevant."""
    found = [
        generated(
            service,
            "1-fr",
            "used",
            named=((1,), (2,), (1, 2)),
            kept=3,
            dropped=("unsupported",),
        ),
        generated(service, "2-en", "used", named=((1,),), kept=1),
        generated(service, "3-fr", "unsupported", kept=1, dropped=("form", "unsupported")),
        generated(service, "4-fr", "unneeded"),
    ]
    figures = summarise_generated(found, {})
    assert figures["outcomes"] == {"used": 2, "unsupported": 1, "unavailable": 0, "unneeded": 1}
    counts = figures["sentences"]
    assert (counts["offered"], counts["kept"], counts["shown"]) == (8, 5, 4)
    assert {name: value for name, value in counts["dropped"].items() if value} == {
        "form": 1,
        "unsupported": 2,
    }
    assert figures["citations"] == {
        "precision": round(2 / 3, 4),
        "recall": 1.0,
        "verified": 1.0,
        "sentence_precision": 0.75,
    }
    table = generation_section(figures).tables[0]
    assert table.rows[0] == ["sentences", "of 8 offered, 95 %"]
    assert table.rows[1][1].startswith("5/8 = 0.62 [")


def test_sentences_of_an_adversary_are_counted_by_kind() -> None:
    """What reached a person though it was altered, or was never written, stands out."""
    counts = {
        UNKNOWN: {"offered": 1, "passed": 1, "reached": 1},
        "number": {"offered": 1, "passed": 0, "reached": 0},
        "verbatim": {"offered": 2, "passed": 2, "reached": 1},
    }
    kinds = summarise_generated([], counts)["adversary"]
    rows = adversary_table(kinds).rows
    assert [[*row[:2], row[2].split(" = ")[0]] for row in rows[1:]] == [
        ["verbatim", "2", "2/2"],
        ["all true", "2", "2/2"],
        ["number", "1", "0/1"],
        ["unknown", "1", "1/1"],
        ["all altered", "2", "1/2"],
    ]
