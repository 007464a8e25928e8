"""Keeps feedback, finds it again, forgets it."""

import datetime as dt
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TypedDict, Unpack

from sqlalchemy import (
    ColumnElement,
    Engine,
    RowMapping,
    func,
    insert,
    make_url,
    select,
    update,
)

from ccs_qa.errors import NotFoundError, StoreError
from ccs_qa.records import AnswerStatus, FeedbackReason
from ccs_qa.store.audit import AuditTrail
from ccs_qa.store.connection import connect, forget
from ccs_qa.store.keys import Keys
from ccs_qa.store.notes import Notes
from ccs_qa.store.opening import file_of, open_engine
from ccs_qa.store.records import Feedback, Remark
from ccs_qa.store.tables import FEEDBACK, read_row

# Seconds for which a database that could not be opened is left alone.
_PAUSE = 5.0

# How many there are by whether they were useful, the reason, the status of the answer.
Tally = Mapping[tuple[bool, FeedbackReason | None, AnswerStatus], int]


class Limits(TypedDict, total=False):
    """To what a list of feedback may be limited."""

    useful: bool
    reason: FeedbackReason
    status: AnswerStatus


@dataclass(frozen=True, slots=True)
class Store:
    """What is kept; may be used from several threads."""

    engine: Engine

    def close(self) -> None:
        """Let go of the database."""
        self.engine.dispose()

    @property
    def audit(self) -> AuditTrail:
        """The record of answers."""
        return AuditTrail(self.engine)

    @property
    def notes(self) -> Notes:
        """What the service notes for itself."""
        return Notes(self.engine)

    @property
    def keys(self) -> Keys:
        """The keys of the API."""
        return Keys(self.engine)

    def save_feedback(self, feedback: Feedback) -> None:
        """Keep a feedback."""
        own = {"id": feedback.id, "time": feedback.time, "removed": feedback.removed}
        with connect(self.engine) as connection:
            connection.execute(insert(FEEDBACK).values(asdict(feedback.remark) | own))

    def add_words(self, feedback: Feedback) -> None:
        """Keep why a feedback was sent, unless it was said before: nobody takes it back later."""
        silent = (FEEDBACK.c.reason.is_(None), FEEDBACK.c.comment == "")
        said = {
            "reason": feedback.remark.reason,
            "comment": feedback.remark.comment,
            "removed": feedback.removed,
        }
        with connect(self.engine) as connection:
            connection.execute(
                update(FEEDBACK).where(FEEDBACK.c.id == feedback.id, *silent).values(said)
            )

    def one(self, name: str) -> Feedback:
        """Find a feedback, else raise `NotFoundError`."""
        with connect(self.engine) as connection:
            wanted = connection.execute(select(FEEDBACK).where(FEEDBACK.c.id == name))
            row = wanted.mappings().one_or_none()
        if row is None:
            raise NotFoundError(what="feedback", name=name)
        return _feedback(row)

    def feedback(
        self,
        since: dt.datetime | None = None,
        limit: int | None = None,
        offset: int = 0,
        **limits: Unpack[Limits],
    ) -> tuple[Feedback, ...]:
        """List feedback, newest first.

        Args:
            since: Earliest time; None for all.
            limit: Most to return; None for all.
        """
        wanted = (
            select(FEEDBACK)
            .where(*_limits(since, limits))
            .order_by(FEEDBACK.c.time.desc(), FEEDBACK.c.id)
            .offset(offset)
            .limit(limit)
        )
        with connect(self.engine) as connection:
            return tuple(map(_feedback, connection.execute(wanted).mappings()))

    def count(self, since: dt.datetime | None = None, **limits: Unpack[Limits]) -> int:
        """Count what `feedback` would list without limit."""
        wanted = select(func.count()).select_from(FEEDBACK).where(*_limits(since, limits))
        with connect(self.engine) as connection:
            return connection.scalar(wanted) or 0

    def tally(self) -> Tally:
        """Count all feedback by what it says of its answer."""
        said = (FEEDBACK.c.useful, FEEDBACK.c.reason, FEEDBACK.c.status)
        with connect(self.engine) as connection:
            rows = connection.execute(select(*said, func.count()).group_by(*said)).all()
        return {(useful, reason, status): number for useful, reason, status, number in rows}

    def purge(self, before: dt.datetime) -> int:
        """Forget feedback for good, and say how many."""
        return forget(self.engine, FEEDBACK, before)


def _feedback(row: RowMapping) -> Feedback:
    return Feedback(row["id"], row["time"], read_row(Remark, row), row["removed"])


def _limits(since: dt.datetime | None, limits: Limits) -> list[ColumnElement[bool]]:
    found = [FEEDBACK.c[name] == value for name, value in limits.items()]
    return [*found, FEEDBACK.c.time >= since] if since is not None else found


def open_store(url: str) -> Store:
    """Open the store at an SQLAlchemy URL, made or brought up to date where needed."""
    return Store(open_engine(url))


class LazyStore:
    """Opens the store when it is first needed, and again after it could not be opened.

    A database that keeps callers waiting is not tried by each of them: for some seconds after a
    failure they are told the same at once, so that threads stay free for questions. A file that is
    gone is not made anew while the process runs, since what it held is to be put back; one that was
    put in its place is opened.
    """

    def __init__(self, url: str, now: Callable[[], float] = time.monotonic) -> None:
        """Note where the database is; `now` is a clock in seconds that never goes back."""
        self._url = url
        self._now = now
        self._failure: tuple[float, StoreError] | None = None
        self._lock = threading.Lock()
        self._store: Store | None = None
        self._file: tuple[Path, int] | None = None

    def store(self) -> Store:
        """Give the store, or raise `StoreError` while the database cannot be used."""
        with self._lock:
            if self._file is not None and _inode(self._file[0]) != self._file[1]:
                self._let_go()
                if not self._file[0].exists():
                    raise StoreError(problem="gone", where=str(self._file[0]))
            if self._store is None:
                self._store = self._opened()
            return self._store

    def _opened(self) -> Store:
        if self._failure is not None and self._now() < self._failure[0]:
            raise StoreError(**self._failure[1].details)
        try:
            opened = open_store(self._url)
        except StoreError as error:
            self._failure = self._now() + _PAUSE, error
            raise
        path = file_of(make_url(self._url))
        self._file = (path, _inode(path)) if path else None
        return opened

    def close(self) -> None:
        """Close the store if it is open."""
        with self._lock:
            self._let_go()

    def _let_go(self) -> None:
        if self._store is not None:
            self._store.close()
            self._store = None


def _inode(path: Path) -> int:
    """Tell one file of a name from the next; 0 for none."""
    try:
        return path.stat().st_ino
    except OSError:
        return 0
