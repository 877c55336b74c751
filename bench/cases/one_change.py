"""One edge that changes among a hundred thousand instances, against one among a thousand."""

from __future__ import annotations

from contextlib import ExitStack, closing

from app.database import Connection
from bench import assets, scale
from bench.pairs import paired
from bench.result import Result
from bench.stage import checkpoint, connect, drop_databases, worker
from throwaway import Throwaway

NAME = "one_change"
LARGE, SMALL = 100_000, 1_000
WARM_UP, ROUNDS = 10, 100
GOAL = 1.5
NOTE = (
    "The writes of one materialization, and the tick's fixed part. Whom a change concerns is a probe of "
    "needs_pkey for each row of the log."
)


def run(server: Throwaway) -> Result:
    """Each time it is another instance's; one tick reads the log, plans, and materializes that instance."""
    sizes = scale.scaled(LARGE), scale.scaled(SMALL, least=WARM_UP + ROUNDS + 1)
    for name, size in zip(("large", "small"), sizes, strict=True):
        assets.fill_fresh(server, name, size)
    try:
        with ExitStack() as stack:
            owners = [stack.enter_context(closing(connect(server, each))) for each in ("large", "small")]
            drivers = [stack.enter_context(worker(server, each)) for each in ("large", "small")]
            checkpoint(server)
            pair = paired(
                lambda number: _change(owners[0], drivers[0], number * (sizes[0] // (WARM_UP + ROUNDS))),
                lambda number: _change(owners[1], drivers[1], number * (sizes[1] // (WARM_UP + ROUNDS))),
                warm_up=WARM_UP,
                pages=ROUNDS,
            )
    finally:
        drop_databases(server, "large", "small")
    return Result(
        name=NAME,
        comparisons=(
            pair.compared(f"among {sizes[0]:,} instances; bare: among {sizes[1]:,}", "ms/tick", GOAL),
        ),
        note=NOTE,
    )


def _change(owner: Connection, driver: Connection, subject_id: int) -> float:
    """The first of the subject's followers goes."""
    owner.execute(
        "select bench.toggle('followers', target_id, array[follower_id], 2) from graph.follows"
        " where target_id = %s order by follower_id limit 1",
        [subject_id],
    )
    return assets.measured_tick(driver, 1)
