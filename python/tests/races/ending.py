"""The end of a race: the world stands still, everything is read in full, and is held against the truth."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import datetime
from typing import Any

from app.database import AsyncConnection, call_async
from app.errors import OperatorMistake, TryAgain
from app.simulator import truth
from races.stage import Stage

# Lists of whom X shows that were not read in full since; requests for others are refused by X.
_UNREAD = """
    select distinct n.sync_kind, n.subject_id from ingest.needs as n
    where n.sync_kind <> 'users' and not exists (
      select from ingest.runs as r
      where r.sync_kind = n.sync_kind and r.subject_id = n.subject_id and r.started_at >= %s
        and r.mode = 'full' and r.status = 'success' and r.cursor_exhausted)
"""
_WANTED = """
    select i.instance_id, i.kind, i.params, d.dependency_id,
           array(select m.item_id from asset.members as m
                 where m.instance_id = i.instance_id and m.left_at is null)
    from asset.instances as i
    left join asset.dependencies as d on d.instance_id = i.instance_id and d.role = 'source'
    where exists (select from asset.wants where instance_id = i.instance_id)
"""
_LISTED = "select stable_key, user_id from asset.specified_users where is_listed"
_OVERDRAWN_BY_EVENTS = "the budget of everything"

Wanted = tuple[int, str, dict[str, Any], int | None, list[int]]


def calm(stage: Stage) -> datetime:
    """Everybody is back and hides nothing, and X makes no mistakes; since when."""
    since = stage.clock.now()
    for account in stage.world.by_index:
        stage.world.set_state(since, account.id, "active")
        account.protected = False
    stage.x.faults.rate = 0.0
    return stage.clock.now()


async def read_in_full(
    owner: AsyncConnection, operator: AsyncConnection, since: datetime, seconds: float
) -> None:
    """Until every list that is needed was read from then on; TimeoutError if that takes too long."""
    for scope in ("everything", "call:followers", "call:following", "call:timeline"):
        await call_async(operator, "budget_set", p_scope=scope, p_period="month", p_usd=None)
    await call_async(operator, "provider_resume")
    async with asyncio.timeout(seconds):
        while unread := await (await owner.execute(_UNREAD, [since])).fetchall():
            for sync_kind, subject_id in unread:
                await _ask_for(operator, sync_kind, subject_id)
            await asyncio.sleep(0.5)


async def _ask_for(operator: AsyncConnection, sync_kind: str, subject_id: int) -> None:
    with suppress(OperatorMistake, TryAgain):  # it met a run that was just ending: the next round asks again
        await call_async(
            operator, "sync_request", p_sync_kind=sync_kind, p_subject_id=subject_id, p_mode="full"
        )


async def untrue(owner: AsyncConnection, stage: Stage) -> list[str]:
    """Every asset that is wanted and is not what X shows."""
    rows: list[Wanted] = await (await owner.execute(_WANTED)).fetchall()
    listed = await (await owner.execute(_LISTED)).fetchall()
    found: dict[int, set[int]] = {}
    for instance_id, kind, params, source_id, _ in sorted(rows, key=lambda row: row[3] is not None):
        if source_id is not None:
            found[instance_id] = stage.posts_shown(found[source_id])
        elif kind == "segment_specified_users":
            found[instance_id] = {user for key, user in listed if key == params["stable_key"]}
        else:
            found[instance_id] = _SHOWN[kind](stage.world, int(params["subject_id"]))
    return [
        f"instance {instance_id}, {kind} {params}: {len(members)} members,"
        f" not {len(found[instance_id])}: {sorted(set(members) ^ found[instance_id])[:9]}"
        for instance_id, kind, params, _, members in rows
        if set(members) != found[instance_id]
    ]


_SHOWN = {
    "segment_followers": truth.followers,
    "segment_followed": truth.following,
    "segment_mutuals": truth.mutuals,
    "segment_unreciprocated_followed": truth.unreciprocated_followed,
}


def at_once(line: str) -> bool:
    """Whether an invariant must hold at any moment; what follows of a change of needs is left to ticks."""
    return not line.startswith(("A3: ", "A4: ", "A5: ", "I1: run "))


async def broken(owner: AsyncConnection) -> list[str]:
    """What must hold at any moment, and does not. What X's events cost may overdraw the budget of all."""
    rows = await (await owner.execute("select test.invariants()")).fetchall()
    return [line for (line,) in rows if not ("overdrawn" in line and _OVERDRAWN_BY_EVENTS in line)]
