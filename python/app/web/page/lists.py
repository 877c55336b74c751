"""The lists: what is kept fresh, every run, every decision, and what it costs."""

from __future__ import annotations

from datetime import date
from typing import Any

from app.web.keys import Key
from app.web.page import charts
from app.web.page.asking import Ask, Shown
from app.web.page.mentions import users_in
from app.web.page.overview import month_of, sparks
from app.web.values import Id, Time

LENGTH = 50
BY_ROOT = Key({"root_id": Id})
BY_RUN = Key({"run_id": Id}, falls=True)
BY_LAST = Key({"last_at": Time, "decision_id": Id}, falls=True)
RUN_STATUSES = ("in_progress", "success", "error", "cancelled")


async def roots(ask: Ask) -> Shown:
    """What is kept fresh, and how does it stand?"""
    part = await ask.part("roots", BY_ROOT, LENGTH)
    fanouts = await ask.rows("fanout_roots", order=["root_id"], limit=LENGTH)
    ids = [row["instance_id"] for row in part.rows]
    content: dict[str, Any] = {
        "part": part,
        "fanouts": fanouts,
        "assets": await ask.assets([*ids, *(row["instance_id"] for row in fanouts)]),
        "sparks": await sparks(ask, ids),
        "kinds": await ask.rows("kinds", order=["kind"]),
    }
    return Shown("roots.html", content)


async def runs(ask: Ask) -> Shown:
    """Which syncs were there, how did each go, and what did it cost?"""
    status = ask.said("status")
    where = {"status": status} if status in RUN_STATUSES else {}
    part = await ask.part("runs", BY_RUN, LENGTH, **where)
    people = await ask.people(row["subject_id"] for row in part.rows)
    content = {"part": part, "people": people, "status": where.get("status"), "statuses": RUN_STATUSES}
    return Shown("runs.html", content)


async def decisions(ask: Ask) -> Shown:
    """What did the engine hold back, for whom, why, and until when?"""
    kinds = await ask.rows("decision_kinds", order=["kind"])
    kind = ask.said("kind")
    where = {"kind": kind} if kind in {row["kind"] for row in kinds} else {}
    part = await ask.part("decisions", BY_LAST, LENGTH, **where)
    people = await ask.people(users_in(row["about"] for row in part.rows))
    content = {"part": part, "people": people, "kinds": kinds, "kind": where.get("kind")}
    return Shown("decisions.html", content)


async def cost(ask: Ask) -> Shown:
    """What did this month cost, by what, and what is still to come?"""
    by_root = await ask.call("cost", p_by="root")
    root_ids = [int(row["what"].removeprefix("root:")) for row in by_root if row["what"].startswith("root:")]
    named = await ask.rows("roots", root_id=root_ids) if root_ids else []
    named += await ask.rows("fanout_roots", root_id=root_ids) if root_ids else []
    by_day = await ask.call("cost", p_by="day")
    days = [{**row, "utc_day": date.fromisoformat(row["what"])} for row in by_day]
    bars = [{**row, "entered": row["spent_usd"] + row["expected_usd"], "left": 0} for row in days]
    content = {
        "by_root": by_root,
        "by_call": await ask.call("cost", p_by="call"),
        "by_day": by_day,
        "bars": charts.bars(bars) if any(row["entered"] for row in bars) else None,
        "month": month_of(ask.now),
        "budgets": await ask.call("budgets"),
        "prices": await ask.rows("prices", order=["resource"]),
        "instances": {f"root:{row['root_id']}": row["instance_id"] for row in named},
        "assets": await ask.assets(row["instance_id"] for row in named),
    }
    return Shown("cost.html", content)
