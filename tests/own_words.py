"""Every sentence of the product's own that an answer shows, and what it may be proved from."""

import datetime as dt
import html
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import pytest

from ccs_qa.corpus.library import Corpus
from ccs_qa.http.mcp.texts import Texts
from ccs_qa.http.pages.addresses import read_turn
from ccs_qa.http.pages.routes import render
from ccs_qa.http.pages.turn_views import view_turn
from ccs_qa.messages.catalogue import Catalogue, catalogue
from ccs_qa.present.contexts import Viewer
from ccs_qa.present.export.content import gather
from ccs_qa.present.export.plain import to_plain
from ccs_qa.records import Answer, Citation, Meeting, Passage, Query, Question
from ccs_qa.service import QAService
from ccs_qa.text.strings import STOPS
from tests.own_questions import Asked


class Said(NamedTuple):
    """A message that was worded: its key, what stands in it, and what became of it."""

    words: Catalogue
    key: str
    values: Mapping[str, object]
    text: str


class Heard(NamedTuple):
    """An answer with everything of the product's own that its reader is shown."""

    asked: Asked
    answer: Answer
    said: tuple[Said, ...]
    rest: str


def hear(service: QAService, asked: Asked, patch: pytest.MonkeyPatch) -> Heard:
    """Ask, show the answer in every form, and listen to the catalogue meanwhile."""
    worded: list[Said] = []
    write = Catalogue.text

    def listen(words: Catalogue, key: str, **values: object) -> str:
        worded.append(Said(words, key, values, write(words, key, **values)))
        return worded[-1].text

    with patch.context() as patched:
        patched.setattr(Catalogue, "text", listen)
        answer = service.ask(Question(asked.text, language=asked.language, history=asked.history))
        shown = _squeezed("\n".join((answer.text, *_forms(service.corpus, asked, answer))))
    seen = {}
    for item in worded:
        if _squeezed(item.text) in shown:
            seen[item.words.language, item.key, str(item.values)] = item
    return Heard(asked, answer, tuple(seen.values()), _rest(answer, seen.values()))


def _forms(corpus: Corpus, asked: Asked, answer: Answer) -> Iterable[str]:
    words = catalogue(asked.language)
    viewer = Viewer(corpus, words)
    turn = view_turn(read_turn(asked.text, list(asked.history)), answer, viewer)
    context = {"turn": turn, "understood": turn.understood, "origin": ""}
    pieces = [render(f"turn/{name}.html", words, **context) for name in ("query", "answer", "rest")]
    yield html.unescape(re.sub(r"<[^>]*>", "", "\n".join(pieces)))
    yield turn.announcement
    yield Texts(corpus).answer(answer)
    yield to_plain(gather([answer], viewer, "", dt.date(2026, 1, 1)), words)


def _rest(answer: Answer, said: Iterable[Said]) -> str:
    quoted, at = set[str](), 0
    while at < len(answer.statements):
        # A lead names all of its quotes, which follow it one by one.
        last = at + len(answer.statements[at].citations)
        for item in answer.statements[at + 1 : last + 1]:
            quoted |= {*item.text.split("\n")}
        at = last + 1
    lines = (re.sub(r" \[\d+\]$", "", line) for line in answer.text.split("\n"))
    left = _squeezed("\n".join(line for line in lines if line not in quoted))
    for text in sorted({_squeezed(item.text) for item in said}, key=len, reverse=True):
        left = left.replace(text, "")
    return left.strip()


def _squeezed(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def folded(text: str) -> str:
    """Spell a text in small letters without accents, a space between words."""
    plain = unicodedata.normalize("NFKD", text.lower())
    bare = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return " ".join(re.findall(r"[^\W_]+", bare))


class Part(NamedTuple):
    """One of the questions in a question, and what is said to it."""

    query: Query
    text: str
    citations: tuple[Citation, ...]


def parts_of(answer: Answer) -> list[Part]:
    """Tell the whole of an answer, and its answer to each of several questions."""
    whole = Part(answer.query, answer.text, answer.citations)
    if not answer.query.parts:
        return [whole]
    found = []
    texts = answer.text.split("\n\n")
    for query, text in zip(answer.query.parts, texts, strict=True):
        numbers = {int(item) for item in re.findall(r"\[(\d+)\]$", text, re.MULTILINE)}
        cited = tuple(item for item in answer.citations if item.number in numbers)
        found.append(Part(query, text, cited))
    return [*found, whole]


class Records:
    """The records, and each text of a meeting, folded."""

    def __init__(self, corpus: Corpus) -> None:
        """Fold every text once."""
        self.corpus = corpus
        self.texts = tuple(
            (meeting.date, folded(rendition.text))
            for meeting in corpus.meetings
            for item in meeting.passages
            for rendition in item.renditions.spoken
        )


@dataclass(frozen=True)
class Told:
    """A sentence, and what it may be proved from."""

    said: Said
    part: Part
    heard: Heard
    records: Records

    @property
    def corpus(self) -> Corpus:
        """The corpus."""
        return self.records.corpus

    def __getitem__(self, name: str) -> str:
        """What stands in a placeholder."""
        return str(self.said.values[name])

    def number(self, name: str = "n") -> int:
        """A count."""
        return int(self[name])

    @property
    def answer(self) -> Answer:
        """The whole answer."""
        return self.heard.answer

    @property
    def query(self) -> Query:
        """What was understood of the question."""
        return self.part.query

    @property
    def every(self) -> list[dt.date]:
        """All meetings, oldest first."""
        return sorted(meeting.date for meeting in self.corpus.meetings)

    def within(self, query: Query) -> list[dt.date]:
        """The meetings within the limits of a question."""
        return self.every if query.scope is None else sorted(query.scope.meetings)

    @property
    def searched(self) -> list[dt.date]:
        """The meetings that an answer may come from; those beyond the limits, where asked for."""
        asked = self.query.parts or (self.query,)
        beyond = any(query.negated and not query.topic for query in asked)
        found = {day for query in asked for day in self.within(query)}
        return self.every if beyond else sorted(found)

    @property
    def meant(self) -> list[dt.date]:
        """The meetings that a question without a topic is about."""
        within = self.within(self.query)
        if not self.query.negated or self.query.scope is None:
            return within
        return [day for day in self.every if day not in within]

    @property
    def days(self) -> list[dt.date]:
        """The meetings quoted, in order, each once."""
        days = (item.hit.passage.meeting for item in self.part.citations)
        return list(dict.fromkeys(day for day in days if day))

    @property
    def passages(self) -> list[Passage]:
        """The passages quoted, or the nearest where none is, with the lists that they stand in."""
        found = [item.hit.passage for item in self.answer.citations]
        found += [hit.passage for hit in self.answer.nearest]
        around = (self.corpus.lead_ins(item) + self.corpus.items(item) for item in found)
        return [*found, *(item for those in around for item in those)]

    @property
    def holding(self) -> set[dt.date]:
        """The meetings searched that hold every word of the topic in one text, as it is typed."""
        wanted = {word for word in folded(self.query.topic).split() if word not in STOPS}
        found = {day for day, text in self.records.texts if wanted <= {*text.split()}}
        return found & {*self.searched} if wanted else set()

    @property
    def spelling(self) -> set[dt.date]:
        """The meetings searched that hold the topic word for word."""
        topic = f" {folded(self.query.topic)} "
        return self.holding & {day for day, text in self.records.texts if topic in f" {text} "}

    def named(self, name: str) -> list[dt.date]:
        """The meetings that a value names, in its order."""
        written = {day: rf"(?<!\d){re.escape(self.said.words.date(day))}" for day in self.every}
        places = {day: re.search(shape, self[name]) for day, shape in written.items()}
        return [day for _, day in sorted((at.start(), day) for day, at in places.items() if at)]

    def lists(self, days: Iterable[dt.date], name: str = "meetings") -> bool:
        """Whether a value is the list of these days, in this order."""
        key = "record.on" if name == "dates" else "answer.of_date"
        words = self.said.words
        written = [words.raw(key).format(date=words.date(day)) for day in days]
        return self[name] == words.join(written)

    def meetings(self, days: Iterable[dt.date]) -> list[Meeting]:
        """Look meetings up."""
        return [self.corpus.meeting(day) for day in days]

    def bare(self, name: str) -> str:
        """A value without its quotation marks."""
        return self[name].strip("“”«» \u00a0\u202f")
