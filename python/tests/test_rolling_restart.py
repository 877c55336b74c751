"""Workers are replaced one by one under load: nothing is bought twice, no lease is waited for."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import pytest

from app.simulator import Simulator, World, seeded_world, serve
from conftest import Database
from workers import GatedX, WorkerProcess, expect_the_truth, follow, until_materialized, worker_process

LISTS, FOLLOWERS, PAGE = 3, 400, 20
GRACE = 10
# Far longer than the test may take: whoever waited for a lease to run out would never see the end of it.
LEASE = "1800 s"


@dataclass
class Fleet:
    """Three lists of many pages each, an X to read them from, and workers that come and go."""

    world: World
    database: Database
    x: GatedX
    x_url: str
    instances: dict[int, int]
    workers: AsyncExitStack

    async def start(self, **environment: str) -> WorkerProcess:
        """A worker that has ticked, with few slots, so that no worker can have all of the lists."""
        url = self.database.url("rookery_worker")
        environment = {"DATABASE_URL": url, "ROOKERY_SLOTS": "2"} | environment
        worker = await self.workers.enter_async_context(worker_process(self.x_url, **environment))
        await worker.told("working")
        return worker

    async def read(self, pages: int) -> None:
        """Let so many pages be answered; then a page of each list is in flight, and nobody has more to do."""
        self.x.let_through(pages)
        await self.x.held(LISTS)


@pytest.fixture
async def fleet(database: Database) -> AsyncIterator[Fleet]:
    async with _fleet(database) as found:
        yield found


@asynccontextmanager
async def _fleet(database: Database) -> AsyncIterator[Fleet]:
    world = seeded_world(FOLLOWERS + LISTS, 3, mean_follows=0)
    subjects = list(world.accounts)[:LISTS]
    for follower in list(world.accounts)[LISTS:]:
        for subject in subjects:
            world.link(follower, subject)
    x = GatedX(Simulator(world).app())
    instances = follow(database, *subjects, call__lease=LEASE, page__follows=str(PAGE))
    async with serve(x) as url, AsyncExitStack() as workers:
        yield Fleet(world, database, x, url, instances, workers)


async def test_two_workers_are_replaced_one_after_the_other_and_no_page_is_bought_twice(fleet: Fleet) -> None:
    """I4, E6: answers in flight are recorded, what was not sent is given back, and the next one goes on."""
    old = [await fleet.start(), await fleet.start()]
    for worker in old:
        await fleet.read(10)
        await fleet.start()
        worker.terminate()
        await worker.told("stopping")
        began = time.monotonic()
        fleet.x.let_through(LISTS)
        assert await worker.ended() == 0
        assert time.monotonic() - began < GRACE
    fleet.x.let_through()
    await until_materialized(fleet.database, fleet.instances)
    assert len(fleet.x.asked) == LISTS * FOLLOWERS // PAGE
    assert fleet.x.asked_again == []
    expect_the_truth(fleet.database, fleet.world, fleet.instances)


async def test_what_a_worker_had_in_flight_when_its_grace_ended_another_sends_at_once(fleet: Fleet) -> None:
    """E6: only the calls that were in flight may cost twice, and each of them once."""
    first = await fleet.start(ROOKERY_GRACE_PERIOD="0.2", ROOKERY_SLOTS="3")
    await fleet.read(10)
    in_flight = sorted(fleet.x.waiting)
    first.terminate()
    assert await first.ended() == 0
    await fleet.start()
    await fleet.x.until(lambda: len(fleet.x.asked_again) == 2)  # its slots
    fleet.x.let_through()
    await until_materialized(fleet.database, fleet.instances)
    assert fleet.x.asked_again == in_flight
    assert max(fleet.x.asked.values()) == 2
    expect_the_truth(fleet.database, fleet.world, fleet.instances)


async def test_all_workers_stop_at_once_and_the_next_one_goes_on_where_they_were(fleet: Fleet) -> None:
    """I4: a stop in the middle of three lists costs nothing."""
    workers = [await fleet.start(), await fleet.start()]
    await fleet.read(10)
    for worker in workers:
        worker.terminate()
        await worker.told("stopping")
    fleet.x.let_through(LISTS)
    assert [await worker.ended() for worker in workers] == [0, 0]
    asked = sum(fleet.x.asked.values())
    await fleet.start()
    fleet.x.let_through()
    await until_materialized(fleet.database, fleet.instances)
    assert asked < LISTS * FOLLOWERS // PAGE == sum(fleet.x.asked.values())
    expect_the_truth(fleet.database, fleet.world, fleet.instances)
