"""Enabling a root among a hundred thousand instances, against the same among a hundred."""

from __future__ import annotations

import time
from contextlib import ExitStack, closing

from app.database import Connection, call
from bench import assets, scale
from bench.pairs import paired
from bench.result import Result
from bench.stage import BenchError, checkpoint, connect, drop_databases, value
from throwaway import Throwaway

NAME = "root_enable"
LARGE, SMALL = 100_000, 100
WARM_UP, ROUNDS = 10, 60
GOAL = 1.5
NOTE = (
    "Half of it is when what is needed from now on is due (ingest.reschedule), by primary keys; the rest "
    "are the rows of three instances, their wants and needs."
)
_FIRST_SUBJECT = 10_000_000


def run(server: Throwaway) -> Result:
    """Each time a root over a subject that nobody asked for yet: mutuals, and its two sides."""
    sizes = scale.scaled(LARGE), scale.scaled(SMALL)
    for name, size in zip(("large", "small"), sizes, strict=True):
        assets.fill_fresh(server, name, size)
    try:
        with ExitStack() as stack:
            large, small = (
                stack.enter_context(closing(connect(server, each, "rookery_operator")))
                for each in ("large", "small")
            )
            checkpoint(server)
            pair = paired(
                lambda number: _enable(large, number),
                lambda number: _enable(small, number),
                warm_up=WARM_UP,
                pages=ROUNDS,
            )
            _check(server, sizes[0])
    finally:
        drop_databases(server, "large", "small")
    return Result(
        name=NAME,
        comparisons=(
            pair.compared(f"mutuals among {sizes[0]:,} instances; bare: among {sizes[1]:,}", "ms", GOAL),
        ),
        note=NOTE,
    )


def _enable(operator: Connection, number: int) -> float:
    params = {"subject_id": str(_FIRST_SUBJECT + number)}
    start = time.perf_counter()
    call(operator, "root_enable", p_kind="segment_mutuals", p_params=params)
    return time.perf_counter() - start


def _check(server: Throwaway, before: int) -> None:
    with closing(connect(server, "large")) as owner:
        made = value(owner, "select count(*) from asset.instances") - before
        wanted = value(owner, "select count(*) from asset.wants") - before
    if made != wanted or made != 3 * (WARM_UP + ROUNDS):
        raise BenchError(f"{WARM_UP + ROUNDS} roots made {made} instances and {wanted} wants")
