"""What `rookery doctor` says of each thing when it is ill, and how it is shown.

What the database says of itself is held, in its ill states too, by db/tests/api/doctor.sql and checks.sql.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from app import cli, doctor
from app.cli import doctor as command
from app.database import Row
from app.driver.sender import SenderOptions
from app.settings import load_settings
from app.simulator import TOKEN, Simulator, seeded_world
from app.simulator.serving import serve_in_thread
from conftest import Database

URLS = ("worker", "operator", "web", "deploy")


@pytest.fixture(autouse=True)
def ours(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An environment that names no X but a simulated one, so that no test asks the real one."""
    monkeypatch.delenv("X_BEARER_TOKEN", raising=False)
    monkeypatch.setenv("X_API_BASE_URL", "http://127.0.0.1:9")
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def healthy(database: Database, monkeypatch: pytest.MonkeyPatch) -> Database:
    """A database, and an environment with the right login for each process."""
    monkeypatch.setenv("DATABASE_URL", database.url("rookery_worker"))
    monkeypatch.setenv("ROOKERY_OPERATOR_URL", database.url("rookery_operator"))
    monkeypatch.setenv("ROOKERY_WEB_URL", database.url("rookery_web"))
    monkeypatch.setenv("ROOKERY_DEPLOY_URL", database.url())
    return database


class Told(NamedTuple):
    status: int
    checks: dict[str, list[dict[str, Any]]]

    def one(self, check: str) -> tuple[str, str, str | None]:
        (found,) = self.checks[check]
        return found["state"], found["says"], found.get("mend")


@pytest.fixture
def told(capsys: pytest.CaptureFixture[str]) -> Callable[..., Told]:
    """Run `rookery doctor --json`: its exit status, and its checks by name."""

    def run(*arguments: str) -> Told:
        with pytest.raises(SystemExit) as stopped:
            cli.main(["doctor", "--json", *arguments])
        assert isinstance(stopped.value.code, int)
        checks: dict[str, list[dict[str, Any]]] = {}
        answer = json.loads(capsys.readouterr().out)
        for each in answer["checks"]:
            checks.setdefault(each["check"], []).append(each)
        assert (answer["state"] == "failing") == (stopped.value.code == 1)
        return Told(stopped.value.code, checks)

    return run


def test_warnings_are_no_faults(healthy: Database, told: Callable[..., Told]) -> None:
    """A database in which nobody works yet: the exit status is 0, and every login is what it should be."""
    found = told()
    assert found.status == 0
    assert found.one("worker") == ("warning", "no worker ticks: none ever has", "start one: rookery worker")
    assert found.one("schema")[0] == found.one("clock")[0] == found.one("settings")[0] == "ok"
    assert [each["state"] for each in found.checks["login"]] == ["ok"] * len(URLS)
    assert found.one("server")[1].startswith(f"PostgreSQL {healthy.server.version}.")


def test_the_words_are_those_of_every_other_door(healthy: Database, told: Callable[..., Told]) -> None:
    with healthy.connect() as owner:
        owner.execute(
            "update ingest.providers"
            " set stopped_class = 'credits_depleted', stopped_at = now(), probe_at = now()"
        )
        owner.execute("select base.decide('subject_refused', 'followers of 9', 'subject_protected')")
        rows = owner.execute("select check_name, state, says, mend from api.checks()").fetchall()
    found = told().checks
    for name, state, says, mend in rows:
        assert (state, says, mend) in [
            (each["state"], each["says"], each.get("mend")) for each in found[name]
        ]
    assert "buy credits" in found["provider"][0]["mend"]
    assert "The subject's lists are not public" in found["subject_refused"][0]["says"]


def test_a_migration_that_is_behind_is_a_fault(healthy: Database, told: Callable[..., Told]) -> None:
    with healthy.connect() as owner:
        owner.execute(
            "delete from sqitch.dependencies where change_id in (select change_id from sqitch.changes"
            " where change = 'api')"
        )
        owner.execute("delete from sqitch.changes where change = 'api'")
    found = told()
    assert found.status == 1
    assert found.one("schema") == (
        "failing",
        "a migration is behind: change api is not deployed",
        "rookery db deploy",
    )


def test_a_script_that_was_edited_is_a_fault(healthy: Database, told: Callable[..., Told]) -> None:
    with healthy.connect() as owner:
        owner.execute("update sqitch.changes set script_hash = 'another' where change = 'graph'")
    assert told().one("schema")[:2] == (
        "failing",
        "graph was edited after the deployment: the database has it as it was",
    )


def test_a_database_without_the_schema_is_told_in_the_words_of_readyz(
    empty_database: Database, monkeypatch: pytest.MonkeyPatch, told: Callable[..., Told]
) -> None:
    monkeypatch.setenv("DATABASE_URL", empty_database.url())
    found = told()
    assert found.status == 1
    says = "a migration is behind: the database lacks what this version calls"
    assert found.one("schema") == ("failing", says, "rookery db deploy")


def test_a_login_that_may_do_anything_or_nothing_is_told(
    healthy: Database, monkeypatch: pytest.MonkeyPatch, told: Callable[..., Told]
) -> None:
    """W5"""
    monkeypatch.setenv("DATABASE_URL", healthy.url())
    monkeypatch.setenv("ROOKERY_WEB_URL", healthy.url("rookery_reader"))
    found = told()
    assert found.status == 1
    logins = {each["says"]: each["state"] for each in found.checks["login"]}
    assert (
        logins["the login for the worker is postgres, a superuser: nothing keeps it from anything"]
        == "warning"
    )
    assert (
        logins["the login for the web process is rookery_reader, which lacks the role rookery_web"]
        == "failing"
    )


def test_a_server_that_does_not_answer_is_a_fault(
    healthy: Database, monkeypatch: pytest.MonkeyPatch, told: Callable[..., Told]
) -> None:
    gone = healthy.url("rookery_web").replace(f"/{healthy.name}", "/gone")
    monkeypatch.setenv("ROOKERY_WEB_URL", gone)
    found = told()
    assert found.status == 1
    state, says, mend = found.one("connection")
    assert state == "failing"
    assert says.startswith("none for the web login: ")
    assert "does not exist" in says
    assert mend is not None
    monkeypatch.setenv(
        "ROOKERY_OPERATOR_URL", healthy.url("rookery_operator").replace(f"/{healthy.name}", "/gone")
    )
    found = told()
    assert found.one("database") == ("failing", "the database does not answer", "start it, or mend the URL")
    assert {each["says"].split(" login")[0] for each in found.checks["connection"]} == {
        "none for the web",
        "none for the operator",
    }


def test_a_server_that_is_too_new_is_told(
    healthy: Database, monkeypatch: pytest.MonkeyPatch, told: Callable[..., Told]
) -> None:
    monkeypatch.setattr(doctor, "NEWEST_SERVER", 14)
    state, says, mend = told().one("server")
    assert (state, mend) == ("warning", "use one from 15 to 14")
    assert says.endswith("newer than what this version was tried with")


def test_a_database_that_is_not_utf8_is_a_fault(
    server: Any, monkeypatch: pytest.MonkeyPatch, told: Callable[..., Told]
) -> None:
    with Database("postgres", server).connect() as owner:
        owner.execute("create database latin encoding 'SQL_ASCII' template template0 locale 'C'")
        try:
            monkeypatch.setenv("DATABASE_URL", server.url(dbname="latin"))
            found = told()
        finally:
            owner.execute("drop database latin with (force)")
    assert found.one("server")[0] == "failing"
    assert "encoded in SQL_ASCII, and Rookery needs UTF8" in found.one("server")[1]


def test_dead_rows_that_nobody_clears_away_are_told(healthy: Database, told: Callable[..., Told]) -> None:
    """W7"""
    with healthy.connect() as owner:
        owner.execute("alter table engine.workers set (autovacuum_enabled = off)")
        owner.execute(
            "insert into engine.workers select 'w' || i, now(), now() from generate_series(1, 12000) as i"
        )
        owner.execute("delete from engine.workers")
        owner.execute("select pg_stat_force_next_flush()")
    state, says, mend = told().one("vacuum")
    assert state == "warning"
    assert says == "engine.workers is bloated: 12,000 dead rows beside 0, vacuumed never"
    assert mend is not None
    assert mend.startswith("vacuum engine.workers, as its owner")


def of_settings(**settings: Any) -> dict[str, Row]:
    return {row["check_name"]: row for row in doctor.of_settings(load_settings(**settings))}


def test_what_is_set_and_means_nothing_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROOKERY_SLOST", "3")
    found = of_settings()["settings"]
    assert found["state"] == "warning"
    assert found["says"] == "ROOKERY_SLOST is set, and means nothing here (ROOKERY_SLOTS is meant?)"


def test_a_token_that_is_missing_is_told_unless_none_is_needed() -> None:
    assert of_settings()["token"]["state"] == "ok"
    assert of_settings(bearer_token="geheim")["token"]["state"] == "ok"
    missing = of_settings(api_base_url="https://api.x.com")["token"]
    assert (missing["state"], missing["says"]) == ("warning", "X_BEARER_TOKEN is not set: nothing is bought")


@pytest.mark.parametrize(("free", "state"), [(5 << 30, "ok"), (500 << 20, "warning"), (50 << 20, "failing")])
def test_a_disk_that_is_full_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int, state: str
) -> None:
    asked: list[Path] = []

    def usage(path: Path) -> Any:
        asked.append(path)
        return shutil._ntuple_diskusage(100 << 30, (100 << 30) - free, free)

    monkeypatch.setattr(shutil, "disk_usage", usage)
    row = doctor.of_disk(tmp_path / "not" / "there" / "yet")
    assert (row["state"], bool(row["mend"])) == (state, state != "ok")
    assert asked == [tmp_path]


def test_an_embedded_database_that_is_new_says_so(told: Callable[..., Told]) -> None:
    with tempfile.TemporaryDirectory(prefix="rk-", dir="/tmp") as name:
        Path(name).chmod(0o755)
        found = told("--data-dir", f"{name}/data")
    assert found.status == 1
    assert found.one("schema")[2] == "rookery db deploy"
    assert found.one("disk")[0] in {"ok", "warning"}


# -- asking X ----------------------------------------------------------------------------------------------


def asked_of(place: Database, simulator: Simulator, token: str = TOKEN) -> Row:
    """The check of a token against a simulated X."""
    with serve_in_thread(simulator.app()) as url, place.connect("rookery_operator") as connection:
        return doctor.of_token(connection, SenderOptions(base_url=url, token=token))


def test_a_token_is_tried_by_a_call_that_costs_nothing(healthy: Database) -> None:
    simulator = Simulator(seeded_world(seed=1, users=3))
    row = asked_of(healthy, simulator)
    assert (row["state"], row["says"]) == ("ok", "X takes the token")
    assert (simulator.requests, simulator.answered, simulator.bill.resources) == (1, 1, 0)


def test_a_token_that_x_refuses_is_a_fault_in_the_words_of_every_answer(healthy: Database) -> None:
    row = asked_of(healthy, Simulator(seeded_world(seed=1, users=3)), token="stolen")
    assert row["state"] == "failing"
    assert row["says"].endswith("A 401: the token is refused.")
    assert row["mend"].startswith("set X_BEARER_TOKEN to a token that X takes")


def test_credits_that_are_gone_are_a_fault(healthy: Database) -> None:
    row = asked_of(healthy, Simulator(seeded_world(seed=1, users=3), credit_usd=Decimal(0)))
    assert row["state"] == "failing"
    assert row["says"].endswith("A 402: the credits are used up.")


def test_an_x_that_does_not_answer_is_told(healthy: Database, told: Callable[..., Told]) -> None:
    found = told("--live")
    assert found.status == 1
    state, says, mend = (found.checks["token"][-1][part] for part in ("state", "says", "mend"))
    assert state == "failing"
    assert says.startswith("X gave no answer (connect: ")
    assert mend == "look at the network here, and at X_API_BASE_URL"


# -- as it is shown ----------------------------------------------------------------------------------------


def test_it_reads_well_at_80_columns(
    healthy: Database, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "on_terminal", lambda: True)
    monkeypatch.setenv("COLUMNS", "80")
    with healthy.connect() as owner:
        owner.execute("select base.decide('rows_set_aside', 'followers of 9', repeat('many words ', 30))")
    with pytest.raises(SystemExit):
        cli.main(["doctor"])
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= 80
    at = next(place for place, line in enumerate(lines) if line.startswith("warning worker"))
    assert lines[at] == "warning worker    no worker ticks: none ever has"
    assert lines[at + 1] == " " * 18 + "→ start one: rookery worker"
    assert all(line.startswith(("ok ", "warning ", "failing ", " " * 18)) for line in lines)
