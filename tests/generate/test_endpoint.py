"""The endpoint alone: what it asks, what it reads, and how far it lets itself be held up."""

import json
import threading
from dataclasses import replace
from types import SimpleNamespace

import pytest
from pydantic import SecretStr

from ccs_qa.errors import EndpointError
from ccs_qa.generate.chunks import Style
from ccs_qa.generate.endpoint import Endpoint, Limits
from ccs_qa.records import EndpointFault, Prompt
from tests.generate.fault_server import (
    MODEL,
    PATIENCE,
    FaultServer,
    closed_port,
    misbehaving,
)
from tests.serving import until

# No limit that a test could reach, but of characters.
LONG = Limits(connect=60.0, silence=60.0, budget=60.0, most_characters=2000)
SHORT = replace(LONG, silence=0.6, budget=1.0)
PROMPT = Prompt("Be brief.", (("Q1", "A1 [1]"),), "Q2", ("\n\n",))
# What each behaviour of the fault server is.
FAULTS: dict[str, EndpointFault] = {
    "mute": "slow",
    "slow-header": "slow",
    "silent": "slow",
    "drip": "slow",
    "comments": "slow",
    "slowly": "slow",
    "refused": "refused",
    "unauthorized": "refused",
    "redirect": "refused",
    "error": "refused",
    "html": "malformed",
    "whole": "malformed",
    "garbage": "malformed",
    "junk": "malformed",
    "deep": "malformed",
    "shape": "malformed",
    "shape-inside": "malformed",
    "number": "malformed",
    "half-character": "malformed",
    "packed": "malformed",
    "cut": "cut",
    "done-too-soon": "cut",
    "broken": "cut",
    "length": "cut",
    "filtered": "cut",
    "endless": "endless",
    "endless-line": "endless",
    "model": "model",
    "larger-model": "model",
}


def endpoint(
    server: FaultServer, style: Style = "chat", key: str = "", limits: Limits = LONG
) -> Endpoint:
    """The endpoint that asks a server."""
    return Endpoint(server.url, MODEL, limits, tokens=100, key=SecretStr(key), style=style)


@pytest.mark.parametrize("style", ["chat", "completion"])
def test_it_gives_the_pieces_of_a_reply(style: Style) -> None:
    """Joined they are the reply, in either form of the protocol."""
    reply = "Service « Canada » says 3,5 %. [1][2] And more. [3]"
    with misbehaving(reply=reply) as server:
        pieces = list(endpoint(server, style).stream(PROMPT))
    assert "".join(pieces) == reply
    assert len([piece for piece in pieces if piece]) > 3


def test_it_asks_at_temperature_zero_for_so_many_tokens() -> None:
    """Instructions as the system, examples as turns; in one text for a base model."""
    with misbehaving() as server:
        list(endpoint(server, "chat").stream(PROMPT))
        list(endpoint(server, "completion").stream(PROMPT))
    chat, completion = ((head.split()[1], json.loads(body)) for head, body in server.requests)
    common = {"model": MODEL, "max_tokens": 100, "temperature": 0, "stop": ["\n\n"], "stream": True}
    turns = [("system", "Be brief."), ("user", "Q1"), ("assistant", "A1 [1]"), ("user", "Q2")]
    messages = [{"role": role, "content": content} for role, content in turns]
    assert chat == ("/v1/chat/completions", {**common, "messages": messages})
    text = "Be brief.\n\nQ1\nA1 [1]\n\nQ2\n"
    assert completion == ("/v1/completions", {**common, "prompt": text})


def test_a_dated_edition_of_the_model_is_the_model() -> None:
    """`small-model-2026-01-31` may answer for `small-model`."""
    with misbehaving("dated") as server:
        assert "".join(endpoint(server).stream(PROMPT)) == "Fine. [1]"


@pytest.mark.parametrize("name", FAULTS)
def test_each_fault_is_named_in_time(name: str) -> None:
    """Whatever the endpoint does, it is over and the fault has a name."""
    limits = SHORT if FAULTS[name] == "slow" else LONG
    with misbehaving(name) as server:
        with pytest.raises(EndpointError) as caught:
            list(endpoint(server, limits=limits).stream(PROMPT))
        assert limits is LONG or server.gone.wait(PATIENCE)
    assert caught.value.fault == FAULTS[name]
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("limits", "name"),
    [(replace(LONG, budget=10.0), "slowly"), (replace(LONG, silence=10.0), "silent")],
)
def test_the_limits_are_kept_to_the_second(
    monkeypatch: pytest.MonkeyPatch, limits: Limits, name: str
) -> None:
    """Ten seconds of a whole reply, or of a silence, are waited for, by this clock, and no more."""
    now = [0.0]
    monkeypatch.setattr("ccs_qa.generate.endpoint.time", SimpleNamespace(monotonic=lambda: now[0]))
    with misbehaving(name) as server:
        pieces = endpoint(server, limits=limits).stream(PROMPT)
        assert next(piece for piece in pieces if piece)
        now[0] = 9.9
        next(pieces)
        now[0] = 20.0
        with pytest.raises(EndpointError) as caught:
            list(pieces)
    assert caught.value.fault == "slow"


def test_a_closed_port_is_down() -> None:
    """Nothing listens there."""
    down = Endpoint(f"http://127.0.0.1:{closed_port()}/v1", MODEL, LONG, tokens=100)
    with pytest.raises(EndpointError) as caught:
        list(down.stream(PROMPT))
    assert caught.value.fault == "down"


@pytest.mark.parametrize("name", ["slowly", "silent", "mute"])
def test_whoever_stops_reading_closes_the_connection(name: str) -> None:
    """Long before a limit does, also while nothing comes; no thread is left behind."""
    with misbehaving(name) as server:
        pieces = endpoint(server).stream(PROMPT)
        next(pieces)
        pieces.close()
        assert server.gone.wait(PATIENCE)
    until(lambda: not any(item.name == "endpoint" for item in threading.enumerate()))


def test_nothing_of_the_environment_goes_along(monkeypatch: pytest.MonkeyPatch) -> None:
    """No proxy, no key, no organization, no header of somebody else's settings."""
    proxy = f"http://127.0.0.1:{closed_port()}"
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, proxy)
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-somebody")
    monkeypatch.setenv("OPENAI_ORG_ID", "org-of-somebody")
    monkeypatch.setenv("OPENAI_PROJECT_ID", "project-of-somebody")
    monkeypatch.setenv("OPENAI_BASE_URL", proxy)
    with misbehaving() as server:
        list(endpoint(server).stream(PROMPT))
        list(endpoint(server, key="our-key").stream(PROMPT))
    (without, _), (with_key, _) = server.requests
    names = {line.partition(":")[0].lower() for line in without.split("\r\n")[1:]}
    assert names <= {
        *("host", "content-type", "content-length", "accept", "user-agent", "accept-encoding"),
        "connection",
    }
    assert "somebody" not in without + with_key
    assert "authorization: bearer our-key" in with_key.lower()


def test_the_key_is_in_no_error_and_in_no_text_of_the_endpoint() -> None:
    """Neither when it is refused nor when it is printed."""
    with misbehaving("unauthorized") as server:
        asked = endpoint(server, key="very-secret")
        with pytest.raises(EndpointError) as caught:
            list(asked.stream(PROMPT))
    assert "very-secret" not in repr(caught.value) + repr(vars(asked)) + str(caught.value.__cause__)
