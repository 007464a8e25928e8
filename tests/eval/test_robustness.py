"""Losses, agreement and gaps: by hand, and with the real service on a few questions."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ccs_qa.search import HYBRID
from ccs_qa.service import QAService
from eval import checks, opened
from eval.ablation import RecipeScores, score_recipe
from eval.gold import GoldRow, QuestionType, load_gold
from eval.perturb import PERTURBATIONS
from eval.robustness import (
    Agreement,
    FollowUpGap,
    Loss,
    agreement,
    follow_up_gap,
    follow_up_twins,
    language_pairs,
    perturbed,
    score_robustness,
)
from eval.tables import agreement_rows, gap_rows, loss_rows
from tests.conftest import ROOT
from tests.eval.outcomes import outcome

DEVELOPMENT = ROOT / "eval" / "gold" / "dev.jsonl"


def row(
    name: str, *, kind: QuestionType = "factual", answerable: bool = True, question: str = "Quoi?"
) -> GoldRow:
    """Make a question; the name ends in the language."""
    return outcome(name, kind=kind, answerable=answerable, question=question).row


def scores(values: Mapping[str, float]) -> RecipeScores:
    """Make scores whose every measure is the value."""
    return RecipeScores(
        "made", {name: {"ndcg@10": x, "success@5": x} for name, x in values.items()}
    )


@pytest.fixture(scope="module")
def gold(service: QAService) -> tuple[GoldRow, ...]:
    """The development questions."""
    return load_gold([DEVELOPMENT], service.corpus)


def test_a_loss_by_hand() -> None:
    """Losses 0, .5 and .25: mean .25; of the two that changed, .375.

    A quarter of the resamples of two values hold the lower twice, a quarter the higher:
    the interval of what changed reaches both.
    """
    loss = Loss(
        "typos",
        before=scores({"a-fr": 1.0, "b-fr": 1.0, "c-en": 0.5}),
        after=scores({"c-en": 0.25, "b-fr": 0.5, "a-fr": 1.0}),
        changed=frozenset({"b-fr", "c-en"}),
    )
    assert loss.losses() == [0.0, 0.5, 0.25]
    assert loss.losses(changed_only=True) == [0.5, 0.25]
    assert loss.interval(changed_only=True) == (0.25, 0.5)
    low, high = loss.interval()
    assert 0 <= low <= 0.25 <= high <= 0.5
    assert loss_rows([loss])[1] == [
        "typos",
        "2/3",
        "0.833",
        "0.583",
        f"+0.250 [{low:+.3f}, {high:+.3f}]",
        "+0.375 [+0.250, +0.500]",
    ]


def test_a_perturbation_that_changes_nothing_has_no_loss() -> None:
    """The loss of no question is not shown as a figure."""
    same = scores({"a-fr": 1.0})
    loss = Loss("accents dropped", same, same, frozenset())
    assert loss.interval() == (0.0, 0.0)
    assert loss_rows([loss])[1][-2:] == ["+0.000 [+0.000, +0.000]", ""]


def test_agreement_by_hand() -> None:
    """5 of 10: Wilson gives .2366 to .7634; without pairs, all there is."""
    found = Agreement(10, tuple("abcde"), 8)
    assert (found.same, found.rate) == (5, 0.5)
    assert found.interval == pytest.approx((0.2366, 0.7634), abs=5e-5)
    assert agreement_rows(found)[1] == [
        "10",
        "5/10 = 0.50",
        "[0.24, 0.76]",
        "8/10",
        "a, b, c, d, e",
    ]
    none = Agreement(0, (), 0)
    assert (none.rate, none.interval) == (0.0, (0.0, 1.0))


def test_a_gap_by_hand() -> None:
    """Follow-ups find 1 of 2, twins both: .5, between no miss and two in a resample.

    Wilson: 1 of 2 is .09 to .91; 2 of 2 starts at 1 - 3.84 / 5.84.
    """
    found = FollowUpGap(
        follow_ups=scores({"a-en": 1.0, "b-fr": 0.0}),
        twins=scores({"as-en": 1.0, "bs-fr": 1.0}),
    )
    assert (found.gap, found.interval) == (0.5, (0.0, 1.0))
    assert gap_rows(found)[1:] == [
        ["follow-ups", "1/2 = 0.50", "[0.09, 0.91]"],
        ["twins", "2/2 = 1.00", "[0.34, 1.00]"],
        ["gap", "+0.50", "[+0.00, +1.00]"],
    ]


def test_pairs_share_all_but_the_language() -> None:
    """A half without the other makes no pair, in whatever order they stand."""
    rows = [row("a-en"), row("b-fr"), row("c-fr"), row("a-fr"), row("c-en"), row("d-en")]
    assert [(one.id, other.id) for one, other in language_pairs(rows)] == [
        ("c-fr", "c-en"),
        ("a-fr", "a-en"),
    ]


def test_twins_have_an_s_before_the_language() -> None:
    """Only follow-ups have one, and in their own language."""
    rows = [
        row("df01-en", kind="follow-up"),
        row("df01s-en"),
        row("df02-fr", kind="follow-up"),
        row("df02s-en"),
        row("e03-en"),
        row("e03s-en"),
    ]
    assert [(one.id, other.id) for one, other in follow_up_twins(rows)] == [("df01-en", "df01s-en")]


def test_mistakes_depend_on_the_id_alone() -> None:
    """The same row is mistyped alike, another otherwise; all but the question stays."""
    question = "Pourquoi certaines personnes préfèrent-elles toujours le comptoir ? " * 5
    one, other = row("a-fr", question=question), row("b-fr", question=question)
    change = PERTURBATIONS["typos"]
    assert perturbed(one, change) == perturbed(one, change)
    assert perturbed(one, change).question != perturbed(other, change).question
    assert perturbed(one, change).model_copy(update={"question": question}) == one


def test_real_questions_are_perturbed_and_scored(
    service: QAService, gold: tuple[GoldRow, ...]
) -> None:
    """Scores equal those of the perturbed questions asked one by one, changed or not."""
    asked = {
        item.id: item for item in gold if item.id in {"dev-p01-fr", "dev-p01-en", "dev-f24-fr"}
    }
    refused = next(item for item in gold if not item.answerable)
    found = score_robustness(service, [*asked.values(), refused])
    assert [loss.name for loss in found] == list(PERTURBATIONS)
    for loss in found:
        others = [perturbed(item, PERTURBATIONS[loss.name]) for item in asked.values()]
        assert loss.changed == {
            item.id for item in others if item.question != asked[item.id].question
        }
        assert set(loss.before.rows) == set(loss.after.rows) == set(asked)
        assert loss.after.rows == score_recipe(service, others, HYBRID).rows


def test_real_pairs_agree_with_themselves(service: QAService, gold: tuple[GoldRow, ...]) -> None:
    """The same question under both ids finds the same; two others differ, each rightly."""
    first, other = (item for item in gold if item.id in {"dev-p01-en", "dev-p08-en"})
    halves = {"a-fr": first, "a-en": first, "b-fr": first, "b-en": other}
    rows = [item.model_copy(update={"id": name}) for name, item in halves.items()]
    found = agreement(service, rows)
    assert found == Agreement(2, ("b",), 2)


def test_real_follow_ups_are_scored_beside_their_twins(
    service: QAService, gold: tuple[GoldRow, ...]
) -> None:
    """Those without a twin are left out."""
    rows = [item for item in gold if item.id.startswith(("dev-df01", "dev-df06", "dev-e24"))]
    found = follow_up_gap(service, rows)
    assert list(found.follow_ups.rows) == ["dev-df01-en", "dev-df06-fr"]
    assert list(found.twins.rows) == ["dev-df01s-en", "dev-df06s-fr"]
    assert -1 <= found.interval[0] <= found.gap <= found.interval[1] <= 1


def test_the_command_shows_three_tables(
    service: QAService, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every perturbation, the pairs and the gap."""
    monkeypatch.setattr(opened, "open_service", lambda _settings: service)
    lines = DEVELOPMENT.read_text("utf-8").splitlines()
    few = [line for line in lines if json.loads(line)["id"].startswith(("dev-p01", "dev-df01"))]
    file = tmp_path / "few.jsonl"
    file.write_text("\n".join(few), "utf-8")
    result = CliRunner().invoke(
        checks.app, ["robustness", "--gold", str(file)], env={"COLUMNS": "160"}
    )
    assert result.exit_code == 0, result.output
    for name in (*PERTURBATIONS, "same first passage", "follow-ups", "twins"):
        assert name in result.stdout


def test_a_missing_gold_file_stops_the_command(
    service: QAService, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exit code 1, the file named on stderr."""
    monkeypatch.setattr(opened, "open_service", lambda _settings: service)
    result = CliRunner().invoke(checks.app, ["robustness", "--gold", str(tmp_path / "none.jsonl")])
    assert result.exit_code == 1
    assert "none.jsonl" in result.stderr
