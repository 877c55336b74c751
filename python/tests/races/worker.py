"""Some workers in one process: the real driver, which sleeps as much less as the clock is faster."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from contextlib import AsyncExitStack

from app import logs
from app.driver import SenderOptions, wait_or_wake
from app.driver.service import open_driver
from app.simulator import TOKEN

_SLOTS = 3
_SHORTEST = 0.05
# Below the lease, by the real clock.
_CALL_TIMEOUT = 1.5


async def work(database_url: str, x_url: str, speed: float, count: int) -> None:
    """Work until told to stop."""

    async def wait(seconds: float, wake: asyncio.Event) -> None:
        await wait_or_wake(max(seconds / speed, _SHORTEST), wake)

    options = SenderOptions(x_url, TOKEN, total_timeout=_CALL_TIMEOUT, connections=_SLOTS)
    async with AsyncExitStack() as stack:
        drivers = [
            await stack.enter_async_context(
                open_driver(
                    database_url, options, worker=f"racer {os.getpid()}.{number}", slots=_SLOTS, wait=wait
                )
            )
            for number in range(count)
        ]

        def stop() -> None:
            for driver in drivers:
                driver.stop()

        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop)
        await asyncio.gather(*(driver.run() for driver in drivers))


if __name__ == "__main__":
    logs.configure("error", "json")
    asyncio.run(work(sys.argv[1], sys.argv[2], float(sys.argv[3]), int(sys.argv[4])))
