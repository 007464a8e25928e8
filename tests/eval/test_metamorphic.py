"""Questions typed otherwise: what the changes make, and what is counted, by hand."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from ccs_qa.service import QAService
from eval import checks, opened
from eval.metamorphic import (
    TOPICS,
    Asked,
    Measured,
    Pair,
    change_lines,
    drop_hyphens,
    measure,
    stability_rows,
    toggle_mark,
    variants,
)


def test_what_the_changes_make() -> None:
    """A hyphen between letters goes, one in a date stays; the mark goes or comes."""
    assert drop_hyphens("Qu'a-t-on dit le 2025-06-02 ?") == "Qu'a t on dit le 2025-06-02 ?"
    assert toggle_mark("Où ?", "fr") == "Où"
    assert toggle_mark("où", "fr") == "où ?"
    assert toggle_mark("where", "en") == "where?"
    assert variants(Asked("en", "A-b?")) == {
        "lower case": "a-b?",
        "upper case": "A-B?",
        "hyphens dropped": "A b?",
        "final mark": "A-b",
    }
    assert variants(Asked("en", "fraud", bare=True)) == {
        "upper case": "FRAUD",
        "final mark": "fraud?",
        "frame: said about": "What did the committee say about fraud?",
        "frame: recommended": "Did they recommend fraud?",
    }
    assert all(len(set(topics)) == len(topics) > 20 for topics in TOPICS.values())


def test_what_is_counted() -> None:
    """Of two pairs one keeps both; the interval is that of one in two."""
    kept = Pair("a", "A", ("answered", "answered"), ("x", "x"))
    moved = Pair("b", "B", ("answered", "related"), ("x", None))
    found = [Measured("upper case", "en", (kept, moved))]
    share = "1/2 = 0.500 [0.095, 0.905]"
    assert stability_rows(found)[1:] == [["upper case", "en", "2", share, share]]
    assert change_lines(found) == ["upper case\ten\tanswered → related\tx → None\tb → B"]


def test_a_question_is_compared_with_itself(
    service: QAService, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The real service; the command over no gold question but the bare subjects."""
    (upper,) = (
        item
        for item in measure(service, [Asked("fr", "Passeports et confiance")])
        if item.name == "upper case"
    )
    assert [pair.after for pair in upper.pairs] == ["PASSEPORTS ET CONFIANCE"]
    monkeypatch.setattr(opened, "open_service", lambda _settings: service)
    monkeypatch.setattr("eval.metamorphic.TOPICS", {"fr": ("fraude",), "en": ("fraud",)})
    gold = tmp_path / "none.jsonl"
    gold.write_text("", "utf-8")
    result = CliRunner().invoke(checks.app, ["metamorphic", "--gold", str(gold), "--show"])
    assert result.exit_code == 0, result.output
    assert "upper case" in result.output
