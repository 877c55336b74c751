"""What an operation is, and what its numbers choose among."""

from __future__ import annotations

from typing import NamedTuple

from app.simulator.faults import Fault
from histories.model import SUBJECT_KINDS

WORKERS = ("ada", "bob", "cyd")
FAULTS = (
    Fault.UNAVAILABLE, Fault.BROKEN, Fault.HTML_200, Fault.HTML_502,
    Fault.CUT_BODY, Fault.WINDOW_429, Fault.ERRORS_ONLY, Fault.REPEATED_CURSOR,
    Fault.EMPTY_PAGE, Fault.SHORT_PAGE, Fault.MISSING_META, Fault.UNAUTHORIZED,
    Fault.NO_CREDITS, Fault.FORBIDDEN, Fault.EMPTY_404, Fault.HOSTILE_TEXT,
    Fault.EXPIRED_CURSOR, Fault.EXPIRED_CURSOR, Fault.REPEATED_CURSOR,
)  # fmt: skip
JUMPS = (1, 3, 10, 26, 70, 400, 900, 3600, 4 * 3600, 6 * 3600, 86400, 2 * 86400, 8 * 86400)
KINDS = (*SUBJECT_KINDS, "segment_specified_users", "post_corpus_for_segment", "post_corpus_for_segment")
KEYS = ("alpha", "beta")
PRICE = {"user": 0.01, "follow": 0.01, "post": 0.005}
RESOURCE = {
    "users": "user", "users_by_handle": "user", "followers": "follow", "following": "follow",
    "timeline": "post", "posts": "post", "search": "post",
}  # fmt: skip


class Operation(NamedTuple):
    """What to do; the numbers choose among what is there, modulo how much of it there is."""

    name: str
    a: int = 0
    b: int = 0
    c: int = 0
    is_undone: bool = False


def numbers_of(settings: dict[str, str]) -> dict[str, float]:
    """The settings as the model takes them: in seconds, or plain."""
    units = {"s": 1, "hours": 3600, "days": 86400, "minutes": 60, "hour": 3600, "day": 86400}
    numbers: dict[str, float] = {
        "takes_retweets": settings.get("posts.retweets", "include") == "include",
        "subject.recheck": 86400,
        "freshness.users": 86400,
        **dict.fromkeys(("freshness.followers", "freshness.following", "freshness.posts"), 21600),
        **dict.fromkeys(("reconcile.followers", "reconcile.following"), 604800),
        "reconcile.posts": 2592000,
    }
    for name, value in settings.items():
        if name == "reconcile.after":
            numbers |= dict.fromkeys(
                ("reconcile.followers", "reconcile.following"), int(value.split()[0]) * 86400.0
            )
        if name == "reconcile.posts_after":
            numbers["reconcile.posts"] = int(value.split()[0]) * 86400.0
        number, _, unit = value.partition(" ")
        if number.isdigit():
            numbers[name] = int(number) * units.get(unit, 1)
    return numbers
