"""Requests of any content, at every place of the web process: each is answered, none by a fault of ours."""

from __future__ import annotations

import asyncio
import re
import socket
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote_from_bytes, unquote

import pytest
from hypothesis import event as happened
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.types import Message
from structlog.testing import capture_logs

from app.web import Doors, create_app
from app.web.doors import SIGNATURE, signature
from app.web.page.sessions import COOKIE, Session, Sessions
from conftest import Database
from fuzzing import JSON, WORDS, almost, budget, dump, spoiled
from test_web_live import running_web
from throwaway import Throwaway
from web_client import played_database

pytestmark = pytest.mark.fuzz

TOKEN, SECRET = SecretStr("the-token"), SecretStr("the-secret")
DOORS = Doors(TOKEN, TOKEN, TOKEN, SECRET)
ENDLESS = "/live"
ENTRY = [(b"authorization", b"Bearer the-token")]
QUERIES = [
    "limit",
    "cursor",
    "kind",
    "at",
    "as_of",
    "since",
    "until",
    "format",
    "status",
    "by",
    "enabled",
    "next",
]
QUERIES += [
    "about",
    "subject_id",
    "user_id",
    "event_type",
    "crc_token",
    "token",
    "q",
    "page",
    "handle",
    "done",
    "%",
]
VALUES = ["1", "10", "csv", "ndjson", "root", "true", "2026-03-01T00:00:00Z", "0001-01-01T00:00:00+23:59"]
VALUES += [
    "9999-12-31T23:59:59-23:59",
    "WzFd",
    "WyIyMDI2LTAzLTAxVDAwOjAwOjAwWiIsMV0",
    "W251bGwsbnVsbF0",
    "@user_1",
]
HEADERS = [
    "accept",
    "if-none-match",
    "content-type",
    "content-length",
    "host",
    "origin",
    "cookie",
    "traceparent",
]
HEADERS += [
    "authorization",
    "sec-fetch-site",
    "x-forwarded-proto",
    "transfer-encoding",
    "content-encoding",
    SIGNATURE,
]
TEXTS = [
    "*/*",
    "text/html",
    "text/csv",
    "application/json",
    "multipart/form-data",
    "multipart/form-data; boundary=x",
]
TEXTS += [
    "application/x-www-form-urlencoded",
    "[",
    "http://[",
    "http://x:99999999/",
    "-1",
    "9" * 5000,
    "same-origin",
]
TEXTS += [
    "W/",
    '"',
    "Bearer",
    "bearer the-token",
    "00-" + "0" * 32 + "-" + "0" * 16 + "-01",
    "gzip",
    "a=b; c",
    "é",
]
WORD = st.sampled_from([*WORDS, *VALUES]).map(lambda each: each.encode(errors="surrogatepass"))
VALUE = WORD | WORD | st.integers().map(lambda each: str(each).encode()) | st.binary(max_size=30)


@pytest.fixture(scope="module")
def world(server: Throwaway, clocked_template: str) -> Iterator[Database]:
    with played_database(server, clocked_template) as found:
        yield found


@pytest.fixture
def app(world: Database) -> Starlette:
    return create_app(
        world.url("rookery_web"), DOORS, connections=2, operator_url=world.url("rookery_operator")
    )


def cookie() -> bytes:
    """What an operator's browser brings."""
    sessions = Sessions({"operator": TOKEN, "reader": TOKEN})
    return f"{COOKIE}={sessions._serializer('operator').dumps(Session('operator', 'x').name)}".encode()


async def ask(
    app: Starlette, state: Any, method: str, path: bytes, query: bytes, headers: Any, parts: list[bytes]
) -> tuple[int, bytes]:
    """What the app answers to a request as a server would hand it over: status and body."""
    status, body = 0, b""
    coming = [
        {"type": "http.request", "body": part, "more_body": number < len(parts)}
        for number, part in enumerate(parts, 1)
    ]

    async def receive() -> dict[str, Any]:
        return coming.pop(0) if coming else {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        nonlocal status, body
        status = message.get("status", status)
        body += message.get("body", b"")

    raw = quote_from_bytes(path, safe="/@%")
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "server": ("127.0.0.1", 8080),
        "client": ("127.0.0.1", 1),
        "path": unquote(raw),
        "raw_path": raw.encode(),
        "root_path": "",
        "query_string": query,
        "headers": headers,
        "state": dict(state),
    }
    await app(scope, receive, send)
    return status, body


def requests(app: Starlette) -> st.SearchStrategy[tuple[str, bytes, bytes, Any, list[bytes]]]:
    """Requests at every place that there is, and at others."""
    places = [each for each in app.routes if isinstance(each, Route) and each.path != ENDLESS]

    right = st.sampled_from([b"1", b"2", b"3", b"user_1", b"@user_1", b"@renamed"])
    method = st.sampled_from(["GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "X", ""])

    @st.composite
    def target(draw: st.DrawFn) -> tuple[str, bytes]:
        place = draw(st.sampled_from(places))
        named = re.sub(rb"\{[^}]*\}", lambda _: draw(right | right | VALUE), place.path.encode())
        path = draw(st.sampled_from([named] * 9 + [named + b"/", b"/" + named, named + draw(VALUE)]))
        fits = draw(st.integers(0, 9)) > 0
        return sorted(place.methods or {"GET"})[0] if fits else draw(method), path

    pair = st.tuples(st.sampled_from(QUERIES), VALUE).map(
        lambda each: each[0].encode() + b"=" + quote_from_bytes(each[1]).encode()
    )
    query = st.just(b"") | st.lists(pair, max_size=3).map(b"&".join) | st.binary(max_size=30)
    text = st.sampled_from(TEXTS).map(lambda each: each.encode()) | VALUE.filter(
        lambda each: b"\n" not in each
    )
    header = st.tuples(st.sampled_from(HEADERS).map(str.encode), text)
    entry = st.sampled_from([[*ENTRY, (b"cookie", cookie())], ENTRY, [(b"cookie", cookie())], []])
    headers = st.builds(lambda first, rest: first + rest, entry, st.lists(header, max_size=4))
    fields = st.lists(
        st.tuples(st.sampled_from(["token", "next", "mark", "kind", "subject"]), VALUE), max_size=4
    )
    form = fields.map(
        lambda each: "&".join(f"{name}={quote_from_bytes(value)}" for name, value in each).encode()
    )
    body = st.binary(max_size=100) | JSON.map(dump).flatmap(spoiled) | form
    rest = st.tuples(query, headers, st.lists(body, min_size=1, max_size=3))
    return st.tuples(target(), rest).map(lambda each: (*each[0], *each[1]))


def test_no_request_meets_a_fault_of_ours(app: Starlette) -> None:
    """Every route, with paths, queries, headers and bodies that nobody foresaw."""
    seen: Counter[int] = Counter()

    @budget(300)
    @given(requests(app))
    def send(request: tuple[str, bytes, bytes, Any, list[bytes]]) -> None:
        status, body = runner.run(ask(app, state, *request))
        seen[status] += 1
        happened(f"the answer is {status}")
        assert 200 <= status < 500, body
        assert TOKEN.get_secret_value().encode() not in body or request[1].startswith(b"/login")

    with asyncio.Runner() as runner:
        context = app.router.lifespan_context(app)
        state = runner.run(context.__aenter__())
        try:
            with capture_logs() as lines:
                send()
        finally:
            runner.run(context.__aexit__(None, None, None))
    assert {each["event"] for each in lines if each["log_level"] == "error"} == set()
    assert {200, 401, 404, 405, 422} <= seen.keys(), seen


@pytest.mark.parametrize(
    ("method", "path", "query", "header"),
    [
        ("GET", b"/", b"\x80", (b"accept", b"text/html")),
        ("GET", b"/nowhere", b"\x80", (b"accept", b"text/html")),
        ("GET", b"/roots/", b"\x80", (b"host", b"[")),
        ("POST", b"/login", b"", (b"origin", b"http://[")),
        ("GET", b"/", b"", (b"host", b"[")),
    ],
)
async def test_what_was_found_is_mended(
    app: Starlette, method: str, path: bytes, query: bytes, header: tuple[bytes, bytes]
) -> None:
    headers = [header, (b"content-length", b"0"), (b"content-type", b"application/x-www-form-urlencoded")]
    async with app.router.lifespan_context(app) as state:
        status, _ = await ask(app, state, method, path, query, headers, [b""])
    assert 200 <= status < 500


def test_no_event_meets_a_fault_of_ours(app: Starlette, world: Database) -> None:
    """Both doors, for those who have the secret: bodies of any content, in pieces of any size."""
    right = {"follower": "@user_2", "target": "1", "followed_at": "2026-03-01T00:00:00Z", "event_uuid": "1"}
    envelope = {"data": {"event_uuid": "1", "event_type": "follow.follow", "filter": {}, "payload": {}}}
    bodies = st.one_of(almost(right), almost(envelope), JSON).map(dump).flatmap(spoiled)

    @budget(100)
    @given(
        bodies, st.integers(1, 1000), st.sampled_from(["application/json", "application/json; charset=x", ""])
    )
    def deliver(body: bytes, size: int, kind: str) -> None:
        parts = [body[at : at + size] for at in range(0, len(body), size)] or [b""]
        for path, (name, value), fine in (
            (b"/webhooks/new-follower", ("authorization", "Bearer the-token"), {202, 415, 422}),
            (b"/webhooks/x", (SIGNATURE, signature(SECRET, body)), {200, 422}),
        ):
            headers = [(name.encode(), value.encode()), (b"content-type", kind.encode())]
            status, said = runner.run(ask(app, state, "POST", path, b"", headers, parts))
            happened(f"{path.decode()} answers {status}")
            assert status in fine, said
            if status < 300:
                number = re.search(rb"[0-9]+", said)
                assert number is not None
                place = b"/v1/webhook-events/" + number[0]
                status, said = runner.run(ask(app, state, "GET", place, b"", ENTRY, [b""]))
                assert status == 200, said
        status, said = runner.run(ask(app, state, "GET", b"/v1/webhook-events", b"limit=1000", ENTRY, [b""]))
        assert status == 200, said

    with asyncio.Runner() as runner:
        context = app.router.lifespan_context(app)
        state = runner.run(context.__aenter__())
        try:
            deliver()
        finally:
            runner.run(context.__aexit__(None, None, None))
    with world.connect() as connection:
        assert connection.execute("select * from test.invariants()").fetchall() == []


def test_what_is_no_request_at_all_keeps_nobody_else_from_being_served(
    world: Database, tmp_path: Path
) -> None:
    """Bytes on a socket: lengths that lie, chunks that are none, requests that break off."""
    door = b"POST /webhooks/new-follower HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer the-token\r\n"
    chunked = door + b"Transfer-Encoding: chunked\r\n\r\n"
    chunk = b"40000\r\n" + b" " * 0x40000 + b"\r\n"
    oversized = chunked + chunk + chunk + b"0\r\n\r\n"
    pieces = [
        b"\r\n\r\n",
        b"GET\r\n\r\n",
        b"\0" * 100,
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET /" + b"x" * 70000 + b" HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + b"X-Y: z\r\n" * 5000 + b"\r\n",
        b"GET / HTTP/1.1\r\nHost: [\r\nAccept: text/html\r\n\r\n",
        door + b"Content-Length: 10\r\n\r\n{}",
        door + b"Content-Length: -1\r\n\r\n{}",
        door + b"Content-Length: " + b"9" * 40 + b"\r\n\r\n{}",
        door + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
        chunked + b"zz\r\n{}\r\n0\r\n\r\n",
        chunked + b"ffffffffffffffff\r\n{}",
        chunked + b"2\r\n{}\r\n",
        oversized,
    ]
    secrets = {"ROOKERY_API_TOKEN": "the-token", "ROOKERY_WEBHOOK_TOKEN": "the-token"}
    with running_web(tmp_path / "log", ROOKERY_WEB_URL=world.url("rookery_web"), **secrets) as web:
        port = int(web.url.rpartition(":")[2])
        said = [talk(port, each) for each in pieces]
        assert not any(each.startswith(b"HTTP/1.1 5") for each in said), said
        assert said[-1].startswith(b"HTTP/1.1 413")
        well = talk(port, b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert well.startswith(b"HTTP/1.1 200")
        assert not [each for each in web.lines() if each["level"] == "error"]


def talk(port: int, said: bytes) -> bytes:
    """Say it, and close; what comes back."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as line:
        try:
            line.sendall(said)
            line.shutdown(socket.SHUT_WR)
            return b"".join(iter(lambda: line.recv(65536), b""))
        except ConnectionError:
            return b""
