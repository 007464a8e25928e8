"""Forms of page that advisory bodies publish, in words of ours."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Form:
    """A page of one form.

    Attributes:
        page: What the corpus keeps; empty where the page is refused.
        refused: The place and the reason of the refusal; None where it imports whole.
    """

    name: str
    file: str
    source: str
    page: str = ""
    refused: tuple[int, str] | None = None


_GCWEB = """<!DOCTYPE html>
<html class="js" lang="fr"><head><meta charset="utf-8"><title>Comité des phares - Canada.ca</title>
<style>.a{}</style><script>var a = "mots";</script></head>
<body vocab="http://schema.org/" typeof="WebPage">
<nav><ul id="wb-tphp"><li class="wb-slc">
<a href="#wb-cont">Passer au contenu principal</a></li></ul></nav>
<header><div id="wb-bnr"><section id="wb-lng"><h2 class="wb-inv">Sélection de la langue</h2>
<ul class="list-inline"><li><a lang="en" href="https://phares.example/en">English</a></li></ul></section>
<form action="#"><label>Rechercher <input type="search"></label></form></div>
<nav id="wb-bc"><h2>Vous êtes ici :</h2><ol class="breadcrumb"><li>Accueil</li></ol></nav></header>
<main property="mainContentOfPage" resource="#wb-main" class="container">
<h1 property="name" id="wb-cont">Résumés des réunions du Comité des phares</h1>
<p class="gc-byline">De : Service des phares</p>
<p>Les avis sont ceux des membres.</p>
<h2>Sur cette page</h2>
<ul><li><a href="https://phares.example/fr#a1">14 mai 2026</a></li></ul>
<h2 id="a0">2026</h2>
<h3 id="a1">14 mai 2026</h3>
<p><strong>Format :</strong> Réunion virtuelle</p>
<p>Lampes et lentilles</p>
<p><strong>Objectif&nbsp;:</strong> Choisir les lampes.</p>
<h4>Choix</h4>
<ul>
<li>Les lampes durent deux ans<sup id="fn1-rf"><a class="fn-lnk" href="#fn1"><span
class="wb-inv">Note </span>1</a></sup>.</li>
<li>Le verre est cher&nbsp;:
<ul><li>à l'achat;</li><li>à l'entretien.</li></ul></li>
</ul>
<aside class="wb-fnote" role="note"><h2>Notes</h2>
<dl><dt>Note 1</dt><dd>Selon le fabricant.</dd></dl></aside>
<div class="pagedetails"><details><summary>Signaler un problème</summary><p>Merci.</p></details>
<dl id="wb-dtmd"><dt>Date de modification :</dt><dd><time>2026-06-01</time></dd></dl></div>
</main>
<footer id="wb-info"><h2>Au sujet du site</h2><p>Nous joindre</p></footer></body></html>"""

_HEAD = "<main><h1>Lighthouse Panel: Summaries</h1>"

FORMS = (
    Form(
        "a page of canada.ca as a browser saves it",
        "a.html",
        _GCWEB,
        """Résumés des réunions du Comité des phares
Les avis sont ceux des membres.
2026
14 mai 2026
Format : Réunion virtuelle
Lampes et lentilles
Objectif : Choisir les lampes.
Choix
- Les lampes durent deux ans.
- Le verre est cher :
  - à l'achat;
  - à l'entretien.""",
    ),
    Form(
        "date and subject in one heading, paragraphs below",
        "a.html",
        _HEAD
        + """<h2>Thursday, May 14, 2026 – Lamps and lenses</h2>
<p>The chair opened the meeting.</p><p>Members saw two lamps. One was brighter.</p></main>""",
        """Lighthouse Panel: Summaries
Thursday, May 14, 2026
Lamps and lenses
- The chair opened the meeting.
- Members saw two lamps. One was brighter.""",
    ),
    Form(
        "dates alone, paragraphs below",
        "a.html",
        _HEAD
        + "<h2>May 14, 2026</h2><p>Members met.</p><h2>March 3, 2026</h2><p>They sat.</p></main>",
        """Lighthouse Panel: Summaries
May 14, 2026
- Members met.
March 3, 2026
- They sat.""",
    ),
    Form(
        "meetings that fold",
        "a.html",
        _HEAD
        + """<h2>May 14, 2026</h2><p>Purpose of lamps</p><p>Objective: Choose.</p>
<details><summary>Lamps</summary><ul><li>They are old.</li></ul></details>
<details><summary>Lenses</summary><p>They are clean.</p></details></main>""",
        """Lighthouse Panel: Summaries
May 14, 2026
Purpose of lamps
Objective: Choose.
Lamps
- They are old.
Lenses
- They are clean.""",
    ),
    Form(
        "records as headings of their own",
        "a.html",
        _HEAD
        + """<h2>14 mai 2026</h2><h3>Lieu</h3><p>En personne, Percé</p><p>Lampes</p>
<h3>Objectifs</h3><ul><li>Voir les lampes</li><li>Choisir</li></ul>
<h3>Discussion</h3><ul><li>Elles éclairent peu.</li></ul></main>""",
        """Lighthouse Panel: Summaries
14 mai 2026
Lieu : En personne, Percé
Lampes
Objectifs :
- Voir les lampes
- Choisir
Discussion
- Elles éclairent peu.""",
    ),
    Form(
        "records as a list of terms",
        "a.html",
        _HEAD
        + """<h2>14 mai 2026</h2><dl><dt>Format :</dt><dd>Hybride</dd></dl><p>Lampes</p>
<dl><dt>Objectif :</dt><dd>Choisir.</dd></dl>
<dl><dt>Décision</dt><dd>Elles restent.</dd></dl></main>""",
        """Lighthouse Panel: Summaries
14 mai 2026
Format : Hybride
Lampes
Objectif : Choisir.
Décision
- Elles restent.""",
    ),
    Form(
        "headings that are emphasised paragraphs",
        "a.html",
        """<h1>Résumés</h1><p><b>Le 14 mai 2026</b></p><p>Lampes</p><p>Objectif : Choisir.</p>
<p><strong>Choix</strong></p><p>• Une lampe bleue.<br>• Une lampe blanche.</p>
<p><strong>Suites</strong></p><p>Les membres <em>attendront</em> l'automne.</p>""",
        """Résumés
Le 14 mai 2026
Lampes
Objectif : Choisir.
Choix
- Une lampe bleue.
- Une lampe blanche.
Suites
- Les membres attendront l'automne.""",
    ),
    Form(
        "a sentence that opens a list",
        "a.html",
        _HEAD
        + """<h2>May 14, 2026</h2><p>Lamps</p><p>Objective: Choose.</p><h3>Choice</h3>
<p>Members asked for:</p><ul><li>light;</li><li>silence.</li></ul><p>They left early.</p></main>""",
        """Lighthouse Panel: Summaries
May 14, 2026
Lamps
Objective: Choose.
Choice
- Members asked for:
  - light;
  - silence.
- They left early.""",
    ),
    Form(
        "end tags left out",
        "a.htm",
        """<h1>Résumés</h1><h2>14 mai 2026</h2><p>Lampes<p>Objectif : Choisir.<h3>Choix</h3>
<ul><li>Une lampe bleue.<li>Une lampe blanche.</ul>""",
        """Résumés
14 mai 2026
Lampes
Objectif : Choisir.
Choix
- Une lampe bleue.
- Une lampe blanche.""",
    ),
    Form(
        "two columns of a table",
        "a.html",
        _HEAD
        + """\n<h2>May 14, 2026</h2>\n<table><tr><th>Item</th><th>Said</th></tr></table></main>""",
        refused=(3, "table"),
    ),
    Form(
        "one meeting whose date is the title of its page",
        "a.html",
        "<main><h1>Minutes of the meeting of May 14, 2026</h1>\n<p>Members met.</p></main>",
        refused=(1, "title-day"),
    ),
    Form(
        "a date that opens no meeting is not part of the one before",
        "a.html",
        _HEAD
        + """<h2>May 14, 2026</h2><p>Members met.</p>
<h2>Retreat (June 3, 2026)</h2><p>They rested.</p></main>""",
        refused=(2, "day"),
    ),
    Form(
        "who was there, in the place of a title",
        "a.html",
        _HEAD
        + "<h2>May 14, 2026</h2>\n<p>Members present: Ada</p>\n<p>Objective: Choose.</p></main>",
        refused=(2, "label"),
    ),
    Form(
        "sections without title or objective",
        "a.html",
        _HEAD
        + """<h2>May 14, 2026</h2>
<h3>Lamps</h3><ul><li>Old.</li></ul><h3>Lenses</h3><ul><li>Clean.</li></ul></main>""",
        refused=(2, "untitled"),
    ),
    Form(
        "sections below sections",
        "a.html",
        _HEAD
        + """<h2>May 14, 2026</h2><p>Lamps</p><p>Objective: Choose.</p>
<h3>Morning</h3>\n<h4>Lenses</h4><ul><li>Clean.</li></ul></main>""",
        refused=(3, "heading-without-statements"),
    ),
    Form(
        "two paragraphs above the meetings",
        "a.html",
        _HEAD
        + "<p>Welcome to this page.</p>\n<p>Views are theirs.</p><h2>May 14, 2026</h2></main>",
        refused=(2, "before-meetings"),
    ),
    Form(
        "titles above their dates",
        "a.html",
        _HEAD + "\n<h2>Lamps</h2>\n<p>May 14, 2026</p><p>Members met.</p></main>",
        refused=(2, "before-meetings"),
    ),
    Form(
        "a meeting of two days",
        "a.html",
        _HEAD + "\n<h2>May 14 and 15, 2026</h2><p>Members met.</p></main>",
        refused=(2, "span"),
    ),
    Form(
        "Markdown of a newsletter",
        "a.md",
        """---
title: ignored
---
# Lighthouse Panel

*Views are those of members.*

## 2026

### May 14, 2026

**Format:** Hybrid
Lamps &amp; lenses

**Objective:** Choose a lamp[^1] that
lasts.

#### Choice

1. See [the lamp](https://lamp.example "A lamp") \\[annex\\].
2. Ask ~~Ada~~ Grace:
   - today;
   - tomorrow.

[^1]: Any lamp.
""",
        """Lighthouse Panel
Views are those of members.
2026
May 14, 2026
Format: Hybrid
Lamps & lenses
Objective: Choose a lamp that lasts.
Choice
- See the lamp [annex].
- Ask Grace:
  - today;
  - tomorrow.""",
    ),
    Form(
        "text of an e-mail, wrapped",
        "a.txt",
        """Comité des phares

Réunion du 14 mai 2026
Lampes et lentilles
Objectif : Choisir une lampe qui dure et
dont le verre ne coûte rien.

1. Choix
   \u2022\tUne lampe bleue qui éclaire la mer entière, et
   \tle port aussi.
\to\tSurtout la nuit.
2. Suites
   \u2022\tAucune.
""",
        """Comité des phares
Réunion du 14 mai 2026
Lampes et lentilles
Objectif : Choisir une lampe qui dure et dont le verre ne coûte rien.
1. Choix
- Une lampe bleue qui éclaire la mer entière, et le port aussi.
  - Surtout la nuit.
2. Suites
- Aucune.""",
    ),
    Form(
        "text with paragraphs",
        "a.txt",
        """Lighthouse Panel
May 14, 2026
Lamps
Objective: Choose.

Choice

Members saw two lamps and liked both.

Later, they saw a third
one and liked it less.
""",
        """Lighthouse Panel
May 14, 2026
Lamps
Objective: Choose.
Choice
- Members saw two lamps and liked both.
- Later, they saw a third one and liked it less.""",
    ),
    Form(
        "text whose line may go on",
        "a.txt",
        """Comité des phares
14 mai 2026
Lampes
Objectif : Choisir.
Choix
- Les lampes devraient être vendues dans les comptoirs de Service
Canada dès maintenant.
""",
        refused=(7, "wrapped"),
    ),
    Form(
        "text whose word is cut",
        "a.txt",
        """Comité des phares
14 mai 2026
Lampes
Objectif : Choisir.
Choix
- Les lampes sont dans les télé-
  phones.
""",
        refused=(6, "cut"),
    ),
    Form(
        "text whose weekday is wrong",
        "a.txt",
        "Comité des phares\nVendredi 14 mai 2026\nLampes\n- Une lampe bleue.\n",
        refused=(2, "day"),
    ),
    Form(
        "text whose list lost its signs",
        "a.txt",
        "Comité\n14 mai 2026\nLampes\nObjectif : Choisir.\nChoix\n- Il faut :\nune lampe;\n",
        refused=(7, "wrapped"),
    ),
)
