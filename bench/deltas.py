"""Ticks that materialize ten changes of a large segment and of a small one, side by side."""

from __future__ import annotations

from contextlib import ExitStack, closing

from app.database import Connection
from bench import assets, scale
from bench.pairs import paired
from bench.result import Measure, Result
from bench.stage import checkpoint, connect, drop_databases, worker
from throwaway import Throwaway

LARGE, SMALL = 1_000_000, 10_000
WARM_UP, ROUNDS = 10, 60
GOAL, MOST_PERCENT_OF_FIRST = 1.5, 0.1


def measure(
    server: Throwaway, name: str, kind: str, lists: tuple[str, ...], *, materialized: int, note: str
) -> Result:
    """Materialize a kind at both sizes, then change ten edges of its followers again and again.

    The first time is that of all the materializations that a delta repeats: `materialized` of them.
    """
    members = scale.scaled(LARGE), scale.scaled(SMALL)
    repeated = {"segment_followers", kind}
    for database, count in zip(("large", "small"), members, strict=True):
        assets.make_database(server, database)
        assets.fill_lists(server, database, lists, count)
    try:
        with ExitStack() as stack:
            owners = [stack.enter_context(closing(connect(server, each))) for each in ("large", "small")]
            drivers = [stack.enter_context(worker(server, each)) for each in ("large", "small")]
            firsts = []
            for owner, driver in zip(owners, drivers, strict=True):
                assets.enable(owner, kind)
                ticks = assets.tick_until_materialized(driver, owner)
                firsts.append(sum(seconds for each, seconds in ticks.items() if each in repeated))
                assets.vacuum(owner)
                assets.tick(driver)
            checkpoint(server)
            pair = paired(
                lambda round_no: _delta(owners[0], drivers[0], round_no, materialized),
                lambda round_no: _delta(owners[1], drivers[1], round_no, materialized),
                warm_up=WARM_UP,
                pages=ROUNDS,
            )
    finally:
        drop_databases(server, "large", "small")
    label = f"{assets.TOGGLED} of {members[0]:,} members; bare: of {members[1]:,}"
    return Result(
        name=name,
        comparisons=(pair.compared(label, "ms/tick", GOAL),),
        measures=(
            Measure("the first time", firsts[0], "s"),
            Measure(
                "a change's share of the first time", pair.median / 10 / firsts[0], "%", MOST_PERCENT_OF_FIRST
            ),
        ),
        note=note,
    )


def _delta(owner: Connection, driver: Connection, round_no: int, materialized: int) -> float:
    assets.toggle(owner, round_no)
    return assets.measured_tick(driver, materialized)
