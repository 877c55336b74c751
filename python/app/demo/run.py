"""Runs a demo from the empty machine to the report."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress

from app import logs
from app.database import AsyncConnection, connect_async
from app.demo import show
from app.demo.cast import Cast, Chosen, choose
from app.demo.clock import SimulatedClock
from app.demo.life import Life
from app.demo.operator import Operator
from app.demo.report import DemoOptions, DemoReport, SegmentReport
from app.demo.stage import Stage, raised
from app.demo.turns import open_driver
from app.driver import SenderOptions
from app.errors import OperatorMistake
from app.settings import load_settings
from app.simulator import (
    TOKEN,
    Days,
    Faults,
    Simulator,
    World,
    WorldFileError,
    seeded_world,
    serve,
    world_from_csv,
)

USERS = 2_000
FAULT_RATE = 0.05
HANG_SECONDS = 0.25
EXAMPLES = 6
_SLOTS = 8
_LOOK_SECONDS = 0.5


async def run_demo(options: DemoOptions) -> DemoReport:
    """Run a demo, show it on stdout as the options say, and return its report.

    Raises OperatorMistake for a world file that cannot be used, and what raising the database raises.
    Whatever is raised, nothing of the throwaway database is left.
    """
    began = time.monotonic()
    _configure_logs()
    world = _world(options)
    cast = choose(world)
    if not options.json:
        print(f"A simulated X of {len(world.accounts):,} users; raising a database of its own.", flush=True)
    with raised(options.data_dir, options.database_url, keep=options.keep) as stage:
        report = await _play(options, world, cast, stage)
        report.seconds = round(time.monotonic() - began, 1)
        if options.json:
            show.print_json(report)
        else:
            show.print_end(report, cast.chosen, stage, keep=options.keep)
    return report


async def _play(options: DemoOptions, world: World, cast: Cast, stage: Stage) -> DemoReport:
    async with AsyncExitStack() as stack:
        clock = SimulatedClock(await stack.enter_async_context(_connected(stage.deploy_url)), Days(world))
        operator = Operator(await stack.enter_async_context(_connected(stage.operator_url)))
        onlooker = Operator(await stack.enter_async_context(_connected(stage.operator_url)))
        await clock.set(world.start)
        simulator = Simulator(world, clock=lambda: clock.now, hang_seconds=HANG_SECONDS)
        if options.faults:
            simulator.faults = Faults(options.seed, FAULT_RATE)
        url = await stack.enter_async_context(serve(simulator.app()))
        driver = await stack.enter_async_context(
            open_driver(stage.worker_url, SenderOptions(url, TOKEN), slots=_SLOTS, wait=clock.wait)
        )
        shown = await stack.enter_async_context(
            show.shown(simulator, lambda: clock.now, cast.chosen, as_json=options.json)
        )
        await stack.enter_async_context(_looking(onlooker, shown))
        life = Life(world, cast, clock, driver, operator, shown.tell)
        await life.begin()
        for number in range(options.days):
            await life.day(number)
        return await _report(options, cast, simulator, operator)


@asynccontextmanager
async def _connected(url: str) -> AsyncIterator[AsyncConnection]:
    connection = await connect_async(url, application="rookery demo")
    async with connection:
        yield connection


@asynccontextmanager
async def _looking(onlooker: Operator, shown: show.Show) -> AsyncIterator[None]:
    """Keep a live view's members up to date while the block lasts."""
    looking = asyncio.create_task(_look(onlooker, shown)) if isinstance(shown, show.Picture) else None
    try:
        yield
    finally:
        if looking is not None:
            looking.cancel()
            with suppress(asyncio.CancelledError):
                await looking


async def _look(onlooker: Operator, shown: show.Show) -> None:
    while True:
        shown.members(await onlooker.roots())
        await asyncio.sleep(_LOOK_SECONDS)


async def _report(options: DemoOptions, cast: Cast, simulator: Simulator, operator: Operator) -> DemoReport:
    roots = await operator.roots()
    segments = []
    for chosen in cast.chosen:
        root = roots[chosen.instance_id]
        entered, left = await operator.totals(chosen.instance_id)
        segments.append(
            SegmentReport(
                chosen.kind,
                chosen.params,
                chosen.instance_id,
                root["members"],
                root["revision"],
                entered,
                left,
                not chosen.wrong_days,
                await _examples(operator, chosen, root["revision"]),
            )
        )
    runs = await operator.runs()
    faults = {fault.value: count for fault, count in sorted(simulator.faults.served.items())}
    bill = simulator.bill.summary()
    return DemoReport(segments, bill, simulator.requests, len(runs), options.days, 0.0, faults)


async def _examples(operator: Operator, chosen: Chosen, revision: int) -> list[str]:
    """The newest who entered (+) or left (-), by handle; none of the first members, and none of posts."""
    if chosen.kind == "post_corpus_for_segment" or revision < 2:
        return []
    events = await operator.events(chosen.instance_id, EXAMPLES)
    handles = await operator.handles({event["item_id"] for event in events})
    signs = {"enter": "+", "exit": "-"}
    return [f"{signs[event['event']]}@{handles.get(event['item_id'], event['item_id'])}" for event in events]


def _world(options: DemoOptions) -> World:
    if options.world is None:
        return seeded_world(USERS, options.seed)
    try:
        return world_from_csv(options.world, options.seed, with_hub=True)
    except WorldFileError as fault:
        raise OperatorMistake(str(fault)) from fault


def _configure_logs() -> None:
    # Faults of the simulated X are wanted here; they are no news unless somebody asks.
    logs.configure(load_settings().log_level if "ROOKERY_LOG_LEVEL" in os.environ else "error")
