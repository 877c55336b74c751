"""Reads a request's body, but no more of it than a door takes, and no more of all than there is room for."""

from __future__ import annotations

import asyncio
from contextlib import AbstractContextManager

from starlette.requests import Request

from app.errors import RookeryError
from app.web.problems import NotNow

LARGEST_BODY = 256 * 1024
# All bodies that are being read, or wait to be stored. As text in memory one may take four times as much.
MOST_BYTES = 32 * 1024 * 1024
# For the rest of a body whose first bytes have come.
READ_SECONDS = 10.0


class TooLarge(RookeryError):
    """The body is larger than the door takes."""

    http_status = 413


class BrokenOff(RookeryError):
    """The sender went away in the middle of the body."""

    http_status = 400


class TooSlow(RookeryError):
    """The rest of the body did not come."""

    http_status = 408


class Room:
    """How many bytes of bodies may be held at once."""

    def __init__(self, most: int = MOST_BYTES) -> None:
        self._most = most
        self._held = 0

    def share(self) -> Share:
        """A part of it, for one request."""
        return Share(self)

    def take(self, size: int) -> None:
        """Take so many bytes more. Raises NotNow where there is no room for them."""
        if self._held + size > self._most:
            raise NotNow("too much is being taken in at once; send it again later")
        self._held += size

    def give(self, size: int) -> None:
        """Give them back."""
        self._held -= size


class Share(AbstractContextManager["Share"]):
    """What one request takes of the room; given back at the end of the block."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self._size = 0

    def __exit__(self, *fault: object) -> None:
        """Give all of it back."""
        self._room.give(self._size)

    def take(self, part: bytes) -> bytes:
        """Take room for a part of the body. Raises TooLarge and NotNow."""
        if self._size + len(part) > LARGEST_BODY:
            raise _too_large()
        self._room.take(len(part))
        self._size += len(part)
        return part


async def read_body(request: Request, share: Share) -> bytes:
    """The body. Raises TooLarge (unread where the length is said), NotNow, BrokenOff and TooSlow."""
    length = request.headers.get("content-length", "")
    if length.isascii() and length.isdecimal() and int(length[:20]) > LARGEST_BODY:
        raise _too_large()
    part, more = await _receive(request)
    parts = [share.take(part)]
    if more:  # seldom, so that the clock is seldom asked for
        try:
            async with asyncio.timeout(READ_SECONDS):
                while more:
                    part, more = await _receive(request)
                    parts.append(share.take(part))
        except TimeoutError:
            raise TooSlow("the rest of the body did not come in time") from None
    return b"".join(parts)


async def _receive(request: Request) -> tuple[bytes, bool]:
    message = await request.receive()
    if message["type"] == "http.disconnect":
        raise BrokenOff("the body broke off")
    return message.get("body", b""), message.get("more_body", False)


def storable_text(body: bytes) -> str:
    """The body as text that PostgreSQL can hold; what is no UTF-8, and NUL, becomes the replacement sign."""
    return body.decode(errors="replace").replace("\0", "\N{REPLACEMENT CHARACTER}")


def _too_large() -> TooLarge:
    return TooLarge(f"the body is larger than {LARGEST_BODY} bytes")
