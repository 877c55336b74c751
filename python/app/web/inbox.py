"""Hands webhook events to the database: whatever has come while it stored the last ones goes in one call."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import structlog
from psycopg_pool import AsyncConnectionPool

from app import database
from app.database import AsyncConnection
from app.errors import DatabaseFault, RookeryError

log = structlog.get_logger("rookery.web")

LARGEST_BATCH = 500
MOST_WAITING = 5000
# X waits for ten seconds; who hears nothing by then sends again, and that is the same event.
PATIENCE_SECONDS = 8.0

Result = Mapping[str, Any]


class NotStored(RookeryError):
    """An event is not known to be stored; its sender should try again."""

    http_status = 503


@dataclass(frozen=True, slots=True)
class _Waiting:
    source: str
    body: str
    result: asyncio.Future[Result]

    def end(self, result: Result | NotStored) -> None:
        """Tell whoever waits, if anybody still does."""
        if self.result.done():
            return
        if isinstance(result, NotStored):
            self.result.set_exception(result)
        else:
            self.result.set_result(result)


class Inbox:
    """The way into the database for events. A batch holds what came while the one before was under way."""

    def __init__(self, pool: AsyncConnectionPool[AsyncConnection]) -> None:
        self._pool = pool
        self._waiting: asyncio.Queue[_Waiting] = asyncio.Queue(MOST_WAITING)

    async def receive(self, source: str, body: str) -> Result:
        """What the database makes of an event, after it is committed: an event_id, or what is wrong with it.

        Raises NotStored when that is not known in time, or too many wait already.
        """
        waiting = _Waiting(source, body, asyncio.get_running_loop().create_future())
        try:
            self._waiting.put_nowait(waiting)
            async with asyncio.timeout(PATIENCE_SECONDS):
                return await waiting.result
        except (asyncio.QueueFull, TimeoutError):
            raise NotStored("the event was not stored in time") from None

    async def run(self) -> None:
        """Store whatever comes, until cancelled."""
        while True:
            batch = [await self._waiting.get()]
            while len(batch) < LARGEST_BATCH and not self._waiting.empty():
                batch.append(self._waiting.get_nowait())
            await self._store([each for each in batch if not each.result.done()])

    async def _store(self, batch: Sequence[_Waiting]) -> None:
        results: Sequence[Result | NotStored]
        try:
            results = await self._call(batch)
        except RookeryError as fault:
            if fault.http_status != 503 and len(batch) > 1:
                for each in batch:  # one of them is more than the database can take; the others do not suffer
                    await self._store([each])
                return
            log.error("events not stored", count=len(batch), reason=fault.line(), code=fault.code)
            results = [NotStored("the event could not be stored")] * len(batch)
        for each, result in zip(batch, results, strict=True):
            each.end(result)

    async def _call(self, batch: Sequence[_Waiting]) -> list[Result]:
        if not batch:
            return []
        events = [{"source": each.source, "body": each.body} for each in batch]
        async with database.lent(self._pool) as connection:
            results: list[Result] = await database.call_async(connection, "webhook_receive", p_events=events)
        if len(results) != len(batch):
            raise DatabaseFault(f"{len(batch)} events had {len(results)} results")
        return results


@asynccontextmanager
async def open_inbox(pool: AsyncConnectionPool[AsyncConnection]) -> AsyncIterator[Inbox]:
    """An inbox that stores for the length of the block."""
    inbox = Inbox(pool)
    storing = asyncio.create_task(inbox.run(), name="inbox")
    try:
        yield inbox
    finally:
        storing.cancel()
        await asyncio.gather(storing, return_exceptions=True)
