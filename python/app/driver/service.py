"""A worker process: builds a driver, runs it until a signal says stop, and closes what it opened."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import structlog

from app.alive import give_sign
from app.driver.engine import PostgresEngine
from app.driver.loop import Driver, Patience, Wait, wait_or_wake
from app.driver.sender import Sender, SenderOptions

log = structlog.get_logger("rookery.driver")


def worker_name() -> str:
    """A name that no other worker has: host and process."""
    return f"{socket.gethostname()}:{os.getpid()}"


@asynccontextmanager
async def open_driver(
    database_url: str,
    sender_options: SenderOptions,
    *,
    listen_url: str | None = None,
    worker: str | None = None,
    slots: int = 8,
    wait: Wait = wait_or_wake,
    patience: Patience | None = None,
    heartbeat_file: Path | None = None,
) -> AsyncIterator[Driver]:
    """A driver with its connections to the database (as the worker's role) and to X, closed afterwards.

    `listen_url` leads past a pooler; `heartbeat_file` is touched after each tick.
    """
    engine = PostgresEngine(database_url, listen_url=listen_url, recorders=max(2, min(slots, 4)))
    sender = Sender(sender_options)
    name = worker or worker_name()
    try:
        with structlog.contextvars.bound_contextvars(worker=name):
            yield Driver(
                engine,
                sender,
                worker=name,
                slots=slots,
                wait=wait,
                patience=patience,
                ticked=partial(give_sign, heartbeat_file),
            )
    finally:
        await sender.close()
        await engine.close()


async def run_until_signal(driver: Driver) -> int:
    """Run the driver; the first SIGTERM or SIGINT stops it gracefully, a second one at once.

    Returns the exit status: 0, or 128 and the signal's number for a stop at once.
    """
    loop = asyncio.get_running_loop()
    seen: list[int] = []

    def on_signal(number: int) -> None:
        log.info("stopping", signal=signal.Signals(number).name, at_once=bool(seen))
        driver.stop(at_once=bool(seen))
        seen.append(number)

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, on_signal, number)
    try:
        await driver.run()
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)
    return 128 + seen[1] if len(seen) > 1 else 0
