"""The words of both languages: complete, alike in form, typeset, and all in use."""

import ast
import datetime as dt
import re
import string
import tomllib
from collections.abc import Iterator
from typing import get_args

import pytest

from ccs_qa import errors
from ccs_qa.answer.matter import Ground
from ccs_qa.errors import CcsQaError
from ccs_qa.http import problems
from ccs_qa.messages.catalogue import Catalogue, catalogue
from ccs_qa.messages.wording import word_error
from ccs_qa.records import (
    LANGUAGES,
    AnswerStatus,
    Attribution,
    GenerationOutcome,
    Language,
    Line,
    RenditionStatus,
)
from ccs_qa.text.day_lines import parse_day
from tests.conftest import ROOT

FR, EN = catalogue("fr"), catalogue("en")
SOURCES = sorted((ROOT / "src").rglob("*.py"))
TEMPLATES = sorted((ROOT / "web" / "templates").rglob("*.html"))
ERRORS = {
    kind.__name__: kind
    for module in (errors, problems)
    for kind in vars(module).values()
    if isinstance(kind, type) and issubclass(kind, CcsQaError)
}
PARTS = ("title", "detail", "next")
EACH = pytest.mark.parametrize("words", [FR, EN], ids=["fr", "en"])


def placeholders(text: str) -> list[str]:
    """List the names in braces, in order of their names."""
    return sorted(name for _, name, _, _ in string.Formatter().parse(text) if name is not None)


def test_both_languages_have_the_same_keys() -> None:
    """What is said in one language is said in the other, in the same plural forms."""
    assert FR.keys == EN.keys


def test_each_text_stands_in_two_languages_and_no_more() -> None:
    """The file has no text that nobody reads, such as one in a language that is misspelt."""
    written = tomllib.loads((ROOT / "src/ccs_qa/messages/messages.toml").read_text("utf-8"))
    assert {key: {*texts} for key, texts in written.items() if {*texts} != {*LANGUAGES}} == {}


def test_a_text_takes_the_same_values_in_both_languages() -> None:
    """Same placeholders, none without a name, and no text is empty."""
    for key in FR.keys:
        assert placeholders(FR.raw(key)) == placeholders(EN.raw(key)), key
        assert "" not in placeholders(FR.raw(key)), key
        assert FR.raw(key).strip(), key
        assert EN.raw(key).strip(), key


@EACH
def test_every_error_says_what_happened_and_what_to_do(words: Catalogue) -> None:
    """Each code has a title, a detail and a next step."""
    wanted = {f"error.{kind.code}.{part}" for kind in ERRORS.values() for part in PARTS}
    assert sorted(wanted - words.keys) == []


def raised() -> Iterator[tuple[str, str, dict[str, ast.expr]]]:
    """Find every place that makes an error: where, its class, and the details given."""
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
                name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
                if name in ERRORS:
                    given = {item.arg: item.value for item in node.keywords if item.arg}
                    yield f"{path.name}:{node.lineno}", name, given


def test_an_error_carries_what_its_words_need() -> None:
    """Where it is made, it gets a value for every placeholder of any wording it may have."""
    found = list(raised())
    assert len(found) > 20
    for place, name, given in found:
        stem = f"error.{ERRORS[name].code}"
        reason = given.get("problem") or given.get("reason") or given.get("what")
        keys = {key for key in FR.keys if key.rpartition(".")[0] == stem}
        if reason is None:
            keys = {f"{stem}.detail", f"{stem}.next"}
        elif isinstance(reason, ast.Constant):
            specific = f"{stem}.{reason.value!s}"
            keys = {specific if FR.has(specific) else f"{stem}.detail", f"{stem}.next"}
        for key in keys:
            # The place is worded from the number of the line or paragraph.
            known = given.keys() | ({"place"} if "line" in given else set())
            assert set(placeholders(FR.raw(key))) <= known, f"{place}: {key}"


def test_the_reason_of_an_error_chooses_its_words() -> None:
    """A reason without words of its own falls back to the general detail."""
    known = word_error(errors.CorpusError(problem="encoding", file="a.txt"))
    assert known["fr"].detail == FR.text("error.corpus.encoding", file="a.txt")
    unknown = word_error(errors.CorpusError(problem="sadness", file="{a}.txt"))
    assert unknown["en"].detail == "There is a problem with {a}.txt."
    assert unknown["en"].title == known["en"].title


def test_a_line_is_told_as_it_stands_with_its_place_and_its_own_next_step() -> None:
    """A date of a file stays as it was typed; in Word documents the place is a paragraph."""
    there = {"document": "a.docx", "line": 3, "text": "2026-05-14", "reason": "span"}
    told = word_error(errors.PageError(**there, unit="paragraph"))
    assert "a.docx, paragraph 3: " in told["en"].detail
    assert "2026-05-14" in told["en"].detail
    assert told["fr"].next == FR.text("error.page.span.next")
    assert "a.docx, ligne 3" in word_error(errors.PageError(**there))["fr"].detail
    longer = word_error(errors.PageError(**{**there, "text": "ab " * 400}))
    assert len(longer["en"].detail) < 500


@pytest.mark.parametrize(
    "wrong",
    [
        r"\s[;?!]",
        r"(?<!\u00a0):",
        r"«(?!\u00a0)",
        r"(?<!\u00a0)»",
        r"(?<!«)\u00a0(?![:»])",
        r"[“”\"]",
    ],
)
def test_french_typography(wrong: str) -> None:
    """Canadian usage: a no-break space before a colon and inside guillemets, nowhere else."""
    assert [key for key in FR.keys if re.search(wrong, FR.raw(key))] == []


@EACH
@pytest.mark.parametrize("forbidden", ["  ", "...", "\u202f", " ,", " .", "\t", "\n"])
def test_no_text_has_stray_characters(words: Catalogue, forbidden: str) -> None:
    """Single spaces, one line."""
    assert [key for key in words.keys if forbidden in words.raw(key)] == []


@EACH
def test_apostrophes_are_typographic_but_in_commands(words: Catalogue) -> None:
    """Both languages write ’ within words; ' quotes what is typed on a command line."""
    straight = re.compile(r"[^\W\d_]'[^\W\d_]|[sS]' ")
    assert [key for key in words.keys if straight.search(words.raw(key))] == []


@EACH
def test_titles_are_no_sentences_and_next_steps_are(words: Catalogue) -> None:
    """A next step opens with a capital and ends with a full stop; a title ends without."""
    for kind in ERRORS.values():
        title, _, following = (words.raw(f"error.{kind.code}.{part}") for part in PARTS)
        assert not title.endswith("."), kind
        assert following[0].isupper(), kind
        assert following.endswith("."), kind


def test_every_text_is_used() -> None:
    """Each key is written out in the code or a template, or follows from a name that is.

    Known stems: an error's code with a part or a reason, a status, a plural form, a step
    of the progress bar, a finding of the check, why a draft is refused, what a pair or a quote is
    found to be, what a change does, how work ends, the language of the answer, a sort of line,
    what a model did, how meetings were singled out.
    """
    code = "".join(path.read_text("utf-8") for path in (*SOURCES, *TEMPLATES))
    written = set(re.findall(r"""["']([\w.-]+)["']""", code))
    reasons = {*PARTS, *written}
    used = {f"error.{kind.code}.{reason}" for kind in ERRORS.values() for reason in reasons}
    used |= {f"{name}.next" for name in used}
    used |= {f"status.{name}" for name in get_args(AnswerStatus)}
    used |= {f"rendition.{name}" for name in get_args(RenditionStatus)}
    used |= {f"generation.{name}" for name in get_args(GenerationOutcome)}
    used |= {f"attribution.{name}" for name in get_args(Attribution)}
    used |= {f"page.understood.{language}" for language in LANGUAGES}
    used |= {f"conversation.{line}" for line in get_args(Line)}
    used |= {f"{key}.{ground}" for key in written for ground in get_args(Ground)}
    used |= {f"record.{ground}{end}" for ground in get_args(Ground) for end in ("", ".all")}
    used |= {f"{key}.{number}" for key in used for number in ("one", "other")}
    for name in written:
        used |= {f"mcp.{name}.title", f"mcp.{name}.description"}
        used |= {name, f"{name}.one", f"{name}.other", f"cli.{name}", f"cli.finding.{name}"}
        counted = (f"{name}.one", f"{name}.other")
        used |= {f"desk.{stem}.{end}" for stem in ("finding", "notice") for end in counted}
        used.add(f"desk.work.{name}")
        used |= {f"{name}.{point}" for point in range(1, 11)}
        used |= {f"cli.draft.refused.{name}", f"cli.align.{name}", f"cli.verify.{name}"}
    assert sorted(FR.keys - used) == []


def test_every_key_written_out_exists() -> None:
    """A literal key in the code or a template is in the catalogue, alone or as a stem."""
    stems = {key.rpartition(".")[0] for key in FR.keys} | FR.keys
    call = re.compile(r"""(?:\bt|\.text|\.raw|\.count)\(\s*["']([a-z][\w.-]+)["']""")
    for path in (*SOURCES, *TEMPLATES):
        for key in call.findall(path.read_text("utf-8")):
            # One that ends in a dot goes on with a name.
            begun = key.endswith(".") and any(known.startswith(key) for known in FR.keys)
            assert begun or key in stems, f"{path.name}: {key}"


@pytest.mark.parametrize(
    ("day", "french", "english"),
    [
        (dt.date(2024, 11, 1), "1er novembre 2024", "November 1, 2024"),
        (dt.date(2025, 6, 2), "2 juin 2025", "June 2, 2025"),
        (dt.date(2023, 8, 11), "11 août 2023", "August 11, 2023"),
        (dt.date(2024, 2, 29), "29 février 2024", "February 29, 2024"),
        (dt.date(2025, 1, 31), "31 janvier 2025", "January 31, 2025"),
    ],
)
def test_dates_are_written_in_full(day: dt.date, french: str, english: str) -> None:
    """The first of a month is `1er` in French; the 11th and the 31st are not."""
    assert (FR.date(day), EN.date(day)) == (french, english)
    assert FR.month(day) == french.partition(" ")[2]
    assert EN.month(day) == f"{english.split(maxsplit=1)[0]} {day.year}"


def test_months_and_lengths_of_time_are_written_out() -> None:
    """With plain spaces, and zero in the singular in French."""
    assert (FR.month_name(8), EN.month_name(8)) == ("août", "August")
    assert [FR.span(number, "year") for number in (0, 1, 2)] == ["0 an", "1 an", "2 ans"]
    assert [EN.span(number, "day") for number in (0, 1, 2)] == ["0 days", "1 day", "2 days"]
    assert (FR.span(1, "month"), FR.span(3, "month")) == ("1 mois", "3 mois")


def test_dates_are_those_of_the_pages() -> None:
    """What is written for each day of a year is what the reader of pages reads back."""
    for number in range(366):
        day = dt.date(2024, 1, 1) + dt.timedelta(number)
        assert parse_day(FR.date(day)) == parse_day(EN.date(day)) == day


@pytest.mark.parametrize(
    ("language", "number", "text"),
    [
        ("fr", 0, "0 passage"),
        ("fr", 1, "1 passage"),
        ("fr", 2, "2 passages"),
        ("en", 0, "0 passages"),
        ("en", 1, "1 passage"),
        ("en", 2, "2 passages"),
    ],
)
def test_plurals_follow_the_language(language: Language, number: int, text: str) -> None:
    """Zero is singular in French and plural in English."""
    assert catalogue(language).count("page.passages", number) == text


def test_numbers_are_grouped_by_thousands() -> None:
    """With a no-break space in French, a comma in English."""
    assert FR.count("page.passages", 12541) == "12\u00a0541 passages"
    assert EN.count("page.passages", 12541) == "12,541 passages"


@EACH
def test_every_plural_has_both_forms(words: Catalogue) -> None:
    """`.one` and `.other` stand together, take the same values but for the number."""
    stems = {key.rpartition(".")[0] for key in words.keys if key.endswith((".one", ".other"))}
    for stem in stems:
        one, other = words.raw(f"{stem}.one"), words.raw(f"{stem}.other")
        assert set(placeholders(one)) <= set(placeholders(other))
        assert one != other


@pytest.mark.parametrize(
    ("items", "french", "english"),
    [
        ([], "", ""),
        (["a"], "a", "a"),
        (["a", "b"], "a et b", "a and b"),
        (["a", "b", "c"], "a, b et c", "a, b and c"),
    ],
)
def test_lists_are_joined(items: list[str], french: str, english: str) -> None:
    """No comma before the last item, in Canadian English either."""
    assert (FR.join(items), EN.join(items)) == (french, english)


def test_values_are_filled_in_as_they_are() -> None:
    """Braces in a value are text, and values that no placeholder names are left aside."""
    assert EN.text("cli.finding.hints-missing", subject="{x}", more=1).endswith(": {x}")
    with pytest.raises(KeyError):
        EN.text("no.such.key")
