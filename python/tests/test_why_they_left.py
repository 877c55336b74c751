"""A week of unfollows, suspensions and returns: why each left, against the world's own log (I9)."""

from __future__ import annotations

from collections import Counter
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from typing import Any

from app.database import call_async, connect_async
from app.demo.clock import SimulatedClock
from app.demo.turns import open_driver
from app.driver import SenderOptions
from app.simulator import TOKEN, Days, Simulator, World, seeded_world, serve
from app.simulator.world import Happening
from conftest import Database
from test_handles_and_returns import Past

WEEK, BETWEEN_LOOKS = timedelta(days=7), timedelta(hours=8)
SETTINGS = {
    "worker.heartbeat": "3600 s",
    "tick.budget": "60 s",
    "reconcile.after": "8 hours",
    "freshness.followers": "8 hours",
    "freshness.following": "8 hours",
    "leavers.look_up": "always",
}
HIDDEN = {"suspended": "suspended", "deactivated": "deleted"}
KINDS = ("segment_followers", "segment_followed", "segment_mutuals", "segment_unreciprocated_followed")


async def live_a_week(database: Database, world: World) -> None:
    """Two users' lists are read three times a day, and who has left is looked up."""
    async with AsyncExitStack() as stack:
        clock = SimulatedClock(
            await stack.enter_async_context(await connect_async(database.url())), Days(world)
        )
        operator = await stack.enter_async_context(await connect_async(database.url("rookery_operator")))
        await clock.set(world.start)
        url = await stack.enter_async_context(serve(Simulator(world, clock=lambda: clock.now).app()))
        driver = await stack.enter_async_context(
            open_driver(database.url("rookery_worker"), SenderOptions(url, TOKEN), slots=1, wait=clock.wait)
        )
        for name, value in SETTINGS.items():
            await call_async(operator, "setting_set", p_name=name, p_value=value)
        for user in world.focus:
            for kind in KINDS:
                params = {"subject_id": str(user)}
                await call_async(operator, "root_enable", p_kind=kind, p_params=params)
        await driver.run_until_idle(until=world.start + WEEK + timedelta(hours=1))


def differences(database: Database, since: datetime, until: datetime) -> list[tuple[Any, ...]]:
    """Who moved from one look to the next: kind, subject, item, change, reason, by whom."""
    with database.connect("rookery_reader") as reader:
        return reader.execute(
            "select i.kind, (i.params ->> 'subject_id')::bigint, d.item_id, d.change, d.reason, d.by_whom"
            " from instances as i cross join lateral diff(i.instance_id,"
            "  moment_id(i.instance_id, %s), moment_id(i.instance_id, %s)) as d",
            [since.isoformat(), until.isoformat()],
        ).fetchall()


def expected_reason(
    before: Past, past: Past, kind: str, subject: int, item: int, change: str
) -> tuple[str, str | None]:
    """Why, as the world's log has it: X shows nobody whom it suspended, whatever else they did."""
    if change == "left" and past.states[item] in HIDDEN:
        return HIDDEN[past.states[item]], "item"
    if change == "entered" and before.states[item] in HIDDEN and past.states[item] == "active":
        return "returned", "item"
    follows, followed = (subject, item), (item, subject)
    if kind == "segment_followers" or (kind == "segment_mutuals" and moved(before, past, follows)):
        return ("followed" if change == "entered" else "unfollowed"), "item"
    if kind == "segment_unreciprocated_followed" and moved(before, past, follows):
        return ("unfollowed" if change == "entered" else "followed"), "item"
    assert moved(before, past, followed) or kind == "segment_followed"
    return ("followed" if change == "entered" else "unfollowed"), "subject"


def moved(before: Past, past: Past, edge: tuple[int, int]) -> bool:
    return (edge in before.follows) != (edge in past.follows)


def touched(world: World, since: datetime, until: datetime, subject: int, item: int) -> list[Happening]:
    """What happened to an item, or between it and the subject."""
    return [
        each
        for each in world.log
        if since < each.at <= until
        and (
            (each.what in ("follow", "unfollow") and {each.user_id, each.other_id} == {subject, item})
            or (each.what in ("suspended", "deactivated", "active") and each.user_id == item)
        )
    ]


async def test_each_leavers_reason_is_that_of_the_worlds_own_log(clocked_database: Database) -> None:
    world, begun = seeded_world(400, 3), seeded_world(400, 3)
    world.focus = world.most_followed(2)
    await live_a_week(clocked_database, world)
    begun.log = world.log

    moves, compared = 0, Counter[str]()
    shown = {account.id for account in begun.by_index if account.state == "active"}
    for number in range(1, WEEK // BETWEEN_LOOKS + 1):
        since, until = (world.start + step * BETWEEN_LOOKS for step in (number - 1, number))
        then, now = Past(begun), Past(begun)
        then.advance_to(since)
        now.advance_to(until)
        for kind, subject, item, change, reason, by_whom in differences(clocked_database, since, until):
            moves += 1
            log = touched(world, since, until, subject, item)
            # Else the log has more than one answer; or the one that nobody can know who never saw the user.
            if len(log) == 1 and (then.states[item] == "active" or item in shown):
                want = expected_reason(then, now, kind, subject, item, change)
                assert (reason, by_whom) == want, (kind, subject, item, change, until, log)
                compared[reason] += 1
        shown |= {user for user, state in now.states.items() if state == "active"}
    assert {"followed", "unfollowed", "suspended", "deleted", "returned"} <= set(compared)
    assert compared.total() >= 0.9 * moves, "nearly every move is one thing that happened"
