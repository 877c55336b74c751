"""The members of a large segment a thousand revisions ago, against a bare read of those of now."""

from __future__ import annotations

import time
from contextlib import closing

from app.database import Connection
from bench import assets, scale
from bench.pairs import Pair, paired
from bench.result import Result
from bench.stage import BenchError, connect, drop_databases, value
from throwaway import Throwaway

NAME = "as_of"
MEMBERS, REVISIONS, EVENTS = 500_000, 1_000, 10
WARM_UP, ROUNDS = 3, 21
GOAL_INSIDE, GOAL_API = 1.3, 2.0
_DATABASE = "history"
_BARE = (
    "select count(item_id) from asset.members"
    " where item_kind = 'user' and instance_id = %(instance)s and left_at is null"
)
_INSIDE = "select count(item_id) from asset.members_as_of('user', %(instance)s, %(moment)s)"
_API = "select count(item_id) from api.members_as_of(%(instance)s, %(moment)s)"


def run(server: Throwaway) -> Result:
    """Inside and at the api edge, each against the same bare read; `ok` asks each for its own goal."""
    members, revisions = scale.scaled(MEMBERS), scale.scaled(REVISIONS)
    assets.make_database(server, _DATABASE)
    with assets.filling(server, _DATABASE) as owner:
        instance = value(owner, f"select bench.fill_history({members}, {revisions}, {EVENTS})")
    try:
        with closing(connect(server, _DATABASE)) as owner:
            moment = value(owner, "select min(materialization_id) from asset.materializations")
            asked = {"instance": instance, "moment": moment}
            _check(owner, asked, members)
            inside = _measure(owner, _INSIDE, asked)
            # What a function returns is gathered by one process, so the bare read is done by one too.
            owner.execute("set max_parallel_workers_per_gather = 0")
            api = _measure(owner, _API, asked)
    finally:
        drop_databases(server, _DATABASE)
    worst, goal = (
        (inside, GOAL_INSIDE) if inside.ratio / GOAL_INSIDE > api.ratio / GOAL_API else (api, GOAL_API)
    )
    return Result(
        name=NAME,
        ours=worst.ours,
        bare=worst.bare,
        unit="ms",
        goal=goal,
        ok=inside.ratio <= GOAL_INSIDE and api.ratio <= GOAL_API,
        note=f"{members} members, {revisions} revisions of {EVENTS} events back; inside {inside.ours:.1f} /"
        f" {inside.bare:.1f} ms = {inside.ratio:.2f}, goal {GOAL_INSIDE:g}; through api.members_as_of"
        f" {api.ours:.1f} / {api.bare:.1f} ms = {api.ratio:.2f}, goal {GOAL_API:g}{scale.said()}",
    )


def _measure(owner: Connection, statement: str, asked: dict[str, int]) -> Pair:
    return paired(
        lambda _: _read(owner, statement, asked),
        lambda _: _read(owner, _BARE, asked),
        warm_up=WARM_UP,
        pages=ROUNDS,
    )


def _read(connection: Connection, statement: str, asked: dict[str, int]) -> float:
    start = time.perf_counter()
    connection.execute(statement.encode(), asked)
    return time.perf_counter() - start


def _check(owner: Connection, asked: dict[str, int], members: int) -> None:
    """All were in at first, whatever came and went since."""
    for statement in (_INSIDE, _API):
        row = owner.execute(statement.encode(), asked).fetchone()
        if row is None or row[0] != members:
            raise BenchError(f"at first there were {members} members, and as of then there are {row}")
