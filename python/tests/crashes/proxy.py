"""Stands between a worker and its server, and can stop the conversation at any boundary of a statement."""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path

from crashes.boundaries import Boundary, name_of
from throwaway import PORT, Throwaway

_CANCEL = (80877102).to_bytes(4, "big")
# Of what a client says, these end a turn: Query, Sync, Flush, Terminate.
_TURN_ENDS = b"QSHX"
_Ended = (asyncio.IncompleteReadError, ConnectionError)


class Proxy:
    """Counts statements by their names, on all connections together; `passed` is every boundary so far.

    At the boundary `until`, nothing goes through any more, and `arrived` is set: from there on it is the
    caller's, who kills, and then says `cut` and `go_on`.
    """

    def __init__(self, server: Throwaway) -> None:
        self._server = f"{server.host}/.s.PGSQL.{server.port}"
        self._links: set[asyncio.Task[None]] = set()
        self._numbers: Counter[str] = Counter()
        self._until: Boundary | None = None
        self._refuses = False
        self._open = asyncio.Event()
        self._open.set()
        self.arrived = asyncio.Event()
        self.passed: list[Boundary] = []
        self.delivered: Counter[str] = Counter()

    def stop_at(self, until: Boundary | None) -> None:
        """Stop the conversation there, counting anew from here on; None lets everything through."""
        self._numbers.clear()
        self._until = until

    async def cut(self) -> None:
        """Every connection ends, and new ones are refused."""
        self._refuses = True
        links = list(self._links)
        for link in links:
            link.cancel()
        await asyncio.gather(*links, return_exceptions=True)

    def go_on(self, until: Boundary | None) -> None:
        """After a stop and a cut: new connections are let through, to there."""
        self.stop_at(until)
        self.arrived.clear()
        self._refuses = False
        self._open.set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection of the worker's, to its end."""
        link = asyncio.current_task()
        assert link is not None
        self._links.add(link)
        try:
            if self._refuses:
                return
            await _Link(self, reader, writer).run(self._server)
        except (*_Ended, FileNotFoundError, asyncio.CancelledError):
            pass  # the server is away, one of the two has gone, or this was cut
        finally:
            self._links.discard(link)
            writer.close()

    async def ask(self, statement: str) -> Boundary:
        """A statement is to be sent on: returns when it may be."""
        await self._open.wait()
        self._numbers[statement] += 1
        boundary = Boundary(statement, self._numbers[statement], "asked")
        await self._pass(boundary)
        return boundary

    async def sent(self, asked: Boundary) -> None:
        """It was sent on."""
        await self._pass(replace(asked, side="sent"))

    async def answer(self, asked: Boundary) -> None:
        """Its whole answer is here: returns when it may be delivered."""
        await self._open.wait()
        await self._pass(replace(asked, side="done"))
        self.delivered[asked.statement] += 1

    async def _pass(self, boundary: Boundary) -> None:
        self.passed.append(boundary)
        if boundary == self._until:
            self._open.clear()
            self.arrived.set()
            await asyncio.Event().wait()  # until the connection is cut


class _Link:
    """One connection: a pump in each direction, in whole turns of the protocol."""

    def __init__(self, proxy: Proxy, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._proxy = proxy
        self._client, self._to_client = reader, writer
        self._asked: deque[Boundary] = deque()

    async def run(self, path: str) -> None:
        length = await self._client.readexactly(4)
        startup = length + await self._client.readexactly(int.from_bytes(length, "big") - 4)
        if startup[4:8] != _CANCEL:
            self._asked.append(await self._proxy.ask("connect"))
        server, to_server = await asyncio.open_unix_connection(path)
        try:
            to_server.write(startup)
            for asked in self._asked:
                await self._proxy.sent(asked)
            pumps = [asyncio.create_task(self._forth(to_server)), asyncio.create_task(self._back(server))]
            try:
                await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for pump in pumps:
                    pump.cancel()
                await asyncio.gather(*pumps, return_exceptions=True)
        finally:
            to_server.close()

    async def _forth(self, to_server: asyncio.StreamWriter) -> None:
        turn, name = bytearray(), ""
        async for message in _messages(self._client):
            turn += message
            kind = message[:1]
            if kind in b"QP":  # a Parse names its statement first, here with nothing
                name = name_of(message[5:].lstrip(b"\0"))
            if kind in b"QS":
                self._asked.append(await self._proxy.ask(name))
            if kind in _TURN_ENDS:
                to_server.write(turn)
                turn.clear()
            if kind in b"QS":
                await self._proxy.sent(self._asked[-1])

    async def _back(self, server: asyncio.StreamReader) -> None:
        turn = bytearray()
        async for message in _messages(server):
            turn += message
            is_ready = message[:1] == b"Z"
            if is_ready and self._asked:
                await self._proxy.answer(self._asked[0])
                self._asked.popleft()
            if is_ready or not self._asked:  # what is said unasked, such as a notification, is passed on
                self._to_client.write(turn)
                await self._to_client.drain()
                turn.clear()
        self._to_client.write(turn)


async def _messages(reader: asyncio.StreamReader) -> AsyncIterator[bytes]:
    with suppress(*_Ended):
        while True:
            head = await reader.readexactly(5)
            yield head + await reader.readexactly(int.from_bytes(head[1:], "big") - 4)


@asynccontextmanager
async def proxy(server: Throwaway, folder: Path) -> AsyncIterator[Proxy]:
    """A proxy before the server, on the socket of a server of port 5432 in that folder."""
    between = Proxy(server)
    listener = await asyncio.start_unix_server(between.serve, folder / f".s.PGSQL.{PORT}")
    try:
        yield between
    finally:
        listener.close()
        await between.cut()
