"""The schema is brought up to date by a worker when it starts, by one of many, and never by the web (W6)."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from app import cli, migrate
from app import database as db
from app.plan import read_plan
from app.resources import db_root
from conftest import Database
from throwaway import deploy_into
from throwaway import server as throwaway_server

NOWHERE = "http://127.0.0.1:9"  # an X that is asked for nothing
SOON = 60.0  # seconds after which a test that waits for an event has failed
PLANNED = tuple(change.name for change in read_plan(db_root()).changes)
BEHIND = f"a migration is behind: change {PLANNED[-1]} is not deployed; rookery db deploy does it"

Rookery = Callable[..., tuple[object, str]]


@pytest.fixture
def rookery(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Rookery:
    """Runs a command in this process with the environment given; its exit status and stderr."""

    def run(*arguments: str, **environment: str) -> tuple[object, str]:
        with monkeypatch.context() as patch:
            for name, value in (environment | {"X_API_BASE_URL": NOWHERE}).items():
                patch.setenv(name, value)
            with pytest.raises(SystemExit) as stopped:
                cli.main(arguments)
        return stopped.value.code, capsys.readouterr().err

    return run


def logins(database: Database, *, deploys: bool = True) -> dict[str, str]:
    urls = {"DATABASE_URL": database.url("rookery_worker")}
    return urls | ({"ROOKERY_DEPLOY_URL": database.url()} if deploys else {})


def start_worker(database: Database, log: Path, *arguments: str) -> subprocess.Popen[bytes]:
    environment = os.environ | logins(database) | {"X_API_BASE_URL": NOWHERE}
    with log.open("wb") as output:
        command = [sys.executable, "-m", "app", "worker", *arguments]
        return subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, stderr=output)


def deployed(database: Database) -> tuple[str, ...]:
    with database.connect() as connection:
        return migrate.status(connection).deployed


def until(database: Database, condition: str) -> None:
    deadline = time.monotonic() + SOON
    with database.connect() as connection:
        while connection.execute(f"select {condition}".encode()).fetchone() != (True,):
            assert time.monotonic() < deadline, condition
            time.sleep(0.03)


def test_of_ten_workers_that_start_at_once_one_deploys_each_change_and_all_go_on(
    empty_database: Database, tmp_path: Path
) -> None:
    logs = [tmp_path / f"{number}.log" for number in range(10)]
    workers = [start_worker(empty_database, log, "--once") for log in logs]
    statuses = [worker.wait(timeout=4 * SOON) for worker in workers]
    assert statuses == [0] * 10, "\n".join(log.read_text() for log in logs)
    with empty_database.connect() as connection:
        events = connection.execute(
            "select event, change from sqitch.events order by committed_at"
        ).fetchall()
        ticked = connection.execute("select count(*) from engine.workers").fetchone()
    assert events == [("deploy", name) for name in PLANNED]
    assert ticked == (10,)


def test_the_login_that_deploys_is_gone_before_the_first_tick(
    empty_database: Database, tmp_path: Path
) -> None:
    worker = start_worker(empty_database, tmp_path / "log")
    try:
        until(empty_database, "to_regclass('engine.workers') is not null")
        until(empty_database, "exists (select from engine.workers)")
        with empty_database.connect() as connection:
            others = connection.execute(
                "select distinct usename::text from pg_stat_activity"
                " where datname = current_database() and pid <> pg_backend_pid()"
            ).fetchall()
        assert others == [("rookery_worker",)]
    finally:
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(timeout=SOON) == 0, (tmp_path / "log").read_text()


def test_with_the_switch_off_worker_and_web_refuse_a_schema_that_is_behind(
    empty_database: Database, rookery: Rookery
) -> None:
    with empty_database.connect() as connection:
        migrate.deploy(connection, to="HEAD^")
    before = deployed(empty_database)
    off = {
        "ROOKERY_MIGRATE": "0",
        "ROOKERY_WEB_URL": empty_database.url("rookery_web"),
        "ROOKERY_API_TOKEN": "t",
    }
    for command in (("worker", "--once"), ("web", "--port", "0")):
        status, told = rookery(*command, **logins(empty_database), **off)
        assert (status, told.strip()) == (1, f"rookery: {BEHIND}")
    assert deployed(empty_database) == before == PLANNED[:-1]


def test_a_worker_without_the_right_to_deploy_needs_none_where_nothing_is_pending(
    database: Database, rookery: Rookery
) -> None:
    status, told = rookery("worker", "--once", **logins(database, deploys=False), ROOKERY_LOG_LEVEL="error")
    assert (status, told) == (0, "")


def test_a_worker_without_the_right_to_deploy_says_what_to_set(
    empty_database: Database, rookery: Rookery
) -> None:
    with empty_database.connect() as connection:
        migrate.deploy(connection, to="HEAD^")
    status, told = rookery("worker", "--once", **logins(empty_database, deploys=False))
    assert status == 1
    assert told.startswith("rookery: a migration is behind: permission denied"), told
    assert "set ROOKERY_DEPLOY_URL, or run `rookery db deploy`" in told
    assert deployed(empty_database) == PLANNED[:-1]


def test_a_change_that_fails_keeps_the_worker_from_starting(
    empty_database: Database, rookery: Rookery
) -> None:
    with empty_database.connect() as connection:
        migrate.deploy(connection, to="HEAD^")
        connection.execute("create schema api")
    status, told = rookery("worker", "--once", **logins(empty_database))
    assert status == 1
    assert 'change api cannot be deployed: schema "api" already exists' in told
    assert deployed(empty_database) == PLANNED[:-1]
    with empty_database.connect() as connection:
        assert connection.execute("select count(*) from engine.workers").fetchone() == (0,)


def test_an_operator_goes_back_and_forth_by_the_command_line(
    empty_database: Database, rookery: Rookery
) -> None:
    urls = logins(empty_database)
    assert rookery("db", "deploy", "--to", "@HEAD^", **urls) == (0, "")
    assert deployed(empty_database) == PLANNED[:-1]
    assert rookery("db", "verify", **urls) == (0, "")
    status, told = rookery("db", "revert", "--to", "ROOT", **urls)
    assert (
        status,
        "nothing was reverted; --yes says so beforehand: revert what is deployed after ROOT" in told,
    ) == (2, True)
    assert rookery("db", "revert", "--to", "ROOT", "-y", **urls) == (0, "")
    assert deployed(empty_database) == PLANNED[:1]
    with empty_database.connect() as connection:
        connection.execute("update sqitch.changes set script_hash = repeat('0', 40)")
    status, told = rookery("db", "verify", **urls)
    assert (status, "1 of 1 changes are not as they should be: roles" in told) == (1, True)


def test_two_databases_of_a_new_server_are_deployed_at_the_same_time() -> None:
    with throwaway_server("15") as new, closing(db.connect(new.url())) as one:
        db.create_database(one, "other")
        with ThreadPoolExecutor() as pool, one.transaction():
            one.execute("create role rookery_owner nologin")  # as the first change does
            deploying = pool.submit(deploy_into, new.url(dbname="other"))
            with closing(db.connect(new.url())) as watcher:
                while not watcher.execute("select 1 from pg_locks where not granted").fetchone():
                    assert not deploying.done(), deploying.result()
        deploying.result(SOON)
