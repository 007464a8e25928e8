"""The results of tools as plain text that can be read without the structured content."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ccs_qa.answer import lines_above, say_more, silent
from ccs_qa.api.present import meeting_name, meeting_url, once, parts, passage_url
from ccs_qa.contract.schemas import (
    AskResponse,
    HitOut,
    MeetingsResponse,
    PassageOut,
    RenditionOut,
    SearchResponse,
    TimelineResponse,
)
from ccs_qa.corpus import Corpus
from ccs_qa.errors import CcsQaError
from ccs_qa.messages import Catalogue, catalogue
from ccs_qa.records import LANGUAGES, Attribution
from ccs_qa.wording import word_error

_INDENT = "    "
_DASH = " – "


@dataclass(frozen=True, slots=True)
class Texts:
    """Words results; every quote is the exact text of its rendition.

    Attributes:
        corpus: Where meetings are looked up.
        origin: What stands before a path to make an address; empty where it is not known.
    """

    corpus: Corpus
    origin: str = ""

    def answer(self, body: AskResponse) -> str:
        """Word an answer.

        Args:
            body: The answer.

        Returns:
            Its status, its quotes or the nearest passages, and whose views they are.
        """
        words = catalogue(body.language)
        lead = body.statements[0].text if body.statements else body.answer
        verdict = f"{words.text(f'status.{body.status}')} ({body.status})"
        told = [f"{verdict}\n{lead}"]
        lines = lines_above(body.groups)
        for item in once(body.citations):
            told += lines.get(item.number, [])
            told.append(self._hit(f"[{item.number}]", item, words))
        told.append(silent(body.absent, words))
        told.append(say_more(body.more, body.kind, words))
        if body.nearest:
            told.append(words.text("mcp.nearest"))
            told += [self._hit("-", item, words) for item in body.nearest]
        told += self._disclaimer(body.disclaimer, [words])
        return _joined(told)

    def hits(self, body: SearchResponse) -> str:
        """Word what a search found.

        Args:
            body: The passages.

        Returns:
            The passages, best first, or that there are none.
        """
        words = catalogue(body.query.language)
        if not body.hits:
            return words.text("answer.not_found")
        listed = [self._hit(f"{rank}.", hit, words) for rank, hit in enumerate(body.hits, 1)]
        return _joined([words.text("mcp.found"), *listed])

    def timeline(self, body: TimelineResponse) -> str:
        """Word a timeline.

        Args:
            body: The timeline.

        Returns:
            One passage a meeting, oldest first, and the meetings that are silent.
        """
        words = catalogue(body.query.language)
        lead = (
            words.count("answer.timeline", len(body.entries), total=body.total)
            if body.status == "answered"
            else words.text("answer.not_found")
        )
        entries = [self._hit(f"{rank}.", hit, words) for rank, hit in enumerate(body.entries, 1)]
        return _joined([lead, *entries, silent(body.absent, words)])

    def passage(self, body: PassageOut) -> str:
        """Word a passage.

        Args:
            body: The passage.

        Returns:
            Each rendition with its place and its status, the official text first.
        """
        told = []
        for item in body.renditions:
            words = catalogue(item.language)
            place = self._place(body, words)
            block = parts(body, item)
            told.append(
                "\n".join(
                    [
                        f"{item.language.upper()}  {_quoted(block)}",
                        *([_INDENT + place] if place else []),
                        *(_INDENT + line for line in _sources(block, words)),
                        f"{_INDENT}{self.origin}{body.url[item.language]}",
                    ]
                )
            )
        return _joined([body.passage_id, *told])

    def meetings(self, body: MeetingsResponse) -> str:
        """Word the list of meetings.

        Args:
            body: The meetings.

        Returns:
            Each meeting with its titles and addresses, newest first.
        """
        listed = []
        for item in body.meetings:
            day = item.date.isoformat()
            lines = [day]
            for language in LANGUAGES:
                words = catalogue(language)
                name = item.title.get(language) or item.objective.get(language)
                told = [words.date(item.date), name, item.format.get(language)]
                written = _DASH.join(part for part in told if part)
                lines += [
                    f"{_INDENT}{language.upper()}  {written}",
                    f"{_INDENT * 2}{self.origin}{meeting_url(day, language)}",
                ]
            listed.append("\n".join(lines))
        both = [catalogue(language) for language in LANGUAGES]
        return _joined([*listed, *self._disclaimer(body.disclaimer, both)])

    def _hit(self, mark: str, hit: HitOut, words: Catalogue) -> str:
        date = words.date(hit.meeting.date) if hit.meeting else ""
        told = _attributed(hit.attribution, words)
        place = [part for part in (date, meeting_name(hit), hit.section, told) if part]
        ours = parts(hit, hit)
        lines = [f"{mark} {_quoted(ours)}", _INDENT + _DASH.join(place)]
        lines += [f"{_INDENT}{hit.language.upper()}  {item}" for item in _sources(ours, words)]
        if hit.counterpart is not None:
            theirs = parts(hit, hit.counterpart)
            lines.append(f"{_INDENT}{hit.counterpart.language.upper()}  {_quoted(theirs)}")
            lines += [_INDENT * 2 + item for item in _sources(theirs, words)]
        address = f"{self.origin}{passage_url(hit.passage_id, words.language)}"
        lines.append(f"{_INDENT}{address}")
        return "\n".join(lines)

    def _place(self, body: PassageOut, words: Catalogue) -> str:
        if body.meeting is None:
            return ""
        meeting = self.corpus.meeting(body.meeting)
        title = meeting.title.renditions if meeting.title else None
        section = body.section.get(words.language)
        named = title or (None if section else meeting.name)
        name = named.best(words.language).text if named else None
        told = _attributed(body.attribution, words)
        return _DASH.join(item for item in (words.date(body.meeting), name, section, told) if item)

    def _disclaimer(self, body: PassageOut | None, wanted: Sequence[Catalogue]) -> list[str]:
        if body is None:
            return []
        texts = {item.language: item.text for item in body.renditions}
        return [texts[words.language] for words in wanted if words.language in texts]


def _attributed(attribution: Attribution | None, words: Catalogue) -> str:
    return words.text(f"attribution.{attribution}") if attribution else ""


def refusal(error: CcsQaError) -> str:
    """Word an error in both languages.

    Args:
        error: The error.

    Returns:
        What went wrong and what to do, once a language.
    """
    return _joined(
        f"{item.title}\n{item.detail}\n→ {item.next}" for item in word_error(error).values()
    )


def _quoted(block: Sequence[RenditionOut]) -> str:
    """Quote every part of a block, a line each."""
    words = [catalogue(item.language).text("answer.quote", text=item.text) for item in block]
    return f"\n{_INDENT}".join(words)


def _sources(block: Sequence[RenditionOut], words: Catalogue) -> list[str]:
    """Say where every part of a block stands, in its order."""
    found = []
    for item in block:
        status = words.text(f"rendition.{item.status}")
        found.append(f"{status}{_DASH}{item.document} [{item.start}:{item.end}]")
    return found


def _joined(parts: Iterable[str]) -> str:
    return "\n\n".join(part for part in parts if part)
