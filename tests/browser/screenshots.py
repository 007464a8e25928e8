"""Takes pictures of every state of the page: `make screenshots`."""

import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from PIL import Image
from playwright.sync_api import Browser, Page, expect

from bench.http import running_server
from tests.browser.chromium import running_chromium

_ROOT = Path(__file__).resolve().parents[2]
OUT = _ROOT / "var" / "screenshots"
PICTURES = _ROOT / "docs" / "pictures"
WIDTHS = {"wide": 1280, "narrow": 390}
_HEIGHT = 900
# Pictures of the README, each with the one it is the top of, and how much of it, in pixels.
_SHOWN = {
    "answered.en.png": ("en-answered-wide.png", _HEIGHT),
    "evidence.en.png": ("en-evidence-wide.png", _HEIGHT),
    "phone.fr.png": ("fr-answered-narrow.png", _HEIGHT),
}
_PASSAGE = "2024-11-01-s-9f742ebe"
# Passes what was understood on and holds the rest back, which is too quick for a picture.
SLOW = """
const real = window.fetch;
window.fetch = async (address, options) => {
  const answer = await real(address, options);
  if (!String(address).includes("/stream?")) return answer;
  const [first] = (await answer.text()).split("event: delta");
  return new Response(new ReadableStream({
    start: (held) => held.enqueue(new TextEncoder().encode(first)),
  }));
};
"""


@dataclass(frozen=True, slots=True)
class Scene:
    """A state of the page.

    Attributes:
        whole: Whether the picture shows the whole page, or what the window shows.
    """

    address: str
    act: Callable[[Page], None] = lambda _tab: None
    whole: bool = True
    script: str = ""
    dark: bool = False


def _ask(question: str) -> Callable[[Page], None]:
    def act(tab: Page) -> None:
        tab.locator("#q").fill(question)
        tab.locator("#q").press("Enter")
        tab.locator(".understood, .problem").first.wait_for()

    return act


def _off_line(question: str) -> Callable[[Page], None]:
    def act(tab: Page) -> None:
        tab.context.set_offline(True)
        _ask(question)(tab)

    return act


def _everywhere(tab: Page) -> None:
    tab.locator(".understood a[data-ask]").last.click()
    expect(tab.locator(".chips")).to_have_count(0)
    tab.locator(".say").wait_for()


def _earlier(tab: Page) -> None:
    tab.locator(".earlier summary").first.click()
    tab.locator(".earlier .turn").wait_for()


def _home(tab: Page) -> None:
    tab.locator(".menu [aria-current]").click()
    tab.locator("#resume a").wait_for()


def _evidence(tab: Page) -> None:
    tab.locator("[data-evidence]").first.click()
    tab.locator("dialog [data-content] blockquote").first.wait_for()


def _thanks(tab: Page) -> None:
    tab.locator("form.feedback button").last.click()
    tab.locator(".said").wait_for()


def _take(tab: Page) -> None:
    tab.locator(".take summary").click()
    tab.locator(".take [data-print]").wait_for()


def _print(tab: Page) -> None:
    tab.emulate_media(media="print")


def _scenes(language: str, asked: Mapping[str, str]) -> dict[str, Scene]:
    def turn(name: str, *earlier: str) -> str:
        before = "".join(f"&h={quote(asked[item])}" for item in earlier)
        return f"/{language}/?q={quote(asked[name])}{before}"

    answered, limited = turn("answered"), turn("limited")
    start, search = f"/{language}/", f"/{language}/search"
    meeting = f"/{language}/meetings/{asked['meeting']}"
    return {
        "ask": Scene(start),
        "answered": Scene(answered, whole=False),
        "related": Scene(turn("related")),
        "not-found": Scene(turn("not-found")),
        "limited": Scene(limited),
        "slip": Scene(turn("slip")),
        "everywhere": Scene(limited, _everywhere),
        "follow-up": Scene(turn("follow-up", "answered"), _earlier),
        "timeline": Scene(turn("timeline")),
        "list": Scene(turn("list")),
        **{kind: Scene(turn(kind)) for kind in ("record", "digest", "comparison", "themes")},
        "several": Scene(turn("several")),
        "greeting": Scene(turn("greeting")),
        "dark": Scene(answered, dark=True),
        "resume": Scene(answered, _home, whole=False),
        "streaming": Scene(start, _ask(asked["limited"]), script=SLOW),
        "evidence": Scene(answered, _evidence, whole=False),
        "thanks": Scene(answered, _thanks),
        "print": Scene(answered, _print),
        "refused": Scene(start, _ask("?")),
        "off-line": Scene(start, _off_line(asked["answered"])),
        "error": Scene(f"/{language}/meetings/2020-01-01"),
        "search": Scene(f"{search}?q={quote(asked['limited'])}"),
        "words": Scene(f"{search}?q={quote(asked['topic'])}&by=words"),
        "facets": Scene(f"{search}?q={quote(asked['topic'])}&meeting=2023-01-19&year=2024&text=en"),
        "topic": Scene(f"/{language}/timeline?topic={quote(asked['topic'])}"),
        "near": Scene(f"/{language}/timeline?topic=remote+areas"),
        "silent": Scene(f"/{language}/timeline?topic=tourti%C3%A8re"),
        "meetings": Scene(f"/{language}/meetings"),
        "meeting": Scene(meeting),
        "meeting-taken": Scene(meeting, _take),
        "meeting-both": Scene(f"{meeting}?text=both"),
        "passage": Scene(f"/{language}/passages/{_PASSAGE}"),
        "about": Scene(f"/{language}/about"),
        "privacy": Scene(f"/{language}/privacy"),
    }


SCENES = {
    "fr": _scenes(
        "fr",
        {
            "answered": "Que dit-on des passeports et de la confiance ?",
            "related": "Quelles écoles offrent de la formation sur l'IA ?",
            "not-found": "Comment fait-on une tourtière ?",
            "limited": "Que disait-on de la confiance en 2023 ?",
            "slip": "Le cout du pasesport est-il un obstacle ?",
            "follow-up": "Et pour le personnel ?",
            "timeline": "Comment a évolué le regard sur les partenariats ?",
            "list": "Combien de réunions ont eu lieu en 2023 ?",
            "record": "Quand a eu lieu la dernière réunion ?",
            "greeting": "Bonjour",
            "digest": "Résume la réunion du 1er novembre 2024",
            "comparison": "Compare ce que disent 2023 et 2024 sur la confiance",
            "themes": "Quels thèmes reviennent le plus souvent ?",
            "several": "Que dit-on des passeports ? Et que dit-on de la fraude ?",
            "topic": "passeports",
            "meeting": "2025-03-25",
        },
    ),
    "en": _scenes(
        "en",
        {
            "answered": "How could AI help call centres?",
            "related": "Does the committee advise on housing?",
            "not-found": "Who won the Stanley Cup in 2023?",
            "limited": "What was said about trust in 2023?",
            "slip": "Who should own benifit data?",
            "follow-up": "And for staff?",
            "timeline": "How has the advice on AI evolved over time?",
            "list": "How many meetings were held in 2023?",
            "record": "When was the last meeting?",
            "greeting": "Hello",
            "digest": "Summarize the meeting of November 1, 2024",
            "comparison": "Compare what 2023 and 2024 say about trust",
            "themes": "Which themes come up most often?",
            "several": "What is said about passports? And what is said about fraud?",
            "topic": "passports",
            "meeting": "2023-01-19",
        },
    ),
}


def take(browser: Browser, origin: str, scene: Scene, width: int, path: Path) -> None:
    """Take one picture, as a visitor who was never here before.

    Args:
        width: Width of the window, in pixels.
    """
    context = browser.new_context(
        base_url=origin,
        viewport={"width": width, "height": _HEIGHT},
        color_scheme="dark" if scene.dark else "light",
    )
    if scene.script:
        context.add_init_script(scene.script)
    tab = context.new_page()
    tab.goto(scene.address)
    scene.act(tab)
    tab.evaluate("document.fonts.ready.then(() => true)")
    if scene.whole:
        # What keeps to the window would cover a picture that is longer.
        tab.evaluate("document.querySelector('#ask')?.style.setProperty('position', 'static')")
    tab.screenshot(path=path, full_page=scene.whole, animations="disabled")
    context.close()


def publish(taken: Path, pictures: Path) -> None:
    """Write the pictures of the README, in 256 colours."""
    for name, (source, height) in _SHOWN.items():
        with Image.open(taken / source) as whole:
            top = whole.convert("RGB").crop((0, 0, whole.width, min(height, whole.height)))
            few = top.quantize(256, dither=Image.Dither.NONE)
            few.save(pictures / name, optimize=True)


def main() -> None:
    """Write one PNG for each language, state and width, then those of the README."""
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir(parents=True)
    # The thanks on the pictures are for feedback that nobody keeps.
    with tempfile.TemporaryDirectory() as folder:
        os.environ["CCS_QA_DATABASE"] = f"sqlite:///{folder}/kept.sqlite3"
        with running_server() as port, running_chromium() as browser:
            origin = f"http://127.0.0.1:{port}"
            for size, width in WIDTHS.items():
                for language, scenes in SCENES.items():
                    for name, scene in scenes.items():
                        path = OUT / f"{language}-{name}-{size}.png"
                        take(browser, origin, scene, width, path)
    publish(OUT, PICTURES)


if __name__ == "__main__":
    main()
