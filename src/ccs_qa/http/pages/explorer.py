"""Makes the views of the pages that search and follow a topic, from what the service found."""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from ccs_qa.answer.compose import followed
from ccs_qa.answer.timeline import Timeline
from ccs_qa.http.pages.addresses import Asked
from ccs_qa.http.pages.explore_views import (
    Chip,
    EntryView,
    FacetsView,
    FoundView,
    NamedView,
    Option,
    ResultsView,
    TimelineView,
)
from ccs_qa.messages.catalogue import Catalogue
from ccs_qa.present.contexts import TextView, Viewer
from ccs_qa.records import LANGUAGES, AnswerStatus, Bilingual, Hit, Language, Passage, Query, Scope
from ccs_qa.text.strings import visible


@dataclass(frozen=True, slots=True)
class Explorer:
    """Makes the views of one search."""

    viewer: Viewer
    asked: Asked

    @property
    def words(self) -> Catalogue:
        """The words of the reader's language."""
        return self.viewer.words

    @property
    def days(self) -> tuple[str, ...]:
        """Every meeting, oldest first, ISO."""
        return tuple(sorted(item.date.isoformat() for item in self.viewer.corpus.meetings))

    @property
    def everywhere(self) -> bool:
        """Whether every meeting is named, which limits nothing."""
        return not self.asked.year and set(self.days) <= set(self.asked.meetings)

    def facets(self, hits: Sequence[Hit], shown: Language) -> FacetsView:
        """View the choices."""
        tally = Counter(hit.passage.meeting for hit in hits)
        meetings = []
        for item in self.viewer.corpus.meetings:
            view = self.viewer.meeting(item)
            count = self.words.count("page.passages", tally[item.date]) if tally[item.date] else ""
            chosen = view.iso in self.asked.meetings
            meetings.append(Option(view.iso, view.date, chosen, view.title, count))
        # A year without meetings stays chosen, as it was typed.
        years = {day[:4] for day in self.days} | ({self.asked.year} - {""})
        return FacetsView(
            tuple(meetings),
            (
                Option("", self.words.text("page.search.year.all"), not self.asked.year),
                *(
                    Option(year, year, year == self.asked.year)
                    for year in sorted(years, reverse=True)
                ),
            ),
            tuple(Option(item, self._language(item), item == shown) for item in LANGUAGES),
        )

    def chips(self) -> tuple[Chip, ...]:
        """View the limits that the address names.

        Returns:
            One chip for each; what cannot be read is shown as typed. Naming every meeting is
            no limit, and the texts' language is shown where it is not the page's.
        """
        language, asked = self.words.language, self.asked
        named = () if self.everywhere else asked.meetings
        chips = [Chip(self._meeting(day), asked.without(day).address(language)) for day in named]
        if asked.year:
            label = self.words.text("page.search.chip.year", year=asked.year)
            chips.append(Chip(label, replace(asked, year="").address(language)))
        if asked.text and asked.text != language:
            label = self.words.text("page.search.chip.text", language=self._language(asked.text))
            chips.append(Chip(label, replace(asked, text="").address(language)))
        return tuple(chips)

    def results(self, query: Query, hits: Sequence[Hit], shown: Language) -> ResultsView:
        """View what was found."""
        limited = self.asked.meetings or self.asked.year
        named = self._named(query, query.scope) if query.scope and not limited else None
        return ResultsView(
            self.words.count("page.search.count", len(hits)),
            tuple(
                self._found(hit.passage, hit.passage.meeting, shown)
                for hit in hits
                if hit.passage.meeting is not None
            ),
            named,
            f"/{self.words.language}/timeline?{urlencode({'topic': query.question})}",
        )

    def _named(self, query: Query, scope: Scope) -> NamedView:
        # Filters replace what the question names, so the meetings that remain are named; a
        # question limited to one meeting is freed by naming them all.
        language = self.words.language
        days = tuple(day.isoformat() for day in scope.meetings)
        whole = replace(self.asked, meetings=self.days)
        narrowed = replace(self.asked, meetings=days)
        fewer = [narrowed.without(day) if len(days) > 1 else whole for day in days]
        return NamedView(
            TextView(scope.text, query.asked_in),
            tuple(
                Chip(self._meeting(day), asked.address(language))
                for day, asked in zip(days, fewer, strict=True)
            ),
            whole.address(language),
        )

    def _found(self, passage: Passage, day: dt.date, shown: Language) -> FoundView:
        held = self.viewer.meeting(self.viewer.corpus.meeting(day))
        (around,) = self.viewer.blocks.around([passage])
        # A meeting's page gives its form in the head, without an anchor.
        anchor = "" if passage.kind == "format" else f"#{passage.id}"
        return FoundView(
            id=passage.id,
            url=f"/{self.words.language}/passages/{passage.id}",
            date=held.date,
            meeting_url=held.url + anchor,
            section=_heading(passage.section, shown),
            attribution=self.viewer.attribution(passage),
            text=self.viewer.quote(passage.renditions.best(shown), around),
        )

    def _meeting(self, day: str) -> str:
        try:
            return self.words.text(
                "answer.meeting", date=self.words.date(dt.date.fromisoformat(day))
            )
        except ValueError:  # what is no day is shown as typed
            return self.words.text("answer.meeting", date=day)

    def _language(self, name: str) -> str:
        keys = {"fr": "page.search.text.fr", "en": "page.search.text.en"}
        return self.words.text(keys[name]) if name in keys else name


def _heading(value: Bilingual | None, shown: Language) -> TextView | None:
    if value is None:
        return None
    found = value.best(shown)
    return TextView(visible(found.text), found.language)


def follow(viewer: Viewer, query: Query, status: AnswerStatus, timeline: Timeline) -> TimelineView:
    """View a topic through the meetings; the timeline is verified, or empty."""
    words = viewer.words
    lead = followed(timeline, words)
    if not timeline.total:
        lead = words.text("answer.coverage.none")
    elif status != "answered":
        lead = words.text("page.timeline.unsure")

    def entry(day: dt.date, passage: Passage | None) -> EntryView:
        shown = [viewer.passage(passage)] if passage else []
        asked = Asked(query.question, (day.isoformat(),))
        return EntryView(
            viewer.meeting(viewer.corpus.meeting(day), shown), asked.address(words.language)
        )

    return TimelineView(
        topic=TextView(query.question, query.asked_in),
        status=status,
        lead=lead,
        scope=TextView(query.scope.text, query.asked_in) if query.scope else None,
        entries=tuple(
            entry(hit.passage.meeting, hit.passage)
            for hit in timeline.entries
            if hit.passage.meeting is not None
        ),
        absent=tuple(entry(day, None) for day in timeline.absent),
    )
