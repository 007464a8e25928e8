"""Two systems side by side: what others would build, failures, and meetings that are cold."""

import datetime as dt
import itertools
import json
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from itertools import pairwise
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ccs_qa.corpus.known import Hints, KnownQuestions, Theme
from ccs_qa.corpus.library import Corpus
from ccs_qa.records import Passage, Question
from ccs_qa.service import QAService
from ccs_qa.settings import Settings
from eval import __main__ as cli
from eval import compare
from eval.compare import (
    MOST_OLD,
    Case,
    DefaultStack,
    ReciprocalRank,
    chill,
    cold_figures,
    cold_tables,
    default_chunks,
    estimate,
    failure_cells,
    failures_section,
    figures_of,
    in_slices,
    plan,
    rank_all,
    runs_table,
    serve,
    status_cells,
    unseen_rows,
    wanted_passage,
    with_hints,
    without_translation,
)
from eval.gold import GoldRow, Relevant
from eval.metrics import Estimate
from eval.run import Reply
from tests.conftest import DATES, ROOT, page_text
from tests.eval.outcomes import outcome

DAY = dt.date(2024, 5, 2)


def asking(name: str, snippet: str, day: dt.date = DAY, question: str = "Quoi?") -> GoldRow:
    """Make a question with one relevant line."""
    return GoldRow(
        id=name,
        lang="fr",
        question=question,
        type="factual",
        answerable=True,
        relevant=(Relevant(meeting=day, snippet=snippet, grade=2),),
    )


def french(item: Passage) -> str:
    """Give the French text of a passage."""
    return item.renditions.best("fr").text


@pytest.mark.parametrize(
    "page",
    [
        page_text("ccs-resumes.fr.txt"),
        "mot " * 1500,
        "Une ligne.\n" * 400,
        "a" * 2500,
        ("Un paragraphe. " * 50 + "\n\n") * 5,
        "court",
    ],
    ids=["page", "words", "lines", "one word", "paragraphs", "short"],
)
def test_chunks_are_slices_of_the_page(page: str) -> None:
    """At most 1,000 characters each, in order, and what lies between them is white space."""
    chunks = default_chunks(page)
    seen = 0
    for chunk in chunks:
        start, text = chunk.metadata["start_index"], chunk.page_content
        assert page[start : start + len(text)] == text
        assert len(text) <= 1000
        assert not page[seen:start].strip()
        seen = start + len(text)
    assert not page[seen:].strip()


def test_consecutive_chunks_share_at_most_200_characters() -> None:
    """The page has chunks that overlap, none by more than the tutorials ask for."""
    chunks = default_chunks(page_text("ccs-resumes.fr.txt"))
    places = [(item.metadata["start_index"], len(item.page_content)) for item in chunks]
    shared = [start + length - after for (start, length), (after, _) in pairwise(places)]
    assert 0 < max(shared) <= 200


def test_the_default_stack_ranks_the_passages_of_its_chunks(service: QAService) -> None:
    """Asked in the words of a chunk, that chunk comes first, and with it the line it holds."""
    chunk = default_chunks(page_text("ccs-resumes.fr.txt"))[4].page_content
    held = [item for item in service.corpus.passages if french(item) in chunk]
    line = next(item for item in held if item.kind == "statement" and item.meeting)
    assert line.meeting is not None
    asked = asking("a-fr", french(line), line.meeting, chunk)
    stack = DefaultStack(service.retriever.encoder, service.corpus)
    (found,) = rank_all([("stack", stack)], [asked], service.corpus)["stack"]
    assert found.context_recall == 1.0
    assert found.scores["success@5"] == 1.0


class Ranking:
    """Ranks alike, whatever is asked."""

    def __init__(self, names: str) -> None:
        """Take the names, a letter each."""
        self._names = tuple(names)

    def ask(self, question: str, history: Sequence[str] = ()) -> Reply:  # noqa: ARG002 - a System
        """Rank."""
        return Reply(self._names)


def test_reciprocal_ranks_are_added() -> None:
    """Of a, b, c and c, b, d with k = 60 the order is c, b, a, d.

    c: 1/63 + 1/61 = .03227; b: 2/62 = .03226; a: 1/61 = .01639; d: 1/63 = .01587.
    """
    assert ReciprocalRank((Ranking("abc"), Ranking("cbd"))).ask("?").ranking == tuple("cbad")


def test_a_ranking_stands_beside_what_it_adds() -> None:
    """Both questions gain .25, in every resample; the first row has none above it."""
    made = {
        name: tuple(outcome(x, score=value, context_recall=recall) for x in ("a-fr", "a-en"))
        for name, value, recall in (("plain", 0.25, 0.125), ("better", 0.5, 1.0))
    }
    rows = runs_table("", made).rows
    assert rows[0][-2] == "context recall"
    assert [len(row) for row in rows] == [len(rows[0])] * 3
    assert [(*row[:2], *row[-2:]) for row in rows[1:]] == [
        ("plain", "0.250", "0.125", ""),
        ("better", "0.500", "1.000", "[0.25, 0.25]"),
    ]


def test_an_adapter_is_scored_on_what_only_other_meetings_answer() -> None:
    """Not on what a meeting it was tuned on answers as well, nor on what has no answer."""
    rows = [row("a-fr", NEW), row("b-fr", NEW, OLD), row("c-fr", OLD), row("d-fr")]
    assert [item.id for item in unseen_rows(rows, frozenset({NEW}))] == ["a-fr"]


@pytest.mark.parametrize(
    ("ranking", "expected"), [(("a", "b"), False), (("b", "a"), True), ((), True)]
)
def test_a_failure_has_a_first_that_is_not_relevant(
    ranking: tuple[str, ...], *, expected: bool
) -> None:
    """Any grade will do; nothing found is a failure; what has no answer cannot fail."""
    assert outcome("q-fr", relevant={"a": 1}, ranking=ranking).failed is expected
    assert not outcome("q-fr", answerable=False, ranking=ranking).failed


def test_the_wanted_passage_is_the_best_graded_then_the_earliest() -> None:
    """Grade 2 before grade 1; without one in the ranking, by name."""
    graded = {"a": 1, "d": 2, "c": 2}
    assert wanted_passage(outcome("q-fr", relevant=graded, ranking=("x", "a", "d"))) == "d"
    assert wanted_passage(outcome("q-fr", relevant=graded, ranking=("x", "a"))) == "c"


def test_a_real_failure_is_explained_by_its_legs(service: QAService) -> None:
    """The second passage of a real ranking, taken for the only relevant one, came at rank 2."""
    question = "How could AI help call centres?"
    names = tuple(item.passage.id for item in service.search(Question(question)).hits)
    asked = outcome("q-en", question=question, relevant={names[1]: 2}, ranking=names)
    *head, first, wanted, why = failure_cells(service, asked, 20)
    assert head == ["q-en", question, "factual", "2"]
    for name, cell in zip(names[:2], (first, wanted), strict=True):
        passage = service.corpus.passage(name)
        day, _, text = cell.partition(": ")
        assert day == str(passage.meeting)
        assert text.removesuffix(" …") in " ".join(passage.renditions.best("en").text.split())
        assert len(text) <= 320
    # As `ccs-qa explain` tells them: what they add to one score, less what to the other.
    one, two = (x.added for x in service.explain(Question(question, k=20))[0].placed[:2])
    assert why == "; ".join(f"{leg} {one[leg] - two[leg]:+.2f}" for leg in one)


def test_wrong_statuses_are_worded(service: QAService) -> None:
    """False answers first; beside each what was nearest to turning it, if it was judged."""
    question = "How could AI help call centres?"
    right = partial(outcome, relevant={"x": 2}, ranking=("x",))
    outcomes = [
        right("a-en", question=question, status="related", kind="list"),
        outcome("b-en", question=question, note="near miss: x", answerable=False),
        right("c-fr", question="Combien de réunions ?", status="not_found", kind="count"),
    ]
    rows = failures_section(service, outcomes, 20).tables[1].rows[1:]
    refused, lost, unread = rows
    assert refused[:5] == ["b-en", question, "near miss", "answered", "0.50"]
    assert lost[:5] == ["a-en", question, "list", "related", "0.50"]
    assert refused[5] == lost[5]
    assert lost[5].count(", turns at ") == 3
    assert unread == status_cells(service, outcomes[2])
    assert unread[5] == "the judge was not asked"


def test_a_passage_outside_the_meetings_meant_is_said_to_be_so(service: QAService) -> None:
    """The question names 2023; the passage wanted is of 2025. What did not fail has no row."""
    question = "What was said about passports in 2023?"
    names = tuple(item.passage.id for item in service.search(Question(question)).hits)
    later = next(
        item.id
        for item in service.corpus.passages
        if item.kind == "statement" and item.meeting and item.meeting.year == 2025
    )
    asked = outcome("q-en", question=question, relevant={later: 2}, ranking=names)
    right = outcome("r-en", relevant={"a": 1}, ranking=("a",))
    failed, _ = failures_section(service, [asked, right], 20).tables
    (row,) = failed.rows[1:]
    assert row[3] == "after ten"
    assert row[-1].startswith("outside what the question was taken to be limited to")
    assert "2023" in row[-1]


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
            outcome(
                name,
                answerable=bool(meetings),
                score=score,
                status="answered" if given else "not_found",
            ),
            row=row(name, *meetings),
        )
        for score, given in zip(scores, answered, strict=True)
    )
    if not meetings:
        return Case(at, "unanswerable", whole, cold)
    return Case(at, "cold" if at in meetings else "old", whole, cold)


def test_what_was_written_for_a_meeting_goes() -> None:
    """Its hints, its share of the themes, a theme of its own, the near misses about it."""
    assert with_hints(KNOWN, PASSAGES) == KnownQuestions(
        hints={"old": Hints(("o1", "o2"), ("O1",))},
        themes=(
            Theme("both", ("old",), ("b",), ("B",)),
            Theme("old alone", ("old",), ("e",), ("E",)),
        ),
        near_misses={"old": Hints(("y",)), "nonsense": Hints(("z",))},
    )


def test_hints_come_back_in_nested_draws() -> None:
    """So many a language, each draw within the next, at last all; themes stay away."""
    steps = [with_hints(KNOWN, PASSAGES, count) for count in (0, 1, 2, 3, None)]
    drawn = [step.hints["new"] for step in steps[1:]]
    assert [(len(item.fr), len(item.en)) for item in drawn] == [(1, 1), (2, 2), (3, 2), (4, 2)]
    for fewer, more in itertools.pairwise(drawn):
        assert set(fewer.fr) <= set(more.fr)
        assert set(fewer.en) <= set(more.en)
    assert set(drawn[-1].fr) == set(KNOWN.hints["new"].fr)
    for step in steps:
        assert step.hints["old"] == KNOWN.hints["old"]
        assert (step.themes, step.near_misses) == (steps[0].themes, steps[0].near_misses)


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
    own = in_slices([item for item in cases if item.group == "cold"])
    assert {name: len(items) for name, items in own.items()} == {
        str(NEW): 2,
        str(OLD): 1,
        "all": 3,
        "fr": 2,
        "en": 1,
        "of one meeting": 1,
    }
    found = figures_of(own["all"])
    assert found["questions"] == 2
    assert found["ndcg@10"]["whole"].mean == 0.625
    assert found["ndcg@10"]["loss"] == Estimate(0.25, 0.0, 0.5)
    assert [found["answered"][side].mean for side in ("whole", "cold")] == [1.0, 0.5]
    assert found["not_found"]["cold"].mean == 0.5
    its, others, false = (table.rows for table in cold_tables("bare", cold_figures(cases)))
    slices = [[str(NEW), "2"], [str(OLD), "1"], ["all", "2"], ["fr", "1"], ["en", "1"]]
    assert [line[:2] for line in its[1:]] == [*slices, ["of one meeting", "1"]]
    lost = its[0].index("ndcg@10 lost")
    assert its[3][lost] == "+0.250 [+0.000, +0.500]"
    by_group = {line[0]: line for line in others}
    assert by_group["all"][lost] == "+0.250 [+0.250, +0.250]"
    assert its[3][2] == "1.00 [1.00, 1.00] → 0.50 [0.00, 1.00]"
    assert [line[1:3] for line in false[3:5]] == [
        ["2", "0/2 = 0.00 [0.00, 0.66] → 1/2 = 0.50 [0.09, 0.91]"],
        ["1", "0/1 = 0.00 [0.00, 0.79] → 1/1 = 1.00 [0.21, 1.00]"],
    ]


@pytest.fixture(scope="module")
def small(service: QAService, settings: Settings) -> QAService:
    """The two newest meetings with two hints a passage and language and no near misses."""
    meetings = service.corpus.meetings[:2]
    passages = frozenset(passage.id for meeting in meetings for passage in meeting.passages)
    hints = {name: x for name, x in service.corpus.known.hints.items() if name in passages}
    known = with_hints(KnownQuestions(hints), passages, 2)
    corpus = replace(service.corpus, meetings=meetings, known=known)
    return serve(corpus, service.retriever.encoder, settings)


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
    monkeypatch.setattr(cli, "open_service", lambda _settings: small)
    monkeypatch.setattr(compare, "STEPS", (0, None))
    arguments = ["cold", "--gold", str(gold), "--json", str(file), "--curve"]
    result = CliRunner().invoke(cli.app, arguments)
    assert result.exit_code == 0, result.output
    figures = json.loads(file.read_text("utf-8"))
    for lack in ("without hints", "without hints and translation"):
        assert f"A meeting {lack}: its questions" in result.output
        assert figures[lack]["cold"]["all"]["questions"] == 4
        assert figures[lack]["unanswerable"]["all"]["questions"] == 2
    curve = figures["curve"]
    assert list(curve) == ["0", "all", "all, themes and near misses"]
    # Nothing but hints was written for these meetings: with all of two each is as it was.
    assert curve["all"] == curve["all, themes and near misses"]
    cold = figures["without hints"]["cold"]["all"]
    assert curve["0"]["all"] == cold["ndcg@10"]["cold"]
    assert curve["all"]["all"] == cold["ndcg@10"]["whole"]
