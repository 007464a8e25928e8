"""Starts Debian's Chromium, quiet on the network, for tests and pictures."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, expect, sync_playwright

# What a browser says to its maker would fail here, and is not what is tested.
_QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
# Milliseconds until what is looked for, or done, has come about: a busy machine takes its time.
_PATIENCE = 120_000
expect.set_options(timeout=_PATIENCE)


@contextmanager
def running_chromium() -> Iterator[Browser]:
    """Run a headless Chromium until the block ends.

    Raises:
        FileNotFoundError: Chromium is not installed; `make chromium` installs it.
    """
    path = shutil.which("chromium")
    if path is None:
        raise FileNotFoundError("chromium: run `make chromium`")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(_QUIET))
        browser.on("context", lambda context: context.set_default_timeout(_PATIENCE))
        try:
            yield browser
        finally:
            browser.close()
