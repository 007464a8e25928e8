"""Answers that were saved are checked against the edition they came from, and today's."""

import datetime as dt
import re
import shutil
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from ccs_qa.errors import SavedAnswerError
from ccs_qa.index.storage import current_edition, remove_edition, use_edition
from ccs_qa.messages.catalogue import catalogue
from ccs_qa.present.contexts import Viewer
from ccs_qa.present.export.content import gather
from ccs_qa.present.export.markdown import to_markdown
from ccs_qa.present.export.word import to_word
from ccs_qa.present.presenter import Presenter
from ccs_qa.records import Answer, Question
from ccs_qa.service import QAService
from ccs_qa.settings import Settings
from tests.cli.test_main import invoke, refused
from tests.corpus.killed import build

FORMS = ("json", "docx", "md")


@dataclass(frozen=True)
class Kept:
    """Three editions, an answer of the first, and what was changed since.

    Attributes:
        files: The answer as a file of each form.
        word: The word of its first quote that the second edition has in the place of another.
        gone: The words of its second quote, which the third edition has no more.
        stays: A word of its third quote alone, which all editions have.
    """

    index: Path
    editions: tuple[str, ...]
    files: dict[str, Path]
    was: str
    word: str
    gone: str
    stays: str


@pytest.fixture(scope="module")
def kept(service: QAService, settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Kept:
    """Publish, correct a word, take out a bullet; ask before."""
    folder = tmp_path_factory.mktemp("kept")
    corpus, index = folder / "corpus", folder / "index"
    shutil.copytree(settings.corpus, corpus)
    build(index, corpus)
    names = [current_edition(index).name]
    answer = service.ask(Question("Que dit-on de l’intelligence artificielle?", "fr"))
    answer = replace(answer, index_id=names[0].partition("-")[0])
    quotes = [citation.hit.passage.renditions.best("fr").text for citation in answer.citations]
    plain = [text for text in quotes if not text.rstrip().endswith(":")]
    was = max(re.findall(r"\w+", plain[0]), key=len)
    others = " ".join([*plain[:2], *plain[3:]])
    stays = max((word for word in re.findall(r"\w+", plain[2]) if word not in others), key=len)
    page = corpus / "ccs-resumes.fr.txt"
    page.write_text(
        page.read_text("utf-8").replace(plain[0], plain[0].replace(was, "tournesol")), "utf-8"
    )
    build(index, corpus)
    names.append(current_edition(index).name)
    page.write_text(page.read_text("utf-8").replace(f"- {plain[1]}\n", ""), "utf-8")
    build(index, corpus)
    names.append(current_edition(index).name)
    files = {form: folder / f"answer.{form}" for form in FORMS}
    write(answer, service, files)
    return Kept(index, tuple(names), files, was, "tournesol", plain[1], stays)


def write(answer: Answer, service: QAService, files: dict[str, Path]) -> None:
    """Save an answer as the channels give it."""
    words = catalogue("fr")
    content = gather([answer], Viewer(service.corpus, words), "https://e.example", dt.date.min)
    body = Presenter(service.corpus).answer(answer)
    files["json"].write_text(body.model_dump_json(by_alias=True), "utf-8")
    files["docx"].write_bytes(to_word(content, words))
    files["md"].write_text(to_markdown(content, words), "utf-8")


@pytest.mark.parametrize("form", FORMS)
def test_an_answer_of_three_editions_ago_is_followed(kept: Kept, form: str) -> None:
    """All stands in its own; today one word is another and one quote is gone."""
    result = invoke("answer", "verify", str(kept.files[form]), CCS_QA_INDEX=str(kept.index))
    assert result.exit_code == 1
    own, today = result.stdout.split("In the edition in use")
    assert kept.editions[0] in own
    assert kept.editions[2] in today
    (stands, of) = re.findall(r"Exact quotes: (\d+) of (\d+)", own)[0]
    assert stands == of
    assert "Does not match" not in own
    assert re.search(rf"\[-\S*{kept.was}\S*-\] \{{\+\S*{kept.word}\S*\+\}}", today)
    assert re.search(r"Is not there \(\d{4}-\d\d-\d\d-s-[0-9a-f]{8}\)", today)
    assert f"[-{' '.join(kept.gone.split())}-]" in today


@pytest.mark.parametrize("form", FORMS)
def test_what_stands_in_both_is_told_by_the_status(kept: Kept, form: str) -> None:
    """Once the first edition is in use again, nothing differs."""
    use_edition(kept.index, kept.editions[0])
    try:
        result = invoke("answer", "verify", str(kept.files[form]), CCS_QA_INDEX=str(kept.index))
    finally:
        use_edition(kept.index, kept.editions[2])
    assert result.exit_code == 0, result.stdout


@pytest.mark.parametrize("form", ["json", "md"])
def test_a_word_that_somebody_changed_in_the_file_is_found(
    kept: Kept, tmp_path: Path, form: str
) -> None:
    """The edition that the answer came from has another."""
    file = tmp_path / f"changed.{form}"
    file.write_text(kept.files[form].read_text("utf-8").replace(kept.stays, "citrouille"), "utf-8")
    result = invoke("answer", "verify", str(file), CCS_QA_INDEX=str(kept.index), LC_ALL="fr_CA")
    assert result.exit_code == 1
    own, _ = result.stdout.split("Dans l’édition en service")
    assert re.search(rf"\[-\S*citrouille\S*-\] \{{\+\S*{kept.stays}", own)
    assert "Ne correspond pas" in own


def test_of_an_edition_that_is_gone_todays_is_compared(kept: Kept, tmp_path: Path) -> None:
    """It is said so, and what differs today is told all the same."""
    index = Path(shutil.copytree(kept.index, tmp_path / "index"))
    remove_edition(index / kept.editions[0])
    result = invoke("answer", "verify", str(kept.files["json"]), CCS_QA_INDEX=str(index))
    assert result.exit_code == 1
    assert "is not kept any more" in result.stdout
    assert re.search(rf"\{{\+\S*{kept.word}", result.stdout)


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        ("a.csv", "", "kind"),
        ("a.json", "[]", "unreadable"),
        ("a.docx", "no zip", "unreadable"),
        ("a.md", "# No quote\n", "empty"),
    ],
)
def test_what_is_no_saved_answer_is_named(
    kept: Kept, tmp_path: Path, name: str, text: str, problem: str
) -> None:
    """The file, and what would do."""
    file = tmp_path / name
    file.write_text(text, "utf-8")
    result = invoke("answer", "verify", str(file), CCS_QA_INDEX=str(kept.index))
    refused(result, SavedAnswerError(problem=problem, file=name))
