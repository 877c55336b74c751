"""Opaque page tokens: a list, its owner and a position in time, so that they survive changes of the list."""

import base64
import hashlib
import struct
from binascii import Error as BadBase32

NEWEST = (1 << 63) - 1
_LAYOUT = struct.Struct(">BQQ")
_SEAL_BYTES = 5


class BadCursor(ValueError):
    """A token that was not given out for this list."""


def write_cursor(seed: int, list_number: int, owner_id: int, before: int) -> str:
    """Return the token of the page of what is older than `before` (a sequence number or a post id)."""
    packed = _LAYOUT.pack(list_number, owner_id, before)
    return base64.b32hexencode(packed + _seal(seed, packed)).decode().lower().rstrip("=")


def read_cursor(seed: int, list_number: int, owner_id: int, token: str) -> int:
    """Return the position in a token; raise BadCursor if it was not given out for this list of this owner."""
    try:
        raw = base64.b32hexdecode(token.upper() + "=" * (-len(token) % 8))
    except (BadBase32, ValueError) as fault:
        raise BadCursor(token) from fault
    packed, seal = raw[: _LAYOUT.size], raw[_LAYOUT.size :]
    if len(packed) < _LAYOUT.size or seal != _seal(seed, packed):
        raise BadCursor(token)
    number, owner, before = _LAYOUT.unpack(packed)
    if (number, owner) != (list_number, owner_id):
        raise BadCursor(token)
    return int(before)


def _seal(seed: int, packed: bytes) -> bytes:
    return hashlib.blake2b(packed, digest_size=_SEAL_BYTES, key=str(seed).encode()[:64]).digest()
