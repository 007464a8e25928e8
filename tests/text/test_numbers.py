"""Numbers in digits and words; expected values written by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccs_qa.records import Language
from ccs_qa.text.numbers import numbers, romans


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("3,5 %", "fr", ("3.5%",)),
        ("3.5%", "en", ("3.5%",)),
        ("3.5 per cent", "en", ("3.5%",)),
        ("dix pour cent", "fr", ("10%",)),
        ("1\u202f234\u202f567", "fr", ("1234567",)),
        ("50\u00a0000 clients", "fr", ("50000",)),
        ("1,234,567.5", "en", ("1234567.5",)),
        ("quatre-vingt-dix", "fr", ("90",)),
        ("quatre-vingt-dix-sept", "fr", ("97",)),
        ("quatre-vingts", "fr", ("80",)),
        ("soixante et onze", "fr", ("71",)),
        ("soixante-dix-huit", "fr", ("78",)),
        ("septante", "fr", ("70",)),
        ("cent", "fr", ("100",)),
        ("deux cent trente-quatre mille cinq cents", "fr", ("234500",)),
        ("trois millions", "fr", ("3000000",)),
        ("3,5 milliards", "fr", ("3500000000",)),
        ("un billion", "fr", ("1000000000000",)),
        ("one billion", "en", ("1000000000",)),
        ("one hundred and five", "en", ("105",)),
        ("twenty-one", "en", ("21",)),
        ("twelve hundred", "en", ("1200",)),
        ("$500 million", "en", ("500000000$",)),
        ("500 $", "fr", ("500$",)),
        ("la 2e partie", "fr", ("#2",)),
        ("the 22nd", "en", ("#22",)),
        ("vingt et unième", "fr", ("#21",)),
        ("forty-second", "en", ("#42",)),
        ("une vingtaine", "fr", ("20",)),
        ("two dozen", "en", ("24",)),
        ("la moitié", "fr", ("0.5",)),
        ("deux, trois", "fr", ("2", "3")),
        ("one in five", "en", ("5",)),
        ("une personne et un service", "fr", ()),
        ("one of them", "en", ()),
    ],
)
def test_numbers_are_read(text: str, language: Language, expected: tuple[str, ...]) -> None:
    """One form for digits and words, with the unit that makes it another number."""
    assert numbers(text, language) == expected


@given(st.integers(2, 999_999_999))
def test_thousands_separators_do_not_change_a_number(value: int) -> None:
    """With commas in English, with narrow spaces in French, or bare."""
    grouped = f"{value:,}"
    assert numbers(grouped, "en") == numbers(str(value), "en")
    assert numbers(grouped.replace(",", "\u202f"), "fr") == numbers(str(value), "fr")


_FR = (
    "zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize"
)
_EN = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen"


def in_french(value: int) -> str:
    """Spell 0 to 99 as schoolbooks teach, written without the code under test."""
    units = _FR.split()
    if value < 17:
        return units[value]
    if value < 20:
        return f"dix-{units[value - 10]}"
    if value < 70:
        tens = ("vingt", "trente", "quarante", "cinquante", "soixante")[value // 10 - 2]
        ones = value % 10
        return tens if not ones else f"{tens} et un" if ones == 1 else f"{tens}-{units[ones]}"
    if value == 71:
        return "soixante et onze"
    if value < 80:
        return f"soixante-{in_french(value - 60)}"
    return "quatre-vingts" if value == 80 else f"quatre-vingt-{in_french(value - 80)}"


def in_english(value: int) -> str:
    """Spell 0 to 99 likewise."""
    units = [*_EN.split(), "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"]
    if value < 20:
        return units[value]
    tens = "twenty thirty forty fifty sixty seventy eighty ninety".split()[value // 10 - 2]
    return tens if not value % 10 else f"{tens}-{units[value % 10]}"


@pytest.mark.parametrize("value", [0, *range(2, 100)])
def test_every_number_below_a_hundred_is_read_in_words(value: int) -> None:
    """In both languages; a lone one is an article."""
    assert numbers(in_french(value), "fr") == (str(value),)
    assert numbers(in_english(value), "en") == (str(value),)


def test_roman_numerals_are_capitals() -> None:
    """II to XXXIX; a lone capital and an acronym are none."""
    assert romans("Partie II et annexe XIV, CCS, V, ii") == ("2", "14")
