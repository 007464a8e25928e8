"""Takes pictures of every state of the page: `make screenshots`."""

import shutil
from pathlib import Path
from urllib.parse import quote

from bench.http import running_server
from tests.browser.chromium import running_chromium

OUT = Path(__file__).resolve().parents[2] / "var" / "screenshots"
WIDTHS = {"wide": 1280, "narrow": 390}
PAGES = {
    "fr": {
        "ask": "/fr/",
        "answered": f"/fr/?q={quote('Que dit-on des passeports et de la confiance ?')}",
        "related": f"/fr/?q={quote('Combien a coûté le rattrapage des passeports ?')}",
        "not-found": f"/fr/?q={quote('Comment fait-on une tourtière ?')}",
        "timeline": f"/fr/?q={quote('Comment a évolué le regard sur les partenariats ?')}",
        "limited": f"/fr/?q={quote('Que disait-on de la confiance en 2023 ?')}",
        "search": f"/fr/search?q={quote('Que disait-on de la confiance en 2023 ?')}",
        "facets": "/fr/search?q=passeports&meeting=2023-01-19&meeting=2025-03-25&text=en",
        "topic": "/fr/timeline?topic=passeports",
        "error": "/fr/meetings/2020-01-01",
        "meetings": "/fr/meetings",
        "about": "/fr/about",
        "meeting": "/fr/meetings/2025-03-25",
        "passage": "/fr/passages/2024-11-01-s-9f742ebe",
    },
    "en": {
        "ask": "/en/",
        "answered": f"/en/?q={quote('How could AI help call centres?')}",
        "related": f"/en/?q={quote('Who is the new Chief Client Experience Officer?')}",
        "not-found": f"/en/?q={quote('Who won the Stanley Cup in 2023?')}",
        "timeline": f"/en/?q={quote('How has the advice on AI evolved over time?')}",
        "list": f"/en/?q={quote('How many meetings were held in 2023?')}",
        "search": "/en/search?q=trust+in+2023",
        "facets": "/en/search?q=trust&meeting=2020-01-01&year=2024",
        "topic": f"/en/timeline?topic={quote('tourtière')}",
        "error": "/en/?q=%3F",
        "meetings": "/en/meetings",
        "about": "/en/about",
        "meeting": "/en/meetings/2023-01-19",
        "passage": "/en/passages/2024-11-01-s-9f742ebe",
    },
}


def main() -> None:
    """Write one PNG for each language, state and width."""
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir(parents=True)
    with running_server() as port, running_chromium() as browser:
        for width, pixels in WIDTHS.items():
            tab = browser.new_page(viewport={"width": pixels, "height": 900})
            for language, pages in PAGES.items():
                for name, address in pages.items():
                    tab.goto(f"http://127.0.0.1:{port}{address}")
                    tab.screenshot(path=OUT / f"{language}-{name}-{width}.png", full_page=True)


if __name__ == "__main__":
    main()
