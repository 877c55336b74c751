"""What an operation is, and what its numbers choose among."""

from __future__ import annotations

from typing import NamedTuple

from app.simulator.faults import Fault
from histories.model.assets import SUBJECT_KINDS
from histories.oddities import Odd

WORKERS = ("ada", "bob", "cyd")
# What keeps a list from its end comes oftener: it has to fail twice before much follows of it.
FAULTS: tuple[Fault | Odd, ...] = (
    *(fault for fault in Fault if fault is not Fault.CLOSED),
    *Odd,
    Fault.EXPIRED_CURSOR, Fault.REPEATED_CURSOR, Odd.REPEATED_ROWS,
)  # fmt: skip
JUMPS = (1, 3, 10, 26, 70, 400, 900, 3600, 4 * 3600, 6 * 3600, 86400, 2 * 86400, 8 * 86400)
SETTINGS = {
    "freshness.followers": ("6 hours", "1 hour", "24 hours"),
    "freshness.users": ("24 hours", "3 hours"),
    "freshness.posts": ("6 hours", "30 minutes", "24 hours"),
    "reconcile.after": ("7 days", "2 days", "12 hours"),
    "reconcile.posts_after": ("30 days", "1 day"),
    "page.follows": ("2", "3", "1000"),
    "page.small": ("1", "2", "10"),
    "timeline.cap": ("3200", "4"),
    "run.pages": ("10000", "4", "2"),
    "run.empty_pages": ("1", "2", "20"),
    "absent_sweeps": ("1", "2", "3"),
    "call.attempts": ("1", "2", "3"),
    "posts.retweets": ("include", "exclude"),
    "subject.recheck": ("24 hours", "2 hours"),
    "leavers.look_up": ("never", "always"),
    "webhook.heartbeat": ("24 hours", "3 hours"),
    "tick.items": ("500", "20", "3"),
}
KINDS = (*SUBJECT_KINDS, "segment_specified_users", "post_corpus_for_segment", "post_corpus_for_segment")
KEYS = ("alpha", "beta")


class Operation(NamedTuple):
    """What to do; the numbers choose among what is there, modulo how much of it there is."""

    name: str
    a: int = 0
    b: int = 0
    c: int = 0
    is_undone: bool = False


_UNITS = {"s": 1, "ms": 0.001, "minutes": 60, "hour": 3600, "hours": 3600, "day": 86400, "days": 86400}
_DEFAULTS = {
    **dict.fromkeys(("freshness.followers", "freshness.following", "freshness.posts"), "6 hours"),
    **dict.fromkeys(("freshness.users", "subject.recheck", "webhook.heartbeat"), "24 hours"),
    "reconcile.after": "7 days",
    "reconcile.posts_after": "30 days",
}


def numbers_of(settings: dict[str, str]) -> dict[str, float]:
    """The settings as the model takes them: in seconds, or plain."""
    numbers: dict[str, float] = {}
    for name, value in (_DEFAULTS | settings).items():
        number, _, unit = value.partition(" ")
        if number.isdigit():
            numbers[name] = int(number) * _UNITS.get(unit, 1)
    numbers["reconcile.followers"] = numbers["reconcile.following"] = numbers["reconcile.after"]
    numbers["reconcile.posts"] = numbers["reconcile.posts_after"]
    numbers["takes_retweets"] = settings.get("posts.retweets", "include") == "include"
    numbers["looks_up_leavers"] = settings.get("leavers.look_up", "never") == "always"
    return numbers
