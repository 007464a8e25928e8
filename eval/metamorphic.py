"""Whether an answer stays when its question is typed otherwise: lower case, no hyphens, a frame.

None of these changes what is asked, so that status and first passage ought to stay. Nothing is
judged here; an answer is compared with that to the question as it stands.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ccs_qa.records import LANGUAGES, Answer, Language
from ccs_qa.service import QAService
from eval.gold import GoldRow
from eval.intervals import interval_text, wilson
from eval.perturb import drop_accents, lower_case
from eval.report import Rows

Change = Callable[[str, Language], str]
_HYPHEN = re.compile(r"(?<=[^\W\d_])[-‐‑](?=[^\W\d_])")
_FRAMES: dict[Language, tuple[tuple[str, str], ...]] = {
    "en": (
        ("frame: said about", "What did the committee say about {}?"),
        ("frame: recommended", "Did they recommend {}?"),
    ),
    "fr": (
        ("frame: said about", "Qu'est-ce que le comité a dit au sujet de ceci : {} ?"),
        ("frame: recommended", "Ont-ils recommandé {} ?"),
    ),
}
# Subjects in the words of the pages, and of nothing that the pages speak of.
TOPICS: dict[Language, tuple[str, ...]] = {
    "en": (
        "food banks",
        "mental health",
        "travel agencies",
        "passport photos",
        "augmented reality",
        "data sovereignty",
        "plain language",
        "open standards",
        "small data sets",
        "telephone wait times",
        "call centres",
        "public broadcasters",
        "mobile services",
        "systemic racism",
        "front-line staff",
        "digital literacy",
        "self-service",
        "fraud",
        "parking fees",
        "ferry timetables",
        "wheat prices",
    ),
    "fr": (
        "banques alimentaires",
        "santé mentale",
        "agences de voyages",
        "photos de passeport",
        "réalité augmentée",
        "souveraineté des données",
        "langage clair",
        "normes ouvertes",
        "petits ensembles de données",
        "attente au téléphone",
        "centres d'appels",
        "radiodiffuseurs publics",
        "services mobiles",
        "racisme systémique",
        "personnel de première ligne",
        "littératie numérique",
        "libre-service",
        "fraude",
        "frais de stationnement",
        "horaires des traversiers",
        "prix du blé",
    ),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A question to type otherwise.

    Attributes:
        language: Its language.
        text: The words.
        history: Earlier questions.
        bare: Whether it is a subject alone, which may be put into a frame.
    """

    language: Language
    text: str
    history: tuple[str, ...] = ()
    bare: bool = False


@dataclass(frozen=True, slots=True)
class Pair:
    """The same question, asked twice.

    Attributes:
        before: As it stands.
        after: Typed otherwise.
        statuses: Status of both answers.
        passages: First passage of both; None where nothing was found.
    """

    before: str
    after: str
    statuses: tuple[str, str]
    passages: tuple[str | None, str | None]

    @property
    def status_changed(self) -> bool:
        """Whether the status is another."""
        return self.statuses[0] != self.statuses[1]

    @property
    def passage_changed(self) -> bool:
        """Whether the first passage is another."""
        return self.passages[0] != self.passages[1]


@dataclass(frozen=True, slots=True)
class Measured:
    """What a transformation does in one language.

    Attributes:
        name: The transformation.
        language: The language.
        pairs: Every question that it changes.
    """

    name: str
    language: Language
    pairs: tuple[Pair, ...]


def drop_hyphens(text: str) -> str:
    """Write a space for each hyphen between letters.

    Args:
        text: A question.

    Returns:
        The question; what stands between digits, as in a date, stays.
    """
    return _HYPHEN.sub(" ", text)


def toggle_mark(text: str, language: Language) -> str:
    """Take the final mark away, or set a question mark where there is none.

    Args:
        text: A question.
        language: Its language: French has a space before the mark.

    Returns:
        The question.
    """
    bare = text.rstrip(" \u00a0\u202f?!.…")
    if bare != text.rstrip():
        return bare
    return f"{bare} ?" if language == "fr" else f"{bare}?"


CHANGES: dict[str, Change] = {
    "lower case": lambda text, _language: lower_case(text),
    "upper case": lambda text, _language: text.upper(),
    "hyphens dropped": lambda text, _language: drop_hyphens(text),
    "accents dropped": lambda text, _language: drop_accents(text),
    "final mark": toggle_mark,
}


def gather(rows: Sequence[GoldRow]) -> tuple[Asked, ...]:
    """List what is asked: gold questions and bare subjects.

    Args:
        rows: The gold questions.

    Returns:
        The questions.
    """
    return (
        *(Asked(row.lang, row.question, row.history) for row in rows),
        *(
            Asked(language, topic, bare=True)
            for language in LANGUAGES
            for topic in TOPICS[language]
        ),
    )


def variants(asked: Asked) -> dict[str, str]:
    """Type a question otherwise.

    Args:
        asked: The question.

    Returns:
        By transformation what it makes; those that leave the question as it is are left out.
    """
    made = {name: change(asked.text, asked.language) for name, change in CHANGES.items()}
    if asked.bare:
        made |= {name: frame.format(asked.text) for name, frame in _FRAMES[asked.language]}
    return {name: text for name, text in made.items() if text != asked.text}


def measure(
    service: QAService, questions: Sequence[Asked], advance: Callable[[], None] = lambda: None
) -> tuple[Measured, ...]:
    """Ask every question as it stands and otherwise.

    Args:
        service: Answers.
        questions: The questions.
        advance: Called after each of them.

    Returns:
        One entry a transformation and language, in that order.
    """
    found: dict[tuple[str, Language], list[Pair]] = {}
    for asked in questions:
        first = _ask(service, asked, asked.text)
        for name, text in variants(asked).items():
            second = _ask(service, asked, text)
            pair = Pair(
                asked.text,
                text,
                (first.status, second.status),
                (_first_passage(first), _first_passage(second)),
            )
            found.setdefault((name, asked.language), []).append(pair)
        advance()
    return tuple(
        Measured(name, language, tuple(pairs)) for (name, language), pairs in sorted(found.items())
    )


def _ask(service: QAService, asked: Asked, text: str) -> Answer:
    return service.ask(text, history=asked.history)


def _first_passage(answer: Answer) -> str | None:
    shown = [citation.hit for citation in answer.citations] or list(answer.nearest)
    return shown[0].passage.id if shown else None


def stability_rows(measured: Sequence[Measured]) -> Rows:
    """Tabulate how often answers change.

    Args:
        measured: What was measured.

    Returns:
        A header and one row a transformation and language.
    """
    rows = [["transformation", "language", "changed", "other status, 95 %", "other first, 95 %"]]
    for item in measured:
        total = len(item.pairs)
        counts = (
            sum(pair.status_changed for pair in item.pairs),
            sum(pair.passage_changed for pair in item.pairs),
        )
        shares = [
            f"{count}/{total} = {count / total:.3f} {interval_text(*wilson(count, total), '.3f')}"
            for count in counts
        ]
        rows.append([item.name, item.language, str(total), *shares])
    return rows


def change_lines(measured: Sequence[Measured]) -> list[str]:
    """List the questions whose answers changed.

    Args:
        measured: What was measured.

    Returns:
        One line each: transformation, statuses, passages, both questions.
    """
    return [
        "\t".join(
            (
                item.name,
                item.language,
                " → ".join(pair.statuses),
                " → ".join(str(name) for name in pair.passages),
                f"{pair.before} → {pair.after}",
            )
        )
        for item in measured
        for pair in item.pairs
        if pair.status_changed or pair.passage_changed
    ]
