"""A tick among a hundred thousand fresh instances, against one among a hundred."""

from __future__ import annotations

from contextlib import ExitStack, closing

from app.database import Connection
from bench import assets, scale
from bench.pairs import Pair, paired
from bench.result import Measure, Plot, Result
from bench.stage import BenchError, checkpoint, connect, drop_databases, value, worker
from throwaway import Throwaway

NAME = "idle_tick"
SIZES = 100, 1_000, 100_000
WARM_UP, TICKS = 20, 200
RESCHEDULES = 10
SLOTS = 10
GOAL, MOST_MS = 1.5, 2.0
NOTE = (
    "Some twenty probes of partial indexes, or of the first entry of others (due_due_at_idx, "
    "marks_look_at_idx, verifications_due_at_idx): none is of a size that grows with what is fresh."
)
_WRITES = """
select coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0)::bigint
from pg_stat_user_tables
where schemaname in ('base', 'graph', 'ingest', 'asset', 'engine') and relname not in ('workers', 'chores')
"""


def run(server: Throwaway) -> Result:
    """Each size against the smallest, and the largest again after everything was rescheduled ten times.

    No row is written but the heartbeat's, and those of chores that are due once an hour.
    """
    sizes = [scale.scaled(size) for size in SIZES]
    names = [f"fresh_{number}" for number in range(len(sizes))]
    for name, size in zip(names, sizes, strict=True):
        assets.fill_fresh(server, name, size)
    found: dict[str, Pair] = {}
    try:
        with ExitStack() as stack:
            owners = [stack.enter_context(closing(connect(server, name))) for name in names]
            drivers = [stack.enter_context(worker(server, name)) for name in names]
            checkpoint(server)
            for size, owner, driver in zip(sizes[1:], owners[1:], drivers[1:], strict=True):
                found[f"{size:,}"] = _measure(owner, driver, drivers[0])
            held = stack.enter_context(closing(connect(server, names[-1])))
            with held.transaction():
                held.execute("set transaction isolation level repeatable read")
                held.execute("select count(*) from ingest.due")
                for number in range(1, RESCHEDULES + 1):
                    owners[-1].execute("select bench.move_due(%s)", [number])
                checkpoint(server)
                found[f"{sizes[-1]:,}, rescheduled under a held snapshot"] = _measure(
                    owners[-1], drivers[-1], drivers[0]
                )
                owners[-1].execute("select bench.leave_marks()")
                marked = _measure(owners[-1], drivers[-1], drivers[0])
    finally:
        drop_databases(server, *names)
    return Result(
        name=NAME,
        comparisons=[pair.compared(f"among {among}", "ms/tick", GOAL) for among, pair in found.items()]
        + [marked.compared(f"among {sizes[-1]:,}, a mark on each made and taken away", "ms/tick", None)],
        measures=[
            Measure(f"a tick among {among}", pair.median, "ms", MOST_MS) for among, pair in found.items()
        ],
        plots=(
            Plot(
                "An idle tick, by how many assets there are", "fresh assets", "ms", _line(sizes, found), True
            ),
        ),
        note=NOTE,
    )


def _line(sizes: list[int], found: dict[str, Pair]) -> dict[str, list[tuple[float, float]]]:
    pairs = [found[f"{size:,}"] for size in sizes[1:]]
    smallest = (float(sizes[0]), pairs[0].bare_median)
    return {"ours": [smallest, *((float(s), p.median) for s, p in zip(sizes[1:], pairs, strict=True))]}


def _measure(owner: Connection, driver: Connection, smallest: Connection) -> Pair:
    before = _writes(driver, owner)
    pair = paired(lambda _: _idle(driver), lambda _: _idle(smallest), warm_up=WARM_UP, pages=TICKS)
    written = _writes(driver, owner) - before
    if written:
        raise BenchError(f"{WARM_UP + TICKS} idle ticks wrote {written} rows")
    return pair


def _idle(driver: Connection) -> float:
    seconds, said = assets.tick(driver, SLOTS)
    if said["again"] or said["done"]["instances_looked_at"]:
        raise BenchError(f"a tick was not idle: {said}")
    return seconds


def _writes(writer: Connection, reader: Connection) -> int:
    # The reader's too: what it wrote while it prepared all this would be counted late, among the ticks'.
    for each in (writer, reader):
        each.execute("select pg_stat_force_next_flush()")
    return int(value(reader, _WRITES))
