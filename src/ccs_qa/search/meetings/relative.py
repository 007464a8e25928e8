"""Meetings named by where they stand beside others: the next one, the one before, the same.

Works on folded text. Beside what they stand is named before them in the question, or is what the
question before was about.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Kind = Literal["next", "previous", "same", "year"]

_NOUN = r"(?:meeting|session|one|reunion|rencontre|seance)"
_FRENCH = r"(?:reunion |rencontre |seance )?"
# "The meeting before June" names its neighbour after itself, which is read elsewhere.
_ALONE = r"(?! (?:the|la|le|les|l'|that of|celle|it|june|\d))"
_PATTERNS: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    (
        "next",
        re.compile(
            rf"\b(?:(?:the|its) (?:next|following|subsequent) {_NOUN}"
            rf"|the one (?:right |just )?after(?: that)?{_ALONE}"
            rf"|the next(?=\W*$)|(?:la|celle) {_FRENCH}(?:qui )?(?:suivante?|a suivi|suit|suivait)"
            rf"|(?:la {_FRENCH}|celle )d'apres{_ALONE}|la {_FRENCH}prochaine)\b"
        ),
    ),
    (
        "previous",
        re.compile(
            rf"\b(?:the (?:previous|preceding|prior) {_NOUN}"
            rf"|the one (?:right |just )?before(?: that)?{_ALONE}"
            rf"|(?:la|celle) {_FRENCH}(?:qui )?(?:precedente?|a precede|precede)"
            rf"|(?:la {_FRENCH}|celle )d'avant{_ALONE})\b"
        ),
    ),
    (
        "same",
        re.compile(
            rf"\b(?:(?:the |that )?same {_NOUN}|(?:at|in|from|of|during) that {_NOUN}"
            rf"|that {_NOUN}(?=\W*$)|(?:la |a la )?meme (?:reunion|rencontre|seance)"
            r"|cette (?:reunion|rencontre|seance)(?:-la)?)\b"
        ),
    ),
    (
        "year",
        re.compile(r"\b(?:(?:that|the) (?:same )?year|cette (?:meme )?annee-la|la meme annee)\b"),
    ),
)


@dataclass(frozen=True, slots=True)
class Relative:
    """A meeting named by where it stands.

    Attributes:
        kind: Where.
        begin: First character in the folded question.
        end: End, exclusive.
    """

    kind: Kind
    begin: int
    end: int


def find_relatives(text: str) -> Iterator[Relative]:
    """Find what is named so.

    Args:
        text: The folded question.

    Yields:
        Each, in no order.
    """
    for kind, pattern in _PATTERNS:
        for match in pattern.finditer(text):
            yield Relative(kind, match.start(), match.end())
