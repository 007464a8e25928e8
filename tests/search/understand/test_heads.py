"""The heads by hand-made weights: phrases, runs, probabilities, the topic and its frame."""

import math
from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccs_qa.encoder.encoder import Encoder
from ccs_qa.records import Intent, Line
from ccs_qa.search.understand.heads import (
    Heads,
    Leaning,
    Linear,
    Word,
    best_run,
    open_heads,
    phrases,
    split_words,
    surroundings,
)

LN3 = math.log(3)
INTENTS: tuple[Intent, ...] = ("topic", "when", "count")
LINES: tuple[Line, ...] = ("greeting", "thanks", "outside")


def heads(
    *,
    bias: tuple[float, ...] = (0.0, 0.0, 0.0),
    vector: tuple[tuple[float, float], ...] = ((0.0, 0.0),) * 3,
    runs: Mapping[str, tuple[float, ...]] | None = None,
    around: Mapping[str, float] | None = None,
    intents: tuple[Intent, ...] = INTENTS,
    lines: tuple[float, ...] = (0.0, 0.0, 0.0),
) -> Heads:
    """Make heads for vectors of two dimensions, of which the topic is read off the first."""
    return Heads(
        model="small",
        intents=intents,
        intent_head=Linear(
            np.asarray(bias, np.float32),
            np.asarray(vector, np.float32),
            {name: np.asarray(row, np.float32) for name, row in (runs or {}).items()},
        ),
        lines=LINES,
        line_head=Linear(np.asarray(lines, np.float32), np.zeros((3, 2), np.float32), {}),
        leaning_head=Linear(
            np.asarray((-1, 1, -1, -1), np.float32),
            np.zeros((4, 2), np.float32),
            {"and": np.asarray((9, 0, 9, 0), np.float32)},
        ),
        denial_head=Linear(
            np.asarray([-2], np.float32),
            np.zeros((1, 2), np.float32),
            {"not": np.asarray([9], np.float32)},
        ),
        topic_bias=0.0,
        topic_vector=np.asarray([1, 0], np.float32),
        topic_words=around or {},
        frame_words=frozenset("ab"),
    )


def row(*values: float) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    """Make a vector."""
    return np.asarray(values, np.float32)


def column(*gains: float) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    """Make word vectors whose first dimension says how much each speaks for the topic."""
    return np.asarray([(gain, 9.0) for gain in gains], np.float32)


def test_words_are_folded_in_their_places() -> None:
    """Numbers are all one; elisions and hyphens part words, underscores are none."""
    assert split_words("L'été 2024, ex-employé_s?") == (
        Word(0, 1, "l"),
        Word(2, 5, "ete"),
        Word(6, 10, "#"),
        Word(12, 14, "ex"),
        Word(15, 22, "employe"),
        Word(23, 24, "s"),
    )
    assert split_words(" ?! _ ") == ()


def test_phrases_are_runs_of_one_to_three_words_between_the_marked_ends() -> None:
    """Three words give three, four and three runs; the marks alone are none."""
    assert phrases(split_words("Le 2 mai")) == tuple(
        sorted(
            ["le", "#", "mai", "< le", "le #", "# mai", "mai >", "< le #", "le # mai", "# mai >"]
        )
    )
    assert phrases(()) == ("< >",)


def test_a_phrase_counts_once() -> None:
    """The word and its double: `a a` stands between the ends."""
    assert phrases(split_words("a a")) == ("< a", "< a a", "a", "a >", "a a", "a a >")


def test_surroundings_tell_the_word_its_neighbours_and_its_place() -> None:
    """Places are counted from either end, three and more alike."""
    words = split_words("quand a t on parlé")
    assert list(surroundings(words, 0)) == ["=quand", "-<", "+a", "< quand", "quand a/", "#0", "$3"]
    assert list(surroundings(words, 4)) == [
        "=parle",
        "-on",
        "+>",
        "on parle",
        "parle >/",
        "#3",
        "$0",
    ]


@pytest.mark.parametrize(
    ("gains", "run"),
    [
        ([], (0, 0)),
        ([-1, -2], (0, 0)),
        ([0, 0], (0, 0)),
        ([1, -2, 3, -1, 2, -9, 1], (2, 5)),
        ([2, -1, 2], (0, 3)),
        ([2, -2, 2], (0, 1)),
        ([0, 1, 0], (1, 2)),
        ([-1, 1, 1], (1, 3)),
    ],
)
def test_the_best_run_by_hand(gains: list[float], run: tuple[int, int]) -> None:
    """The largest sum; of equals the first, without what adds nothing."""
    assert best_run(gains) == run


@given(st.lists(st.integers(-5, 5), max_size=8))
def test_no_run_is_better_than_the_best(gains: list[int]) -> None:
    """Against every run there is."""
    begin, end = best_run(gains)
    sums = [sum(gains[a:b]) for b in range(len(gains) + 1) for a in range(b)]
    assert sum(gains[begin:end]) == max([0, *sums])


def test_probabilities_of_the_bias_alone() -> None:
    """1 : 3 : 1 for the logarithms 0, ln 3, 0."""
    found = heads(bias=(0, LN3, 0)).probabilities(split_words("un"), row(0, 0))
    assert found == pytest.approx([0.2, 0.6, 0.2])


def test_the_vector_of_the_question_speaks() -> None:
    """Weight ln 3 on a coordinate of 2 is a ninefold odds."""
    made = heads(vector=((0, 0), (0, LN3), (0, 0)))
    assert made.probabilities((), row(7, 2)) == pytest.approx([1 / 11, 9 / 11, 1 / 11])


def test_known_phrases_speak_over_the_root_of_how_many_there_are() -> None:
    """`Quand` has four runs: twice ln 3, halved."""
    made = heads(runs={"< quand": (0, 1.5 * LN3, 0), "quand": (0, 0.5 * LN3, 0), "ou": (9, 9, 0)})
    assert made.probabilities(split_words("Quand ?"), row(0, 0)) == pytest.approx([0.2, 0.6, 0.2])


def test_large_scores_do_not_overflow() -> None:
    """E to the thousand is no number; a certainty is."""
    found = heads(bias=(1000, 0, -1000)).probabilities((), row(0, 0))
    assert found.tolist() == [1.0, 0.0, 0.0]


@pytest.mark.parametrize(
    ("odds", "intent"),
    [
        ((41, 59, 0.1), "topic"),
        ((39, 55, 6), "when"),
        ((39, 6, 55), "count"),
        ((39, 30.5, 30.5), "when"),
    ],
)
def test_a_likely_topic_is_one_although_something_else_is_likelier(
    odds: tuple[float, ...], intent: Intent
) -> None:
    """From .4 on; below, the most likely of the others, even where the topic is likelier."""
    bias = tuple(math.log(item) for item in odds)
    assert heads(bias=bias).intent((), row(0, 0)) == intent


@pytest.mark.parametrize(("odds", "intent"), [((30, 44, 26), "topic"), ((30, 46, 24), "list")])
def test_a_form_of_answer_is_nearly_as_likely_as_not(
    odds: tuple[float, ...], intent: Intent
) -> None:
    """Below .45 the question asks for its topic; what is less likely yet is no matter."""
    bias = tuple(math.log(item) for item in odds)
    assert heads(bias=bias, intents=("topic", "list", "when")).intent((), row(0, 0)) == intent


@pytest.mark.parametrize(
    ("odds", "intent", "line"),
    [
        ((10, 5, 86), "chat", "thanks"),
        ((20, 10, 70), "topic", "thanks"),
        ((2, 28, 70), "when", "thanks"),
        ((30, 30, 40), "topic", None),
        ((50, 1, 49), "topic", "thanks"),
    ],
)
def test_what_is_said_to_the_service_is_nearly_sure_or_may_be(
    odds: tuple[float, ...], intent: Intent, line: Line | None
) -> None:
    """Below .85 it is what it would be without; below .45 it is not even likely."""
    bias = tuple(math.log(value) for value in odds)
    made = heads(bias=bias, intents=("topic", "when", "chat"), lines=(0.0, 2.0, 0.0))

    assert made.intent((), row(0, 0)) == intent
    assert made.line((), row(0, 0)) == line


def test_an_unsure_sort_of_line_lies_outside() -> None:
    """Three alike have a third each, which is less than half."""
    made = heads(bias=(0, 0, 9), intents=("topic", "when", "chat"))

    assert made.line((), row(0, 0)) == "outside"


def test_the_topic_and_its_frame() -> None:
    """Beside the best run, words against which the odds are below e² stay."""
    words = split_words("a b c d e")
    gains = heads().gains(words, column(-3, -1, 2, -1.5, -2.5))
    assert best_run(gains) == (2, 3)
    assert Heads.frame(gains) == (1, 4)
    assert Heads.frame((-1, -2, 2, -2, 1)) == (2, 3)
    assert Heads.frame((1, 1, 1, 1, 1)) == (0, 5)


def test_without_any_word_for_it_there_is_no_topic_and_no_frame() -> None:
    """However near to it the words are."""
    assert best_run((-1, -1, -1, -1, -1)) == (0, 0)
    assert Heads.frame((-1, -1, -1, -1, -1)) == (0, 0)


def test_a_word_that_stands_out_may_name_what_nobody_has_heard_of() -> None:
    """The mean is -4.5, so 2 above it is -2.5; but a word below -2 is surely none of the topic."""
    assert Heads.leniently((-6, -6, -1.5)) == [-4, -4, 0.5]
    assert best_run(Heads.leniently((-9, -9, -3))) == (0, 0)
    assert Heads.leniently((-6, 1)) == [-6, 1]
    assert Heads.leniently(()) == []


def test_what_surrounds_a_word_counts_for_the_topic() -> None:
    """`phares` gains 3 and the word after `de` 1: -2 + 4 and nothing else."""
    made = heads(around={"=phares": 3.0, "-de": 1.0, "=nulle": 9.0})
    words = split_words("on parle de phares ?")
    assert best_run(made.gains(words, column(-2, -2, -2, -2))) == (3, 4)


def test_stored_heads_are_read() -> None:
    """Weights of a phrase are pairs of a position and a number; the others are 0."""
    read = Heads.parse(
        {
            "model": "m",
            "intent": {
                "names": ["topic", "when"],
                "bias": [0.5, 1],
                "vector": [[1, 2], [3, 4]],
                "phrases": {"< quand": [1, 0.25], "a b": [0, -1, 1, 2]},
            },
            "line": {"names": ["thanks"], "bias": [0], "vector": [[0, 0]], "phrases": {}},
            "leaning": {"bias": [0, 0, 0, 0], "vector": [[0, 1]] * 4, "phrases": {"why": [3, 2]}},
            "denial": {"bias": [1], "vector": [[0, 1]], "phrases": {"not": [0, 2]}},
            "topic": {"bias": -1.5, "vector": [1, 0], "words": {"=a": 2.0}, "frame": ["say"]},
        }
    )
    assert (read.model, read.intents, read.topic_bias) == ("m", ("topic", "when"), -1.5)
    assert read.intent_head.phrases["< quand"].tolist() == [0, 0.25]
    assert read.intent_head.phrases["a b"].tolist() == [-1, 2]
    assert read.intent_head.vector.tolist() == [[1, 2], [3, 4]]
    assert read.leaning_head.phrases["why"].tolist() == [0, 0, 0, 2]
    assert read.denial_head.phrases["not"].tolist() == [2]
    assert read.topic_words == {"=a": 2.0}
    assert read.frame_words == {"say"}


def test_heads_of_another_model_are_no_heads(encoder: Encoder) -> None:
    """Those that ship fit the model that ships, in every dimension."""
    assert open_heads("another") is None
    assert open_heads(encoder.identity[:-1]) is None
    read = open_heads(encoder.identity)
    assert read is not None
    assert read.intent_head.vector.shape == (len(read.intents), encoder.dimension)
    assert read.leaning_head.vector.shape == (4, encoder.dimension)
    assert read.topic_vector.shape == (encoder.dimension,)


def test_what_a_question_leans_on_is_what_is_more_likely_than_not() -> None:
    """By hand: "and" weighs 9, shared among the runs of its question; four here, so 4.5 more."""
    alone, leant = (split_words(text) for text in ("seniors", "and"))
    assert heads().leaning(alone, row(0, 0)) == Leaning() == Leaning(names=True)
    assert not Leaning().any
    leaning = heads().leaning(leant, row(0, 0))
    assert leaning == Leaning(topic=True, names=True, meetings=True)
    assert leaning.any
    assert heads().needs_more(leant, row(0, 0)) == pytest.approx(-1 + 9 / 2)


@pytest.mark.parametrize(
    ("text", "gains", "framed"),
    [
        ("a b x", (-3, -0.1, 2), True),
        ("a c x", (-3, -3, 2), False),
        ("a b x", (1, -3, 2), False),
        ("x y", (2, 1), True),
        ("a b", (-3, -3), False),
    ],
)
def test_a_frame_says_nothing_of_its_own(
    text: str, gains: tuple[float, ...], *, framed: bool
) -> None:
    """No word around the topic speaks for it, and each is one that frames are made of."""
    assert heads().only_framed(split_words(text), gains) is framed


def test_a_question_for_what_is_not_so_is_told_by_its_head() -> None:
    """Of the 7 runs of two words one weighs 9: 9 over the root of 7, less 2, is above -0.5.

    Without it -2 is left, which is enough where a word of denial stands beside the topic.
    """
    pooled = np.zeros(2, np.float32)
    assert heads().denies(split_words("not virtual"), pooled)
    assert not heads().denies(split_words("which virtual"), pooled)
    assert heads().denies(split_words("which virtual"), pooled, says_not=True)
