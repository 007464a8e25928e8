"""The page on the house speaks of files that there are, and of every room."""

import re

from tests.conftest import ROOT

PAGE = (ROOT / "docs" / "architecture.md").read_text("utf-8")
HOUSE = ROOT / "src" / "ccs_qa"
NAMED = sorted(set(re.findall(r"`([a-z_]+/[\w/]*(?:\.\w+)?|[a-z_]+\.py)`", PAGE)))


def test_every_file_that_is_named_is_there() -> None:
    """Beside another of its folder a file is named without it; one of the root with it."""
    files = {path.name for path in HOUSE.rglob("*.py")}
    missing = [
        name
        for name in NAMED
        if not ((HOUSE / name).exists() or (ROOT / name).exists() or name in files)
    ]
    assert len(NAMED) > 40
    assert missing == []


def test_the_drawing_has_every_room() -> None:
    """A room or a loose module that is new has its line."""
    drawn = set(re.findall(r"^  ([a-z_]+(?:/|\.py))", PAGE, re.MULTILINE))
    there = {f"{path.name}/" for path in HOUSE.iterdir() if (path / "__init__.py").is_file()}
    there |= {path.name for path in HOUSE.glob("*.py") if not path.name.startswith("__")}
    assert drawn == there
