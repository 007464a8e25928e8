"""What kind of answer a question expects that summaries of this kind do not hold.

The summaries report advice. They give no amounts, counts, votes, names of people or of
suppliers, deadlines, contacts or pictures; they take no orders; and what a question takes for
granted may be the opposite of what they say. Each expectation in `expectations.toml` is one class
of question that resembles an answerable one and is not (Peng et al., 2024, arXiv:2412.12300, name
the classes). Patterns work on folded text, French and English at once.
"""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources

from ccs_qa.text.strings import fold


@dataclass(frozen=True, slots=True)
class _Expectation:
    """Words that ask for one kind of answer, and those that only seem to (None for none)."""

    name: str
    asks: re.Pattern[str]
    spared: re.Pattern[str] | None

    def applies(self, text: str) -> bool:
        """Tell whether a folded question asks for it."""
        if self.spared is not None and self.spared.search(text):
            return False
        return self.asks.search(text) is not None


@cache
def _expectations() -> tuple[_Expectation, ...]:
    file = resources.files("ccs_qa.answer") / "expectations.toml"
    found = []
    for name, lists in tomllib.loads(file.read_text("utf-8")).items():
        parts = list(lists.get("any", ()))
        if "asks" in lists:
            parts.append(f"(?:{'|'.join(lists['asks'])}).*(?:{'|'.join(lists['about'])})")
        unless = "|".join(lists.get("unless", ()))
        found.append(
            _Expectation(name, re.compile("|".join(parts)), re.compile(unless) if unless else None)
        )
    return tuple(found)


EXPECTATIONS: tuple[str, ...] = tuple(item.name for item in _expectations())
# Numbers, days and names of places are what a question of record may expect.
_OF_RECORD = frozenset({"figure", "deadline", "named"})


def expectations(question: str) -> tuple[bool, ...]:
    """Tell which expectations a question has: one value for each of `EXPECTATIONS`."""
    text = fold(question)
    return tuple(item.applies(text) for item in _expectations())


def asks_beyond_records(question: str) -> bool:
    """Tell whether a question of record asks for what no record holds.

    Returns:
        Whether it does; numbers, days and names of places are what records hold.
    """
    flags = zip(EXPECTATIONS, expectations(question), strict=True)
    return any(flag for name, flag in flags if name not in _OF_RECORD)
