"""Sets up the endpoint of the settings."""

import ipaddress
from urllib.parse import urlsplit

from ccs_qa.errors import SettingsError
from ccs_qa.generate.breaker import Breaker, Guarded
from ccs_qa.settings import PREFIX, Settings

# No language of ours has longer tokens on average.
_CHARACTERS_A_TOKEN = 8


def open_endpoint(settings: Settings) -> Guarded | None:
    """Set up the endpoint; nothing is asked of it yet (None where none is named).

    Raises:
        SettingsError: Its address cannot be used, or its model is not named.
    """
    if not settings.llm_url:
        return None
    if not may_be_asked(settings.llm_url):
        name = f"{PREFIX}LLM_URL"
        raise SettingsError(problem="llm-url", name=name, known=name)
    if not settings.llm_model:
        name = f"{PREFIX}LLM_MODEL"
        raise SettingsError(problem="llm-model", name=name, known=name)
    # The client takes most of a second to load, which a service without endpoint does not need.
    from ccs_qa.generate.endpoint import Endpoint, Limits  # noqa: PLC0415 - for the reason above

    limits = Limits(
        connect=settings.llm_connect,
        silence=settings.llm_silence,
        budget=settings.llm_budget,
        most_characters=settings.llm_tokens * _CHARACTERS_A_TOKEN,
    )
    endpoint = Endpoint(
        settings.llm_url,
        settings.llm_model,
        limits,
        tokens=settings.llm_tokens,
        key=settings.llm_key,
        style=settings.llm_style,
    )
    breaker = Breaker(settings.llm_failures, settings.llm_pause)
    return Guarded(endpoint, breaker, settings.llm_at_once)


def may_be_asked(url: str) -> bool:
    """Tell whether an address is HTTPS, or HTTP on this machine, and names a place alone."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return False
    plain = not (parts.username or parts.password or parts.query or parts.fragment)
    if not (plain and host and url.isprintable()) or " " in url:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(host))


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
