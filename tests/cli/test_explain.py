"""`ccs-qa explain` shows reasons in the language of the terminal."""

import pytest
from typer.testing import CliRunner

from ccs_qa.cli.main import app
from ccs_qa.service import QAService


@pytest.mark.parametrize(
    ("locale", "said"), [("fr_CA.UTF-8", "Verdict\u00a0: "), ("C", "Verdict: ")]
)
def test_it_shows_verdict_signs_and_legs(
    locale: str, said: str, service: QAService, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a question that is judged, with every leg named."""
    monkeypatch.setattr("ccs_qa.opening.open_service", lambda _settings: service)
    asked = ["explain", "How can trust in AI be built?", "-k", "2"]
    found = CliRunner().invoke(app, asked, env={"LC_ALL": locale, "COLUMNS": "200"})
    assert found.exit_code == 0
    assert said in found.output
    for name in ("precedent", "late", "hints", "lexical", "section", "shared_hints"):
        assert name in found.output
