"""Command: count code, docstring sections, comments, loose modules and packages of each room."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from dataclasses import astuple, dataclass, fields
from pathlib import Path

ROOMS = {"src": "src/ccs_qa", "eval": "eval", "bench": "bench", "training": "training"}
_HEADING = re.compile(r"\s*(Args|Attributes|Raises|Returns|Yields):\s*")
# What speaks to a tool says no why.
_DIRECTIVE = re.compile(r"#\s*(!|noqa|type:|mypy:|ruff:|pragma|pragma:|fmt:|pylint:)")
_NO_CODE = {
    *(tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE),
    *(tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER),
}


@dataclass(frozen=True, slots=True)
class Count:
    """What a room, or one file, consists of, in lines but for `loose` and `packages`."""

    lines: int = 0
    code: int = 0
    sections: int = 0
    comments: int = 0
    loose: int = 0
    packages: int = 0

    def __add__(self, other: "Count") -> "Count":
        """Count both."""
        return Count(*(one + two for one, two in zip(astuple(self), astuple(other), strict=True)))

    def per_100(self, lines: int) -> str:
        """Write a number of lines for each 100 of code."""
        return f"{100 * lines / max(self.code, 1):.1f}"


def _docstrings(source: str) -> Iterator[ast.Expr]:
    for node in ast.walk(ast.parse(source)):
        match node:
            case (
                ast.Module(body=[ast.Expr(ast.Constant(str())) as first, *_])
                | ast.ClassDef(body=[ast.Expr(ast.Constant(str())) as first, *_])
                | ast.FunctionDef(body=[ast.Expr(ast.Constant(str())) as first, *_])
                | ast.AsyncFunctionDef(body=[ast.Expr(ast.Constant(str())) as first, *_])
            ):
                yield first
            case _:
                pass


def count_source(source: str) -> Count:
    """Count a file; what a section takes reaches from its heading to the docstring's last line."""
    lines = source.splitlines()
    said: set[int] = set()
    sections = 0
    for docstring in _docstrings(source):
        numbers = range(docstring.lineno, (docstring.end_lineno or docstring.lineno) + 1)
        said.update(numbers)
        headings = [number for number in numbers if _HEADING.fullmatch(lines[number - 1])]
        sections += numbers.stop - headings[0] if headings else 0
    tokens = list(tokenize.generate_tokens(io.StringIO(source).readline))
    code = {
        number
        for token in tokens
        if token.type not in _NO_CODE
        for number in range(token.start[0], token.end[0] + 1)
    }
    comments = [token.string for token in tokens if token.type == tokenize.COMMENT]
    whys = sum(_DIRECTIVE.match(comment) is None for comment in comments)
    return Count(len(lines), len(code - said), sections, whys)


def count_room(folder: Path) -> Count:
    """Count a folder; what begins with underscores, as `__main__`, is no loose module."""
    files = [count_source(file.read_text("utf-8")) for file in sorted(folder.rglob("*.py"))]
    loose = sum(not file.name.startswith("__") for file in folder.glob("*.py"))
    packages = sum(1 for _ in folder.glob("*/__init__.py"))
    return sum(files, Count(loose=loose, packages=packages))


def main(root: Path = Path()) -> None:
    """Print a line for each room and one for all."""
    counts = {name: count_room(root / folder) for name, folder in ROOMS.items()}
    print(" " * 8, *(f"{field.name:>9}" for field in fields(Count)))  # noqa: T201 - its output
    for name, count in {**counts, "all": sum(counts.values(), Count())}.items():
        print(f"{name:8}", *(f"{value:9,}" for value in astuple(count)))  # noqa: T201 - its output
        shares = (count.per_100(value) for value in (count.sections, count.comments))
        print("  of 100 lines of code".ljust(28), *(f"{share:>9}" for share in shares))  # noqa: T201 - its output


if __name__ == "__main__":
    main()
