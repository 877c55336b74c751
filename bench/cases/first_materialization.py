"""The first materialization of a large segment, against the bare inserts of its members and events."""

from __future__ import annotations

import time
from contextlib import closing

from app.database import Connection
from bench import assets, scale
from bench.pairs import paired
from bench.result import Measure, Result
from bench.stage import BenchError, checkpoint, connect, drop_databases, value, worker
from throwaway import Throwaway

NAME = "first_materialization"
MEMBERS = 1_000_000
WARM_UP, ROUNDS = 1, 3
GOAL, MOST_SECONDS = 1.3, 10.0
NOTE = (
    "The rows, on both sides alike: five WAL records, 440 bytes and one probe of users_pkey (a foreign "
    "key) for each member. Ours adds the range of follows_pkey that it reads them from."
)
_DATABASE = "first"
_FORGET = (
    "truncate asset.members, asset.events, asset.marks, asset.queue, asset.verifications",
    "set local session_replication_role = replica",
    "update asset.instances set checkpoint_id = null, read_revision = null, output_revision = 0,"
    " member_count = 0, input_revision = 0",
    "delete from asset.materializations",
    "insert into asset.marks (instance_id, cause, cause_id, look_at)"
    " select instance_id, 'root', root_id, now() from asset.roots",
)
BARE = (
    "insert into asset.segment_members"
    " (item_kind, instance_id, item_id, moved_id, first_entered_at, entered_at)"
    " select 'user', 1, follower_id, 1, now(), now() from graph.follows where target_id = %s",
    "insert into asset.segment_events"
    " (item_kind, instance_id, materialization_id, item_id, is_enter, is_first_appearance)"
    " select 'user', 1, 1, follower_id, true, true from graph.follows where target_id = %s",
)


def run(server: Throwaway) -> Result:
    """Both sides in turn in one database, into tables that were emptied before."""
    members = scale.scaled(MEMBERS)
    assets.make_database(server, _DATABASE)
    assets.fill_lists(server, _DATABASE, ("followers",), members)
    try:
        with closing(connect(server, _DATABASE)) as owner, worker(server, _DATABASE) as driver:
            assets.enable(owner, "segment_followers")
            pair = paired(
                lambda _: _ours(server, owner, driver, members),
                lambda _: _bare(server, owner, members),
                warm_up=WARM_UP,
                pages=ROUNDS,
            )
    finally:
        drop_databases(server, _DATABASE)
    return Result(
        name=NAME,
        comparisons=(
            pair.compared(
                f"{members:,} members; bare: two INSERT … SELECT in a transaction", "s", GOAL, per_unit=1000
            ),
        ),
        measures=(Measure("the tick that does nothing else", pair.median / 1000, "s", MOST_SECONDS),),
        note=NOTE,
    )


def _forget(server: Throwaway, owner: Connection) -> None:
    with owner.transaction():
        for statement in _FORGET:
            owner.execute(statement.encode())
    checkpoint(server)


def _ours(server: Throwaway, owner: Connection, driver: Connection, members: int) -> float:
    _forget(server, owner)
    seconds = assets.tick_until_materialized(driver, owner)["segment_followers"]
    _check(owner, members)
    return seconds


def _bare(server: Throwaway, owner: Connection, members: int) -> float:
    _forget(server, owner)
    start = time.perf_counter()
    with owner.transaction():
        for statement in BARE:
            owner.execute(statement.encode(), [assets.SUBJECT_ID])
    seconds = time.perf_counter() - start
    _check(owner, members)
    return seconds


def _check(owner: Connection, members: int) -> None:
    for table in ("members", "events"):
        found = value(owner, f"select count(*) from asset.{table}")
        if found != members:
            raise BenchError(f"asset.{table} holds {found} rows, and should hold {members}")
