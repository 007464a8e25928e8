"""The results of tools as plain text that can be read without the structured content."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ccs_qa.answer import silent
from ccs_qa.api.present import meeting_url, passage_url
from ccs_qa.api.schemas import (
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
from ccs_qa.records import LANGUAGES
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
        parts = [f"{verdict}\n{lead}"]
        parts += [self._hit(f"[{item.number}]", item, words) for item in body.citations]
        parts.append(silent(body.absent, words))
        if body.nearest:
            parts.append(words.text("mcp.nearest"))
            parts += [self._hit("-", item, words) for item in body.nearest]
        parts += self._disclaimer(body.disclaimer, [words])
        return _joined(parts)

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
        parts = []
        for item in body.renditions:
            words = catalogue(item.language)
            place = self._place(body, words)
            parts.append(
                "\n".join(
                    [
                        f"{item.language.upper()}  {words.text('answer.quote', text=item.text)}",
                        *([_INDENT + place] if place else []),
                        f"{_INDENT}{_source(item, words)}",
                        f"{_INDENT}{self.origin}{body.url[item.language]}",
                    ]
                )
            )
        return _joined([body.passage_id, *parts])

    def meetings(self, body: MeetingsResponse) -> str:
        """Word the list of meetings.

        Args:
            body: The meetings.

        Returns:
            Each meeting with its titles and addresses, newest first.
        """
        parts = []
        for item in body.meetings:
            day = item.date.isoformat()
            lines = [day]
            for language in LANGUAGES:
                words = catalogue(language)
                told = [words.date(item.date), item.title.get(language), item.format.get(language)]
                written = _DASH.join(part for part in told if part)
                lines += [
                    f"{_INDENT}{language.upper()}  {written}",
                    f"{_INDENT * 2}{self.origin}{meeting_url(day, language)}",
                ]
            parts.append("\n".join(lines))
        both = [catalogue(language) for language in LANGUAGES]
        return _joined([*parts, *self._disclaimer(body.disclaimer, both)])

    def _hit(self, mark: str, hit: HitOut, words: Catalogue) -> str:
        place = [words.date(hit.meeting.date), hit.meeting.title] if hit.meeting else []
        place += [hit.section] if hit.section else []
        lines = [f"{mark} {words.text('answer.quote', text=hit.text)}", _INDENT + _DASH.join(place)]
        lines.append(f"{_INDENT}{hit.language.upper()}  {_source(hit, words)}")
        other = hit.counterpart
        if other is not None:
            quoted = catalogue(other.language).text("answer.quote", text=other.text)
            lines += [
                f"{_INDENT}{other.language.upper()}  {quoted}",
                f"{_INDENT * 2}{_source(other, words)}",
            ]
        address = f"{self.origin}{passage_url(hit.passage_id, words.language)}"
        lines.append(f"{_INDENT}{address}")
        return "\n".join(lines)

    def _place(self, body: PassageOut, words: Catalogue) -> str:
        if body.meeting is None:
            return ""
        title = self.corpus.meeting_title(self.corpus.meeting(body.meeting))
        parts = [words.date(body.meeting), title.best(words.language).text]
        section = body.section.get(words.language)
        return _DASH.join([*parts, section] if section else parts)

    def _disclaimer(self, body: PassageOut | None, wanted: Sequence[Catalogue]) -> list[str]:
        if body is None:
            return []
        texts = {item.language: item.text for item in body.renditions}
        return [texts[words.language] for words in wanted if words.language in texts]


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


def _source(item: RenditionOut, words: Catalogue) -> str:
    status = words.text(f"rendition.{item.status}")
    return f"{status}{_DASH}{item.document} [{item.start}:{item.end}]"


def _joined(parts: Iterable[str]) -> str:
    return "\n\n".join(part for part in parts if part)
