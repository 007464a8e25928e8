"""Names and negations."""

import pytest

from ccs_qa.generate.facts import names, negations, read_facts
from ccs_qa.records import Language


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Le ministère aide Service Canada.", ("service", "canada")),
        ("The department helps. Clients call.", ()),
        ("L'IA et le SAC", ("ia", "ccs")),
        ("AI helps", ("ia",)),
        ("Selon Jean-Paul O'Neil", ("jean", "paul", "o'neil")),
        ("«\u00a0Culture\u00a0» et « Données »", ()),
        ("- Premier point\n- Second point", ()),
        ("In January and on Monday I call", ()),
    ],
)
def test_names_are_capitals_that_their_place_does_not_explain(
    text: str, expected: tuple[str, ...]
) -> None:
    """Acronyms count wherever they stand, official ones in one form for both languages."""
    assert names(text) == expected


@pytest.mark.parametrize(
    ("text", "language", "count"),
    [
        ("Les clients n'ont pas confiance.", "fr", 1),
        ("Ils ne veulent ni l'un ni l'autre.", "fr", 3),
        ("Aucun client ne répond.", "fr", 1),
        ("On ne saurait attendre sans agir.", "fr", 2),
        ("Les clients appellent.", "fr", 0),
        ("They don't and cannot call.", "en", 2),
        ("No client won't call.", "en", 2),
        ("Without trust, nothing works.", "en", 2),
        ("Clients call.", "en", 0),
    ],
)
def test_negations_are_counted(text: str, language: Language, count: int) -> None:
    """Contracted ones too; both halves of a French one are one."""
    assert negations(text, language) == count


def test_facts_of_a_date_are_no_numbers() -> None:
    """The day and the year belong to the date."""
    facts = read_facts("Le 2 juin 2025, 48 % des 3 centres ont répondu.", "fr")
    assert facts.numbers == {"48%", "3"}
    assert [date[:3] for date in facts.dates] == [(2025, 6, 2)]
