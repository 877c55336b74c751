"""Histories from a seed: phrases of calm, in which lists are read and read again, and of storm."""

from __future__ import annotations

import random

from histories.operations import JUMPS, Operation

LENGTH = 100
_STORM = {
    **{"tick": 22, "answer": 26, "answers": 3, "send": 3, "deliver": 6, "silence": 4, "advance": 11},
    **{"release": 1, "overlap": 6, "enable": 4, "fan": 2, "disable": 3, "edit": 4, "budget": 1},
    **{"request": 3, "cancel": 1, "resume": 1, "world": 8, "event": 6},
}
_CHOICES: dict[str, tuple[str, ...]] = {
    "page.follows": ("2", "3", "1000", "1000"),
    "page.small": ("1", "2", "10"),
    "page.unsized": ("1", "3", "100"),
    "page.posts": ("5",),
    "timeline.cap": ("3200", "3200", "4"),
    "run.pages": ("10000", "10000", "4"),
    "run.empty_pages": ("2", "20"),
    "absent_sweeps": ("1", "1", "2"),
    "call.attempts": ("1", "2", "2", "3"),
    "posts.retweets": ("include", "exclude"),
    "reconcile.after": ("7 days", "2 days"),
    "reconcile.posts_after": ("30 days", "1 day"),
}
_HOURS_AND_DAYS = [place for place, seconds in enumerate(JUMPS) if seconds >= 6 * 3600]
_ALL_SLOTS = 3


def settings(seed: int) -> dict[str, str]:
    """The settings of a history."""
    chance = random.Random(f"settings {seed}")
    return {name: chance.choice(values) for name, values in _CHOICES.items()}


def operations(seed: int, length: int = LENGTH) -> list[Operation]:
    """The operations of a history."""
    chance = random.Random(f"operations {seed}")
    found = [_some(chance, "enable", sure=True), _some(chance, "enable", sure=True), *_read(chance, 4)]
    while len(found) < length:
        if chance.random() < 0.1:
            names = ("edit", "disable", "edit", "world", "wake", "tick", "answers", "tick")
            found += [_some(chance, name) for name in names]
        elif chance.random() < 0.5:
            found += [
                _some(chance, chance.choice(("world", "world", "event", "event", "edit"))) for _ in range(4)
            ]
            found += [Operation("advance", chance.choice(_HOURS_AND_DAYS)), *_read(chance, 3)]
        else:
            found += [
                _some(chance, name) for name in chance.choices(list(_STORM), list(_STORM.values()), k=12)
            ]
    return found[:length]


def _some(chance: random.Random, name: str, *, sure: bool = False) -> Operation:
    a, b, c = (chance.randrange(5040) for _ in range(3))
    return Operation(name, a, b, c, not sure and chance.random() < 0.06)


def _read(chance: random.Random, rounds: int) -> list[Operation]:
    """A worker takes all that it gets, and X answers well."""
    read: list[Operation] = []
    for _ in range(rounds):
        read += [Operation("tick", chance.randrange(3), _ALL_SLOTS), Operation("answers")]
    return [*read, Operation("tick", chance.randrange(3), _ALL_SLOTS)]
