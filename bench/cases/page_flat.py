"""Five hundred pages into a database begun empty and never analyzed: the last cost what the first did."""

from __future__ import annotations

from contextlib import closing
from statistics import median

from app.database import call
from bench.payload import SUBJECT_ID, followers_page
from bench.result import Result
from bench.stage import (
    BenchError,
    connect,
    drop_databases,
    hand_over,
    make_database,
    next_call,
    value,
    worker,
)
from throwaway import Throwaway

NAME = "page_flat"
PAGES = 500
FIRST, LAST = slice(10, 60), slice(PAGES - 50, PAGES)
GOAL = 1.5


def run(server: Throwaway) -> Result:
    """New pages, then the same ones unchanged; of the worse, `ours` is the last 50, `bare` pages 11 to 60."""
    _set_autovacuum(server, "off")
    make_database(server, "flat")
    try:
        with worker(server, "flat") as driver:
            times = {}
            for kind in ("new", "unchanged"):
                times[kind] = [
                    1000
                    * hand_over(driver, next_call(driver), followers_page(page_no, last=page_no == PAGES))
                    for page_no in range(1, PAGES + 1)
                ]
                if kind == "new":
                    with closing(connect(server, "flat")) as owner:
                        call(
                            owner,
                            "sync_request",
                            p_sync_kind="followers",
                            p_subject_id=SUBJECT_ID,
                            p_mode="full",
                        )
        _check_never_analyzed(server)
    finally:
        drop_databases(server, "flat")
        _set_autovacuum(server, "on")
    found = {kind: (median(each[LAST]), median(each[FIRST])) for kind, each in times.items()}
    ours, bare = max(found.values(), key=lambda pair: pair[0] / pair[1])
    said = ", ".join(
        f"{kind} {one:.1f} / {other:.1f} ms = {one / other:.2f}" for kind, (one, other) in found.items()
    )
    return Result(
        name=NAME,
        ours=ours,
        bare=bare,
        unit="ms/page",
        goal=GOAL,
        ok=ours / bare <= GOAL,
        note=f"pages {LAST.start + 1} to {PAGES} against {FIRST.start + 1} to {FIRST.stop}, one connection,"
        f" autovacuum off: {said}",
    )


def _set_autovacuum(server: Throwaway, value: str) -> None:
    with closing(connect(server, "postgres")) as connection:
        connection.execute(f"alter system set autovacuum = {value}")
        connection.execute("select pg_reload_conf()")


def _check_never_analyzed(server: Throwaway) -> None:
    with closing(connect(server, "flat")) as owner:
        if value(owner, "select reltuples from pg_class where oid = 'graph.follows'::regclass") != -1:
            raise BenchError(
                "graph.follows has been analyzed, and the case is about a database that never was"
            )
