"""Which meetings hold a topic's words: every word of the pages, inflections, a ninth meeting."""

import datetime as dt
import random
import re
from collections.abc import Iterator, Mapping
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccs_qa.corpus.library import Corpus
from ccs_qa.records import LANGUAGES, Bilingual, Meeting, Passage, Rendition, Section
from ccs_qa.search.meetings.names import Names
from ccs_qa.search.meetings.topics import TopicWords
from ccs_qa.text.day_lines import parse_day
from ccs_qa.text.strings import STOPS, fold, words
from tests.conftest import DATES, PAGES, page_text

DAY = dt.date(2026, 1, 15)


@pytest.fixture(scope="module")
def topics(corpus: Corpus) -> TopicWords:
    """The words of the real meetings."""
    return TopicWords(corpus.meetings, Names.read(corpus.meetings, corpus.names, corpus.disclaimer))


@cache
def raw() -> Mapping[dt.date, frozenset[str]]:
    """The folded words of each meeting, both languages, read off the files line by line."""
    found: dict[dt.date, set[str]] = {}
    for _, file in PAGES:
        day = None
        for line in page_text(file).splitlines():
            day = parse_day(line) or day
            if day is not None and not re.fullmatch(r"20\d\d", line):
                found.setdefault(day, set()).update(re.findall(r"[a-z0-9]+", fold(line)))
    return {day: frozenset(held) for day, held in found.items()}


def some_words() -> list[str]:
    """The content words that stand in two to seven meetings."""
    counts = {
        word: sum(word in held for held in raw().values()) for word in set().union(*raw().values())
    }
    return sorted(word for word, count in counts.items() if 2 <= count <= 7 and word not in STOPS)


def named(found: Mapping[dt.date, tuple[str, ...]]) -> str:
    """Write meetings down, oldest first."""
    return " ".join(day.isoformat() for day in found)


def test_the_pages_were_read() -> None:
    """All eight meetings, and hundreds of words of both languages."""
    assert {day.isoformat() for day in raw()} == set(DATES)
    assert len(some_words()) > 400


def test_no_word_of_the_pages_misses_a_meeting(topics: TopicWords) -> None:
    """Each meeting whose text holds the word is among those found, in any writing."""
    missed = [
        (word, day.isoformat())
        for word in some_words()
        for form in (word, word.upper(), f"l'{word}", f"the {word}")
        for day, held in raw().items()
        if word in held and day not in topics.holding(form)
    ]
    assert missed == []


def test_the_passages_found_hold_the_word(corpus: Corpus, topics: TopicWords) -> None:
    """Of a meeting whose passages hold the word as it stands, one of those is first."""
    for word in some_words():
        for names in topics.holding(word).values():
            holding = [name for name in names if word in own_words(corpus.passage(name))]
            assert not holding or names[0] in holding


def own_words(passage: Passage) -> set[str]:
    """List the folded words of a passage in both languages."""
    return {
        word
        for language in LANGUAGES
        if (rendition := passage.renditions.get(language))
        for word in re.findall(r"[a-z0-9]+", fold(rendition.text))
    }


def pairs(corpus: Corpus) -> Iterator[tuple[str, Passage]]:
    """Draw two content words from each rendition of each passage."""
    draw = random.Random(20261129)  # noqa: S311 - a sample, not a secret
    for meeting in corpus.meetings:
        for passage in meeting.passages:
            for language in LANGUAGES:
                rendition = passage.renditions.get(language)
                content = words(rendition.text if rendition else "")
                content = [word for word in content if word not in STOPS]
                if len(content) > 1:
                    yield " ".join(draw.sample(content, 2)), passage


def test_two_words_of_a_passage_find_it(corpus: Corpus, topics: TopicWords) -> None:
    """A passage that holds both words is among those of its meeting, unless they make a name."""
    names = Names.read(corpus.meetings, corpus.names)
    for topic, passage in pairs(corpus):
        assert passage.meeting is not None
        if any(
            not found.short and " " in topic[found.begin : found.end] for found in names.find(topic)
        ):
            continue
        assert passage.id in topics.holding(topic)[passage.meeting]


@pytest.mark.parametrize(
    ("topic", "meetings"),
    [
        ("passport", "2023-01-19"),
        ("Passeports", "2023-01-19"),
        ("la santé mentale", "2023-04-03"),
        ("mental-health", "2023-04-03"),
        ("fraud", "2025-06-02"),
        ("fraudes", "2025-06-02"),
        ("call centres", "2024-11-01"),
        ("senior", "2024-11-01"),
        ("aînées", "2024-11-01"),
        ("CDB", "2025-06-02"),
        ("PCPH", "2025-06-02"),
        ("la Prestation canadienne aux personnes handicapées", "2025-06-02"),
        ("CRA", "2023-04-03"),
        ("l'ARC", "2023-04-03"),
        ("SIN", "2023-01-19"),
        ("generative AI", "2024-06-27"),
        ("CX", "2023-01-19 2023-10-03 2024-11-01"),
        ("rural community", "2023-10-03 2025-03-25"),
        ("communauté rurale", "2023-10-03 2025-03-25"),
        ("éloigné", "2023-01-19 2023-10-03 2024-06-27 2025-03-25"),
        ("régions éloignées", "2023-01-19"),
        ("blockchain", ""),
        ("passport fraud", ""),
        ("ESDC", ""),
        ("", ""),
        ("?", ""),
        ("du", " ".join(sorted(DATES))),
        ("Canada Disability Benefit", "2025-06-02"),
        ("client experience", "2023-01-19 2023-10-03 2024-11-01"),
    ],
)
def test_topics(topics: TopicWords, topic: str, meetings: str) -> None:
    """Read off the pages by hand: inflections, either language, acronyms, nothing."""
    assert named(topics.holding(topic)) == meetings


@pytest.mark.parametrize(
    "forms",
    [
        ("AI", "ai", "IA", "A.I.", "l'IA", "artificial intelligence", "intelligence artificielle"),
        ("handicap", "disability", "disabilities", "PWD", "personnes handicapées"),
        ("SAC", "CCS", "Service Advisory Committee"),
        ("telephone", "phone", "téléphone"),
    ],
)
def test_one_thing_is_held_under_any_name(topics: TopicWords, forms: tuple[str, ...]) -> None:
    """Names, acronyms and both languages find the same meetings."""
    found = {named(topics.holding(form)) for form in forms}
    assert len(found) == 1
    assert found != {""}


def test_the_verb_is_not_the_acronym(topics: TopicWords) -> None:
    """In "j'ai confiance", only trust is a topic."""
    assert topics.holding("j'ai confiance") == topics.holding("confiance")
    assert topics.content("j'ai confiance en l'IA") == ("confiance", "ia")


def test_title_and_heading_count_with_each_passage(topics: TopicWords) -> None:
    """Passports stand in the title, photos in one statement; the statement is what is found."""
    found = topics.holding("lessons learned photos")
    assert {day.isoformat(): len(names) for day, names in found.items()} == {"2023-01-19": 1}


@given(st.text(max_size=60))
def test_any_topic_is_read(corpus: Corpus, topics: TopicWords, text: str) -> None:
    """No text makes it fail, and every passage found exists."""
    for day, found in topics.holding(text).items():
        assert all(corpus.passage(name).meeting == day for name in found)


def rendition(text: str) -> Bilingual:
    """Make a French text without translation."""
    return Bilingual(Rendition("fr", text, "d", 0, len(text), "official"), None)


def test_a_ninth_meeting_without_translation(corpus: Corpus) -> None:
    """It is held by its own words, by its acronym, and by names of the other language."""
    heading = rendition("Garderies (réseau public)")
    lead_in = rendition("Le Programme national des garderies (PNG) devrait :")
    passages = (
        Passage("2026-01-15-s-1", "statement", DAY, heading, lead_in, rendition("ouvrir tôt;")),
        Passage("2026-01-15-s-2", "statement", DAY, heading, None, rendition("L'IA aide peu.")),
    )
    objective = Passage("2026-01-15-o-1", "objective", DAY, None, None, rendition("Discuter."))
    ninth = Meeting(
        DAY,
        rendition("15 janvier 2026"),
        None,
        None,
        (objective,),
        (Section(heading, passages),),
    )
    meetings = (ninth, *corpus.meetings)
    topics = TopicWords(meetings, Names.read(meetings, corpus.names))
    assert topics.holding("garderie")[DAY] == ("2026-01-15-s-1", "2026-01-15-s-2")
    assert topics.holding("PNG") == {DAY: ("2026-01-15-s-1",)}
    assert topics.holding("programme national des garderies tôt") == {DAY: ("2026-01-15-s-1",)}
    assert topics.holding("artificial intelligence")[DAY] == ("2026-01-15-s-2",)
    assert list(topics.holding("garderies passeports")) == []


def test_of_a_topic_that_names_several_things_any_is_held(topics: TopicWords) -> None:
    """Those that hold one of them, or the other, in either language."""
    either = topics.holding("influencers or food banks", "en")
    influencers = topics.holding("influencers", "en")
    assert set(either) == {*influencers, *topics.holding("food banks", "en")}
    assert set(topics.holding("influenceurs, banques alimentaires", "fr")) == set(either)
    assert len(either) > len(influencers) > 0


def test_a_passage_that_says_the_words_says_them_itself(corpus: Corpus, topics: TopicWords) -> None:
    """Those of the title and of the heading do not count, other than for what is held."""
    found = topics.saying("passports", "en")
    days = [item.meeting for item in found if item.meeting is not None]
    assert days == sorted(days)
    said = re.compile(r"\bpasse?ports?\b", re.IGNORECASE)
    for item in corpus.passages:
        has = any(said.search(rendition.text) for rendition in item.renditions.spoken)
        assert (item in found) is (has and item.kind != "disclaimer"), item.id
    held = {name for names in topics.holding("passports", "en").values() for name in names}
    assert {item.id for item in found} < held
    assert topics.saying("tourtières passports", "en") == ()


@pytest.mark.parametrize(
    ("topic", "text", "marked"),
    [
        ("passport", "Passports, and a passport.", ["Passports", "passport"]),
        ("of trust", "The trust of clients", ["trust"]),
        ("artificial intelligence", "L'IA aide; AI helps.", ["IA", "AI"]),
        ("AI", "Artificial intelligence (AI) helps", ["Artificial intelligence", "AI"]),
        ("trust", "Nothing of the sort", []),
    ],
)
def test_words_of_a_topic_are_found_in_a_text(
    topics: TopicWords, topic: str, text: str, marked: list[str]
) -> None:
    """As they stand, in other forms, and under the other names of what they name."""
    rendition = Rendition("en", text, "page", 0, len(text), "official")
    assert [text[start:end] for start, end in topics.marks(topic, rendition)] == marked
