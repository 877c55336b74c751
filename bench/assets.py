"""Databases with assets in them, filled in bulk and then driven through api.engine_tick."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from app import database
from app.database import Connection
from bench.stage import WORKER, BenchError, connect, value
from throwaway import Throwaway, deploy_into

SUBJECT_ID = 1
FIRST_MEMBER_ID = 1_000
TOGGLED = 10
_FILLERS = Path(__file__).with_name("assets.sql")


def make_database(server: Throwaway, name: str) -> None:
    """A new database with the plan deployed and the functions of assets.sql."""
    with closing(database.connect(server.url())) as connection:
        database.create_database(connection, name)
    deploy_into(server.url(dbname=name))
    with closing(connect(server, name)) as owner, owner.transaction():
        owner.execute(_FILLERS.read_text(encoding="utf-8").encode())


@contextmanager
def filling(server: Throwaway, name: str) -> Iterator[Connection]:
    """A connection to fill a database with, in one transaction; then vacuum, as autovacuum would."""
    with closing(connect(server, name)) as owner:
        with owner.transaction():
            owner.execute("set local synchronous_commit = off")
            yield owner
            owner.execute("select bench.settle_position()")
        vacuum(owner)


def vacuum(owner: Connection) -> None:
    """Vacuum and analyze what autovacuum would have by now: not the tables that hold next to nothing.

    (Analyzed with one row in it, a table is read as a whole by every plan that a connection makes then.)
    """
    tables = value(
        owner,
        "select string_agg(relid::regclass::text, ', ') from pg_stat_user_tables"
        " where schemaname <> 'bench' and pg_relation_size(relid) > 10 * 8192",
    )
    if tables:
        owner.execute(f"vacuum analyze {tables}".encode())


def fill_lists(server: Throwaway, name: str, sync_kinds: tuple[str, ...], members: int) -> None:
    """A subject with lists of `members` users, the same in each list, all read just now."""
    with filling(server, name) as owner:
        owner.execute("select bench.fill_users(%s, 1)", [SUBJECT_ID])
        owner.execute("select bench.fill_users(%s, %s)", [FIRST_MEMBER_ID, members])
        for sync_kind in sync_kinds:
            owner.execute(
                "select bench.fill_list(%s, %s, %s, %s)", [sync_kind, SUBJECT_ID, FIRST_MEMBER_ID, members]
            )


def fill_fresh(server: Throwaway, name: str, instances: int) -> None:
    """So many instances, each with a root of its own, all of them fresh."""
    make_database(server, name)
    with filling(server, name) as owner:
        owner.execute("select bench.fill_fresh(%s)", [instances])


def enable(connection: Connection, kind: str) -> int:
    """Make an asset of the subject a root; returns its instance."""
    params = {"subject_id": str(SUBJECT_ID)}
    return int(database.call(connection, "root_enable", p_kind=kind, p_params=params))


def enable_corpus(connection: Connection, kind: str, fresh_within: str | None = None) -> None:
    """Make the posts of an asset's members a root."""
    database.call(connection, "root_enable", **_corpus_of(kind), p_fresh_within=fresh_within)


def disable_corpus(connection: Connection, kind: str) -> None:
    """Let go of the posts of an asset's members."""
    database.call(connection, "root_disable", **_corpus_of(kind))


def _corpus_of(kind: str) -> dict[str, Any]:
    source = {"kind": kind, "params": {"subject_id": str(SUBJECT_ID)}}
    return {"p_kind": "post_corpus_for_segment", "p_params": {"source": source}}


def tick(connection: Connection, slots: int = 0) -> tuple[float, dict[str, Any]]:
    """One step of the engine: seconds as the client sees them, and what the tick says."""
    start = time.perf_counter()
    said = database.call(connection, "engine_tick", p_worker=WORKER, p_slots=slots)
    return time.perf_counter() - start, said


def tick_until_materialized(driver: Connection, owner: Connection) -> dict[str, float]:
    """Tick until nothing is left to do; seconds of each tick that materialized, by the kind's name."""
    found: dict[str, float] = {}
    again = True
    while again:
        seconds, said = tick(driver)
        done = said["done"]
        again = bool(said["again"])
        if done["materializations_failed"] or done.get("runs_planned"):
            raise BenchError(f"a tick did what it should not: {said}")
        if done["materialized"]:
            kind = value(
                owner,
                "select i.kind from asset.materializations as m join asset.instances as i using (instance_id)"
                " order by m.materialization_id desc limit 1",
            )
            found[str(kind)] = seconds
    return found


def toggle(connection: Connection, round_no: int) -> None:
    """Ten edges of the subject's followers change, as a page would have changed them."""
    ids = [FIRST_MEMBER_ID + 7 * number for number in range(TOGGLED)]
    connection.execute("select bench.toggle('followers', %s, %s::bigint[], %s)", [SUBJECT_ID, ids, round_no])


def measured_tick(connection: Connection, materialized: int) -> float:
    """Seconds of a tick that must materialize so many instances, and leave nothing to do."""
    seconds, said = tick(connection)
    if said["done"]["materialized"] != materialized or said["again"]:
        raise BenchError(f"a tick was to materialize {materialized}: {said}")
    return seconds
