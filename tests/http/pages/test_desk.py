"""The desk: each form, what it refuses, what it changes, and that publishing is whole or not."""

import datetime as dt
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from bs4 import BeautifulSoup, Tag
from fastapi.testclient import TestClient
from httpx2 import Response
from pydantic import SecretStr

from ccs_qa.corpus.desk import at_desk, draft_of
from ccs_qa.corpus.library import digest_corpus, load_corpus
from ccs_qa.corpus.manifest import read_pairs
from ccs_qa.http.app import build_app
from ccs_qa.index.publish import Work, publish, read_work
from ccs_qa.index.storage import current_edition
from ccs_qa.messages.catalogue import catalogue
from ccs_qa.records import Language
from ccs_qa.service import QAService
from ccs_qa.settings import Settings
from tests.conftest import ROOT, page_text
from tests.http.pages.test_typography import FAULTS, known, own
from tests.http.pages.walk import held, texts
from tests.ninth import NINTH, ninth_pages
from tests.serving import own_index, until

HOME = "http://127.0.0.1:8000"
FRENCH, ENGLISH = ninth_pages()


def one(page: BeautifulSoup | Tag, selector: str) -> Tag:
    """Find the only element that fits."""
    (found,) = page.select(selector)
    return found


@dataclass(frozen=True)
class Clerk:
    """A maintainer on the machine of the service, and where it keeps its files."""

    client: TestClient
    settings: Settings

    def read(self, page: str = "", language: str = "en") -> BeautifulSoup:
        """Read a page of the desk."""
        response = self.client.get(f"/{language}/desk{page}")
        assert response.status_code == 200, response.text
        return BeautifulSoup(response.text, "html.parser")

    def send(self, form: str, **fields: str) -> Response:
        """Send a form of the desk."""
        return self.client.post(f"/en/desk/{form}", data=fields, follow_redirects=False)

    def bring(self, text: str, language: str, **fields: str) -> Response:
        """Bring a page in as a file."""
        status = "official" if language == "fr" else "unofficial_translation"
        return self.client.post(
            "/en/desk/bring",
            data={"lang": language, "status": status, **fields},
            files={"file": ("résumés.txt", text.encode())},
            follow_redirects=False,
        )

    @property
    def draft(self) -> Path | None:
        """The draft."""
        return draft_of(self.settings.desk)

    def finish(self) -> Work:
        """Wait until what is built is built."""
        found = [Work(task="try", began=dt.datetime.now(dt.UTC))]

        def ended() -> bool:
            found.append(read_work(self.settings.desk) or found[0])
            return found[-1].state != "running"

        until(ended)
        return found[-1]


@pytest.fixture
def clerk(settings: Settings, service: QAService, tmp_path: Path) -> Iterator[Clerk]:
    """A maintainer, and a corpus and an index of their own."""
    shutil.copytree(ROOT / "corpus", tmp_path / "corpus")
    own_index(settings.index, tmp_path / "index")
    changed = settings.model_copy(
        update={
            "database": SecretStr(f"sqlite:///{tmp_path / 'kept.sqlite3'}"),
            "local_admin": True,
            **{name: tmp_path / name for name in ("corpus", "index", "desk")},
        }
    )
    app = build_app(changed, lambda _: service)
    ours = {"sec-fetch-site": "same-origin"}
    with TestClient(app, base_url=HOME, client=("127.0.0.1", 50000), headers=ours) as client:
        yield Clerk(client, changed)


def test_the_desk_is_for_maintainers_and_its_forms_for_its_pages(clerk: Clerk) -> None:
    """From elsewhere a key is asked for; a form of another site is refused."""
    with TestClient(clerk.client.app, client=("192.0.2.1", 1)) as other:
        for method, path in (("GET", ""), ("GET", "/changes"), ("POST", "/use")):
            assert other.request(method, f"/en/desk{path}").status_code == 401
    foreign = {"sec-fetch-site": "cross-site"}
    for form in ("use", "begin", "discard", "work", "bring", "approve", "hints"):
        assert clerk.client.post(f"/en/desk/{form}", headers=foreign).status_code == 403


@pytest.mark.parametrize("language", ["fr", "en"])
def test_home_tells_what_is_published_and_what_to_look_at(clerk: Clerk, language: str) -> None:
    """The edition in use, what the check finds, and the feedback as a work list."""
    page = clerk.read(language=language)
    (row,) = page.select("tbody tr")
    assert current_edition(clerk.settings.index).name in row.text
    assert page.select_one(f"a[href='/{language}/feedback']")
    assert not page.select("form.act")


def test_a_page_comes_in_and_the_changes_are_read(clerk: Clerk) -> None:
    """The ninth meeting, French then English, in the draft alone; discarded, nothing is left."""
    before = digest_corpus(clerk.settings.corpus)
    assert clerk.bring(FRENCH, "fr").headers["location"] == "/en/desk/changes"
    page = clerk.read("/changes")
    assert [item.text for item in page.select("main > section > h2")] == ["November 20, 2025"]
    assert not page.select("#notices")
    added = len(page.select("section:not(#pairs) article"))
    assert clerk.bring(ENGLISH, "en").status_code == 303
    page = clerk.read("/changes")
    assert len(page.select("section:not(#pairs) article")) == added
    assert "Ferry timetables should be posted in every port." in one(page, "main").text
    assert digest_corpus(clerk.settings.corpus) == before
    assert clerk.send("discard").status_code == 303
    assert clerk.draft is None
    assert not clerk.read("/changes").select("article")


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        (
            {"lang": "fr", "status": "official", "text": "Titre\nle 45 mai 2025\n"},
            "pasted-text.txt, line 2",
        ),
        ({"lang": "en", "status": "official", "text": FRENCH}, "pasted-text.txt"),
        ({"lang": "fr", "status": "official", "address": "https://example.org/"}, "example.org"),
        ({"lang": "fr", "status": "official"}, ""),
    ],
)
def test_what_is_refused_says_why_and_leaves_no_draft(
    clerk: Clerk, sent: dict[str, str], told: str
) -> None:
    """In the words of the command, with the line of the clerk's own file; what was typed stays."""
    response = clerk.send("bring", **sent)
    page = BeautifulSoup(response.text, "html.parser")
    assert response.status_code == 422
    assert told in one(page, "#problem").text
    assert one(page, "textarea").text.strip() == sent.get("text", "").strip()
    assert clerk.draft is None


def test_a_large_page_and_an_odd_name_do_no_harm(clerk: Clerk) -> None:
    """Pages are larger than questions, to a limit; a name is no path, an address no file."""
    for size, status in ((2_000_000, 422), (5_100_000, 413)):
        sent = {"file": ("../../désolé.html", b"<p>x</p>".ljust(size))}
        form = {"lang": "fr", "status": "official"}
        response = clerk.client.post("/en/desk/bring", data=form, files=sent)
        assert response.status_code == status
        assert ".." not in one(BeautifulSoup(response.text, "html.parser"), "main").text
    form = {"lang": "fr", "status": "official"}
    for name in ("..", ".", "a/..", "C:\\x\\y.txt", "é" * 300 + ".txt", "a\x00.txt", ".htm"):
        sent = {"file": (name, FRENCH.encode()[:300])}
        assert clerk.client.post("/en/desk/bring", data=form, files=sent).status_code == 422
    for address in (str(clerk.settings.corpus / "ccs-resumes.fr.txt"), "file:///etc/hostname"):
        assert clerk.send("bring", lang="fr", address=address).status_code == 422
    assert clerk.draft is None


def test_a_page_that_loses_meetings_is_warned_of_first(clerk: Clerk) -> None:
    """The English without one meeting: its passages lose their English."""
    english = page_text("sac-summaries.en.txt")
    start, end = english.index("November 1, 2024"), english.index("June 27, 2024")
    assert clerk.bring(english[:start] + english[end:], "en").status_code == 303
    notices = one(clerk.read("/changes"), "#notices").text
    assert "November 1, 2024: " in notices
    assert "lose their English text" in notices


def test_a_letter_corrected_keeps_the_address_and_makes_hints_stale(clerk: Clerk) -> None:
    """One word of one passage, told word by word."""
    french = page_text("ccs-resumes.fr.txt")
    passage = next(
        item for item in load_corpus(clerk.settings.corpus).passages if item.kind == "statement"
    )
    said = passage.renditions.fr
    assert said is not None
    word = next(word for word in said.text.split() if len(word) > 6 and word.isalpha())
    corrected = french.replace(said.text, said.text.replace(word, f"{word}x", 1))
    assert clerk.bring(corrected, "fr").status_code == 303
    page = clerk.read("/changes", "fr")
    (article,) = page.select("article")
    assert f"({passage.id})" in article.text
    assert [item.text for item in article.select("ins")] == [f"{word}x"]
    assert [item.text for item in article.select("del")] == [word]
    assert catalogue("fr").text("desk.kept") in article.text
    assert "écrits pour d’autres mots" in one(page, "#notices").text


def test_pairs_are_approved_side_by_side(clerk: Clerk) -> None:
    """Swapped lines are shown; approved, they are asked of nobody again."""
    lines = ENGLISH.splitlines()
    first = next(at for at, line in enumerate(lines) if line.startswith("- Lighthouses"))
    lines[first], lines[first + 1] = lines[first + 1], lines[first]
    clerk.bring(FRENCH, "fr")
    clerk.bring("\n".join(lines), "en")
    page = clerk.read("/changes")
    (form,) = page.select("form[action='/en/desk/approve']")
    assert one(form, "input")["value"] == NINTH
    assert clerk.send("approve", meeting=NINTH).status_code == 303
    assert not clerk.read("/changes").select("#pairs")
    assert [row.reviewed for row in read_pairs(clerk.draft or Path()).values()] == [True]


def test_hints_are_written_a_question_a_line(clerk: Clerk) -> None:
    """Into the draft; empty lines and repeated ones go, other hints stay as they were."""
    passage = next(iter(load_corpus(clerk.settings.corpus).known.hints))
    form = clerk.read(f"/hints?passage={passage}")
    assert one(form, "textarea#fr").text.strip()
    sent = clerk.send("hints", passage=passage, fr="Où ?\r\n\r\n Où ?\r\n", en="Where?")
    assert sent.status_code == 303
    known = load_corpus(clerk.draft or Path()).known.hints
    assert (known[passage].fr, known[passage].en) == (("Où ?",), ("Where?",))
    old = (clerk.settings.corpus / "hints.jsonl").read_text("utf-8").splitlines()
    new = ((clerk.draft or Path()) / "hints.jsonl").read_text("utf-8").splitlines()
    assert sum(a != b for a, b in zip(old, new, strict=True)) == 1
    assert clerk.send("hints", passage="page-s-nothing").status_code == 404


def test_one_is_at_the_desk_at_a_time(clerk: Clerk) -> None:
    """While something is built the draft does not change under it."""
    with at_desk(clerk.settings.desk):
        assert clerk.bring(FRENCH, "fr").status_code == 422
        for form, fields in (("discard", {}), ("work", {"task": "publish"})):
            assert clerk.send(form, **fields).status_code == 409


def test_a_corpus_that_was_changed_meanwhile_is_not_overwritten(clerk: Clerk) -> None:
    """Publishing says so, and leaves corpus, draft and edition as they were."""
    clerk.bring(FRENCH, "fr")
    hints = clerk.settings.corpus / "hints.jsonl"
    hints.write_text(hints.read_text("utf-8") + "\n", "utf-8")
    before, used = digest_corpus(clerk.settings.corpus), current_edition(clerk.settings.index)
    assert clerk.send("work", task="publish").status_code == 303
    assert clerk.finish().state == "failed"
    assert "changed since the draft" in one(clerk.read(), "#work").text
    assert (digest_corpus(clerk.settings.corpus), current_edition(clerk.settings.index)) == (
        before,
        used,
    )
    assert clerk.draft is not None


@pytest.mark.parametrize("language", ["fr", "en"])
def test_its_words_are_those_of_its_language(clerk: Clerk, language: Language) -> None:
    """Typeset for it, and what is quoted says its own; a change of each kind, a refusal, a form."""
    french = FRENCH.replace("La confiance des pêcheurs", "Toute la confiance des pêcheurs")
    for text, tongue in ((FRENCH, "fr"), (french, "fr"), (ENGLISH, "en")):
        assert clerk.bring(text, tongue).status_code == 303
    corpus = load_corpus(clerk.draft or Path())
    quoted = held(corpus)
    name = next(iter(corpus.known.hints))
    pages = [clerk.read(path, language) for path in ("", "/bring", "/changes", "/hints", "/try")]
    pages.append(clerk.read(f"/hints?passage={name}", language))
    for page in pages:
        for item in own(texts(page), "", quoted):
            if item.tag.name in {"ins", "del", "blockquote", "textarea"}:
                assert item.language in {"fr", "en"}
                continue
            told = item.tag.name == "td"  # when an edition was made
            assert told or known(item.words, "fr" if item.language == "fr" else "en"), item
            assert not re.search(FAULTS[item.language], item.words), item


def test_work_that_nobody_goes_on_with_says_so(clerk: Clerk) -> None:
    """Whoever built was stopped: no page waits for it."""
    clerk.settings.desk.mkdir()
    begun = Work(task="publish", began=dt.datetime.now(dt.UTC))
    (clerk.settings.desk / "work.json").write_text(begun.model_dump_json(), "utf-8")
    assert "interrupted" in one(clerk.read(), "#work").text


def test_tried_published_and_undone(clerk: Clerk) -> None:
    """The draft answers beside the edition in use; published it is the corpus; undone it is not."""
    used = current_edition(clerk.settings.index).name
    clerk.bring(FRENCH, "fr")
    assert not clerk.read("/try").select("form[method=get]")
    assert clerk.send("work", task="try").headers["location"] == "/en/desk/try"
    assert clerk.finish().state == "done"
    page = clerk.read("/try?q=Que+dit-on+des+gardiens+de+phare+?", "fr")
    ours, theirs = page.select("main section")
    assert "phare" not in ours.text
    assert "gardiens devraient être consultés" in theirs.text
    draft = digest_corpus(clerk.draft or Path())
    clerk.send("work", task="publish")
    assert clerk.finish().state == "done"
    assert clerk.draft is None
    assert digest_corpus(clerk.settings.corpus) == draft
    assert len(clerk.read().select("tbody tr")) == 2
    assert clerk.send("use", name=used).status_code == 303
    assert current_edition(clerk.settings.index).name == used
    assert clerk.send("use", name="nothing").status_code == 503
    # The files still hold the ninth meeting; a draft takes them back.
    clerk.send("begin")
    assert not clerk.read("/changes").select("article")
    publish(clerk.settings, lambda _step, _done, _total: None)
    assert len(load_corpus(clerk.settings.corpus).meetings) == 8
