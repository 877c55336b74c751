"""Tells browsers that there is something new: one connection listens, and every open page hears of it.

What is new is not told: a browser that hears reads its own page again. Where notifications do not get through
(a pooler in between, a database that is away) pages are told to look now and then all the same.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager, suppress

import structlog

from app import database
from app.errors import RookeryError

log = structlog.get_logger("rookery.web")

# Who made work, and the engine when it did some; both at most once a second.
CHANNELS = (database.WAKE_CHANNEL, "rookery_changed")
LOOK_SECONDS = 15.0
PAUSE_SECONDS = 2.0
STREAM_SECONDS = 600.0
MOST_STREAMS = 64

HELLO = b"retry: 5000\n\n"
CHANGED = b"event: changed\ndata: 1\n\n"


class Live:
    """The open streams of this process. They end when it stops, and of themselves after ten minutes, so that
    a browser comes back with a cookie that still counts.
    """

    def __init__(self, url: str, listen_url: str | None = None) -> None:
        self._url = listen_url or url
        self._past_pooler = listen_url is not None
        self._streams: set[asyncio.Event] = set()
        self._watched = asyncio.Event()
        self._closed = False

    @property
    def is_full(self) -> bool:
        """Whether another stream would be one too many."""
        return self._closed or len(self._streams) >= MOST_STREAMS

    async def stream(self) -> AsyncGenerator[bytes, None]:
        """Server-sent events, until the browser goes, its time is up, or the process stops."""
        news = asyncio.Event()
        self._streams.add(news)
        self._watched.set()
        until = asyncio.get_running_loop().time() + STREAM_SECONDS
        try:
            yield HELLO
            while not self._closed:
                async with asyncio.timeout_at(until):
                    await news.wait()
                news.clear()
                if not self._closed:
                    yield CHANGED
        except TimeoutError:
            return
        finally:
            self._streams.discard(news)

    def tell(self) -> None:
        """Let every stream say that something has changed."""
        for news in self._streams:
            news.set()

    def close(self) -> None:
        """End all streams, and take no more: a server that stops waits for them."""
        self._closed = True
        self.tell()

    async def run(self) -> None:
        """Listen while anybody watches, until cancelled."""
        while True:
            await self._watched.wait()
            try:
                await self._listen()
            except RookeryError as fault:
                log.warning("not listening", reason=fault.line())
                self.tell()
                await asyncio.sleep(LOOK_SECONDS)

    async def _listen(self) -> None:
        with database.translated():
            async with await database.connect_async(self._url, application="rookery web live") as connection:
                for channel in CHANNELS:
                    await database.listen_async(connection, channel, past_pooler=self._past_pooler)
                while self._streams:
                    async for _ in connection.notifies(timeout=LOOK_SECONDS, stop_after=1):
                        pass
                    self.tell()
                    await asyncio.sleep(PAUSE_SECONDS)
        self._watched.clear()
        if self._streams:
            self._watched.set()


@asynccontextmanager
async def running(live: Live) -> AsyncIterator[None]:
    """Have it listen for the length of the block."""
    listening = asyncio.create_task(live.run(), name="live")
    try:
        yield
    finally:
        live.close()
        listening.cancel()
        with suppress(asyncio.CancelledError):
            await listening
