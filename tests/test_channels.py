"""Every channel gives the same answer: what one shows, no other forgets.

The JSON of the API is what the others are held against. The lines that a quote is shown with are
read off its `statements`, which are worded before any presentation; what each medium rightly
leaves out stands in `LEFT_OUT`, with the reason.
"""

import asyncio
import csv
import datetime as dt
import io
import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import pytest
from bs4 import BeautifulSoup
from docx import Document
from fastapi import FastAPI
from fastapi.testclient import TestClient
from markdown_it import MarkdownIt
from mcp import Client as McpClient
from mcp_types import CallToolResult, TextContent
from rich.console import Console

from ccs_qa.cli.views import print_answer
from ccs_qa.client import Client
from ccs_qa.http.app import build_app
from ccs_qa.http.openai.writing import Writer
from ccs_qa.messages.catalogue import Catalogue, catalogue
from ccs_qa.present.contexts import Viewer
from ccs_qa.present.export.table import COLUMNS
from ccs_qa.present.schemas import FiltersIn
from ccs_qa.records import Answer, Answered, Filters, Language, Question, Step, other
from ccs_qa.service import QAService
from ccs_qa.settings import Settings
from tests.serving import served, stand_in

Json = dict[str, Any]

# What a medium leaves out, and why that is right.
LEFT_OUT: dict[tuple[str, str], str] = {
    ("page", "places"): "the API and CSV hold them",
    ("markdown", "places"): "a document to forward; CSV holds them",
    ("text", "places"): "a document to forward; CSV holds them",
    ("word", "places"): "a document to forward; CSV holds them",
    ("terminal", "places"): "the name of the passage stands there, which `ccs-qa` finds",
    ("terminal", "addresses"): "no site is known to a command",
    ("openai", "places"): "`ccs_qa` beside the text holds them, and annotations the addresses",
    ("openai", "counterpart"): "a chat is in one language; `ccs_qa` beside the text holds it",
    ("openai", "marks"): "plain text; `ccs_qa` holds them",
    ("openai", "statuses"): "`ccs_qa` beside the text holds them",
    ("openai", "titles"): "annotations name the section, for want of one the meeting",
    ("openai", "conversation"): "a greeting is greeted: nothing is quoted, nothing was searched",
    ("page", "objectives"): "a meeting without a title is named by its day",
    ("page", "unsearched"): "the limit that no meeting falls within is told of instead",
    ("page", "leads"): "each quote names its meeting, and a line above counts them",
    ("page", "proposals"): "the questions proposed are links in a list",
    ("mcp", "marks"): "plain text; the structured content beside it holds them",
    ("text", "marks"): "plain text",
    ("markdown", "marks"): "emphasis that the page does not have would be ours",
    ("word", "marks"): "emphasis that the page does not have would be ours",
    ("csv", "marks"): "cells have no emphasis",
    ("terminal", "marks"): "what is printed may be piped",
}
MEETING = "2023-10-03"
ALONE: tuple[tuple[Language, str], ...] = (
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
    ("en", "climate change"),
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
    ("fr", "internet en region, prix moyen?"),
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
    ("en", "Summarise the meeting of November 1, 2024"),
    ("en", "Give me an overview of the 2023 meetings"),
    ("en", "Summarise the last two meetings"),
    ("en", "What are the recurring themes?"),
    ("en", "Which themes come back about trust?"),
    ("en", "Tell me everything about passports"),
    ("en", "List everything that was said about trust"),
    ("en", "Give me three quotes about accessibility"),
    ("en", "Write a paragraph about digital services"),
    ("en", "Compare what was said about trust in January 2023 and in June 2025"),
    ("en", "What was said about passpotrs and acessibility?"),
    ("en", "What was said about trust in 2023?"),
    ("en", "What was said about trust in 2031?"),
    ("en", "What was said about passports? And how many meetings were held in 2024?"),
    ("en", "Where was the meeting of March 2025 held? What was said about kangaroos?"),
    ("en", "What was said about kangaroos? What was said about fraud?"),
    ("en", "Quotes on rural access? Summarise the meeting of June 27, 2024."),
    ("en", "What was said about\u200b fraud\u202e?"),
    ("en", "¿Qué se dijo de los pasaportes?"),
    ("en", "Thanks a lot!"),
    ("en", "Housing affordability"),
    ("en", "Have members recommended building a new bridge in Quebec City?"),
    ("fr", "Résume la réunion du 1er novembre 2024"),
    ("fr", "Donne-moi un aperçu des réunions de 2023"),
    ("fr", "Résume les deux dernières réunions"),
    ("fr", "Quels sont les thèmes récurrents?"),
    ("fr", "Quels thèmes reviennent sur la confiance?"),
    ("fr", "Donne-moi tout ce qui a été dit des passeports"),
    ("fr", "Liste tout ce qui a été dit sur la confiance"),
    ("fr", "Donne-moi trois citations sur l'accessibilité"),
    ("fr", "Rédige un paragraphe sur les services numériques"),
    ("fr", "Compare ce qui a été dit de la confiance en janvier 2023 et en juin 2025"),
    ("fr", "Qu'a-t-on dit des passepotrs et de l'acessibilité?"),
    ("fr", "Qu'a-t-on dit de la confiance en 2023?"),
    ("fr", "Qu'a-t-on dit de la confiance en 2031?"),
    ("fr", "Qu'a-t-on dit des passeports? Et combien de réunions ont eu lieu en 2024?"),
    ("fr", "Où a eu lieu la réunion de mars 2025? Qu'a-t-on dit des kangourous?"),
    ("fr", "Qu'a-t-on dit des kangourous? Qu'a-t-on dit de la fraude?"),
    ("fr", "Qu'a-t-on dit\u200b de la fraude\u202e?"),
    ("fr", "Was wurde über Pässe gesagt?"),
    ("fr", "Merci beaucoup!"),
    ("fr", "C'est quoi leur avis là-dessus ?"),
    ("fr", "Et pour l'autre, ils ont dit quoi?"),
)


class Asked(NamedTuple):
    """A question as every channel can be asked it."""

    language: Language
    question: str
    history: tuple[str, ...] = ()
    meetings: tuple[str, ...] = ()


EVERY: tuple[Asked, ...] = (
    *(Asked(*row) for row in ALONE),
    Asked("en", "And in 2023?", ("What was said about passports?",)),
    Asked("en", "And of fraud?", ("What was said about trust in 2023?",)),
    Asked("fr", "Et en 2023?", ("Qu'a-t-on dit des passeports?",)),
    Asked("fr", "Et de la fraude?", ("Qu'a-t-on dit de la confiance en 2023?",)),
    Asked("en", "What was said about trust?", (), (MEETING,)),
    Asked("en", "What was said about trust in 2023?", (), ("2025-06-02", "2025-03-25")),
    Asked("fr", "Qu'a-t-on dit de la confiance?", (), (MEETING,)),
    Asked("fr", "Quels thèmes reviennent?", (), ("2025-06-02", "2025-03-25", MEETING)),
    Asked("fr", "What was said about passports?"),
    Asked("en", "Qu'a-t-on dit des passeports?"),
)


@dataclass(frozen=True)
class Shown:
    """What a channel shows.

    Attributes:
        lines: How many lines are quoted, lead-ins and items with them; None for no count.
        places: Document, first character and end of each, in order; None where left out.
        marked: What is marked, in order; None where left out.
        addresses: Where each passage is; None where left out.
    """

    text: str
    numbers: list[int]
    lines: int | None = None
    places: list[tuple[str, int, int]] | None = None
    marked: list[str] | None = None
    addresses: list[str] | None = None


@dataclass
class World:
    """The application, asked each question once."""

    service: QAService
    app: TestClient
    origin: str
    api: dict[Asked, Json] = field(default_factory=dict)
    mcp: dict[Asked, CallToolResult] = field(default_factory=dict)


def remembering(service: QAService) -> QAService:
    """The real service, that answers the same question once."""
    kept: dict[Question, list[Step]] = {}

    def steps(question: Question) -> Iterator[Step]:
        if question not in kept:
            kept[question] = list(service.steps(question))
        yield from kept[question]

    return stand_in(service, steps=steps)


def application(settings: Settings, service: QAService) -> FastAPI:
    """The application."""
    return build_app(settings, lambda _: service)


async def ask_assistants(origin: str) -> dict[Asked, CallToolResult]:
    """Call the tool, over HTTP, with the official client."""
    async with McpClient(f"{origin}/mcp", read_timeout_seconds=600) as client:
        return {
            asked: await client.call_tool(
                "ask",
                {
                    "question": asked.question,
                    "language": asked.language,
                    "history": list(asked.history),
                    "meetings": list(asked.meetings),
                },
            )
            for asked in EVERY
        }


@pytest.fixture(scope="module")
def world(settings: Settings, service: QAService) -> Iterator[World]:
    """Everything asked of every channel."""
    kept = remembering(service)
    with (
        served(application(settings, kept)) as origin,
        TestClient(application(settings, kept), base_url=origin) as app,
    ):
        found = World(kept, app, origin)
        found.api = {asked: ask_api(found, asked) for asked in EVERY}
        found.mcp = asyncio.run(ask_assistants(origin))
        yield found


def ask_api(world: World, asked: Asked) -> Json:
    """Ask the API."""
    sent = {
        "question": asked.question,
        "language": asked.language,
        "history": asked.history,
        "filters": {"meetings": asked.meetings},
    }
    body: Json = world.app.post("/api/v1/ask", json=sent).json()
    return body


def parameters(asked: Asked) -> dict[str, Any]:
    """The same as an address of the page says it."""
    return {"q": asked.question, "h": asked.history, "meeting": asked.meetings}


def record(world: World, asked: Asked) -> Answer:
    """The record behind an answer."""
    steps = world.service.steps(
        Question(
            asked.question,
            language=asked.language,
            history=asked.history,
            filters=Filters(meetings=tuple(map(dt.date.fromisoformat, asked.meetings))),
            k=10,
            mode="extractive",
        )
    )
    return next(step.answer for step in steps if isinstance(step, Answered))


def spaced(text: str) -> str:
    """Bring a text onto one line."""
    return " ".join(text.split())


# The channels


def page(world: World, asked: Asked) -> Shown:
    """The page, without JavaScript."""
    html = world.app.get(f"/{asked.language}/", params=parameters(asked)).text
    soup = BeautifulSoup(html, "html.parser")
    (turn,) = soup.select("main")
    footer = soup.select_one("footer")
    for hidden in turn.select("form, script, template, .take, .earlier"):
        hidden.decompose()
    return Shown(
        spaced(f"{turn.get_text(' ')} {footer.get_text(' ') if footer else ''}"),
        [int(str(item.contents[-1])) for item in turn.select("article .number")],
        len(turn.select("article blockquote, article .lead-in, article .items li")),
        marked=[item.get_text() for item in turn.select("blockquote mark")],
        addresses=[str(item["href"]) for item in turn.select("article .link a")],
    )


def mcp(world: World, asked: Asked) -> Shown:
    """The text for assistants."""
    (content,) = world.mcp[asked].content
    assert isinstance(content, TextContent)
    found = re.findall(
        r"^ +(?:(?:FR|EN)  )?\S.* – (\S+) \[(\d+):(\d+)\]$", content.text, re.MULTILINE
    )
    return Shown(
        spaced(content.text),
        [int(number) for number in re.findall(r"^\[(\d+)\] ", content.text, re.MULTILINE)],
        len(found),
        [(name, int(start), int(end)) for name, start, end in found],
        addresses=re.findall(rf"^ +{re.escape(world.origin)}(/\S+)$", content.text, re.MULTILINE),
    )


def openai(world: World, asked: Asked) -> Shown:
    """The completion, that has no limits: where there are some, its writer is called."""
    writer = Writer(world.service.corpus, "index", world.origin, 1, "ccs-qa-extractive")
    answer = record(world, asked)
    message = writer.whole(answer).choices[0].message
    streamed = "".join(
        piece["choices"][0]["delta"].get("content", "") for piece in writer.pieces(answer)
    )
    assert streamed == message.content
    numbers = []
    titles = []
    for note in message.annotations:
        place = note.url_citation
        numbers.append(int(message.content[place.start_index + 1 : place.end_index - 1]))
        titles.append(place.title)
    near = re.findall(rf"^  {re.escape(world.origin)}(/\S+)$", message.content, re.MULTILINE)
    cited = [note.url_citation.url.removeprefix(world.origin) for note in message.annotations]
    return Shown(spaced("\n".join([message.content, *titles])), numbers, addresses=cited + near)


def terminal(world: World, asked: Asked) -> Shown:
    """What `ccs-qa ask` prints."""
    out = io.StringIO()
    console = Console(file=out, width=100_000, highlight=False, markup=False)
    words = catalogue(asked.language)
    print_answer(console, Viewer(world.service.corpus, words).answer(record(world, asked)), words)
    return Shown(
        spaced(out.getvalue()),
        [int(number) for number in re.findall(r"^\[(\d+)\] ", out.getvalue(), re.MULTILINE)],
        len(re.findall(r"^    (?:FR|EN)  ", out.getvalue(), re.MULTILINE)),
    )


def file(world: World, asked: Asked, form: str) -> bytes:
    """A file to take away."""
    response = world.app.get(f"/{asked.language}/download.{form}", params=parameters(asked))
    assert response.status_code == 200, response.text
    return response.content


def numbered(lines: list[str], words: Catalogue) -> list[int]:
    """Read the numbers of quotes before their sources."""
    source = re.compile(rf"\[(\d+)\] {re.escape(words.raw('cite.body'))}, ")
    return [int(match[1]) for match in map(source.match, lines) if match]


def markdown(world: World, asked: Asked) -> Shown:
    """Markdown, read by another's parser."""
    html = MarkdownIt("commonmark").render(file(world, asked, "md").decode())
    soup = BeautifulSoup(html, "html.parser")
    return Shown(
        spaced(soup.get_text(" ")),
        numbered([item.get_text() for item in soup.select("em")], catalogue(asked.language)),
        len(soup.select("blockquote")),
        addresses=[str(item["href"]).removeprefix(world.origin) for item in soup.select("a")],
    )


def text(world: World, asked: Asked) -> Shown:
    """Plain text."""
    content = file(world, asked, "txt").decode()
    words = catalogue(asked.language)
    name = words.text("export.named", name=words.text("cite.passage"))
    return Shown(
        spaced(content),
        numbered(content.split("\n"), words),
        addresses=re.findall(rf"^{re.escape(name)} {world.origin}(\S+)$", content, re.MULTILINE),
    )


def word(world: World, asked: Asked) -> Shown:
    """A Word document."""
    read = Document(io.BytesIO(file(world, asked, "docx")))
    styles = [str(item.style.name) if item.style else "" for item in read.paragraphs]
    told = [item.text for item in read.paragraphs]
    return Shown(
        spaced("\n".join(told)),
        numbered(told, catalogue(asked.language)),
        styles.count("Quote") + styles.count("Quote Beside"),
        addresses=[
            m[1] for m in (re.search(rf"{world.origin}(/\S+)$", line) for line in told) if m
        ],
    )


def rows(world: World, asked: Asked) -> list[dict[str, str]]:
    """The rows of a table, by the keys of its columns."""
    read = csv.reader(io.StringIO(file(world, asked, "csv").decode("utf-8-sig"), newline=""))
    return [
        {
            key.removeprefix("export."): re.sub(r"^'(?=[=+\-@])", "", cell)
            for key, cell in zip(COLUMNS, row, strict=True)
        }
        for row in list(read)[1:]
    ]


def table(world: World, asked: Asked) -> Shown:
    """A table, the language of the reader first in each row."""
    found = rows(world, asked)
    order = (asked.language, other(asked.language))
    quoted = [(row, language) for row in found for language in order if row[f"quote-{language}"]]
    first = found[0]
    said = ("question", "status", "answer", "searched", "notes", "disclaimer")
    told = [first[name] for name in said]
    for row in found:
        told += [row[name] for name in ("theme", "date", "meeting", "section", "attribution")]
        told += [row[f"{name}-{language}"] for language in order for name in ("quote", "status")]
    return Shown(
        spaced("\n".join(told)),
        [int(row["number"]) for row in found if row["number"]],
        len(quoted),
        [
            (
                row[f"document-{language}"],
                int(row[f"start-{language}"]),
                int(row[f"end-{language}"]),
            )
            for row, language in quoted
        ],
        addresses=[row["address"].removeprefix(world.origin) for row in found if row["address"]],
    )


CHANNELS: dict[str, Callable[[World, Asked], Shown]] = {
    "page": page,
    "mcp": mcp,
    "openai": openai,
    "terminal": terminal,
    "markdown": markdown,
    "text": text,
    "word": word,
    "csv": table,
}


# What the API says, and so each channel


def rendered(part: Json, language: Language) -> Json:
    """The rendition of a lead-in or an item beside a text of a language."""
    spoken: list[Json] = part["renditions"]
    return next((item for item in spoken if item["language"] == language), spoken[0])


def blocks(body: Json) -> list[tuple[Json, list[Json], list[Json]]]:
    """Each quote with what is shown above and below it, as its statement has it."""
    lines = {
        number: re.findall(r"[“«]\s?(.+?)\s?[”»]$", item["text"], re.MULTILINE)
        for item in body["statements"]
        for number in item["citations"]
        if len(item["citations"]) == 1 and not item["text"].endswith(":")
    }
    found = []
    for hit in [*body["citations"], *body["nearest"]]:
        said = lines.get(hit.get("number"))
        sides = [
            [
                part
                for part in hit[side]
                if said is None or rendered(part, hit["language"])["text"].strip() in said
            ]
            for side in ("lead_ins", "items")
        ]
        found.append((hit, *sides))
    return found


def flow(body: Json, channel: str) -> Iterator[str]:
    """What must be read one after the other: lines above quotes, and quotes."""
    above: dict[int, list[str]] = {}
    for group in body["groups"]:
        left_out = names_meetings(group["heading"], body) and (channel, "leads") in LEFT_OUT
        if group["citations"] and group["heading"] in lines_of_its_own(body) and not left_out:
            above.setdefault(group["citations"][0], []).append(group["heading"])
    for hit, before, after in blocks(body):
        yield from above.get(hit.get("number", 0), ()) if channel != "csv" else ()
        renditions = [hit, *([hit["counterpart"]] if hit["counterpart"] else [])]
        if (channel, "counterpart") in LEFT_OUT:
            renditions = renditions[:1]
        if channel == "csv":
            for part in (*before, {"renditions": renditions}, *after):
                yield from (rendered(part, item["language"])["text"] for item in renditions)
            continue
        for item in renditions:
            yield from (rendered(part, item["language"])["text"] for part in before)
            yield item["text"]
            yield from (rendered(part, item["language"])["text"] for part in after)


def lines_of_its_own(body: Json) -> set[str]:
    """The lines that name neither a meeting nor a section, which every quote names itself."""
    words = catalogue(body["language"])
    dates = {hit["meeting"]["date"] for hit in body["citations"]}
    days = [words.date(dt.date.fromisoformat(date)) for date in dates]
    sections = {words.text("answer.quote", text=hit["section"]) for hit in body["citations"]}
    return {
        group["heading"]
        for group in body["groups"]
        if group["heading"] not in sections
        and not any(
            group["heading"].startswith(words.text("answer.meeting", date=day)) for day in days
        )
    }


def sentences(body: Json, channel: str) -> Iterator[str]:
    """Every sentence of the service's own, of whatever the answer says of itself."""
    words = catalogue(body["language"])
    if body["status"] == "conversation" and (channel, "conversation") in LEFT_OUT:
        yield body["answer"]
        return
    yield words.text(f"status.{body['status']}")
    covered = coverage(body, words)
    for line in own_lines(body):
        if names_meetings(line, body) and (channel, "leads") in LEFT_OUT:
            continue
        proposed = body["status"] == "conversation" and re.search("[“«]", line)
        if not (proposed and (channel, "proposals") in LEFT_OUT):
            yield line.removesuffix(covered)
    if body["coverage"]["from"] or (channel, "unsearched") not in LEFT_OUT:
        yield covered
    yield disclaimer(body)
    yield from understood(body, words)
    yield from named(body, channel)


def names_meetings(line: str, body: Json) -> bool:
    """Whether a line above quotes only names the meetings that they come from."""
    return line.endswith(":") and body["kind"] in {"quotes", "comparison"}


def own_lines(body: Json) -> Iterator[str]:
    """The lines of an answer that neither quote nor name a meeting or a section."""
    lead, *quotes = body["statements"] or [{"text": ""}]
    # The lead of a further question is a statement as well, and a line above its quotes.
    quoted = {line for item in quotes for line in item["text"].split("\n")}
    quoted |= {item["heading"] for item in body["groups"]}
    quoted -= lines_of_its_own(body) | {lead["text"]}
    for line in body["answer"].split("\n"):
        said = re.sub(r" \[\d+\]$", "", line)
        if said and said not in quoted:
            yield said


def named(body: Json, channel: str) -> Iterator[str]:
    """What each quote is told to be: its meeting, section, label and status."""
    words = catalogue(body["language"])
    for hit, *_ in blocks(body):
        yield words.date(dt.date.fromisoformat(hit["meeting"]["date"]))
        yield hit["section"]
        if hit["attribution"]:
            yield words.text(f"attribution.{hit['attribution']}")
        if (channel, "titles") not in LEFT_OUT:
            said = (channel, "objectives") not in LEFT_OUT
            yield hit["meeting"]["title"] or (hit["meeting"]["objective"] if said else "")
        if (channel, "statuses") not in LEFT_OUT:
            yield words.text(f"rendition.{hit['status']}")


def unaccented(text: str) -> str:
    """A text without the marks over and under its letters."""
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))


def coverage(body: Json, words: Catalogue) -> str:
    """What was searched."""
    if body["status"] == "conversation":
        return words.text("conversation.unquoted")
    found = body["coverage"]
    if not found["from"]:
        return words.text("answer.coverage.none")
    start, end = (words.month(dt.date.fromisoformat(found[name])) for name in ("from", "to"))
    return words.count("answer.coverage", found["meetings"], start=start, end=end)


def disclaimer(body: Json) -> str:
    """Whose views these are."""
    return str(rendered(body["disclaimer"], body["language"])["text"])


def understood(body: Json, words: Catalogue) -> Iterator[str]:
    """What was read otherwise, removed, completed and left out of a question."""
    query = body["query"]
    if query["intent"] == "chat":
        return
    for item in query["read_as"]:
        yield words.text("page.understood.read", typed=item["typed"], read=item["read"])
    # An accent that was not typed is set without a word.
    if unaccented(query["standalone"]) != unaccented(query["question"]) and not query["read_as"]:
        searched = words.text("answer.quote", text=query["standalone"])
        yield f"{words.text('page.understood.standalone')} {searched}"
    if query["invisible"]:
        yield words.count("page.understood.invisible", query["invisible"])
    if not query["limited"] or len(query["meetings"]) == 8:
        return
    if query["limit"]:
        yield words.text("page.understood.limited")
        yield words.text("answer.quote", text=query["limit"])
    for day in query["meetings"]:
        yield words.text("answer.meeting", date=words.date(dt.date.fromisoformat(day)))
    if not query["meetings"]:
        yield words.text("page.understood.nowhere")


def faults(shown: Shown, body: Json, channel: str) -> Iterator[str]:
    """What a channel says otherwise than the API."""
    for sentence in dict.fromkeys(sentences(body, channel)):
        if spaced(sentence) not in shown.text:
            yield f"lacks {sentence!r}"
    at = 0
    for line in flow(body, channel):
        found = shown.text.find(spaced(line), at)
        if found < 0:
            yield f"not in its place: {line!r}"
            break
        at = found + len(spaced(line))
    yield from misplaced(shown, body, channel)


def misplaced(shown: Shown, body: Json, channel: str) -> Iterator[str]:
    """What a channel counts, places, marks or addresses otherwise than the API."""
    numbers = [item["number"] for item in body["citations"]]
    if shown.numbers != numbers:
        yield f"numbers {shown.numbers} for {numbers}"
    stand = [
        rendered(part, view["language"])
        for hit, before, after in blocks(body)
        for part, view in in_order(hit, before, after, channel)
    ]
    if shown.lines is not None and shown.lines != len(stand):
        yield f"{shown.lines} lines for {len(stand)}"
    where = [(item["document"], item["start"], item["end"]) for item in stand]
    if shown.places != (None if (channel, "places") in LEFT_OUT else where):
        yield f"places {shown.places} for {where}"
    if shown.marked != (None if (channel, "marks") in LEFT_OUT else list(marks(body))):
        yield f"marked {shown.marked}"
    passages = [
        f"/{body['language']}/passages/{name}"
        for hit, before, after in blocks(body)
        for name in (
            item["passage_id"] for item in ((*before, hit, *after) if channel == "csv" else [hit])
        )
    ]
    if shown.addresses != (None if (channel, "addresses") in LEFT_OUT else passages):
        yield f"addresses {shown.addresses} for {passages}"


def in_order(
    hit: Json, before: list[Json], after: list[Json], channel: str
) -> Iterator[tuple[Json, Json]]:
    """Each line of a quote and its language: row by row in a table, else one language at a time."""
    views = [hit, *([hit["counterpart"]] if hit["counterpart"] else [])]
    parts = [*before, {"renditions": views}, *after]
    if channel == "csv":
        yield from ((part, view) for part in parts for view in views)
    else:
        yield from ((part, view) for view in views for part in parts)


def marks(body: Json) -> Iterator[str]:
    """What is marked, in the order of the quotes."""
    for citation in body["citations"]:
        found = {item["language"]: slice(item["start"], item["end"]) for item in citation["marks"]}
        for view in (citation, citation["counterpart"]):
            if view and view["language"] in found:
                yield view["text"][found[view["language"]]]


def test_the_questions_meet_every_status_and_form(world: World) -> None:
    """At least a hundred answers, in both languages, of every status and kind."""
    found = list(world.api.values())
    assert len(found) >= 100
    for language in ("fr", "en"):
        said = [body for body in found if body["language"] == language]
        assert {body["status"] for body in said} == {
            *("answered", "related", "not_found", "conversation")
        }
        assert {body["kind"] for body in said} == {
            *("quotes", "record", "timeline", "comparison", "digest", "list", "themes")
        }
        assert any(body["query"]["read_as"] for body in said)
        assert any(body["query"]["invisible"] for body in said)
        assert any(body["more"] for body in said)
        assert any(body["absent"] for body in said)
        assert any(lines_of_its_own(body) and body["kind"] != "themes" for body in said)


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_channel_shows_what_the_api_gives(world: World, channel: str) -> None:
    """Quotes, order, groups, lead-ins, items, marks, places, sentences: nothing is lost."""
    found = [
        f"{asked.question}: {fault}"
        for asked in EVERY
        for fault in faults(CHANNELS[channel](world, asked), world.api[asked], channel)
    ]
    assert not found, "\n".join(found)


def test_the_typed_client_and_the_structure_for_assistants_are_the_api(world: World) -> None:
    """Value by value."""
    with Client(world.origin) as client:
        for asked in EVERY:
            body = world.api[asked]
            days = FiltersIn.model_validate({"meetings": asked.meetings})
            typed = client.ask(
                asked.question, language=asked.language, history=asked.history, filters=days
            )
            assert typed.model_dump(mode="json", by_alias=True) == body
            assert world.mcp[asked].structured_content == body


def test_completions_are_what_their_writer_writes(world: World) -> None:
    """Asked over HTTP, where the channel can be asked: in the language of the question."""
    for asked in EVERY[:4]:
        sent = [{"role": "user", "content": asked.question}]
        reply = world.app.post(
            "/v1/chat/completions", json={"model": "ccs-qa-extractive", "messages": sent}
        ).json()
        content = spaced(reply["choices"][0]["message"]["content"])
        assert openai(world, asked).text.startswith(content)
