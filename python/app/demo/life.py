"""The days of a demo: the world changes, the real driver follows, and each night the truth is told."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.database import Row
from app.demo.cast import Cast
from app.demo.clock import SimulatedClock
from app.demo.operator import Operator
from app.driver import Driver
from app.simulator import World
from app.simulator.days import LAST_HOUR
from app.simulator.truth import TIMELINE_CAP

NOON = timedelta(hours=12)
NIGHT = timedelta(hours=LAST_HOUR)
DAY = timedelta(days=1)
ROUND = timedelta(minutes=15)
ROUNDS = 5
Sync = tuple[str, int]


@dataclass(slots=True)
class Life:
    """Lives one day after another; `tell` gets a line about each stage as it begins."""

    world: World
    cast: Cast
    clock: SimulatedClock
    driver: Driver
    operator: Operator
    tell: Callable[[str], None]

    async def begin(self) -> None:
        """Enable the roots and let the first lists arrive."""
        # Idle, look round once an hour of simulated time: by the usual ten seconds, a week is 60,000 ticks.
        await self.operator.turn("worker.heartbeat", "3600 s")
        # A tick ends by a number of items, not by the machine's speed: the same seed, the same report.
        await self.operator.turn("tick.budget", "60 s")
        await self.operator.watch(self.cast.watched.wanted)
        for chosen in self.cast.chosen:
            await self.operator.enable(chosen)

    async def day(self, number: int) -> None:
        """Live day `number`, counted from 0, and hold its end against the truth."""
        morning = self.world.start + number * DAY
        self.tell(f"day {number + 1}: people follow, unfollow, post and rename")
        await self._until(morning + NOON)
        await self._edit_the_set(number)
        await self._until(morning + NIGHT)
        self.tell(f"day {number + 1}: the world stands still, everything is read in full")
        await self._read_in_full(morning + NIGHT)
        await self._until(morning + DAY)
        await self._compare(number)

    async def _until(self, moment: datetime) -> None:
        await self.driver.run_until_idle(until=moment)
        await self.clock.set(moment)

    async def _edit_the_set(self, number: int) -> None:
        watched = self.cast.watched
        if number == 1 and (joiners := watched.joiners(2)):
            await self.operator.add(joiners)
            watched.add(joiners)
        if number == 2 and (leavers := sorted(watched.members())[:1]):
            await self.operator.remove(leavers)
            watched.remove(leavers)

    async def _read_in_full(self, night: datetime) -> None:
        users = [("users", user) for user in sorted(self.cast.watched.wanted)]
        await self._insist([*self.cast.lists, *users], night)
        authors = await self.operator.members(self.cast.corpus_source.instance_id)
        readable = [author for author in sorted(authors) if not self.world.accounts[author].protected]
        await self._insist([("posts", author) for author in readable], self.clock.now)

    async def _insist(self, syncs: Iterable[Sync], begin: datetime) -> None:
        """Ask for full syncs until each has succeeded; one that a fault cut short is asked for again."""
        waiting = list(syncs)
        for attempt in range(1, ROUNDS + 1):
            asked = {await self.operator.sync(*sync): sync for sync in waiting}
            await self._until(begin + attempt * ROUND)
            runs = await self.operator.runs(asked)
            waiting = [sync for run_id, sync in asked.items() if not _is_whole(runs[run_id])]
            if not waiting:
                return

    async def _compare(self, number: int) -> None:
        self.cast.watched.look()
        for chosen in self.cast.chosen:
            if not chosen.expected().allows(await self.operator.members(chosen.instance_id)):
                chosen.wrong_days.append(number + 1)
                self.tell(f"day {number + 1}: {chosen.kind} of {chosen.subject} is NOT what X shows")


def _is_whole(run: Row) -> bool:
    if run["status"] != "success":
        return False
    capped = run["sync_kind"] == "posts" and run["resources"] >= TIMELINE_CAP
    return capped or run["sync_kind"] == "users" or run["cursor_exhausted"] is True
