"""One frozen settings value, read from CCS_QA_* variables.

An unknown CCS_QA_* variable is refused: a misspelt setting that is silently ignored is
the kind of fault that is found last.
"""

import os
import re
from collections.abc import Callable
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from platformdirs import user_cache_path, user_data_path
from pydantic import BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from ccs_qa.errors import SettingsError

PREFIX = "CCS_QA_"
_PACKAGE = Path(__file__).resolve().parent
_CHECKOUT = _PACKAGE.parents[1]
_SITE = r"^(https://[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*(:[1-9][0-9]{0,4})?(/[A-Za-z0-9_~-]+)*)?$"
_CONTACT = r"^(https://[^\s<>\"]+|[^\s@<>\"?&]+@[^\s@<>\"?&]+\.[A-Za-z]+)?$"
_HOSTS = r"^[A-Za-z0-9.:\[\]*, -]*$"
# What Kubernetes tells each container of a service that is called ccs-qa.
_SERVICE_LINK = r"CCS_QA_(SERVICE_HOST|SERVICE_PORT\w*|PORT_\d+_\w+)"
_LIMIT = r"^(auto|off|[1-9][0-9]{0,5}/(second|minute|hour|day))$"


def _listed(value: object) -> object:
    return tuple(value.replace(",", " ").split()) if isinstance(value, str) else value


def _named(value: object) -> object:
    # What the variable said while it had two values.
    found = {"true": "best-effort", "1": "best-effort", "false": "off", "0": "off"}
    return found.get(str(value).lower(), value)


Audit = Annotated[Literal["off", "best-effort", "required"], BeforeValidator(_named)]
# `ipaddress` refuses a network with bits beyond its mask, which is a typing error.
Networks = Annotated[tuple[IPv4Network | IPv6Network, ...], NoDecode, BeforeValidator(_listed)]


def data_folder(name: str) -> Path:
    """Find a folder of shipped data, in a checkout or in an installed wheel.

    Args:
        name: `corpus` or `web`.

    Returns:
        The folder inside the wheel when it is there, else the one of the checkout.
    """
    packaged = _PACKAGE / "_data" / name
    return packaged if packaged.is_dir() else _CHECKOUT / name


def _at_home(find: Callable[[str], Path], name: str) -> Path:
    try:
        return find("ccs-qa")
    except RuntimeError:  # a user without a home, as in many a container
        raise SettingsError(name=name, problem="home", known=name) from None


def _cache_folder() -> Path:
    return _at_home(user_cache_path, "CCS_QA_CACHE")


def _index_folder() -> Path:
    if (_PACKAGE / "_data").is_dir():
        return _at_home(user_data_path, "CCS_QA_INDEX") / "index"
    return _CHECKOUT / "index"


def _kept(name: str) -> Path:
    packaged = (_PACKAGE / "_data").is_dir()
    return (_at_home(user_data_path, "CCS_QA_DATABASE") if packaged else _CHECKOUT / "var") / name


def _database() -> SecretStr:
    return SecretStr(f"sqlite:///{_kept('ccs-qa.sqlite3')}")


class Settings(BaseSettings):
    """Where things are and how far they may go.

    Attributes:
        corpus: Folder of the pages, their manifest and the hints.
        index: Folder of the built index.
        cache: Folder of prepared models.
        desk: Folder of what maintainers prepare in a browser until they publish it.
        import_hosts: Hosts from which pages may be imported by address, separated by commas; for
            one that is not public its IP address has to be listed as well.
        database: SQLAlchemy URL of what is kept (feedback, keys, records of answers): an SQLite
            file unless set, or `postgresql://` (`ccs-qa[postgresql]`); it may hold a password.
        feedback_page: Whether maintainers may list the feedback in a browser.
        feedback_most: Most pieces of feedback kept; more are refused until some are purged.
        local_admin: Whether callers on this machine itself, relayed by no proxy that says so, are
            maintainers (`/metrics`, the list of feedback, the desk): never where any proxy runs
            on it.
        audit: Whether a record of each answer is kept, its question redacted: `off`, `best-effort`
            (one that cannot be is counted), or `required` (no answer is given without it).
        audit_days: Days for which such a record is kept.
        audit_spool: File on a disk of this machine in which records wait for the database.
        model: `embedded` for the model prepared from the wheel, `embedded-base` for it without
            our adapter, else a hub name or a folder of any sentence-transformers model.
        threads: Threads that encode one question, of as many at once as there are cores for them; 0
            for all cores.
        candidates: Passages that the first stage hands to the rerank.
        recent: Latest answers that stay in memory, given again to the same question until the day
            or the edition changes; 0 for none.
        max_question: Longest question accepted, in characters.
        max_history: Most earlier questions taken into account.
        host: Address the server listens on.
        port: Port the server listens on.
        public_url: Where readers find the service, as `https://ccs.example.ca` or, below a path
            of a site, `https://example.ca/ccs`, for the addresses that are written out; empty for
            what each request says.
        owner_fr: Who runs the service, as its French pages say; empty for nobody named.
        owner_en: The same, on its English pages.
        contact: Whom readers write to: an e-mail address, or the `https://` address of a page.
        institution_fr: Signature of the institution on the French pages; empty for none.
        institution_en: The same, on the English pages.
        hosts: Names under which the service may be asked for, beside loopback, `host` and that of
            `public_url`, separated by commas; one without a port stands for every port.
        mcp_hosts: The same, by its older name.
        access: Who may call: `open` for anyone, `keys` for holders of a key, `auto` for `open`
            on a loopback host and a refusal to start on any other.
        proxy_header: Header in which an authenticating proxy names the person; empty for none.
        proxy_addresses: Networks of proxies, from which alone that header is believed, and
            `X-Forwarded-For` as the address that is counted.
        limit: Most units of one caller (a key, a person, an address), as `600/minute`: a page costs
            one, an answer five; `auto` for that, but for callers without a key whose address is of
            this machine or of a proxy; `off` for none.
        user_limit: Most units of one person whom a caller names, likewise; `auto` is
            `150/minute` with keys.
        feedback_limit: Most pieces of feedback of one caller; `auto` is `60/hour`.
        limit_storage: Where requests are counted: `memory://`, or `redis://` for several
            processes (`ccs-qa[redis]`); it may hold a password.
        answers_at_once: Most answers that a worker works on at once.
        answers_waiting: Most more that wait for their turn; what comes beyond is refused at once.
        answer_budget: Seconds for an answer, its wait and a language model included; longer than
            `llm_budget`.
        connections: Most connections of a worker, fewer where it may open fewer files. One too
            many takes the place of the one that has waited longest for its client.
        head_wait: Seconds that a client has to send the head of a request.
        body_wait: Seconds to send its body, and again to take in a part of the response.
        idle_wait: Seconds for which a connection without a request stays open; longer than those
            of a proxy before it.
        linger: Seconds for which a service that was told to stop (SIGTERM) still takes requests,
            while it says that it is not ready.
        grace: Seconds after which it has ended, whatever is under way; answers have four fifths.
        llm_url: Base address of an endpoint that speaks the protocol of OpenAI and may phrase
            answers, as `https://host/v1`; plain HTTP on this machine only; empty for none.
        llm_model: Name of its model.
        llm_key: Key to show it; empty for none.
        llm_style: `chat` for models that follow instructions, `completion` for base models.
        llm_connect: Seconds to wait for a connection.
        llm_silence: Seconds to wait for its next word.
        llm_budget: Seconds for a whole answer of it.
        llm_tokens: Most tokens of an answer.
        llm_at_once: Most answers that it phrases at once.
        llm_failures: Failures in a row after which it is left alone.
        llm_pause: Seconds for which it is then left alone.
        reload: Seconds between two looks for an edition that was put in use meanwhile.
        heartbeat: Seconds between the comments that keep a stream open.
        log_level: Least severe message written to the log.
    """

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid")

    corpus: Path = Field(default_factory=lambda: data_folder("corpus"))
    index: Path = Field(default_factory=_index_folder)
    cache: Path = Field(default_factory=_cache_folder)
    desk: Path = Field(default_factory=lambda: _kept("desk"))
    import_hosts: Annotated[tuple[str, ...], NoDecode, BeforeValidator(_listed)] = (
        "www.canada.ca",
    )
    database: SecretStr = Field(default_factory=_database)
    feedback_page: bool = True
    feedback_most: Annotated[int, Field(ge=1, le=10_000_000)] = 20_000
    local_admin: bool = False
    audit: Audit = "off"
    audit_days: Annotated[int, Field(ge=1, le=3650)] = 90
    audit_spool: Path = Field(default_factory=lambda: _kept("audit.spool"))
    model: str = "embedded"
    threads: Annotated[int, Field(ge=0, le=64)] = 1
    candidates: Annotated[int, Field(ge=10, le=1000)] = 16
    recent: Annotated[int, Field(ge=0, le=10_000)] = 256
    max_question: Annotated[int, Field(ge=50, le=6000)] = 5000
    max_history: Annotated[int, Field(ge=0, le=20)] = 6
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535)] = 8000
    public_url: Annotated[str, Field(pattern=_SITE)] = ""
    owner_fr: str = ""
    owner_en: str = ""
    contact: Annotated[str, Field(pattern=_CONTACT)] = ""
    institution_fr: str = ""
    institution_en: str = ""
    hosts: Annotated[str, Field(pattern=_HOSTS)] = ""
    mcp_hosts: Annotated[str, Field(pattern=_HOSTS)] = ""
    access: Literal["auto", "open", "keys"] = "auto"
    proxy_header: Annotated[str, Field(pattern=r"^[A-Za-z0-9-]*$")] = ""
    proxy_addresses: Networks = ()
    limit: Annotated[str, Field(pattern=_LIMIT)] = "auto"
    user_limit: Annotated[str, Field(pattern=_LIMIT)] = "auto"
    feedback_limit: Annotated[str, Field(pattern=_LIMIT)] = "auto"
    limit_storage: SecretStr = SecretStr("memory://")
    answers_at_once: Annotated[int, Field(ge=1, le=64)] = 4
    answers_waiting: Annotated[int, Field(ge=0, le=1000)] = 60
    answer_budget: Annotated[float, Field(ge=0.1, le=600)] = 45.0
    connections: Annotated[int, Field(ge=1, le=100_000)] = 1000
    head_wait: Annotated[float, Field(ge=0.1, le=600)] = 10.0
    body_wait: Annotated[float, Field(ge=0.1, le=600)] = 30.0
    idle_wait: Annotated[float, Field(ge=0.1, le=600)] = 65.0
    linger: Annotated[float, Field(ge=0, le=60)] = 1.0
    grace: Annotated[float, Field(ge=1, le=600)] = 25.0
    llm_url: str = ""
    llm_model: str = ""
    llm_key: SecretStr = SecretStr("")
    llm_style: Literal["chat", "completion"] = "chat"
    llm_connect: Annotated[float, Field(ge=0.1, le=60)] = 3.0
    llm_silence: Annotated[float, Field(ge=0.1, le=300)] = 10.0
    llm_budget: Annotated[float, Field(ge=0.1, le=600)] = 30.0
    llm_tokens: Annotated[int, Field(ge=50, le=4000)] = 400
    llm_at_once: Annotated[int, Field(ge=1, le=32)] = 8
    llm_failures: Annotated[int, Field(ge=1, le=100)] = 3
    llm_pause: Annotated[float, Field(ge=0.1, le=3600)] = 30.0
    reload: Annotated[float, Field(ge=0.1, le=3600)] = 2.0
    heartbeat: Annotated[float, Field(ge=1, le=300)] = 15.0
    log_level: Literal["debug", "info", "warning", "error"] = "info"

    @property
    def public_path(self) -> str:
        """The path of `public_url`, without a slash at its end; empty for none."""
        return urlsplit(self.public_url).path


def load_settings() -> Settings:
    """Read the settings.

    Raises:
        SettingsError: A CCS_QA_* is unknown, a value out of range, the user without a home that a
            folder would lie in, or the locale without letters of its path.
    """
    known = {f"{PREFIX}{name}".upper() for name in Settings.model_fields}
    for name in sorted(os.environ):
        if name.upper().startswith(PREFIX) and name.upper() not in known:
            linked = re.fullmatch(_SERVICE_LINK, name)
            problem = "service-link" if linked else "unknown"
            raise SettingsError(name=name, problem=problem, known=", ".join(sorted(known)))
    try:
        found = Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = f"{PREFIX}{'_'.join(str(part) for part in first['loc'])}".upper()
        problem = "public-url" if name == f"{PREFIX}PUBLIC_URL" else first["msg"]
        if name == f"{PREFIX}PORT" and str(first["input"]).startswith("tcp://"):
            problem = "service-link"
        raise SettingsError(name=name, problem=problem, known=", ".join(sorted(known))) from None
    for name in ("index", "cache"):
        path = str(getattr(found, name))
        # Libraries in C and Rust take every path for UTF-8.
        if os.fsencode(path) != path.encode("utf-8", "surrogatepass"):
            variable = f"{PREFIX}{name.upper()}"
            raise SettingsError(name=variable, problem="locale", known=variable)
    return found
