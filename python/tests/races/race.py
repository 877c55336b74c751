"""One race from the start of its workers to the comparison at its end."""

from __future__ import annotations

import asyncio
import os
import random
import sys
from collections import Counter
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field

from app.database import AsyncConnection, connect_async
from app.simulator import serve
from races.acts import Operator, move, operate, tell
from races.ending import at_once, broken, calm, read_in_full, untrue
from races.stage import SPEED, Stage

OPERATORS = 2
# At the end: until everything is read in full, and seen by everybody who needs it.
_PATIENCE = 90.0
_LOOK_EVERY = 10.0
_KILL_EVERY = 15.0


@dataclass
class Report:
    """What was done, and everything that is wrong."""

    wrong: list[str] = field(default_factory=list)
    done: Counter[str] = field(default_factory=Counter)

    def __str__(self) -> str:
        return ", ".join(f"{count:,} {what}" for what, count in sorted(self.done.items()))


@dataclass
class Team:
    """Worker processes, of which one dies now and then and is replaced."""

    stage: Stage
    x_url: str
    drivers: int
    processes: list[asyncio.subprocess.Process] = field(default_factory=list)

    async def start_one(self) -> None:
        self.processes.append(
            await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "races.worker", self.stage.url("rookery_worker"), self.x_url),
                *(str(SPEED), str(self.drivers)),
                stdin=asyncio.subprocess.DEVNULL,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
            )
        )

    async def kill_some(self, until: asyncio.Event, report: Report) -> None:
        chance = random.Random(self.stage.seed)
        while not await _over(until, _KILL_EVERY):
            victim = self.processes.pop(chance.randrange(len(self.processes)))
            victim.kill()
            await victim.wait()
            report.done["workers killed"] += self.drivers
            await self.start_one()

    async def stop(self) -> list[str]:
        """Tell all to stop; what is wrong with how they did."""
        for process in self.processes:
            with suppress(ProcessLookupError):
                process.terminate()
        statuses = [await process.wait() for process in self.processes]
        return [f"E6: a worker ended with status {status}" for status in statuses if status != 0]


async def run(stage: Stage, seconds: float, processes: int, drivers: int) -> Report:
    """Let so many processes of so many workers each race for so many seconds, then compare."""
    report, until = Report(), asyncio.Event()
    async with AsyncExitStack() as stack:

        async def connected(role: str) -> AsyncConnection:
            return await stack.enter_async_context(await connect_async(stage.url(role)))

        owner, sender = await connected("postgres"), await connected("rookery_web")
        operators = [
            Operator(stage, await connected("rookery_operator"), random.Random(f"{stage.seed}/{number}"))
            for number in range(OPERATORS)
        ]
        team = Team(stage, await stack.enter_async_context(serve(stage.x.app())), drivers)
        try:
            for _ in range(processes):
                await team.start_one()
            await _workers(owner, processes * drivers)
            async with asyncio.TaskGroup() as group:
                for operator in operators:
                    group.create_task(operate(operator, until))
                group.create_task(move(stage, until))
                group.create_task(tell(stage, sender, until))
                group.create_task(team.kill_some(until, report))
                group.create_task(_look(owner, until, report))
                await asyncio.sleep(seconds)
                until.set()
            await _end(stage, owner, operators[0], report)
        finally:
            report.wrong += await team.stop()
        await _count(stage, owner, operators, report)
    report.wrong += stage.errors_in_the_log()
    return report


async def _workers(owner: AsyncConnection, count: int) -> None:
    """Until so many have ticked."""
    async with asyncio.timeout(_PATIENCE):
        while True:
            rows = await (await owner.execute("select from engine.workers")).fetchall()
            if len(rows) >= count:
                return
            await asyncio.sleep(0.05)


async def _end(stage: Stage, owner: AsyncConnection, operator: Operator, report: Report) -> None:
    try:
        await read_in_full(owner, operator.connection, calm(stage), _PATIENCE)
        await _settle(stage, owner)
    except TimeoutError:
        report.wrong += await untrue(owner, stage) or ["I3: not everything was read in full in time"]
    report.wrong += await broken(owner)


async def _settle(stage: Stage, owner: AsyncConnection) -> None:
    """Until everybody has seen what was read; TimeoutError if that takes too long."""
    async with asyncio.timeout(_PATIENCE):
        while True:
            if not await untrue(owner, stage):
                return
            await asyncio.sleep(0.2)


async def _look(owner: AsyncConnection, until: asyncio.Event, report: Report) -> None:
    """What must hold is asked for now and then; what a tick is still to do must be done by the next look."""
    left_over = set[str]()
    while not await _over(until, _LOOK_EVERY):
        found = await broken(owner)
        report.wrong += [f"meanwhile, {line}" for line in found if at_once(line) or line in left_over]
        left_over = set(found)


async def _over(until: asyncio.Event, seconds: float) -> bool:
    """Wait so long, or until it is over; whether it is."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await until.wait()
    return until.is_set()


_COUNTS = """
    select 'ticks', last_value from engine.ticks
    union all select 'calls answered', count(*) from ingest.calls where state = 'answered'
    union all select 'runs', count(*) from ingest.runs
    union all select 'materializations', count(*) from asset.materializations
    union all select 'webhook events', count(*) from ingest.webhook_events
    union all select 'searches', count(*) from ingest.runs where sync_kind = 'search'
    union all select 'users forgotten', count(*) from graph.forgotten_users
    union all select 'calls taken over', last_value from ingest.takeovers
"""


async def _count(stage: Stage, owner: AsyncConnection, operators: list[Operator], report: Report) -> None:
    for what, count in await (await owner.execute(_COUNTS)).fetchall():
        report.done[what] = count
    report.done["things happened at X"] = len(stage.world.log)
    report.done["answers spoiled"] = stage.x.faults.served.total()
    for operator in operators:
        report.done["operators' acts"] += operator.done.total()
        report.done["operators' acts refused"] += operator.refused.total()
