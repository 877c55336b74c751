"""Worlds from a seed, with heavy-tailed degrees, and worlds from a CSV of follows."""

import random
import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import accumulate
from pathlib import Path

from app.simulator import names
from app.simulator.noise import fraction, noise
from app.simulator.snowflakes import LARGEST_ID, user_id_of, user_made_ms
from app.simulator.world import DEFAULT_START, Account, State, World

_HANDLE, _NAME, _VERIFIED, _STATE = range(201, 205)
_HEADER = "follower,followed"
_LINE = re.compile(r"([0-9]{1,19}),([0-9]{1,19})")


class WorldFileError(ValueError):
    """A world file that cannot be used; the message names the file, the line, its text and what is wrong."""


def seeded_world(
    users: int,
    seed: int,
    *,
    start: datetime = DEFAULT_START,
    mean_follows: float = 5.0,
    hub_followers: int = 0,
) -> World:
    """Return a world of `users` accounts made from a seed.

    In- and out-degrees are heavy-tailed and about a third of the follows are mutual; `hub_followers` users
    follow the first account besides. Raises ValueError for fewer than two users.
    """
    if users < 2:
        raise ValueError(f"a world needs at least 2 users, not {users}")
    world = World(seed, start)
    for node in range(users):
        _settle(world, node)
    rng = random.Random(f"{seed}/follows")
    ids = list(world.accounts)
    weights = list(accumulate(min(rng.paretovariate(1.1), users / 4) for _ in ids))
    for follower_id in ids:
        wanted = min(int(mean_follows * 0.36 * rng.paretovariate(1.5)), users // 3)
        for followed_id in rng.choices(ids, cum_weights=weights, k=wanted):
            if world.link(follower_id, followed_id) and rng.random() < 0.22:
                world.link(followed_id, follower_id)
    for follower_id in rng.sample(ids[1:], min(hub_followers, users - 1)):
        world.link(follower_id, ids[0])
    return _spoiled(world)


def world_from_csv(
    path: Path, seed: int, *, start: datetime = DEFAULT_START, with_hub: bool = False
) -> World:
    """Return the world of a CSV of follows with the header `follower,followed` and node numbers in its rows.

    Such files are mostly gathered among the followers of one account, and leave that account itself out:
    `with_hub` adds it, followed by everybody else.

    A node number always becomes the same X id (`user_id_of`). A follow said twice is one follow. Raises
    WorldFileError, naming the line, for anything else that is not a follow.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as fault:
        reason = fault.strerror if isinstance(fault, OSError) else "it is not UTF-8 text"
        raise WorldFileError(f"cannot read the world file {path}: {reason}") from fault
    follows = list(_follows(str(path), text.splitlines()))
    world = World(seed, start)
    for node in sorted({node for pair in follows for node in pair}):
        if user_id_of(node) in world.accounts:
            raise WorldFileError(f"{path}: node {node} gets the same id as another node; renumber it")
        _settle(world, node)
    random.Random(f"{seed}/order").shuffle(follows)
    for follower, followed in follows:
        world.link(user_id_of(follower), user_id_of(followed))
    if with_hub:
        _add_hub(world, 1 + max(node for pair in follows for node in pair))
    return _spoiled(world)


def unused_handle(world: World, *parts: int) -> str:
    """Return a handle that nobody holds, told by these numbers and the handles in use."""
    base = names.handle(world.seed, _HANDLE, *parts)
    handle, attempt = base, 0
    while handle.lower() in world.holders:
        attempt += 1
        tail = str(noise(world.seed, _HANDLE, *parts, attempt) % 10 ** min(3 + attempt, 9))
        handle = base[: 15 - len(tail)] + tail
    return handle


def _follows(name: str, lines: Iterable[str]) -> Iterator[tuple[int, int]]:
    empty = True
    for number, line in enumerate(lines, start=1):
        if number == 1:
            if line.strip() != _HEADER:
                raise WorldFileError(f"{name}, line 1: the header must be {_HEADER!r}, not {line[:80]!r}")
            continue
        found = _LINE.fullmatch(line.strip())
        if found is None:
            raise WorldFileError(
                f"{name}, line {number}: expected two node numbers, follower,followed: {line[:80]!r}"
            )
        follower, followed = int(found[1]), int(found[2])
        if follower == followed:
            raise WorldFileError(f"{name}, line {number}: a node cannot follow itself: {line[:80]!r}")
        if max(follower, followed) > LARGEST_ID:
            raise WorldFileError(f"{name}, line {number}: a node number is too large: {line[:80]!r}")
        empty = False
        yield follower, followed
    if empty:
        raise WorldFileError(f"{name} holds no follows: give it the header {_HEADER!r} and at least one line")


def _add_hub(world: World, node: int) -> None:
    everybody = sorted(world.accounts)
    while user_id_of(node) in world.accounts:
        node += 1
    _settle(world, node)
    for follower_id in everybody:
        world.link(follower_id, user_id_of(node))


def _settle(world: World, node: int) -> None:
    user_id, seed = user_id_of(node), world.seed
    world.add(
        Account(
            id=user_id,
            index=len(world.by_index),
            handle=unused_handle(world, user_id),
            name=names.full_name(seed, _NAME, user_id),
            made_ms=user_made_ms(user_id),
            verified=fraction(seed, _VERIFIED, user_id) < 0.1,
        )
    )


def _spoiled(world: World) -> World:
    """Suspend, deactivate and protect fixed shares of the accounts; none in worlds too small for a share."""
    by_lot = sorted(world.by_index, key=lambda account: noise(world.seed, _STATE, account.id))
    shares: tuple[tuple[float, State | None], ...] = (
        (0.006, "suspended"),
        (0.004, "deactivated"),
        (0.02, None),
    )
    for share, state in shares:
        count = round(len(world.by_index) * share)
        for account in by_lot[:count]:
            if state is None:
                account.protected = True
            else:
                account.state, account.changed_at = state, world.start
        del by_lot[:count]
    return world
