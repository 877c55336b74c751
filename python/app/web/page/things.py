"""One thing a page: an asset with its past and what is around it, a materialization, a run."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from app.database import Row
from app.web.keys import Key
from app.web.page import charts
from app.web.page.around import made_from, makes
from app.web.page.asking import Ask, Part, Shown, cut
from app.web.page.mentions import users_in
from app.web.values import Count, Id

SPANS = (30, 90, 365)
EVENTS = 20
MANY_EVENTS = 200
RECENT = 10
PAGES = 100
BY_EVENT = Key({"materialization_id": Id, "item_id": Id}, falls=True)
BY_PAGE = Key({"run_id": Id, "page": Count})


async def instance(ask: Ask) -> Shown:
    """How does an asset move, what is it made from, and what does it wait for?"""
    instance_id = ask.id("instance_id")
    row = await ask.row("instances", f"instance {instance_id}", instance_id=instance_id)
    why_not = await ask.call("why_not", p_instance_id=instance_id)
    edges = await ask.call("surroundings", p_instance_id=instance_id)
    runs = await ask.call("runs_of", p_instance_id=instance_id, p_limit=RECENT)
    run_rows = await ask.rows("runs", order=["-run_id"], run_id=[each["run_id"] for each in runs])
    events = await _events(ask, instance_id)
    days = next((each for each in SPANS if str(each) == ask.said("days")), SPANS[0])
    past = await ask.call("days", p_instance_ids=[instance_id], p_days=days)
    around = {each[end] for each in edges for end in ("instance_id", "other_id") if each[end]}
    people = await ask.people(
        [
            *users_in(sayings(why_not)),
            *(each["user_id"] for each in edges),
            *(each["subject_id"] for each in run_rows),
        ]
    )
    return Shown(
        "instance.html",
        {
            "instance": row,
            "assets": await ask.assets([instance_id, *around]),
            "why_not": why_not,
            "root": next(iter(await ask.rows("roots", limit=1, instance_id=instance_id)), None),
            "tree": made_from(instance_id, edges),
            "makes": makes(edges),
            "runs": run_rows,
            "materializations": await ask.rows(
                "materializations", order=["-materialization_id"], limit=RECENT, instance_id=instance_id
            ),
            "days": days,
            "spans": SPANS,
            "past": past,
            "line": charts.line([each["members"] for each in past]) if past else None,
            "bars": charts.bars(past) if past else None,
            "events": events,
            "people": people,
            "kinds": await _kinds_made_of(ask, row["item_kind"]),
            **await _items(ask, row["item_kind"], events.rows),
        },
    )


async def materialization(ask: Ask) -> Shown:
    """Why did a materialization come to be, and who entered and left in it?"""
    which = ask.id("materialization_id")
    row = await ask.row("materializations", f"materialization {which}", materialization_id=which)
    why = await ask.call("why", p_materialization_id=which)
    owner = await ask.row("instances", f"instance {row['instance_id']}", instance_id=row["instance_id"])
    # Those of this one are the first of those before the next.
    events = await ask.call(
        "events",
        p_instance_id=row["instance_id"],
        p_limit=MANY_EVENTS,
        p_before_materialization_id=which + 1,
    )
    own = [each for each in events if each["materialization_id"] == which]
    return Shown(
        "materialization.html",
        {
            "materialization": row,
            "instance": owner,
            "assets": await ask.assets([row["instance_id"]]),
            "why": why,
            "events": own,
            "people": await ask.people(users_in(sayings(why))),
            **await _items(ask, owner["item_kind"], own),
        },
    )


async def run(ask: Ask) -> Shown:
    """Why was a run started, how did it go, and what did its pages bring?"""
    run_id = ask.id("run_id")
    row = await ask.row("runs", f"run {run_id}", run_id=run_id)
    why = await ask.call("why_run", p_run_id=run_id)
    named = [row["subject_id"], *users_in(sayings(why))]
    if row["sync_kind"] in ("users", "search"):
        named += row["item_ids"] or []
    return Shown(
        "run.html",
        {
            "run": row,
            "why": why,
            "pages": await ask.part("pages", BY_PAGE, PAGES, run_id=run_id),
            "people": await ask.people(named),
        },
    )


def sayings(reason: Row) -> Iterable[str]:
    """Every sentence of a reason and of what is behind it."""
    yield reason["says"]
    for each in reason.get("because", ()):
        yield from sayings(each)


async def _events(ask: Ask, instance_id: int) -> Part:
    before = ask.after(BY_EVENT) or (None, None)
    rows = await ask.call(
        "events",
        p_instance_id=instance_id,
        p_limit=EVENTS + 1,
        p_before_materialization_id=before[0],
        p_before_item_id=before[1],
    )
    return cut(rows, BY_EVENT, EVENTS)


async def _items(ask: Ask, item_kind: str, events: Iterable[Row]) -> dict[str, Any]:
    """Who, or which posts, events are about."""
    ids = [each["item_id"] for each in events]
    if item_kind == "user":
        return {"users": await ask.people(ids), "posts": {}}
    posts = {row["post_id"]: row for row in await ask.rows("posts", post_id=ids)} if ids else {}
    return {"users": await ask.people(row["author_id"] for row in posts.values()), "posts": posts}


async def _kinds_made_of(ask: Ask, item_kind: str) -> list[Row]:
    """The kinds that can be made of a segment, and need to be told nothing else."""
    if item_kind != "user":
        return []
    kinds = await ask.rows("kinds", order=["kind"])
    return [row for row in kinds if list(row["params"].values()) == ["segment"]]
