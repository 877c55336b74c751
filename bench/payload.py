"""Pages of followers as X sends them, with every field asked for: the same page for the same number."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from app.simulator import names
from app.simulator.noise import fraction, noise
from app.simulator.snowflakes import snowflake, written_time

PAGE_SIZE = 1_000
SUBJECT_ID = 783_214
# Only the first pages are asked for twice.
_REMEMBERED = 8
_SEED = 20_260_301
_FIRST_MS, _SPAN_MS = 1_356_000_000_000, 400_000_000_000
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


@lru_cache(_REMEMBERED)
def followers_page(page_no: int, *, last: bool = False) -> str:
    """The body of page `page_no` (from 1): followers that no other page has, and the way to the next page."""
    first = (page_no - 1) * PAGE_SIZE
    meta: dict[str, Any] = {"result_count": PAGE_SIZE}
    if not last:
        meta["next_token"] = next_token(page_no)
    return _json({"data": [_user(number) for number in range(first, first + PAGE_SIZE)], "meta": meta})


def next_token(page_no: int) -> str:
    """What leads on from page `page_no`."""
    return f"{noise(_SEED, page_no):016X}{noise(_SEED, page_no, 1):016X}ZZZZ"


def subject_body() -> str:
    """The answer to the look-up of the user whose followers the pages are."""
    user = _user(-1) | {"id": str(SUBJECT_ID), "username": "subject_of_bench"}
    return _json({"data": [user]})


def _user(number: int) -> dict[str, Any]:
    joined_ms = _FIRST_MS + int(fraction(_SEED, number) * _SPAN_MS)
    # 22 low bits of the running number keep the ids apart, whatever the millisecond.
    user_id = snowflake(joined_ms, number)
    some = noise(_SEED, number, 1)
    user: dict[str, Any] = {
        "id": str(user_id),
        "name": names.full_name(_SEED, number, 2),
        "username": _handle(number),
        "created_at": written_time(joined_ms),
        "profile_image_url": f"https://pbs.twimg.com/profile_images/{user_id}/{some % 36**6:08x}_normal.jpg",
        "protected": some % 20 == 0,
        "public_metrics": {
            "followers_count": some >> 8 & 0xFFF,
            "following_count": some >> 20 & 0x7FF,
            "post_count": some >> 31 & 0x3FFF,
            "listed_count": some >> 45 & 0x1F,
            "like_count": some >> 50 & 0xFFF,
            "media_count": some >> 40 & 0xFF,
        },
        "url": f"https://t.co/{some % 36**6:010x}" if some % 3 == 0 else "",
        "verified": some % 9 == 0,
        "verified_type": "blue" if some % 9 == 0 else "none",
        "description": names.bio(_SEED, number, 3) or "",
    }
    place = names.place(_SEED, number, 4)
    return user if place is None else user | {"location": place}


def _handle(number: int) -> str:
    """A handle that nobody else has: a word, and the number in base 36 behind the last underscore."""
    word = names.handle(_SEED, number, 5)[:9].rstrip("_")
    rest, digits = number + 2, ""
    while rest:
        rest, digit = divmod(rest, 36)
        digits = _DIGITS[digit] + digits
    return f"{word}_{digits}"


def _json(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
