"""What the commands about the store share: opening it, recording answers."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from ccs_qa.settings import Settings, load_settings

if TYPE_CHECKING:
    from ccs_qa.service import QAService
    from ccs_qa.store.store import Store


@contextmanager
def opened_store() -> Iterator["Store"]:
    """Open what is kept, and close it again."""
    from ccs_qa.store.store import open_store

    store = open_store(load_settings().database.get_secret_value())
    try:
        yield store
    finally:
        store.close()


@contextmanager
def recorded(service: "QAService", settings: Settings, channel: str) -> Iterator["QAService"]:
    """Keep a record of each answer where asked for; what waits is written at the end."""
    if settings.audit == "off":
        yield service
        return
    from ccs_qa.http.audit import Recorder, open_spool
    from ccs_qa.http.middleware import CHANNEL
    from ccs_qa.store.store import LazyStore

    CHANNEL.set(channel)
    store = LazyStore(settings.database.get_secret_value())
    required = settings.audit == "required"
    spool = open_spool(settings)
    recorder = Recorder(store, spool, service.model, settings.audit_days, required=required)
    try:
        yield replace(service, observers=(recorder.answered,))
    finally:
        recorder.close()
        store.close()
