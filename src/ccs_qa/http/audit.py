"""Keeps a record of each answer without making anyone wait for it.

An answer is put in a queue of bounded length; one thread redacts, writes and, once a day,
forgets what has been kept long enough. What cannot be queued or written is counted.
"""

import datetime as dt
import logging
import threading
from collections.abc import Callable
from functools import partial
from queue import Empty, Full, Queue

from ccs_qa.errors import StoreError
from ccs_qa.http.middleware import CHANNEL, KEY_ID, REQUEST_ID
from ccs_qa.records import Answer, Hit
from ccs_qa.store.audit import AuditRecord
from ccs_qa.store.store import LazyStore
from ccs_qa.text.redact import redact

MOST_WAITING = 1000
_DAY = dt.timedelta(days=1)
_LOOK_SECONDS = 600.0  # how often a quiet thread looks whether a day has passed
_LEAVE_SECONDS = 5.0
_SCORES = 5
_LOG = logging.getLogger(__name__)


def make_record(
    answer: Answer,
    scores: tuple[float, ...],
    *,
    time: dt.datetime,
    channel: str,
    key_id: str | None,
    request_id: str,
    model: str,
) -> AuditRecord:
    """Make the record of an answer, without personal information; `model` is the one that ranks."""
    # The one that was asked to phrase as well, when one was.
    models = [model, answer.generation.model if answer.generation else ""]
    return AuditRecord(
        id=answer.id,
        time=time,
        channel=channel,
        key_id=key_id,
        request_id=request_id,
        question=redact(answer.query.question).text,
        standalone=redact(answer.query.standalone).text,
        language=answer.language,
        status=answer.status,
        confidence=answer.confidence,
        citations=tuple(item.hit.passage.id for item in answer.citations),
        scores=scores,
        mode=answer.mode,
        model=" + ".join(name for name in models if name),
        index_id=answer.index_id,
        timings_ms=dict(answer.timings_ms),
    )


class Recorder:
    """Writes records in a thread of its own; an observer of the service."""

    def __init__(
        self,
        store: LazyStore,
        model: str,
        days: int,
        dropped: Callable[[], None],
        *,
        most_waiting: int = MOST_WAITING,
        now: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC),
    ) -> None:
        """Start the thread; records are forgotten after `days` days."""
        self._store = store
        self._model = model
        self._days = dt.timedelta(days=days)
        self._dropped = dropped
        self._now = now
        self._purged: dt.datetime | None = None
        self._waiting: Queue[Callable[[], AuditRecord] | None] = Queue(most_waiting)
        # A store that hangs must not keep the process from ending.
        self._thread = threading.Thread(target=self._work, name="audit", daemon=True)
        self._thread.start()

    def answered(self, answer: Answer, hits: tuple[Hit, ...]) -> None:
        """Queue a record."""
        # Made in the thread: to redact takes time that nobody who asked should spend.
        pending = partial(
            make_record,
            answer,
            tuple(hit.score for hit in hits[:_SCORES]),
            time=self._now(),
            channel=CHANNEL.get(),
            key_id=KEY_ID.get(),
            request_id=REQUEST_ID.get(),
            model=self._model,
        )
        try:
            # To wait for room would make whoever asked wait for the store.
            self._waiting.put_nowait(pending)
        except Full:
            self._dropped()

    def close(self, patience: float = _LEAVE_SECONDS) -> None:
        """Write what waits, then end the thread; give up after `patience` seconds."""
        try:
            # Behind all that waits: it is written first.
            self._waiting.put(None, timeout=patience)
        except Full:
            _LOG.warning("audit: the store takes too long, records are given up")
            return
        self._thread.join(patience)

    def _work(self) -> None:
        while True:
            self._purge_daily()
            try:
                # Now and then even without answers: records have to be forgotten on quiet days as
                # well.
                pending = self._waiting.get(timeout=_LOOK_SECONDS)
            except Empty:
                continue
            if pending is None:
                return
            self._write(pending)

    def _write(self, pending: Callable[[], AuditRecord]) -> None:
        try:
            self._store.store().audit.save(pending())
        except StoreError:  # named in the log by the store
            self._dropped()
        except Exception as error:  # noqa: BLE001 - one bad record must not end the thread
            # What was to be kept stands in the message: its kind is enough.
            _LOG.error("audit: a record failed with %s", type(error).__name__)
            self._dropped()

    def _purge_daily(self) -> None:
        now = self._now()
        if self._purged is not None and now - self._purged < _DAY:
            return
        self._purged = now
        try:
            gone = self._store.store().audit.purge(now - self._days)
        except StoreError as error:
            _LOG.warning("audit: nothing could be forgotten today: %s", error.code)
            return
        if gone:
            _LOG.info("audit: %d records were kept long enough and are forgotten", gone)
