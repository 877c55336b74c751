"""The database as the driver sees it: four functions, over connections that mend themselves."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

import structlog
from psycopg.pq import TransactionStatus

from app import database
from app.errors import NothingHeard, RookeryError

log = structlog.get_logger("rookery.driver")

JsonObject = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Call:
    """One HTTP request that the database wants sent: no host, no token, no body."""

    call_id: int
    method: str
    path: str
    query: Mapping[str, str | int]


@dataclass(frozen=True, slots=True)
class Tick:
    """What one tick did (counts), what to send now, and when to come back by the database's clock.

    `decisions` and `materializations` are for the log, the first hundred or so of each.
    """

    done: JsonObject
    calls: tuple[Call, ...]
    again: bool
    now: datetime
    next_at: datetime
    tick_id: int
    decisions: tuple[JsonObject, ...] = ()
    materializations: tuple[JsonObject, ...] = ()

    @property
    def pause(self) -> float:
        """Seconds from the database's now until it wants the next tick, never negative."""
        return 0.0 if self.again else max(0.0, (self.next_at - self.now).total_seconds())

    @property
    def did_something(self) -> bool:
        """Whether there is anything here that a log line should tell."""
        return bool(self.calls) or any(self.done.values())


def read_tick(result: JsonObject) -> Tick:
    """The answer of engine_tick(), typed."""
    return Tick(
        done=result["done"] or {},
        calls=tuple(
            Call(each["call_id"], each["method"], each["path"], each.get("query") or {})
            for each in result["calls"] or ()
        ),
        again=result["again"],
        now=datetime.fromisoformat(result["now"]),
        next_at=datetime.fromisoformat(result["next_at"]),
        tick_id=result["tick_id"],
        decisions=tuple(result["decisions"]),
        materializations=tuple(result["materializations"]),
    )


class Engine(Protocol):
    """The conversation: everything that the driver ever asks of the database."""

    async def tick(self, worker: str, slots: int) -> Tick:
        """One step of the engine, claiming at most so many calls."""

    async def response(
        self, worker: str, call_id: int, status: int, headers: Mapping[str, str], body: str
    ) -> JsonObject:
        """Hand an answer back; returns what it became."""

    async def failure(self, worker: str, call_id: int, reason: str, detail: str) -> JsonObject:
        """Report a call that got no answer, unless another worker has it by now."""

    async def release(self, worker: str) -> None:
        """Give this worker's leases back."""

    async def listen(self, wake: Callable[[], None]) -> None:
        """Call `wake` whenever work is announced; runs until cancelled, or returns where none is heard."""


class Line:
    """One autocommit connection, opened when it is first needed and replaced after it broke."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._connection: database.AsyncConnection | None = None

    async def connection(self) -> database.AsyncConnection:
        """The open connection. Raises DatabaseUnavailable."""
        if self._connection is None or self._connection.closed:
            self._connection = await database.connect_async(self._url, application="rookery worker")
        return self._connection

    async def call(self, function: str, **arguments: Any) -> Any:
        """Call an api function. A connection that is not at rest afterwards is thrown away.

        Raises what app.database raises: DatabaseUnavailable, TryAgain or a fault of the call itself.
        """
        connection = await self.connection()
        try:
            return await database.call_async(connection, function, **arguments)
        finally:
            if connection.info.transaction_status is not TransactionStatus.IDLE:  # broken, or cancelled
                await self.close()

    async def close(self) -> None:
        """Close the connection, if there is one."""
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()


class PostgresEngine:
    """The engine in PostgreSQL: one line to tick, `recorders` lines for answers, one to listen.

    They are apart because a tick may hold its line for seconds (a large materialization), and answers
    must not wait behind it. `listen_url` leads past a pooler, which keeps notifications to itself.
    """

    def __init__(
        self, url: str, *, listen_url: str | None = None, recorders: int = 2, listen_again_after: float = 5.0
    ) -> None:
        self._ticking = Line(url)
        self._listening = Line(listen_url or url)
        self._past_pooler = listen_url is not None
        self._all_recorders = [Line(url) for _ in range(max(1, recorders))]
        self._free_recorders: asyncio.LifoQueue[Line] = asyncio.LifoQueue()
        for line in self._all_recorders:
            self._free_recorders.put_nowait(line)
        self._listen_again_after = listen_again_after

    async def tick(self, worker: str, slots: int) -> Tick:
        """See Engine."""
        return read_tick(await self._ticking.call("engine_tick", p_worker=worker, p_slots=slots))

    async def response(
        self, worker: str, call_id: int, status: int, headers: Mapping[str, str], body: str
    ) -> JsonObject:
        """See Engine."""
        return await self._record(
            "engine_response",
            p_call_id=call_id,
            p_status=status,
            p_headers=dict(headers),
            p_body=body,
            p_worker=worker,
        )

    async def failure(self, worker: str, call_id: int, reason: str, detail: str) -> JsonObject:
        """See Engine."""
        return await self._record(
            "engine_failure", p_call_id=call_id, p_reason=reason, p_detail=detail, p_worker=worker
        )

    async def release(self, worker: str) -> None:
        """See Engine."""
        await self._record("engine_release", p_worker=worker)

    async def listen(self, wake: Callable[[], None]) -> None:
        """See Engine. Without a line the worker merely polls, so a broken one is only worth a warning."""
        while True:
            try:
                connection = await self._listening.connection()
                await database.listen_async(connection, past_pooler=self._past_pooler)
                with database.translated():
                    async for _ in connection.notifies():
                        wake()
            except RookeryError as error:
                log.warning("not listening, polling only", reason=str(error))
                if isinstance(error, NothingHeard):
                    return
            finally:
                await self._listening.close()
            await asyncio.sleep(self._listen_again_after)

    async def close(self) -> None:
        """Close every connection."""
        for line in (self._ticking, self._listening, *self._all_recorders):
            await line.close()

    async def _record(self, function: str, **arguments: Any) -> JsonObject:
        async with self._free_recorder() as line:
            result: JsonObject = await line.call(function, **arguments)
            return result or {}

    @asynccontextmanager
    async def _free_recorder(self) -> AsyncIterator[Line]:
        line = await self._free_recorders.get()
        try:
            yield line
        finally:
            self._free_recorders.put_nowait(line)
