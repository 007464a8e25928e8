"""Tables and the page of a run, from outcomes made by hand."""

from eval.ablation import RecipeScores
from eval.report import (
    as_markdown,
    as_table,
    failure_rows,
    recipe_rows,
    refusal_rows,
    retrieval_rows,
    run_markdown,
    type_rows,
    wrong_status_rows,
)
from eval.run import summarise
from tests.eval.outcomes import outcome

MEASURES = ["ndcg@10", "recall@5", "success@1", "success@5", "rr@10"]


def test_ranking_is_counted_and_averaged_per_language() -> None:
    """Scores 1 and .5 average .75, and the unanswerable question is not counted.

    A quarter of the resamples of two values hold the lower twice, a quarter the higher:
    the interval reaches both.
    """
    rows = retrieval_rows(
        [outcome("a-fr", score=1.0), outcome("b-fr", score=0.5), outcome("c-en", answerable=False)]
    )
    assert rows == [
        ["language", "questions", *MEASURES, "nDCG@10 95 %"],
        ["all", "2", *["0.750"] * 5, "[0.50, 1.00]"],
        ["fr", "2", *["0.750"] * 5, "[0.50, 1.00]"],
        ["en", "0", *["0.000"] * 5, "[0.00, 0.00]"],
    ]


def test_types_stand_in_order_with_their_counts() -> None:
    """One row a type of answerable question."""
    rows = type_rows(
        [
            outcome("a-fr", kind="typo", score=1.0),
            outcome("b-en", kind="list", score=0.25),
            outcome("c-fr", kind="typo"),
            outcome("d-fr", answerable=False),
        ]
    )
    assert rows == [
        ["type", "questions", *MEASURES],
        ["list", "1", *["0.250"] * 5],
        ["typo", "2", *["0.500"] * 5],
    ]


def test_refusals_show_count_rate_and_interval() -> None:
    """Wilson at 95 %, z squared 3.84.

    1 of 2 is .5 more or less 1.96 x sqrt(.125 + 3.84 / 16) / 2.92 = .41; 0 of n goes up to
    3.84 / (n + 3.84), .79 and .66, and 1 of 1 starts at 1 - .79. 1 of 3 is
    (1/3 + .64) / 2.28 = .43 more or less 1.96 x sqrt(2/27 + 3.84 / 36) / 2.28 = .37.
    """
    rows = refusal_rows(
        [
            outcome("a-fr", answerable=False, status="answered", confidence=0.9),
            outcome("b-fr", status="related", confidence=0.4),
            outcome("c-en", answerable=False, status="not_found", confidence=0.1),
            outcome("d-en", status="answered", confidence=0.8),
            outcome("e-en", status="answered", confidence=0.7),
        ]
    )
    assert rows == [
        ["language", "AUC", "false answers", "95 %", "false refusals", "95 %"],
        ["all", "0.500", "1/2 = 0.50", "[0.09, 0.91]", "1/3 = 0.33", "[0.06, 0.79]"],
        ["fr", "0.000", "1/1 = 1.00", "[0.21, 1.00]", "1/1 = 1.00", "[0.21, 1.00]"],
        ["en", "1.000", "0/1 = 0.00", "[0.00, 0.79]", "0/2 = 0.00", "[0.00, 0.66]"],
    ]


def test_a_recipe_stands_beside_what_it_adds() -> None:
    """Both questions gain .25, in every resample; the first row has none above it."""
    before = dict.fromkeys(MEASURES, 0.25)
    after = dict.fromkeys(MEASURES, 0.5)
    rows = recipe_rows(
        [
            RecipeScores("plain", {"a-fr": before, "a-en": before}),
            RecipeScores("better", {"a-fr": after, "a-en": after}),
        ]
    )
    assert [len(row) for row in rows] == [len(rows[0])] * 3
    assert rows[0][:4] == ["ranking", "ndcg@10", "success@1", "recall@5"]
    assert [(row[0], row[1], row[-1]) for row in rows[1:]] == [
        ("plain", "0.250", ""),
        ("better", "0.500", "[0.25, 0.25]"),
    ]


def test_failures_are_answerable_questions_with_a_wrong_first() -> None:
    """A right first, of any grade, and an unanswerable question are not listed.

    The passages wanted stand best grade first, three at most.
    """
    rows = failure_rows(
        [
            outcome("right-fr", relevant={"a": 1}, ranking=("a", "b")),
            outcome("none-fr", answerable=False, ranking=("b",)),
            outcome(
                "wrong-fr",
                kind="list",
                question="Qui?",
                relevant={"a": 1, "c": 2, "d": 1, "e": 1},
                ranking=("b", "c"),
                reasons={"late": 0.25, "dense": 0.875},
            ),
            outcome("empty-en", question="Who?", relevant={"a": 2}),
        ]
    )
    assert rows == [
        ["id", "type", "question", "first", "wanted", "legs of the first"],
        ["wrong-fr", "list", "Qui?", "b", "c, a, d", "late 0.25, dense 0.88"],
        ["empty-en", "factual", "Who?", "", "a", ""],
    ]


def test_wrong_statuses_are_listed_with_their_note() -> None:
    """An answer to an unanswerable question, and no answer to an answerable one."""
    rows = wrong_status_rows(
        [
            outcome("a-fr", status="answered"),
            outcome("b-fr", answerable=False, status="related"),
            outcome("c-fr", status="related", confidence=0.4),
            outcome("d-en", answerable=False, note="near miss", confidence=0.9),
        ]
    )
    assert rows == [
        ["id", "question", "status", "confidence", "note"],
        ["c-fr", "Quoi?", "related", "0.40", ""],
        ["d-en", "Quoi?", "answered", "0.90", "near miss"],
    ]


def test_a_bar_in_a_cell_does_not_end_it() -> None:
    """It is escaped, in the header as well."""
    assert as_markdown([["a|b", "c"], ["1", "2|3|4"]]) == (
        "| a\\|b | c |\n|---|---|\n| 1 | 2\\|3\\|4 |"
    )


def test_the_terminal_table_has_every_row() -> None:
    """One column a header, one row a row."""
    table = as_table("Title", [["a", "b"], ["1", "2"], ["3", "4"]])
    assert [column.header for column in table.columns] == ["a", "b"]
    assert table.row_count == 2


def test_the_page_of_a_run_has_its_headings_and_counts() -> None:
    """The index is named first, and every wrong question is on the page."""
    outcomes = [
        outcome("right-fr", relevant={"a": 1}, ranking=("a",)),
        outcome("wrong-en", relevant={"a": 1}, ranking=("b",), question="a|b?"),
        outcome("no-en", answerable=False, status="related"),
    ]
    lines = run_markdown(summarise(outcomes), outcomes, "abc123").split("\n")
    assert lines[0] == "# Evaluation of index abc123"
    assert "3 questions, 1 unanswerable." in lines
    assert {
        "## Ranking per language",
        "## Ranking per type",
        "## Refusal",
        "## First passage wrong",
        "## Status wrong",
    } <= set(lines)
    assert [line for line in lines if "right-fr" in line or "no-en" in line] == []
    assert [line for line in lines if "wrong-en" in line and "a\\|b?" in line]
