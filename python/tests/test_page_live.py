"""What tells an open page that something is new: by a notification, or by looking; few, and with an end."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest

from app.errors import DatabaseUnavailable
from app.web.page import live
from app.web.page.live import CHANGED, HELLO, Live, running
from conftest import Database
from test_web_live import running_web
from web_client import TOKEN


@pytest.fixture
async def told(database: Database) -> AsyncIterator[Live]:
    found = Live(database.url("rookery_web"), database.url("rookery_web", pooled=False))
    async with running(found):
        yield found


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "PAUSE_SECONDS", 0.05)


async def listening(database: Database) -> None:
    """Wait until it listens."""
    with database.connect() as connection:
        found = None
        while found is None:
            await asyncio.sleep(0.02)
            found = connection.execute(
                "select from pg_stat_activity where application_name = 'rookery web live'"
                " and query ilike 'listen%rookery_changed%' and state = 'idle'"
            ).fetchone()


async def test_what_somebody_made_or_the_engine_did_is_told_to_every_stream(
    told: Live, database: Database
) -> None:
    streams = [told.stream(), told.stream()]
    assert [await anext(each) for each in streams] == [HELLO, HELLO]
    await listening(database)
    with database.connect() as connection:
        for function in ("base.wake()", "base.announce()"):
            connection.execute("select setval('base.wakes', 0), setval('base.announcements', 0)")
            connection.execute(f"select {function}".encode())
            assert [await asyncio.wait_for(anext(each), 10) for each in streams] == [CHANGED, CHANGED]
    for each in streams:
        await each.aclose()


async def test_nobody_listens_while_nobody_watches(told: Live, database: Database) -> None:
    count = "select count(*) from pg_stat_activity where application_name = 'rookery web live'"
    with database.connect() as connection:
        assert connection.execute(count.encode()).fetchone() == (0,)
        stream = told.stream()
        await anext(stream)
        await listening(database)
        assert connection.execute(count.encode()).fetchone() == (1,), "one for all streams"


@pytest.mark.parametrize("reason", ["a pooler lets nothing through", "the database is away"])
async def test_without_notifications_pages_are_told_to_look_all_the_same(
    database: Database, monkeypatch: pytest.MonkeyPatch, reason: str
) -> None:
    monkeypatch.setattr(live, "LOOK_SECONDS", 0.1)
    if reason == "the database is away":

        async def away(*_: object, **__: object) -> None:
            raise DatabaseUnavailable("the database does not answer")

        monkeypatch.setattr("app.web.page.live.database.connect_async", away)
    else:
        monkeypatch.setattr(live, "CHANNELS", ())
    found = Live(database.url("rookery_web"), database.url("rookery_web", pooled=False))
    async with running(found):
        stream = found.stream()
        assert [await asyncio.wait_for(anext(stream), 10) for _ in range(3)] == [HELLO, CHANGED, CHANGED]


async def test_streams_are_few_and_end_with_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "MOST_STREAMS", 2)
    found = Live("postgresql://nowhere")
    streams = [found.stream() for _ in range(2)]
    for each in streams:
        await anext(each)
    assert found.is_full
    found.close()
    assert [[part async for part in each] for each in streams] == [[], []]
    assert found.is_full, "and none is taken after that"


async def test_a_stream_ends_of_itself_so_that_a_cookie_is_looked_at_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(live, "STREAM_SECONDS", 0.05)
    found = Live("postgresql://nowhere")
    assert [part async for part in found.stream()] == [HELLO]
    assert not found.is_full


def test_the_process_stops_at_once_though_pages_are_open(database: Database, tmp_path: Path) -> None:
    """SIGTERM ends the streams first: nobody waits for what has no end."""
    with running_web(
        tmp_path / "log", ROOKERY_WEB_URL=database.url("rookery_web"), ROOKERY_API_TOKEN=TOKEN
    ) as web:
        headers = {"Sec-Fetch-Site": "same-origin"}
        with httpx.Client(base_url=web.url, headers=headers, timeout=20) as client:
            assert client.post("/login", data={"token": TOKEN}).status_code == 303
            with client.stream("GET", "/live") as stream:
                parts: Iterator[bytes] = stream.iter_raw()
                assert next(parts) == HELLO
                rest: list[bytes] = []
                reading = threading.Thread(target=lambda: rest.extend(parts))
                reading.start()
                began = time.monotonic()
                assert web.stop() == 0
                assert time.monotonic() - began < 5
                reading.join()
        assert TOKEN not in web.log.read_text()
