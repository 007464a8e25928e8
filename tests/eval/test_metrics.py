"""Measures and their intervals, against published and hand-calculated values."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.metrics import (
    Estimate,
    bootstrap,
    context_recall,
    mean_of,
    rate_text,
    ratio_of,
    score_rankings,
    score_refusal,
    share_of,
    wilson,
)

NAMES = "abcdefghijklmno"


def score(relevant: dict[str, int], ranking: str) -> dict[str, float]:
    """Score one ranking of passages named by one letter each."""
    return score_rankings({"q": relevant}, {"q": list(ranking)})["q"]


def test_one_relevant_passage_in_third_place() -> None:
    """Gain 1 at place 3 is 1 / log2(4) = .5 of the ideal; it is in the first 5, not first."""
    assert score({"c": 1}, "abcde") == {
        "ndcg@10": 0.5,
        "recall@5": 1.0,
        "success@1": 0.0,
        "success@5": 1.0,
        "rr@10": pytest.approx(1 / 3),
    }


def test_ndcg_takes_the_grade_itself_as_gain() -> None:
    """Grade 1 before grade 2: (1 + 2 / log2(3)) / (2 + 1 / log2(3)) = .8597.

    Gain is the grade, as in trec_eval. With gain 2**grade - 1 it would be
    (1 + 3 / log2(3)) / (3 + 1 / log2(3)) = .7967.
    """
    assert score({"a": 2, "b": 1}, "ba")["ndcg@10"] == pytest.approx(0.8597, abs=5e-5)
    assert score({"a": 2, "b": 1}, "ab")["ndcg@10"] == 1.0


def test_recall_counts_every_grade_in_the_first_five() -> None:
    """Places 1 and 6 of two relevant passages: 1 of 2."""
    assert score({"a": 1, "f": 2}, "abcdef")["recall@5"] == 0.5


def test_the_eleventh_place_is_worth_nothing() -> None:
    """All measures stop at ten."""
    assert set(score({"k": 2}, "abcdefghijk").values()) == {0.0}


def test_a_question_without_a_ranking_scores_nothing() -> None:
    """It stays in the mean as zeros."""
    scores = score_rankings({"q": {"a": 1}, "r": {"a": 1}}, {"q": ["a"]})
    assert set(scores["r"].values()) == {0.0}
    assert set(scores["q"].values()) == {1.0}


@given(
    st.permutations(NAMES),
    st.dictionaries(st.sampled_from(NAMES), st.sampled_from([1, 2]), min_size=1),
)
def test_measures_equal_their_definitions(order: list[str], relevant: dict[str, int]) -> None:
    """Any order of fifteen passages, any grades, against the formulas written out."""

    def dcg(grades: list[int]) -> float:
        return sum(grade / math.log2(place + 1) for place, grade in enumerate(grades[:10], 1))

    gains = [relevant.get(name, 0) for name in order]
    first = next(place for place, gain in enumerate(gains, 1) if gain)
    assert score(relevant, "".join(order)) == pytest.approx(
        {
            "ndcg@10": dcg(gains) / dcg(sorted(gains, reverse=True)),
            "recall@5": sum(gain > 0 for gain in gains[:5]) / len(relevant),
            "success@1": float(first == 1),
            "success@5": float(first <= 5),
            "rr@10": 1 / first if first <= 10 else 0.0,
        }
    )


@pytest.mark.parametrize(
    ("budget", "expected"),
    [
        (11, 1.0),  # un deux + line feed + six: all 11 characters
        (10, 0.5),  # six lacks its last
        (7, 0.5),
        (6, 0.0),  # deux lacks its last
    ],
)
def test_context_recall_reads_up_to_the_budget(budget: int, expected: float) -> None:
    """Texts are joined by line feeds; a snippet cut in two is not seen."""
    assert context_recall(["deux", "six"], ["un deux", "six"], budget) == expected


def test_nothing_needed_is_all_seen() -> None:
    """Without a snippet the share is 1; without a text it is 0."""
    assert context_recall([], ["un"]) == 1.0
    assert context_recall(["un"], []) == 0.0


def test_refusal_by_hand() -> None:
    """Three answerable, two not; answered from .45 up.

    Of 3 x 2 pairs, .9 > .5, .9 > .3, .6 > .5, .6 > .3 and .4 > .3 are in order: AUC 5/6.
    The .5 is a false answer (1 of 2), the .4 a false refusal (1 of 3).
    """
    confidence = [0.9, 0.6, 0.4, 0.5, 0.3]
    found = score_refusal([True] * 3 + [False] * 2, confidence, [p >= 0.45 for p in confidence])
    assert found.auc == pytest.approx(5 / 6)
    assert (found.false_answers, found.false_refusals) == ((1, 2), (1, 3))


def test_a_tie_is_half_a_pair() -> None:
    """.5 against .5 and .2: (.5 + 1) / 2."""
    assert score_refusal([True, False, False], [0.5, 0.5, 0.2], [True] * 3).auc == 0.75


@pytest.mark.parametrize("answerable", [[], [True, True], [False, False]])
def test_one_class_alone_says_nothing_of_the_other(answerable: list[bool]) -> None:
    """AUC is .5; all are answered, which is wrong of those without an answer."""
    found = score_refusal(answerable, [0.5] * len(answerable), [True] * len(answerable))
    refused = answerable.count(False)
    assert found == (0.5, (refused, refused), (0, answerable.count(True)))


@pytest.mark.parametrize(
    ("successes", "trials", "expected"),
    [
        (81, 263, (0.2553, 0.3662)),
        (15, 148, (0.0624, 0.1605)),
        (0, 20, (0.0000, 0.1611)),
        (1, 29, (0.0061, 0.1718)),
    ],
)
def test_wilson_gives_the_published_intervals(
    successes: int, trials: int, expected: tuple[float, float]
) -> None:
    """Newcombe (1998), Statistics in Medicine 17:857-872, table I, method 3."""
    assert wilson(successes, trials) == pytest.approx(expected, abs=5e-5)


@pytest.mark.parametrize(
    ("successes", "expected"),
    [(0, (0.0, 0.2775)), (5, (0.2366, 0.7634)), (10, (0.7225, 1.0))],
)
def test_wilson_by_hand(successes: int, expected: tuple[float, float]) -> None:
    """Of ten trials, with z squared 3.8415.

    None: up to 3.8415 / 13.8415 = .2775; all: from 1 - .2775. Half: .5 more or less
    1.96 x sqrt(.025 + 3.8415 / 400) / 1.38415 = .2634.
    """
    assert wilson(successes, 10) == pytest.approx(expected, abs=5e-5)


def test_no_trial_bounds_nothing() -> None:
    """The interval is all there is."""
    assert wilson(0, 0) == (0.0, 1.0)


@given(st.integers(1, 10**6).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_holds_the_rate_within_0_and_1(case: tuple[int, int]) -> None:
    """However few or many trials."""
    low, high = wilson(*case)
    assert 0 <= low <= case[0] / case[1] <= high <= 1


def test_the_bootstrap_of_a_constant_is_the_constant() -> None:
    """Every resample has the same mean; without values there is nothing to bound."""
    assert bootstrap([0.25] * 8) == (0.25, 0.25)
    assert mean_of([0.25] * 8) == mean_of([0.25]) == Estimate(0.25, 0.25, 0.25)


def test_the_bootstrap_of_two_values_reaches_both() -> None:
    """A quarter of the resamples of 0 and 1 are 0, 0 and a quarter 1, 1: more than 2.5 %."""
    assert bootstrap([0.0, 1.0]) == (0.0, 1.0)


def test_the_bootstrap_comes_near_the_normal_interval() -> None:
    """Half of 400 are 1: .5 more or less 1.96 x .5 / 20 = .049."""
    assert bootstrap([0.0, 1.0] * 200) == pytest.approx((0.451, 0.549), abs=0.01)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=40))
def test_the_bootstrap_holds_the_mean(values: list[float]) -> None:
    """Whatever the values; it stays between the least and the greatest."""
    found, rounding = mean_of(values), 1e-9
    mean, low, high = found.mean, found.low, found.high
    assert mean == pytest.approx(sum(values) / len(values))
    assert min(values) - rounding <= low <= mean + rounding
    assert mean - rounding <= high <= max(values) + rounding


def test_a_mean_is_written_with_its_interval() -> None:
    """1 and .5: a quarter of the resamples hold one of them twice, so both are reached."""
    assert mean_of([1.0, 0.5]) == Estimate(0.75, 0.5, 1.0)
    assert mean_of([1.0, 0.5]).text(".3f", ".2f") == "0.750 [0.50, 1.00]"
    assert mean_of([1.0, 0.5]).half == 0.25
    assert mean_of([]) == Estimate(0.0, 0.0, 0.0)


def test_a_share_is_written_with_its_interval() -> None:
    """Of ten all: [.722, 1]; of ten a half: [.237, .763]; of none there is nothing to say."""
    assert share_of(10, 10).half == pytest.approx(0.139, abs=1e-3)
    assert share_of(5, 10).half == pytest.approx(0.263, abs=1e-3)
    assert share_of(0, 0) == Estimate(0.0, 0.0, 1.0)
    assert rate_text(5, 10) == "5/10 = 0.50 [0.24, 0.76]"
    assert rate_text(0, 0) == "none"


def test_a_ratio_is_of_sums_and_bounded_over_questions() -> None:
    """Three of four, whichever question holds them; alike questions leave no doubt."""
    assert ratio_of([(3, 3), (0, 1)]).mean == 0.75
    assert ratio_of([(1, 2)] * 9) == Estimate(0.5, 0.5, 0.5)
    assert ratio_of([]) == ratio_of([(0, 0)]) == Estimate(0.0, 0.0, 0.0)
    wide = ratio_of([(1, 1), (0, 1)] * 5)
    assert wide.low < 0.3
    assert wide.high > 0.7
