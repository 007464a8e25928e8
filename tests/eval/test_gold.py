"""Gold files: what is refused and why, and the files that are shipped."""

import datetime as dt
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from ccs_qa.corpus import Corpus
from ccs_qa.text import words
from eval.gold import GoldError, GoldRow, Relevant, load_gold, relevance
from tests.conftest import ROOT

# Both stand once in the page, in one line of 2 June 2025.
SNIPPET = "L'importance de comprendre à qui l'on s'adresse"
SAME_LINE = "comment ces personnes remplissent le processus"
DAY = "2025-06-02"


def row(**changes: object) -> dict[str, Any]:
    """Make a row that is in order, then change it."""
    return {
        "id": "a-fr",
        "lang": "fr",
        "question": "À qui parle-t-on?",
        "type": "factual",
        "answerable": True,
        "relevant": [relevant()],
        **changes,
    }


def relevant(**changes: object) -> dict[str, object]:
    """Make a relevant line that is in order, then change it."""
    return {"meeting": DAY, "snippet": SNIPPET, "grade": 2, **changes}


def write(folder: Path, *rows: dict[str, Any]) -> Path:
    """Write a gold file whose first line is blank."""
    file = folder / "mine.jsonl"
    file.write_text("\n" + "".join(json.dumps(item) + "\n" for item in rows), "utf-8")
    return file


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        (row(id="first-fr"), "first-fr stands twice"),
        (row(relevant=[relevant(snippet="Une phrase absente")]), "once: Une phrase absente"),
        (row(relevant=[relevant(snippet="Réunion virtuelle")]), "once: Réunion virtuelle"),
        (row(relevant=[relevant(meeting="2025-03-25")]), f"no passage of 2025-03-25.*{SNIPPET}"),
        (row(relevant=[relevant(meeting="2025-06-03")]), "no passage of 2025-06-03"),
        (row(relevant=[]), "answerable, relevant and type disagree"),
        (row(type="unanswerable"), "answerable, relevant and type disagree"),
        (row(answerable=False), "answerable, relevant and type disagree"),
        (row(answerable=False, type="unanswerable"), "answerable, relevant and type disagree"),
        (row(answerable=False, relevant=[]), "answerable, relevant and type disagree"),
        (row(colour="red"), "colour.*not permitted"),
        (row(relevant=[relevant(colour="red")]), "colour.*not permitted"),
        (row(relevant=[relevant(grade=3)]), "grade.*1 or 2"),
        (row(type="riddle"), "type.*'factual'"),
        (row(lang="de"), "lang.*'fr'"),
        ({}, "id.*required"),
    ],
)
def test_a_row_is_refused_with_file_line_and_reason(
    changed: dict[str, Any], reason: str, corpus: Corpus, tmp_path: Path
) -> None:
    """The second row, on the third line, is the one changed."""
    file = write(tmp_path, row(id="first-fr"), changed)
    with pytest.raises(GoldError, match=rf"^mine\.jsonl:3: .*{reason}"):
        load_gold([file], corpus)


def test_a_line_that_is_not_json_is_refused(corpus: Corpus, tmp_path: Path) -> None:
    """It is named like any other row."""
    file = tmp_path / "mine.jsonl"
    file.write_text("{", "utf-8")
    with pytest.raises(GoldError, match=r"^mine\.jsonl:1: .*JSON"):
        load_gold([file], corpus)


def test_an_id_may_stand_once_in_all_files(corpus: Corpus, tmp_path: Path) -> None:
    """The same row in another file is refused."""
    file = write(tmp_path, row())
    assert [item.id for item in load_gold([file], corpus)] == ["a-fr"]
    with pytest.raises(GoldError, match="stands twice"):
        load_gold([file, file], corpus)


@pytest.mark.parametrize("grades", [(1, 2), (2, 1)])
def test_a_passage_named_twice_keeps_its_highest_grade(
    grades: tuple[int, int], corpus: Corpus
) -> None:
    """Two snippets of one line, graded 1 and 2 in either order: the line is worth 2."""
    pairs = zip((SNIPPET, SAME_LINE), grades, strict=True)
    found = GoldRow.model_validate(
        row(relevant=[relevant(snippet=snippet, grade=grade) for snippet, grade in pairs])
    )
    ((name, grade),) = relevance(found, corpus).items()
    passage = corpus.passage(name)
    assert grade == 2
    assert passage.meeting == dt.date.fromisoformat(DAY)
    assert passage.renditions.fr is not None
    assert passage.renditions.fr.text.startswith(SNIPPET)


def test_a_snippet_of_another_meeting_is_not_relevant(corpus: Corpus) -> None:
    """The words alone do not make a passage relevant; the meeting must match."""
    item = Relevant(meeting=dt.date(2025, 3, 25), snippet=SNIPPET, grade=2)
    found = GoldRow.model_validate(row()).model_copy(update={"relevant": (item,)})
    assert relevance(found, corpus) == {}


def test_the_shipped_questions_are_in_order_and_enough(corpus: Corpus) -> None:
    """All files load together: 80 questions, 40 a language, 16 unanswerable, or more."""
    rows = load_gold(sorted((ROOT / "eval" / "gold").glob("*.jsonl")), corpus)
    languages = Counter(item.lang for item in rows)
    assert len(rows) >= 80
    assert min(languages["fr"], languages["en"]) >= 40
    assert sum(not item.answerable for item in rows) >= 16


def test_shipped_ids_end_in_their_language(corpus: Corpus) -> None:
    """Scores are split by language on the end of the id."""
    rows = load_gold(sorted((ROOT / "eval" / "gold").glob("*.jsonl")), corpus)
    assert [item.id for item in rows if not item.id.endswith(f"-{item.lang}")] == []


def test_known_questions_do_not_repeat_gold_questions(corpus: Corpus) -> None:
    """Four words in five in common would be a copy: gold questions measure, and never teach."""
    rows = load_gold(sorted((ROOT / "eval" / "gold").glob("*.jsonl")), corpus)
    gold = {frozenset(words(item.question)): item.id for item in rows}
    texts = {*corpus.known.answered, *corpus.known.unanswered}
    copies = [
        (gold[other], text)
        for text in texts
        for own in [frozenset(words(text))]
        for other in gold
        if len(own & other) >= 0.8 * len(own | other)
    ]
    assert copies == []
