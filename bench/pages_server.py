"""A process of its own that serves one long list of followers from memory, as fast as bytes can be sent."""

from __future__ import annotations

import asyncio
import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from urllib.parse import parse_qs, urlsplit

from bench.payload import followers_page, next_token, subject_body

_HEAD = "HTTP/1.1 200 OK\r\ncontent-type: application/json; charset=utf-8\r\ncontent-length: {}\r\n\r\n"


@contextmanager
def pages_server(pages: int) -> Iterator[str]:
    """Serve a list of so many pages for the length of the block; gives the base URL."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_main, args=(theirs, pages), daemon=True)
    process.start()
    try:
        yield ours.recv()
    finally:
        process.terminate()
        process.join()


class _Answers(asyncio.Protocol):
    """HTTP/1.1 for a client that sends no bodies and waits for each answer."""

    def __init__(self, lists: dict[str, bytes], profile: bytes) -> None:
        self._lists, self._profile = lists, profile
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        while b"\r\n\r\n" in self._received:
            head, _, self._received = self._received.partition(b"\r\n\r\n")
            url = urlsplit(head.split(b" ", 2)[1].decode("ascii"))
            token = parse_qs(url.query).get("pagination_token", [""])[0]
            self._transport.write(self._profile if url.path == "/2/users" else self._lists[token])


def _main(parent: Connection, pages: int) -> None:
    lists = {
        "" if page_no == 1 else next_token(page_no - 1): _answer(
            followers_page(page_no, last=page_no == pages)
        )
        for page_no in range(1, pages + 1)
    }
    asyncio.run(_serve(parent, lists))


async def _serve(parent: Connection, lists: dict[str, bytes]) -> None:
    profile = _answer(subject_body())
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Answers(lists, profile), "127.0.0.1", 0)
    parent.send(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    await server.serve_forever()


def _answer(body: str) -> bytes:
    content = body.encode()
    return _HEAD.format(len(content)).encode() + content
