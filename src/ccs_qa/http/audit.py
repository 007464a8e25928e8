"""Keeps a record of each answer without making anyone wait for the database.

A record lies in the spool, a file, before its answer is given. One thread takes what waits there to
the database, all of a burst at once, and forgets once a day what has been kept long enough.
"""

import datetime as dt
import logging
import threading
from collections.abc import Callable, Sequence

from ccs_qa.errors import StoreError
from ccs_qa.http.middleware import CHANNEL, KEY_ID, REQUEST_ID
from ccs_qa.records import Answer, Hit
from ccs_qa.settings import Settings
from ccs_qa.store.audit import AuditRecord
from ccs_qa.store.spool import Spool
from ccs_qa.store.store import LazyStore, Store
from ccs_qa.text.redact import redact

_DAY = dt.timedelta(days=1)
_LOOK = dt.timedelta(minutes=10)  # how often a quiet thread looks whether a day has passed
_BURST_SECONDS = 0.2
_RETRY_SECONDS = 5.0
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


def open_spool(settings: Settings) -> Spool:
    """Say where records wait; those that are required outlive a machine that loses power."""
    return Spool(settings.audit_spool, safe=settings.audit == "required")


class Recorder:
    """Keeps records; an observer of the service.

    Attributes:
        lost: How many records of answers that were given could not be kept, since the start.
    """

    def __init__(
        self,
        store: LazyStore,
        spool: Spool,
        model: str,
        days: int,
        *,
        required: bool = False,
        dropped: Callable[[int], None] = lambda _number: None,
        now: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC),
    ) -> None:
        """Start the thread, which first takes what waits; records are forgotten after some days.

        Args:
            required: Whether an answer is refused when its record cannot be kept.
            dropped: Is told how many records were lost.
        """
        self._store = store
        self._spool = spool
        self._model = model
        self._days = dt.timedelta(days=days)
        self._required = required
        self._dropped = dropped
        self._now = now
        self.lost = 0
        self._said = 0
        self._waiting = False
        self._counting = threading.Lock()
        self._looked: dt.datetime | None = None
        self._purged: dt.datetime | None = None
        self._wake, self._closing = threading.Event(), threading.Event()
        # A store that hangs must not keep the process from ending.
        self._thread = threading.Thread(target=self._work, name="audit", daemon=True)
        self._thread.start()

    def answered(self, answer: Answer, hits: tuple[Hit, ...]) -> None:
        """Keep a record; raise `AuditError` where it is required and cannot be kept."""
        try:
            self._spool.append(
                make_record(
                    answer,
                    tuple(hit.score for hit in hits[:_SCORES]),
                    time=self._now(),
                    channel=CHANNEL.get(),
                    key_id=KEY_ID.get(),
                    request_id=REQUEST_ID.get(),
                    model=self._model,
                )
            )
        except Exception as error:
            if self._required:
                _LOG.error("audit: an answer is refused for %s", type(error).__name__)
                raise
            self._lose(1)
        self._wake.set()

    def close(self, patience: float = _LEAVE_SECONDS) -> None:
        """Write what waits, then end the thread; after `patience` seconds it stays in the spool."""
        self._closing.set()
        self._wake.set()
        self._thread.join(patience)
        self._say_lost()

    def _lose(self, number: int) -> None:
        with self._counting:
            self.lost += number
        self._dropped(number)

    def _say_lost(self) -> None:
        """Say how many were lost since this was last said: one line for a burst."""
        with self._counting:
            number, self._said = self.lost - self._said, self.lost
        if number:
            _LOG.error("audit: %d records of answers could not be kept and are lost", number)

    def _work(self) -> None:
        last = False
        while not last:
            last = self._closing.is_set()
            worked = self._round()
            self._say_lost()
            if worked:
                # Now and then even without answers: records have to be forgotten on quiet days as
                # well.
                self._wake.wait(0 if last else _LOOK.total_seconds())
            self._closing.wait(_BURST_SECONDS if worked else _RETRY_SECONDS)
            self._wake.clear()

    def _round(self) -> bool:
        """Take what waits to the database, and forget; say whether that could be done."""
        try:
            while self._spool.drain(self._keep):
                pass
            self._purge_daily()
        except Exception as error:  # noqa: BLE001 - whatever it is must not end the thread
            # What was to be kept may stand in the message: its kind is enough.
            if not self._waiting:  # once, not at every try
                _LOG.warning("audit: records wait, after %s", type(error).__name__)
            self._waiting = True
            return False
        self._waiting = False
        return True

    def _keep(self, records: Sequence[AuditRecord], unreadable: int) -> None:
        store = self._store.store()
        if not self._saved(store, *records):
            # One that the database will never take must not keep it from the others.
            unreadable += sum(not self._saved(store, record) for record in records)
        if unreadable:
            self._lose(unreadable)

    def _saved(self, store: Store, *records: AuditRecord) -> bool:
        try:
            store.audit.save(*records)
        except StoreError as error:
            if error.details["problem"] != "refused":
                raise
            return False
        return True

    def _purge_daily(self) -> None:
        now = self._now()
        if self._looked is not None and abs(now - self._looked) < _LOOK:
            return
        self._looked = now
        store = self._store.store()
        trusted = store.notes.clock_holds(now, store.audit.newest())
        if self._purged is not None and abs(now - self._purged) < _DAY:
            return
        self._purged = now
        if not trusted:
            _LOG.error("audit: time may have jumped, so nothing is forgotten for a week")
        elif gone := store.audit.purge(now - self._days):
            _LOG.info("audit: %d records were kept long enough and are forgotten", gone)
