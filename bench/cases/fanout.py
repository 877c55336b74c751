"""A fanout over ten thousand members until every target is planned, against one over a thousand."""

from __future__ import annotations

from contextlib import closing

from app.database import call
from bench import assets, scale
from bench.pairs import paired
from bench.result import Measure, Result
from bench.stage import BenchError, checkpoint, connect, drop_databases, value, worker
from throwaway import Throwaway

NAME = "fanout"
LARGE, SMALL = 10_000, 1_000
ROUNDS = 1
GOAL = 1.5
NOTE = (
    "The rows of each target: instance, root's want, need, mark, due time, run, call. Nothing reads what "
    "the other targets are."
)


def run(server: Throwaway) -> Result:
    """Time per member, from the first tick after enabling to the one that has nothing left to plan.

    Each target is made, wanted, looked at, and its sync has begun.
    """
    sizes = scale.scaled(LARGE), scale.scaled(SMALL)
    pair = paired(
        lambda number: _per_member(server, f"large_{number}", sizes[0]),
        lambda number: _per_member(server, f"small_{number}", sizes[1]),
        warm_up=0,
        pages=ROUNDS,
    )
    return Result(
        name=NAME,
        comparisons=(
            pair.compared(f"over {sizes[0]:,} members; bare: over {sizes[1]:,}", "ms/member", GOAL),
        ),
        measures=(
            Measure(f"over {sizes[0]:,}", 1000 / pair.median, "members/s"),
            Measure(f"over {sizes[1]:,}", 1000 / pair.bare_median, "members/s"),
        ),
        note=NOTE,
    )


def _per_member(server: Throwaway, name: str, members: int) -> float:
    assets.make_database(server, name)
    assets.fill_lists(server, name, ("followers",), members)
    try:
        with closing(connect(server, name)) as owner, worker(server, name) as driver:
            assets.enable(owner, "segment_followers")
            assets.tick_until_materialized(driver, owner)
            assets.vacuum(owner)
            call(
                owner,
                "fanout_root_enable",
                p_source_kind="segment_followers",
                p_source_params={"subject_id": str(assets.SUBJECT_ID)},
                p_target_kind="segment_followed",
            )
            checkpoint(server)
            seconds, again = 0.0, True
            while again:
                one, said = assets.tick(driver)
                seconds, again = seconds + one, said["again"]
            planned = value(
                owner,
                "select count(*) from asset.instances as i join ingest.runs as r"
                " on r.subject_id = (i.params ->> 'subject_id')::bigint"
                " and r.sync_kind = 'following' and r.status = 'in_progress'"
                " where i.kind = 'segment_followed' and exists"
                " (select from asset.wants as w where w.instance_id = i.instance_id)",
            )
    finally:
        drop_databases(server, name)
    if planned != members:
        raise BenchError(f"of {members} targets {planned} were planned")
    return seconds / members
