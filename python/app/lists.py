"""The lists that can be read whole: the members of an asset, its events, its differences."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from app.copying import Beside, Listed

ItemKind = Literal["user", "post"]

_PROFILE = Beside(
    "users",
    "user_id",
    "item_id",
    {
        "handle": "text",
        "name": "text",
        "followers_count": "count",
        "following_count": "count",
        "post_count": "count",
        "is_verified": "flag",
        "is_protected": "flag",
        "deleted_at": "time",
        "gone_reason": "text",
        "joined_at": "time",
        "location": "text",
        "description": "text",
    },
)
_POST = Beside(
    "posts",
    "post_id",
    "item_id",
    {"author_id": "id", "posted_at": "time", "text": "text", "lang": "text", "like_count": "count",
     "repost_count": "count", "reply_count": "count", "quote_count": "count", "deleted_at": "time"},
)  # fmt: skip
_AUTHOR = Beside("users", "user_id", "author_id", {"handle": "text"})


def members(instance_id: int, moment_id: int | None) -> Listed:
    """The members after a materialization, in the order of their ids; nobody before the first."""
    return Listed(
        "members_page",
        {"p_instance_id": instance_id, "p_materialization_id": moment_id},
        {"item_id": "id", "since": "time"},
        ("p_after_item_id",),
        is_empty=moment_id is None,
    )


def events(instance_id: int) -> Listed:
    """Every enter and exit, newest first."""
    return Listed(
        "events",
        {"p_instance_id": instance_id},
        {
            "materialization_id": "serial",
            "item_id": "id",
            "event": "text",
            "is_first_appearance": "flag",
            "at": "time",
        },
        ("p_before_materialization_id", "p_before_item_id"),
        falls=True,
    )


def changes(instance_id: int, from_id: int | None, to_id: int | None) -> Listed:
    """Who entered and who left between two materializations, in the order of their ids."""
    return Listed(
        "diff",
        {"p_instance_id": instance_id, "p_from": from_id, "p_to": to_id},
        {
            "item_id": "id",
            "change": "text",
            "at": "time",
            "reason": "text",
            "by_whom": "text",
            "known_at": "time",
            "handle": "text",
            "name": "text",
            "followers_count": "count",
        },
        ("p_after_item_id",),
        is_empty=to_id is None,
    )


def described(item_kind: ItemKind, listed: Listed) -> Sequence[Beside]:
    """What is known of each item, to stand beside it: users' profiles, or posts and their authors."""
    if item_kind == "user":
        return (_without(_PROFILE, listed),)
    return (_without(_POST, listed), _without(_AUTHOR, listed))


def _without(beside: Beside, listed: Listed) -> Beside:
    """What the list does not say itself."""
    columns = {name: sort for name, sort in beside.columns.items() if name not in listed.columns}
    return Beside(beside.view, beside.column, beside.of, columns)
