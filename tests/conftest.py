"""The real corpus, model, index and service, opened once for the whole run."""

from pathlib import Path

import pytest
from pydantic import SecretStr

from ccs_qa.corpus.library import Corpus, load_corpus
from ccs_qa.encoder.encoder import Encoder
from ccs_qa.errors import CcsQaError
from ccs_qa.index.build import build_index, check_index
from ccs_qa.opening import open_service
from ccs_qa.search.understand.heads import Heads, open_heads
from ccs_qa.service import QAService
from ccs_qa.settings import Settings, load_settings

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
    """The default settings, with an index that fits the corpus and a database of its own."""
    database = SecretStr(f"sqlite:///{tmp_path_factory.mktemp('store') / 'kept.sqlite3'}")
    found = load_settings().model_copy(update={"database": database})
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
def encoder(service: QAService) -> Encoder:
    """The real embedded model."""
    return service.retriever.encoder


@pytest.fixture(scope="session")
def heads(encoder: Encoder) -> Heads:
    """The heads that ship, which tell intents and topics apart."""
    found = open_heads(encoder.identity)
    assert found is not None
    return found


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave the browser to the end: Playwright keeps an event loop in this thread until then."""
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)
