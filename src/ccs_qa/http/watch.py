"""What answers need to know of the store, read off their way: the keys, and whether to answer."""

import datetime as dt
import logging
import threading

from ccs_qa.errors import PausedError, StoreError
from ccs_qa.service import Stage
from ccs_qa.store.keys import ApiKey, KnownKeys
from ccs_qa.store.notes import Pause
from ccs_qa.store.store import LazyStore

_LOG = logging.getLogger(__name__)


class Watch:
    """Looks into the store every few seconds, in a thread of its own; requests read what it found.

    What was read last holds while the store cannot be read. A key made, used or revoked, and a
    pause, are seen at the next look.

    Attributes:
        paused: Since when and why asking is paused; None while it is not.
    """

    def __init__(self, seconds: float) -> None:
        """Say how long it is from one look to the next; nothing is known before the first."""
        self._seconds = seconds
        self._keys: KnownKeys | None = None
        self._used: dict[str, tuple[ApiKey, dt.datetime]] = {}
        self._failing = False
        self.paused: Pause | None = None

    def start(self, store: LazyStore) -> threading.Event:
        """Look once, then in a thread until the event is set that is given back."""
        ended = threading.Event()
        self._look(store)

        def work() -> None:
            while not ended.wait(self._seconds):
                self._look(store)

        # A store that hangs must not keep the process from ending.
        threading.Thread(target=work, name="store-watch", daemon=True).start()
        return ended

    def _look(self, lazy: LazyStore) -> None:
        try:
            store = lazy.store()
            self._keys, self.paused = store.keys.known(), store.notes.pause()
            while self._used:
                _, (key, now) = self._used.popitem()
                store.keys.note_use(key, now)
            self._failing = False
        except Exception as error:  # noqa: BLE001 - one bad row must not end the thread
            said = error if isinstance(error, StoreError) else type(error).__name__
            if not self._failing:  # once, not every two seconds
                _LOG.warning("the store cannot be used, what was read before holds: %s", said)
            self._failing = True

    def find_key(self, text: str, now: dt.datetime) -> ApiKey | None:
        """Recognise a key and note its use, without waiting for the store.

        Raises:
            StoreError: The keys could not be read yet.
        """
        if self._keys is None:
            raise StoreError(problem="unreachable", where="")
        key = self._keys.find(text)
        if key is not None and key.state(now) == "valid":
            self._used[key.id] = key, now
        return key

    def refuse_paused(self, stage: Stage) -> None:
        """Raise `PausedError` where an answer would begin while asking is paused."""
        if self.paused is not None and stage == "ask":
            raise PausedError(why=self.paused.reason)
