"""Users by what people call them, and waiting for a worker: what is asked of X, what is said, what stays."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from app import cli
from app.cli import waiting
from conftest import Database
from played_worker import an_x_with, work_until_idle, working

X = an_x_with({7: "Ada", 8: "bob", 9: "Carol"})
SOON = 60.0
Rookery = Callable[..., tuple[int, Any, str]]


@pytest.fixture
def place(database: Database, monkeypatch: pytest.MonkeyPatch) -> Database:
    """A database in which 7 is @Ada, and the environment that names it."""
    monkeypatch.setenv("DATABASE_URL", database.url("rookery_worker"))
    monkeypatch.setenv("ROOKERY_OPERATOR_URL", database.url("rookery_operator"))
    monkeypatch.setattr(waiting, "LOOK_EVERY", 0.02)
    ask(database, "select sync_request('users', 7)")
    work_until_idle(database, X)
    nobody_works(database)
    return database


@pytest.fixture
def rookery(place: Database, capsys: pytest.CaptureFixture[str]) -> Rookery:
    """Runs one command as the operator; its status, the JSON that it printed, and its stderr."""

    def run(*arguments: str) -> tuple[int, Any, str]:
        with pytest.raises(SystemExit) as stopped:
            cli.main([*arguments, "--json"])
        captured = capsys.readouterr()
        assert isinstance(stopped.value.code, int)
        return stopped.value.code, json.loads(captured.out) if captured.out else None, captured.err

    return run


def ask(place: Database, query: str, role: str = "rookery_operator") -> list[tuple[Any, ...]]:
    with place.connect(role) as connection:
        return connection.execute(query.encode()).fetchall()


def nobody_works(place: Database) -> None:
    with place.connect() as owner:
        owner.execute("update engine.workers set seen_at = seen_at - interval '1 day'")


def somebody_works(place: Database) -> None:
    """A worker has ticked, and takes no call."""
    ask(place, "select engine_tick('idle', 0)", "rookery_worker")


def listed(place: Database) -> list[int]:
    with place.connect() as owner:
        rows = owner.execute("select user_id from asset.specified_users where is_listed order by 1")
        return [user_id for (user_id,) in rows]


@contextmanager
def started(*arguments: str, until: str) -> Iterator[subprocess.Popen[str]]:
    """A real process that has said so much on stderr."""
    command = [sys.executable, "-m", "app", *arguments]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=dict(os.environ)
    ) as process:
        assert process.stderr is not None
        assert until in process.stderr.readline()
        try:
            yield process
        finally:
            process.kill()


@pytest.mark.parametrize("name", ["7", "007", "@Ada", "ada", "https://x.com/ADA", "x.com/i/user/7"])
def test_a_subject_is_whoever_the_database_knows_by_that_name(rookery: Rookery, name: str) -> None:
    status, root, err = rookery("root", "enable", "segment_followers", "--subject", name)
    assert (status, root["params"], err) == (0, {"subject_id": "7"}, "")


def test_a_handle_that_was_given_up_names_who_had_it(place: Database, rookery: Rookery) -> None:
    ask(place, "select sync_request('users', 7)")
    work_until_idle(place, an_x_with({7: "Countess"}))
    status, _, err = rookery("user", "show", "@ada")
    assert status == 2
    assert err.startswith("rookery: nobody is known as @ada now: user 7 was until ")
    assert err.endswith(
        "and is @Countess today; give @Countess or 7; a sync of handles asks X who is @ada now.\n"
    )
    assert rookery("user", "show", "countess")[1]["handle_changes"][0]["old_handle"] == "Ada"


def test_who_is_not_known_is_asked_of_x_after_the_price_was_said(place: Database, rookery: Rookery) -> None:
    with working(place, X):
        status, edited, err = rookery("segment", "set", "vip", "@BOB", "7", "x.com/carol", "@bob")
    assert (status, edited) == (0, {"stable_key": "vip", "users": 3})
    assert err == "rookery: asking X who is @bob, @carol, which costs $0.020 at most\n"
    assert listed(place) == [7, 8, 9]
    assert ask(place, "select handles, cost_usd from runs where sync_kind = 'handles'")[0][0] == [
        "bob",
        "carol",
    ]


def test_what_x_does_not_show_is_one_line_and_changes_nothing(place: Database, rookery: Rookery) -> None:
    with working(place, X):
        status, _, err = rookery("segment", "set", "vip", "7", "@ghost")
        assert rookery("sync", "handles", "ghost", "--wait")[0] == 0  # an answer, if not the one hoped for
    assert status == 2
    first, second = err.splitlines()
    assert first.startswith("rookery: asking X who is @ghost")
    assert second.startswith(
        "rookery: nobody here is known as @ghost, and X did not show it when it was asked:"
    )
    assert listed(place) == []


def test_without_a_worker_nothing_is_asked_and_nothing_queued(place: Database, rookery: Rookery) -> None:
    before = ask(place, "select count(*) from runs")
    for command in (
        ["segment", "set", "vip", "7", "@ghost"],
        ["root", "enable", "segment_followers", "--subject", "@ghost"],
        ["sync", "followers", "7", "@ghost"],
        ["subscription", "set", "@ghost", "follow.follow"],
    ):
        status, _, err = rookery(*command)
        assert status == 2
        assert err.startswith(
            "rookery: nobody here is known as @ghost, and nobody would ask X now: no worker ticks: "
        )
        assert err.endswith(
            "give the id, or mend that: start a worker, and say provider_resume once X sells again.\n"
        )
        assert err.count("\n") == 1
    assert (ask(place, "select count(*) from runs"), ask(place, "table roots"), listed(place)) == (
        before,
        [],
        [],
    )


def test_a_worker_that_stops_meanwhile_ends_the_wait(place: Database) -> None:
    somebody_works(place)
    with started("segment", "set", "vip", "@ghost", until="asking X who is @ghost") as process:
        nobody_works(place)
        _, err = process.communicate(timeout=SOON)
    (run,) = ask(place, "select run_id, status from runs where handles = '{ghost}'")
    assert process.returncode == 2
    assert err.startswith(f"rookery: run {run[0]} waits: no worker ticks: ")
    assert err.endswith(f"; it stays queued until then; rookery run cancel {run[0]} takes it back\n")
    assert (run[1], listed(place)) == ("in_progress", [])


def test_whoever_interrupts_a_wait_harms_nothing(place: Database, rookery: Rookery) -> None:
    with started("sync", "followers", "7", "--full", "--wait", until="no worker ticks") as process:
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=SOON)
    ((run_id, status),) = ask(place, "select run_id, status from runs where sync_kind = 'followers'")
    assert (process.returncode, out, status) == (130, "", "in_progress")
    assert err == f"rookery: not waiting any longer; run {run_id} goes on\n"
    somebody_works(place)
    with started("segment", "set", "vip", "7", "@ghost", until="asking X") as process:
        process.send_signal(signal.SIGINT)
        assert process.wait(SOON) == 130
    assert listed(place) == []
    with working(place, X):
        status, (ended,), _ = rookery("sync", "followers", "7", "--wait")
    assert (status, ended["status"]) == (0, "success")
    assert ask(place, f"select status from runs where run_id = {run_id}") == [("success",)]


def test_a_sync_that_was_waited_for_and_fails_ends_with_1(place: Database, rookery: Rookery) -> None:
    def refuses(call: dict[str, Any]) -> object:
        return {"errors": [{"title": "Not Found Error", "type": ".../resource-not-found", "value": "12"}]}

    with working(place, refuses):
        status, (ended,), _ = rookery("sync", "followers", "12", "--wait")
    assert status == 1
    assert (ended["status"], ended["subject_id"]) == ("error", "12")
    assert ended["says"].startswith("failed: subject_not_found ")


def test_a_full_sync_is_shown_against_what_is_expected() -> None:
    known = {"pages": 3, "resources": 3000, "expected": 11800, "expected_pages": 12}
    assert waiting.pages_of(known) == "page 3 of about 12, 3,000 of about 11,800 rows"
    unknown = {"pages": 1, "resources": 20, "expected": None, "expected_pages": None}
    assert waiting.pages_of(unknown) == "page 1, 20 rows"
