"""The tools: what each takes, what it gives, and how it asks the service."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

from pydantic import BaseModel

from ccs_qa.http.api import filters_of
from ccs_qa.http.mcp.arguments import (
    AskArguments,
    MeetingsArguments,
    PassageArguments,
    SearchArguments,
    TimelineArguments,
)
from ccs_qa.http.mcp.texts import Texts
from ccs_qa.present import schemas
from ccs_qa.present.presenter import Presenter
from ccs_qa.records import Question
from ccs_qa.service import QAService

_Arguments = TypeVar("_Arguments", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Reply:
    """What a tool gives."""

    body: BaseModel
    text: str


@dataclass(frozen=True, slots=True)
class Tool(Generic[_Arguments]):
    """A tool; `run` blocks, and its words are found by its name."""

    name: str
    arguments: type[_Arguments]
    result: type[BaseModel]
    run: Callable[[_Arguments, QAService, Texts], Reply]


def _question(given: AskArguments | SearchArguments) -> Question:
    return Question(given.question, given.language, tuple(given.history), filters_of(given))


def _ask(given: AskArguments, service: QAService, texts: Texts) -> Reply:
    answer = service.ask(_question(given))
    return Reply(Presenter(service.corpus).answer(answer), texts.answer(answer))


def _search(given: SearchArguments, service: QAService, texts: Texts) -> Reply:
    found = service.search(replace(_question(given), k=given.k))
    return Reply(Presenter(service.corpus).search(found), texts.hits(found))


def _get_passage(given: PassageArguments, service: QAService, texts: Texts) -> Reply:
    passage = service.corpus.passage(given.passage_id)
    return Reply(Presenter(service.corpus).passage(passage), texts.passage(passage))


def _list_meetings(_: MeetingsArguments, service: QAService, texts: Texts) -> Reply:
    body = Presenter(service.corpus).meetings()
    return Reply(body, texts.meetings(body))


def _timeline(given: TimelineArguments, service: QAService, texts: Texts) -> Reply:
    found = service.timeline(Question(given.topic, given.language))
    body = Presenter(service.corpus).timeline(*found, service.index_id)
    return Reply(body, texts.timeline(*found))


TOOLS: tuple[Tool[Any], ...] = (
    Tool("ask", AskArguments, schemas.AskResponse, _ask),
    Tool("search", SearchArguments, schemas.SearchResponse, _search),
    Tool("get_passage", PassageArguments, schemas.PassageOut, _get_passage),
    Tool("list_meetings", MeetingsArguments, schemas.MeetingsResponse, _list_meetings),
    Tool("timeline", TimelineArguments, schemas.TimelineResponse, _timeline),
)
