"""Worker processes for tests, and a simulated X whose answers a test can keep back and count."""

from __future__ import annotations

import asyncio
import os
import sys
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import parse_qs

from starlette.types import ASGIApp, Receive, Scope, Send

from app import database as db
from app.simulator import TOKEN, World, truth
from conftest import Database

SOON = 60.0  # seconds after which a test that waits for an event has failed

Page = tuple[str, str]
"""The path of a list and the cursor of one of its pages."""


class GatedX:
    """A simulated X: counts what pages of lists were asked for, and answers those that are let through."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._permits = asyncio.Semaphore(0)
        self._changed = asyncio.Condition()
        self.asked: Counter[Page] = Counter()
        self.waiting: list[Page] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].endswith(("/followers", "/following")):
            cursor = parse_qs(scope["query_string"].decode()).get("pagination_token", ["first"])
            page = (scope["path"], cursor[0])
            self.asked[page] += 1
            await self._wait_at_the_gate(page)
        await self._app(scope, receive, send)

    async def _wait_at_the_gate(self, page: Page) -> None:
        self.waiting.append(page)
        async with self._changed:
            self._changed.notify_all()
        await self._permits.acquire()
        self.waiting.remove(page)

    def let_through(self, count: int = 1_000_000) -> None:
        """Answer so many who wait, or who will ask."""
        for _ in range(count):
            self._permits.release()

    async def held(self, count: int) -> None:
        """Wait until all that were let through are answered, and so many pages wait."""
        await self.until(lambda: self._permits.locked() and len(self.waiting) == count)

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until so much was asked for."""
        async with asyncio.timeout(SOON), self._changed:
            await self._changed.wait_for(condition)

    @property
    def asked_again(self) -> list[Page]:
        """The pages that were asked for more than once."""
        return sorted(page for page, times in self.asked.items() if times > 1)


class WorkerProcess:
    """`rookery worker`, told to log, and what it has logged so far."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._lines: list[str] = []
        self._news = asyncio.Event()
        self._reading = asyncio.create_task(self._read())

    async def _read(self) -> None:
        assert self._process.stderr is not None
        async for line in self._process.stderr:
            self._lines.append(line.decode())
            self._news.set()

    async def told(self, event: str) -> str:
        """The first line of its log that names the event, once there is one."""
        while True:
            self._news.clear()
            found = next((line for line in self._lines if event in line), None)
            if found is not None:
                return found
            assert self._process.returncode is None, f"it ended: {''.join(self._lines)}"
            try:
                await asyncio.wait_for(self._news.wait(), SOON)
            except TimeoutError:
                raise AssertionError(f"it never told {event!r}: {''.join(self._lines)}") from None

    def terminate(self) -> None:
        """SIGTERM, as whoever supervises it would send it."""
        self._process.terminate()

    async def ended(self) -> int:
        """Its exit status, once it has ended."""
        async with asyncio.timeout(SOON):
            status = await self._process.wait()
            await self._reading
            return status

    async def kill(self) -> None:
        """Let it die without a word, if it lives."""
        if self._process.returncode is None:
            self._process.kill()
        await self._process.wait()
        await self._reading


@asynccontextmanager
async def worker_process(x_url: str, **environment: str) -> AsyncIterator[WorkerProcess]:
    """A worker for the length of the block, killed then if it still works."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "app", "worker"),
        stdin=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
        env={
            **os.environ,
            "ROOKERY_MIGRATE": "0",
            "ROOKERY_LOG_FORMAT": "json",
            "ROOKERY_CALL_TIMEOUT": "60",
            "ROOKERY_READ_TIMEOUT": "60",
            "X_API_BASE_URL": x_url,
            "X_BEARER_TOKEN": TOKEN,
            **environment,
        },
    )
    worker = WorkerProcess(process)
    try:
        yield worker
    finally:
        await worker.kill()


def follow(place: Database, *subjects: int, **settings: str) -> dict[int, int]:
    """Ask for the followers of each, under these settings; their instances by subject."""
    with place.connect("rookery_operator") as operator:
        for name, value in settings.items():
            db.call(operator, "setting_set", p_name=name.replace("__", "."), p_value=value)
        return {
            subject: db.call(
                operator, "root_enable", p_kind="segment_followers", p_params={"subject_id": str(subject)}
            )
            for subject in subjects
        }


async def until_materialized(place: Database, instances: dict[int, int]) -> None:
    """Wait until each has been materialized once."""
    wanted: dict[str, Any] = {"instance_id": list(instances.values()), "status": "success"}
    with place.connect("rookery_operator") as operator:
        await until(lambda: len(db.read_view(operator, "materializations", where=wanted)) == len(instances))


async def until(condition: Callable[[], bool]) -> None:
    """Wait until it holds, letting everything else go on in between."""
    async with asyncio.timeout(SOON):
        while True:
            if condition():
                return
            await asyncio.sleep(0.02)


def expect_the_truth(place: Database, world: World, instances: dict[int, int]) -> None:
    """Each segment has the members that X shows, and every edge was added once."""
    expected = {subject: truth.followers(world, subject) for subject in instances}
    with place.connect() as owner:
        for subject, instance in instances.items():
            members = {row["item_id"] for row in db.call(owner, "members", p_instance_id=instance)}
            assert members == expected[subject], subject
        changes = owner.execute("select change, count(*) from graph.follow_changes group by 1").fetchall()
    assert changes == [("added", sum(len(each) for each in expected.values()))]
