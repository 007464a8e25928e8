"""One server for the whole run, one browser for a file, a fresh visitor for each test."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from bench.http import running_server
from ccs_qa.settings import Settings
from tests.browser.chromium import running_chromium


@pytest.fixture(scope="session")
def origin(settings: Settings) -> Iterator[str]:
    """Address of a running server, which keeps feedback in the database of the tests."""
    assert settings.index.is_dir()
    with ExitStack() as stack:
        # No longer than it starts: other servers of this process are closed by default.
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("CCS_QA_DATABASE", settings.database.get_secret_value())
            patch.setenv("CCS_QA_LOCAL_ADMIN", "true")  # no proxy runs here
            patch.setenv("CCS_QA_FEEDBACK_LIMIT", "off")
            port = stack.enter_context(running_server())
        yield f"http://127.0.0.1:{port}"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A headless Chromium; while it runs, Playwright keeps an event loop in this thread."""
    with running_chromium() as found:
        yield found


@pytest.fixture
def visitor(browser: Browser, origin: str) -> Iterator[BrowserContext]:
    """A visitor without JavaScript: what the page promises needs none."""
    context = browser.new_context(base_url=origin, java_script_enabled=False, locale="fr-CA")
    yield context
    context.close()


@pytest.fixture
def page(visitor: BrowserContext) -> Page:
    """An empty tab of the visitor."""
    return visitor.new_page()
