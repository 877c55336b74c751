"""One user: which segments hold them, since when, and under which handles they were seen."""

from __future__ import annotations

import re
from typing import Any

from app.web.page.asking import Ask, Shown

MEMBERSHIPS = 200
CHANGES = 50
# An id, a handle with or without its @, or a link to a profile.
ASKED = re.compile(
    r"(?:https?://)?(?:(?:www\.|mobile\.)?(?:x|twitter)\.com/)?(@?)([A-Za-z0-9_]{1,20})/?(?:\?.*)?"
)

LARGEST_ID = 2**63 - 1


async def show(ask: Ask) -> Shown:
    """Which segments hold this user, and since when?"""
    asked = ask.said("q")
    user_id = None if asked is None else await find(ask, asked)
    if user_id is None:
        return Shown("users.html", {"asked": asked, "handle": handle_in(asked or ""), "user": None})
    known = await ask.people([user_id])
    if user_id not in known:
        return Shown("users.html", {"asked": asked, "handle": None, "user": None})
    held = await ask.call("memberships", p_user_id=user_id, p_limit=MEMBERSHIPS + 1)
    content: dict[str, Any] = {
        "asked": asked,
        "user": known[user_id],
        "memberships": held[:MEMBERSHIPS],
        "more": len(held) > MEMBERSHIPS,
        "assets": await ask.assets(row["instance_id"] for row in held[:MEMBERSHIPS]),
        "changes": await ask.rows("handle_changes", order=["-change_id"], limit=CHANGES, user_id=user_id),
    }
    return Shown("users.html", content)


async def find(ask: Ask, asked: str) -> int | None:
    """The user whom somebody means; digits alone are an id, unless it is a handle that somebody has."""
    found = ASKED.fullmatch(asked)
    if found is None:
        return None
    at, name = found.groups()
    user_id: int | None = await ask.call("user_id", p_handle=name)
    if user_id is None and not at and name.isdecimal() and 0 < int(name) <= LARGEST_ID:
        return int(name)
    return user_id


def handle_in(asked: str) -> str | None:
    """What of it could be a handle that X knows."""
    found = ASKED.fullmatch(asked)
    return found[2] if found is not None and len(found[2]) <= 15 else None
