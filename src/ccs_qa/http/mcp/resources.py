"""What can be read beside the tools: each meeting and each passage, as `ccs://…`."""

import datetime as dt
from urllib.parse import urlsplit

import mcp_types as protocol
from mcp.shared.exceptions import MCPError

from ccs_qa.corpus.library import Corpus
from ccs_qa.errors import CcsQaError, NotFoundError
from ccs_qa.http.mcp.texts import Texts, both, refusal
from ccs_qa.messages.catalogue import catalogue

_KIND = "text/plain"
# The form of each address, and the name by which its words are found.
_FORMS = (("ccs://meetings/{date}", "meeting"), ("ccs://passages/{passage_id}", "passage"))


def list_meetings(corpus: Corpus) -> protocol.ListResourcesResult:
    """List the meetings, newest first; passages are read by the names that tools give."""
    resources = []
    for meeting in corpus.meetings:
        names = [
            f"{catalogue(item.language).date(meeting.date)} – {item.text}"
            for item in (meeting.name.get("en"), meeting.name.get("fr"))
            if item is not None
        ]
        day = meeting.date.isoformat()
        resources.append(
            protocol.Resource(
                uri=f"ccs://meetings/{day}",
                name=day,
                title=" / ".join(names),
                description=both("mcp.meeting.description", "\n\n"),
                mime_type=_KIND,
            )
        )
    return protocol.ListResourcesResult(resources=resources)


def list_templates() -> protocol.ListResourceTemplatesResult:
    """Name the forms of the addresses."""
    return protocol.ListResourceTemplatesResult(
        resource_templates=[
            protocol.ResourceTemplate(
                uri_template=form,
                name=name,
                title=both(f"mcp.{name}.title", " / "),
                description=both(f"mcp.{name}.description", "\n\n"),
                mime_type=_KIND,
            )
            for form, name in _FORMS
        ]
    )


def read_resource(uri: str, texts: Texts) -> protocol.ReadResourceResult:
    """Read a meeting or a passage; an error of the protocol where there is none."""
    try:
        text = _text(uri, texts)
    except CcsQaError as error:
        raise MCPError(protocol.INVALID_PARAMS, refusal(error), {"uri": uri}) from None
    told = protocol.TextResourceContents(uri=uri, mime_type=_KIND, text=text)
    return protocol.ReadResourceResult(contents=[told])


def _text(uri: str, texts: Texts) -> str:
    corpus = texts.corpus
    try:
        parts = urlsplit(uri)
        match parts.scheme, parts.netloc, parts.path.strip("/"):
            case "ccs", "meetings", day:
                return texts.meeting(corpus.meeting(dt.date.fromisoformat(day)))
            case "ccs", "passages", name:
                return texts.passage(corpus.passage(name))
    except ValueError:  # no address, or no day
        pass
    raise NotFoundError(what="resource", name=uri, known=", ".join(form for form, _ in _FORMS))
