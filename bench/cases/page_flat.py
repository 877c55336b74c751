"""Five hundred pages into a database begun empty and never analyzed: the last cost what the first did."""

from __future__ import annotations

from contextlib import ExitStack, closing
from statistics import median

from app.database import Connection, call
from bench.pairs import Pair, paired
from bench.payload import SUBJECT_ID, followers_page
from bench.result import Plot, Result
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
PAGES, EARLY, PAIRS = 500, 10, 50
LATE = PAGES - PAIRS
GOAL = 1.5
NOTE = (
    "Nothing reads a table: each id of a page is a probe of an index that is planned without statistics, "
    "so a page costs what the depth of its b-trees does."
)


def run(server: Throwaway) -> Result:
    """New pages, then the same ones unchanged: the last 50 against pages 11 to 60.

    These early ones are of a second database, so that both are measured at the same time.
    """
    _set_autovacuum(server, "off")
    make_database(server, "old")
    make_database(server, "young")
    curves: dict[str, list[float]] = {"new": [], "unchanged": []}
    try:
        with ExitStack() as stack:
            old, young = (stack.enter_context(worker(server, name)) for name in ("old", "young"))
            found = {"new": _measure(old, young, curves["new"])}
            for name in ("old", "young"):
                _read_again(server, name)
            found["unchanged"] = _measure(old, young, curves["unchanged"])
        _check_never_analyzed(server)
    finally:
        drop_databases(server, "old", "young")
        _set_autovacuum(server, "on")
    pages = f"{LATE + 1} to {PAGES} against {EARLY + 1} to {EARLY + PAIRS}"
    return Result(
        name=NAME,
        comparisons=[
            pair.compared(f"{kind} pages, {pages}", "ms/page", GOAL) for kind, pair in found.items()
        ],
        plots=[
            Plot(
                "A page's time, by its number", "page", "ms/page", {k: _by_tens(c) for k, c in curves.items()}
            )
        ],
        note=NOTE,
    )


def _by_tens(milliseconds: list[float]) -> list[tuple[float, float]]:
    """The median of each ten pages, at the last of them."""
    return [(n + 10, median(milliseconds[n : n + 10])) for n in range(0, len(milliseconds), 10)]


def _measure(old: Connection, young: Connection, curve: list[float]) -> Pair:
    """Read the list in both databases, `young` a shorter one, each to its end; `curve` is of `old`."""
    for page_no in range(1, LATE + 1):
        curve.append(1000 * _page(old, page_no, PAGES))
    for page_no in range(1, EARLY + 1):
        _page(young, page_no, EARLY + PAIRS)
    pair = paired(
        lambda number: _page(old, LATE + number, PAGES),
        lambda number: _page(young, EARLY + number, EARLY + PAIRS),
        warm_up=0,
        pages=PAIRS,
    )
    curve += pair.ours
    return pair


def _page(connection: Connection, page_no: int, last: int) -> float:
    return hand_over(connection, next_call(connection), followers_page(page_no, last=page_no == last))


def _read_again(server: Throwaway, name: str) -> None:
    with closing(connect(server, name)) as owner:
        call(owner, "sync_request", p_sync_kind="followers", p_subject_id=SUBJECT_ID, p_mode="full")


def _set_autovacuum(server: Throwaway, value: str) -> None:
    with closing(connect(server, "postgres")) as connection:
        connection.execute(f"alter system set autovacuum = {value}".encode())
        connection.execute("select pg_reload_conf()")


def _check_never_analyzed(server: Throwaway) -> None:
    with closing(connect(server, "old")) as owner:
        if value(owner, "select reltuples from pg_class where oid = 'graph.follows'::regclass") != -1:
            raise BenchError(
                "graph.follows has been analyzed, and the case is about a database that never was"
            )
