"""The web process as it is started: what it serves over a socket, what it logs, how it stops."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.strategies import SearchStrategy
from schemathesis import GenerationMode
from schemathesis.core.result import Ok

from app import database, embedded
from app.web.reading import OPERATIONS
from conftest import Database
from throwaway import Throwaway, deploy_into
from web_client import TOKEN, played_database

AUTHORIZED = {"Authorization": f"Bearer {TOKEN}"}


@dataclass
class Running:
    """A `rookery web` of its own process, which logs into a file."""

    process: subprocess.Popen[bytes]
    log: Path

    @property
    def url(self) -> str:
        """Where it serves, which it says itself."""
        return next(f"http://127.0.0.1:{each['port']}" for each in self.lines() if each["event"] == "serving")

    def lines(self) -> list[dict[str, Any]]:
        """What it has logged so far."""
        return [json.loads(line) for line in self.log.read_text().splitlines()]

    def stop(self) -> int:
        """SIGTERM; the exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=30)


@contextmanager
def running_web(log: Path, **environment: str) -> Iterator[Running]:
    """`rookery web` on a free port, told nothing but `environment`."""
    environment |= {"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join(sys.path)}
    with log.open("wb") as stderr:
        process = subprocess.Popen(
            [sys.executable, "-m", "app", "web", "--port", "0"],
            env={"ROOKERY_LOG_LEVEL": "debug", **environment},
            stderr=stderr,
        )
    try:
        while "serving" not in log.read_text():
            assert process.poll() is None, log.read_text()
            time.sleep(0.05)
        yield Running(process, log)
    finally:
        process.kill()
        process.wait()


@pytest.fixture(scope="module")
def world(server: Throwaway, clocked_template: str) -> Iterator[Database]:
    with played_database(server, clocked_template) as found:
        yield found


@pytest.fixture(scope="module")
def web(world: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    log, url = tmp_path_factory.mktemp("web") / "log", world.url("rookery_web")
    with running_web(
        log, ROOKERY_WEB_URL=url, ROOKERY_API_TOKEN=TOKEN, ROOKERY_WEB_CONNECTIONS="1"
    ) as running:
        yield running


def test_a_slow_reader_holds_nobody_up(world: Database, web: Running, known: dict[str, str]) -> None:
    """A stream that stalls holds no connection: with a single one another reader is served meanwhile."""
    with world.connect() as connection:
        connection.execute(
            "insert into graph.users (user_id) select i from generate_series(1000001, 1300000) as i"
        )
        connection.execute(
            "insert into asset.members"
            " (item_kind, instance_id, item_id, moved_id, first_entered_at, entered_at)"
            " select 'user', %s, i, 1, now(), now() from generate_series(1000001, 1300000) as i",
            [known["instance_id"]],
        )
    path = f"{web.url}/v1/instances/{known['instance_id']}/members?format=csv"
    with httpx.Client(headers=AUTHORIZED) as client, client.stream("GET", path) as slow:
        lines = slow.iter_lines()
        assert next(lines) == "item_id,since"
        assert client.get(f"{web.url}/v1/roots", timeout=5).status_code == 200
        assert resident_bytes(web.process.pid) < 250 * 2**20
        assert sum(1 for _ in lines) == 38 + 300_000


def resident_bytes(pid: int) -> int:
    with open(f"/proc/{pid}/statm", encoding="ascii") as found:  # noqa: PTH123
        return int(found.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
def test_the_document_is_true(web: Running, known: dict[str, str], mode: GenerationMode) -> None:
    """Schemathesis asks for what the document says can be asked for, and for what it says cannot."""
    schema = schemathesis.openapi.from_url(f"{web.url}/openapi.json")
    asked = set()
    for each in schema.get_all_operations():
        assert isinstance(each, Ok), each
        operation = each.ok()
        validate(operation.as_strategy(generation_mode=mode), mode)
        named = {name: value for name, value in known.items() if f"{{{name}}}" in operation.path}
        if named and mode is GenerationMode.POSITIVE:
            validate(operation.as_strategy(generation_mode=mode, path_parameters=named), mode)
        asked.add(operation.path)
    assert asked == {each.path for each in OPERATIONS}


# What no document can say: which cursors were given out, and that a time must have been.
UNSAYABLE = ("cursor", "at")


def validate(cases: SearchStrategy[schemathesis.Case[Any]], mode: GenerationMode) -> None:
    """Ask for a number of cases, and hold every answer against the document."""

    @settings(
        max_examples=15,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(cases)
    def hold(case: schemathesis.Case[Any]) -> None:
        if mode is GenerationMode.POSITIVE:
            case.query = {name: each for name, each in (case.query or {}).items() if name not in UNSAYABLE}
        case.call_and_validate(headers=AUTHORIZED)

    hold()


@pytest.fixture(scope="module")
def known(world: Database) -> dict[str, str]:
    """Something that is there, for each thing that a path can name."""
    with world.connect() as connection:
        instance_id = database.call(
            connection, "instance_id", p_kind="segment_followers", p_params={"subject_id": "1"}
        )
        materialization = database.read_view(
            connection, "materializations", where={"instance_id": instance_id}, limit=1
        )[0]
        run = database.read_view(connection, "runs", limit=1)[0]
        event = database.read_view(connection, "webhook_events", limit=1)[0]
    return {
        "instance_id": str(instance_id),
        "materialization_id": str(materialization["materialization_id"]),
        "run_id": str(run["run_id"]),
        "event_id": str(event["event_id"]),
        "user": "@renamed",
    }


def test_it_stops_when_told_and_has_logged_no_secret(world: Database, tmp_path: Path) -> None:
    url = world.url("rookery_web")
    with running_web(tmp_path / "log", ROOKERY_WEB_URL=url, ROOKERY_API_TOKEN=TOKEN) as running:
        assert httpx.get(f"{running.url}/v1/roots?token={TOKEN}", headers=AUTHORIZED).status_code == 422
        assert httpx.get(f"{running.url}/v1/roots", headers=AUTHORIZED).status_code == 200
        assert running.stop() == 0
    requests = [(each["path"], each["status"]) for each in running.lines() if each["event"] == "request"]
    assert requests == [("/v1/roots", 422), ("/v1/roots", 200)]
    assert TOKEN not in running.log.read_text()


def test_without_any_secret_there_is_nothing_to_serve(world: Database) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "app", "web"],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert "ROOKERY_API_TOKEN" in done.stderr


def test_on_the_embedded_database_it_is_the_web_role_as_well() -> None:
    with tempfile.TemporaryDirectory(prefix="rk-", dir="/tmp") as place:
        folder = Path(place)
        folder.chmod(0o755)
        with embedded.running(folder / "data", durable=False) as server:
            deploy_into(server.url())
            with (
                running_web(
                    folder / "log", ROOKERY_DATA_DIR=str(folder / "data"), ROOKERY_API_TOKEN=TOKEN
                ) as running,
                closing(database.connect(server.url())) as connection,
            ):
                assert httpx.get(f"{running.url}/v1/roots", headers=AUTHORIZED).status_code == 200
                logins = connection.execute(
                    "select distinct usename::text from pg_stat_activity where application_name like '% web%'"
                ).fetchall()
    assert logins == [("rookery_web",)]
