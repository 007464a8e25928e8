"""The list of meetings, and each of them read as a page."""

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import Request

from ccs_qa.http.middleware import site_of
from ccs_qa.http.pages.downloads import today
from ccs_qa.http.pages.routes import Reader, page_router, render_page
from ccs_qa.http.pages.summaries import MeetingRead, ShownRead, summary_files, take_summary
from ccs_qa.present.contexts import PassageView, TextView, Viewer
from ccs_qa.present.export.content import copied
from ccs_qa.present.export.summary import Shown, in_order, usual_statuses
from ccs_qa.records import Language, Passage

meeting_pages = page_router()
meeting_pages.include_router(summary_files)


@dataclass(frozen=True, slots=True)
class BulletView:
    """A passage on the page of its meeting: its texts, and what sets it apart.

    Attributes:
        texts: Each with its status, which is empty where that is the usual one of the language.
        attribution: Who says it, in words; empty where the section or nobody does.
        deep: Whether a passage before it introduces it.
    """

    id: str
    url: str
    texts: tuple[tuple[TextView, str], ...]
    attribution: str
    deep: bool


@dataclass(frozen=True, slots=True)
class ReadSection:
    """A section as the page shows it.

    Attributes:
        unseen: Whether its text begins with the heading, which only listeners need then.
        attribution: Who says all of it, in words; empty where that differs.
        count: How many passages it folds away on a narrow screen; empty where none.
    """

    anchor: str
    heading: TextView | None
    unseen: bool
    attribution: str
    count: str
    bullets: tuple[BulletView, ...]


@meeting_pages.get("/{language}/meetings")
def meetings_page(viewer: Reader) -> str:
    """List the meetings."""
    meetings = [viewer.meeting(meeting) for meeting in viewer.corpus.meetings]
    return render_page("meetings.html", viewer, "/meetings", meetings=meetings)


@meeting_pages.get("/{language}/meetings/{date}")
def meeting_page(
    request: Request, language: Language, meeting: MeetingRead, shown: ShownRead, viewer: Reader
) -> str:
    """Show a meeting in full, in one language or both."""
    usual = {name: item.status for name, item in usual_statuses(meeting.passages, viewer).items()}
    parts = [
        _part(number, viewer.heading(section.heading), section.passages, viewer, shown, usual)
        for number, section in enumerate(meeting.sections, 1)
    ]
    if meeting.objective:
        head = TextView(viewer.words.text("page.objective"), language)
        parts.insert(0, _part(0, head, meeting.objective, viewer, shown, usual))
    order = in_order("both", language)
    view, query = viewer.meeting(meeting), f"text={shown}" if shown != language else ""
    return render_page(
        "meeting.html",
        viewer,
        f"/meetings/{view.iso}",
        query,
        meeting=view,
        # One without a title is named by its objective, which stands below.
        titled=meeting.title is not None,
        origin=site_of(request),
        shown=shown,
        switch=[(name, "" if name == language else f"?text={name}") for name in (*order, "both")],
        usual=[(usual[name], name) for name in in_order(shown, language) if name in usual],
        parts=parts,
        take=take_summary(view.url, query, viewer.words),
        dated=copied(today(), viewer.corpus.edition, viewer.words),
    )


def _part(  # noqa: PLR0917 - what each says is told by its name
    number: int,
    heading: TextView | None,
    passages: Sequence[Passage],
    viewer: Viewer,
    shown: Shown,
    usual: dict[Language, str],
) -> ReadSection:
    views = viewer.passages(passages)
    said = {view.attribution for view in views}
    common = said.pop() if len(said) == 1 else ""
    opening = views[0].text.text.casefold() if views else ""
    return ReadSection(
        f"part-{number}",
        heading,
        heading is not None and opening.startswith(heading.text.casefold()),
        common,
        viewer.words.count("page.passages", len(views)) if number and heading else "",
        tuple(_bullet(view, shown, usual, "" if common else view.attribution) for view in views),
    )


def _bullet(
    view: PassageView, shown: Shown, usual: dict[Language, str], attribution: str
) -> BulletView:
    wanted = [item for item in view.spoken if shown in {item.language, "both"}]
    return BulletView(
        view.id,
        view.url,
        tuple(
            (item, "" if item.status == usual.get(item.language) else item.status)
            # What has no text in the language asked for is shown in the other.
            for item in wanted or view.spoken
        ),
        attribution,
        bool(view.introduction),
    )
