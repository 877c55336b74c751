"""Hands webhook events to the database: whatever has come while it stored the last ones goes in one call."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import structlog
from psycopg_pool import AsyncConnectionPool

from app import database
from app.database import AsyncConnection
from app.errors import DatabaseFault, RookeryError
from app.web.problems import NotNow

log = structlog.get_logger("rookery.web")

LARGEST_BATCH = 500
MOST_WAITING = 5000
# X waits for ten seconds; who hears nothing by then sends again, and that is the same event.
PATIENCE_SECONDS = 8.0
# How often it is seen who has waited that long. A timer for each event would cost more than storing it.
LOOK_SECONDS = 0.2

Result = Mapping[str, Any]


class NotStored(NotNow):
    """An event is not known to be stored; its sender should try again."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    source: str
    body: str
    result: asyncio.Future[Result]
    until: float

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
        self._waiting: deque[_Waiting] = deque()
        self._under_way: Sequence[_Waiting] = ()
        self._arrival = asyncio.Event()

    async def receive(self, source: str, body: str) -> Result:
        """What the database makes of an event, after it is committed: an event_id, or what is wrong with it.

        Raises NotStored when that is not known in time, or too many wait already.
        """
        if len(self._waiting) >= MOST_WAITING:
            raise NotStored("too many events wait to be stored; send it again later")
        loop = asyncio.get_running_loop()
        waiting = _Waiting(source, body, loop.create_future(), loop.time() + PATIENCE_SECONDS)
        self._waiting.append(waiting)
        self._arrival.set()
        return await waiting.result

    async def run(self) -> None:
        """Store whatever comes, until cancelled."""
        while True:
            await self._arrival.wait()
            batch = [self._waiting.popleft() for _ in range(min(LARGEST_BATCH, len(self._waiting)))]
            if not self._waiting:
                self._arrival.clear()
            self._under_way = [each for each in batch if not each.result.done()]
            try:
                await self._store(self._under_way)
            except Exception as defect:  # of ours: those after it are to be stored all the same
                log.error("events not stored", count=len(batch), kind=type(defect).__name__, exc_info=defect)
                for each in self._under_way:
                    each.end(NotStored("the event could not be stored; send it again later"))
            self._under_way = ()

    async def watch(self) -> None:
        """Tell those who have waited too long, until cancelled. What is under way may yet be stored."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            now = asyncio.get_running_loop().time()
            late = [each for each in self._under_way if each.until <= now]
            while self._waiting and self._waiting[0].until <= now:
                late.append(self._waiting.popleft())
            for each in late:
                each.end(NotStored("the event was not stored in time; send it again later"))

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
            results = [NotStored("the event could not be stored; send it again later")] * len(batch)
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
    tasks = [asyncio.create_task(each, name="inbox") for each in (inbox.run(), inbox.watch())]
    try:
        yield inbox
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
