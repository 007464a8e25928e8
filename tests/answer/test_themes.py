"""What comes back from meeting to meeting."""

import datetime as dt

import numpy as np
import pytest

from ccs_qa.answer.themes import clusters, find_themes
from ccs_qa.messages.catalogue import catalogue
from ccs_qa.records import Bilingual, Passage, Question, Rendition
from ccs_qa.service import QAService


def english(text: str) -> Bilingual:
    """A text of the English page."""
    return Bilingual(None, Rendition("en", text, "page", 0, len(text), "official"))


def passage(day: int, text: str, heading: str = "") -> Passage:
    """A bullet of a meeting in January 2020."""
    above = english(heading) if heading else None
    date = dt.date(2020, 1, day)
    return Passage(f"{day}-{text}", "statement", date, above, None, english(text))


def alike(*groups: tuple[int, ...]) -> "np.ndarray[tuple[int, int], np.dtype[np.float32]]":
    """Cosines of .9 within each group, and of 0 between them."""
    count = sum(map(len, groups))
    found = np.zeros((count, count), np.float32)
    for group in groups:
        found[np.ix_(group, group)] = 0.9
    np.fill_diagonal(found, -1)
    return found


def test_what_is_alike_is_one_cluster() -> None:
    """Mean linkage: .9 is much nearer than usual, 0 is not."""
    assert sorted(map(sorted, clusters(alike((0, 2), (1, 3, 4))))) == [[0, 2], [1, 3, 4]]
    assert clusters(np.full((1, 1), -1, np.float32)) == [[0]]
    assert clusters(np.zeros((0, 0), np.float32)) == []


def test_the_most_central_stands_first() -> None:
    """0 is near to both others, which are less near to each other; 3 and 4 are far from all."""
    likeness = np.zeros((5, 5), np.float32)
    for one, other, cosine in ((0, 1, 0.9), (0, 2, 0.9), (1, 2, 0.7)):
        likeness[one, other] = likeness[other, one] = cosine

    assert [0, 1, 2] in clusters(likeness)


def test_a_theme_is_named_by_a_heading_and_by_shared_words_of_at_least_two_meetings() -> None:
    """Two meetings speak of ferries, one alone of lamps; the heading that says ferries names it."""
    passages = [
        passage(1, "Ferries should sail at night", "Ferries and harbours"),
        passage(1, "Lamps should be lit"),
        passage(2, "Night ferries need crews", "Other matters"),
        passage(2, "Clerks answer letters"),
        passage(1, "Lamps should be cleaned"),
    ]
    themes = find_themes(passages, alike((0, 2), (1, 4), (3,)), "en")

    assert len(themes) == 1
    (theme,) = themes
    assert theme.heading == "Ferries and harbours"
    assert {*theme.shared} == {"ferries", "night"}
    assert theme.meetings == (dt.date(2020, 1, 1), dt.date(2020, 1, 2))
    assert theme.passages == (passages[0], passages[2])


def test_a_shared_word_is_written_as_in_a_sentence() -> None:
    """Without the capital of a start, and without what clings to it; names keep their capital."""
    passages = [
        passage(1, "Lighthouses: Canada's AI lights them"),
        passage(2, "Lighthouses. In Canada, l'AI does it"),
        passage(1, "Other matters"),
    ]
    (theme,) = find_themes(passages, alike((0, 1), (2,)), "en")
    assert {*theme.shared} == {"lighthouses", "AI", "Canada"}


@pytest.mark.parametrize(
    "question",
    [
        "What keeps coming back from one meeting to the next?",
        "Quels sont les thèmes récurrents?",
        "Recurring themes about technology?",
        "Quels thèmes sont revenus en 2023?",
    ],
)
def test_each_theme_counts_the_meetings_that_it_quotes(service: QAService, question: str) -> None:
    """Its line says in how many meetings its passages stand, which are quoted by meeting."""
    answer = service.ask(Question(question))
    words = catalogue(answer.language)
    by_number = {item.number: item.hit.passage for item in answer.citations}

    assert (answer.status, answer.kind) == ("answered", "themes")
    assert [n for group in answer.groups for n in group.citations] == [*by_number]
    sizes = []
    for group in answer.groups:
        days = [str(by_number[number].meeting) for number in group.citations]
        assert group.heading in answer.text
        assert days == sorted(days)
        total, size = answer.coverage.meetings, len({*days})
        if group.heading.endswith(words.count("themes.meetings", size, total=total)):
            assert size >= 2
            sizes.append(size)
        else:
            # What belongs to no theme stands behind them.
            assert group is answer.groups[-1]
            assert group.heading == words.count("themes.alone", len(days))
    assert sizes == sorted(sizes, reverse=True)


def test_the_names_of_themes_are_words_of_the_summaries(service: QAService) -> None:
    """Whatever stands in quotation marks in a name stands on a page."""
    for question in ("What are the recurring themes?", "Quels sont les thèmes récurrents?"):
        answer = service.ask(Question(question))
        pages = " ".join(document.text for document in service.corpus.documents.values())
        for group in answer.groups:
            quoted = [part.split("”")[0] for part in group.heading.split("“")[1:]] or [
                part.split("»")[0].strip() for part in group.heading.split("«")[1:]
            ]
            assert quoted
            assert all(part.strip("\u00a0 ").lower() in pages.lower() for part in quoted)
