"""What the service notes for itself: that asking is paused, and how the clock went on."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Engine, delete, select

from ccs_qa.records import LANGUAGES, Language
from ccs_qa.store.connection import connect, insert_into
from ccs_qa.store.tables import NOTES

_PAUSE, _SEEN, _STEADY = "pause", "clock-seen", "clock-steady"
# A clock may be put back by so much, which is what summer time and time servers do.
_BACK = dt.timedelta(hours=2)
WEEK = dt.timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Pause:
    """Asking is paused, since a time (UTC), for a reason in each language."""

    since: dt.datetime
    reason: Mapping[Language, str]


@dataclass(frozen=True, slots=True)
class Notes:
    """The notes of one database; may be used from several threads."""

    engine: Engine

    def pause(self) -> Pause | None:
        """Tell whether asking is paused."""
        found = self._read(_PAUSE)
        return Pause(found[0], dict(zip(LANGUAGES, found[1], strict=True))) if found else None

    def set_pause(self, reason: Mapping[Language, str], now: dt.datetime) -> None:
        """Pause asking; a pause that holds takes the new reason."""
        self._write(_PAUSE, now, *(reason[language] for language in LANGUAGES))

    def resume(self) -> bool:
        """Let people ask again, and say whether they could not."""
        with connect(self.engine) as connection:
            wanted = delete(NOTES).where(NOTES.c.name == _PAUSE)
            return connection.execute(wanted).rowcount > 0

    def clock_holds(self, now: dt.datetime, newest: dt.datetime | None) -> bool:
        """Note the time, and tell whether it may be believed when it says what is old.

        It may not for a week after it stood before the last note, or more than a week after it.

        Args:
            newest: The last time known where none was noted yet; None for no such time.
        """
        noted, steady = self._read(_SEEN), self._read(_STEADY)
        seen = noted[0] if noted else newest
        jumped = seen is not None and not seen - _BACK <= now <= seen + WEEK
        if jumped:
            self._write(_STEADY, now)
        self._write(_SEEN, now)
        return not jumped and (steady is None or now - steady[0] >= WEEK)

    def _read(self, name: str) -> tuple[dt.datetime, tuple[str, ...]] | None:
        with connect(self.engine) as connection:
            row = connection.execute(select(NOTES).where(NOTES.c.name == name)).one_or_none()
        return (row.time, row.words) if row else None

    def _write(self, name: str, time: dt.datetime, *words: str) -> None:
        row = {"time": time, "words": words}
        new = insert_into(self.engine, NOTES).values(name=name, **row)
        with connect(self.engine) as connection:
            connection.execute(new.on_conflict_do_update(index_elements=["name"], set_=row))
