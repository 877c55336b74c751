"""The driver against a real PostgreSQL that goes away and comes back, and as a process that gets signals."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from app import embedded
from app.driver import Call, Driver, Patience, PostgresEngine, Response
from app.errors import DatabaseUnavailable, RookeryError
from conftest import Database

SURFACE = (Path(__file__).parent / "played_engine.sql").read_text(encoding="utf-8")
QUICK = Patience(first_retry=0.001, longest_retry=0.01, grace=30)
SOON = 60.0  # seconds after which a test that waits for an event has failed


class Place:
    """A database with the played engine, and a way to shut it; the driver may have a way of its own to it."""

    def __init__(self, url: str, admin_url: str, name: str, driver_url: str | None = None) -> None:
        self.url = url
        self.admin_url = admin_url
        self.name = name
        self.driver_url = driver_url or url
        with self.connect() as connection:
            connection.execute(SURFACE.encode())

    @contextmanager
    def connect(self) -> Iterator[psycopg.Connection[Any]]:
        with closing(psycopg.connect(self.url, autocommit=True)) as connection:
            yield connection

    @contextmanager
    def admin(self) -> Iterator[psycopg.Connection[Any]]:
        with closing(psycopg.connect(self.admin_url, autocommit=True)) as connection:
            yield connection

    def plan(self, *paths: str) -> None:
        with self.connect() as connection:
            for path in paths:
                connection.execute("insert into api.calls (path) values (%s)", [path])
            connection.execute("notify rookery_wake")

    def calls(self, columns: str) -> list[tuple[Any, ...]]:
        with self.connect() as connection:
            return connection.execute(f"select {columns} from api.calls order by call_id".encode()).fetchall()

    def shut(self) -> None:
        with self.admin() as connection:
            connection.execute(f"alter database {self.name} allow_connections false".encode())
            connection.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity where datname = %s", [self.name]
            )

    def reopen(self) -> None:
        with self.admin() as connection:
            connection.execute(f"alter database {self.name} allow_connections true".encode())


class WatchedEngine(PostgresEngine):
    """Tells when an answer was recorded, and when one could not be."""

    def __init__(self, url: str, **options: Any) -> None:
        super().__init__(url, **options)
        self.recorded = asyncio.Event()
        self.refused = asyncio.Event()
        self._count = asyncio.Semaphore(0)

    async def response(
        self, worker: str, call_id: int, status: int, headers: Mapping[str, str], body: str
    ) -> Mapping[str, Any]:
        try:
            result = await super().response(worker, call_id, status, headers, body)
        except RookeryError:
            self.refused.set()
            raise
        self.recorded.set()
        self._count.release()
        return result

    async def all_recorded(self, count: int) -> None:
        """Wait until so many answers were recorded."""
        for _ in range(count):
            await self._count.acquire()


class HeldX:
    """Answers when it is let go."""

    def __init__(self) -> None:
        self.busy = asyncio.Event()
        self.let_go = asyncio.Event()

    async def send(self, call: Call) -> Response:
        self.busy.set()
        await self.let_go.wait()
        return Response(200, {"call": str(call.call_id)}, "{}")


async def wake_only(seconds: float, wake: asyncio.Event) -> None:
    """Sleeps for nothing but the event: what is not woken by it hangs, and fails the test."""
    if seconds >= 1:
        await wake.wait()
    else:
        await asyncio.sleep(seconds)


@contextmanager
def open_folder() -> Iterator[Path]:
    """A folder that PostgreSQL's user can reach, whoever runs the tests."""
    with tempfile.TemporaryDirectory(prefix="rookery-test-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.fixture
def place(empty_database: Database) -> Place:
    server, name = empty_database.server, empty_database.name
    return Place(empty_database.url(), server.url(), name, server.url(dbname=name, pooled=True))


@asynccontextmanager
async def working(engine: PostgresEngine, x: HeldX) -> AsyncIterator[Driver]:
    """A driver that runs for the length of the block."""
    driver = Driver(engine, x, worker="w", slots=4, wait=wake_only, patience=QUICK)
    running = asyncio.create_task(driver.run())
    try:
        async with asyncio.timeout(SOON):
            yield driver
    finally:
        driver.stop(at_once=True)
        await running
        await engine.close()


async def test_an_answer_arrives_in_the_database_as_it_was(place: Place) -> None:
    place.plan("/2/users")
    engine = PostgresEngine(place.driver_url)
    (call,) = (await engine.tick("w", 5)).calls
    assert call == Call(1, "GET", "/2/users", {"n": 1})
    body = 'ä🦅 \ufffd "\\u0000 \\ud800" </html>'
    assert (await engine.response("w", 1, 503, {"a": "b\ufffd"}, body))["recorded"] is True
    assert (await engine.response("w", 1, 200, {}, "late"))["recorded"] is False
    await engine.close()
    assert place.calls("status, headers, body") == [(503, {"a": "b\ufffd"}, body)]


async def test_a_notification_wakes_the_worker(place: Place) -> None:
    engine, x = WatchedEngine(place.driver_url, listen_url=place.url), HeldX()
    x.let_go.set()
    async with working(engine, x):
        await listening(place)
        place.plan("/2/users")
        await engine.recorded.wait()
    assert place.calls("status") == [(200,)]


async def test_a_listener_that_was_cut_off_listens_again(place: Place) -> None:
    engine, x = WatchedEngine(place.driver_url, listen_url=place.url, listen_again_after=0.01), HeldX()
    x.let_go.set()
    async with working(engine, x):
        first = await listening(place)
        with place.admin() as connection:
            connection.execute("select pg_terminate_backend(%s)", [first])
        await listening(place, other_than=first)
        place.plan("/2/users")
        await engine.recorded.wait()


async def test_answers_in_hand_are_recorded_when_the_database_is_back(place: Place) -> None:
    place.plan("/a", "/b", "/c")
    engine, x = WatchedEngine(place.driver_url, listen_url=place.url), HeldX()
    async with working(engine, x):
        await x.busy.wait()
        place.shut()
        x.let_go.set()
        await engine.refused.wait()
        place.reopen()
        await engine.all_recorded(3)
    assert place.calls("status, answered") == [(200, True)] * 3


async def test_a_worker_outlives_a_restart_of_the_server() -> None:
    with open_folder() as folder, embedded.running(folder, durable=False) as server:
        place = Place(server.url(), server.url(), "postgres")
        place.plan("/a")
        engine, x = WatchedEngine(place.driver_url, listen_url=place.url), HeldX()
        async with working(engine, x):
            await x.busy.wait()
            await asyncio.to_thread(embedded.stop, folder)
            x.let_go.set()
            await engine.refused.wait()
            with embedded.running(folder, durable=False):
                await engine.recorded.wait()
                assert place.calls("status") == [(200,)]


async def test_answers_do_not_wait_behind_a_long_tick(place: Place) -> None:
    place.plan("/a")
    engine = PostgresEngine(place.driver_url)
    await engine.tick("w", 1)
    with place.connect() as holder:
        holder.execute("alter function api.engine_tick rename to engine_tick_at_last")
        holder.execute(
            "create function api.engine_tick(p_worker text, p_slots integer) returns jsonb language sql as "
            "$$ select pg_advisory_xact_lock(1); select api.engine_tick_at_last(p_worker, p_slots) $$"
        )
        holder.execute("select pg_advisory_lock(1)")
        tick = asyncio.create_task(engine.tick("w", 1))
        async with asyncio.timeout(SOON):
            await found(lambda: holder.execute("select 1 from pg_locks where not granted").fetchone())
            await engine.response("w", 1, 200, {}, "{}")
        assert not tick.done()
        tick.cancel()
        await asyncio.gather(tick, return_exceptions=True)
        holder.execute("select pg_advisory_unlock(1)")
    assert (await engine.tick("w", 1)).calls == ()  # and a line that was cancelled on is mended
    await engine.close()


async def test_a_database_that_is_away_is_said_to_be(place: Place) -> None:
    place.shut()
    engine = PostgresEngine(place.driver_url)
    with pytest.raises(DatabaseUnavailable):
        await engine.tick("w", 1)
    place.reopen()
    await engine.tick("w", 1)
    await engine.close()


# -- as a process ------------------------------------------------------------------------------------------


@asynccontextmanager
async def worker_process(
    place: Place, x_url: str, **environment: str
) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "app",
        "worker",
        stdin=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
        env={
            **os.environ,
            "DATABASE_URL": place.driver_url,
            "ROOKERY_MIGRATE": "0",
            "X_API_BASE_URL": x_url,
            "X_BEARER_TOKEN": "a-token-to-hide",
            **environment,
        },
    )
    try:
        async with asyncio.timeout(SOON):
            yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


class HeldServer:
    """An HTTP server that answers when it is let go."""

    def __init__(self) -> None:
        self.busy = asyncio.Event()
        self.let_go = asyncio.Event()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        self.busy.set()
        await self.let_go.wait()
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}")
        writer.close()


@asynccontextmanager
async def held_server() -> AsyncIterator[tuple[HeldServer, str]]:
    held = HeldServer()
    server = await asyncio.start_server(held.serve, "127.0.0.1", 0)
    try:
        yield held, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        held.let_go.set()
        server.close()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_worker_that_is_told_to_stop_finishes_its_call_and_exits_with_0(
    place: Place, number: signal.Signals
) -> None:
    place.plan("/2/users")
    async with held_server() as (x, url), worker_process(place, url) as process:
        await x.busy.wait()
        process.send_signal(number)
        await told(process, "stopping")
        place.plan("/never")
        x.let_go.set()
        _, errors = await process.communicate()
    assert process.returncode == 0
    assert place.calls("status, worker is not null") == [(200, True), (None, False)]
    assert b"a-token-to-hide" not in errors


async def test_a_worker_whose_grace_is_over_reports_its_call_as_aborted(place: Place) -> None:
    place.plan("/2/users")
    async with held_server() as (x, url), worker_process(place, url, ROOKERY_GRACE_PERIOD="0.05") as process:
        await x.busy.wait()
        process.terminate()
        await process.communicate()
    assert process.returncode == 0
    assert place.calls("failure") == [("aborted",)]


async def test_a_second_signal_stops_a_worker_at_once(place: Place) -> None:
    place.plan("/2/users")
    async with held_server() as (x, url), worker_process(place, url, ROOKERY_GRACE_PERIOD="600") as process:
        await x.busy.wait()
        process.terminate()
        await told(process, "stopping")
        process.terminate()
        await process.communicate()
    assert process.returncode == 128 + signal.SIGTERM
    assert place.calls("answered") == [(False,)]


# -- waiting for what PostgreSQL and the process show ------------------------------------------------------


async def found(look: Callable[[], tuple[Any, ...] | None]) -> tuple[Any, ...]:
    """Look, letting everything else go on in between, until there is a row."""
    while True:
        row = look()
        if row is not None:
            return row
        await asyncio.sleep(0.001)


async def listening(place: Place, other_than: int = 0) -> int:
    """The process number of the connection that listens, once there is one."""
    with place.admin() as connection:
        query = (
            "select pid from pg_stat_activity"
            " where datname = %s and query ilike 'listen%%' and state = 'idle' and pid <> %s"
        )
        row = await found(lambda: connection.execute(query, [place.name, other_than]).fetchone())
    return int(row[0])


async def told(process: asyncio.subprocess.Process, event: str) -> None:
    """Read the process' log until a line names the event."""
    assert process.stderr is not None
    async for line in process.stderr:
        if event.encode() in line:
            return
    pytest.fail(f"the worker ended without saying {event}")
