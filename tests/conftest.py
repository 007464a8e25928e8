"""The real corpus, model, index and service, opened once for the whole run; what is quick."""

import os
import sys
from collections.abc import Generator, Iterator
from pathlib import Path

import hypothesis
import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr

from ccs_qa.corpus.library import Corpus, load_corpus
from ccs_qa.encoder.encoder import Encoder
from ccs_qa.errors import CcsQaError
from ccs_qa.files import locked
from ccs_qa.http.app import build_app
from ccs_qa.index.build import build_index, check_index
from ccs_qa.opening import open_service
from ccs_qa.search.understand.heads import Heads, open_heads
from ccs_qa.service import QAService
from ccs_qa.settings import Settings, load_settings
from tests.proxied import proxied, two_workers
from tests.serving import served

# A worker is told the width of its runner, which tables of the command line would keep to.
os.environ.pop("COLUMNS", None)

ROOT = Path(__file__).resolve().parents[1]
PAGES = (("ccs-resumes.fr", "ccs-resumes.fr.txt"), ("sac-summaries.en", "sac-summaries.en.txt"))

# Read off the French page by hand, newest first.
DATES = (
    "2025-06-02",
    "2025-03-25",
    "2025-01-31",
    "2024-11-01",
    "2024-06-27",
    "2023-10-03",
    "2023-04-03",
    "2023-01-19",
)


def page_text(file: str) -> str:
    """Read a page byte for byte."""
    return (ROOT / "corpus" / file).read_bytes().decode("utf-8")


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The default settings, with an index that fits the corpus and a database of its own.

    The clients of tests ask for `testserver`, and keep more feedback than one person would.
    """
    folder = tmp_path_factory.mktemp("store")
    database = SecretStr(f"sqlite:///{folder / 'kept.sqlite3'}")
    changes = {
        "database": database,
        "audit_spool": folder / "audit.spool",
        "desk": folder / "desk",
        "reload": 0.5,
        "hosts": "testserver",
        "feedback_limit": "off",
    }
    found = load_settings().model_copy(update=changes)
    # Of several processes that run tests, one builds it.
    with locked(tmp_path_factory.getbasetemp().parent / "index.lock"):
        try:
            check_index(found)
        except CcsQaError:
            build_index(found, lambda _step, _done, _total: None)
    return found


@pytest.fixture(scope="session")
def corpus() -> Corpus:
    """The real corpus."""
    return load_corpus(ROOT / "corpus")


@pytest.fixture(scope="session")
def service(settings: Settings) -> QAService:
    """The real service."""
    return open_service(settings)


@pytest.fixture(scope="session")
def client(settings: Settings, service: QAService) -> Iterator[TestClient]:
    """A client of the application, started."""
    with TestClient(build_app(settings, lambda _: service)) as found:
        yield found


@pytest.fixture(scope="session")
def origin(settings: Settings, service: QAService) -> Iterator[str]:
    """Address of the application on a server of this process."""
    with served(build_app(settings, lambda _: service)) as found:
        yield found


@pytest.fixture(scope="session")
def encoder(service: QAService) -> Encoder:
    """The real embedded model."""
    return service.retriever.encoder


@pytest.fixture(scope="session")
def heads(encoder: Encoder) -> Heads:
    """The heads that ship, which tell intents and topics apart."""
    found = open_heads(encoder.identity)
    assert found is not None
    return found


# Whatever depends on one of these needs an index, a model, a browser, a database or a server.
SLOW = {"settings", "service", "encoder", "wheel", "browser", "server", "running", "watched"}
SLOW_PARAMETERS = {"server_url"}


def is_quick(item: pytest.Item) -> bool:
    """Tell by the fixtures of a test, and by the mark `slow` where it does without them."""
    called = getattr(item, "callspec", None)
    given = called.params.values() if called else ()
    return (
        item.get_closest_marker("slow") is None
        and SLOW.isdisjoint(getattr(item, "fixturenames", ()))
        and not any(isinstance(value, str) and value in SLOW_PARAMETERS for value in given)
    )


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what is quick, and leave it to the end.

    Two processes take a file after another: they end together where the last are small.
    """
    for item in items:
        if is_quick(item):
            item.add_marker("quick")
    items.sort(key=lambda item: item.get_closest_marker("quick") is not None)


class Guard:
    """Fails a quick test that starts a program or opens what was built: it wants the mark `slow`.

    Attributes:
        running: Whether a quick test is.
    """

    def __init__(self, *built: Path) -> None:
        """Look from now on; Python never lets go of such a hook."""
        self.running = False
        self._built = tuple(f"{folder}{os.sep}" for folder in built)
        sys.addaudithook(self._look)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        """Look closely while a quick test runs."""
        self.running = item.get_closest_marker("quick") is not None
        try:
            return (yield)
        finally:
            self.running = False

    def _look(self, event: str, arguments: tuple[object, ...]) -> None:
        if not self.running or event not in {"open", "subprocess.Popen"}:
            return
        what = str(arguments[0])
        if what == "uname":  # Python itself asks it on what machine it runs
            return
        if event == "subprocess.Popen" or what.startswith(self._built):
            pytest.fail(f"a quick test may not use {what}: mark it slow")


def pytest_configure(config: pytest.Config) -> None:
    """Hold the quick tests to what they promise; alone, they draw fewer examples."""
    # A busy machine fails no test: an example may take as long as it takes.
    hypothesis.settings.register_profile("whole", deadline=None)
    hypothesis.settings.register_profile("quick", deadline=None, max_examples=25)
    quick = config.getoption("markexpr") == "quick"
    hypothesis.settings.load_profile("quick" if quick else "whole")
    found = load_settings()
    built = (found.index, found.cache, ROOT / "web" / "static" / "built")
    config.pluginmanager.register(Guard(*(path.resolve() for path in built)))


@pytest.fixture(scope="module")
def proxies(
    settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, str]]:
    """Addresses of two processes behind nginx, set up in several ways."""
    folder = tmp_path_factory.mktemp("nginx")
    with two_workers(settings) as workers, proxied(folder, *workers) as found:
        yield found


@pytest.fixture(params=["kept", "taken away"])
def below(request: pytest.FixtureRequest, proxies: dict[str, str]) -> str:
    """One of them, where nginx keeps the path or takes it away."""
    found: str = proxies[request.param]
    return found
