"""What has to be true after a life, however it was struck: nothing lost, doubled, or bought in vain."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from crashes.house import LEASE
from crashes.life import Broken, Life

# Beyond the lease: what a tick, and a driver that has lost its database for a moment, may take here.
A_TICK = 5.0

_EXPECTED_RUNS = [
    ("followers", "full", "success", 3, True),
    ("following", "full", "success", 2, True),
    ("posts", "full", "success", 2, True),
    ("posts", "full", "success", 2, True),
]


class Slow(Exception):
    """A lease ran out though nobody was struck: the machine had no time for us, so this says nothing."""


def judge(life: Life) -> float:
    """Broken with all that is wrong, Slow, or how long calls were overdue at most, in seconds."""
    overdue = _overdue(life)
    broken = [*_broken_state(life), *_broken_purchases(life)]
    if overdue > A_TICK:
        broken.append(f"E6: a call went out {overdue:.1f} s after its lease had run out and all was running")
    if broken:
        raise Broken("; ".join(broken))
    return overdue


def _broken_state(life: Life) -> Iterator[str]:
    """Graph, members, revisions, runs and decisions are those of a life that was never struck."""
    for (broken,) in life.ask("select test.invariants()"):
        yield str(broken)
    runs = life.ask(
        "select sync_kind, mode, status, page_count, cursor_exhausted from ingest.runs"
        " where sync_kind <> 'users' order by sync_kind, run_id"
    )
    if runs != _EXPECTED_RUNS:
        yield f"I4: the runs are {runs}"
    if life.ask("select 1 from ingest.runs where status <> 'success'"):
        yield "I1: a run failed"
    members = {
        str(kind): set(ids)  # type: ignore[call-overload]
        for kind, ids in life.ask(
            "select kind, array(select item_id from asset.members as m where m.instance_id = i.instance_id"
            " and left_at is null) from asset.instances as i"
        )
    }
    expected = life.house.cast.truth(life.x.world)
    yield from (f"A1: {kind} is not what X shows" for kind in expected if members.get(kind) != expected[kind])
    done = life.ask(
        "select kind, status, m.output_revision"
        " from asset.materializations as m join asset.instances using (instance_id)"
    )
    if sorted(done) != sorted((kind, "success", 1) for kind in expected):
        yield f"A8: the materializations are {done}"
    edges = len(expected["segment_followers"]) + len(expected["segment_followed"])
    changes = life.ask("select change, count(*) from graph.follow_changes group by 1")
    if changes != [("added", edges)]:
        yield f"G7: {edges} edges, and the log says {changes}"
    for kind, about, reason in life.ask(
        "select decision_kind, about, reason from base.decisions"
        " where decision_kind <> 'missing_prerequisite'"
    ):
        yield f"E3: {kind} was decided of {about}: {reason}"


def _broken_purchases(life: Life) -> Iterator[str]:
    """I4, I8: what was in flight may have been bought twice, and is booked so; nothing else."""
    for asked, times in life.x.asked.items():
        allowed = 1 + sum(struck.in_flight[asked] for struck in life.struck)
        if times > allowed:
            yield f"I4: {asked} was asked for {times} times, and may be {allowed} times"
    ((settled, lost),) = life.ask(
        "select coalesce(sum(booked_usd) filter (where billed_count is not null), 0),"
        " count(*) filter (where billed_count is null) from ingest.ledger"
    )
    bill = life.x.simulator.bill.usd
    if settled != bill:
        yield f"I8: X billed USD {bill}, and USD {settled} are settled"
    assert isinstance(settled, Decimal)
    assert isinstance(lost, int)
    if lost > sum(struck.in_flight.total() for struck in life.struck):
        yield f"I8: {lost} calls are booked that nobody answered"


def _overdue(life: Life) -> float:
    """How long after its lease, and with all running, a call went out again; Slow if nobody was struck."""
    longest = 0.0
    for went_out, came_back in life.ask(
        "select extract(epoch from b.booked_at), extract(epoch from a.booked_at) from ingest.ledger as b"
        " join ingest.ledger as a on a.call_id = b.call_id and a.attempt_no = b.attempt_no + 1"
    ):
        began, again = float(str(went_out)), float(str(came_back))
        ends = began + LEASE
        between = [struck.back_at for struck in life.struck if began <= struck.back_at]
        if not between:
            raise Slow
        longest = max(longest, again - max(ends, min(between)))
    return longest
