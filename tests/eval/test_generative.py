"""Scores of the generative mode: by arithmetic, and through the real service."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ccs_qa.generation import GenerationOutcome
from ccs_qa.service import QAService
from eval import __main__ as cli
from eval import opened
from eval.generative import (
    UNKNOWN,
    Generated,
    Sentence,
    adversary_rows,
    sentence_rows,
    summarise_generated,
)
from tests.conftest import ROOT
from tests.eval.outcomes import AGREED, form, outcome


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
) -> Generated:
    """Make an entry; passages `a` and `b` are relevant."""
    asked = outcome(name, relevant={"a": 2, "b": 1}, cited=cited, verified=len(cited))
    return Generated(asked, generation, kept, dropped, named, sound, offered)


FOUND = (
    generated("1-fr", "used", cited=("a", "x"), kept=3, dropped=("number",),
              named=(("a",), ("x",), ("a", "x")), sound=3),
    generated("2-en", "used", cited=("b",), kept=1, named=(("b",),), sound=1),
    generated("3-fr", "unsupported", cited=("a",), kept=1, dropped=("form", "number")),
    generated("4-fr", "unneeded", cited=("x",)),
)  # fmt: skip


def test_sentences_and_their_citations_are_scored() -> None:
    """4 of 8 kept are shown; quotes named: a x b, of which two are relevant; a is needed twice."""
    figures = summarise_generated(FOUND)
    assert figures["outcomes"] == {"used": 2, "unsupported": 1, "unavailable": 0, "unneeded": 1}
    counts = figures["sentences"]
    assert (counts["offered"], counts["kept"], counts["shown"]) == (8, 5, 4)
    assert {name: value for name, value in counts["dropped"].items() if value} == {
        "form": 1,
        "number": 2,
    }
    assert figures["citations"] == {
        "precision": round(2 / 3, 4),
        "recall": 0.5,
        "verified": 1.0,
        "sentence_precision": 0.75,
        "sentences_verified": 1.0,
    }
    assert sentence_rows(figures)[1][:2] == ["offered", "8"]


def test_a_quote_that_is_not_its_document_is_counted() -> None:
    """One of two sentences shown names one."""
    entry = generated("1-fr", "used", cited=("a",), kept=2, named=(("a",), ("a",)), sound=1)
    assert summarise_generated([entry])["citations"]["sentences_verified"] == 0.5


def test_sentences_of_an_adversary_are_counted_by_kind() -> None:
    """What reached a person though it was altered, or was never written, stands out."""
    offered = (
        Sentence("verbatim", passed=True, reached=True),
        Sentence("verbatim", passed=True, reached=False),
        Sentence("number", passed=False, reached=False),
        Sentence(UNKNOWN, passed=True, reached=True),
    )
    kinds = summarise_generated([generated("1-fr", "used", offered=offered)])["adversary"]
    assert kinds["verbatim"] == {"offered": 2, "passed": 2, "reached": 1}
    rows = adversary_rows(kinds)
    assert [row[:4] for row in rows[1:]] == [
        ["true", "verbatim", "2", "2"],
        ["true", "all", "2", "2"],
        ["altered", "number", "1", "0"],
        ["altered", "unknown", "1", "1"],
        ["altered", "all", "2", "1"],
    ]


@pytest.fixture
def shared(monkeypatch: pytest.MonkeyPatch, service: QAService, tmp_path: Path) -> Path:
    """A gold file of ten questions, asked of the service of the test run."""
    monkeypatch.setattr(opened, "open_service", lambda _settings: service)
    lines = (ROOT / "eval" / "gold" / "dev.jsonl").read_text("utf-8").splitlines()
    gold = tmp_path / "gold.jsonl"
    gold.write_text("\n".join(lines[:: len(lines) // 10][:10]), "utf-8")
    return gold


def test_an_adversary_reaches_nobody(shared: Path, tmp_path: Path) -> None:
    """Through the service and a socket: true sentences pass, altered ones do not."""
    figures = tmp_path / "figures.json"
    arguments = ["run", "--mode", "generative", "--adversary", "--gold", str(shared)]
    arguments += ["--out", str(tmp_path), "--json", str(figures)]
    result = CliRunner().invoke(cli.app, arguments)
    assert result.exit_code == 0, result.output
    found = json.loads(figures.read_text("utf-8"))
    generation = found.pop("generation")
    assert form(found) == AGREED
    assert generation["outcomes"]["unavailable"] == 0
    assert generation["outcomes"]["used"] > 0
    altered = [counts for kind, counts in generation["adversary"].items() if kind not in PASSABLE]
    assert altered
    assert sum(counts["passed"] for counts in altered) == 0
    assert generation["adversary"]["verbatim"]["passed"] > 0
    assert found["citations"]["verified"] == 1.0
    assert generation["citations"]["sentences_verified"] == 1.0


PASSABLE = {"verbatim", "shortened", "introduced", "joined", "inflected", "reworded"}


def test_without_an_endpoint_the_mode_is_refused(shared: Path, tmp_path: Path) -> None:
    """With what to set."""
    arguments = ["run", "--mode", "generative", "--gold", str(shared), "--out", str(tmp_path)]
    result = CliRunner().invoke(cli.app, arguments)
    assert result.exit_code == 1
    assert "CCS_QA_LLM_URL" in result.stderr
