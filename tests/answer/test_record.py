"""Answers read from the records: expected sentences are written out by hand."""

import datetime as dt
from collections.abc import Mapping, Sequence
from itertools import combinations

import pytest

from ccs_qa.answer.matter import Record
from ccs_qa.answer.record import RECORD_INTENTS, read_record
from ccs_qa.answer.spans import length
from ccs_qa.answer.timeline import FoundBy
from ccs_qa.corpus.library import Corpus
from ccs_qa.messages.catalogue import catalogue
from ccs_qa.records import (
    LANGUAGES,
    Bilingual,
    Intent,
    Language,
    Meeting,
    Passage,
    PassageKind,
    Query,
    Question,
    Rendition,
    Scope,
    Section,
)
from ccs_qa.service import QAService

TODAY = dt.date(2025, 10, 1)
A, B, C, D = (
    dt.date.fromisoformat(day) for day in "2031-01-31 2031-03-25 2032-03-01 2033-09-30".split()
)
MARCH, JUNE = dt.date(2025, 3, 25), dt.date(2025, 6, 2)


def both(fr: str | None, en: str | None) -> Bilingual:
    """Make a text in one language or two."""

    def rendition(language: Language, text: str | None) -> Rendition | None:
        if text is None:
            return None
        return Rendition(language, text, language, 0, len(text), "official")

    return Bilingual(rendition("fr", fr), rendition("en", en))


def passage(day: dt.date, kind: PassageKind, fr: str | None, en: str | None) -> Passage:
    """Make a passage; its identifier is its words."""
    return Passage(f"{day} {fr or en}", kind, day, None, None, both(fr, en))


def meeting(
    day: dt.date,
    *,
    title: tuple[str | None, str | None] | None = None,
    form: tuple[str | None, str | None] | None = None,
    objective: Sequence[tuple[str | None, str | None]] = (),
    parts: Mapping[tuple[str | None, str | None], int] | None = None,
    loose: int = 0,
) -> Meeting:
    """Make a meeting; a part holds as many passages as it says."""

    def held(name: str, number: int) -> tuple[Passage, ...]:
        texts = (f"{name} {at}" for at in range(1, number + 1))
        return tuple(passage(day, "statement", text, f"{text} en") for text in texts)

    sections = [
        Section(both(*heading), held(str(heading), n)) for heading, n in (parts or {}).items()
    ]
    if loose:
        sections.insert(0, Section(None, held("loose", loose)))
    return Meeting(
        day,
        both("jour", "day"),
        passage(day, "title", *title) if title else None,
        passage(day, "format", *form) if form else None,
        tuple(passage(day, "objective", *text) for text in objective),
        tuple(sections),
    )


VIRTUAL = ("Format\u00a0: Réunion virtuelle", "Format: Virtual meeting")
SMALL = (
    meeting(D, loose=2),
    meeting(
        C,
        title=(None, "Ferries"),
        form=(None, "Location: In person, Moncton"),
        objective=[("But C", "Goal C")],
        parts={("Matin", "Morning"): 1, ("Soirée", None): 2},
    ),
    meeting(B, title=("Les phares", "Lighthouses"), form=("Format\u00a0: Réunion virtuelle", None)),
    meeting(
        A,
        form=VIRTUAL,
        objective=[("But A", "Goal A"), ("un", "one"), ("deux", "two")],
        parts={("Ports et quais", "Ports and docks"): 2, ("Canots", "Canoes"): 1},
    ),
)


def ask(
    intent: Intent,
    question: str = "?",
    language: Language = "en",
    *,
    days: Sequence[dt.date] | None = None,
    limit: str = "",
    sides: Sequence[Sequence[dt.date]] = (),
    speak: Sequence[dt.date] | None = None,
    by: FoundBy = "speak",
    about: Sequence[dt.date] = (),
    negated: bool = False,
    period: tuple[dt.date, dt.date] | None = None,
    meetings: Sequence[Meeting] = SMALL,
    today: dt.date | None = TODAY,
    nearest: Sequence[Passage] = (),
) -> Record | None:
    """Ask about meetings; those that speak of the topic do so in their last passage."""
    scope = None
    if days is not None:
        start, end = period or (None, None)
        scope = Scope(
            limit, tuple(sorted(days)), start, end, sides=tuple(tuple(side) for side in sides)
        )
    words = (question, question, question)
    query = Query(*words, language, language, scope=scope, intent=intent, negated=negated)
    speakers = (
        speak
        if speak is None
        else {item.date: item.passages[-1] for item in meetings if item.date in speak}
    )
    return read_record(
        query,
        meetings,
        speakers,
        catalogue(language),
        by=by,
        about=frozenset(about),
        today=today,
        nearest=nearest,
    )


def lead(record: Record | None) -> str:
    """Read the lead with plain spaces."""
    assert record is not None
    return record.lead.replace("\u00a0", " ")


def lines(record: Record | None) -> list[str]:
    """Read the lines in English, else in French."""
    assert record is not None
    return [line.renditions.best("en").text for line in record.passages]


def test_all_meetings_are_listed_with_their_titles_where_they_have_one() -> None:
    """Oldest first; a title of the other language stands as it is."""
    assert lead(ask("which_meeting")) == (
        "The summaries cover 4 meetings, those of January 31, 2031, March 25, 2031 "
        "(“Lighthouses”), March 1, 2032 (“Ferries”) and September 30, 2033."
    )
    french = ask("which_meeting", language="fr")
    assert lead(french) == (
        "Les résumés portent sur 4 réunions, celles du 31 janvier 2031, du 25 mars 2031 "
        "(« Les phares »), du 1er mars 2032 (« Ferries ») et du 30 septembre 2033."
    )
    assert french is not None
    assert french.meetings == (A, B, C, D)
    assert lines(french) == ["Goal A", "Lighthouses", "Goal C", "loose 1 en"]


def test_meetings_that_speak_show_what_they_say_then_their_objective() -> None:
    """They are counted among those searched; the title of one is no line of its own."""
    found = ask("which_meeting", speak=[A, B])
    assert lead(found) == (
        "The topic was found in 2 of the 4 meetings searched, those of January 31, 2031 and "
        "March 25, 2031 (“Lighthouses”)."
    )
    said = ["('Canots', 'Canoes') 1 en", "Goal A", "Format\u00a0: Réunion virtuelle"]
    assert lines(found) == said
    # Of what a meeting was for, its objective says most.
    said[:2] = said[1::-1]
    assert lines(ask("which_meeting", speak=[A, B], about=[A])) == said
    assert lead(ask("count", language="fr", speak=[C])) == (
        "Le sujet a été trouvé dans 1 des 4 réunions examinées, celle du 1er mars 2032."
    )


def test_a_topic_that_no_meeting_names_is_told_by_meaning() -> None:
    """Where it comes close in meaning it was not found: the words say which of the two it is."""
    assert lead(ask("which_meeting", speak=[A, B], by="near")) == (
        "2 of the 4 meetings searched come close to the topic in meaning, those of January 31, "
        "2031 and March 25, 2031 (“Lighthouses”); none names it in these words."
    )
    assert lead(ask("count", language="fr", days=[A], speak=[A], by="near")) == (
        "La seule réunion examinée, celle du 31 janvier 2031, s’approche du sujet par le sens, "
        "mais ne le nomme pas en ces mots."
    )
    assert lead(ask("when", speak=[C], by="near")) == (
        "The meeting that comes close to the topic in meaning took place on March 1, 2032; none "
        "names it in these words."
    )
    said = {
        "first": "The first of the 2 meetings that come close to the topic in meaning is that of "
        "January 31, 2031; none names it in these words.",
        "latest": "The latest of the 2 meetings that come close to the topic in meaning is that "
        "of March 1, 2032; none names it in these words.",
    }
    for asked, told in said.items():
        assert lead(ask("first_last_mention", asked, speak=[A, C], by="near")) == told
    assert lead(ask("first_last_mention", "latest", "fr", speak=[C], by="near")) == (
        "Seule la réunion du 1er mars 2032 s’approche du sujet par le sens; aucune ne le nomme en "
        "ces mots."
    )


def test_every_meeting_searched_may_speak_or_be_silent() -> None:
    """Then none is set apart from the others."""
    assert lead(ask("count", days=[A, B], speak=[A, B])) == (
        "The topic was found in all 2 meetings searched, those of January 31, 2031 and "
        "March 25, 2031."
    )
    assert lead(ask("count", language="fr", days=[A, B], speak=[], negated=True)) == (
        "Le sujet n’a été trouvé dans aucune des 2 réunions examinées, celles du 31 janvier "
        "2031 et du 25 mars 2031."
    )
    assert lead(ask("count", days=[A], speak=[A])) == (
        "The topic was found in the only meeting searched, that of January 31, 2031."
    )


def test_a_negation_asks_for_the_other_meetings() -> None:
    """Of all meetings without a topic, of those in the limits with one."""
    assert lead(ask("which_meeting", days=[A, B], negated=True)) == (
        "2 meetings fall within the limits taken from the question, those of March 1, 2032 "
        "(“Ferries”) and September 30, 2033."
    )
    silent = ask("which_meeting", language="fr", days=[A, B], speak=[B, C], negated=True)
    assert lead(silent) == (
        "Le sujet n’a pas été trouvé dans 1 des 2 réunions examinées, celle du 31 janvier 2031."
    )
    assert lines(silent) == ["Goal A"]
    nowhere = ask("count", days=[], negated=True)
    assert nowhere is not None
    assert nowhere.meetings == (A, B, C, D)


def test_a_period_without_a_meeting_names_those_next_to_it() -> None:
    """Before the first and after the last there is one; without days to compare, nothing."""
    summer = dt.date(2031, 6, 1), dt.date(2031, 8, 31)
    found = ask("count", days=[], limit="in the summer of 2031", period=summer)
    assert lead(found) == (
        "No meeting with a summary falls within the limits taken from the question: "
        "“in the summer of 2031”. The meeting before that was on March 25, 2031. "
        "The next meeting after that was on March 1, 2032."
    )
    assert found is not None
    assert found.meetings == (B, C)
    early = ask("when", days=[], language="fr", period=(dt.date(2030, 1, 1), dt.date(2030, 12, 31)))
    assert early is not None
    assert early.meetings == (A,)
    assert ask("when", days=[]) is None


def test_the_time_to_the_next_meeting_is_counted() -> None:
    """From a single meeting, where the question counts on from it."""
    assert lead(ask("duration", "How long before they met again?", days=[A])) == (
        "From January 31, 2031 to March 25, 2031: 1 month and 25 days (53 days)."
    )
    assert ask("duration", "How long was it?", days=[A]) is None
    assert ask("duration", "How long before they met again?", days=[D]) is None


def test_when_gives_the_dates() -> None:
    """In full, in both languages."""
    assert lead(ask("when", days=[C])) == "The meeting took place on March 1, 2032."
    assert lead(ask("when", language="fr", days=[A, C])) == (
        "Les 2 réunions ont eu lieu le 31 janvier 2031 et le 1er mars 2032."
    )
    assert lead(ask("when", speak=[C])) == (
        "The meeting in which the topic was found took place on March 1, 2032."
    )
    assert lead(ask("when", language="fr", speak=[A, B, C], negated=True)) == (
        "La réunion où le sujet n’a pas été trouvé a eu lieu le 30 septembre 2033."
    )


def test_count_counts() -> None:
    """With the dates."""
    assert lead(ask("count", days=[A, B])) == (
        "2 meetings fall within the limits taken from the question, those of January 31, 2031 and "
        "March 25, 2031."
    )
    assert lead(ask("count", language="fr", days=[C])) == (
        "1 réunion correspond aux limites tirées de la question, celle du 1er mars 2032."
    )


@pytest.mark.parametrize(
    ("question", "language", "expected"),
    [
        (
            "Which year had the most meetings?",
            "en",
            (
                "The highest number falls in 2031: 2 meetings. "
                "Number of meetings, by year: 2031 (2), 2032 (1) and 2033 (1)."
            ),
        ),
        (
            "En quelle année y en a-t-il eu le moins?",
            "fr",
            (
                "Arrivent en dernier, à égalité : 2032 et 2033, avec 1 réunion chaque fois. "
                "Nombre de réunions, par année : 2031 (2), 2032 (1) et 2033 (1)."
            ),
        ),
        (
            "Which month had at least one and the most?",
            "en",
            (
                "The highest number falls in March: 2 meetings. "
                "Number of meetings, by month: January (1), March (2) and September (1)."
            ),
        ),
        (
            "Quelle saison en compte le plus?",
            "fr",
            (
                "Arrive en tête : le printemps, avec 2 réunions. Nombre de réunions, par saison : "
                "l’hiver (1), le printemps (2) et l’automne (1). "
                "Les saisons sont comptées en mois entiers : le printemps va de mars à mai, et "
                "ainsi de suite."
            ),
        ),
        (
            "Which quarter is the quietest?",
            "en",
            (
                "The lowest number falls in Q2 and Q4: 0 meetings each. "
                "Number of meetings, by calendar quarter: Q1 (3), Q2 (0), Q3 (1) and Q4 (0)."
            ),
        ),
    ],
)
def test_most_shows_the_count_of_each(question: str, language: Language, expected: str) -> None:
    """Ties are all named; every meeting counted has a line."""
    found = ask("most", question, language)
    assert lead(found) == expected
    assert found is not None
    assert len(found.passages) == 4


def test_most_counts_a_year_without_any_meeting_that_speaks() -> None:
    """Among the years searched."""
    assert lead(ask("most", "the fewest?", speak=[A, D])) == (
        "The lowest number falls in 2032: 0 meetings. "
        "Number of meetings in which the topic was found, by year: 2031 (1), 2032 (0) and 2033 (1)."
    )
    assert lead(ask("most", "largest gap?")).startswith("The longest interval: from March 1, 2032")


def test_places_are_grouped_as_the_records_write_them() -> None:
    """What is written in one language only joins its like; silence is said."""
    found = ask("place_format")
    assert lead(found) == (
        "Format or place of the meetings, as their summaries give it: “Virtual meeting” for "
        "2 meetings (January 31, 2031 and March 25, 2031) and “In person, Moncton” for 1 meeting "
        "(March 1, 2032). The summary of the meeting of September 30, 2033 gives neither format "
        "nor place."
    )
    assert lines(found)[:3] == [
        "Format: Virtual meeting",
        "Goal A",
        "Format\u00a0: Réunion virtuelle",
    ]
    assert lead(ask("place_format", language="fr", days=[A])) == (
        "Format ou lieu de la réunion du 31 janvier 2031, selon son résumé : « Réunion virtuelle »."
    )
    assert lead(ask("place_format", language="fr", days=[D])) == (
        "Le résumé de la réunion du 30 septembre 2033 n’indique ni format ni lieu."
    )


def test_about_gives_title_and_the_whole_objective() -> None:
    """Of one to three meetings; of more, the opening of each objective."""
    found = ask("about", days=[A, C])
    assert lead(found) == (
        "The summary of the meeting of January 31, 2031 gives no title. The meeting of "
        "March 1, 2032 is titled “Ferries”. The objectives are quoted below."
    )
    assert lines(found) == ["Goal A", "one", "two", "Goal C", "Ferries"]
    assert lead(ask("about", language="fr", days=[B])) == (
        "La réunion du 25 mars 2031 a pour titre « Les phares ». "
        "Le résumé de la réunion du 25 mars 2031 n’énonce aucun objectif."
    )
    assert lines(ask("about")) == ["Goal A", "Lighthouses", "Goal C", "loose 1 en"]


@pytest.mark.parametrize(
    ("question", "language", "expected"),
    [
        (
            "What were its parts?",
            "en",
            (
                "The summary of the meeting of January 31, 2031 has 2 sections: "
                "“Ports and docks” and “Canoes”."
            ),
        ),
        (
            "la section intitulée Canots",
            "fr",
            "La section « Canots » du résumé de la réunion du 31 janvier 2031 compte 1 passage.",
        ),
        (
            "the part on docks",
            "en",
            (
                "The section “Ports and docks” of the summary of the meeting of January 31, 2031 "
                "has 2 passages."
            ),
        ),
        (
            "the last part",
            "en",
            "The section “Canoes” of the summary of the meeting of January 31, 2031 has 1 passage.",
        ),
        (
            "en première moitié",
            "fr",
            (
                "La section « Ports et quais » du résumé de la réunion du 31 janvier 2031 compte "
                "2 passages."
            ),
        ),
        (
            "the canoe section",
            "fr",
            "La section « Canots » du résumé de la réunion du 31 janvier 2031 compte 1 passage.",
        ),
    ],
)
def test_parts(question: str, language: Language, expected: str) -> None:
    """All, or the one named by heading or order, in either language."""
    assert lead(ask("part", question, language, days=[A])) == expected


@pytest.mark.parametrize(
    ("question", "language", "expected"),
    [
        ("What was the opening remark?", "en", "Point 1 of 3 in the summary of the meeting of"),
        ("How did it end?", "en", "Point 3 of 3 in the summary of the meeting of"),
        ("le deuxième point", "fr", "Point 2 sur 3 du résumé de la réunion du 31 janvier 2031"),
        (
            "last point under the docks heading",
            "en",
            "Point 2 of 2 in the section “Ports and docks”",
        ),
        ("What came after the section on docks?", "en", "The section “Canoes” of the summary"),
        ("la section juste avant celle sur les canots", "fr", "La section « Ports et quais » du"),
        ("what came right after the first line on piers?", "en", "Point 2 of 3 in the summary"),
    ],
)
def test_points_and_what_stands_beside(question: str, language: Language, expected: str) -> None:
    """Counted in page order; beside a section stands a section, beside a point a point."""
    first = next(line for line in SMALL[3].sections[0].passages if line.kind == "statement")
    found = lead(ask("part", question, language, days=[A], nearest=[first]))
    assert found.startswith(expected)


def test_there_is_no_point_beyond_the_last() -> None:
    """Nor a ninth of three, nor a part after the last."""
    last = SMALL[3].sections[-1].passages[-1]
    for question in (
        "the ninth point",
        "the point after this",
        "what comes after the canoe section?",
    ):
        assert ask("part", question, days=[A], nearest=[last]) is None


def test_what_is_sought_in_a_part_is_sought_there(service: QAService) -> None:
    """What answers is chosen among its lines, instead of all of them shown."""
    asked = "What was said about infrastructure in the morning in Gatineau?"
    answer = service.ask(Question(asked))
    headings = {
        item.hit.passage.section.best("en").text
        for item in answer.citations
        if item.hit.passage.section
    }
    assert (answer.kind, answer.status) == ("quotes", "answered")
    assert [text.split(":")[0] for text in headings] == ["Morning session"]
    said = [item.hit.passage.renditions.best("en").text for item in answer.citations]
    assert any("infrastructure" in text for text in said)


def test_parts_of_the_day_are_looked_for_in_every_meeting() -> None:
    """A heading in one language only is quoted in it; what no meeting has is not found."""
    assert lead(ask("part", "What was said in the evening?")) == (
        "The section “Soirée” of the summary of the meeting of March 1, 2032 has 2 passages."
    )
    for question in ("l'après-midi", "the section on whales", "the fifth part"):
        assert ask("part", question, days=[C]) is None
    assert ask("part", days=[D]) is None
    limited = ask("part", "the morning meeting", days=[A, C], limit="morning meeting")
    assert lead(limited).startswith(
        "The section “Morning” of the summary of the meeting of March 1"
    )
    assert lead(ask("part", "under which heading are docks?")).startswith("The section “Ports and")
    every = ask("part", "les parties", "fr")
    assert every is not None
    assert every.meetings == (A, C)
    assert len(every.passages) == 4


@pytest.mark.parametrize(
    ("start", "end", "english", "french"),
    [
        (
            "2031-01-31",
            "2031-03-25",
            "1 month and 25 days (53 days)",
            "1 mois et 25 jours (53 jours)",
        ),
        ("2031-01-31", "2031-02-28", "1 month (28 days)", "1 mois (28 jours)"),
        ("2031-01-31", "2031-02-01", "1 day", "1 jour"),
        ("2031-01-31", "2031-01-31", "0 days", "0 jour"),
        ("2024-02-29", "2025-02-28", "1 year (365 days)", "1 an (365 jours)"),
        (
            "2024-10-25",
            "2025-04-02",
            "5 months and 8 days (159 days)",
            "5 mois et 8 jours (159 jours)",
        ),
        (
            "2023-01-19",
            "2025-06-02",
            "2 years, 4 months and 14 days (865 days)",
            "2 ans, 4 mois et 14 jours (865 jours)",
        ),
    ],
)
def test_lengths_of_time(start: str, end: str, english: str, french: str) -> None:
    """Whole months first, then days; the total in days shows the computation."""
    days = dt.date.fromisoformat(start), dt.date.fromisoformat(end)
    assert length(*days, catalogue("en")) == english
    assert length(*days, catalogue("fr")) == french


def test_weeks_are_counted_when_they_are_asked_for() -> None:
    """Beside the days."""
    assert lead(ask("duration", "how many weeks?", days=[A, B])) == (
        "From January 31, 2031 to March 25, 2031: 1 month and 25 days "
        "(53 days, or 7 weeks and 4 days)."
    )
    assert lead(ask("duration", "combien de semaines?", "fr", days=[A, B])) == (
        "Du 31 janvier 2031 au 25 mars 2031 : 1 mois et 25 jours "
        "(53 jours, soit 7 semaines et 4 jours)."
    )


def test_duration_between_meetings() -> None:
    """Two of them, two sides, or the first and the last, called so only where they are of all."""
    pair = ask("duration", days=[A, B])
    assert lead(pair) == "From January 31, 2031 to March 25, 2031: 1 month and 25 days (53 days)."
    assert pair is not None
    assert pair.meetings == (A, B)
    sides = ask("duration", language="fr", days=[A, B, D], sides=[[D], [A, B]])
    assert lead(sides).startswith("Du 25 mars 2031 au 30 septembre 2033 : 2 ans, 6 mois et 5 jours")
    assert lead(ask("duration", language="fr", days=[A, B, C])) == (
        "Du 31 janvier 2031 au 1er mars 2032 : 1 an, 1 mois et 1 jour (395 jours)."
    )
    assert lead(ask("duration", language="fr")).startswith(
        "De la première réunion, celle du 31 janvier 2031, à la dernière, celle du "
        "30 septembre 2033 : "
    )
    overlapping = ask("duration", days=[A, B, C], sides=[[A, C], [B]])
    assert lead(overlapping).startswith("From January 31, 2031 to March 1, 2032: 1 year")


def test_intervals_and_their_average() -> None:
    """Each is shown, with what was added and divided."""
    assert lead(ask("duration", "the shortest and average gap", days=[A, B, C])) == (
        "The shortest interval: from January 31, 2031 to March 25, 2031, 1 month and 25 days "
        "(53 days). On average: 395 days in all ÷ 2 intervals = about 198 days. "
        "From each meeting to the next: from January 31, 2031 to March 25, 2031, 1 month and "
        "25 days (53 days); from March 25, 2031 to March 1, 2032, 11 months and 5 days (342 days)."
    )
    assert lead(ask("duration", "le plus long intervalle", "fr", days=[A, B, C])).startswith(
        "L’intervalle le plus long : du 25 mars 2031 au 1er mars 2032, 11 mois et 5 jours "
        "(342 jours). "
    )
    assert lead(ask("duration", "temps entre les rencontres", "fr")).startswith(
        "D’une réunion à la suivante : du 31 janvier 2031 au 25 mars 2031, 1 mois"
    )


def test_time_since_a_meeting_is_counted_to_the_day_of_the_question() -> None:
    """Only when that is asked, and the day is known."""
    later = dt.date(2033, 10, 1)
    assert lead(ask("duration", "How long since then?", days=[D], today=later)) == (
        "Since the meeting of September 30, 2033, as of October 1, 2033: 1 day."
    )
    assert lead(ask("duration", "depuis quand?", "fr", days=[D], today=later)) == (
        "De la réunion du 30 septembre 2033 jusqu’au 1er octobre 2033 : 1 jour."
    )
    assert ask("duration", "How long did it take?", days=[D], today=later) is None
    assert ask("duration", "How long since then?", days=[D], today=None) is None
    assert ask("duration", "How long since then?", days=[D], today=TODAY) is None


def test_time_since_several_meetings_is_counted_from_the_last() -> None:
    """Of those that speak, or of all."""
    later = dt.date(2033, 10, 1)
    for speak, day in ((None, "September 30, 2033"), ([A, B, C], "March 1, 2032")):
        found = ask("duration", "how long since they met on it?", speak=speak, today=later)
        assert lead(found).startswith(f"Since the meeting of {day}, as of October 1, 2033:")


def test_first_and_last_mention() -> None:
    """The passage comes before the objective; words of the limits do not count."""
    first = ask("first_last_mention", "When were docks first mentioned?", speak=[A, B, C])
    assert lead(first) == (
        "The first of the 3 meetings in which the topic was found is that of January 31, 2031."
    )
    assert lines(first) == ["('Canots', 'Canoes') 1 en", "Goal A"]
    assert lead(ask("first_last_mention", "plus récemment?", "fr", speak=[A, C])) == (
        "La plus récente des 2 réunions où le sujet a été trouvé est celle du 1er mars 2032."
    )
    assert lead(ask("first_last_mention", "pour la dernière fois?", "fr", speak=[C])) == (
        "Le sujet n’a été trouvé que dans une réunion, celle du 1er mars 2032."
    )
    limited = ask(
        "first_last_mention",
        "in the last two years?",
        days=[A, B],
        limit="the last two years",
        speak=[A, B],
    )
    assert lead(limited).startswith("The first of the 2 meetings")
    ends = ask("first_last_mention", "first and last mention?", speak=[A, B, C])
    assert ends is not None
    assert ends.meetings == (A, C)
    assert lead(ask("first_last_mention", "first not to?", speak=[A], negated=True)) == (
        "The first of the 3 meetings in which the topic was not found is that of March 25, 2031."
    )


@pytest.mark.parametrize("intent", sorted(RECORD_INTENTS))
def test_where_no_meeting_is_meant_there_is_no_record(intent: Intent) -> None:
    """An empty scope, no speaker, the complement of everything, no meeting with a passage."""
    assert ask(intent, days=[]) is None
    assert ask(intent, speak=[]) is None
    assert intent in {"duration", "most"} or ask(intent, negated=True) is None
    assert ask(intent, meetings=[]) is None
    assert ask(intent, meetings=[meeting(A)]) is None
    assert ask(intent, "When is the next meeting?") is None
    assert ask(intent, "Quand aura lieu la prochaine réunion?", "fr") is None


def test_other_questions_are_not_of_record() -> None:
    """What was said is judged elsewhere."""
    assert ask("topic") is None
    assert ask("stands_for") is None


QUESTIONS = ("?", "longest, month, first part, since", "la moins longue, saison, dernière, matin")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("intent", sorted(RECORD_INTENTS))
def test_every_meeting_named_has_a_line(intent: Intent, language: Language, corpus: Corpus) -> None:
    """Whatever is asked of the real meetings and of one more, bare; and no line stands twice."""
    ninth = meeting(dt.date(2025, 9, 9), loose=1)
    for meetings in (corpus.meetings, (ninth, *corpus.meetings), SMALL):
        days = [item.date for item in meetings]
        some = [*combinations(days, 1), *combinations(days[:5], 2), days[2:6], None]
        for question in QUESTIONS:
            for scope in some:
                for speak in (None, days[::2], days[:1]):
                    for negated in (False, True):
                        found = ask(
                            intent,
                            question,
                            language,
                            days=scope,
                            speak=speak,
                            negated=negated,
                            meetings=meetings,
                        )
                        if found is None:
                            continue
                        ids = [line.id for line in found.passages]
                        assert found.meetings
                        assert {*found.meetings} == {line.meeting for line in found.passages}
                        assert len(ids) == len(set(ids))
                        assert found.lead.endswith(".")
                        assert "{" not in found.lead


def test_the_real_meetings(corpus: Corpus) -> None:
    """One answer of each kind, checked against the page."""
    real = corpus.meetings

    def answer(intent: Intent, question: str, language: Language, *days: dt.date) -> str:
        return lead(ask(intent, question, language, days=days or None, meetings=real))

    virtual = [item.date for item in real if item.date != MARCH]
    assert lead(
        ask("which_meeting", "Not virtual?", days=virtual, negated=True, meetings=real)
    ) == ("1 meeting falls within the limits taken from the question, that of March 25, 2025.")
    assert answer("most", "Quelle année?", "fr") == (
        "Arrivent en tête, à égalité : 2023 et 2025, avec 3 réunions chaque fois. "
        "Nombre de réunions, par année : 2023 (3), 2024 (2) et 2025 (3)."
    )
    assert answer("place_format", "Où?", "fr", MARCH) == (
        "Format ou lieu de la réunion du 25 mars 2025, selon son résumé : "
        "« En personne, Gatineau, Québec »."
    )
    assert answer("about", "What about?", "en", MARCH) == (
        "The summary of the meeting of March 25, 2025 gives no title. "
        "The objective is quoted below."
    )
    assert answer("part", "la séance de l'avant-midi", "fr") == (
        "La section « Séance de l'avant-midi : Adaptation interne et adoption des nouvelles "
        "technologies émergentes » du résumé de la réunion du 25 mars 2025 compte 4 passages."
    )
    assert answer("part", "the second half", "en", MARCH) == (
        "The section “Afternoon session: Leveraging data and networks to ensure client "
        "satisfaction” of the summary of the meeting of March 25, 2025 has 6 passages."
    )
    assert answer("duration", "?", "en", dt.date(2023, 4, 3), dt.date(2023, 10, 3)) == (
        "From April 3, 2023 to October 3, 2023: 6 months (183 days)."
    )
    assert answer("duration", "how long ago?", "en", JUNE) == (
        "Since the meeting of June 2, 2025, as of October 1, 2025: 3 months and 29 days (121 days)."
    )
    assert len(lines(ask("part", "the parts", days=[MARCH], meetings=real))) == 3


def test_a_ninth_meeting_is_counted_the_day_it_is_added(corpus: Corpus) -> None:
    """Nothing here knows the meetings of today."""
    ninth = meeting(dt.date(2026, 2, 1), form=("Lieu\u00a0: Iqaluit", "Location: Iqaluit"))
    meetings = (ninth, *corpus.meetings)
    assert lead(ask("count", meetings=meetings)).startswith("The summaries cover 9 meetings")
    assert "“Iqaluit” for 1 meeting (February 1, 2026)" in lead(
        ask("place_format", meetings=meetings)
    )
    assert lead(ask("most", "fewest?", meetings=meetings)) == (
        "The lowest number falls in 2026: 1 meeting. "
        "Number of meetings, by year: 2023 (3), 2024 (2), 2025 (3) and 2026 (1)."
    )
