"""A ninth, fictional meeting, added as `docs/corpus.md` says, and the services that then answer."""

import datetime as dt
import shutil
from collections.abc import Iterator
from pathlib import Path

from ccs_qa.corpus.importer import PageSource, import_page
from ccs_qa.corpus.library import Corpus, load_corpus
from ccs_qa.encoder.encoder import Encoder
from ccs_qa.service import QAService
from ccs_qa.settings import Settings
from eval.compare import serve
from tests.conftest import DATES, PAGES, ROOT, page_text

NINTH = "2025-11-20"
NINE = (NINTH, *DATES)
_FRENCH = """20 novembre 2025
Lieu : En personne, Moncton, Nouveau-Brunswick
Services aux navigateurs et gardiens de phare
Objectif : Discuter des services offerts aux navigateurs et de l'avenir des phares.
Phares et signaux de brume
- Les phares devraient rester allumés toute l'année, et leurs gardiens devraient être consultés.
- La confiance des pêcheurs dans les signaux de brume est fragile.
Traversiers
- Les horaires des traversiers devraient être affichés dans chaque port.
- Les marégraphes devraient être lus à distance.
"""
_ENGLISH = """November 20, 2025
Location: In person, Moncton, New Brunswick
Services for Mariners and Lighthouse Keepers
Objective: Discuss the services offered to mariners and the future of lighthouses.
Lighthouses and fog signals
- Lighthouses should stay lit all year, and their keepers should be consulted.
- Fishers' trust in fog signals is fragile.
Ferries
- Ferry timetables should be posted in every port.
- Tide gauges should be read remotely.
"""


def ninth_pages() -> tuple[str, str]:
    """Write the French page and the English with the ninth meeting."""
    french, english = (
        page_text(file).replace("\n2025\n", f"\n2025\n{lines}", 1)
        for (_, file), lines in zip(PAGES, (_FRENCH, _ENGLISH), strict=True)
    )
    return french, english


def nine_meetings(folder: Path) -> Iterator[Corpus]:
    """Import the page with a ninth meeting, then its translation.

    Hints, themes and near misses stay away: nothing is asked of them here, and encoding them
    takes minutes.
    """
    corpus = folder / "corpus"
    corpus.mkdir()
    for name in ("manifest.json", "names.toml", *(file for _, file in PAGES)):
        shutil.copy(ROOT / "corpus" / name, corpus)
    for (name, file), text in zip(PAGES, ninth_pages(), strict=True):
        page = folder / f"new-{file}"
        page.write_bytes(text.encode())
        french = name.endswith(".fr")
        source = PageSource(
            document_id=name,
            language="fr" if french else "en",
            status="official" if french else "unofficial_translation",
            publisher="ccs_qa",
            source_url=None,
            retrieved=dt.date(2025, 12, 1),
            translation_of=None if french else PAGES[0][0],
        )
        import_page(corpus, page, source)
        yield load_corpus(corpus)


def nine_services(folder: Path, encoder: Encoder, settings: Settings) -> tuple[QAService, ...]:
    """Open a service on each of the two corpora."""
    return tuple(serve(corpus, encoder, settings) for corpus in nine_meetings(folder))
