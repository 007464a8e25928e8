"""What axe finds wrong with a page as it is now."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

_RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"],
    # To describe all that is well takes it longer than to look.
    "resultTypes": ["violations"],
}


def violations(tab: Page) -> list[object]:
    """List the rules of WCAG 2.1 A and AA, and of good practice, that are broken."""
    found: list[object] = Axe().run(tab, options=_RULES).response["violations"]
    return found
