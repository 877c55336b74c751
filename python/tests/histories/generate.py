"""Histories from a seed."""

from __future__ import annotations

import random

from histories.history import Operation

LENGTH = 100
_WEIGHTS = {
    "tick": 24, "answer": 26, "answers": 6, "send": 3, "deliver": 5, "silence": 3, "advance": 11, "release": 1, "settle": 2, "overlap": 4,
    "enable": 4, "fan": 1, "disable": 2, "edit": 3, "budget": 1, "request": 2, "cancel": 1, "resume": 1, "world": 14, "event": 6,
}  # fmt: skip
_CHOICES: dict[str, tuple[str, ...]] = {
    "page.follows": ("2", "3", "5", "1000"), "page.small": ("1", "2", "10"), "page.unsized": ("1", "3", "100"), "page.posts": ("5",),
    "timeline.cap": ("3200", "3200", "4"), "run.pages": ("10000", "10000", "4"), "run.empty_pages": ("2", "20"), "absent_sweeps": ("1", "1", "2"),
    "call.attempts": ("2", "3", "6"), "posts.retweets": ("include", "exclude"), "reconcile.after": ("7 days", "2 days"),
}  # fmt: skip


def settings(seed: int) -> dict[str, str]:
    """The settings of a history."""
    chance = random.Random(f"settings {seed}")
    return {name: chance.choice(values) for name, values in _CHOICES.items()}


def operations(seed: int, length: int = LENGTH) -> list[Operation]:
    """The operations of a history: two roots, and then whatever comes."""
    chance = random.Random(f"operations {seed}")

    def some(name: str) -> Operation:
        return Operation(name, *(chance.randrange(5040) for _ in range(3)), chance.random() < 0.06)

    names = chance.choices(list(_WEIGHTS), list(_WEIGHTS.values()), k=length - 2)
    return [some("enable")._replace(is_undone=False), some("enable")._replace(is_undone=False), *map(some, names)]
