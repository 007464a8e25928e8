"""The first stage and the words behind it, on arrays of a hand's size."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from ccs_qa.encoder.encoder import Vectors
from ccs_qa.records import Query
from ccs_qa.search.fusion import standardise
from ccs_qa.search.legs import HYBRID, Leg
from ccs_qa.search.rank import _candidates, _FirstStage, _support
from ccs_qa.search.understand.heads import split_words
from ccs_qa.search.understand.wording import Text, Wording, encode_texts
from ccs_qa.service import QAService


def scores(*values: float) -> Vectors:
    """Make an array."""
    return np.asarray(values, np.float32)


def stage(known: Vectors, told: Vectors) -> _FirstStage:
    """Make what one wording scores; the first stage looks at two of its arrays."""
    nothing = scores()
    return _FirstStage(nothing, nothing, nothing, nothing, by_text=told, by_hints=known)


def chosen(
    firsts: Sequence[_FirstStage],
    counts: Sequence[int],
    count: int,
    open_to: Sequence[bool] | None = None,
) -> list[int]:
    """Choose among passages with so many hints each."""
    found: list[int] = _candidates(
        firsts,
        np.asarray(open_to or [True] * len(counts), np.bool_),
        np.asarray(counts, np.int64),
        count,
    ).tolist()
    return found


def test_many_hints_and_few_are_two_races() -> None:
    """The best of each by its own measure: those with 64 hints by what asks, others by text.

    Passage 0 leads by its text and 3 by its hints, where neither counts for them.
    """
    one = stage(known=scores(1, 2, 3, 9), told=scores(9, 5, 4, 1))
    assert chosen([one], [64, 64, 63, 0], 1) == [1, 2]
    assert chosen([one], [64, 64, 63, 0], 2) == [0, 1, 2, 3]


def test_where_nothing_has_hints_there_is_one_race() -> None:
    """As many as asked for, by their texts."""
    one = stage(known=scores(9, 9, 0, 0), told=scores(1, 2, 3, 4))
    assert chosen([one], [0, 0, 0, 0], 2) == [2, 3]


def test_what_is_not_allowed_takes_no_part() -> None:
    """In either race; none at all leaves none."""
    one = stage(known=scores(1, 2, 3, 4), told=scores(1, 2, 3, 4))
    assert chosen([one], [99, 99, 0, 0], 1, [True, False, True, False]) == [0, 2]
    assert chosen([one], [99, 99, 0, 0], 1, [False] * 4) == []


def test_the_own_words_of_a_follow_up_count_for_six_tenths() -> None:
    """2 + .6 × 1 is more than 0 + .6 × 4 and less than 0 + .6 × 5."""
    joined, alone = scores(2, 0, -9), scores(1, 4, -9)
    nothing = scores(0, 0, 0)
    firsts = [stage(nothing, joined), stage(nothing, alone)]
    assert chosen(firsts, [0, 0, 0], 1) == [0]
    firsts[1] = stage(nothing, scores(1, 5, -9))
    assert chosen(firsts, [0, 0, 0], 1) == [1]


def test_in_the_ranking_the_own_words_of_a_follow_up_count_for_six_tenths(
    service: QAService,
) -> None:
    """Of every statement, the score of both wordings is (first + .6 × second) / 1.6."""
    texts = ("How could AI help call centres?", "and in rural offices?")
    first, second = (text.whole for text in encode_texts(texts, service.retriever.encoder))
    asked = Query(texts[1], texts[0], texts[1], "en", "en")
    fusion = HYBRID.without("hints", "shared_hints", "section")

    def scored(*wordings: Wording) -> dict[str, float]:
        found = service.retriever.rank(asked, k=200, wordings=wordings, fusion=fusion)
        return {hit.passage.id: hit.score for hit in found.hits if hit.passage.kind == "statement"}

    one, other, both = scored(first), scored(second), scored(first, second)
    expected = {name: (one[name] + 0.6 * other[name]) / 1.6 for name in one}
    # Of two wordings each passage is read by the views that either comes near to.
    assert both == pytest.approx(expected, abs=0.01)
    assert both != pytest.approx(one, abs=0.1)


def test_a_leg_is_added_by_a_line_of_the_table(service: QAService) -> None:
    """One that outweighs the others, and likes what late interaction does not, turns it around."""
    leg = Leg("contrary", 10_000.0, lambda told, _fused: -standardise(told.late))
    fusion = replace(HYBRID, legs=(*HYBRID.without("section").legs, leg))
    asked = Query("passport", "passport", "passport", "en", "en")
    found = service.retriever.rank(asked, k=200, fusion=fusion)
    read = [hit.reasons["late"] for hit in found.hits]
    assert len(read) > 50
    assert read == pytest.approx(sorted(read), abs=1e-3)
    assert {*found.added} == {"kind", *(item.name for item in fusion.legs)}


def test_a_score_is_what_its_legs_add_up_to(service: QAService) -> None:
    """Of one wording and of two."""
    texts = ("How could AI help call centres?", "and in rural offices?")
    wordings = [text.whole for text in encode_texts(texts, service.retriever.encoder)]
    asked = Query(texts[1], texts[0], texts[1], "en", "en")
    for some in (wordings[:1], wordings):
        found = service.retriever.rank(asked, k=20, wordings=some)
        scores = [hit.score for hit in found.hits]
        assert sum(found.added.values()) == pytest.approx(scores, abs=1e-4)


def wording(owners: Sequence[int], tokens: int) -> Wording:
    """Make a wording of three words."""
    return Wording(
        "a b c",
        scores(1, 0),
        np.ones((tokens, 2), np.float32),
        np.arange(tokens),
        np.asarray(owners, np.int64),
        ("a", "b", "c"),
    )


def test_a_word_is_supported_by_the_mean_of_its_tokens() -> None:
    """Words without any token are left out."""
    found = _support(wording([0, 2, 2], 3), scores(0.5, 0.2, 0.4))
    assert [word for word, _ in found] == ["a", "c"]
    assert [value for _, value in found] == pytest.approx([0.5, 0.3])


def test_without_places_or_cosines_no_word_is_supported() -> None:
    """A tokenizer that does not tell, or a fusion without token vectors."""
    assert _support(wording([], 3), scores(0.5, 0.2, 0.4)) == ()
    assert _support(wording([0, 2, 2], 3), scores()) == ()


def test_words_typed_twice_are_supported_twice() -> None:
    """Each by its own tokens."""
    text = Text(
        "oui oui",
        split_words("oui oui"),
        scores(1, 0),
        np.ones((2, 2), np.float32),
        np.asarray([(0, 3), (4, 7)], np.int64),
    )
    found = _support(text.whole, scores(0.25, 0.75))
    assert found == (("oui", 0.25), ("oui", 0.75))


def test_a_ranking_supports_the_words_that_it_searched(service: QAService) -> None:
    """Of the frame around a topic nothing is searched; a bare fusion searches every word."""
    question = "What did the members say about chatbots?"
    query = Query(question, question, "chatbots", "en", "en")
    bare = service.retriever.rank(query, k=3)
    assert [
        word for word, _ in bare.evidence.support
    ] == "what did the members say about chatbots".split()
    assert bare.evidence.hinted
    assert all("hint" in hit.reasons for hit in bare.hits)
    assert all(-1 <= value <= 1 for _, value in bare.evidence.support)
