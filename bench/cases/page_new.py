"""A page of 1,000 new followers through engine_response, against the bare inserts of the same rows."""

from __future__ import annotations

from contextlib import closing

from bench import bare, filling, scale
from bench.pairs import Pair, paired
from bench.payload import followers_page
from bench.result import Result
from bench.stage import (
    BenchError,
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

NAME = "page_new"
WARM_UP, PAGES = 10, 50
MILLION = 1_000_000
GOAL_EMPTY, GOAL_MILLION = 2.0, 2.2
NOTE = (
    "The rows, on both sides alike: 18 WAL records, 1.6 kB and three probes of foreign keys for each "
    "follower. Of what is ours alone, reading the JSON takes a fifth of the whole, and noting what was "
    "bought today a fourteenth."
)


def run(server: Throwaway) -> Result:
    """Into a database that was empty, and into one that holds many users; each has its own goal."""
    users = scale.scaled(MILLION)
    return Result(
        name=NAME,
        comparisons=(
            _measure(server, 0).compared("from empty", "ms/page", GOAL_EMPTY),
            _measure(server, users).compared(f"into {users:,} users", "ms/page", GOAL_MILLION),
        ),
        note=NOTE,
    )


def _measure(server: Throwaway, users: int) -> Pair:
    make_database(server, "ours")
    if users:
        with closing(connect(server, "ours")) as owner:
            filling.fill(owner, users)
    copy_database(server, "ours", "bare")
    try:
        with worker(server, "ours") as driver, closing(connect(server, "bare")) as other:
            bare.prepare(other)
            for page_no in range(1, WARM_UP + PAGES + 1):
                bare.stage(other, page_no, followers_page(page_no))
            other.execute("analyze bare.profiles, bare.receipts")
            checkpoint(server)
            pair = paired(
                lambda page_no: hand_over(driver, next_call(driver), followers_page(page_no)),
                lambda page_no: bare.store(other, page_no),
                warm_up=WARM_UP,
                pages=PAGES,
            )
        _check_equal(server)
    finally:
        drop_databases(server, "ours", "bare")
    return pair


def _check_equal(server: Throwaway) -> None:
    """Both sides stored the same, or the comparison means nothing."""
    tables = ("users", "user_counts", "user_changes", "follows", "follow_changes")
    with closing(connect(server, "ours")) as ours, closing(connect(server, "bare")) as other:
        for table in tables:
            counts = [value(each, f"select count(*) from graph.{table}") for each in (ours, other)]
            if counts[0] != counts[1]:
                raise BenchError(f"{table} holds {counts[0]} rows on our side, {counts[1]} on the bare side")
