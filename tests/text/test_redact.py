"""Personal information is taken out of text, and nothing else is."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from stdnum import luhn

from ccs_qa.text.redact import MARKERS, Redacted, redact

SIN, EMAIL, TELEPHONE = MARKERS["sin"], MARKERS["email"], MARKERS["telephone"]
SEPARATORS = ["", " ", "\u00a0", "\u202f", ".", "-", "–", " - ", "\u200b"]
# The first digit of a number is neither 0 nor 8; the last one is worked out (Luhn).
STEMS = st.tuples(st.sampled_from("1234567"), st.text("0123456789", min_size=7, max_size=7)).map(
    "".join
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("130 692 544", SIN),
        ("130692544", SIN),
        ("130-692-544", SIN),
        ("NAS : 130.692.544.", f"NAS : {SIN}."),
        ("130\u00a0692\u00a0544", SIN),
        ("1-3-0-6-9-2-5-4-4", SIN),
        ("３ fois 130 692 544, puis 3 130 692 544", f"３ fois {SIN}, puis 3 {SIN}"),
        ("a.b+c@exemple.gc.ca, merci", f"{EMAIL}, merci"),
        ("(613) 555-0199", TELEPHONE),
        ("Tél. 613-555-0199 poste 45.", f"Tél. {TELEPHONE}."),
        ("1-800-622-6232 ext. 5", TELEPHONE),
        ("613.555.0199", TELEPHONE),
        ("+1 202 555 0143", f"{TELEPHONE}"),
        ("6135550199 ou a@b.ca", f"{TELEPHONE} ou {EMAIL}"),
    ],
)
def test_personal_information_is_replaced(text: str, expected: str) -> None:
    """The marker stands in its place, in both languages at once."""
    assert redact(text).text == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2025-03-25",
        "2025-03-25 12",
        "the meetings of 2024-11-01, 2025-03-25 and 2025-06-02",
        "2024-11-01-s-9f742ebe",
        "2024-11-01-s-12345678",
        "110 passages, 304 questions, 8 réunions",
        "2023 2024 2025",
        "de 2023-2024 à 2024-2025",
        "123 456 784 $",
        "130 692 544 $",
        "$130692544",
        "1 234 567,89 $",
        "130 692 545",
        "046 454 286",
        "12:30",
        "@ccs",
        "GPT-4, COVID-19, 24/7",
    ],
)
def test_what_is_not_personal_stays(text: str) -> None:
    """Dates, years, counts, amounts, passage ids, numbers that fail the check."""
    assert redact(text) == Redacted(text, ())


def test_each_kind_is_named_once_in_a_fixed_order() -> None:
    """SIN, e-mail, telephone, whatever the order of the text."""
    found = redact("613-555-0199 a@b.ca 613-555-0198 130 692 544")
    assert found.kinds == ("sin", "email", "telephone")
    assert found.text == f"{TELEPHONE} {EMAIL} {TELEPHONE} {SIN}"


@given(STEMS, st.lists(st.sampled_from(SEPARATORS), min_size=8, max_size=8), st.booleans())
def test_no_valid_number_survives(stem: str, gaps: list[str], inside: bool) -> None:
    """Whatever stands between its digits; a group that reads as a year is taken for a year."""
    digits = stem + luhn.calc_check_digit(stem)
    written = "".join(digit + gap for digit, gap in zip(digits, [*gaps, ""], strict=True))
    groups = "".join(sign if sign.isdigit() else " " for sign in written).split()
    assume(not any(len(item) == 4 and item[:2] in {"19", "20"} for item in groups))
    found = redact(f"(SIN {written}, merci)" if inside else written)
    assert found.text == (f"(SIN {SIN}, merci)" if inside else SIN)
    assert found.kinds == ("sin",)


@given(st.text(st.characters(exclude_categories=["Nd", "Cs"], exclude_characters="@")))
def test_text_without_digits_or_at_sign_is_unchanged(text: str) -> None:
    """Nothing else is looked at."""
    assert redact(text) == Redacted(text, ())


@given(st.text("0123456789@.- abc()+x\n$", max_size=60))
def test_redacting_twice_is_redacting_once(text: str) -> None:
    """What was taken out leaves nothing to take out."""
    once = redact(text).text
    assert redact(once) == Redacted(once, ())


@given(st.emails())
def test_no_address_survives(address: str) -> None:
    """Any address that the standard allows."""
    assert "@" not in redact(address).text
