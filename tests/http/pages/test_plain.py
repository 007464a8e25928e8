"""The plain pages: whole in both languages, true to the corpus, reached from every page."""

import datetime as dt
import re
import tomllib
from dataclasses import replace

import pytest
from bs4 import BeautifulSoup
from fastapi.testclient import TestClient

from ccs_qa.corpus.library import Corpus
from ccs_qa.errors import SettingsError
from ccs_qa.http.app import build_app
from ccs_qa.http.pages.plain import read_measured, searched_values
from ccs_qa.messages.catalogue import catalogue
from ccs_qa.records import Language, Question
from ccs_qa.service import QAService
from ccs_qa.settings import Settings, load_settings
from eval.metrics import wilson
from tests.conftest import ROOT

NAMES = ("about", "privacy", "accessibility", "changes")
BOTH = pytest.mark.parametrize("language", ["fr", "en"])
EACH = pytest.mark.parametrize("name", NAMES)
FOOTER = {
    "fr": [
        ("/fr/about", "Fonctionnement et limites"),
        ("/fr/privacy", "Protection des renseignements personnels"),
        ("/fr/accessibility", "Déclaration sur l’accessibilité"),
        ("/fr/changes", "Ce qui a changé"),
    ],
    "en": [
        ("/en/about", "How it works and its limits"),
        ("/en/privacy", "Privacy"),
        ("/en/accessibility", "Accessibility statement"),
        ("/en/changes", "What changed"),
    ],
}


def read(client: TestClient, path: str, status: int = 200) -> BeautifulSoup:
    """Fetch a page."""
    response = client.get(path)
    assert response.status_code == status, path
    return BeautifulSoup(response.text, "html.parser")


def keys(client: TestClient, language: Language, name: str) -> list[str]:
    """List the keys of what a page shows, in the order in which it is read."""
    words = catalogue(language)
    patterns = {
        key: re.sub(r"\\\{\w+\\\}", ".+", re.escape(words.raw(key)))
        for key in words.keys
        if key.startswith(f"plain.{name}.") and not key.endswith((".one", ".other"))
    }
    (main,) = read(client, f"/{language}/{name}").select("main")
    found = []
    for item in main.select("h1, h2, p, li"):
        fitting = [key for key, pattern in patterns.items() if re.fullmatch(pattern, item.text)]
        assert len(fitting) == 1, item.text
        assert not re.search(r"[{}]", item.text)
        found += fitting
    return found


def main_text(client: TestClient, path: str) -> str:
    """Read what stands in the main part of a page, spaces made single."""
    (main,) = read(client, path).select("main")
    return re.sub(r"[^\S\u00a0]+", " ", main.text)


@BOTH
@EACH
def test_a_plain_page_has_one_title_and_headings_in_order(
    client: TestClient, language: str, name: str
) -> None:
    """One h1, named in the title too; then h2 only, each with something under it."""
    soup = read(client, f"/{language}/{name}")
    (html,) = soup.select("html")
    assert html["lang"] == language
    headings = soup.select("h1, h2, h3, h4, h5, h6")
    assert [item.name for item in headings] == ["h1"] + ["h2"] * len(soup.select("main section"))
    assert headings[0].text == dict(FOOTER[language])[f"/{language}/{name}"]
    (title,) = soup.select("title")
    assert title.text.startswith(headings[0].text + " – ")
    assert all(section.select("p, li") for section in soup.select("main section"))


@EACH
def test_a_plain_page_has_the_same_parts_in_both_languages(client: TestClient, name: str) -> None:
    """Each element holds one text of the catalogue, none stands twice, no placeholder is left."""
    french, english = keys(client, "fr", name), keys(client, "en", name)
    assert french == english
    assert len(french) == len(set(french)) > 10
    assert french[:2] == [f"plain.{name}.title", f"plain.{name}.intro"]
    for key in french:
        assert catalogue("fr").raw(key) != catalogue("en").raw(key)


@BOTH
@EACH
def test_french_and_english_of_a_plain_page_are_typeset(
    client: TestClient, language: str, name: str
) -> None:
    """No straight double quotes; in French no plain space before : ; ? ! or inside « »."""
    text = main_text(client, f"/{language}/{name}")
    wrong = {"fr": r"[\"“”]| [:;?!»]|« |(?<!\u00a0)[:»]|«(?!\u00a0)", "en": r"[\"«»\u00a0]| [:;?!]"}
    assert re.findall(wrong[language], text) == []


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        (
            "fr",
            "sur 8 résumés de réunion, du 19 janvier 2023 au 2 juin 2025 (110 passages).",
        ),
        (
            "en",
            "covers 8 meeting summaries, from January 19, 2023 to June 2, 2025 (110 passages).",
        ),
    ],
)
def test_the_about_page_says_how_much_is_searched(
    client: TestClient, service: QAService, language: Language, sentence: str
) -> None:
    """Eight meetings and 110 passages, as every answer without a limit reports."""
    assert sentence in main_text(client, f"/{language}/about")
    coverage = service.ask(
        Question("What makes a partnership succeed?", language=language)
    ).coverage
    assert (coverage.meetings, coverage.passages) == (8, 110)
    assert str(coverage.start) == "2023-01-19"
    assert str(coverage.end) == "2025-06-02"


def test_the_figures_follow_the_corpus(corpus: Corpus) -> None:
    """With the newest meeting alone, its date stands once and its searched passages count."""
    (newest, *_) = corpus.meetings
    alone = replace(corpus, meetings=(newest,))
    searched = sum(item.kind not in {"title", "disclaimer"} for item in newest.passages)
    assert searched_values(alone, catalogue("en")) == {
        "meetings": "1 meeting summary, of June 2, 2025",
        "passages": f"{searched} passages",
    }
    assert searched_values(alone, catalogue("fr"))["meetings"] == (
        "1 résumé de réunion, du 2 juin 2025"
    )


@BOTH
def test_the_about_page_names_statuses_as_answers_do(
    client: TestClient, language: Language
) -> None:
    """Each status that an answer or a text may show is explained in its own item."""
    items = [item.text for item in read(client, f"/{language}/about").select("main li")]
    opened, closed = ("«\u00a0", "\u00a0»") if language == "fr" else ("“", "”")
    for key in (
        "status.answered",
        "status.related",
        "status.not_found",
        "rendition.official",
        "rendition.unofficial_translation",
    ):
        named = f"{opened}{catalogue(language).text(key)}{closed}"
        assert len([item for item in items if item.startswith(named)]) == 1, key


def test_the_error_rates_are_those_of_the_report() -> None:
    """What ships with the page is what the report of the test splits says, intervals recounted."""
    report = (ROOT / "eval" / "TEST_REPORT.md").read_text("utf-8")
    measured = read_measured()
    assert f"`{measured.command}`" in report
    assert f"| of {measured.questions} questions | |" in report
    rows = dict(
        re.findall(
            r"^\| ([a-z ]+) \| (?:[^|]* = )?(\.\d+ \[\.\d+, \.\d+\]) \|$", report, re.MULTILINE
        )
    )
    counts = re.findall(r"^\| false [a-z]+ \| (\d+)/(\d+) = ", report, re.MULTILINE)
    assert sum(int(of) for _, of in counts) == measured.questions
    for name, rate, places in (
        ("false answers", measured.false_answers, 3),
        ("false refusals", measured.false_refusals, 3),
        ("precision of quotes", measured.precision, 2),
        ("recall of quotes", measured.recall, 2),
    ):
        said = [float(number) for number in re.findall(r"\.\d+", rows[name])]
        assert [rate.share, rate.low, rate.high] == said
        assert said == [round(number, places) for number in said]
    for (part, of), rate in zip(
        counts, (measured.false_answers, measured.false_refusals), strict=True
    ):
        low, high = wilson(int(part), int(of))
        assert [rate.share, rate.low, rate.high] == [
            round(number, 3) for number in (int(part) / int(of), low, high)
        ]


@BOTH
def test_the_about_page_tells_the_error_rates_in_words(
    client: TestClient, language: Language
) -> None:
    """Each of a hundred, with its interval; no command and no setting on a page for staff."""
    section = next(
        item
        for item in read(client, f"/{language}/about").select("main section")
        if item.select("h2")[0].text == catalogue(language).raw("plain.about.measured.title")
    )
    measured = read_measured()
    for item, rate in zip(
        section.select("li"),
        (
            measured.false_answers,
            measured.false_refusals,
            measured.precision,
            measured.recall,
        ),
        strict=True,
    ):
        said = [int(number) for number in re.findall(r"\d+", item.text)]
        assert said == [100, *(round(100 * part) for part in (rate.share, rate.low, rate.high))]
    for name in NAMES:
        text = main_text(client, f"/{language}/{name}")
        assert not re.search(r"CCS_QA_|ccs-qa |make \w|python -m", text), name


IMPRINT = {
    "owner_fr": "la Direction de l'expérience client",
    "owner_en": "the Client Experience Branch",
    "contact": "ccs@example.ca",
    "institution_fr": "Emploi et Développement social Canada",
    "institution_en": "Employment and Social Development Canada",
}


@pytest.mark.parametrize(
    ("contact", "link"),
    [
        ("ccs@example.ca", "mailto:ccs@example.ca"),
        ("https://example.ca/ccs", "https://example.ca/ccs"),
    ],
)
@BOTH
def test_every_page_says_who_runs_it_and_whom_to_write_to(
    settings: Settings, service: QAService, language: Language, contact: str, link: str
) -> None:
    """Owner, contact and institution stand at the foot of pages and errors where they are set."""
    told = settings.model_copy(update={**IMPRINT, "contact": contact})
    with TestClient(build_app(told, lambda _: service)) as named:
        for path, status in {"/": 200, "/meetings": 200, "/about": 200, "/nowhere": 404}.items():
            soup = read(named, f"/{language}{path}", status)
            (owner,) = soup.select("footer .owner")
            assert IMPRINT[f"owner_{language}"] in owner.text
            assert [item["href"] for item in owner.select("a")] == [link]
            (signature,) = soup.select("header .signature")
            assert signature.text == IMPRINT[f"institution_{language}"]
        statement = read(named, f"/{language}/accessibility")
        assert [item["href"] for item in statement.select("main a")] == [link]
        unset = catalogue(language).raw("plain.accessibility.barrier.2")
        assert unset not in statement.text


@BOTH
def test_every_page_says_which_edition_it_reads(
    client: TestClient, corpus: Corpus, language: Language
) -> None:
    """The day on which the published page was taken; nobody is named where nobody is set."""
    day = corpus.documents["ccs-resumes.fr"].retrieved
    for path, status in {"/": 200, "/meetings": 200, "/privacy": 200, "/nowhere": 404}.items():
        soup = read(client, f"/{language}{path}", status)
        (modified,) = soup.select("footer .modified time")
        assert modified["datetime"] == day.isoformat()
        assert modified.text == catalogue(language).date(day)
        assert not soup.select(".owner, .signature")


@pytest.mark.parametrize("contact", ["someone", "http://example.ca", "a@b", "javascript:x@y.ca?"])
def test_a_contact_that_cannot_be_reached_is_refused(
    monkeypatch: pytest.MonkeyPatch, contact: str
) -> None:
    """Neither an address of e-mail nor of a page over HTTPS."""
    monkeypatch.setenv("CCS_QA_CONTACT", contact)
    with pytest.raises(SettingsError, match="CCS_QA_CONTACT"):
        load_settings()


@BOTH
@pytest.mark.parametrize("path", ["/nowhere", "/meetings/2020-01-01", "/passages/none"])
def test_a_page_that_is_not_there_leads_on(
    client: TestClient, language: Language, path: str
) -> None:
    """To the meetings, the search, the timeline, the limits; each is there."""
    links = [str(item["href"]) for item in read(client, f"/{language}{path}", 404).select("main a")]
    assert links == [f"/{language}/{name}" for name in ("meetings", "search", "timeline", "about")]
    for link in links:
        read(client, link)


def test_what_the_privacy_page_says_is_so(client: TestClient) -> None:
    """No cookie is set and no referrer sent; no access log; nothing loads from elsewhere."""
    for path in ("/", "/en/", "/en/?q=trust", "/fr/privacy", "/en/nowhere"):
        response = client.get(path, follow_redirects=False)
        assert "set-cookie" not in response.headers
        assert response.headers["referrer-policy"] == "no-referrer"
        assert "'self'" in response.headers["content-security-policy"]
        assert "http" not in response.headers["content-security-policy"]
    assert "access_log=False" in (ROOT / "src" / "ccs_qa" / "http" / "server.py").read_text("utf-8")
    soup = BeautifulSoup(client.get("/docs").text, "html.parser")
    loaded = [str(tag.get("src") or tag.get("href")) for tag in soup.select("link, script")]
    assert len(loaded) == 3
    assert all(address.startswith("/static/") for address in loaded)
    for path in ("/en/", "/en/meetings", "/en/privacy", "/en/nowhere"):
        soup = BeautifulSoup(client.get(path).text, "html.parser")
        assert not soup.select('a[href^="/docs"]')


@BOTH
def test_the_privacy_page_warns_first_of_personal_information(
    client: TestClient, language: str
) -> None:
    """The first part says not to type a social insurance number."""
    first = read(client, f"/{language}/privacy").select("main section")[0]
    assert ("(NAS)" if language == "fr" else "(SIN)") in first.text


@BOTH
def test_the_accessibility_statement_invents_no_address(client: TestClient, language: str) -> None:
    """It names the two standards and axe-core, and neither an address nor a telephone."""
    soup = read(client, f"/{language}/accessibility")
    text = main_text(client, f"/{language}/accessibility")
    for name in ("WCAG) 2.1", "EN 301 549", "axe-core"):
        assert name in text
    assert not soup.select("main a")
    assert not re.search(r"@|\d{3}-\d{4}", text)


def test_the_changes_are_those_of_the_changelog(client: TestClient) -> None:
    """Its releases, newest first, each with its day; the newest is the version of the package."""
    unreleased, *releases = re.findall(
        r"^## (\S+)(?: – (\S+))?$", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE
    )
    assert unreleased == ("Unreleased", "")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert releases[0][0] == project["version"]
    for language, day in (("fr", "{0:%-d} {1} {0:%Y}"), ("en", "{1} {0:%-d}, {0:%Y}")):
        soup = read(client, f"/{language}/changes")
        months = {"fr": {11: "novembre"}, "en": {11: "November"}}[language]
        days = [dt.date.fromisoformat(written) for _, written in releases]
        assert [heading.text for heading in soup.select("main h2")] == [
            f"Version {version} ({day.format(when, months[when.month])})"
            for (version, _), when in zip(releases, days, strict=True)
        ]
        assert all(section.select("li") for section in soup.select("main section"))


@BOTH
def test_every_page_leads_to_the_plain_pages(client: TestClient, language: str) -> None:
    """The four links stand in the footer of pages, answers and errors, in a named navigation."""
    paths = {
        "/": 200,
        "/?q=trust": 200,
        "/meetings": 200,
        "/meetings/2024-11-01": 200,
        "/passages/2024-11-01-s-9f742ebe": 200,
        "/nowhere": 404,
        **{f"/{name}": 200 for name in NAMES},
    }
    for path, status in paths.items():
        soup = read(client, f"/{language}{path}", status)
        (nav,) = soup.select("footer nav")
        found = [(str(item["href"]), item.text) for item in nav.select("a")]
        assert found == FOOTER[language], path
        assert soup.select(f"#{nav['aria-labelledby']}")[0].text not in {
            item["aria-label"] for item in soup.select("header nav")
        }


@BOTH
@EACH
def test_the_toggle_of_a_plain_page_keeps_the_place(
    client: TestClient, language: str, name: str
) -> None:
    """It leads to the same page in the other language, and back."""
    other = "en" if language == "fr" else "fr"
    (toggle,) = read(client, f"/{language}/{name}").select("header a[hreflang]")
    assert toggle["href"] == f"/{other}/{name}"
    (back,) = read(client, str(toggle["href"])).select("header a[hreflang]")
    assert back["href"] == f"/{language}/{name}"


@EACH
def test_a_plain_page_in_a_third_language_is_not_found(client: TestClient, name: str) -> None:
    """There are two languages."""
    read(client, f"/de/{name}", 404)
