"""A dump that was taken in the middle of a sync is restored, and a worker goes on there (I4)."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, AsyncExitStack, contextmanager
from pathlib import Path

import pytest

from app.resources import sql_text
from app.simulator import Simulator, World, seeded_world, serve
from conftest import Database, fresh_database
from throwaway import Throwaway, server
from workers import GatedX, expect_the_truth, follow, until_materialized, worker_process

FOLLOWERS, PAGE = 400, 20
BEFORE = 7  # pages that are stored when the dump is taken
# The shortest that leaves a busy machine time to answer: what the dump has in flight is sent again after it.
LEASE = "3 s"

# What the sequence of positions drew last, and the highest that a row has.
POSITIONS = """
    select (select last_value from graph.change_ids),
      greatest((select max(change_id) from graph.follow_changes), (select max(position) from ingest.pages))
"""
PAGE_NUMBERS = """
    select array_agg(page_no order by position)
    from ingest.pages join ingest.runs using (run_id)
    where sync_kind = 'followers'
"""


@pytest.fixture
def world() -> World:
    return seeded_world(FOLLOWERS + 1, 1, mean_follows=0, hub_followers=FOLLOWERS)


@contextmanager
def same_server(running: Throwaway) -> Iterator[Throwaway]:
    yield running


@contextmanager
def new_server(running: Throwaway) -> Iterator[Throwaway]:
    """Another one that has never heard of Rookery, and is newer or as new."""
    with server("18") as other:
        yield other


@pytest.mark.parametrize(
    "place", [pytest.param(same_server, id="the same server"), pytest.param(new_server, id="a new server")]
)
async def test_a_worker_goes_on_in_a_restored_dump(
    database: Database,
    tmp_path: Path,
    world: World,
    place: Callable[[Throwaway], AbstractContextManager[Throwaway]],
) -> None:
    """I4: no page that the dump holds is bought again; at most the call that was in flight is."""
    x = GatedX(Simulator(world).app())
    instances = follow(database, *world.most_followed(1), call__lease=LEASE, page__follows=str(PAGE))
    with place(database.server) as target:
        async with serve(x) as url, AsyncExitStack() as until_lost:
            lost = {"DATABASE_URL": database.url("rookery_worker")}
            worker = await until_lost.enter_async_context(worker_process(url, **lost))
            x.let_through(BEFORE)
            await x.held(1)
            in_flight = list(x.waiting)
            dump(database, tmp_path / "dump")
            await worker.kill()
            # The old database lives on, and its locks are its own.
            writer = until_lost.enter_context(database.connect())
            until_lost.enter_context(writer.transaction())
            writer.execute("select graph.lock_writer(), asset.lock_planner()")
            with fresh_database(target) as restored:
                restore(restored, tmp_path / "dump")
                x.let_through()
                async with worker_process(url, **on_its_own(restored)) as successor:
                    await until_materialized(restored, instances)
                    successor.terminate()
                    assert await successor.ended() == 0
                assert len(x.asked) == FOLLOWERS // PAGE
                assert x.asked_again == in_flight
                assert x.asked.total() == FOLLOWERS // PAGE + 1
                expect_the_truth(restored, world, instances)
                expect_no_break(restored)


def dump(place: Database, file: Path) -> None:
    program(place, "pg_dump", "--format=custom", f"--file={file}", f"--dbname={place.url()}")


def restore(place: Database, file: Path) -> None:
    """As docs/operations.md says: roles first, which belong to the server, then what the dump holds."""
    rookery(place, "db", "roles")
    program(place, "pg_restore", "--exit-on-error", f"--dbname={place.url()}", str(file))
    assert rookery(place, "db", "deploy", "--json") == "[]\n"
    rookery(place, "db", "verify")


def program(place: Database, name: str, *arguments: str) -> None:
    done = subprocess.run(
        [place.server.programs / name, *arguments], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def rookery(place: Database, *arguments: str) -> str:
    """What the command says, as the login that deploys."""
    environment = {**os.environ, "DATABASE_URL": place.url(), "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [sys.executable, "-m", "app", *arguments],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


def on_its_own(place: Database) -> dict[str, str]:
    """What a worker is told that may deploy and need not."""
    return {
        "DATABASE_URL": place.url("rookery_worker"),
        "ROOKERY_DEPLOY_URL": place.url(),
        "ROOKERY_MIGRATE": "1",
    }


def expect_no_break(place: Database) -> None:
    """One full run, its pages in order and without a gap; positions go on after the highest."""
    with place.connect() as owner:
        owner.execute(sql_text("db/tests/helpers.sql").encode())
        assert owner.execute("select test.invariants()").fetchall() == []
        runs = owner.execute(
            "select mode, status, page_count from ingest.runs where sync_kind = 'followers'"
        ).fetchall()
        numbers = owner.execute(PAGE_NUMBERS).fetchall()
        drawn, highest = owner.execute(POSITIONS).fetchone() or (0, 0)
    assert runs == [("full", "success", FOLLOWERS // PAGE)]
    assert numbers == [(list(range(1, FOLLOWERS // PAGE + 1)),)]
    assert drawn >= highest > 0


async def test_roles_are_made_where_they_are_missing_and_left_where_they_are(
    empty_database: Database,
) -> None:
    """W5: `rookery db roles` may run on any server, any number of times, and changes no password."""
    roles = "select rolname, rolcanlogin, rolconfig from pg_roles where rolname like 'rookery%' order by 1"
    with empty_database.connect() as owner:
        rookery(empty_database, "db", "roles")
        before = owner.execute(roles).fetchall()
        rookery(empty_database, "db", "roles")
        assert owner.execute(roles).fetchall() == before
        assert len(before) >= 5
