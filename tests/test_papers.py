"""The papers name only what there is: commands, options, files, headings, settings."""

import io
import re
import tokenize
from pathlib import Path

import pytest
import typer

from ccs_qa.cli.main import app
from docs.settings import PAGE, page
from eval.__main__ import app as eval_app
from tests.conftest import ROOT

PAPERS = sorted(
    path
    for path in (*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), ROOT / "eval" / "TEST_REPORT.md")
)
NAMES = [path.relative_to(ROOT).as_posix() for path in PAPERS]
# What the history names may be gone.
PRESENT = [path for path in PAPERS if path.name != "CHANGELOG.md"]
RETIRED = (
    r"grasp\w*|lift(?:s|ed)?|companions?|recipes?|doors?|phrased|phraser|takeaways?|held|noted"
    r"|strangers?|adrift"
)


def text_of(path: Path) -> str:
    """Read a page."""
    return path.read_text("utf-8")


def code_of(path: Path) -> list[str]:
    """List what stands in code: spans, and lines of fences without their comments."""
    text = text_of(path)
    fenced = re.findall(r"^ *```\w*\n(.*?)^ *```", text, re.MULTILINE | re.DOTALL)
    lines = [line.partition("#")[0] for block in fenced for line in block.splitlines()]
    rest = re.sub(r"^ *```.*?^ *```", "", text, flags=re.MULTILINE | re.DOTALL)
    return lines + [" ".join(span.split()) for span in re.findall(r"`([^`]+)`", rest)]


def named(pattern: str) -> list[re.Match[str]]:
    """Find a pattern in the code of every page that speaks of the present."""
    return [
        found for path in PRESENT for code in code_of(path) for found in re.finditer(pattern, code)
    ]


def unknown(app: typer.Typer, words: list[str]) -> set[str]:
    """Walk into a command, and list what it does not know of words and options."""
    command = typer.main.get_command(app)
    while words and (commands := getattr(command, "commands", None)):
        if words[0] not in commands:
            return {words[0]} - {"COMMAND"}
        command, words = commands[words[0]], words[1:]
    known = {"--help"} | {name for item in command.params for name in item.opts}
    return {word for word in words if re.fullmatch(r"-[a-z]|--[a-z][a-z-]*", word)} - known


@pytest.mark.parametrize(("name", "root"), [("ccs-qa", app), ("python -m eval", eval_app)])
def test_every_command_and_option_exists(name: str, root: typer.Typer) -> None:
    """As its help would list them."""
    found = [match[1].split() for match in named(rf"(?:^|\s|/){name} ([a-zC][^|\"`\[]*)")]
    assert len(found) >= 12
    assert [words for words in found if unknown(root, words)] == []


def test_every_target_of_make_exists() -> None:
    """In the Makefile, with what it does beside it."""
    targets = set(re.findall(r"^([a-z-]+):.*## ", text_of(ROOT / "Makefile"), re.MULTILINE))
    found = {match[1] for match in named(r"^\s*make ([a-z-]+)")}
    assert len(found) >= 12
    assert found <= targets


def test_every_module_that_is_run_exists() -> None:
    """`-m` names a module of the checkout."""
    named_so = r"-m ((?:bench|docs|eval|training)(?:\.\w+)?)"
    found = {name for path in PRESENT for name in re.findall(named_so, text_of(path))}
    assert len(found) >= 4
    for module in found:
        place = ROOT / module.replace(".", "/")
        assert place.with_suffix(".py").is_file() or (place / "__main__.py").is_file(), module


def test_every_file_that_is_named_exists() -> None:
    """Under the root or among the rooms; what is built is not asked for."""
    folders = r"(?:bench|corpus|docs|eval|index|src|tests|training|web)"
    found = {match[1] for match in named(rf"(?:^|\s)({folders}/[\w./-]*\w|[A-Z]+\.md)(?=\s|$|::)")}
    built = ("eval/runs/", "web/static/built")
    missing = [
        name
        for name in sorted(found)
        if not name.startswith(built)
        and "FILE" not in name
        and not any((base / name).exists() for base in (ROOT, ROOT / "src" / "ccs_qa"))
    ]
    assert len(found) >= 20
    assert missing == []


@pytest.mark.parametrize("path", PAPERS, ids=NAMES)
def test_every_link_leads_somewhere(path: Path) -> None:
    """To a file, and where it names a heading, to one of it."""
    for target in re.findall(r"\]\((?!https?:)([^)\s]+)\)", text_of(path)):
        file, _, anchor = target.partition("#")
        place = path.parent / file if file else path
        assert place.exists(), target
        if anchor:
            headings = re.findall(r"^#+ (.+)$", text_of(place), re.MULTILINE)
            slugs = {re.sub(r"[^\w -]", "", it).lower().replace(" ", "-") for it in headings}
            assert anchor in slugs, target


@pytest.mark.parametrize("path", PAPERS, ids=NAMES)
def test_no_retired_word_is_used(path: Path) -> None:
    """In sentences; a name in code is the code's own."""
    prose = re.sub(r"```.*?```|`[^`]+`|\]\([^)]+\)", " ", text_of(path), flags=re.DOTALL)
    assert re.findall(rf"\b(?:{RETIRED})\b", prose, re.IGNORECASE) == []


RETIRED_NAMES = {
    *("grasp", "companion", "companions", "recipe", "door", "doors", "phrased", "phraser"),
    *("takeaway", "takeaways", "strangers", "adrift"),
}


def test_no_name_in_code_is_a_retired_word() -> None:
    """Nor a part of one; texts and comments are read by people."""
    found = {
        (path.relative_to(ROOT).as_posix(), token.string)
        for room in ("src", "eval", "bench", "training", "tests")
        for path in (ROOT / room).rglob("*.py")
        for token in tokenize.generate_tokens(io.StringIO(text_of(path)).readline)
        if token.type == tokenize.NAME
        and RETIRED_NAMES & {part.lower() for part in re.findall("[A-Z]?[a-z]+", token.string)}
    }
    assert found == set()


def test_the_page_of_settings_is_the_one_that_is_written() -> None:
    """`make settings` writes it anew."""
    assert text_of(PAGE) == page()


def test_every_setting_that_is_named_exists() -> None:
    """In the page of settings, or among those of the evaluation."""
    known = set(re.findall(r"CCS_QA_[A-Z_]+", text_of(PAGE)))
    found = {name for path in PRESENT for name in re.findall(r"CCS_QA_[A-Z_]*[A-Z]", text_of(path))}
    assert len(found) >= 30
    assert found <= known


def test_the_index_of_decisions_is_whole() -> None:
    """Each page under its own title, in order."""
    folder = ROOT / "docs" / "adr"
    rows = re.findall(
        r"^\| (\d+) \| \[(.+)\]\((.+)\) \|$", text_of(folder / "README.md"), re.MULTILINE
    )
    titles = [
        (*re.findall(r"^# (\d+)\. (.+)$", text_of(file), re.MULTILINE)[0], file.name)
        for file in sorted(folder.glob("0*.md"))
    ]
    assert rows == titles
