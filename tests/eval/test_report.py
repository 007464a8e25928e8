"""A report on the terminal, as Markdown, and as a page that escapes all and loads nothing."""

import io
import json
from html.parser import HTMLParser
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

from ccs_qa.service import QAService
from eval import __main__ as cli
from eval.metrics import Estimate
from eval.report import Plot, Report, Section, Table, as_html, as_markdown, show
from tests.conftest import ROOT

HOSTILE = "<script src='https://x.example/a.js'></script>\"><img onerror=alert(1) src=x> {{ 7*7 }}"
LOADING = {"src", "srcset", "href", "xlink:href", "action", "poster", "data", "background"}
SECTIONS = [f"section-{at}" for at in range(1, 9)]


class Walker(HTMLParser):
    """Collects tags, the addresses they would load, and text."""

    def __init__(self) -> None:
        """Start with nothing."""
        super().__init__()
        self.tags: list[str] = []
        self.addresses: list[str] = []
        self.handlers: list[str] = []
        self.ids: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag."""
        self.tags.append(tag)
        for name, value in attrs:
            if name in LOADING:
                self.addresses.append(value or "")
            if name.startswith("on"):
                self.handlers.append(name)
            if name == "id":
                self.ids.append(value or "")

    def handle_data(self, data: str) -> None:
        """Note a text."""
        self.text += data


def walk(page: str) -> Walker:
    """Read a page."""
    walker = Walker()
    walker.feed(page)
    return walker


def hostile_report() -> Report:
    """Make a report every text of which is hostile."""
    table = Table(HOSTILE, [[HOSTILE, "n"], [HOSTILE, "1"]])
    section = Section(HOSTILE, HOSTILE, (table,), (Plot("plot", {}),))
    return Report(HOSTILE, ((HOSTILE, HOSTILE),), (section,))


def check_alone(page: str) -> Walker:
    """Check that a page loads and runs nothing."""
    found = walk(page)
    assert {"script", "link", "img", "iframe", "object", "form"}.isdisjoint(found.tags)
    assert all(address.startswith("#") for address in found.addresses)
    assert found.handlers == []
    assert "@import" not in page
    assert "url(http" not in page
    return found


def test_hostile_text_is_shown_as_typed() -> None:
    """In every field there is, attributes included.

    Title 2, facts 2, section 3 (link, heading, lead), table 3.
    """
    found = check_alone(as_html(hostile_report()))
    assert found.text.count(HOSTILE) == 10


def test_a_plot_is_drawn_to_scale() -> None:
    """From 240 on 640 units are 1: .5 is a bar of 320, .25 to .75 an interval from 400 to 720."""
    plot = Plot("nDCG@10 per type, 95 %", {"list (1)": Estimate(0.5, 0.25, 0.75)})
    page = as_html(Report("", (), (Section("", "", (), (plot,)),)))
    found = check_alone(page)
    assert "list (1)" in found.text
    assert "nDCG@10 per type, 95 %" in found.text
    assert 'x="240" y="5" width="320.0"' in page
    assert 'd="M400.0 14H720.0"' in page


def test_who_reads_along_sees_tables_and_a_file_gets_markdown() -> None:
    """With a bar in a cell escaped, and without the plot."""
    table = Table("Open", [["a|b", "c"], ["1", "2|3"]])
    section = Section("Title", "Lead.", (table,), (Plot("Plot", {}),))
    written = []
    for terminal in (True, False):
        console = Console(file=io.StringIO(), force_terminal=terminal, width=60, markup=False)
        show(console, table)
        written.append(console.file.getvalue())  # type: ignore[attr-defined]  # it writes to a StringIO
    assert "a|b" in written[0]
    assert written[1] == "### Open\n\n| a\\|b | c |\n|---|---|\n| 1 | 2\\|3 |\n\n"
    found = as_markdown(Report("Report", (("n", "3"),), (section,)))
    assert found == f"# Report\n\n- n: 3\n\n## Title\n\nLead.\n\n{written[1][:-1]}"


@pytest.fixture
def gold(tmp_path: Path) -> Path:
    """A pair, a follow-up with its twin, and two questions without answer, one hostile."""
    lines = (ROOT / "eval" / "gold" / "dev.jsonl").read_text("utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    few = [row for row in rows if row["id"].startswith(("dev-p03", "dev-df01"))]
    refused = [row for row in rows if not row["answerable"]][:2]
    # It finds the passages on its own words first, or none: a failure.
    hostile = {**few[0], "id": "hostile-fr", "question": HOSTILE}
    file = tmp_path / "few.jsonl"
    file.write_text("\n".join(map(json.dumps, [*few, *refused, hostile])), "utf-8")
    return file


def test_the_command_writes_one_page_that_stands_alone(
    service: QAService, gold: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Eight sections, the hostile question escaped, no folder of this machine named."""
    monkeypatch.setattr(cli, "open_service", lambda _settings: service)
    scores = {"ndcg@10": 0.5, "success@1": 0.5, "recall@5": 0.5}
    figures = {"fr→fr": {"dense": scores, "late": scores}}
    beir, out = tmp_path / "laws.json", tmp_path / "deep" / "out"
    beir.write_text(json.dumps(figures), "utf-8")
    arguments = ["report", "--gold", str(gold), "--out", str(out), "--beir", str(beir)]
    result = CliRunner().invoke(cli.app, arguments, env={"COLUMNS": "160"})
    assert result.exit_code == 0, result.output
    file = out / "report.html"
    assert str(file) in result.stdout.replace("\n", "")
    for title in ("Ranking per language", "Status of questions", "Systems", "laws"):
        assert title in result.stdout
    page = file.read_text("utf-8")
    found = check_alone(page)
    assert [name for name in found.ids if name.startswith("section-")] == SECTIONS
    assert HOSTILE in found.text
    assert "laws" in found.text
    assert "few.jsonl" in found.text
    assert str(tmp_path) not in page
    assert str(ROOT) not in page


def test_the_command_refuses_figures_that_are_not(
    service: QAService, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exit code 1 before anything is asked."""
    monkeypatch.setattr(cli, "open_service", lambda _settings: service)
    result = CliRunner().invoke(cli.app, ["report", "--beir", str(tmp_path / "none.json")])
    assert result.exit_code == 1
    assert "none.json" in result.stderr
