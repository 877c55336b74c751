"""One user: which segments hold them, since when, and under which handles they were seen."""

from __future__ import annotations

from typing import Any

from app.errors import OperatorMistake
from app.web.page.asking import Ask, Shown

MEMBERSHIPS = 200
CHANGES = 50


async def show(ask: Ask) -> Shown:
    """Which segments hold this user, and since when?"""
    asked = ask.said("q")
    if asked is None:
        return Shown("users.html", {"asked": None, "user": None})
    try:
        (found,) = await ask.call("users_find", p_names=[asked])
    except OperatorMistake as fault:
        return Shown("users.html", {"asked": asked, "user": None, "price": None, "fault": fault})
    user_id = found["user_id"]
    known = await ask.people([user_id])
    if user_id not in known:
        price = found["look_up_usd"]
        return Shown("users.html", {"asked": asked, "user": None, "price": price, "fault": None})
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
