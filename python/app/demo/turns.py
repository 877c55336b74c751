"""Calls go out together and are recorded in their order, so that a report depends on the seed alone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager

from app.driver import Driver, Engine, PostgresEngine, Sender, SenderOptions, Tick, Wait
from app.driver.engine import JsonObject


class InTurn:
    """An engine that takes the answers of a tick's calls in the order of the calls, and ticks after the last.

    Which of several answers came first would else tell in the revisions of a report.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._open: list[int] = []
        self._turn = asyncio.Condition()

    async def tick(self, worker: str, slots: int) -> Tick:
        """See Engine; waits until every call of the last tick is recorded, so all slots are free."""
        async with self._turn:
            await self._turn.wait_for(lambda: not self._open)
            tick = await self._engine.tick(worker, slots)
            self._open = sorted(call.call_id for call in tick.calls)
            return tick

    async def response(
        self, worker: str, call_id: int, status: int, headers: Mapping[str, str], body: str
    ) -> JsonObject:
        """See Engine."""
        return await self._record(
            call_id, lambda: self._engine.response(worker, call_id, status, headers, body)
        )

    async def failure(self, worker: str, call_id: int, reason: str, detail: str) -> JsonObject:
        """See Engine."""
        return await self._record(call_id, lambda: self._engine.failure(worker, call_id, reason, detail))

    async def release(self, worker: str) -> None:
        """See Engine."""
        await self._engine.release(worker)

    async def listen(self, wake: Callable[[], None]) -> None:
        """See Engine."""
        await self._engine.listen(wake)

    async def _record(self, call_id: int, record: Callable[[], Awaitable[JsonObject]]) -> JsonObject:
        async with self._turn:
            await self._turn.wait_for(lambda: self._open[:1] == [call_id])
            became = await record()
            self._open.remove(call_id)
            self._turn.notify_all()
            return became


@asynccontextmanager
async def open_driver(
    database_url: str, options: SenderOptions, *, slots: int, wait: Wait
) -> AsyncIterator[Driver]:
    """Give a driver whose answers are recorded in turn, with its connections closed afterwards."""
    engine, sender = PostgresEngine(database_url), Sender(options)
    try:
        yield Driver(InTurn(engine), sender, worker="demo", slots=slots, wait=wait)
    finally:
        await sender.close()
        await engine.close()
