"""A small fictional page full of lists, imported as `docs/corpus.md` says.

Lists stand in lists, without marks, under an objective, at the end of a section.
"""

import datetime as dt
from pathlib import Path

from ccs_qa.corpus.importer import PageSource, import_page
from ccs_qa.corpus.library import Corpus, load_corpus

_PAGE = """<h1>Résumés</h1><p>Les points de vue sont ceux des membres.</p><h2>2026</h2>
<h3>12 mars 2026</h3><p>Format : Réunion virtuelle</p><p>Entretien des phares</p>
<p>Objectif : Demander l'avis des membres sur les sujets suivants :</p>
<ul><li>La relève des gardiens de phare.</li><li>Le prix des lampes.</li></ul>
<h4>Phares et balises</h4>
<ul><li>Les phares devraient rester allumés toute l'année.</li>
<li>Un bon gardien de phare devrait posséder les qualités suivantes :
<ul><li>une patience à toute épreuve;</li>
<li>une bonne connaissance des instruments que voici :
<ul><li>le marégraphe;</li><li>le baromètre.</li></ul></li>
<li>le goût de la solitude.</li></ul></li>
<li>Les balises rouillées devraient être repeintes.</li></ul>
<h4>Traversiers</h4>
<ul><li>Les horaires des traversiers devraient être affichés :</li>
<li>dans chaque port</li><li>sur le quai</li><li>à bord</li></ul>
<h3>9 janvier 2026</h3><p>Format : Réunion virtuelle</p>
<p>Objectif : Discuter des bateaux.</p>
<h4>Séance du matin : Bateaux de pêche</h4>
<ul><li>Les bateaux de pêche devraient être inspectés au printemps.</li>
<li>Trois défauts reviennent lors des inspections des bateaux :</li>
<li>la rouille de la coque;</li><li>l'usure des filets;</li><li>les gilets manquants.</li>
<li>Les inspecteurs sont trop peu nombreux.</li></ul>
"""
# The last words of each lead-in, and the first of its items, in page order.
LISTS = {
    "sujets suivants :": ("La relève", "Le prix"),
    "qualités suivantes :": (
        "une patience",
        "une bonne",
        "le marégraphe",
        "le baromètre",
        "le goût",
    ),
    "instruments que voici :": ("le marégraphe", "le baromètre"),
    "être affichés :": ("dans chaque", "sur le quai", "à bord"),
    "inspections des bateaux :": ("la rouille", "l'usure", "les gilets"),
}


def page_of_lists(folder: Path) -> Corpus:
    """Import the page into an empty folder.

    Returns:
        The corpus, of two meetings in one language; the second has no title.
    """
    corpus = folder / "corpus"
    corpus.mkdir()
    page = folder / "page.html"
    page.write_text(_PAGE, "utf-8")
    source = PageSource(
        document_id="listes.fr",
        language="fr",
        status="official",
        publisher="ccs_qa",
        source_url=None,
        retrieved=dt.date(2026, 4, 1),
        translation_of=None,
    )
    import_page(corpus, page, source)
    return load_corpus(corpus)
