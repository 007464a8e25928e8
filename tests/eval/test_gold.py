"""Gold files: what is refused and why, and the files that are shipped."""

import datetime as dt
import json
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.feature_extraction.text import CountVectorizer

from ccs_qa.corpus.library import Corpus
from ccs_qa.text.strings import words
from eval.gold import (
    GoldError,
    GoldRow,
    QuestionType,
    Relevant,
    attribution_table,
    follow_up_twins,
    label_set,
    language_pairs,
    load_gold,
    relevance,
)
from tests.conftest import ROOT
from tests.eval.outcomes import outcome

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


def test_known_and_taught_questions_do_not_repeat_gold_questions(corpus: Corpus) -> None:
    """Four words in five in common would be a copy: gold questions measure, and never teach."""
    rows = load_gold(sorted((ROOT / "eval" / "gold").glob("*.jsonl")), corpus)
    known = corpus.known
    taught = (ROOT / "training" / "data" / "asked.jsonl").read_text("utf-8").splitlines()
    texts = [*known.answered, *(json.loads(line)["question"] for line in taught)]
    texts += [text for item in known.near_misses.values() for text in (*item.fr, *item.en)]
    told = CountVectorizer(analyzer=words, binary=True, dtype=np.int16)
    counts = told.fit_transform([*texts, *(item.question for item in rows)])
    shared = (counts[: len(texts)] @ counts[len(texts) :].T).toarray()
    many = np.diff(counts.indptr).astype(np.int16)
    either = many[: len(texts), None] + many[len(texts) :] - shared
    copies = [(texts[at], rows[to].id) for at, to in np.argwhere(5 * shared >= 4 * either)]
    assert copies == []


def asked(name: str, *, kind: QuestionType = "factual") -> GoldRow:
    """Make a question; the name ends in the language."""
    return outcome(name, kind=kind).row


def test_pairs_share_all_but_the_language() -> None:
    """A half without the other makes no pair, in whatever order they stand."""
    rows = [
        asked("a-en"),
        asked("b-fr"),
        asked("c-fr"),
        asked("a-fr"),
        asked("c-en"),
        asked("d-en"),
    ]
    assert [(one.id, other.id) for one, other in language_pairs(rows)] == [
        ("c-fr", "c-en"),
        ("a-fr", "a-en"),
    ]


def test_twins_have_an_s_before_the_language() -> None:
    """Only follow-ups have one, and in their own language."""
    rows = [
        asked("df01-en", kind="follow-up"),
        asked("df01s-en"),
        asked("df02-fr", kind="follow-up"),
        asked("df02s-en"),
        asked("e03-en"),
        asked("e03s-en"),
    ]
    assert [(one.id, other.id) for one, other in follow_up_twins(rows)] == [("df01-en", "df01s-en")]


@pytest.mark.parametrize(
    ("name", "wrong", "least"), [("summaries", 0, 48), ("fictional", 0, 63), ("unseen", 1, 23)]
)
def test_labels_are_those_of_a_person(corpus: Corpus, name: str, wrong: int, least: int) -> None:
    """So many are right, and no more than so many wrong; unseen text keeps its one mistake."""
    told = [pair for pair in label_set(name, corpus) if pair[1] is not None]
    right = [pair for pair in told if pair[0] == pair[1]]

    assert len(told) - len(right) <= wrong
    assert len(right) >= least


def test_every_statement_and_objective_is_read(corpus: Corpus) -> None:
    """The set of the pages leaves none out."""
    kinds = [item for item in corpus.passages if item.kind in {"statement", "objective"}]
    assert len(label_set("summaries", corpus)) == len(kinds)


def test_precision_has_the_labels_given_below_and_coverage_those_of_a_person(
    corpus: Corpus,
) -> None:
    """One label in 24 is wrong; none of the 23 that a person gave is missed."""
    rows = {tuple(row[:2]): row[2:] for row in attribution_table(corpus).rows}
    precision, coverage = rows["unseen", "all"]

    assert precision.startswith("23/24 = 0.96 [")
    assert coverage.startswith("23/23 = 1.00 [")
    assert rows["summaries", "presented"] == ["none", "none"]
