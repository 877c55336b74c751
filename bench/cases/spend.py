"""What thirty days of twenty lists cost by default, against reading each list in full whenever it is due."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from app import database
from app.database import Connection
from bench import scale
from bench.crowd import DAY, Crowd
from bench.result import Comparison, Measure, Result
from bench.stage import WORKER, connect, drop_databases, value, worker
from throwaway import Throwaway, deploy_into

NAME = "spend"
SUBJECTS, FOLLOWERS, DAYS = 20, 5_000, 30
NEW_A_DAY, LOST_A_DAY = 0.005, 0.003
WINDOW, RECONCILE_AGE = timedelta(hours=6), timedelta(days=7)
# What is due waits for its turn in the rate window.
TURN = timedelta(minutes=15)
GOAL = 1 / 5
NOTE = (
    "Five reads of every list in full, at first and then once a week: $5,000 at full size. Looking for "
    "who is new in between costs a twentieth of that."
)
_SLOTS = 100
# Idle, look round once an hour: by the usual ten seconds thirty days are 260,000 ticks.
_BOTH = {"worker.heartbeat": "3600 s", "tick.budget": "60 s", "freshness.followers": "6 hours"}
POLICIES: Mapping[str, Mapping[str, str]] = {"plain": {"reconcile.after": "6 hours"}, "default": {}}
Edge = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Spent:
    """What a policy bought, what we say of that, and how late at the worst it saw what had happened."""

    usd: Decimal
    own_usd: Decimal
    resources: int
    changes: int
    add_after: timedelta
    removal_after: timedelta

    def measures(self, policy: str, most_add: float | None, most_removal: float | None) -> list[Measure]:
        """For a result; in hours how late an add and a removal may be seen."""
        return [
            Measure(f"{policy}: the bill less our account", abs(float(self.usd - self.own_usd)), "$", 0),
            Measure(
                f"{policy}: bought for each edge that changed", self.resources / self.changes, "resources"
            ),
            Measure(f"{policy}: an add is seen after, at the worst", _hours(self.add_after), "h", most_add),
            Measure(f"{policy}: so is a removal", _hours(self.removal_after), "h", most_removal),
        ]


def run(server: Throwaway) -> Result:
    """Both policies at the same time, each in a database and a world of its own: all worlds are the same."""
    with ThreadPoolExecutor() as pool:
        spent = dict(zip(POLICIES, pool.map(lambda policy: _spend(server, policy), POLICIES), strict=True))
    plain, default = spent["plain"], spent["default"]
    label = f"{DAYS} days of {_subjects()} lists of {FOLLOWERS:,}, {default.changes:,} changes; bare: in full"
    return Result(
        name=NAME,
        comparisons=(Comparison(label, "$", [float(default.usd)], [float(plain.usd)], GOAL),),
        measures=(
            *default.measures("default", _hours(WINDOW + TURN), _hours(RECONCILE_AGE + TURN)),
            *plain.measures("in full", None, None),
        ),
        note=NOTE,
    )


def _subjects() -> int:
    return scale.scaled(SUBJECTS, least=2)


def _spend(server: Throwaway, policy: str) -> Spent:
    with closing(database.connect(server.url())) as connection:
        database.create_database(connection, policy)
    try:
        deploy_into(server.url(dbname=policy), clocked=True)
        crowd = Crowd(_subjects(), FOLLOWERS, round(FOLLOWERS * NEW_A_DAY), round(FOLLOWERS * LOST_A_DAY))
        with closing(connect(server, policy)) as owner, worker(server, policy) as driver:
            _set_clock(owner, crowd.world.start)
            for name, wanted in {**_BOTH, **POLICIES[policy]}.items():
                database.call(owner, "setting_set", p_name=name, p_value=wanted)
            for subject_id in crowd.subject_ids:
                params = {"subject_id": str(subject_id)}
                database.call(owner, "root_enable", p_kind="segment_followers", p_params=params)
            end = crowd.world.start + DAYS * DAY
            _live(owner, driver, crowd, end)
            return _told(owner, crowd, end)
    finally:
        drop_databases(server, policy)


def _live(owner: Connection, driver: Connection, crowd: Crowd, end: datetime) -> None:
    """Tick and answer until the end, in lockstep with the clock: it moves only when nothing is left to do."""
    now = crowd.world.start
    while now < end:
        said = database.call(driver, "engine_tick", p_worker=WORKER, p_slots=_SLOTS)
        for call in said["calls"]:
            status, headers, body = crowd.answer(now, call["path"], call["query"] or {})
            answer: dict[str, Any] = {"p_status": status, "p_headers": headers, "p_body": body}
            database.call(driver, "engine_response", p_call_id=call["call_id"], **answer)
        if not said["calls"] and not said["again"]:
            next_at = datetime.fromisoformat(said["next_at"])
            now = min(max(next_at, now + timedelta(seconds=1)), end)
            crowd.advance_to(now)
            _set_clock(owner, now)


def _set_clock(owner: Connection, now: datetime) -> None:
    database.call(owner, "set_now", schema="simulation", p_at=now)


def _told(owner: Connection, crowd: Crowd, end: datetime) -> Spent:
    add_after, removal_after = _staleness(owner, crowd, end)
    return Spent(
        crowd.bill.usd,
        value(owner, "select sum(settled_usd) from api.spend"),
        crowd.bill.resources,
        len(crowd.world.log),
        add_after,
        removal_after,
    )


def _staleness(owner: Connection, crowd: Crowd, end: datetime) -> tuple[timedelta, timedelta]:
    """How late an add and a removal were known at the worst. Nobody follows twice here."""
    known: dict[str, dict[Edge, datetime]] = {"added": {}, "removed": {}}
    rows = owner.execute("select change, target_id, follower_id, changed_at from graph.follow_changes")
    for change, target_id, follower_id, changed_at in rows:
        known[change][target_id, follower_id] = changed_at
    ended = {
        (each.other_id or 0, each.user_id): each.at for each in crowd.world.log if each.what == "unfollow"
    }
    adds, removals = [timedelta()], [timedelta()]
    for each in crowd.world.log:
        edge = (each.other_id or 0, each.user_id)
        if each.what == "follow":
            # Who came and went unseen was there to be seen for so long.
            adds.append(known["added"].get(edge, ended.get(edge, end)) - each.at)
        elif edge in known["added"]:
            removals.append(known["removed"].get(edge, end) - each.at)
    return max(adds), max(removals)


def _hours(span: timedelta) -> float:
    return span / timedelta(hours=1)
