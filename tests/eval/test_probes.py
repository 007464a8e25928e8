"""Questions and sentences put otherwise: what each change makes, and what is counted."""

import re
import unicodedata
from collections.abc import Mapping, Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openai import OpenAI

from ccs_qa.corpus.library import Corpus
from ccs_qa.generate.prompt import write_prompt
from ccs_qa.records import (
    LANGUAGES,
    AnswerStatus,
    Citation,
    GenerationOutcome,
    Hit,
    Language,
    Prompt,
    Query,
)
from ccs_qa.search.legs import HYBRID
from ccs_qa.service import QAService
from eval.compare import score_fusion
from eval.gold import DEVELOPMENT, GoldRow, Relevant, load_gold
from eval.probes import (
    ALTERED,
    CHANGES,
    COSTLY,
    FAITHFUL,
    MODEL,
    UNKNOWN,
    Adversary,
    Generated,
    Given,
    Pair,
    Sentence,
    adversary_rows,
    agreement_rows,
    bare_topics,
    change_lines,
    changed_by,
    drop_accents,
    drop_hyphens,
    gap_rows,
    generation_section,
    lose_punctuation,
    loss_rows,
    make,
    measure_stability,
    mistype,
    probe,
    robustness_section,
    scored,
    serving,
    stability_rows,
    summarise_generated,
    swap_acronyms,
    toggle_mark,
    variants,
)
from eval.report import Table
from eval.run import Outcome, Ranker, Reply
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
        if name in COSTLY and name != "typos"
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
    assert lose_punctuation(text) == expected


@given(TYPED)
def test_losing_punctuation_keeps_letters_and_digits(text: str) -> None:
    """In order; a second pass finds nothing to lose."""
    found = lose_punctuation(text)
    assert re.findall(r"\w", found) == re.findall(r"\w", text)
    assert lose_punctuation(found) == found
    assert not found.endswith(("?", ".", ","))


def row(name: str, question: str = "Quoi?") -> GoldRow:
    """Make a question; the name ends in the language."""
    return outcome(name, question=question).row


class Scripted:
    """Gives for each question the reply written down for it, and notes what it is asked."""

    def __init__(self, replies: Mapping[str, Reply]) -> None:
        """Take the replies."""
        self.replies, self.asked = replies, list[str]()

    def ask(self, question: str, history: Sequence[str] = ()) -> Reply:  # noqa: ARG002 - a System
        """Reply."""
        self.asked.append(question)
        return self.replies[question]


def test_a_question_asked_twice_alike_is_asked_once() -> None:
    """Of two changes one leaves it as it is."""
    system = Scripted({"a": Reply(("x",)), "A": Reply(("y",), "related")})
    asked = row("q-fr", "a")
    found = probe(
        system,
        [asked],
        lambda item: {
            "same": item,
            "upper": item.model_copy(update={"question": item.question.upper()}),
        },
    )
    assert system.asked == ["a", "A"]
    (same,), (upper,) = found["same"], found["upper"]
    assert (same.same, same.firsts) == (True, ("x", "x"))
    assert (upper.same, upper.firsts) == (False, ("x", "y"))
    assert upper.statuses == ("answered", "related")


@pytest.fixture(scope="module")
def lines(corpus: Corpus) -> dict[str, Relevant]:
    """Two lines of the page by the passage that holds them."""
    gold = load_gold([DEVELOPMENT[0]], corpus)
    return {
        passage.id: item
        for item in (line for asked in gold for line in asked.relevant)
        for passage in corpus.passages
        if passage.meeting == item.meeting
        and passage.renditions.fr
        and item.snippet in passage.renditions.fr.text
    }


def pair(
    name: str,
    line: Relevant,
    first: tuple[str, ...],
    second: tuple[str, ...],
    *,
    same: bool = False,
) -> Pair:
    """Make a pair that a line answers; the name ends in the language."""
    one = row(name).model_copy(update={"relevant": (line,)})
    other = one if same else one.model_copy(update={"question": "Qui?"})
    return Pair(one, other, (Reply(first), Reply(second)))


def test_losses_agreement_and_gaps_by_hand(corpus: Corpus, lines: dict[str, Relevant]) -> None:
    """The right passage comes first, first and second; then first, third and second.

    nDCG@10 is 1, 1 and 1 / log2(3) = .631, then 1, 1 / log2(4) = .5 and .631: mean loss .167; of
    the two that changed, 0 and .5: a quarter of the resamples hold one of them twice.
    """
    name, line = next(iter(lines.items()))
    pairs = [
        pair("a-fr", line, (name,), (name,)),
        pair("b-fr", line, (name,), ("x", "y", name)),
        pair("c-fr", line, ("x", name), ("x", name), same=True),
    ]
    assert [one - two for one, two in scored(pairs, corpus, "ndcg@10")] == [0.0, 0.5, 0.0]
    (cells,) = loss_rows({"typos": pairs}, corpus)[1:]
    assert cells[:4] == ["typos", "2/3", "0.877", "0.710"]
    assert cells[4].startswith("+0.167 [+0.000, ")
    assert cells[5] == "+0.250 [+0.000, +0.500]"
    assert loss_rows({"none": pairs[2:]}, corpus)[1][4:] == ["+0.000 [+0.000, +0.000]", ""]
    # Two of three agree: .67, Wilson .21 to .94; the third differs, and only one side is right.
    assert agreement_rows(pairs, corpus)[1] == ["3", "2/3 = 0.67 [0.21, 0.94]", "2/3", "b"]
    # S@5 finds all on both sides.
    assert gap_rows(pairs, corpus)[1:] == [
        ["follow-ups", "3/3 = 1.00 [0.44, 1.00]"],
        ["twins", "3/3 = 1.00 [0.44, 1.00]"],
        ["gap", "+0.00 [+0.00, +0.00]"],
    ]


def test_mistakes_depend_on_the_id_alone() -> None:
    """The same row is mistyped alike, another otherwise; all but the question stays."""
    question = "Pourquoi certaines personnes préfèrent-elles toujours le comptoir ? " * 5
    one, other = row("a-fr", question), row("b-fr", question)
    assert changed_by(one, "typos") == changed_by(one, "typos")
    assert changed_by(one, "typos").question != changed_by(other, "typos").question
    assert changed_by(one, "typos").model_copy(update={"question": question}) == one


def test_real_questions_are_changed_and_scored(service: QAService) -> None:
    """Scores equal those of the changed questions asked one by one."""
    gold = load_gold([DEVELOPMENT[0]], service.corpus)
    asked = [item for item in gold if item.id in {"dev-p01-fr", "dev-p01-en", "dev-f24-fr"}]
    found = probe(
        Ranker(service), asked, lambda item: {name: changed_by(item, name) for name in COSTLY}
    )
    assert list(found) == list(COSTLY)
    for name, pairs in found.items():
        others = [changed_by(item, name) for item in asked]
        expected = score_fusion(service, others, HYBRID).values("ndcg@10")
        assert [two for _, two in scored(pairs, service.corpus, "ndcg@10")] == expected


def test_real_questions_are_matched(service: QAService) -> None:
    """A pair, and of three follow-ups the two that have a twin; refused ones take no part."""
    gold = load_gold([DEVELOPMENT[0]], service.corpus)
    rows = [x for x in gold if x.id.startswith(("dev-p01", "dev-df01", "dev-df06", "dev-e24"))]
    losses, pairs, gap = (block for block in robustness_section(service, rows).blocks)
    assert [line[0] for line in losses.rows[1:]] == list(COSTLY)  # type: ignore[union-attr]
    assert pairs.rows[1][0] == "1"  # type: ignore[union-attr]
    assert "/2 = " in gap.rows[1][1]  # type: ignore[union-attr]


def test_what_harmless_changes_make() -> None:
    """A hyphen between letters goes, one in a date stays; the mark goes or comes."""
    assert drop_hyphens("Qu'a-t-on dit le 2025-06-02 ?") == "Qu'a t on dit le 2025-06-02 ?"
    assert toggle_mark("Où ?", "fr") == "Où"
    assert toggle_mark("où", "fr") == "où ?"
    assert toggle_mark("where", "en") == "where?"
    assert {name: item.question for name, item in variants(row("q-en", "A-b?")).items()} == {
        "lower case": "a-b?",
        "upper case": "A-B?",
        "hyphens dropped": "A b?",
        "final mark": "A-b",
    }
    fraud = next(item for item in bare_topics() if item.id == "topic: fraud-en")
    assert {name: item.question for name, item in variants(fraud).items()} == {
        "upper case": "FRAUD",
        "final mark": "fraud?",
        "frame: said about": "What did the committee say about fraud?",
        "frame: recommended": "Did they recommend fraud?",
    }


def test_changed_answers_are_counted() -> None:
    """Of two pairs one keeps both; the interval is that of one in two."""

    def pair(before: str, after: str, status: AnswerStatus, first: str | None) -> Pair:
        reply = Reply((first,) if first else (), status)
        return Pair(row("q-en", before), row("q-en", after), (Reply(("x",)), reply))

    pairs = [pair("a", "A", "answered", "x"), pair("b", "B", "related", None)]
    found: dict[tuple[str, Language], list[Pair]] = {("upper case", "en"): pairs}
    share = "1/2 = 0.500 [0.095, 0.905]"
    assert stability_rows(found)[1:] == [["upper case", "en", "2", share, share]]
    lines = ["upper case\ten\tanswered → related\tx → None\tb → B"]
    assert list(change_lines(found)) == lines


def test_a_real_question_is_compared_with_itself(service: QAService) -> None:
    """By change and language, in order."""
    found = measure_stability(service, [row("q-fr", "Passeports et confiance")])
    assert list(found) == [("final mark", "fr"), ("lower case", "fr"), ("upper case", "fr")]
    (upper,) = found["upper case", "fr"]
    assert upper.changed.question == "PASSEPORTS ET CONFIANCE"


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
            own = f"{made_from.sentence} [{made_from.number}]"
            assert f"{sentence.text} {sentence.mark}" != own
            if kind != "citation":
                assert sentence.text not in made_from.quotes.values()
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
    assert sentence is not None
    assert sentence.text == expected


@pytest.fixture(scope="module")
def prompt(corpus: Corpus) -> Prompt:
    """A real prompt around three real passages."""
    statements = [item for item in corpus.passages if item.kind == "statement"][:3]
    citations = [Citation(at, Hit(item, 1.0, {})) for at, item in enumerate(statements, 1)]
    return write_prompt(Query("Quoi ?", "Quoi ?", "Quoi ?", "fr", "fr"), citations)


def test_a_reply_is_what_it_says_it_did(corpus: Corpus, prompt: Prompt) -> None:
    """Each sentence on record stands in the reply; verbatim ones in the prompt as well."""
    adversary = Adversary(corpus, 1)
    for _ in range(3):
        reply = adversary.reply(prompt.request)
        offered = adversary.replies[-1]
        assert len(offered) == 6
        assert all(item.text in reply for item in offered)
        assert {item.kind for item in offered} <= {*FAITHFUL, *ALTERED}
        assert all(
            item.text.rstrip(".") in prompt.request for item in offered if item.kind == "verbatim"
        )
    assert adversary.replies[0] == adversary.replies[1]
    assert Adversary(corpus, 2).reply(prompt.request) != reply


@pytest.mark.parametrize("chat", [True, False])
def test_it_speaks_the_protocol(corpus: Corpus, prompt: Prompt, *, chat: bool) -> None:
    """In both styles, piece by piece, and says when it is done."""
    adversary = Adversary(corpus, 1)
    with serving(adversary) as url, OpenAI(api_key="none", base_url=url, max_retries=0) as client:
        if chat:
            stream = client.chat.completions.create(
                model=MODEL, messages=[{"role": "user", "content": prompt.request}], stream=True
            )
            chosen = [(part.choices[0].delta.content, part.choices[0]) for part in stream]
        else:
            texts = client.completions.create(model=MODEL, prompt=prompt.request, stream=True)
            chosen = [(part.choices[0].text, part.choices[0]) for part in texts]  # type: ignore[misc] # the other form
        ends = [choice.finish_reason for _, choice in chosen]
    said = "".join(text or "" for text, _ in chosen)
    assert said == Adversary(corpus, 1).reply(prompt.request)
    assert ends == [*[None] * (len(ends) - 1), "stop"]


def test_without_quotes_it_has_nothing_to_say(corpus: Corpus) -> None:
    """And puts an empty reply on record."""
    adversary = Adversary(corpus, 1)
    assert adversary.reply("Hello") == ""
    assert adversary.replies == [()]


def generated(
    name: str,
    generation: GenerationOutcome,
    *,
    cited: tuple[str, ...] = (),
    kept: int = 0,
    dropped: tuple[str, ...] = (),
    named: tuple[tuple[str, ...], ...] = (),
    sound: int = 0,
    offered: tuple[Sentence, ...] = (),
) -> tuple[Outcome, Generated]:
    """Make an entry; passages `a` and `b` are relevant."""
    asked = outcome(name, relevant={"a": 2, "b": 1}, cited=cited, verified=len(cited))
    return asked, Generated(generation, kept, dropped, named, sound, offered)


FOUND = (
    generated("1-fr", "used", cited=("a", "x"), kept=3, dropped=("unsupported",),
              named=(("a",), ("x",), ("a", "x")), sound=3),
    generated("2-en", "used", cited=("b",), kept=1, named=(("b",),), sound=1),
    generated("3-fr", "unsupported", cited=("a",), kept=1, dropped=("form", "unsupported")),
    generated("4-fr", "unneeded", cited=("x",)),
)  # fmt: skip


def test_sentences_and_their_citations_are_scored() -> None:
    """4 of 8 kept are shown; quotes named: a x b, of which two are relevant; a is needed twice."""
    figures = summarise_generated([asked for asked, _ in FOUND], [found for _, found in FOUND])
    assert figures["outcomes"] == {"used": 2, "unsupported": 1, "unavailable": 0, "unneeded": 1}
    counts = figures["sentences"]
    assert (counts["offered"], counts["kept"], counts["shown"]) == (8, 5, 4)
    assert {name: value for name, value in counts["dropped"].items() if value} == {
        "form": 1,
        "unsupported": 2,
    }
    assert figures["citations"] == {
        "precision": round(2 / 3, 4),
        "recall": 0.5,
        "verified": 1.0,
        "sentence_precision": 0.75,
        "sentences_verified": 1.0,
    }
    table = generation_section(figures).blocks[0]
    assert isinstance(table, Table)
    assert table.rows[1] == ["offered", "8", ""]


def test_a_quote_that_is_not_its_document_is_counted() -> None:
    """One of two sentences shown names one."""
    entry = generated("1-fr", "used", cited=("a",), kept=2, named=(("a",), ("a",)), sound=1)
    assert summarise_generated([entry[0]], [entry[1]])["citations"]["sentences_verified"] == 0.5


def test_sentences_of_an_adversary_are_counted_by_kind() -> None:
    """What reached a person though it was altered, or was never written, stands out."""
    offered = (
        Sentence("verbatim", passed=True, reached=True),
        Sentence("verbatim", passed=True, reached=False),
        Sentence("number", passed=False, reached=False),
        Sentence(UNKNOWN, passed=True, reached=True),
    )
    asked, found = generated("1-fr", "used", offered=offered)
    kinds = summarise_generated([asked], [found])["adversary"]
    assert kinds["verbatim"] == {"offered": 2, "passed": 2, "reached": 1}
    rows = adversary_rows(kinds)
    assert [row[:4] for row in rows[1:]] == [
        ["true", "verbatim", "2", "2"],
        ["true", "all", "2", "2"],
        ["altered", "number", "1", "0"],
        ["altered", "unknown", "1", "1"],
        ["altered", "all", "2", "1"],
    ]
