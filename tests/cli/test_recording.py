"""Records of what is asked without HTTP: on the command line, and over stdio."""

import asyncio
import json
import sys
from pathlib import Path

import pytest
from mcp import Client
from mcp.client.stdio import StdioServerParameters
from typer.testing import CliRunner

from ccs_qa.cli.main import app
from ccs_qa.present.schemas import AskResponse
from ccs_qa.settings import Settings
from ccs_qa.store.audit import AuditRecord
from ccs_qa.store.store import open_store

QUESTION = "How could AI help call centres? Write to a@b.ca"


@pytest.fixture
def variables(settings: Settings, tmp_path: Path) -> dict[str, str]:
    """The environment of a machine that keeps records."""
    assert settings.index.is_dir()
    database = f"sqlite:///{tmp_path / 'kept.sqlite3'}"
    return {
        "LC_ALL": "en_CA.UTF-8",
        "CCS_QA_DATABASE": database,
        "CCS_QA_AUDIT": "true",
        "CCS_QA_AUDIT_SPOOL": str(tmp_path / "audit.spool"),
    }


def kept(variables: dict[str, str]) -> list[AuditRecord]:
    """Read the records."""
    store = open_store(variables["CCS_QA_DATABASE"])
    found = list(store.audit.records())
    store.close()
    return found


def test_a_question_on_the_command_line_is_recorded(variables: dict[str, str]) -> None:
    """By its channel, redacted, before the command ends."""
    result = CliRunner().invoke(app, ["ask", QUESTION, "--json"], env=variables)
    assert (result.exit_code, result.stderr) == (0, "")
    body = json.loads(result.stdout)
    (record,) = kept(variables)
    assert (record.id, record.status) == (body["id"], body["status"])
    assert (record.channel, record.key_id, record.request_id) == ("cli", None, "")
    assert record.question == "How could AI help call centres? Write to [courriel/e-mail]"


def test_without_the_setting_nothing_is_recorded(variables: dict[str, str]) -> None:
    """Nor is a database made."""
    quiet = {**variables, "CCS_QA_AUDIT": "false"}
    assert CliRunner().invoke(app, ["ask", QUESTION], env=quiet).exit_code == 0
    assert not Path(variables["CCS_QA_DATABASE"].removeprefix("sqlite:///")).exists()


def test_a_record_that_cannot_be_kept_costs_no_answer(
    variables: dict[str, str], tmp_path: Path
) -> None:
    """The answer is printed as it is without records, and the record waits."""
    (tmp_path / "text").write_text("not a database" * 100)
    broken = {**variables, "CCS_QA_DATABASE": f"sqlite:///{tmp_path / 'text'}"}
    answered = CliRunner().invoke(app, ["ask", QUESTION], env=broken)
    plain = CliRunner().invoke(app, ["ask", QUESTION], env={**variables, "CCS_QA_AUDIT": "false"})
    assert (answered.exit_code, answered.stdout) == (0, plain.stdout)
    assert CliRunner().invoke(app, ["ask", QUESTION], env=variables).exit_code == 0
    assert [record.channel for record in kept(variables)] == ["cli", "cli"]


def test_no_answer_is_printed_whose_record_is_required_and_cannot_be_kept(
    variables: dict[str, str], tmp_path: Path
) -> None:
    """The error names the setting, in both languages."""
    (tmp_path / "file").write_text("")
    env = {
        **variables,
        "CCS_QA_AUDIT": "required",
        "CCS_QA_AUDIT_SPOOL": str(tmp_path / "file" / "audit.spool"),
    }
    result = CliRunner().invoke(app, ["ask", QUESTION], env=env)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.count("CCS_QA_AUDIT_SPOOL") == 2


def test_what_an_assistant_asks_over_stdio_is_recorded(variables: dict[str, str]) -> None:
    """An answer, not a search; it is there once the process has ended."""

    async def ask() -> AskResponse:
        target = StdioServerParameters(
            command=sys.executable, args=["-m", "ccs_qa", "mcp"], env=variables
        )
        async with Client(target, read_timeout_seconds=300) as client:
            asked = await client.call_tool("ask", {"question": QUESTION})
            await client.call_tool("search", {"question": QUESTION})
            return AskResponse.model_validate(asked.structured_content)

    body = asyncio.run(ask())
    (record,) = kept(variables)
    assert (record.channel, record.id) == ("mcp", body.id)
    assert "a@b.ca" not in record.question
