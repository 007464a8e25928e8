"""`ccs-qa keys`: a key is printed once; and a server that others could call says who may."""

import datetime as dt
from pathlib import Path

import pytest
import uvicorn
from typer.testing import CliRunner, Result

from bench.http import free_port
from ccs_qa.cli.main import app
from ccs_qa.errors import KeyDayError, KeyNameError, NotFoundError, OpenHostError
from ccs_qa.messages.catalogue import catalogue
from ccs_qa.messages.wording import word_error
from ccs_qa.store.store import open_store


@pytest.fixture
def database(tmp_path: Path) -> str:
    """The address of a database that does not exist yet."""
    return f"sqlite:///{tmp_path / 'kept.sqlite3'}"


def run(database: str, *arguments: str, language: str = "en") -> Result:
    """Run a command in a wide terminal of a language."""
    env = {"LC_ALL": f"{language}_CA.UTF-8", "CCS_QA_DATABASE": database, "COLUMNS": "200"}
    return CliRunner().invoke(app, arguments, env=env)


def test_a_key_is_printed_once_and_alone(database: str) -> None:
    """The output is the key; what else is said goes beside it."""
    result = run(database, "keys", "create", "tool", "--scope", "read", "--scope", "feedback")
    assert result.exit_code == 0
    text = result.stdout.strip()
    assert result.stderr == "Key tool (read, feedback). It will never be shown again.\n"
    store = open_store(database)
    found = store.keys.known().find(text)
    store.close()
    assert found is not None
    assert found.scopes == {"read", "feedback"}
    listed = run(database, "keys", "list").stdout
    assert text not in listed
    assert text[19:] not in listed
    assert f"{text[:25]}…" in listed


def test_the_list_tells_keys_apart(database: str) -> None:
    """Name, state, scopes, start, days; in French in a French terminal."""
    today = dt.datetime.now(dt.UTC).date()
    store = open_store(database)
    made = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    store.keys.create("old", ["read"], dt.date(2026, 1, 31), made)
    store.close()
    run(database, "keys", "create", "good", "--scope", "admin")
    run(database, "keys", "create", "gone", "--scope", "read")
    assert (
        run(database, "keys", "revoke", "gone").stdout
        == "The key gone no longer gives access to anything.\n"
    )
    rows = [
        [cell.strip() for cell in line.split("│")[1:-1]]
        for line in run(database, "keys", "list", language="fr").stdout.splitlines()
        if "│" in line
    ]
    assert [row[:3] for row in rows] == [
        ["gone", "révoquée", "read"],
        ["good", "valide", "admin"],
        ["old", "expirée", "read"],
    ]
    assert [row[4:] for row in rows] == [
        [today.isoformat(), "", ""],
        [today.isoformat(), "", ""],
        ["2026-01-01", "2026-01-31", ""],
    ]


def test_a_name_that_cannot_be_used_is_worded(database: str) -> None:
    """Taken, or unknown: status 1, both languages, the next step."""
    run(database, "keys", "create", "tool", "--scope", "read")
    taken = run(database, "keys", "create", "tool", "--scope", "read")
    unknown = run(database, "keys", "revoke", "none")
    for result, error in (
        (taken, KeyNameError(problem="taken", name="tool")),
        (unknown, NotFoundError(what="key", name="none")),
    ):
        assert (result.exit_code, result.stdout) == (1, "")
        for wording in word_error(error).values():
            assert wording.detail in result.stderr


def test_a_key_that_would_open_nothing_is_not_made(database: str) -> None:
    """Yesterday (UTC) is refused in both languages, with the day; today is taken."""
    today = dt.datetime.now(dt.UTC).date()
    yesterday = today - dt.timedelta(days=1)
    given = ("keys", "create", "tool", "--scope", "read", "--expires")
    refused = run(database, *given, yesterday.isoformat())
    assert (refused.exit_code, refused.stdout) == (1, "")
    error = KeyDayError(day=yesterday.isoformat(), today=today.isoformat())
    for language, wording in word_error(error).items():
        assert catalogue(language).date(yesterday) in wording.detail
        assert wording.detail in refused.stderr
        assert wording.next in refused.stderr
    assert run(database, *given, today.isoformat()).exit_code == 0


@pytest.mark.parametrize(
    "arguments",
    [("tool",), ("tool", "--scope", "write"), ("tool", "--scope", "read", "--expires", "soon")],
)
def test_what_a_key_opens_and_until_when_is_checked(
    database: str, arguments: tuple[str, ...]
) -> None:
    """Status 2, and no key."""
    assert run(database, "keys", "create", *arguments).exit_code == 2
    store = open_store(database)
    assert store.keys.all() == ()
    store.close()


@pytest.mark.slow
def test_a_server_for_others_says_who_may_call(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`--host 0.0.0.0` is refused, worded, until CCS_QA_ACCESS says one or the other."""
    hosts: list[str] = []
    monkeypatch.setattr(uvicorn, "run", lambda _app, host, **_more: hosts.append(host))
    monkeypatch.setattr("ccs_qa.cli.main.open_told", lambda _settings: None)
    port = ("--port", str(free_port()))
    anywhere = "0.0.0.0"  # noqa: S104 - nothing listens there
    refused = run(database, "serve", "--host", anywhere, *port)
    assert refused.exit_code == 1
    for wording in word_error(OpenHostError(host=anywhere)).values():
        assert wording.next in refused.stderr
    assert hosts == []
    for access in ("open", "keys"):
        monkeypatch.setenv("CCS_QA_ACCESS", access)
        assert run(database, "serve", "--host", anywhere, *port).exit_code == 0
    monkeypatch.delenv("CCS_QA_ACCESS")
    assert run(database, "serve", "--host", "::1", *port).exit_code == 0
    assert hosts == [anywhere, anywhere, "::1"]
