"""Command: weigh the page, and time its first paint and the first quote of an answer.

Visits with an empty cache, visits with a warm one and visits to an almost empty page take turns
within one run: read the ratios, not the milliseconds.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Annotated, Any

import typer
from playwright.sync_api import Browser, BrowserContext, Page
from rich.console import Console
from rich.table import Table

from bench.http import running_server
from tests.browser.chromium import running_chromium

# In bytes on the wire, headers and all, without fonts.
MOST_BYTES = 60_000
_QUESTIONS = {
    "/en/": "How could AI help call centres?",
    "/fr/": "Que dit-on des passeports et de la confiance ?",
}
_FLOOR = "/health/live"
_CACHES = ("empty", "warm")
# What Chromium calls each kind.
_PARTS = {"Document": "HTML", "Stylesheet": "CSS", "Script": "JS", "Font": "fonts"}
# Bytes on the wire of one visit, by kind.
Weight = Counter[str]
# Runs before the page's own script: notes the key, then the first quote.
_WATCH = """
addEventListener("keydown", (event) => {
  if (event.key === "Enter") window.pressed = performance.now();
}, true);
new MutationObserver(() => {
  if (window.pressed && !window.quoted && document.querySelector("article.passage"))
    window.quoted = performance.now();
}).observe(document, { childList: true, subtree: true });
"""
_PAINTED = """
() => new Promise((found) => new PerformanceObserver((list) => {
  for (const entry of list.getEntries())
    if (entry.name === "first-contentful-paint") found(entry.startTime);
}).observe({ type: "paint", buffered: true }))
"""

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@dataclass(frozen=True, slots=True)
class Times:
    """Milliseconds to the first paint, and from Enter to the first quote, if one is asked for."""

    paint: float
    quote: float | None = None


def weigh(received: Iterable[tuple[str, int]]) -> Weight:
    """Add up what a visit received."""
    weight = Weight()
    for kind, size in received:
        weight[_PARTS.get(kind, "other")] += size
    return weight


def without_fonts(weight: Weight) -> int:
    """What the limit is set on."""
    return weight.total() - weight["fonts"]


def middle(visits: Sequence[Times]) -> Times:
    """Take the medians of several visits."""
    quotes = [visit.quote for visit in visits if visit.quote is not None]
    return Times(median(visit.paint for visit in visits), median(quotes) if quotes else None)


def overweight(weights: Mapping[str, Weight]) -> list[str]:
    """Find the addresses that are too heavy."""
    return [address for address, each in weights.items() if without_fonts(each) > MOST_BYTES]


def _received(context: BrowserContext, tab: Page) -> list[tuple[str, int]]:
    """Start noting what a tab receives."""
    kinds: dict[str, str] = {}
    received: list[tuple[str, int]] = []

    def end(event: dict[str, Any]) -> None:
        # A mocked or blocked request ends without ever having been answered.
        if event["requestId"] in kinds:
            received.append((kinds[event["requestId"]], int(event["encodedDataLength"])))

    session = context.new_cdp_session(tab)
    session.on(
        "Network.responseReceived", lambda event: kinds.update({event["requestId"]: event["type"]})
    )
    session.on("Network.loadingFinished", end)
    session.send("Network.enable")
    return received


def _visit(context: BrowserContext, address: str) -> tuple[Times, Weight]:
    tab = context.new_page()
    received = _received(context, tab)
    tab.goto(address)
    tab.evaluate("document.fonts.ready.then(() => true)")
    paint = float(tab.evaluate(_PAINTED))
    weight = weigh(received)
    quote: float | None = None
    if address in _QUESTIONS:
        field = tab.locator("#q")
        field.fill(_QUESTIONS[address])
        field.press("Enter")
        tab.locator(".turn:not([aria-busy]) article.passage").first.wait_for()
        quote = float(tab.evaluate("window.quoted - window.pressed"))
    tab.close()
    return Times(paint, quote), weight


def _measure(
    browser: Browser, origin: str, visits: int
) -> tuple[dict[str, Weight], dict[tuple[str, str], Times]]:
    weights: dict[str, Weight] = {}
    times: dict[tuple[str, str], list[Times]] = {}
    for turn in range(visits + 1):
        for address in (_FLOOR, *_QUESTIONS):
            context = browser.new_context(base_url=origin)
            context.add_init_script(_WATCH)
            for cache in _CACHES:
                spent, weight = _visit(context, address)
                if turn == 0:
                    continue  # what the server and the browser do once is not what is measured
                times.setdefault((address, cache), []).append(spent)
                if cache == "empty" and address in _QUESTIONS:
                    # The icon comes when it likes: the heaviest visit has everything.
                    heavy = (weights.get(address, weight), weight)
                    weights[address] = max(heavy, key=without_fonts)
            context.close()
    return weights, {key: middle(each) for key, each in times.items()}


def _show(
    console: Console,
    weights: Mapping[str, Weight],
    times: Mapping[tuple[str, str], Times],
    visits: int,
) -> None:
    parts = ("HTML", "CSS", "JS", "other", "fonts")
    title = "Bytes on the wire, empty cache"
    table = Table("page", *parts, "sum without fonts", title=title)
    for address, weight in weights.items():
        bytes_of = (*(weight[part] for part in parts), without_fonts(weight))
        table.add_row(address, *(f"{value:,}" for value in bytes_of))
    console.print(table)
    table = Table(
        *("page", "cache", "first paint ms", "/ floor", "first quote ms", "/ floor"),
        title=f"Medians of {visits} visits",
    )
    for (address, cache), each in times.items():
        floor = times[_FLOOR, cache].paint
        quote = ("", "")
        if each.quote is not None:
            quote = (f"{each.quote:.0f}", f"{each.quote / floor:.2f}")
        name = "floor" if address == _FLOOR else address
        table.add_row(name, cache, f"{each.paint:.0f}", f"{each.paint / floor:.2f}", *quote)
    console.print(table)
    console.print(f"floor: first paint of {_FLOOR}, an almost empty page")
    console.print(f"promised: sum without fonts <= {MOST_BYTES:,} bytes")


def report_page(visits: int) -> bool:
    """Measure the page and print the figures."""
    with running_server() as port, running_chromium() as browser:
        weights, times = _measure(browser, f"http://127.0.0.1:{port}", visits)
    _show(Console(highlight=False), weights, times, visits)
    return not overweight(weights)


@app.command()
def main(
    visits: Annotated[int, typer.Option(min=5, help="Visits of each kind.")] = 7,
) -> None:
    """Print the weight of the page and how soon it shows something; fail when it is too heavy."""
    if not report_page(visits):
        raise typer.Exit(1)


if __name__ == "__main__":
    app()
