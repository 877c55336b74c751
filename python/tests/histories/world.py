"""The small world of a history, and what can happen in it."""

from __future__ import annotations

import random
from datetime import UTC, datetime

from app.simulator.snowflakes import user_id_of, user_made_ms
from app.simulator.world import Account, State, World

START = datetime(2026, 3, 2, tzinfo=UTC).timestamp()
NOBODY = 999_999_999_999
_PEOPLE = 9
# Who is asked for, by places.
SUBJECTS = (0, 0, 0, 1, 1, 2)
# Follow, follow back, come back, unfollow …: what has to be seen twice happens oftener.
_HAPPENS = (0, 1, 2, 2, 2, 3, 3, 4, 5, 7, 7, 8, 9, 10, 10, 11)
_STATES: tuple[State, ...] = ("suspended", "deactivated", "active", "active")


def small(seed: int) -> tuple[World, list[int]]:
    """A world of a few people who follow each other and posted a little, and their ids."""
    chance = random.Random(seed)
    world = World(seed, datetime.fromtimestamp(START, UTC))
    ids = [user_id_of(node) for node in range(_PEOPLE)]
    for node, user_id in enumerate(ids):
        world.add(Account(user_id, node, f"Person{node}", f"Person {node}", user_made_ms(user_id)))
    pairs = [(a, b) for a in ids for b in ids if a != b]
    for follower, followed in chance.sample(pairs, 40):
        world.link(follower, followed)
    moment = datetime.fromtimestamp(START - 90_000, UTC)
    for user_id in ids:
        world.posts(user_id).clear()
        for _ in range(chance.randrange(4)):
            world.publish(moment, user_id)
    return world, ids


def happen(world: World, ids: list[int], now: float, a: int, b: int, c: int) -> None:
    """Let something happen; the numbers choose what, and to whom."""
    at = datetime.fromtimestamp(now, UTC)
    # Most of what happens, happens to those who are asked for.
    one, other, what = ids[b % len(ids)], ids[SUBJECTS[c % len(SUBJECTS)]], _HAPPENS[a % len(_HAPPENS)]
    if what < 5:
        _follow_or_not(world, at, what, one, other, b)
    elif what < 8:
        _post_or_not(world, at, what, one, c)
    else:
        _become_another(world, at, what, one, other, c)


def _follow_or_not(world: World, at: datetime, what: int, one: int, other: int, b: int) -> None:
    followers, followed = sorted(world.followers.get(other, ())), sorted(world.following.get(other, ()))
    if what == 0:
        world.follow(at, other, one)
    elif what == 1:
        world.follow(at, one, other)
    elif what == 2:
        _come_back(world, at, b)
    elif what == 3 and followers:
        world.unfollow(at, followers[b % len(followers)], other)
    elif followed:
        world.unfollow(at, other, followed[b % len(followed)])


def _post_or_not(world: World, at: datetime, what: int, one: int, c: int) -> None:
    if what == 7:
        world.delete(at, one, c % max(1, len(world.posts(one))))
    else:
        world.publish(at, one)


def _become_another(world: World, at: datetime, what: int, one: int, other: int, c: int) -> None:
    account = world.accounts[one]
    if what == 8:
        world.set_state(at, one, _STATES[c % len(_STATES)])
    elif what == 9:
        account.protected = not account.protected and c % 2 == 0
    elif what == 10:
        left = [h.old for h in world.log if h.old is not None and world.holder(h.old) is None]
        # Rather one that somebody else has just left, and differently written.
        world.set_handles(at, {one: left[-1].swapcase() if left and c % 3 else f"Name{c % 5}"})
    else:
        world.set_handles(at, {one: world.accounts[other].handle, other: account.handle})


def _come_back(world: World, at: datetime, b: int) -> None:
    """Somebody follows again whom they had left; or at least follows."""
    left = [(h.user_id, h.other_id) for h in world.log if h.what == "unfollow" and h.other_id is not None]
    if left:
        follower, followed = left[-1 - b % min(len(left), 4)]
        world.follow(at, follower, followed)
