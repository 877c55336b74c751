"""Reads a request's body, but not more of it than a door takes."""

from __future__ import annotations

from starlette.requests import Request

from app.errors import RookeryError

LARGEST_BODY = 256 * 1024


class TooLarge(RookeryError):
    """The body is larger than the door takes."""

    http_status = 413


async def read_body(request: Request) -> bytes:
    """The body. Raises TooLarge: before the first byte where the length is said, else at once when it is."""
    length = request.headers.get("content-length", "")
    if length.isascii() and length.isdecimal() and int(length[:20]) > LARGEST_BODY:
        raise _too_large()
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > LARGEST_BODY:
            raise _too_large()
        parts.append(part)
    return b"".join(parts)


def storable_text(body: bytes) -> str:
    """The body as text that PostgreSQL can hold; what is no UTF-8, and NUL, becomes the replacement sign."""
    return body.decode(errors="replace").replace("\0", "\N{REPLACEMENT CHARACTER}")


def _too_large() -> TooLarge:
    return TooLarge(f"the body is larger than {LARGEST_BODY} bytes")
