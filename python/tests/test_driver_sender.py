"""Sending one call over HTTP: what comes back as an answer, and what is a failure for which reason."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from app.driver import Call, Failure, Response, Sender, SenderOptions
from app.driver.sender import readable

TOKEN = "secret-token-of-the-test"


class Wire:
    """A server that answers each request on its one port with the same bytes, or with silence."""

    def __init__(self, answer: bytes | None, *, hang_up: bool) -> None:
        self.answer = answer
        self.hang_up = hang_up
        self.requests: list[str] = []
        self.connections = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while True:
                self.requests.append((await reader.readuntil(b"\r\n\r\n")).decode())
                if self.answer is None:
                    await reader.read()  # until the client goes away
                    break
                writer.write(self.answer)
                await writer.drain()
                if self.hang_up:
                    break
        except asyncio.IncompleteReadError:
            pass
        finally:
            writer.close()


def http(body: bytes, *, status: str = "200 OK", length: int | None = None, headers: str = "") -> bytes:
    size = len(body) if length is None else length
    return f"HTTP/1.1 {status}\r\nContent-Length: {size}\r\n{headers}\r\n".encode() + body


@asynccontextmanager
async def wired(
    answer: bytes | None, *, hang_up: bool = False, **options: Any
) -> AsyncIterator[tuple[Wire, Sender]]:
    wire = Wire(answer, hang_up=hang_up)
    server = await asyncio.start_server(wire.serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    sender = Sender(SenderOptions(f"http://127.0.0.1:{port}", TOKEN, **options))
    try:
        yield wire, sender
    finally:
        await sender.close()
        server.close()


def get(path: str = "/2/users", **query: str) -> Call:
    return Call(1, "GET", path, query)


async def test_status_headers_and_body_come_back_as_text() -> None:
    async with wired(http(b'{"a":1}', status="429 Too Many", headers="X-Rate-Limit-Reset: 12\r\n")) as (_, x):
        answer = await x.send(get())
    assert isinstance(answer, Response)
    assert (answer.status, answer.body) == (429, '{"a":1}')
    assert answer.headers["x-rate-limit-reset"] == "12"


async def test_query_and_token_are_sent_and_the_connection_is_used_again() -> None:
    async with wired(http(b"{}")) as (wire, x):
        await x.send(get(ids="1,2", **{"user.fields": "id,name"}))
        await x.send(get(pagination_token="a b&c"))
    assert wire.connections == 1
    assert "ids=1%2C2&user.fields=id%2Cname " in wire.requests[0]
    assert "pagination_token=a+b%26c " in wire.requests[1]
    assert f"authorization: Bearer {TOKEN}" in wire.requests[1].replace("Authorization", "authorization")


@pytest.mark.parametrize(
    "path", ["http://elsewhere.example/2/users", "//elsewhere.example/2", "@elsewhere.example/"]
)
async def test_no_path_leads_to_another_host(path: str) -> None:
    async with wired(http(b"{}")) as (wire, x):
        await x.send(get(path))
    assert len(wire.requests) == 1


async def test_a_redirect_is_an_answer_and_is_not_followed() -> None:
    async with wired(http(b"", status="302 Found", headers="Location: /elsewhere\r\n")) as (wire, x):
        answer = await x.send(get())
    assert isinstance(answer, Response)
    assert answer.status == 302
    assert len(wire.requests) == 1


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b"a\x00b", "a\ufffdb"),
        (b"a\xffb", "a\ufffdb"),
        (b"\xed\xa0\x80", "\ufffd\ufffd\ufffd"),
        (rb'"\u0000 \ud800"', r'"\u0000 \ud800"'),
        ("ä🦅".encode(), "ä🦅"),
        (b"", ""),
    ],
)
def test_bytes_that_no_database_takes_are_replaced_and_escapes_are_left(body: bytes, text: str) -> None:
    assert readable(body) == text


async def test_a_server_that_says_nothing_is_a_timeout() -> None:
    async with wired(None, read_timeout=0.05) as (_, x):
        assert await reason_of(x.send) == "timeout"


async def test_a_server_that_drips_is_a_timeout_as_a_whole() -> None:
    async with wired(http(b"x", length=1000), read_timeout=30, total_timeout=0.1) as (_, x):
        assert await reason_of(x.send) == "timeout"


async def test_nobody_listening_is_a_failed_connect() -> None:
    gone = Sender(SenderOptions("http://127.0.0.1:1", TOKEN))
    assert await reason_of(gone.send) == "connect"
    await gone.close()


@pytest.mark.parametrize(
    "answer",
    [
        http(b'{"data":[', length=500),
        b"nonsense\r\n\r\n",
        b"",
        http(b"not gzip", headers="Content-Encoding: gzip\r\n"),
    ],
    ids=["cut off", "no http", "hung up", "bad gzip"],
)
async def test_a_broken_answer_is_a_protocol_failure(answer: bytes) -> None:
    async with wired(answer, hang_up=True) as (_, x):
        assert await reason_of(x.send) == "protocol"


async def test_a_body_past_the_limit_is_refused_however_well_it_was_packed() -> None:
    packed = gzip.compress(b"x" * 100_000)
    async with wired(http(packed, headers="Content-Encoding: gzip\r\n"), largest_body=50_000) as (_, x):
        failure = await x.send(get())
    assert failure == Failure("protocol", "BodyTooLarge: body is larger than 50000 bytes")


async def test_the_token_is_in_no_failure_and_in_no_representation() -> None:
    options = SenderOptions("http://127.0.0.1:1", TOKEN)
    sender = Sender(options)
    failure = await sender.send(get())
    await sender.close()
    assert TOKEN not in repr(failure) + repr(options) + repr(sender)


async def reason_of(send: Callable[[Call], Awaitable[Response | Failure]]) -> str:
    answer = await send(get())
    assert isinstance(answer, Failure), answer
    return answer.reason
