"""The log: one line a message, JSON unless a person reads along. The only room of structlog.

Messages hold no question, no key and no address of a caller. Of an exception only its kind and
the places in the program are written: its own message could repeat what someone typed.
"""

import logging
import sys
import traceback
from typing import Literal

import structlog
from structlog.typing import EventDict, WrappedLogger

from ccs_qa.http.middleware import REQUEST_ID

Level = Literal["debug", "info", "warning", "error"]
# Libraries log what they handle when asked for detail, the pieces of an answer among it.
_OURS = ("ccs_qa", "uvicorn")


def add_request_id(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Name the request on a line that was written during one."""
    if name := REQUEST_ID.get():
        event["request_id"] = name
    return event


def add_places(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Put kinds and places where an exception stood."""
    given = event.pop("exc_info", None)
    # A line that was worded with its traceback keeps neither.
    event.pop("stack_info", None)
    error = given[1] if isinstance(given, tuple) else given
    if error is True:
        error = sys.exc_info()[1]
    if isinstance(error, BaseException):
        event["exception"] = "\n".join(_places(error))
    return event


def _places(error: BaseException) -> list[str]:
    lines: list[str] = []
    seen: set[int] = set()
    link: BaseException | None = error
    while link is not None and id(link) not in seen:
        seen.add(id(link))
        kind = type(link)
        lines.append(f"{kind.__module__}.{kind.__qualname__}")
        lines += [
            f"  {frame.filename}:{frame.lineno} in {frame.name}"
            for frame in traceback.extract_tb(link.__traceback__)
        ]
        inner = None if link.__suppress_context__ else link.__context__
        link = link.__cause__ or inner
    return lines


class LogHandler(logging.Handler):
    """Writes to whatever standard error is at the time."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write a line."""
        try:
            sys.stderr.write(self.format(record) + "\n")
            sys.stderr.flush()
        except Exception:  # noqa: BLE001 - a log that cannot be written costs nobody an answer
            self.handleError(record)


def configure_logs(level: Level, *, readable: bool | None = None) -> LogHandler:
    """Send every message of the standard library's loggers to standard error.

    Args:
        level: Least severe message written; those of libraries from `warning` on.
        readable: Whether a person reads along; None to look whether it is a terminal.
    """
    if readable is None:
        readable = sys.stderr.isatty()
    last = (
        structlog.dev.ConsoleRenderer()
        if readable
        else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    handler = LogHandler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[
                structlog.stdlib.add_logger_name,
                structlog.stdlib.add_log_level,
                structlog.processors.TimeStamper(fmt="iso", utc=True),
                add_request_id,
            ],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                add_places,
                last,
            ],
        )
    )
    least = getattr(logging, level.upper())
    handler.setLevel(least)
    root = logging.getLogger()
    for old in [item for item in root.handlers if isinstance(item, LogHandler)]:
        root.removeHandler(old)
    root.addHandler(handler)
    for name in _OURS:
        logging.getLogger(name).setLevel(least)
    return handler
