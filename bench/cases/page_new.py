"""A page of 1,000 new followers through engine_response, against the bare inserts of the same rows."""

from __future__ import annotations

from contextlib import closing

from bench import bare, filling
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


def run(server: Throwaway) -> Result:
    """Both sizes; the ratio is the worse one, `ok` asks each for its own goal."""
    empty = _measure(server, 0)
    million = _measure(server, MILLION)
    worst, goal = (empty, GOAL_EMPTY) if empty.ratio > million.ratio else (million, GOAL_MILLION)
    return Result(
        name=NAME,
        ours=worst.ours,
        bare=worst.bare,
        unit="ms/page",
        goal=goal,
        ok=empty.ratio <= GOAL_EMPTY and million.ratio <= GOAL_MILLION,
        note=f"from empty {_said(empty)}, goal {GOAL_EMPTY:g};"
        f" into a million users {_said(million)}, goal {GOAL_MILLION:g}",
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


def _said(pair: Pair) -> str:
    return f"{pair.ours:.1f} / {pair.bare:.1f} ms = {pair.ratio:.2f}"
