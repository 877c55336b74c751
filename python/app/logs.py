"""Sets up structlog once: lines for a person on a terminal, JSON lines elsewhere, always on stderr."""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Callable
from typing import Any, Literal

import structlog

from app import tracing

LogFormat = Literal["auto", "console", "json"]

# However much goes wrong at once: so many lines of one sort a second, and a count of the others.
LINES_A_SECOND = 50


class Bound:
    """Lets at most `most` lines a second of one sort (level and event) through, and has the next one say
    how many were not.

    `clock` is in seconds.
    """

    def __init__(self, most: int = LINES_A_SECOND, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = most
        self._clock = clock
        self._second = 0
        self._said: dict[tuple[Any, Any], int] = {}
        self._unsaid: dict[tuple[Any, Any], int] = {}

    def __call__(
        self, logger: structlog.typing.WrappedLogger, method: str, line: structlog.typing.EventDict
    ) -> structlog.typing.EventDict:
        """As structlog calls its processors; drops the line by DropEvent."""
        del logger
        second = int(self._clock())
        if second != self._second:
            self._second = second
            self._said.clear()
        sort = (method, line.get("event"))
        self._said[sort] = self._said.get(sort, 0) + 1
        if self._said[sort] > self._most:
            self._unsaid[sort] = self._unsaid.get(sort, 0) + 1
            raise structlog.DropEvent
        if unsaid := self._unsaid.pop(sort, 0):
            line["unsaid"] = unsaid
        return line


class BoundOthers(logging.Filter):
    """The same for what libraries log."""

    def __init__(self, bound: Bound | None = None) -> None:
        super().__init__()
        self._bound = bound or Bound()

    def filter(self, record: logging.LogRecord) -> bool:
        """As logging calls it: whether the line is let through."""
        try:
            line = self._bound(None, record.levelname, {"event": record.msg})
        except structlog.DropEvent:
            return False
        if "unsaid" in line:
            record.msg, record.args = f"{record.getMessage()} (and {line['unsaid']} like it)", ()
        return True


def configure(level: str = "info", form: LogFormat = "auto") -> None:
    """Log at `level` and above; `form` `auto` is console on a terminal, else JSON."""
    console = form == "console" or (form == "auto" and sys.stderr.isatty())
    renderer: structlog.typing.Processor = (
        # Not rich's, which shows what the variables of every frame held: tokens and payloads too.
        structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
        if console
        else structlog.processors.JSONRenderer()
    )
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        tracing.add_ids,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
        *([] if console else [structlog.processors.format_exc_info]),
    ]
    structlog.configure(
        # The bound first: what it drops, in a storm or of thousands of events a second, costs nearly nothing.
        processors=[Bound(), *shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=False,
    )
    _take_in_others(shared, renderer)


def _take_in_others(shared: list[structlog.typing.Processor], renderer: structlog.typing.Processor) -> None:
    """Libraries that log by themselves, warnings and worse: the same lines, with `logger` as one key more.

    httpx would else put URLs, and so cursors, on every line.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(BoundOthers())
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
            foreign_pre_chain=[structlog.stdlib.add_logger_name, *shared],
        )
    )
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)


def get_logger(**context: object) -> structlog.typing.FilteringBoundLogger:
    """A logger with `context` bound to each of its lines."""
    logger: structlog.typing.FilteringBoundLogger = structlog.get_logger(**context)
    return logger
