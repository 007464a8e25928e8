"""`python -m eval`, on gold files of a few rows and the real service."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ccs_qa.service import QAService
from eval import __main__ as cli
from eval import gate
from eval.probes import FAITHFUL
from tests.conftest import ROOT
from tests.eval.outcomes import AGREED, form


@pytest.fixture(autouse=True)
def shared_service(monkeypatch: pytest.MonkeyPatch, service: QAService) -> None:
    """The service of the test run is the one that the command opens."""
    monkeypatch.setattr(cli, "open_service", lambda _settings: service)


@pytest.fixture
def lines() -> list[str]:
    """Two development questions that are answerable and two that are not."""
    lines = (ROOT / "eval" / "gold" / "dev.jsonl").read_text("utf-8").splitlines()
    answerable = [line for line in lines if json.loads(line)["answerable"]]
    others = [line for line in lines if not json.loads(line)["answerable"]]
    return [*answerable[:2], *others[:2]]


def test_a_run_writes_report_figures_and_questions(lines: list[str], tmp_path: Path) -> None:
    """A page, the agreed figures twice, and one line a question, in order."""
    gold, out, figures = tmp_path / "g.jsonl", tmp_path / "out", tmp_path / "deep" / "f.json"
    gold.write_text("\n".join(lines), "utf-8")
    arguments = ["run", "--gold", str(gold), "--out", str(out), "--json", str(figures)]
    result = CliRunner().invoke(cli.app, arguments)
    assert result.exit_code == 0, result.output
    found = json.loads(figures.read_text("utf-8"))
    assert form(found) == AGREED
    assert (found["n"]["all"], found["n"]["unanswerable"]) == (4, 2)
    assert json.loads((out / "report.json").read_text("utf-8")) == found
    assert (out / "report.md").read_text("utf-8").startswith("# Evaluation of index ")
    questions = (out / "questions.jsonl").read_text("utf-8").splitlines()
    assert [json.loads(line)["id"] for line in questions] == [
        json.loads(line)["id"] for line in lines
    ]
    assert all(json.loads(line)["question"] for line in questions)


def test_a_broken_gold_file_stops_with_the_reason(lines: list[str], tmp_path: Path) -> None:
    """Exit code 1, file, line and reason on stderr, nothing written."""
    gold, out = tmp_path / "broken.jsonl", tmp_path / "out"
    gold.write_text("\n".join([*lines, lines[0]]), "utf-8")
    result = CliRunner().invoke(cli.app, ["run", "--gold", str(gold), "--out", str(out)])
    assert result.exit_code == 1
    assert result.stderr.startswith("broken.jsonl:5: ")
    assert "stands twice" in result.stderr
    assert not out.exists()


def test_a_missing_gold_file_is_named(tmp_path: Path) -> None:
    """Exit code 1."""
    result = CliRunner().invoke(cli.app, ["run", "--gold", str(tmp_path / "none.jsonl")])
    assert result.exit_code == 1
    assert "none.jsonl" in result.stderr


@pytest.mark.parametrize(("value", "code"), [(0.5, 0), (0.25, 1)])
def test_the_gate_fails_below_its_floor(
    value: float, code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The floor is .75 - .25; what fails is said on stderr."""
    bound = {"figure": "a/b", "measured": 0.75, "tolerance": 0.25, "better": "higher"}
    gate, baseline = tmp_path / "gate.json", tmp_path / "baseline.json"
    gate.write_text(json.dumps([bound]), "utf-8")
    baseline.write_text("{}", "utf-8")
    monkeypatch.setattr(cli, "GATE", gate)
    monkeypatch.setattr(cli, "BASELINE", baseline)
    monkeypatch.setattr(cli, "_measure", lambda _part: ({"a": {"b": value}}, {}))
    result = CliRunner().invoke(cli.app, ["gate"])
    assert result.exit_code == code
    assert ("a/b = 0.250 (>= 0.500)" in result.stderr) == bool(code)


@pytest.mark.parametrize("arguments", [["--without", "hint"], ["--without", "late", "--accept"]])
def test_the_gate_breaks_what_it_knows_and_keeps_no_broken_ranking(arguments: list[str]) -> None:
    """Exit code 2 before anything is measured."""
    assert CliRunner().invoke(cli.app, ["gate", *arguments]).exit_code == 2


def test_the_gate_measures_and_keeps(
    lines: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its own figures go into the summary and every question into the baseline."""
    gold, bounds, baseline = (tmp_path / name for name in ("g.jsonl", "gate.json", "baseline.json"))
    gold.write_text("\n".join(lines), "utf-8")
    bound = {"figure": "denied", "measured": 0, "tolerance": 0, "better": "lower"}
    bounds.write_text(json.dumps([bound]), "utf-8")

    found = {"denied": 1}
    monkeypatch.setattr(cli, "DEVELOPMENT", (gold,))
    monkeypatch.setattr(cli, "GATE", bounds)
    monkeypatch.setattr(cli, "BASELINE", baseline)
    monkeypatch.setattr(gate, "measure_guards", lambda *_parts, **_named: found)
    result = CliRunner().invoke(cli.app, ["gate", "--accept"])
    assert result.exit_code == 1
    assert "FAIL denied = 1.000 (<= 0.000)" in result.stderr
    assert "ok   hybrid ndcg@10/all +0.000" in result.stdout
    asked = [json.loads(line)["id"] for line in lines[:2]]
    kept = json.loads(baseline.read_text("utf-8"))
    assert {name: [*scores] for name, scores in kept.items()} == {
        "hybrid": asked,
        "without hints": asked,
    }


def ten(folder: Path) -> Path:
    """Write a gold file of ten questions."""
    lines = (ROOT / "eval" / "gold" / "dev.jsonl").read_text("utf-8").splitlines()
    gold = folder / "gold.jsonl"
    gold.write_text("\n".join(lines[:: len(lines) // 10][:10]), "utf-8")
    return gold


def test_an_adversary_reaches_nobody(tmp_path: Path) -> None:
    """Through the service: true sentences pass, altered ones do not."""
    figures = tmp_path / "figures.json"
    arguments = ["run", "--mode", "generative", "--adversary", "--gold", str(ten(tmp_path))]
    arguments += ["--out", str(tmp_path), "--json", str(figures)]
    result = CliRunner().invoke(cli.app, arguments)
    assert result.exit_code == 0, result.output
    found = json.loads(figures.read_text("utf-8"))
    generation = found.pop("generation")
    assert form(found) == AGREED
    assert generation["outcomes"]["unavailable"] == 0
    assert generation["outcomes"]["used"] > 0
    altered = [counts for kind, counts in generation["adversary"].items() if kind not in FAITHFUL]
    assert altered
    assert sum(counts["passed"] for counts in altered) == 0
    assert generation["adversary"]["verbatim"]["passed"] > 0
    assert found["citations"]["verified"] == 1.0


def test_without_an_endpoint_the_mode_is_refused(tmp_path: Path) -> None:
    """With what to set."""
    arguments = [
        "run",
        "--mode",
        "generative",
        "--gold",
        str(ten(tmp_path)),
        "--out",
        str(tmp_path),
    ]
    result = CliRunner().invoke(cli.app, arguments)
    assert result.exit_code == 1
    assert "CCS_QA_LLM_URL" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["robustness"], ["typos", "same first passage", "follow-ups", "twins"]),
        (["robustness", "--answers"], ["other status"]),
        (["facts"], ["Cohen's kappa", "in use"]),
        (["attribution"], ["unseen"]),
        (["ablation"], ["late interaction"]),
        (["compare"], ["LangChain default", "reciprocal rank", "ours"]),
    ],
)
def test_a_command_prints_its_tables(
    arguments: list[str], said: list[str], lines: list[str], tmp_path: Path
) -> None:
    """With the words that its rows are known by."""
    gold = tmp_path / "g.jsonl"
    gold.write_text("\n".join(lines), "utf-8")
    if arguments[0] not in ("attribution", "facts"):
        arguments += ["--gold", str(gold)]
    result = CliRunner().invoke(cli.app, arguments)
    assert result.exit_code == 0, result.output
    assert [word for word in said if word not in result.stdout] == []


def test_a_service_that_is_not_there_stops_with_the_reason(
    lines: list[str], tmp_path: Path
) -> None:
    """Exit code 1, one line; a model cannot be asked over HTTP."""
    gold = tmp_path / "g.jsonl"
    gold.write_text(lines[0], "utf-8")
    arguments = ["run", "--gold", str(gold), "--url", "http://127.0.0.1:9", "--out", str(tmp_path)]
    result = CliRunner().invoke(cli.app, arguments)
    assert result.exit_code == 1
    assert "refused" in result.stderr
    assert CliRunner().invoke(cli.app, [*arguments, "--mode", "generative"]).exit_code == 2
