"""A page of 1,000 followers who are all known and unchanged, against a page of new ones."""

from __future__ import annotations

from contextlib import ExitStack, closing
from statistics import median

from app.database import Connection, call
from bench.pairs import paired
from bench.payload import SUBJECT_ID, followers_page
from bench.result import Measure, Result
from bench.stage import (
    checkpoint,
    connect,
    copy_database,
    drop_databases,
    hand_over,
    make_database,
    next_call,
    value,
    worker,
)
from throwaway import Throwaway

NAME = "page_unchanged"
WARM_UP, PAGES = 10, 50
GOAL = 0.35
MOST_WAL = 10_000
NOTE = (
    "Reading the JSON is half of it; the rest is a probe of user_counts_pkey for the hash of each "
    "payload, and one of purchases_pkey. The receipt is 8.3 of the 9.4 kB of WAL."
)
GRAPH_WRITES = """
select sum(n_tup_ins + n_tup_upd + n_tup_del)::bigint
from pg_stat_user_tables where schemaname = 'graph'
"""


def run(server: Throwaway) -> Result:
    """`bare` is here a page of new followers, stored by us in a database of its own."""
    make_database(server, "fresh")
    copy_database(server, "fresh", "known")
    try:
        _store_all(server)
        return _measure(server)
    finally:
        drop_databases(server, "fresh", "known")


def _store_all(server: Throwaway) -> None:
    """Read the list once, and begin to read it once more."""
    with worker(server, "known") as driver:
        for page_no in range(1, WARM_UP + PAGES + 1):
            hand_over(driver, next_call(driver), followers_page(page_no, last=page_no == WARM_UP + PAGES))
    with closing(connect(server, "known")) as owner:
        call(owner, "sync_request", p_sync_kind="followers", p_subject_id=SUBJECT_ID, p_mode="full")
        owner.execute("vacuum")
    checkpoint(server)


def _measure(server: Throwaway) -> Result:
    wal: list[int] = []
    with ExitStack() as stack:
        known, fresh = (stack.enter_context(worker(server, name)) for name in ("known", "fresh"))
        owner = stack.enter_context(closing(connect(server, "known")))

        def unchanged(page_no: int) -> float:
            call_id = next_call(known)
            before = _wal_position(owner)
            seconds = hand_over(known, call_id, followers_page(page_no))
            wal.append(_wal_position(owner) - before)
            return seconds

        written = _graph_writes(known, owner)
        pair = paired(
            unchanged,
            lambda page_no: hand_over(fresh, next_call(fresh), followers_page(page_no)),
            warm_up=WARM_UP,
            pages=PAGES,
        )
        written = _graph_writes(known, owner) - written
    return Result(
        name=NAME,
        comparisons=(pair.compared("bare: a page of new followers", "ms/page", GOAL),),
        measures=(
            Measure(f"row versions in graph by {WARM_UP + PAGES} pages", written, "rows", 0),
            Measure("WAL of a page", median(wal[WARM_UP:]), "bytes", MOST_WAL),
            Measure("WAL of the page that wrote most", max(wal[WARM_UP:]), "bytes"),
        ),
        note=NOTE,
    )


def _wal_position(connection: Connection) -> int:
    return int(value(connection, "select pg_current_wal_insert_lsn() - '0/0'"))


def _graph_writes(writer: Connection, reader: Connection) -> int:
    """Rows ever inserted, updated or deleted in graph; `writer` hands in its counts first."""
    writer.execute("select pg_stat_force_next_flush()")
    return int(value(reader, GRAPH_WRITES))
