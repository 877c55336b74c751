"""The HTTP side of the driver: sends one call to X, brings back an answer as text or why there is none."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Literal

import httpx

from app.driver.engine import Call

FailureReason = Literal["timeout", "connect", "protocol", "aborted", "no_token"]

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
DETAIL_LENGTH = 500


@dataclass(frozen=True, slots=True)
class Response:
    """An answer: status, headers with lower-case names, and the body as unparsed text."""

    status: int
    headers: dict[str, str]
    body: str


@dataclass(frozen=True, slots=True)
class Failure:
    """No answer. `connect`, `no_token`: nothing was sent; else X may have worked, and billed."""

    reason: FailureReason
    detail: str


@dataclass(frozen=True, slots=True)
class SenderOptions:
    """Where calls go and how long they may take (seconds); the largest body is in bytes.

    `total_timeout` is below a call's lease (call.lease, 25 s): a slow call is given up before another worker
    has it. `token` empty: whoever is asked wants none; None: there is none to ask with.
    """

    base_url: str
    token: str | None = field(repr=False)
    connect_timeout: float = 5.0
    read_timeout: float = 15.0
    total_timeout: float = 20.0
    largest_body: int = 32 * 1024 * 1024
    connections: int = 8
    user_agent: str = "rookery"


class BodyTooLarge(Exception):
    """The body went past the limit; the rest was not read."""


class Sender:
    """Sends calls over reused connections. Follows no redirect: the token goes to one host only."""

    def __init__(self, options: SenderOptions) -> None:
        self._options = options
        self._base_url = options.base_url.rstrip("/")
        self._client = httpx.AsyncClient(
            headers=_headers(options),
            timeout=httpx.Timeout(
                options.read_timeout, connect=options.connect_timeout, pool=options.total_timeout
            ),
            limits=httpx.Limits(max_connections=options.connections),
            follow_redirects=False,
        )

    async def send(self, call: Call) -> Response | Failure:
        """Send one call. Never raises for what the network or X did, only when cancelled."""
        if self._options.token is None:
            return Failure("no_token", "X_BEARER_TOKEN is not set")
        try:
            async with asyncio.timeout(self._options.total_timeout):
                return await self._exchange(call)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            return Failure("connect", _describe(error))
        except (TimeoutError, httpx.TimeoutException) as error:
            return Failure("timeout", _describe(error))
        except (httpx.HTTPError, httpx.InvalidURL, BodyTooLarge) as error:
            return Failure("protocol", _describe(error))

    async def close(self) -> None:
        """Close the connections to X."""
        await self._client.aclose()

    async def _exchange(self, call: Call) -> Response:
        url = f"{self._base_url}/{call.path.lstrip('/')}"
        async with self._client.stream(call.method, url, params=dict(call.query)) as answer:
            body = bytearray()
            async for chunk in answer.aiter_bytes():
                body += chunk
                if len(body) > self._options.largest_body:
                    raise BodyTooLarge(f"body is larger than {self._options.largest_body} bytes")
            headers = {name.lower(): _storable(value) for name, value in answer.headers.items()}
            return Response(answer.status_code, headers, readable(bytes(body)))


def readable(body: bytes) -> str:
    """Bytes as text that PostgreSQL and its client take: what is not UTF-8, and NUL, becomes U+FFFD."""
    return _storable(body.decode("utf-8", errors="replace"))


def _storable(text: str) -> str:
    return text.replace("\0", REPLACEMENT)


def _headers(options: SenderOptions) -> dict[str, str]:
    headers = {"accept": "application/json", "user-agent": options.user_agent}
    if options.token:
        headers["authorization"] = f"Bearer {options.token}"
    return headers


def _describe(error: BaseException) -> str:
    return _storable(f"{type(error).__name__}: {error}".rstrip(": "))[:DETAIL_LENGTH]
