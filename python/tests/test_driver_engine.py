"""The driver between the real engine and the simulated X: what it brings is what X shows, whoever stops."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import pytest
import structlog
from structlog.testing import capture_logs

from app.database import call, read_view
from app.driver import Driver, PostgresEngine, Sender, SenderOptions
from app.simulator import TOKEN, Simulator, World, seeded_world, serve, serve_in_thread, truth
from conftest import Database

FOLLOWERS = 3_500
SOON = 120.0


class LeavingEngine(PostgresEngine):
    """Asks its driver to stop once so many answers were recorded."""

    def __init__(self, url: str, answers: int) -> None:
        super().__init__(url)
        self.left = answers
        self.driver: Driver | None = None

    async def response(
        self, worker: str, call_id: int, status: int, headers: Mapping[str, str], body: str
    ) -> Mapping[str, Any]:
        result = await super().response(worker, call_id, status, headers, body)
        self.left -= 1
        if self.left <= 0 and self.driver is not None:
            self.driver.stop()
        return result


@pytest.fixture(scope="module")
def world() -> World:
    return seeded_world(FOLLOWERS + 100, 5, hub_followers=FOLLOWERS)


@pytest.fixture
def hub(world: World) -> int:
    """The user whom nearly everybody follows: several pages of followers."""
    return max(world.followers, key=lambda user_id: len(truth.followers(world, user_id)))


@asynccontextmanager
async def driving(engine: PostgresEngine, url: str, worker: str, slots: int = 4) -> AsyncIterator[Driver]:
    sender = Sender(SenderOptions(url, TOKEN))
    try:
        async with asyncio.timeout(SOON):
            yield Driver(engine, sender, worker=worker, slots=slots)
    finally:
        await sender.close()
        await engine.close()


def enable(place: Database, kind: str, params: dict[str, Any]) -> int:
    with place.connect("rookery_operator") as connection:
        instance_id: int = call(connection, "root_enable", p_kind=kind, p_params=params)
        return instance_id


def members(place: Database, instance_id: int) -> set[int]:
    with place.connect("rookery_operator") as connection:
        return {row["item_id"] for row in call(connection, "members", p_instance_id=instance_id)}


async def test_members_are_what_x_shows(database: Database, world: World, hub: int) -> None:
    params = {"subject_id": str(hub)}
    corpus = {"source": {"kind": "segment_mutuals", "params": params}}
    followers = enable(database, "segment_followers", params)
    mutuals = enable(database, "segment_mutuals", params)
    posts = enable(database, "post_corpus_for_segment", corpus)
    engine = PostgresEngine(database.url("rookery_worker"))
    async with serve(Simulator(world).app()) as url, driving(engine, url, "one") as driver:
        await driver.run_until_idle()
    assert truth.posts_shown(world, truth.mutuals(world, hub)), "a world without mutuals shows nothing here"
    assert members(database, followers) == truth.followers(world, hub)
    assert members(database, mutuals) == truth.mutuals(world, hub)
    assert members(database, posts) == truth.posts_shown(world, truth.mutuals(world, hub))


async def test_the_log_tells_what_the_view_of_decisions_shows(
    database: Database, world: World, hub: int
) -> None:
    enable(database, "segment_mutuals", {"subject_id": str(hub)})
    enable(database, "segment_followers", {"subject_id": "999999999999"})  # whom nobody has seen
    engine = PostgresEngine(database.url("rookery_worker"))
    with capture_logs(processors=[structlog.contextvars.merge_contextvars]) as lines:
        async with serve(Simulator(world).app()) as url, driving(engine, url, "one") as driver:
            await driver.run_until_idle()
    with database.connect("rookery_operator") as connection:
        decisions = read_view(connection, "decisions")
        materializations = read_view(connection, "materializations")
    told = [line for line in lines if line["event"] == "decision"]
    assert {"missing_prerequisite", "subject_refused"} <= {each["kind"] for each in decisions}
    assert {(line["decision_id"], line["kind"], line["about"], line["reason"]) for line in told} == {
        (each["decision_id"], each["kind"], each["about"], each["reason"]) for each in decisions
    }
    assert {each["decision_id"]: each["repeats"] for each in decisions} == {
        each: max(line["repeats"] for line in told if line["decision_id"] == each)
        for each in {line["decision_id"] for line in told}
    }
    assert {line["log_level"] for line in told if line["kind"] == "subject_refused"} == {"warning"}
    assert {line["log_level"] for line in told if line["kind"] == "missing_prerequisite"} == {"info"}
    done = [line for line in lines if line["event"] == "materialization"]
    assert sorted((line["materialization_id"], line["instance_id"]) for line in done) == sorted(
        (each["materialization_id"], each["instance_id"]) for each in materializations
    )
    assert all("tick_id" in line for line in [*told, *done])
    recorded = [line for line in lines if line["event"] == "recorded"]
    assert recorded
    assert all({"tick_id", "call_id", "run_id"} <= line.keys() for line in recorded)


async def test_another_worker_goes_on_where_one_stopped_and_pays_for_no_page_twice(
    database: Database, world: World, hub: int
) -> None:
    instance_id = enable(database, "segment_followers", {"subject_id": str(hub)})
    simulator = Simulator(world)
    async with serve(simulator.app()) as url:
        leaving = LeavingEngine(database.url("rookery_worker"), answers=2)
        async with driving(leaving, url, "one") as first:
            leaving.driver = first
            await first.run()
        assert members(database, instance_id) == set()
        async with driving(PostgresEngine(database.url("rookery_worker")), url, "two") as second:
            await second.run_until_idle()
    assert members(database, instance_id) == truth.followers(world, hub)
    assert simulator.bill.returned["follow"] == simulator.bill.charged["follow"]


async def test_two_workers_share_the_calls(database: Database, world: World, hub: int) -> None:
    corpus = {"source": {"kind": "segment_followed", "params": {"subject_id": str(hub)}}}
    instance_id = enable(database, "post_corpus_for_segment", corpus)
    simulator = Simulator(world)
    worker_url = database.url("rookery_worker")
    async with (
        serve(simulator.app()) as url,
        driving(PostgresEngine(worker_url), url, "one", slots=1) as one,
        driving(PostgresEngine(worker_url), url, "two", slots=1) as two,
    ):
        while not members(database, instance_id):
            await asyncio.gather(one.run_until_idle(), two.run_until_idle())
    assert members(database, instance_id) == truth.posts_shown(world, truth.following(world, hub))
    assert simulator.bill.returned["post"] == simulator.bill.charged["post"]


def test_the_worker_command_deploys_works_until_nothing_is_due_and_stops(
    empty_database: Database, world: World, hub: int
) -> None:
    simulator = Simulator(world, known="tweet")
    with serve_in_thread(simulator.app()) as url:
        environment = {
            **os.environ,
            "DATABASE_URL": empty_database.url(),
            "X_API_BASE_URL": url,
            "X_BEARER_TOKEN": TOKEN,
            "ROOKERY_X_VOCABULARY": "tweet",
        }
        command = [sys.executable, "-m", "app", "worker", "--once"]
        first = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        assert first.returncode == 0, first.stderr
        instance_id = enable(empty_database, "segment_followed", {"subject_id": str(hub)})
        second = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        assert second.returncode == 0, second.stderr
    assert members(empty_database, instance_id) == truth.following(world, hub)
    assert simulator.requests == simulator.answered, "asked in the vocabulary that this X does not know"
    assert TOKEN not in first.stderr + second.stderr
