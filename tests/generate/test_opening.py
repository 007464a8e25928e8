"""The endpoint of the settings: where it may be, and that its key is nowhere to be read."""

import logging

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from pydantic import SecretStr

from ccs_qa.errors import SettingsError
from ccs_qa.generate.opening import may_be_asked, open_endpoint
from ccs_qa.http.logs import configure_logs
from ccs_qa.settings import Settings, load_settings
from tests.generate.conftest import Clients
from tests.generate.fault_server import misbehaving


def test_there_is_none_unless_it_is_named() -> None:
    """The default is to do without."""
    assert open_endpoint(load_settings()) is None


@pytest.mark.parametrize(
    "url",
    [
        "https://models.example.ca/v1",
        "https://models.example.ca:8443/some/where/",
        "http://127.0.0.1:8081/v1",
        "http://127.9.9.9/v1",
        "http://localhost:11434/v1",
        "http://[::1]:8081/v1",
    ],
)
def test_https_anywhere_and_http_on_the_machine_may_be_asked(url: str) -> None:
    """Questions leave the machine encrypted or not at all."""
    assert may_be_asked(url)


@pytest.mark.parametrize(
    "url",
    [
        "http://models.example.ca/v1",
        "http://10.0.0.5:8081/v1",
        "http://127.0.0.1.example.ca/v1",
        "http://localhost.example.ca/v1",
        "http://0.0.0.0:8081/v1",
        "http://[::]:8081/v1",
        "https://user:word@models.example.ca/v1",  # pragma: allowlist secret
        "https://user@models.example.ca/v1",
        "https://models.example.ca/v1?key=abc",
        "https://models.example.ca/v1#part",
        "https:///v1",
        "https://models.example.ca:port/v1",
        "https://[::1/v1",
        "https://models.example.ca/v 1",
        "https://models.example.ca/v1\n",
        "ftp://models.example.ca",
        "file:///etc/passwd",
        "models.example.ca",
        "127.0.0.1:8081",
    ],
)
def test_other_addresses_are_refused_when_the_service_starts(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error names the setting and not its value, which may hold a password."""
    monkeypatch.setenv("CCS_QA_LLM_URL", url)
    monkeypatch.setenv("CCS_QA_LLM_MODEL", "m")
    with pytest.raises(SettingsError) as caught:
        open_endpoint(load_settings())
    assert caught.value.details["name"] == "CCS_QA_LLM_URL"
    assert url not in str(caught.value)


def test_a_model_has_to_be_named() -> None:
    """An address alone says not whom to ask."""
    given = load_settings().model_copy(update={"llm_url": "http://127.0.0.1:8081/v1"})
    with pytest.raises(SettingsError) as caught:
        open_endpoint(given)
    assert caught.value.details["name"] == "CCS_QA_LLM_MODEL"


@pytest.mark.parametrize(
    ("name", "value"),
    [("STYLE", "other"), ("BUDGET", "0"), ("TOKENS", "10"), ("FAILURES", "0"), ("CONNECT", "-1")],
)
def test_values_out_of_range_are_refused(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    """By the name of the variable."""
    monkeypatch.setenv(f"CCS_QA_LLM_{name}", value)
    with pytest.raises(SettingsError) as caught:
        load_settings()
    assert caught.value.details["name"] == f"CCS_QA_LLM_{name}"


def test_the_key_is_read_and_never_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings show stars in its place."""
    monkeypatch.setenv("CCS_QA_LLM_KEY", "very-secret")
    found = load_settings()
    assert found.llm_key.get_secret_value() == "very-secret"
    assert "very-secret" not in repr(found) + str(found.model_dump())


@pytest.mark.parametrize("behaviour", ["fine", "unauthorized", "garbage", "cut"])
def test_neither_the_key_nor_the_question_stands_in_the_log(
    clients: Clients, capsys: pytest.CaptureFixture[str], behaviour: str
) -> None:
    """At the most talkative level, whatever the endpoint does."""
    root = logging.getLogger()
    before = list(root.handlers)
    with misbehaving(behaviour) as server:
        changed = {"llm_key": SecretStr("very-secret")}
        with clients(server.url, **changed) as client:
            configure_logs("debug", readable=False)
            try:
                given = ask(client)
            finally:
                root.handlers[:] = before
        assert "very-secret" in server.requests[0][0]
    written = capsys.readouterr().err
    assert given.status_code == 200
    assert ("language model: " in written) is (behaviour != "fine")
    assert "very-secret" not in given.text + written
    assert "call centres" not in written


def ask(client: TestClient) -> Response:
    """Ask in the generative mode."""
    body = {"question": "How could AI help call centres?", "mode": "generative"}
    return client.post("/api/v1/ask", json=body)


def test_settings_have_defaults_that_fit_each_other() -> None:
    """The wait for a word is within the budget; the budget within a minute."""
    found = Settings()
    assert found.llm_connect <= found.llm_silence <= found.llm_budget <= 60
