"""Histories from a seed: phrases of calm, in which lists are read and read again, and of storm."""

from __future__ import annotations

import random

from histories.operations import JUMPS, KINDS, Operation

LENGTH = 100
_STORM = {
    **{"tick": 22, "answer": 26, "answers": 3, "send": 3, "deliver": 6, "silence": 4, "advance": 11},
    **{"expire": 3, "release": 1, "overlap": 6, "enable": 4, "widen": 2, "fan": 2, "disable": 3, "edit": 4},
    **{"budget": 2, "setting": 2, "subscribe": 2, "tell": 2, "request": 3, "cancel": 1, "resume": 1},
    **{"world": 8, "event": 8, "damage": 2},
}
_CHOICES: dict[str, tuple[str, ...]] = {
    "tick.budget": ("60 s",),  # E4: a tick is bounded by items, and never by how fast the machine is
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
_SET = KINDS.index("segment_specified_users")
_LAST = -1  # of what is there


def settings(seed: int) -> dict[str, str]:
    """The settings of a history."""
    chance = random.Random(f"settings {seed}")
    return {name: chance.choice(values) for name, values in _CHOICES.items()}


def operations(seed: int, length: int = LENGTH) -> list[Operation]:
    """The operations of a history."""
    chance = random.Random(f"operations {seed}")
    found = [_some(chance, "enable", sure=True), _some(chance, "enable", sure=True), *_read(chance, 4)]
    while len(found) < length:
        phrase = chance.choices((_storm, _calm, _told, _rested, _undone_twice), (44, 40, 6, 7, 3))[0]
        found += phrase(chance)
    return found[:length]


def _storm(chance: random.Random) -> list[Operation]:
    """Anything at all."""
    return [_some(chance, name) for name in chance.choices(list(_STORM), list(_STORM.values()), k=12)]


def _calm(chance: random.Random) -> list[Operation]:
    """Something happens, time passes, and all that is due is read."""
    happens = ("world", "world", "event", "event", "edit")
    found = [_some(chance, chance.choice(happens)) for _ in range(4)]
    return [*found, Operation("advance", chance.choice(_HOURS_AND_DAYS)), *_read(chance, 3)]


def _told(chance: random.Random) -> list[Operation]:
    """X tells of what happens to somebody, and a look at the counts agrees."""
    found = [Operation("subscribe", chance.randrange(6), chance.randrange(3))]
    for _ in range(3):
        found += [_some(chance, "world"), _some(chance, "world"), _some(chance, "tell"), *_read(chance, 1)]
        found += [Operation("advance", chance.choice(_HOURS_AND_DAYS[:2])), *_read(chance, 2)]
    return found


def _rested(chance: random.Random) -> list[Operation]:
    """A set is edited, rests before anybody has looked, and wakes."""
    key = chance.randrange(2)

    def edit(how: int) -> Operation:
        return Operation("edit", key + 2 * how, chance.randrange(5040), chance.randrange(5040))

    rests = [edit(chance.randrange(3)), Operation("disable", _LAST), edit(1), _some(chance, "world")]
    wakes = [Operation("wake"), *_read(chance, 2)]
    return [Operation("enable", _SET, key), edit(0), *_read(chance, 2), *rests, *wakes]


def _undone_twice(chance: random.Random) -> list[Operation]:
    """A statement is undone, and again, before it is committed."""
    found = []
    for _ in range(3):
        operation = _some(chance, chance.choices(list(_STORM), list(_STORM.values()))[0], sure=True)
        found += [operation._replace(is_undone=True), operation._replace(is_undone=True), operation]
    return found


def _some(chance: random.Random, name: str, *, sure: bool = False) -> Operation:
    a, b, c = (chance.randrange(5040) for _ in range(3))
    return Operation(name, a, b, c, not sure and chance.random() < 0.06)


def _read(chance: random.Random, rounds: int) -> list[Operation]:
    """A worker takes all that it gets, and X answers, mostly well."""
    read: list[Operation] = []
    for _ in range(rounds):
        answers = _some(chance, "answers", sure=True) if chance.random() < 0.5 else Operation("answers")
        read += [Operation("tick", chance.randrange(3), _ALL_SLOTS), answers]
    return [*read, Operation("tick", chance.randrange(3), _ALL_SLOTS)]
