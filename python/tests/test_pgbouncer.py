"""PgBouncer by transaction between everybody and the database; all that faces one: `make test-pgbouncer`."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from app import database as db
from app.driver import Driver, PostgresEngine, Response
from app.simulator import Simulator, seeded_world, serve
from conftest import Database, fresh_database
from pooler import pooled
from throwaway import SUPERUSER, Throwaway, deploy_into
from workers import SOON, GatedX, expect_the_truth, follow, until, until_materialized, worker_process


@pytest.fixture
def place(server: Throwaway) -> Iterator[Database]:
    """An empty database behind a pooler with one connection to it for each login.

    So whatever one client leaves behind in its session, the next statement of any other finds.
    """
    with pooled(server, size=1) as reached, fresh_database(reached) as found:
        yield found


def through_pooler(place: Database, role: str) -> str:
    """The URL as `role`, the superuser's too."""
    return place.server.url(role, place.name, pooled=True)


async def test_a_worker_reads_a_list_through_one_connection(place: Database) -> None:
    """E6, W6: no prepared statement, no lock and no setting of a session; it polls, and says so."""
    world = seeded_world(401, 5, mean_follows=0, hub_followers=400)
    x = GatedX(Simulator(world).app())
    x.let_through()
    deploy_into(through_pooler(place, SUPERUSER))
    instances = follow(place, *world.most_followed(1), page__follows="20")
    environment = {"DATABASE_URL": through_pooler(place, "rookery_worker")}
    async with serve(x) as url, worker_process(url, **environment) as worker:
        assert "ROOKERY_LISTEN_URL" in await worker.told("polling only")
        await until_materialized(place, instances)
        worker.terminate()
        assert await worker.ended() == 0
    assert x.asked_again == []
    expect_the_truth(place, world, instances)
    assert left_behind(place) == []


async def test_a_way_past_the_pooler_is_listened_on(place: Database) -> None:
    """E2: what is announced on it wakes a worker whose other statements are pooled."""
    deploy_into(through_pooler(place, SUPERUSER))
    engine = PostgresEngine(
        through_pooler(place, "rookery_worker"), listen_url=place.server.url("rookery_worker", place.name)
    )
    ticked = asyncio.Event()
    driver = Driver(engine, NoX(), worker="w", wait=wake_only, ticked=ticked.set)
    running = asyncio.create_task(driver.run())
    async with asyncio.timeout(SOON):
        await until(lambda: left_behind(place) != [])
        ticked.clear()
        follow(place, 7)
        await ticked.wait()
        driver.stop()
        await running
    await engine.close()


def test_the_web_and_the_operator_do_their_work_through_it(place: Database) -> None:
    """W5: the limits of a login hold on pooled connections, as they are the login's and not the session's."""
    deploy_into(through_pooler(place, SUPERUSER))
    with db.connect(through_pooler(place, "rookery_web")) as web:
        events = [{"source": "new_follower", "body": '{"follower": "@someone", "target": "@other"}'}]
        assert len(db.call(web, "webhook_receive", p_events=events)) == 1
        (limit,) = web.execute("select current_setting('statement_timeout')").fetchone() or ("",)
    with db.connect(through_pooler(place, "rookery_operator")) as operator:
        db.call(operator, "setting_set", p_name="page.follows", p_value="20")
        with operator.transaction():
            db.call(operator, "specified_users_set", p_stable_key="watched", p_user_ids=[1, 2])
        (path,) = operator.execute("select current_setting('search_path')").fetchone() or ("",)
    assert (limit, path) == ("30s", "api")
    assert left_behind(place) == []


LISTENERS = "select 1 from pg_stat_activity where datname = %s and query ilike 'listen%%' and state = 'idle'"


def left_behind(place: Database) -> list[str]:
    """What a session of the pooler keeps for its next client: listeners and locks."""
    with place.connect() as owner:
        found = owner.execute(LISTENERS, [place.name]).fetchall()
        found += owner.execute(
            "select 1 from pg_locks as l join pg_stat_activity as a using (pid)"
            " where a.datname = %s and l.locktype = 'advisory'",
            [place.name],
        ).fetchall()
    return [str(row) for row in found]


class NoX:
    """Nobody asks it anything."""

    async def send(self, call: object) -> Response:
        raise AssertionError(f"nothing is to be sent: {call}")


async def wake_only(seconds: float, wake: asyncio.Event) -> None:
    """Sleeps for nothing but the event: what is not woken by it hangs, and fails the test."""
    await (wake.wait() if seconds >= 1 else asyncio.sleep(seconds))
