"""Whether it runs, whether it can serve, what can be watched."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from app.web import create_app
from conftest import Database
from throwaway import Throwaway
from web_client import DOORS, client_of, played_database


@pytest.fixture(scope="module")
def world(server: Throwaway, clocked_template: str) -> Iterator[Database]:
    with played_database(server, clocked_template) as found:
        yield found


@pytest.fixture
async def web(world: Database) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(create_app(world.url("rookery_web"), DOORS)) as client:
        yield client


@pytest.fixture
async def lost(world: Database) -> AsyncIterator[httpx.AsyncClient]:
    """A process whose database is gone."""
    url = world.url("rookery_web").replace("/rookery_test", "/gone_rookery_test")
    async with client_of(create_app(url, DOORS)) as client:
        yield client


async def test_it_is_healthy_even_without_a_database(lost: httpx.AsyncClient) -> None:
    assert (await lost.get("/healthz")).json() == {"state": "ok"}


async def test_it_is_ready_with_the_schema_of_its_version(web: httpx.AsyncClient, world: Database) -> None:
    web.headers.pop("Authorization")
    answer = await web.get("/readyz")
    assert answer.status_code == 200
    checks = {each["check"]: each for each in answer.json()["checks"]}
    assert checks["schema"]["says"] == "change api is deployed"
    assert checks["worker"]["since"].startswith("2026-03-")
    with world.connect() as connection:
        connection.execute("update sqitch.changes set change = 'another' where change = 'api'")
        try:
            behind = await web.get("/readyz")
        finally:
            connection.execute("update sqitch.changes set change = 'api' where change = 'another'")
    assert (behind.status_code, behind.json()["state"]) == (503, "failing")
    assert "a migration is behind" in behind.text


async def test_a_worker_that_is_silent_is_told_and_turns_nobody_away(
    web: httpx.AsyncClient, world: Database
) -> None:
    with world.connect() as connection:
        connection.execute("update engine.workers set seen_at = seen_at - interval '1 hour'")
        try:
            answer = await web.get("/readyz")
        finally:
            connection.execute("update engine.workers set seen_at = seen_at + interval '1 hour'")
    assert (answer.status_code, answer.json()["state"]) == (200, "warning")
    assert "no worker ticks" in answer.text


async def test_what_a_person_should_know_is_told_in_the_words_of_the_database(
    web: httpx.AsyncClient, world: Database
) -> None:
    with world.connect() as connection:
        connection.execute(
            "update ingest.providers set"
            " stopped_class = 'unauthorized', stopped_at = base.now(), probe_at = base.now()"
        )
        connection.execute("select base.decide('subject_refused', 'followers of 9', 'subject_protected')")
        try:
            answer = await web.get("/readyz")
            words = connection.execute(
                "select check_name, state, says, mend from api.checks('api')"
            ).fetchall()
        finally:
            connection.execute(
                "update ingest.providers set stopped_class = null, stopped_at = null, probe_at = null"
            )
            connection.execute("delete from base.decisions where about = 'followers of 9'")
    assert (answer.status_code, answer.json()["state"]) == (200, "warning")
    assert [
        (each["check"], each["state"], each["says"], each.get("mend")) for each in answer.json()["checks"]
    ] == words
    assert "A 401: the token is refused" in answer.text
    assert "followers of 9: The subject's lists are not public" in answer.text


async def test_whom_it_is_about_is_not_told_to_strangers(web: httpx.AsyncClient, world: Database) -> None:
    """W5: a probe has no token; what it hears names nobody."""
    with world.connect() as connection:
        connection.execute("select base.decide('subject_refused', 'followers of 9', 'subject_protected')")
        try:
            known = await web.get("/readyz")
            web.headers["Authorization"] = "Bearer another"
            stranger = await web.get("/readyz")
        finally:
            connection.execute("delete from base.decisions where about = 'followers of 9'")
    assert "followers of 9" in known.text
    assert {"check": "subject_refused", "state": "warning"} in stranger.json()["checks"]
    told = {each["check"] for each in stranger.json()["checks"] if "says" in each}
    assert told == {"schema", "worker", "provider"}


async def test_without_a_database_it_is_not_ready(lost: httpx.AsyncClient) -> None:
    answer = await lost.get("/readyz")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert answer.json()["checks"] == [
        {
            "check": "database",
            "state": "failing",
            "says": "the database does not answer",
            "mend": "start it, or mend the URL",
        }
    ]


async def test_a_database_without_the_schema_is_behind(empty_database: Database) -> None:
    async with client_of(create_app(empty_database.url(), DOORS)) as web:
        answer = await web.get("/readyz")
    assert answer.status_code == 503
    assert "rookery db deploy" in answer.text


async def test_metrics_are_what_prometheus_reads(web: httpx.AsyncClient) -> None:
    answer = await web.get("/metrics")
    assert answer.status_code == 200
    families = {each.name: each for each in text_string_to_metric_families(answer.text)}
    calls = families["rookery_calls"]
    assert calls.type == "counter"
    assert {"endpoint", "status", "class"} == set(calls.samples[0].labels)
    assert sum(each.value for each in families["rookery_resources"].samples) > 50
    assert families["rookery_worker_seen_age_seconds"].type == "gauge"


async def test_metrics_tell_what_was_spent_so_they_want_the_token(web: httpx.AsyncClient) -> None:
    web.headers.pop("Authorization")
    assert (await web.get("/metrics")).status_code == 401
