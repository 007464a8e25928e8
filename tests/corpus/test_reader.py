"""The reader gives every line one role, or names the line it does not understand."""

import datetime as dt

import pytest

from ccs_qa.corpus.reader import lead_ins, read_page
from ccs_qa.errors import PageError
from ccs_qa.text.day_lines import parse_day

PAGE = """Résumés
Les points de vue sont ceux des membres.
2024
1er novembre 2024
Format : Réunion virtuelle
Expérience client
Objectif : Donner un aperçu :
- un premier point;
- un second point.
Accessibilité
- Les qualités suivantes sont utiles :
- écouter;
- comprendre.
- Un autre point.
"""


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("1er novembre 2024", dt.date(2024, 11, 1)),
        ("2 juin 2025", dt.date(2025, 6, 2)),
        ("15 août 2024", dt.date(2024, 8, 15)),
        ("November 1, 2024", dt.date(2024, 11, 1)),
        ("June 2 2025", dt.date(2025, 6, 2)),
        ("31 février 2024", None),
        ("Smarch 3, 2024", None),
        ("Suivi de la réunion du 2 juin 2025", None),
    ],
)
def test_dates_are_read_in_both_languages(line: str, day: dt.date | None) -> None:
    """A date line gives its day; another line gives none."""
    assert parse_day(line) == day


def test_each_line_has_its_role() -> None:
    """The roles follow the structure of a page."""
    roles = [block.role for block in read_page("p", PAGE).blocks]
    assert roles == [
        "page_title",
        "disclaimer",
        "year",
        "date",
        "format",
        "title",
        "objective",
        "objective_item",
        "objective_item",
        "heading",
        "statement",
        "statement",
        "statement",
        "statement",
    ]


def test_a_colon_introduces_the_bullets_up_to_the_full_stop() -> None:
    """The list ends with the first bullet that ends like a sentence."""
    section = read_page("p", PAGE).meetings[0].sections[0]
    assert lead_ins(section.statements) == (None, 0, 0, None)


def test_a_margin_tells_lists_inside_lists() -> None:
    """What stands further in belongs to the colon above it, sentences too."""
    listed = "- Ceci :\n  - un;\n  - deux :\n    - Trois.\n    - Quatre.\n  - Cinq.\n- Six."
    page = PAGE.replace(PAGE[PAGE.index("- Les qualités") :], listed)
    section = read_page("p", page).meetings[0].sections[0]
    assert lead_ins(section.statements) == (None, 0, 0, 2, 2, 0, None)


def test_everything_under_an_objective_is_one_of_its_items() -> None:
    """Even where each item is a sentence."""
    page = PAGE.replace("un premier point;", "Un premier point.")
    assert lead_ins(read_page("p", page).meetings[0].objective) == (None, 0, 0)


def test_typographic_spaces_bullets_and_marks_are_tolerated() -> None:
    """No-break spaces, a byte-order mark, other bullets and CRLF change no text."""
    spaced = PAGE.replace(" :", "\u00a0:").replace("- ", "•\u00a0")
    typeset = "\ufeff" + spaced.replace("\n", "\r\n")
    plain = [block.text.replace("\u00a0", " ") for block in read_page("p", typeset).blocks]
    assert plain == [block.text for block in read_page("p", PAGE).blocks]


@pytest.mark.parametrize(
    ("old", "new", "line", "reason"),
    [
        ("2024\n1er", "2023\n1er", 4, "year"),
        ("Accessibilité\n", "Accessibilité\nEncore\n", 11, "heading-without-statements"),
        ("Expérience client\n", "Expérience client\nAutre titre\n", 7, "second-title"),
        ("Objectif : Donner un aperçu :\n", "", 7, "bullet-before-objective"),
        ("2024\n", "Une ligne\n2024\n", 3, "before-meetings"),
        ("- Un autre point.\n", "- Un autre point.\n1er novembre 2024\n", 15, "duplicate-date"),
        (
            "- Un autre point.\n",
            "- Un autre point.\n2 mai 2024\n",
            15,
            "meeting-without-statements",
        ),
        ("Accessibilité\n", "Accessibilité\n- a.\nObjectif : b\n", 12, "second-objective"),
        ("- Un autre point.\n", "- Un autre point.\n2022\nPerdu\n", 16, "outside-meeting"),
        ("Accessibilité\n", "3 février\n", 10, "day"),
        ("Accessibilité\n", "Vendredi 2 novembre 2024\n", 10, "day"),
        ("Accessibilité\n", "Le 3 février 2024 – Suite\n", 10, "day"),
    ],
)
def test_a_line_that_fits_nothing_is_named(old: str, new: str, line: int, reason: str) -> None:
    """The error says which line, and why."""
    assert old in PAGE
    with pytest.raises(PageError) as caught:
        read_page("p", PAGE.replace(old, new))
    assert caught.value.details["line"] == line
    assert caught.value.details["reason"] == reason


@pytest.mark.parametrize(
    ("lines", "roles"),
    [
        ("- a.\n- b.", ["statement", "statement"]),
        ("Titre\n- a.", ["title", "statement"]),
        ("Titre\nThème\n- a.\nAutre\n- b.", ["title", *["heading", "statement"] * 2]),
    ],
)
def test_a_page_may_state_no_objectives(lines: str, roles: list[str]) -> None:
    """Then a title is told from the heading of a section by what follows it."""
    page = read_page("p", f"Résumés\n2 mai 2024\n{lines}\n")
    assert [block.role for block in page.blocks] == ["page_title", "date", *roles]
    with pytest.raises(PageError):
        read_page("p", f"{PAGE}2 mai 2024\n{lines}\n")


def test_a_page_without_meetings_is_refused() -> None:
    """A text without a date line is not a page."""
    with pytest.raises(PageError) as caught:
        read_page("p", "Bonjour\n")
    assert caught.value.details["reason"] == "no-meeting"
