"""Workers and servers that die in the middle of a sync: it goes on, and pays for no page twice (I4, E6).

Moments within a statement or a call are made to last here; test_boundaries goes from one to the next.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol
from urllib.parse import parse_qs

import psycopg
import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from app import database as db
from app.simulator import TOKEN, Simulator, World, seeded_world, serve, truth
from conftest import Database, fresh_database, wanted_server
from throwaway import Throwaway, deploy_into

Victim = Literal["worker", "postgres", "both"]

FOLLOWERS, PAGES = 1_000, 50
# The shortest that leaves a busy machine time to answer: what is in flight longer is sent again.
LEASE = 2
SOON = 60.0  # seconds after which a test that waits for an event has failed
HELPERS = Path(__file__).parents[2] / "db/tests/helpers.sql"
# What is committed survives a crash of PostgreSQL; the machine itself does not crash here.
CRASHABLE = {"fsync": "off", "synchronous_commit": "on", "listen_addresses": "", "timezone": "UTC"}


class CountingX:
    """The simulated X: counts how often each page of followers was asked for, and can keep one back."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._kept_back = 0
        self._let_go = asyncio.Event()
        self.asked: Counter[str] = Counter()
        self.busy = asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].endswith("/followers"):
            token = parse_qs(scope["query_string"].decode()).get("pagination_token", ["first"])
            self.asked[token[0]] += 1
            if len(self.asked) == self._kept_back:
                self.busy.set()
                await self._let_go.wait()
        await self._app(scope, receive, send)

    def keep_back(self, page_no: int) -> None:
        """Answer page `page_no` only when it is let go; `busy` tells that it was asked for."""
        self._kept_back = page_no

    def let_go(self) -> None:
        self._let_go.set()

    @property
    def asked_again(self) -> list[int]:
        """How often each page that was asked for more than once was."""
        return [times for times in self.asked.values() if times > 1]


@dataclass
class Stage:
    """A world with one subject of fifty pages of followers, its X, and the database of the worker."""

    world: World
    database: Database
    x: CountingX
    x_url: str
    subject: int = field(init=False)
    instance: int = 0

    def __post_init__(self) -> None:
        (self.subject,) = self.world.most_followed(1)

    def value(self, statement: str) -> Any:
        """The first column of the first row, as the superuser sees it."""
        with self.database.connect() as owner:
            row = owner.execute(statement.encode()).fetchone()
        return None if row is None else row[0]

    async def until(self, condition: str) -> None:
        """Wait until a condition of SQL holds."""
        async with asyncio.timeout(SOON):
            while True:
                if self.value(f"select {condition}"):
                    return
                await asyncio.sleep(0.03)

    @asynccontextmanager
    async def locked(self, table: str) -> AsyncIterator[None]:
        """Nobody writes to a table for the length of the block, in which the server may die."""
        with suppress(psycopg.OperationalError), self.database.connect() as holder, holder.transaction():
            holder.execute(f"lock table {table} in share row exclusive mode".encode())
            yield

    async def until_somebody_waits_for(self, table: str) -> None:
        await self.until(
            f"exists (select from pg_locks where relation = '{table}'::regclass and not granted)"
        )


class Worker:
    """`rookery worker` as a process, and the supervisor that starts it again."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._environment = {
            "DATABASE_URL": stage.database.url("rookery_worker"),
            "ROOKERY_MIGRATE": "0",
            "ROOKERY_LOG_LEVEL": "error",
            "ROOKERY_CALL_TIMEOUT": "30",
            "ROOKERY_READ_TIMEOUT": "30",
            "X_API_BASE_URL": stage.x_url,
            "X_BEARER_TOKEN": TOKEN,
        }
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        self._process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "app", "worker"),
            stdin=asyncio.subprocess.DEVNULL,
            env={**os.environ, **self._environment},
        )

    async def kill(self) -> None:
        """Let it die without a word."""
        assert self._process is not None
        self._process.kill()
        await self._process.wait()

    async def stop(self) -> int:
        """Tell it to stop once it works; returns its exit status, which is another one if it died before."""
        assert self._process is not None
        await self._stage.until(
            f"exists (select from engine.workers where worker like '%:{self._process.pid}')"
        )
        with suppress(ProcessLookupError):
            self._process.terminate()
        async with asyncio.timeout(SOON):
            return await self._process.wait()

    async def end(self) -> None:
        if self._process is not None and self._process.returncode is None:
            await self.kill()


# -- moments -----------------------------------------------------------------------------------------------


class Moment(Protocol):
    """A block that is entered when the sync has got to a moment, and during which it stays there."""

    def __call__(self, stage: Stage) -> AbstractAsyncContextManager[None]: ...


def page_in_flight(page_no: int) -> Moment:
    @asynccontextmanager
    async def moment(stage: Stage) -> AsyncIterator[None]:
        stage.x.keep_back(page_no)
        async with asyncio.timeout(SOON):
            await stage.x.busy.wait()
        yield
        stage.x.let_go()

    return moment


def page_half_stored(page_no: int) -> Moment:
    """Its rows are written, its receipt is not."""

    @asynccontextmanager
    async def moment(stage: Stage) -> AsyncIterator[None]:
        async with page_in_flight(page_no)(stage), stage.locked("ingest.pages"):
            stage.x.let_go()
            await stage.until_somebody_waits_for("ingest.pages")
            yield

    return moment


def page_stored(page_no: int) -> Moment:
    """It is committed, and the tick that would hand out what comes next has not begun."""

    @asynccontextmanager
    async def moment(stage: Stage) -> AsyncIterator[None]:
        async with page_in_flight(page_no)(stage), stage.locked("engine.workers"):
            stage.x.let_go()
            await stage.until(f"exists (select from ingest.pages where page_no = {page_no})")
            yield

    return moment


@asynccontextmanager
async def materializing(stage: Stage) -> AsyncIterator[None]:
    """The list is read, and the segment's first members are being written."""
    async with stage.locked("asset.segment_events"):
        await stage.until_somebody_waits_for("asset.segment_events")
        yield


# -- the stage ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def crashing(request: pytest.FixtureRequest) -> Iterator[tuple[Throwaway, str]]:
    """A server that may be crashed, and a template in it with the plan deployed and the tests' helpers."""
    with wanted_server(request.config) as running:
        running.stop()
        running.start(CRASHABLE)
        with fresh_database(running) as template:
            deploy_into(template.url())
            with template.connect() as owner:
                owner.execute(HELPERS.read_text(encoding="utf-8").encode())
            yield running, template.name


@contextmanager
def prepared(crashing: tuple[Throwaway, str]) -> Iterator[Database]:
    """A fresh database that asks for small pages and waits for the dead no longer than it must."""
    with fresh_database(*crashing) as database:
        with database.connect() as owner:
            # Until then a crash takes back what sequences copied from the template have given out.
            owner.execute("checkpoint")
        with database.connect("rookery_operator") as operator:
            for name, value in (("call.lease", f"{LEASE} s"), ("page.follows", str(FOLLOWERS // PAGES))):
                db.call(operator, "setting_set", p_name=name, p_value=value)
        yield database


@asynccontextmanager
async def staged(crashing: tuple[Throwaway, str]) -> AsyncIterator[Stage]:
    world = seeded_world(FOLLOWERS + 1, 1, mean_follows=0, hub_followers=FOLLOWERS)
    x = CountingX(Simulator(world).app())
    with prepared(crashing) as database:
        async with serve(x) as url:
            yield Stage(world, database, x, url)


@asynccontextmanager
async def working(stage: Stage) -> AsyncIterator[Worker]:
    """A worker and a root for it to work on."""
    worker = Worker(stage)
    try:
        await worker.start()
        with stage.database.connect("rookery_operator") as operator:
            params = {"subject_id": str(stage.subject)}
            stage.instance = db.call(operator, "root_enable", p_kind="segment_followers", p_params=params)
        yield worker
    finally:
        await worker.end()


async def crash(victim: Victim, running: Throwaway, worker: Worker) -> None:
    """Nothing of it is told to anybody."""
    if victim != "postgres":
        await worker.kill()
    if victim != "worker":
        await asyncio.to_thread(running.stop, "immediate")


async def recover(victim: Victim, running: Throwaway, worker: Worker) -> None:
    """What an init system does. A worker that only lost its database gets no help."""
    if victim != "worker":
        await asyncio.to_thread(running.start, CRASHABLE)
    if victim != "postgres":
        await worker.start()


# -- the tests ---------------------------------------------------------------------------------------------


@pytest.mark.db
@pytest.mark.parametrize(
    ("moment", "victim", "in_flight"),
    [
        pytest.param(page_in_flight(3), "worker", 1, id="page 3 in flight, worker"),
        pytest.param(page_in_flight(17), "both", 1, id="page 17 in flight, both"),
        pytest.param(page_half_stored(8), "postgres", 1, id="page 8 half stored, postgres"),
        pytest.param(page_half_stored(50), "both", 1, id="last page half stored, both"),
        pytest.param(page_stored(30), "worker", 0, id="page 30 stored, worker"),
        pytest.param(materializing, "postgres", 0, id="materializing, postgres"),
    ],
)
async def test_a_full_sync_goes_on_by_itself_after_a_crash(
    crashing: tuple[Throwaway, str], moment: Moment, victim: Victim, in_flight: int
) -> None:
    running, _ = crashing
    async with staged(crashing) as stage, working(stage) as worker:
        async with moment(stage):
            await crash(victim, running, worker)
        await recover(victim, running, worker)
        await stage.until("exists (select from asset.materializations where status = 'success')")
        assert await worker.stop() == 0, "the worker itself did not live through it"
        assert len(stage.x.asked) == PAGES
        assert stage.x.asked_again in ([], [2] * in_flight), "a page was bought twice"
        expect_the_truth(stage)


def expect_the_truth(stage: Stage) -> None:
    """Nothing is lost, nothing doubled: one run, each edge once, the members that X shows."""
    expected = truth.followers(stage.world, stage.subject)
    with stage.database.connect() as owner:
        runs = owner.execute(
            "select mode, status, page_count, cursor_exhausted, changed_count from ingest.runs"
            " where sync_kind = 'followers'"
        ).fetchall()
        changes = owner.execute("select change, count(*) from graph.follow_changes group by 1").fetchall()
        members = {row["item_id"] for row in db.call(owner, "members", p_instance_id=stage.instance)}
        broken = owner.execute("select test.invariants()").fetchall()
        revisions = owner.execute("select output_revision from asset.materializations").fetchall()
    assert runs == [("full", "success", PAGES, True, len(expected))]
    assert changes == [("added", len(expected))]
    assert members == expected
    assert revisions == [(1,)]
    assert broken == []
