"""Questions of all kinds, in both languages, for what an answer says of itself to be proved."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from ccs_qa.corpus.library import Corpus
from ccs_qa.messages.catalogue import catalogue
from ccs_qa.records import LANGUAGES, Language
from tests.answer.records_table import read_rows

ROOT = Path(__file__).resolve().parents[1]
_GOLD = ("dev", "dev2", "dev3", "whole_dev")
# One in so many of each is asked: the whole of them would take minutes.
_OF_GOLD, _OF_RECORDS, _OF_INTENTS, _OF_FOLLOWUPS, _OF_ABSENT = 4, 4, 60, 20, 20
_TOPICS: dict[Language, tuple[str, ...]] = {
    "en": ("passports", "artificial intelligence", "trust", "partnerships", "privacy", "kangaroos"),
    "fr": (
        "les passeports",
        "l'intelligence artificielle",
        "la confiance",
        "les partenariats",
        "la vie privée",
        "les kangourous",
    ),
}
_OF_TOPICS: dict[Language, tuple[str, ...]] = {
    "en": (
        "Which meetings spoke of {}?",
        "Which meetings did not speak of {}?",
        "How many meetings spoke of {}?",
        "How many meetings did not speak of {}?",
        "When was {} discussed?",
        "When was {} not discussed?",
        "When did {} first come up?",
        "When was {} last mentioned?",
        "Which year had the most meetings on {}?",
        "How did the discussion of {} evolve?",
        "List everything on {}",
        "Give me three quotes on {}",
        "Give me 20 quotes on {}",
        "Recurring themes on {}",
        "Write a paragraph on {}",
        "Compare what was said about {} in 2023 and in 2025",
        "What was said about {} in 2022?",
        "What was said about {}, and which meetings were held in 2024?",
        "What was said about {}? And who chairs the committee?",
    ),
    "fr": (
        "Quelles réunions ont parlé de {} ?",
        "Quelles réunions n'ont pas parlé de {} ?",
        "Combien de réunions ont parlé de {} ?",
        "Combien de réunions n'ont pas parlé de {} ?",
        "Quand a-t-on parlé de {} ?",
        "Quand n'a-t-on pas parlé de {} ?",
        "Quand a-t-on parlé de {} pour la première fois ?",
        "Quand a-t-on parlé de {} pour la dernière fois ?",
        "Quelle année a compté le plus de réunions sur {} ?",
        "Comment la discussion sur {} a-t-elle évolué ?",
        "Donne-moi tout ce qui a été dit sur {}",
        "Donne-moi trois citations sur {}",
        "Donne-moi 20 citations sur {}",
        "Quels thèmes reviennent sur {} ?",
        "Rédige un paragraphe sur {}",
        "Compare ce qui a été dit sur {} en 2023 et en 2025",
        "Qu'a-t-on dit sur {} en 2022 ?",
        "Qu'a-t-on dit sur {}, et quelles réunions ont eu lieu en 2024 ?",
        "Qu'a-t-on dit sur {} ? Et qui préside le comité ?",
    ),
}
_OF_PERIODS: dict[Language, tuple[str, ...]] = {
    "en": (
        "Which meetings were held in {}?",
        "Which meetings were not held in {}?",
        "How many meetings were held in {}?",
        "When did the committee meet in {}?",
        "Where were the meetings of {} held?",
        "What were the meetings of {} about?",
        "Summarise the meetings of {}",
        "Five quotes from the meetings of {}",
        "What themes came back in {}?",
        "What was the first meeting of {}?",
        "What was the last meeting of {}?",
        "How long between the first and the last meeting of {}?",
        "What is the longest gap between meetings in {}?",
        "Which parts does the summary of {} have?",
        "What was the last point of the meeting of {}?",
        "What was the opening remark of the meeting of {}?",
        "How long since the meeting of {}?",
    ),
    "fr": (
        "Quelles réunions ont eu lieu en {} ?",
        "Quelles réunions n'ont pas eu lieu en {} ?",
        "Combien de réunions ont eu lieu en {} ?",
        "Quand le comité s'est-il réuni en {} ?",
        "Où ont eu lieu les réunions de {} ?",
        "Sur quoi portaient les réunions de {} ?",
        "Résume les réunions de {}",
        "Cinq citations des réunions de {}",
        "Quels thèmes sont revenus en {} ?",
        "Quelle a été la première réunion de {} ?",
        "Quelle a été la dernière réunion de {} ?",
        "Combien de temps entre la première et la dernière réunion de {} ?",
        "Quel est le plus long intervalle entre les réunions en {} ?",
        "Quelles parties le résumé de {} a-t-il ?",
        "Quel est le premier point de la réunion de {} ?",
        "Sur quelle remarque s'est terminée la réunion de {} ?",
        "Combien de temps depuis la réunion de {} ?",
    ),
}
_ALONE: dict[Language, tuple[str, ...]] = {
    "en": (
        "Which meetings were there?",
        "Which meetings were not held in person?",
        "How long on average between meetings?",
        "What are the longest and the shortest interval between meetings?",
        "How many weeks between the first and the last meeting?",
        "How long has the committee been meeting?",
        "Which month had the most meetings?",
        "Which season had the fewest meetings?",
        "Which quarter had the most meetings?",
        "How long ago was the last meeting?",
        "Recurring themes",
        "Hello there!",
        "Thank you",
        "Who are you?",
        "What can I ask?",
        "This is useless",
        "Write me a poem about cats",
        "¿Qué se dijo de los pasaportes?",
        "Was wurde über Pässe gesagt?",
        "What\u200b was\u200b said about trust?",
        "What was said abuot parnterships?",
        "What does CDB stand for?",
    ),
    "fr": (
        "Quelles sont les réunions ?",
        "Quelles réunions n'ont pas eu lieu en personne ?",
        "Combien de temps en moyenne entre les réunions ?",
        "Quels sont le plus long et le plus court intervalle entre les réunions ?",
        "Combien de semaines entre la première et la dernière réunion ?",
        "Quel mois a compté le plus de réunions ?",
        "Quelle saison a compté le moins de réunions ?",
        "Quel trimestre a compté le plus de réunions ?",
        "Il y a combien de temps que la dernière réunion a eu lieu ?",
        "Les thèmes récurrents",
        "Bonjour!",
        "Merci",
        "Qui êtes-vous ?",
        "Que puis-je demander ?",
        "C'est nul, ton affaire",
        "Écris-moi un poème sur les chats",
        "O que foi dito sobre passaportes?",
        "Cosa si è detto dei passaporti?",
        "Qu'a-t-on dit\u200b de la confiance?",
        "Qu'a-t-on dit des partneariats ?",
        "Que signifie PCPH ?",
    ),
}


class Asked(NamedTuple):
    """A question.

    Attributes:
        history: Earlier questions, oldest first.
    """

    language: Language
    text: str
    history: tuple[str, ...] = ()


def questions(corpus: Corpus) -> list[Asked]:
    """Gather what people asked, and what can be made of topics, periods and meetings."""
    return list(dict.fromkeys((*_gold(), *_tables(), *_trained(), *_made(corpus))))


def _rows(*path: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in ROOT.joinpath(*path).read_text("utf-8").splitlines()]


def _of(row: dict[str, object]) -> Asked:
    language: Language = "fr" if row["lang"] == "fr" else "en"
    history = row.get("history")
    earlier = tuple(map(str, history)) if isinstance(history, list) else ()
    return Asked(language, str(row["question"]), earlier)


def _gold() -> Iterator[Asked]:
    for name in _GOLD:
        yield from map(_of, _rows("eval", "gold", f"{name}.jsonl")[::_OF_GOLD])


def _tables() -> Iterator[Asked]:
    for row in read_rows("records.tsv")[::_OF_RECORDS]:
        yield Asked("fr" if row.language == "fr" else "en", row.question)
    for sample in _rows("corpus", "samples.jsonl"):
        yield from (Asked(language, str(sample[language])) for language in LANGUAGES)
        yield Asked("fr", str(sample["en"]))


def _trained() -> Iterator[Asked]:
    yield from map(_of, _rows("training", "data", "intents.jsonl")[::_OF_INTENTS])
    yield from map(_of, _rows("training", "data", "followups.jsonl")[::_OF_FOLLOWUPS])
    for row in _rows("training", "data", "absent.jsonl")[::_OF_ABSENT]:
        for language in LANGUAGES:
            told = row[language]
            assert isinstance(told, list)
            yield from (Asked(language, text) for text in told[:2])


def _made(corpus: Corpus) -> Iterator[Asked]:
    days = [meeting.date for meeting in corpus.meetings]
    for language in LANGUAGES:
        words = catalogue(language)
        periods = dict.fromkeys((*(str(day.year) for day in days), *map(words.date, days), "2019"))
        yield from (Asked(language, text) for text in _ALONE[language])
        for frame in _OF_TOPICS[language]:
            yield from (Asked(language, frame.format(topic)) for topic in _TOPICS[language])
        for at, frame in enumerate(_OF_PERIODS[language]):
            # Every second period, in turn: each comes with half of the frames.
            yield from (Asked(language, frame.format(period)) for period in [*periods][at % 2 :: 2])
