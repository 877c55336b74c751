"""The first page: is it healthy, what is due, what is held back, what did it cost, what changed today?"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from app.database import Row
from app.web.page import charts
from app.web.page.asking import Ask, Shown
from app.web.page.mentions import users_in

FEW = 8
SOME = 12
SPARK_DAYS = 14
SPARK = {"width": 96, "height": 22}
# A month's spending is summed up from every entry of the ledger: once a minute will do, whoever looks.
COST_SECONDS = 60.0


class Overview:
    """The first page; `change` is the one that the schema has to have, as for /readyz."""

    def __init__(self, change: str) -> None:
        self._change = change
        self._cost: list[Row] = []
        self._cost_until = 0.0
        self._lock = asyncio.Lock()

    async def show(self, ask: Ask) -> Shown:
        """See the module."""
        checks = await ask.call("checks", p_change=self._change)
        gauges = sums(await ask.call("metrics"))
        held = await ask.call("held_back", p_limit=SOME + 1)
        today = ask.now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        moves = await ask.call("moves", p_since=today, p_limit=SOME + 1)
        due = await ask.rows("due", order=["due_at"], limit=FEW)
        running = await ask.rows("runs", order=["-run_id"], limit=FEW, status="in_progress")
        roots = await ask.rows("roots", order=["root_id"], limit=SOME + 1, enabled=True)
        said = [row["says"] for row in checks] + [row["about"] for row in held]
        people = await ask.people(
            [*users_in(said), *(row["user_id"] for row in due), *(row["subject_id"] for row in running)]
        )
        about = [row["instance_id"] for row in roots[:SOME]]
        return Shown(
            "overview.html",
            {
                "checks": checks,
                "state": worst(row["state"] for row in checks),
                "gauges": gauges,
                "month": month_of(ask.now),
                "held": held[:SOME],
                # What needs a person is said by a check, in the same words; the others stand below.
                "waits": [row for row in held[:SOME] if not row["needs_a_person"]],
                "decided": {f"{row['about']}: {row['says']}": row for row in held},
                "held_more": len(held) > SOME,
                "moves": moves[:SOME],
                "moves_more": len(moves) > SOME,
                "entered": sum(row["entered"] for row in moves),
                "left": sum(row["left"] for row in moves),
                "due": due,
                "running": running,
                "roots_more": len(roots) > SOME,
                "assets": await ask.assets(about),
                "sparks": await sparks(ask, about),
                "people": people,
                **await self._money(ask),
            },
        )

    async def _money(self, ask: Ask) -> dict[str, Any]:
        async with self._lock:
            if time.monotonic() >= self._cost_until:
                self._cost = await ask.call("cost", p_by="call")
                self._cost_until = time.monotonic() + COST_SECONDS
        budgets = await ask.call("budgets")
        return {
            "spent": sum(row["spent_usd"] for row in self._cost),
            "expected": sum(row["expected_usd"] for row in self._cost),
            "budget": next(
                (row for row in budgets if (row["scope"], row["period"]) == ("everything", "month")), None
            ),
            "tight": [row for row in budgets if row["held_calls"] > 0],
        }


def worst(states: Iterable[str]) -> str:
    """The state that stands for all."""
    found = set(states)
    return next((each for each in ("failing", "warning") if each in found), "ok")


def sums(metrics: Iterable[Row]) -> dict[str, Any]:
    """Metrics by name, over all their labels."""
    found: dict[str, Any] = {}
    for row in metrics:
        found[row["metric"]] = found.get(row["metric"], 0) + row["value"]
    return found


async def sparks(ask: Ask, instance_ids: Sequence[int]) -> dict[int, charts.Line]:
    """Members over the last days of each instance, small."""
    if not instance_ids:
        return {}
    values: dict[int, list[int]] = {}
    for row in await ask.call("days", p_instance_ids=list(instance_ids), p_days=SPARK_DAYS):
        values.setdefault(row["instance_id"], []).append(row["members"])
    return {instance_id: charts.line(each, **SPARK) for instance_id, each in values.items()}


def month_of(now: datetime) -> str:
    """The month that a cost is of."""
    return f"{now.astimezone(UTC):%B %Y}"
