"""What the service says of itself, sentence by sentence, beside the data that proves it."""

import datetime as dt
import math
import re
from collections.abc import Callable

import pytest

from ccs_qa.answer import converse
from ccs_qa.corpus import Corpus
from ccs_qa.messages import Catalogue, catalogue
from ccs_qa.records import Answer, Language
from ccs_qa.service import QAService

ASKED: tuple[tuple[Language, str], ...] = (
    ("en", "How could AI help call centres?"),
    ("en", "What was said about passports and trust?"),
    ("en", "Why are in-person services still needed?"),
    ("en", "What makes a partnership succeed?"),
    ("en", "Should data be shared between departments?"),
    ("en", "What was said about fraud?"),
    ("en", "seniors"),
    ("en", "rural internet"),
    ("en", "What is the committee's annual budget?"),
    ("en", "Who chairs the committee?"),
    ("en", "How do I renew my licence plate?"),
    ("en", "What is the recipe for apple pie?"),
    ("en", "What was said about kangaroos?"),
    ("en", "What was said about passports in 2022?"),
    ("en", "Which meetings were there?"),
    ("en", "Which meetings were held in 2023?"),
    ("en", "Which meetings were not held in person?"),
    ("en", "In which meetings do passports come up?"),
    ("en", "Which meetings did not speak of passports?"),
    ("en", "When was the last meeting?"),
    ("en", "When did members talk about partnerships?"),
    ("en", "Where was the meeting of March 2025 held?"),
    ("en", "How many meetings were held in 2024?"),
    ("en", "How many meetings spoke of artificial intelligence?"),
    ("en", "Which year had the most meetings?"),
    ("en", "What was the meeting of June 27, 2024 about?"),
    ("en", "How long between the first and the last meeting?"),
    ("en", "When were passports first mentioned?"),
    ("en", "What does CDB stand for?"),
    ("en", "How did trust evolve over the meetings?"),
    ("en", "How did the discussion of AI evolve?"),
    ("en", "Compare what was said about AI in 2023 and in 2024"),
    ("en", "Summarise the meeting of March 25, 2025"),
    ("en", "Hello there!"),
    ("en", "Who are you?"),
    ("fr", "Comment l'IA pourrait-elle aider les centres d'appels?"),
    ("fr", "Que dit-on des passeports et de la confiance?"),
    ("fr", "Pourquoi les services en personne demeurent-ils nécessaires?"),
    ("fr", "Quelles qualités faut-il pour réussir un partenariat?"),
    ("fr", "Faut-il partager les données entre ministères?"),
    ("fr", "Qu'a-t-on dit de la fraude?"),
    ("fr", "les aînés"),
    ("fr", "Internet en région rurale"),
    ("fr", "Quel est le budget annuel du comité?"),
    ("fr", "Qui préside le comité?"),
    ("fr", "Comment renouveler ma plaque d'immatriculation?"),
    ("fr", "Quelle est la recette de la tarte aux pommes?"),
    ("fr", "Qu'a-t-on dit des kangourous?"),
    ("fr", "Qu'a-t-on dit des passeports en 2022?"),
    ("fr", "Quelles sont les réunions?"),
    ("fr", "Quelles réunions ont eu lieu en 2023?"),
    ("fr", "Quelles réunions n'ont pas eu lieu en personne?"),
    ("fr", "Dans quelles réunions parle-t-on des passeports?"),
    ("fr", "Quelles réunions n'ont pas parlé des passeports?"),
    ("fr", "Quand a eu lieu la dernière réunion?"),
    ("fr", "Quand a-t-on parlé des partenariats?"),
    ("fr", "Où a eu lieu la réunion de mars 2025?"),
    ("fr", "Combien de réunions ont eu lieu en 2024?"),
    ("fr", "Combien de réunions ont parlé d'intelligence artificielle?"),
    ("fr", "Quelle année a compté le plus de réunions?"),
    ("fr", "Sur quoi portait la réunion du 27 juin 2024?"),
    ("fr", "Combien de temps entre la première et la dernière réunion?"),
    ("fr", "Quand a-t-on parlé des passeports pour la première fois?"),
    ("fr", "Que signifie PCPH?"),
    ("fr", "Comment la confiance a-t-elle évolué d'une réunion à l'autre?"),
    ("fr", "Compare ce qui a été dit de l'IA en 2023 et en 2024"),
    ("fr", "Résume la réunion du 25 mars 2025"),
    ("fr", "Bonjour!"),
    ("fr", "Qui êtes-vous?"),
)


class Told:
    """An answer, and what a sentence of it may be proved from.

    Attributes:
        answer: The answer.
        corpus: The records.
        words: The words of its language.
        values: What stands in the placeholders of the sentence.
    """

    def __init__(self, answer: Answer, corpus: Corpus, values: dict[str, str]) -> None:
        """Bind them."""
        self.answer, self.corpus, self.values = answer, corpus, values
        self.words: Catalogue = catalogue(answer.language)

    @property
    def cited(self) -> list[dt.date]:
        """The meetings quoted, in order, each once."""
        days = (item.hit.passage.meeting for item in self.answer.citations)
        return list(dict.fromkeys(day for day in days if day))

    @property
    def searched(self) -> list[dt.date]:
        """The meetings within the limits of the question."""
        scope = self.answer.query.scope
        every = [item.date for item in self.corpus.meetings]
        return sorted(every if scope is None else scope.meetings)

    def named(self, value: str, days: list[dt.date]) -> bool:
        """Tell whether a text names these days, and no other meeting."""
        every = {item.date for item in self.corpus.meetings}
        written = {day for day in every if re.search(rf"(?<!\d){self.words.date(day)}", value)}
        return written == set(days)

    def number(self, name: str = "n") -> int:
        """Read a count."""
        return int(self.values[name])


def _lead(told: Told) -> bool:
    return told.answer.status == "answered" and told.named(told.values["meetings"], told.cited)


def _by_date(told: Told) -> bool:
    return len(told.cited) > 1 and told.cited == sorted(told.cited)


def _by_relevance(told: Told) -> bool:
    best = dict.fromkeys(told.cited, -math.inf)
    for item in told.answer.citations:
        day = item.hit.passage.meeting
        # What a lead-in brings was not ranked itself.
        if day is not None and item.hit.reasons:
            best[day] = max(best[day], item.hit.score)
    scores = list(best.values())
    return _lead(told) and scores == sorted(scores, reverse=True)


def _timeline(told: Told) -> bool:
    quotes = len(told.answer.citations)
    return (told.number(), told.number("total")) == (quotes, len(told.searched)) and quotes == len(
        told.cited
    )


def _silent(told: Told) -> bool:
    absent = list(told.answer.absent)
    return told.named(told.values["meetings"], absent) and not set(absent) & set(told.cited)


def _not_recognised(told: Told) -> bool:
    return told.answer.status in {"related", "not_found"} and not told.answer.citations


def _nearest_follow(told: Told) -> bool:
    return _not_recognised(told) and bool(told.answer.nearest)


def _coverage(told: Told) -> bool:
    days = told.searched
    ends = (told.words.month(days[0]), told.words.month(days[-1]))
    shown = (told.values["start"], told.values.get("end", told.values["start"]))
    return told.number() == len(days) == told.answer.coverage.meetings and shown == ends


def _nothing_searched(told: Told) -> bool:
    return told.answer.coverage.meetings == 0 and not told.searched


def _counted(told: Told) -> bool:
    """A list of meetings: as many as it names, each of them with a line."""
    total = int(told.values.get("total", len(told.searched)))
    return (told.number(), total) == (len(told.cited), len(told.searched)) and told.named(
        told.values["meetings"], told.cited
    )


def _dated(told: Told) -> bool:
    return told.named(told.values["dates"], told.cited)


def _of_cited(told: Told) -> bool:
    return all(
        day in told.cited
        for day in (item.date for item in told.corpus.meetings)
        if told.words.date(day) in told.values["meetings"]
    )


def _ends(told: Told) -> bool:
    days = [item.date for item in told.corpus.meetings]
    return told.named(told.values["start"], [min(days)]) and told.named(
        told.values["end"], [max(days)]
    )


# Each sentence that an answer may open or close with, and its proof.
PROOFS: dict[str, Callable[[Told], bool]] = {
    "answer.lead.one": _lead,
    "answer.lead.other": _by_relevance,
    "answer.lead.by_date.one": _lead,
    "answer.lead.by_date.other": lambda told: _lead(told) and _by_date(told),
    "answer.by_date": _by_date,
    "answer.timeline.one": _timeline,
    "answer.timeline.other": lambda told: _timeline(told) and _by_date(told),
    "answer.silent.one": _silent,
    "answer.silent.other": _silent,
    "answer.related": _nearest_follow,
    "answer.not_found": _not_recognised,
    "answer.coverage.one": _coverage,
    "answer.coverage.other": _coverage,
    "answer.coverage.none": _nothing_searched,
    "record.all.one": _counted,
    "record.all.other": _counted,
    "record.fit.one": _counted,
    "record.fit.other": _counted,
    "record.speak.one": _counted,
    "record.speak.other": _counted,
    "record.silent.one": _counted,
    "record.silent.other": _counted,
    "record.when.one": _dated,
    "record.when.other": _dated,
    "record.when.speak.one": _dated,
    "record.when.speak.other": _dated,
    "record.only.speak": _of_cited,
    "record.first.speak": _of_cited,
    "record.span.ends": _ends,
}


def sentences_of(answer: Answer, corpus: Corpus) -> dict[str, Told]:
    """Find the sentences of `PROOFS` in what an answer says of its own."""
    words = catalogue(answer.language)
    quoted = {line for item in answer.statements[1:] for line in item.text.split("\n")}
    own = [
        line for line in answer.text.split("\n") if not {line, line.rpartition(" [")[0]} & quoted
    ]
    found = {}
    for key in PROOFS:
        shape = re.sub(r"\\\{(n|total)\\\}", r"(?P<\1>\\d+)", re.escape(words.raw(key)))
        shape = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>.+?)", shape)
        for line in own:
            if match := re.search(rf"(?:^|(?<=[.:] )){shape}(?=$| )", line):
                found[key] = Told(answer, corpus, match.groupdict())
    return found


@pytest.mark.parametrize(("language", "question"), ASKED)
def test_every_sentence_of_its_own_is_proved(
    service: QAService, corpus: Corpus, language: Language, question: str
) -> None:
    """An answer says nothing of itself that its own data does not show."""
    answer = service.ask(question, language=language)

    for key, told in sentences_of(answer, corpus).items():
        assert PROOFS[key](told), (key, answer.text)
    if answer.status == "conversation":
        line = answer.query.line
        assert line is not None
        assert answer.text == converse(line, corpus, catalogue(language)).text
    elif answer.status != "answered":
        assert {"answer.related", "answer.not_found"} & set(sentences_of(answer, corpus))


def test_the_questions_reach_the_sentences(service: QAService, corpus: Corpus) -> None:
    """A proof that no question reaches proves nothing: these are the sentences walked."""
    reached = set()
    for language, question in ASKED:
        reached |= set(sentences_of(service.ask(question, language=language), corpus))

    assert len(ASKED) >= 60
    assert reached >= {
        "answer.lead.one",
        "answer.lead.other",
        "answer.lead.by_date.other",
        "answer.by_date",
        "answer.timeline.other",
        "answer.not_found",
        "answer.coverage.other",
        "record.all.other",
        "record.fit.other",
        "record.speak.one",
        "record.when.one",
    }
