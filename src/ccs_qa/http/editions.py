"""Keeps a running service on the edition in use: what is published is soon answered."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool

from ccs_qa.index.storage import edition_in_use
from ccs_qa.opening import open_edition
from ccs_qa.service import QAService
from ccs_qa.settings import Settings

_LOG = logging.getLogger(__name__)


@dataclass(slots=True)
class Editions:
    """Opens each edition that is put in use beside the one that answers, then lets it answer.

    Requests that have begun end on the edition they began with. One that cannot be used is named
    in the log and in `/health/ready`, and the one before it goes on answering.

    Attributes:
        serving: The edition that answers; empty where the service was not opened from one.
        adopt: Is told of another service that answers from now on.
        refused: The edition in use that cannot be; empty for none.
    """

    settings: Settings
    serving: str
    adopt: Callable[[QAService], None]
    refused: str = ""

    async def watch(self, service: QAService) -> None:
        """Look for another edition now and then, until cancelled; never where none was opened."""
        while self.serving:
            await asyncio.sleep(self.settings.reload)
            named = edition_in_use(self.settings.index)
            if not named or named in (self.serving, self.refused):
                continue
            folder, encoder = self.settings.index / named, service.retriever.encoder
            try:
                opened = await run_in_threadpool(open_edition, folder, encoder, self.settings)
            except Exception as error:  # noqa: BLE001 - whatever it is, the one before goes on
                # One that went while it was read was replaced: the next look finds its successor.
                if edition_in_use(self.settings.index) == named:
                    self.refused = named
                    _LOG.error("edition %s refused, %s goes on: %s", named, self.serving, error)
                continue
            self.adopt(opened)
            self.serving, self.refused = named, ""
            _LOG.info("edition %s answers now", named)
