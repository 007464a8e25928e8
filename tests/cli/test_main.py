"""The command line: what it prints, where errors go, and the status it leaves with."""

import datetime as dt
import json
import re
import shutil
import socket
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bench.http import free_port
from ccs_qa.cli.main import app, page_address
from ccs_qa.corpus.library import Corpus
from ccs_qa.errors import (
    AlignmentError,
    CcsQaError,
    CorpusError,
    EditionMissingError,
    IndexMissingError,
    IndexStaleError,
    PageError,
    PortTakenError,
    QuestionError,
    SettingsError,
)
from ccs_qa.index.build import index_info
from ccs_qa.index.storage import FORMAT, current_edition
from ccs_qa.messages.catalogue import catalogue
from ccs_qa.messages.wording import word_error
from ccs_qa.records import LANGUAGES, Question
from ccs_qa.service import QAService
from ccs_qa.settings import Settings
from tests.conftest import PAGES, page_text
from tests.index.test_parts import MANIFEST

QUESTION = "How could AI help call centres?"
PAGE = page_text("ccs-resumes.fr.txt")
IMPORT = ("--id", "ccs-resumes.fr", "--lang", "fr", "--publisher", "EDSC")


def invoke(*arguments: str, **environment: str) -> Result:
    """Run a command in an English terminal unless told."""
    return CliRunner().invoke(app, arguments, env={"LC_ALL": "en_CA.UTF-8", **environment})


def good(*arguments: str, **environment: str) -> str:
    """Run a command that succeeds, and take what it printed."""
    result = invoke(*arguments, **environment)
    assert result.exit_code == 0, result.output
    assert result.stderr == ""
    return result.stdout


def refused(result: Result, error: CcsQaError) -> None:
    """Assert status 1 and an error in both languages, with a next step, on stderr alone."""
    assert result.exit_code == 1, result.output
    assert result.stdout == ""
    shown = result.stderr.splitlines()
    for wording in word_error(error).values():
        at = shown.index(wording.title)
        assert shown[at + 1 : at + 3] == [f"  {wording.detail}", f"  → {wording.next}"]


@pytest.fixture
def opened(service: QAService, monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands that answer find the service open, as loading it twice shows nothing new."""
    monkeypatch.setattr("ccs_qa.opening.open_service", lambda _settings: service)


@pytest.fixture
def folder(settings: Settings, tmp_path: Path) -> Path:
    """A copy of the corpus folder."""
    return Path(shutil.copytree(settings.corpus, tmp_path / "corpus"))


def contents(folder: Path) -> dict[str, bytes]:
    """Read every file of a folder that is there for a person."""
    return {path.name: path.read_bytes() for path in folder.glob("[!.]*")}


@pytest.mark.usefixtures("opened")
@pytest.mark.parametrize("language", ["fr", "en"])
def test_ask_prints_verdict_lead_quotes_and_coverage(service: QAService, language: str) -> None:
    """The status comes first; each quote has its number, both languages and their status."""
    answer = service.ask(Question(QUESTION, language="fr" if language == "fr" else "en"))
    words = catalogue(answer.language)
    lines = good("ask", QUESTION, "--lang", language).splitlines()
    assert lines[:2] == [words.text("status.answered"), answer.lead]
    text = "\n".join(lines)
    for citation in answer.citations:
        both = citation.hit.passage.renditions
        assert both.fr
        assert both.en
        assert f"[{citation.number}] " in text
        assert f"    FR  {both.fr.text}\n        {words.text('rendition.official')}" in text
        assert f"    EN  {both.en.text}\n" in text
        assert citation.hit.passage.id in text
    assert re.search(r"8 .* 2023 .* 2025\)?\.", text)


@pytest.mark.usefixtures("opened")
def test_ask_without_an_answer_prints_the_nearest() -> None:
    """An absent topic gets the status, the heading of the nearest passages, and three of them."""
    text = good("ask", "Quelle est la recette de la tarte aux pommes?")
    words = catalogue("fr")
    assert text.splitlines()[0] in {words.text("status.related"), words.text("status.not_found")}
    assert words.text("page.nearest") in text
    assert re.findall(r"^(-|\d\.|\[)", text, re.MULTILINE) == ["-", "-", "-"]


@pytest.mark.usefixtures("opened")
@pytest.mark.parametrize(
    "odd", ["hahahahahahahahahahahahaha", "\udced\udca0\udc80", "#" + "x" * 480]
)
def test_what_a_terminal_can_type_is_answered(odd: str) -> None:
    """An unbroken run of letters; bytes that are no text, which Python hands on as halves."""
    for command in ("ask", "search"):
        asked = json.loads(good(command, f"passports {odd}", "--json"))["query"]["question"]
        assert asked == f"passports {odd if odd.isascii() else ''}".strip()


@pytest.mark.usefixtures("opened")
def test_ask_and_search_print_the_body_of_the_api() -> None:
    """With --json stdout is one JSON value, in UTF-8."""
    answer = json.loads(good("ask", QUESTION, "--lang", "fr", "--json"))
    assert (answer["question"], answer["language"]) == (QUESTION, "fr")
    assert all(citation["verified"] for citation in answer["citations"])
    text = good("search", "confiance", "-k", "3", "--json")
    hits = json.loads(text)["hits"]
    assert len(hits) == 3
    assert hits[0]["text"] in text.replace('\\"', '"')


@pytest.mark.usefixtures("opened")
@pytest.mark.parametrize("k", [1, 2, 100])
def test_search_lists_as_many_passages_as_asked_for(service: QAService, k: int) -> None:
    """Ranked from 1, in the order of the service."""
    text = good("search", "trust", "-k", str(k))
    assert [int(rank) for rank in re.findall(r"^(\d+)\. ", text, re.MULTILINE)] == [
        *range(1, k + 1)
    ]
    assert re.findall(r"^        (\d{4}-\S+)$", text, re.MULTILINE) == [
        hit.passage.id for hit in service.search(Question("trust", k=k)).hits
    ]


def test_doctor_opens_everything_and_names_it(settings: Settings, service: QAService) -> None:
    """Folders, index and model, and the word that all is well."""
    text = good("doctor", COLUMNS="200")
    for value in (settings.corpus, settings.index, settings.cache, service.model):
        assert str(value) in text
    assert service.index_id in text
    assert text.splitlines()[-1] == catalogue("en").text("cli.ok")


@pytest.mark.parametrize(("locale", "language"), [("fr_CA.UTF-8", "fr"), ("C.UTF-8", "en")])
def test_the_terminal_decides_the_words(locale: str, language: str) -> None:
    """French in a French terminal, English in any other."""
    words = catalogue("fr" if language == "fr" else "en")
    assert good("corpus", "check", LC_ALL=locale).strip() == words.text("cli.ok")


def test_pages_edited_since_the_build_are_shown_and_said(settings: Settings, folder: Path) -> None:
    """The edition is listed as in use; a correction is shown word by word, and said of answers."""
    name = current_edition(settings.index).name
    assert f"{name} *" in good("edition", "list", COLUMNS="200")
    words, edited = catalogue("en"), {"CCS_QA_CORPUS": str(folder), "COLUMNS": "200"}
    assert good("corpus", "diff", **edited).strip() == words.count("cli.diff", 0)
    page = folder / PAGES[0][1]
    text = page.read_text("utf-8")
    assert text.count("phares") == 0
    page.write_text(text.replace("claires, simples", "claires, phares", 1), "utf-8")
    for shown in (good("corpus", "diff", **edited), good("corpus", "diff", name, **edited)):
        assert "{+phares" in shown
        assert shown.splitlines()[-1] == words.count("cli.diff", 1)
    answered = invoke("ask", QUESTION, **edited)
    assert answered.exit_code == 0
    assert words.text("cli.unpublished") in answered.stderr.replace("\n", " ")
    for command in (("corpus", "diff", "none"), ("edition", "use", "none")):
        refused(invoke(*command, **edited), EditionMissingError(name="none"))


@pytest.mark.usefixtures("settings")
def test_index_check_compares_the_index_with_its_sources() -> None:
    """All is well with the index that the tests use."""
    assert good("index", "check").strip() == catalogue("en").text("cli.ok")


def test_index_info_says_what_the_index_was_built_from(settings: Settings, corpus: Corpus) -> None:
    """One JSON value: id, model, digest of the corpus and counts."""
    info = json.loads(good("index", "info"))
    manifest = index_info(settings)
    assert (info["index_id"], info["model"]) == (manifest.index_id, manifest.model)
    assert info["corpus"] == corpus.digest
    assert (info["counts"]["meetings"], info["counts"]["passages"]) == (8, 110)


def test_corpus_list_has_a_row_for_each_meeting(corpus: Corpus) -> None:
    """Date, both titles where it has any, number of passages."""
    text = good("corpus", "list", COLUMNS="400")
    rows = [
        [cell.strip() for cell in line.split("│")[1:-1]]
        for line in text.splitlines()
        if line.startswith("│")
    ]
    assert rows == [
        [
            meeting.date.isoformat(),
            *(
                meeting.title.renditions.best(language).text if meeting.title else ""
                for language in LANGUAGES
            ),
            str(len(meeting.passages)),
        ]
        for meeting in corpus.meetings
    ]


@pytest.mark.slow
def test_corpus_align_pairs_every_line() -> None:
    """Pairs are the lines of the pages less title, disclaimer and years; nothing is left over."""
    text = good("corpus", "align")
    rows = re.findall(r"^│ (\S+) +│ (\d+) +│ (\d+) +│ (\S+) +│$", text, re.MULTILINE)
    assert len(rows) == 8
    assert {unpaired for _, _, unpaired, _ in rows} == {"0"}
    # The translation is faithful: each pair is surer than not, and nothing is to be looked at.
    assert min(float(weakest) for *_, weakest in rows) > 0.5
    assert "FR" not in text
    for _, file in PAGES:
        lines = page_text(file).split("\n")[2:]
        body = [line for line in lines if line.strip() and not re.fullmatch(r"\d{4}", line)]
        assert sum(int(pairs) for _, pairs, _, _ in rows) == len(body)


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("nothing",),
        ("ask",),
        ("ask", "trust", "--lang", "de"),
        ("ask", "trust", "--nothing"),
        ("search", "trust", "-k", "0"),
        ("search", "trust", "-k", "101"),
        ("search", "trust", "-k", "many"),
        ("serve", "--port", "0"),
        ("index",),
        ("index", "nothing"),
        ("corpus", "import", "page.txt"),
        ("corpus", "import", "page.txt", *IMPORT, "--lang", "de"),
        ("corpus", "import", "page.txt", *IMPORT, "--status", "nice"),
        ("corpus", "import", "page.txt", *IMPORT, "--retrieved", "yesterday"),
        ("corpus", "import", "page.txt", *IMPORT, "--id", "../page"),
        ("corpus", "import", "page.txt", *IMPORT, "--source-url", "javascript:alert(1)"),
    ],
)
def test_wrong_usage_leaves_with_2(arguments: tuple[str, ...]) -> None:
    """An unknown command, a missing argument, a value out of range."""
    result = invoke(*arguments)
    assert result.exit_code == 2
    assert "Usage" in result.output


@pytest.mark.usefixtures("opened")
def test_a_question_without_words_is_a_named_error() -> None:
    """In both languages with the next step, and nothing on stdout, JSON or not."""
    error = QuestionError(problem="empty", longest=5000)
    refused(invoke("ask", " ?! "), error)
    refused(invoke("ask", " ?! ", "--json"), error)
    refused(invoke("search", ""), error)


def test_a_missing_index_is_a_named_error(tmp_path: Path) -> None:
    """Any command that needs the index says how to build it."""
    for command in (("ask", "trust"), ("index", "check"), ("index", "info"), ("doctor",)):
        refused(
            invoke(*command, CCS_QA_INDEX=str(tmp_path)), IndexMissingError(folder=tmp_path.name)
        )


@pytest.mark.parametrize("command", ["ask trust", "doctor", "index info", "corpus list", "serve"])
def test_an_unknown_setting_is_refused(command: str) -> None:
    """A misspelt variable stops every command, which lists the settings there are."""
    result = invoke(*command.split(), CCS_QA_PROT="8000")
    known = sorted(f"CCS_QA_{name.upper()}" for name in Settings.model_fields)
    refused(result, SettingsError(name="CCS_QA_PROT", problem="unknown", known=", ".join(known)))


def test_an_import_replaces_a_page(folder: Path, tmp_path: Path) -> None:
    """A page with one bullet more is taken; what the bullet lacks is told, and by the check."""
    there = {"CCS_QA_CORPUS": str(folder)}
    page = tmp_path / "page.txt"
    bullet = next(line for line in PAGE.split("\n") if line.startswith("- "))
    page.write_text(PAGE.replace(bullet, f"{bullet}\n- Un ajout tout neuf.", 1), "utf-8")
    printed = good("corpus", "import", str(page), *IMPORT, "--retrieved", "2026-01-31", **there)
    words = catalogue("en")
    missing, french, english, imported = printed.splitlines()
    day = words.date(dt.date(2025, 6, 2))
    assert missing == words.text("cli.align.missing", meeting=day)
    assert (french, english) == ("  FR  Un ajout tout neuf.", "  EN  —")
    assert imported == words.text("cli.imported", id="ccs-resumes.fr", meetings=8)
    assert (folder / "ccs-resumes.fr.txt").read_bytes() == page.read_bytes()
    entry = json.loads((folder / "manifest.json").read_text("utf-8"))["documents"][0]
    assert (entry["id"], entry["retrieved"], entry["publisher"]) == (
        "ccs-resumes.fr",
        "2026-01-31",
        "EDSC",
    )
    check = invoke("corpus", "check", **there)
    assert check.exit_code == 1
    assert "Un ajout tout neuf." in check.stdout


@pytest.mark.parametrize(
    ("text", "options", "error"),
    [
        (
            re.sub(r"^Objectif : Discuter de l'acc.*\n", "", PAGE, count=1, flags=re.MULTILINE),
            IMPORT,
            PageError(
                document="page.txt",
                line=7,
                text="Les principaux points abordés pendant la discussion",
                reason="second-title",
            ),
        ),
        (
            PAGE,
            ("--id", "second", *IMPORT[2:]),
            CorpusError(problem="duplicate-meeting", file="2025-06-02"),
        ),
        (
            PAGE,
            ("--id", "second", *IMPORT[2:], "--translation-of", "nobody"),
            AlignmentError(document="nobody", problem="family"),
        ),
        (
            page_text("sac-summaries.en.txt"),
            IMPORT,
            CorpusError(problem="language", file="page.txt"),
        ),
    ],
)
def test_an_import_that_fails_changes_nothing(
    folder: Path, tmp_path: Path, text: str, options: tuple[str, ...], error: CcsQaError
) -> None:
    """A meeting without its objective, a page that is there already, a source that is not."""
    page = tmp_path / "page.txt"
    page.write_text(text, "utf-8")
    before = contents(folder)
    refused(invoke("corpus", "import", str(page), *options, CCS_QA_CORPUS=str(folder)), error)
    assert contents(folder) == before


def test_an_import_into_no_folder_is_a_named_error(tmp_path: Path) -> None:
    """A misspelt folder is not made."""
    page = tmp_path / "page.txt"
    page.write_text(PAGE, "utf-8")
    result = invoke("corpus", "import", str(page), *IMPORT, CCS_QA_CORPUS=str(tmp_path / "none"))
    refused(result, CorpusError(problem="unreadable", file="none"))
    assert list(tmp_path.iterdir()) == [page]


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_a_port_that_is_taken_is_said_before_anything_is_loaded(
    host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In words, with the option to set."""
    monkeypatch.setattr("ccs_qa.cli.main.open_told", lambda _settings: pytest.fail("it is loaded"))
    monkeypatch.setattr("ccs_qa.http.app.build_app", lambda _settings, _opener: None)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.create_server((host, 0), family=family) as taken:
        port = str(taken.getsockname()[1])
        refused(invoke("serve", "--host", host, "--port", port), PortTakenError(port=port))


def test_an_index_of_another_layout_stops_the_start_before_the_model_is_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error says both sides and the command; no encoder is opened, no server started."""
    edition = tmp_path / "index" / "old"
    edition.mkdir(parents=True)
    manifest = MANIFEST.model_copy(update={"format": 1})
    (edition / "manifest.json").write_text(manifest.model_dump_json(), "utf-8")
    (edition.parent / "CURRENT").write_text("old", "utf-8")
    monkeypatch.setattr("ccs_qa.opening.open_encoder", lambda *_given: pytest.fail("it is loaded"))
    monkeypatch.setattr("ccs_qa.http.app.build_app", lambda _settings, _opener: None)
    error = IndexStaleError(what="format", built="1", now=str(FORMAT))
    refused(invoke("serve", "--port", str(free_port()), CCS_QA_INDEX=str(edition.parent)), error)


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1", "http://127.0.0.1:8000"),
        ("localhost", "http://localhost:8000"),
        ("::1", "http://[::1]:8000"),
        ("fe80::1%eth0", "http://[fe80::1%eth0]:8000"),
    ],
)
def test_an_address_of_ipv6_is_told_from_its_port(host: str, address: str) -> None:
    """In brackets, as a browser takes it."""
    assert page_address(Settings(host=host)) == address
