"""What goes and what stays where a meeting is cold, by hand, and a run on two small meetings."""

import datetime as dt
import itertools
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from ccs_qa.corpus import Corpus
from ccs_qa.encoder import Encoded, Encoder, Role
from ccs_qa.known import Hints, KnownQuestions, Theme
from ccs_qa.service import QAService
from ccs_qa.settings import Settings
from eval import checks, cold_measure, opened
from eval.cold import MOST_OLD, Case, plan
from eval.cold_tables import (
    Estimate,
    answer_rows,
    estimate,
    false_answer_rows,
    figures_of,
    in_slices,
    ranking_rows,
)
from eval.cold_worlds import (
    Remembering,
    chill,
    serve,
    with_hints,
    without_questions,
    without_translation,
)
from eval.gold import GoldRow, Relevant
from tests.conftest import DATES, ROOT
from tests.eval.outcomes import outcome

OLD, NEW = dt.date(2024, 1, 1), dt.date(2025, 1, 1)
KNOWN = KnownQuestions(
    hints={
        "old": Hints(("o1", "o2"), ("O1",)),
        "new": Hints(("n1", "n2", "n3", "n4"), ("N1", "N2")),
    },
    themes=(
        Theme("both", ("old", "new"), ("b",), ("B",)),
        Theme("new alone", ("new",), ("a",), ("A",)),
        Theme("old alone", ("old",), ("e",), ("E",)),
    ),
    near_misses={"new": Hints(("x",)), "old": Hints(("y",)), "nonsense": Hints(("z",))},
)
PASSAGES = frozenset({"new"})


class Counting(Encoder):
    """An encoder that notes what it is given; a text's vectors say how long it is."""

    def __init__(self) -> None:
        """Encode nothing yet."""
        self.identity, self.dimension, self.window = "counting", 2, 16
        self.given: list[tuple[str, Role]] = []

    def count_tokens(self, text: str) -> int:
        """Count letters."""
        return len(text)

    def encode(self, texts: Sequence[str], role: Role) -> Encoded:
        """Note the texts."""
        self.given += [(text, role) for text in texts]
        rows = [np.full((1, 2), len(text), np.float32) for text in texts]
        return Encoded(np.concatenate(rows), tuple(rows))


def row(name: str, *meetings: dt.date) -> GoldRow:
    """Make a question that some meetings answer; the name ends in the language."""
    made = outcome(name, answerable=bool(meetings)).row
    relevant = tuple(Relevant(meeting=day, snippet="x", grade=2) for day in meetings)
    return made.model_copy(update={"relevant": relevant})


def case(
    name: str,
    *meetings: dt.date,
    scores: tuple[float, float] = (0.0, 0.0),
    answered: tuple[bool, bool] = (True, True),
    at: dt.date = NEW,
) -> Case:
    """Make a question asked on the whole index and where a meeting is cold."""
    whole, cold = (
        replace(
            outcome(name, answerable=bool(meetings), score=score),
            row=row(name, *meetings),
            status="answered" if given else "not_found",
        )
        for score, given in zip(scores, answered, strict=True)
    )
    if not meetings:
        return Case(at, "unanswerable", whole, cold)
    return Case(at, "cold" if at in meetings else "old", whole, cold)


def test_what_was_written_for_a_meeting_goes() -> None:
    """Its hints, its share of the themes, a theme of its own, the near misses about it."""
    assert without_questions(KNOWN, PASSAGES) == KnownQuestions(
        hints={"old": Hints(("o1", "o2"), ("O1",))},
        themes=(
            Theme("both", ("old",), ("b",), ("B",)),
            Theme("old alone", ("old",), ("e",), ("E",)),
        ),
        near_misses={"old": Hints(("y",)), "nonsense": Hints(("z",))},
    )


def test_hints_come_back_in_nested_draws() -> None:
    """So many a language, each draw within the next, at last all; themes stay away."""
    bare = without_questions(KNOWN, PASSAGES)
    steps = [with_hints(bare, KNOWN, PASSAGES, count) for count in (0, 1, 2, 3, None)]
    assert steps[0] == bare
    drawn = [step.hints["new"] for step in steps[1:]]
    assert [(len(item.fr), len(item.en)) for item in drawn] == [(1, 1), (2, 2), (3, 2), (4, 2)]
    for fewer, more in itertools.pairwise(drawn):
        assert set(fewer.fr) <= set(more.fr)
        assert set(fewer.en) <= set(more.en)
    assert set(drawn[-1].fr) == set(KNOWN.hints["new"].fr)
    for step in steps:
        assert step.hints["old"] == KNOWN.hints["old"]
        assert (step.themes, step.near_misses) == (bare.themes, bare.near_misses)


def test_the_french_page_stays_alone(corpus: Corpus) -> None:
    """No English rendition of the meeting is left, and every French one as it was."""
    for meeting in corpus.meetings:
        cold = without_translation(meeting)
        assert [passage.id for passage in cold.passages] == [item.id for item in meeting.passages]
        for before, after in zip(meeting.passages, cold.passages, strict=True):
            pairs = [
                (before.renditions, after.renditions),
                (before.section, after.section),
                (before.lead_in, after.lead_in),
            ]
            for old, new in pairs:
                assert (old is None) == (new is None)
                if old is not None and new is not None:
                    assert (new.fr, new.en) == (old.fr, None)
        headings = [cold.heading, *(part.heading for part in cold.sections if part.heading)]
        assert all(item.fr is not None and item.en is None for item in headings)


@pytest.mark.parametrize("day", DATES)
@pytest.mark.parametrize("translated", [True, False])
def test_one_meeting_is_cold(corpus: Corpus, day: str, translated: bool) -> None:
    """Of the real corpus, what was written for the others and their texts stay."""
    date = dt.date.fromisoformat(day)
    cold = chill(corpus, date, translated=translated)
    own = {passage.id for passage in corpus.meeting(date).passages}
    assert cold.known.hints.keys() == corpus.known.hints.keys() - own
    assert cold.known.near_misses.keys() == corpus.known.near_misses.keys() - own
    assert not any(own & set(theme.passages) for theme in cold.known.themes)
    for before, after in zip(corpus.meetings, cold.meetings, strict=True):
        assert (before == after) == (translated or before.date != date)


def test_each_text_is_encoded_once_in_each_role() -> None:
    """Texts seen before come from memory, in the order asked."""
    behind = Counting()
    encoder = Remembering(behind)
    assert (encoder.identity, encoder.dimension, encoder.window) == ("counting", 2, 16)
    encoder.encode(["a", "bb"], "query")
    found = encoder.encode(["bb", "ccc", "a"], "query")
    encoder.encode(["a"], "passage")
    assert behind.given == [("a", "query"), ("bb", "query"), ("ccc", "query"), ("a", "passage")]
    assert found.pooled[:, 0].tolist() == [2, 3, 1]
    assert [rows[0, 0] for rows in found.tokens] == [2, 3, 1]
    assert encoder.count_tokens("abc") == 3


def test_each_world_is_asked_its_own_questions() -> None:
    """All that the cold meeting answers; others; of the unanswerable each in one world."""
    rows = [
        row("new-fr", NEW),
        row("both-en", NEW, OLD),
        row("old-fr", OLD),
        *(row(f"none{number}-{language}") for number in range(3) for language in ("fr", "en")),
    ]
    assert plan(rows, [NEW, OLD]) == {
        NEW: {
            "new-fr": "cold",
            "both-en": "cold",
            "old-fr": "old",
            **dict.fromkeys(("none0-fr", "none0-en", "none2-fr", "none2-en"), "unanswerable"),
        },
        OLD: {
            "both-en": "cold",
            "old-fr": "cold",
            "new-fr": "old",
            **dict.fromkeys(("none1-fr", "none1-en"), "unanswerable"),
        },
    }


def test_the_questions_of_other_meetings_are_a_sample() -> None:
    """No more than the limit, the same every time."""
    rows = [row(f"{number}-fr", OLD) for number in range(2 * MOST_OLD)]
    planned = plan(rows, [NEW, OLD])
    assert len(planned[NEW]) == MOST_OLD
    assert planned == plan(rows, [NEW, OLD])


def test_a_question_of_several_meetings_counts_once() -> None:
    """One gave 1 and 0, another 1: their mean is .75, not .667."""
    assert estimate([("a", 1.0), ("b", 1.0), ("a", 0.0)]) == Estimate(0.75, 0.5, 1.0)
    assert estimate([]) == Estimate(0.0, 0.0, 0.0)


def test_figures_by_hand() -> None:
    """Losses of .5 and 0, of which the first is asked twice; one of three is refused."""
    cases = [
        case("a-fr", NEW, OLD, scores=(1.0, 0.5)),
        case("b-en", NEW, scores=(0.25, 0.25), answered=(True, False)),
        case("a-fr", NEW, OLD, scores=(1.0, 0.5), at=OLD),
        case("b-en", NEW, scores=(0.25, 0.0), at=OLD),
        case("n-fr", answered=(False, True)),
        case("m-en", answered=(False, False), at=OLD),
    ]
    own = in_slices(cases, "cold")
    assert {name: len(items) for name, items in own.items()} == {
        str(NEW): 2,
        str(OLD): 1,
        "all": 3,
        "fr": 2,
        "en": 1,
        "its alone": 1,
    }
    found = figures_of(own["all"])
    assert (found.questions, found.asked) == (2, 3)
    assert found.whole["ndcg@10"].mean == 0.625
    assert found.loss["ndcg@10"] == Estimate(0.25, 0.0, 0.5)
    assert (found.whole["answered"].mean, found.cold["answered"].mean) == (1.0, 0.5)
    assert found.cold["not_found"].mean == 0.5
    assert [line[:2] for line in ranking_rows(cases)[1:]] == [
        [str(NEW), "2"],
        [str(OLD), "1"],
        ["all", "2"],
        ["fr", "1"],
        ["en", "1"],
        ["its alone", "1"],
    ]
    assert ranking_rows(cases)[3][-1] == "+0.250 [+0.000, +0.500]"
    assert ranking_rows(cases, "old")[3][-1] == "+0.250 [+0.250, +0.250]"
    assert answer_rows(cases)[3][2:4] == ["1.00 [1.00, 1.00]", "0.50 [0.00, 1.00]"]
    assert [line[1:] for line in false_answer_rows(cases)[3:5]] == [
        ["2", "0 [0.00, 0.66]", "1 [0.09, 0.91]"],
        ["1", "0 [0.00, 0.79]", "1 [0.21, 1.00]"],
    ]


@pytest.fixture(scope="module")
def small(service: QAService, settings: Settings) -> QAService:
    """The two newest meetings with two hints a passage and language and no near misses."""
    meetings = service.corpus.meetings[:2]
    passages = frozenset(passage.id for meeting in meetings for passage in meeting.passages)
    known = with_hints(KnownQuestions(), service.corpus.known, passages, 2)
    corpus = replace(service.corpus, meetings=meetings, known=known)
    return serve(corpus, Remembering(service.retriever.encoder), settings)


def test_the_command_on_two_small_meetings(
    small: QAService, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tables for the terminal and figures for a file, of questions that the two answer."""
    days = {meeting.date for meeting in small.corpus.meetings}
    found = (ROOT / "eval" / "gold" / "dev.jsonl").read_text("utf-8").splitlines()
    rows = [GoldRow.model_validate_json(line) for line in found]
    asked = [
        item for item in rows if item.answerable and {x.meeting for x in item.relevant} <= days
    ]
    asked = [*asked[:2], *asked[-2:], *[item for item in rows if not item.answerable][:2]]
    gold, file = tmp_path / "gold.jsonl", tmp_path / "cold.json"
    gold.write_text("\n".join(item.model_dump_json() for item in asked), "utf-8")
    monkeypatch.setattr(opened, "open_service", lambda _settings: small)
    monkeypatch.setattr(cold_measure, "STEPS", (0, None))
    arguments = ["cold", "--gold", str(gold), "--json", str(file), "--curve"]
    result = CliRunner().invoke(checks.app, arguments)
    assert result.exit_code == 0, result.output
    figures = json.loads(file.read_text("utf-8"))
    for lack in ("without hints", "without hints and translation"):
        assert f"A meeting {lack}: ranking of its questions" in result.output
        assert figures[lack]["cold"]["all"]["questions"] == 4
        assert figures[lack]["false_answers"]["all"]["unanswerable"] == 2
    curve = figures["curve"]
    assert list(curve) == ["0", "all", "all, themes and near misses"]
    # Nothing but hints was written for these meetings: with all of two each is as it was.
    assert curve["all"] == curve["all, themes and near misses"]
    cold = figures["without hints"]["cold"]["all"]
    assert curve["0"]["all"] == cold["cold"]["ndcg@10"]
    assert curve["all"]["all"] == cold["whole"]["ndcg@10"]
