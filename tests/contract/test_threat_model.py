"""The threat model names tests that exist."""

import re

import pytest

from tests.conftest import ROOT

pytestmark = pytest.mark.contract

NAMED = re.findall(
    r"`(tests/[\w/]+\.py)::(test_\w+)`", (ROOT / "docs" / "threat-model.md").read_text("utf-8")
)


def test_every_risk_has_a_row() -> None:
    """All ten of OWASP's list for language models, and more than thirty tests behind the rows."""
    text = (ROOT / "docs" / "threat-model.md").read_text("utf-8")
    assert re.findall(r"^\| LLM(\d\d) ", text, re.MULTILINE) == [f"{n:02}" for n in range(1, 11)]
    assert len(set(NAMED)) >= 30


@pytest.mark.parametrize(("file", "test"), sorted(set(NAMED)))
def test_a_test_that_is_named_exists(file: str, test: str) -> None:
    """Under that name, in that file."""
    assert re.search(rf"^(async )?def {test}\(", (ROOT / file).read_text("utf-8"), re.MULTILINE)
