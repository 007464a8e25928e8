"""What the count of the code counts."""

from pathlib import Path

import pytest

from bench.count import Count, count_room, count_source, main

_SOURCE = '''"""A module."""

import os  # why it is here


def act(path: str) -> str:
    """Act.

    Args:
        path: Where.

    Returns:
        What.
    """
    # Once more.
    text = """Returns:
    in a string"""
    return text + os.sep + path  # noqa: X100


class Plain:
    """Says `Returns:` in a sentence only."""
'''


def test_a_file_is_counted_by_what_its_lines_are() -> None:
    """22 lines: 6 of code (two of a string), 6 of sections, 2 comments and one directive."""
    assert count_source(_SOURCE) == Count(lines=22, code=6, sections=6, comments=2)


def test_shares_are_of_the_lines_of_code() -> None:
    """3 of 12 lines are 25 of 100; without code there is nothing to divide by."""
    assert Count(code=12).per_100(3) == "25.0"
    assert Count().per_100(0) == "0.0"


def test_loose_modules_stand_beside_packages(tmp_path: Path) -> None:
    """Of a room with one module, `__main__` and two packages, nested files are not loose."""
    for name in ("__init__", "__main__", "alone", "a/__init__", "b/__init__", "b/c/__init__"):
        file = tmp_path / f"{name}.py"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("X = 1\n")
    assert count_room(tmp_path) == Count(lines=6, code=6, loose=1, packages=2)


def test_the_table_adds_the_rooms_up(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Two lines in `eval` and one in `bench` are three; rooms that are absent count nothing."""
    for room, text in (("eval", "X = 1\nY = 2\n"), ("bench", "Z = 3  # last\n")):
        (tmp_path / room).mkdir()
        (tmp_path / room / "one.py").write_text(text)
    main(tmp_path)
    *_, everything, shares = capsys.readouterr().out.splitlines()
    assert everything.split() == ["all", "3", "3", "0", "1", "2", "0"]
    assert shares.split()[-2:] == ["0.0", "33.3"]
