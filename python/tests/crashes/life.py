"""One full sync from its first tick to a clean stop, whatever is struck on the way."""

from __future__ import annotations

import asyncio
import os
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

import psycopg

from app.database import Connection, connect
from app.errors import DatabaseUnavailable
from app.simulator import TOKEN, serve
from crashes.boundaries import Boundary, Strike
from crashes.house import CRASHABLE, CountingX, House, Request, request, small_world
from crashes.proxy import Proxy, proxy
from crashes.worker import Worker
from throwaway import PORT, scratch_folder

SOON = 60.0  # seconds after which a life that goes nowhere has failed

_IS_DONE = """
    select not exists (select from ingest.runs where status = 'in_progress')
       and not exists (select from ingest.calls where state in ('ready', 'claimed'))
       and not exists (select from asset.instances where checkpoint_id is null)
"""


_SOMEBODY_WORKS = (
    "select from pg_stat_activity where datname = current_database() and usename = 'rookery_worker'"
)


class Broken(Exception):
    """A rule that did not hold; the message says which."""


@dataclass
class Struck:
    """A strike that hit: the calls that were out then, and when all ran again, in seconds since 1970."""

    strike: Strike
    in_flight: Counter[Request]
    back_at: float


@dataclass
class Life:
    """A worker between its supervisor, its X and its database; `play` lives it."""

    house: House
    database: str
    x: CountingX
    x_url: str
    between: Proxy
    proxy_folder: str
    worker: Worker
    strikes: list[Strike]
    struck: list[Struck] = field(default_factory=list)
    passed: list[Boundary] = field(default_factory=list)
    _owner: Connection | None = None
    _ticks_before: int = 0

    async def live(self) -> None:
        """Until all is done and the worker has stopped by itself."""
        self.between.stop_at(self._next())
        while True:
            if self.worker.status is not None:
                await self._start_worker()
            if not self.worker.is_stopping and not await self._unless_struck(self._settled()):
                await self._strike()
                continue
            if not self.worker.is_stopping:
                self.worker.terminate()
            if not await self._unless_struck(self.worker.ended()):
                await self._strike()
            elif self.worker.status != 0:
                raise Broken(f"E6: the worker stopped with status {self.worker.status}")
            elif self._is_done():
                return

    async def _start_worker(self) -> None:
        self._ticks_before = self.between.delivered["engine_tick"]
        url = f"postgresql://rookery_worker@/{self.database}?host={self.proxy_folder}&port={PORT}"
        await self.worker.start(
            {
                "DATABASE_URL": url,
                "ROOKERY_MIGRATE": "0",
                "ROOKERY_LOG_LEVEL": os.environ.get("ROOKERY_LOG_LEVEL", "error"),
                "X_API_BASE_URL": self.x_url,
                "X_BEARER_TOKEN": TOKEN,
            }
        )

    async def _settled(self) -> None:
        """Until nothing is left to do, and the worker knows. Who supervises it starts it again if it ends."""
        while not (self._has_ticked and self._is_done()):
            if self.worker.status is not None:
                if self._has_ticked:
                    raise Broken(f"E6: a worker that worked ended by itself with {self.worker.status}")
                await self._start_worker()
            await asyncio.sleep(0.01)

    @property
    def _has_ticked(self) -> bool:
        return self.between.delivered["engine_tick"] > self._ticks_before

    def _is_done(self) -> bool:
        return bool(self.ask(_IS_DONE)[0][0])

    def ask(self, statement: str) -> list[tuple[object, ...]]:
        """What the superuser sees, past the proxy."""
        try:
            if self._owner is None or self._owner.closed:
                self._owner = connect(self.house.server.url(dbname=self.database))
            return self._owner.execute(statement.encode()).fetchall()
        except psycopg.OperationalError:
            self.leave()
            raise

    def leave(self) -> None:
        """Hold no connection to the server any more."""
        if self._owner is not None:
            self._owner.close()
            self._owner = None

    async def _unless_struck(self, wanted: Awaitable[None]) -> bool:
        """Wait for it; False if the boundary of the next strike was reached before."""
        waiting = asyncio.ensure_future(wanted)
        arrived = asyncio.create_task(self.between.arrived.wait())
        try:
            await asyncio.wait((waiting, arrived), return_when=asyncio.FIRST_COMPLETED)
            if self.between.arrived.is_set():
                return False
            await waiting
            return True
        finally:
            for task in (waiting, arrived):
                task.cancel()
            await asyncio.gather(waiting, arrived, return_exceptions=True)

    def _next(self) -> Boundary | None:
        return self.strikes[0].at if self.strikes else None

    async def _strike(self) -> None:
        """Kill, and do what an init system does. A worker that only lost its database gets no help."""
        strike = self.strikes.pop(0)
        server = self.house.server
        if strike.victim != "postgres":
            await self.worker.kill()
        if strike.victim != "worker":
            self.leave()
            await asyncio.to_thread(server.stop, "immediate")
        await self.between.cut()
        if strike.victim != "worker":
            await asyncio.to_thread(server.start, CRASHABLE)
        await self._let_what_was_asked_end()
        rows = self.ask("select path, query from ingest.calls where state = 'claimed'")
        in_flight = Counter(request(path, query) for path, query in rows)  # type: ignore[arg-type]
        self.struck.append(Struck(strike, in_flight, time.time()))
        self.between.go_on(self._next())

    async def _let_what_was_asked_end(self) -> None:
        """What a dead worker had asked for may still be done."""
        while True:
            if not self.ask(_SOMEBODY_WORKS):
                return
            await asyncio.sleep(0.005)


@asynccontextmanager
async def play(house: House, worker: Worker, strikes: Sequence[Strike] = ()) -> AsyncIterator[Life]:
    """Live a life; in the block its database is there to be judged. Broken if it comes to no end."""
    world, _ = small_world()
    x = CountingX(world)
    with scratch_folder() as folder:
        async with house.database() as database, serve(x) as x_url, proxy(house.server, folder) as between:
            life = Life(house, database, x, x_url, between, str(folder), worker, list(strikes))
            try:
                await _in_time(life)
                life.passed = between.passed
                yield life
            finally:
                await worker.kill()
                life.leave()


async def _in_time(life: Life) -> None:
    try:
        async with asyncio.timeout(SOON):
            await life.live()
    except TimeoutError:
        left: list[object] = []
        with suppress(DatabaseUnavailable):
            left = [row[0] for row in life.ask(_WHAT_IS_LEFT)]
        raise Broken(f"E6: it has not come to its end in {SOON:.0f} s: {left}") from None


_WHAT_IS_LEFT = """
    select format('call %s is %s until %s', call_id, state, coalesce(lease_until, not_before))
    from ingest.calls where state in ('ready', 'claimed')
    union all select format('run %s is %s', run_id, status) from ingest.runs where status = 'in_progress'
    union all select format('%s has no members yet', kind) from asset.instances where checkpoint_id is null
"""
