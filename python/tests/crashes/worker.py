"""`rookery worker` as its supervisor sees it: a process to start, to stop, to kill, and to start again."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress


class Worker:
    """A worker process, forked at each start; `status` is how the last one ended, None while one lives."""

    def __init__(self, nursery: asyncio.subprocess.Process) -> None:
        self._nursery = nursery
        self._ending: asyncio.Task[None] | None = None
        self._pid = 0
        self.status: int | None = 0
        self.is_stopping = False

    async def start(self, environment: Mapping[str, str]) -> None:
        """Start one; the last one has ended."""
        assert self.status is not None
        assert self._nursery.stdin is not None
        self.status, self.is_stopping = None, False
        self._nursery.stdin.write(json.dumps(dict(environment)).encode() + b"\n")
        self._pid = await self._told()
        self._ending = asyncio.create_task(self._wait())

    def terminate(self) -> None:
        """Ask it to stop, once."""
        self.is_stopping = True
        self._signal(signal.SIGTERM)

    async def kill(self) -> None:
        """Let it die without a word, if it lives; returns when it is dead."""
        self._signal(signal.SIGKILL)
        await self.ended()

    async def ended(self) -> None:
        """Returns when it has ended."""
        if self._ending is not None:
            await asyncio.shield(self._ending)

    def _signal(self, number: int) -> None:
        # One that has just ended is not waited for yet, so the number is nobody else's.
        if self.status is None:
            with suppress(ProcessLookupError):
                os.kill(self._pid, number)

    async def _wait(self) -> None:
        self.status = await self._told()

    async def _told(self) -> int:
        assert self._nursery.stdout is not None
        line = await self._nursery.stdout.readline()
        if not line:
            raise RuntimeError("the nursery has died")
        return int(line)


@asynccontextmanager
async def nursery() -> AsyncIterator[Worker]:
    """What workers are forked from, for the length of the block; it takes a second to begin with."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "crashes.nursery"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        # That the database is away is no news here, unless somebody looks for a fault.
        stderr=None if "ROOKERY_LOG_LEVEL" in os.environ else asyncio.subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    worker = Worker(process)
    try:
        yield worker
    finally:
        await worker.kill()
        assert process.stdin is not None
        process.stdin.close()
        await process.wait()
