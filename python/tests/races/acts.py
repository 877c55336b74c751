"""What happens beside the workers: operators edit, X tells of follows, the world moves."""

from __future__ import annotations

import asyncio
import json
import random
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any

from app.database import AsyncConnection, call_async, read_view_async
from app.errors import OperatorMistake, TryAgain
from histories.world import happen
from histories.x import profile_row
from races.stage import Stage

KEYS = ("watched", "others")
SUBJECTS = 6
_KINDS = ("segment_followers", "segment_followed", "segment_mutuals", "segment_unreciprocated_followed")
_SYNCS = ("followers", "following", "posts", "users")
_SCOPES = ("everything", "call:followers", "call:following", "call:timeline")
_MODES = ("global_per_item", "scoped_by_source")
_EVENTS = ["follow.follow", "follow.unfollow"]
_PAUSE = 0.03

Params = dict[str, Any]


@dataclass
class Operator:
    """Does one thing after another, at random; what the database refuses with reason is counted."""

    stage: Stage
    connection: AsyncConnection
    chance: random.Random
    done: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)

    async def act(self) -> None:
        """One thing."""
        act = self.chance.choices(_ACTS, _OFTEN)[0]
        name = act.__name__
        try:
            await act(self)
            self.done[name] += 1
        except (OperatorMistake, TryAgain) as fault:
            self.refused[f"{name} {fault.code}"] += 1

    async def call(self, function: str, **arguments: Any) -> Any:
        named = {f"p_{name}": value for name, value in arguments.items()}
        return await call_async(self.connection, function, **named)

    async def view(self, name: str, **where: Any) -> list[dict[str, Any]]:
        return await read_view_async(self.connection, name, where=where)

    def subject(self) -> str:
        return str(self.chance.choice(self.stage.ids[:SUBJECTS]))

    def asset(self) -> tuple[str, Params]:
        """A segment of a subject, a set, or the posts of one of these."""
        if self.chance.random() < 0.7:
            return self.chance.choice(_KINDS), {"subject_id": self.subject()}
        watched = {"stable_key": self.chance.choice(KEYS)}
        if self.chance.random() < 0.5:
            return "segment_specified_users", watched
        return "post_corpus_for_segment", {"source": {"kind": "segment_specified_users", "params": watched}}


async def enable(operator: Operator) -> None:
    kind, params = operator.asset()
    within = operator.chance.choice((None, timedelta(minutes=20), timedelta(hours=2)))
    await operator.call("root_enable", kind=kind, params=params, fresh_within=within)


async def disable(operator: Operator) -> None:
    kind, params = operator.asset()
    await operator.call("root_disable", kind=kind, params=params)


async def fan(operator: Operator) -> None:
    function = operator.chance.choice(("fanout_root_enable", "fanout_root_enable", "fanout_root_disable"))
    await operator.call(
        function,
        source_kind="segment_specified_users",
        source_params={"stable_key": operator.chance.choice(KEYS)},
        target_kind=operator.chance.choice(_KINDS),
        mode=operator.chance.choice(_MODES),
    )


async def edit_set(operator: Operator) -> None:
    how = operator.chance.choice(("set", "add", "remove"))
    users = operator.chance.sample(operator.stage.ids, operator.chance.randint(1, 6))
    key = operator.chance.choice(KEYS)
    await operator.call(f"specified_users_{how}", stable_key=key, user_ids=users)


async def sync(operator: Operator) -> None:
    subject = operator.chance.choice(operator.stage.ids[: 2 * SUBJECTS])
    mode = operator.chance.choice(("full", "incremental"))
    await operator.call(
        "sync_request", sync_kind=operator.chance.choice(_SYNCS), subject_id=subject, mode=mode
    )


async def cancel(operator: Operator) -> None:
    runs = await operator.view("runs", status="in_progress")
    if runs:
        await operator.call("run_cancel", run_id=operator.chance.choice(runs)["run_id"])


async def budget(operator: Operator) -> None:
    """A little more than was spent, so that it is soon used up; or none."""
    spent = sum(row["booked_usd"] for row in await operator.view("spend"))
    usd = None if operator.chance.random() < 0.6 else Decimal(spent) + operator.chance.randint(6, 20)
    await operator.call("budget_set", scope=operator.chance.choice(_SCOPES), period="month", usd=usd)


async def subscribe(operator: Operator) -> None:
    events = _EVENTS if operator.chance.random() < 0.5 else []
    await operator.call("subscription_set", user_id=int(operator.subject()), event_types=events)


async def look_up(operator: Operator) -> None:
    handles = [operator.stage.world.accounts[user_id].handle for user_id in operator.stage.ids[:9]]
    await operator.call("sync_handles", handles=operator.chance.sample(handles, 3))


async def verify(operator: Operator) -> None:
    instances = await operator.view("instances")
    if instances:
        function = operator.chance.choice(("verify", "repair"))
        await operator.call(function, instance_id=operator.chance.choice(instances)["instance_id"])


async def estimate(operator: Operator) -> None:
    kind, params = operator.asset()
    await operator.call("root_estimate", kind=kind, params=params)


async def tick(operator: Operator) -> None:
    await operator.call("engine_tick", worker="by hand")


async def forget(operator: Operator) -> None:
    """Somebody for good: seldom, or nobody is left."""
    await operator.call("user_forget", user_id=operator.chance.choice(operator.stage.ids[2 * SUBJECTS :]))


_ACTS: tuple[Callable[[Operator], Awaitable[None]], ...] = (
    *(enable, disable, fan, edit_set, sync, cancel),
    *(budget, subscribe, look_up, verify, estimate, tick, forget),
)
_OFTEN = (80, 50, 20, 60, 60, 20, 20, 10, 10, 20, 10, 20, 1)


async def operate(operator: Operator, until: asyncio.Event) -> None:
    """Act until it is over."""
    while not until.is_set():
        await operator.act()
        await asyncio.sleep(_PAUSE)


async def move(stage: Stage, until: asyncio.Event) -> None:
    """The world lives."""
    chance = random.Random(f"{stage.seed}/world")
    while not until.is_set():
        numbers = [chance.randrange(1000) for _ in range(3)]
        happen(stage.world, stage.ids, stage.clock.now().timestamp(), *numbers)
        await asyncio.sleep(_PAUSE)


async def tell(stage: Stage, connection: AsyncConnection, until: asyncio.Event) -> None:
    """X's webhook tells of some of the follows, late, in any order, and some of them twice."""
    chance = random.Random(f"{stage.seed}/webhook")
    while not until.is_set():
        happened = [
            (number, each)
            for number, each in enumerate(stage.world.log)
            if each.what in ("follow", "unfollow")
        ][-8:]
        if happened:
            told = chance.sample(happened, min(len(happened), 3))
            bodies = [
                _event(stage, number, each.user_id, each.other_id or 0, each.what) for number, each in told
            ]
            events = [{"source": "x_activity", "body": json.dumps(body)} for body in bodies]
            await call_async(connection, "webhook_receive", p_events=events)
        await asyncio.sleep(_PAUSE)


def _event(stage: Stage, number: int, follower_id: int, target_id: int, what: str) -> dict[str, Any]:
    shown = [profile_row(stage.world, stage.world.accounts[user_id]) for user_id in (follower_id, target_id)]
    return {
        "data": {
            "event_uuid": str(10_000 + number),
            "event_type": f"follow.{what}",
            "filter": {"user_id": str(target_id)},
            "payload": {"source": {"data": shown[0]}, "target": {"data": shown[1]}},
        }
    }
