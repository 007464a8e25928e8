"""The log: one line a message, named after its request, without a word of what was asked."""

import json
import logging
from collections.abc import Iterator
from dataclasses import replace

import pytest
from fastapi.testclient import TestClient

from ccs_qa.http.app import build_app
from ccs_qa.http.logs import LogHandler, configure_logs
from ccs_qa.records import Answer, Hit
from ccs_qa.service import QAService
from ccs_qa.settings import Settings
from tests.serving import recorded

MARKER = "zanzibarois"
Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    """Afterwards the loggers are as they were."""
    loggers = [logging.getLogger(name) for name in ("ccs_qa", "uvicorn")]
    levels = [logger.level for logger in loggers]
    yield
    for logger, level in zip(loggers, levels, strict=True):
        logger.setLevel(level)
    root = logging.getLogger()
    for handler in [item for item in root.handlers if isinstance(item, LogHandler)]:
        root.removeHandler(handler)


def test_a_line_is_one_json_object(capsys: Capture) -> None:
    """Event, logger, level and time; outside of a request it names none."""
    configure_logs("info")
    logging.getLogger("ccs_qa.x").info("kept %d\nthings", 3)
    (line,) = capsys.readouterr().err.splitlines()
    found = json.loads(line)
    assert found.pop("timestamp").endswith("Z")
    assert found == {"event": "kept 3\nthings", "logger": "ccs_qa.x", "level": "info"}


def test_on_a_terminal_a_line_is_readable(capsys: Capture) -> None:
    """No JSON; the event stands in it."""
    configure_logs("info", readable=True)
    logging.getLogger("ccs_qa").warning("the store is out")
    line = capsys.readouterr().err
    assert "the store is out" in line
    assert "{" not in line


def test_configuring_again_does_not_write_twice(capsys: Capture) -> None:
    """The last level counts."""
    configure_logs("debug")
    configure_logs("warning")
    logging.getLogger("ccs_qa").info("a")
    logging.getLogger("ccs_qa").warning("b")
    (line,) = capsys.readouterr().err.splitlines()
    assert json.loads(line)["event"] == "b"


def test_libraries_say_only_what_goes_wrong(capsys: Capture) -> None:
    """Asked for detail, they would write down what they handle."""
    configure_logs("debug")
    # Servers that other tests start in this process set its level.
    logging.getLogger("uvicorn.error").setLevel(logging.NOTSET)
    logging.getLogger("sse_starlette.sse").debug("chunk: %s", MARKER)
    logging.getLogger("httpx").info(MARKER)
    logging.getLogger("library").warning("wrong")
    logging.getLogger("ccs_qa").debug("detail")
    logging.getLogger("uvicorn.error").debug("uvicorn")
    lines = capsys.readouterr().err.splitlines()
    assert [json.loads(line)["event"] for line in lines] == ["wrong", "detail", "uvicorn"]


def fail() -> None:
    """Fail, for a reason, with words in both messages."""
    try:
        int(MARKER)
    except ValueError as inner:
        raise LookupError(MARKER) from inner


@pytest.mark.parametrize("readable", [False, True])
def test_an_exception_is_its_kinds_and_places(capsys: Capture, readable: bool) -> None:
    """Those of its causes too; no message of any, and a chain that bites its tail ends."""
    configure_logs("info", readable=readable)
    try:
        fail()
    except LookupError as error:
        cause = error.__cause__
        assert cause is not None
        cause.__cause__ = error
        logging.getLogger("ccs_qa").exception("unexpected")
    text = capsys.readouterr().err
    assert MARKER not in text
    assert "builtins.ValueError" in text
    assert "builtins.LookupError" in text
    assert "test_logs.py" in text
    assert "test_an_exception_is_its_kinds_and_places" in text


def tell(answer: Answer, hits: tuple[Hit, ...]) -> None:
    """Fail, as an observer, with the words of the question in the message."""
    raise ValueError(answer.query.question, hits)


def test_no_line_holds_a_question_a_key_or_an_address(
    settings: Settings,
    service: QAService,
    capsys: Capture,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """At the level of most detail, with answers, refusals, failures and a database that is out."""
    broken = tmp_path_factory.mktemp("broken") / "text"
    broken.write_text("not a database" * 100)
    changed = recorded(settings, f"sqlite:///{broken}", broken.parent)
    configure_logs("debug")
    question = {"question": f"What of {MARKER}?"}
    headers = {"X-Request-ID": "call-7", "Authorization": f"Bearer ccsqa_{MARKER}"}
    app = build_app(changed, lambda _: service)
    with TestClient(app, client=("192.0.2.77", 9), raise_server_exceptions=False) as client:
        for observed in (app.state.service, replace(service, observers=(tell,))):
            app.state.service = observed
            for path in ("/api/v1/ask", "/api/v1/ask/stream", "/api/v1/search"):
                client.post(path, json=question, headers=headers)
            client.post("/api/v1/ask", json={"question": MARKER * 100}, headers=headers)
            client.post("/api/v1/ask", content=MARKER, headers=headers)
            client.post("/api/v1/feedback", json={**question, "useful": True}, headers=headers)
            for path in (f"/fr/?q={MARKER}", f"/en/stream?q={MARKER}", f"/en/{MARKER}"):
                client.get(path, headers=headers)
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert {"unexpected error"} <= {line["event"][:16] for line in lines}
    assert {line["request_id"] for line in lines if "request_id" in line} == {"call-7"}
    text = json.dumps(lines)
    assert MARKER not in text
    assert "192.0.2.77" not in text
