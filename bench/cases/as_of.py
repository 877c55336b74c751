"""The members of a large segment a thousand revisions ago, against a bare read of those of now."""

from __future__ import annotations

import time
from contextlib import closing

from app.database import Connection
from bench import assets, scale
from bench.pairs import Pair, paired
from bench.result import Plot, Result
from bench.stage import BenchError, connect, drop_databases, value
from throwaway import Throwaway

NAME = "as_of"
MEMBERS, REVISIONS, EVENTS = 500_000, 1_000, 10
WARM_UP, ROUNDS, FEW_ROUNDS = 3, 21, 7
BACK = 1, 10, 100, 1_000
GOAL_INSIDE, GOAL_API = 1.3, 2.0
NOTE = (
    "Reading every member once, on both sides (sequentially, where one segment is all of the table). The "
    "moves since are a range of segment_events_pkey, grouped. At the edge every row is put into a "
    "tuplestore and taken out again, some 100 ns each: so PostgreSQL hands on what a function returns that "
    "has rights of its own."
)
_DATABASE = "history"
_BARE = (
    "select count(item_id) from asset.members"
    " where item_kind = 'user' and instance_id = %(instance)s and left_at is null"
)
_INSIDE = "select count(item_id) from asset.members_as_of('user', %(instance)s, %(moment)s)"
_API = "select count(item_id) from api.members_as_of(%(instance)s, %(moment)s)"


def run(server: Throwaway) -> Result:
    """Inside and at the api edge, each against the same bare read; inside also by how far one looks back."""
    members, revisions = scale.scaled(MEMBERS), scale.scaled(REVISIONS)
    assets.make_database(server, _DATABASE)
    with assets.filling(server, _DATABASE) as owner:
        instance = value(owner, f"select bench.fill_history({members}, {revisions}, {EVENTS})")
    try:
        with closing(connect(server, _DATABASE)) as owner:
            last = value(owner, "select max(materialization_id) from asset.materializations")
            asked = {"instance": instance, "moment": last - revisions}
            _check(owner, asked, members)
            inside = _measure(owner, _INSIDE, asked)
            backs = [back for back in BACK if back <= revisions]
            over = {
                back: _measure(owner, _INSIDE, asked | {"moment": last - back}, FEW_ROUNDS) for back in backs
            }
            # What a function returns is gathered by one process, so the bare read is done by one too.
            owner.execute("set max_parallel_workers_per_gather = 0")
            api = _measure(owner, _API, asked)
    finally:
        drop_databases(server, _DATABASE)
    what = f"{members:,} members, {revisions:,} revisions of {EVENTS} events back"
    lines = {
        "ours": [(back, pair.median) for back, pair in over.items()],
        "bare": [(back, pair.bare_median) for back, pair in over.items()],
    }
    return Result(
        name=NAME,
        comparisons=(
            inside.compared(what, "ms", GOAL_INSIDE),
            api.compared("the same, through api.members_as_of", "ms", GOAL_API),
        ),
        plots=(Plot("Members as of so many revisions ago", "revisions back", "ms", lines, by_powers=True),),
        note=NOTE,
    )


def _measure(owner: Connection, statement: str, asked: dict[str, int], rounds: int = ROUNDS) -> Pair:
    return paired(
        lambda _: _read(owner, statement, asked),
        lambda _: _read(owner, _BARE, asked),
        warm_up=WARM_UP,
        pages=rounds,
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
