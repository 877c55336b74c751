"""The operators' commands on the deployed schema: each does what it says, each refusal changes nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from app import cli
from conftest import Database, fresh_database
from throwaway import Throwaway

BIG = "9223372036854775807"
VIEWS = ("instances", "roots", "runs", "settings", "decisions", "calls")
OURS = ("X_", "ROOKERY_", "DATABASE_")
Rookery = Callable[..., Any]


class Failed(Exception):
    """A command that ended with another status than 0; its status, stdout and stderr."""


@pytest.fixture(scope="module")
def untouched(server: Throwaway, deployed_template: str) -> Iterator[Database]:
    """A database that no test changes."""
    with fresh_database(server, deployed_template) as found:
        yield found


@pytest.fixture
def rookery(
    database: Database, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Rookery:
    """Runs one command as the operator; the JSON it printed, or Failed."""
    return operator_of(database, monkeypatch, capsys)


def operator_of(
    database: Database, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Rookery:
    monkeypatch.setenv("DATABASE_URL", database.url("rookery_worker"))
    monkeypatch.setenv("ROOKERY_OPERATOR_URL", database.url("rookery_operator"))
    monkeypatch.setenv("ROOKERY_DEPLOY_URL", database.url())

    def run(*arguments: str) -> Any:
        with pytest.raises(SystemExit) as stopped:
            cli.main([*arguments, "--json"])
        captured = capsys.readouterr()
        if stopped.value.code != 0:
            raise Failed(stopped.value.code, captured.out, captured.err)
        return json.loads(captured.out)

    return run


def everything(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    with database.connect() as connection:
        return {view: connection.execute(f"table api.{view}".encode()).fetchall() for view in VIEWS}


def test_a_root_is_enabled_listed_and_disabled(rookery: Rookery) -> None:
    enabled = rookery("root", "enable", "segment_followers", "--subject", "00123")
    again = rookery("root", "enable", "segment_followers", "--params", '{"subject_id": 123}')
    assert enabled["instance_id"] == again["instance_id"]
    (root,) = rookery("root", "list")
    assert (root["params"], root["enabled"]) == ({"subject_id": "123"}, True)
    rookery("root", "disable", "segment_followers", "--subject", "123")
    assert rookery("root", "list")[0]["enabled"] is False


def test_what_a_root_costs_is_asked_before_and_limited_after(rookery: Rookery, database: Database) -> None:
    before = everything(database)
    estimate = rookery("root", "enable", "segment_followers", "--subject", "123", "--dry-run")
    assert (estimate["now_usd"], estimate["is_whole"]) == (0.01, False)
    assert everything(database) == before
    rookery("root", "enable", "segment_followers", "--subject", "123")
    (root,) = rookery("root", "list")
    scope = f"root:{root['root_id']}"
    rookery("budget", "set", scope, "month", "12.50")
    (budget,) = rookery("budget", "list")
    assert (budget["scope"], budget["cap_usd"], budget["left_usd"]) == (scope, 12.5, 12.5)
    assert [each["what"] for each in rookery("cost")] == [scope]
    rookery("budget", "remove", scope, "month")
    assert rookery("budget", "list") == []
    with pytest.raises(Failed, match="there is no root 999"):
        rookery("budget", "set", "root:999", "month", "1")
    with pytest.raises(Failed, match="spending is not known by 'week'"):
        rookery("cost", "--by", "week")


@pytest.mark.parametrize(
    "kind",
    ["segment_followers", "segment_followed", "segment_mutuals", "segment_unreciprocated_followed"],
)
def test_every_kind_has_an_instance_and_may_be_the_source_of_a_corpus(rookery: Rookery, kind: str) -> None:
    corpus = rookery("root", "enable", "post_corpus_for_segment", "--source", kind, "--subject", BIG)
    shown = rookery("segment", "show", "post_corpus_for_segment", "--source", kind, "--subject", BIG)
    assert shown["instance_id"] == corpus["instance_id"]
    assert shown["item_kind"] == "post"
    assert rookery("segment", "show", kind, "--subject", BIG)["params"] == {"subject_id": BIG}


def test_a_specified_set_is_edited(rookery: Rookery) -> None:
    assert rookery("segment", "set", "vip", "1", "2", "2")["users"] == 2
    assert rookery("segment", "add", "vip", "2", BIG)["users"] == 3
    assert rookery("segment", "remove", "vip", "1", "77")["users"] == 2


def test_an_empty_set_warns_on_stderr_and_succeeds(
    database: Database, rookery: Rookery, capsys: pytest.CaptureFixture[str]
) -> None:
    rookery("segment", "set", "vip", "1")
    with pytest.raises(SystemExit) as stopped:
        cli.main(["segment", "remove", "vip", "1"])
    captured = capsys.readouterr()
    assert (stopped.value.code, captured.out) == (0, "stable_key\tvip\nusers\t0\n")
    assert captured.err.startswith("rookery: warning: ")
    assert "'vip'" in captured.err


def test_a_new_segment_has_no_members_and_no_events(rookery: Rookery) -> None:
    rookery("root", "enable", "segment_mutuals", "--subject", "5")
    which = ("segment_mutuals", "--subject", "5")
    assert rookery("segment", "members", *which) == []
    assert rookery("segment", "events", *which) == []
    assert rookery("segment", "show", *which)["materializations"] == []


def test_a_sync_is_asked_for_once_however_often(rookery: Rookery) -> None:
    (first,) = rookery("sync", "followers", "5", "--full")
    (second,) = rookery("sync", "followers", "5", "--full")
    assert first == second
    asked = [run for run in rookery("run", "list") if run["run_id"] == first["run_id"]]
    assert (asked[0]["subject_id"], asked[0]["status"]) == ("5", "in_progress")
    assert rookery("run", "list", "--status", "error") == []


def test_a_tick_plans_and_claims_nothing(rookery: Rookery) -> None:
    rookery("root", "enable", "segment_followers", "--subject", "5")
    result = rookery("tick")
    assert result["calls"] == []
    assert any(result["done"].values())
    assert [decision["kind"] for decision in rookery("decision", "list")] != []


def test_a_setting_is_changed(rookery: Rookery) -> None:
    rookery("config", "set", "x_v2.vocabulary", "tweet")
    values = {setting["name"]: setting["value"] for setting in rookery("config", "list")}
    assert values["x_v2.vocabulary"] == "tweet"


CORPUS_KIND = "post_corpus_for_segment"
CORPUS = '{"source": {"kind": "segment_mutuals", "params": {"subject_id": "5"}}}'


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["root", "enable", "segment_x", "--subject", "1"], "segment_x"),
        (["root", "enable", "segment_followers"], "subject_id"),
        (["root", "enable", "segment_followers", "--params", '{"subject_id": "1", "limit": 2}'], "limit"),
        (["root", "enable", "segment_followers", "--params", '{"subject_id": [1]}'], "[1]"),
        (["root", "enable", "segment_followers", "--subject", "0"], "0"),
        (["root", "enable", "segment_followers", "--subject", "-4"], "-4"),
        (["root", "enable", "segment_followers", "--subject", "9223372036854775808"], "9223372036854775808"),
        (["root", "enable", "segment_followers", "--stable-key", "vip"], "stable_key"),
        (["root", "enable", "segment_specified_users", "--stable-key", ""], "stable_key"),
        (["root", "enable", CORPUS_KIND, "--source", CORPUS_KIND, "--params", CORPUS], CORPUS_KIND),
        (["root", "disable", "segment_followers", "--subject", "1"], "segment_followers"),
        (["segment", "set", "", "1"], '""'),
        (["segment", "members", "4711"], "4711"),
        (["segment", "events", "segment_x"], "segment_x"),
        (["sync", "likes", "1"], "likes"),
        (["sync", "handles", "no such handle"], "no such handle"),
        (["sync", "followers", "1", "0"], "0"),
        (["sync", "followers", "two words"], "two words"),
        (["segment", "set", "vip", "1", "+1"], "+1"),
        (["root", "enable", "segment_followers", "--subject", "1", "--fresh-within", "soon"], "soon"),
        (["root", "enable", "segment_followers", "--subject", "1", "--fresh-within", "6"], "'6' has no unit"),
        (["root", "enable", "segment_followers", "--subject", "1", "--fresh-within", "-1 h"], "-01:00:00"),
        (["root", "enable", "segment_followers", "--subject", "1", "--reconcile-doubt", "some"], "some"),
        (["fanout", "enable", "segment_followers", "--subject", "1", "--target", "segment_x"], "segment_x"),
        (["fanout", "disable", "segment_followers", "--subject", "1", "--target", CORPUS_KIND], CORPUS_KIND),
        (["user", "show", "4711"], "4711"),
        (["user", "segments", "@nobody"], "@nobody"),
        (["run", "show", "4711"], "4711"),
        (["run", "cancel", "4711"], "4711"),
        (["run", "list", "--status", "failed"], "failed"),
        (["why", "run", "4711"], "4711"),
        (["why", "segment", "4711"], "4711"),
        (["why", "handle", "nobody"], "nobody"),
        (["decision", "list", "--kind", "nope"], "nope"),
        (["price", "set", "pst", "1"], "pst"),
        (["provider", "resume", "x"], "'x'"),
        (["subscription", "set", "1", "follows"], "follows"),
        (["webhook", "show", "4711"], "4711"),
        (["segment", "members", "segment_followers", "--subject", "1", "--at", "x"], "segment_followers"),
        (["config", "set", "no.such", "1"], "no.such"),
        (["config", "set", "x_v2.vocabulary", "latin"], "latin"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_mistake_is_one_line_that_names_it_and_changes_nothing(
    untouched: Database,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    named: str,
) -> None:
    before = everything(untouched)
    rookery = operator_of(untouched, monkeypatch, capsys)
    with pytest.raises(Failed) as failed:
        rookery(*arguments)
    status, out, err = failed.value.args
    assert (status, out) == (2, "")
    assert err.startswith("rookery: ")
    assert named in err
    assert "; " in err
    assert err.count("\n") == 1
    assert everything(untouched) == before


def test_a_database_without_the_schema_says_how_to_get_it(
    empty_database: Database, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", empty_database.url())
    with pytest.raises(SystemExit) as stopped:
        cli.main(["root", "list"])
    assert stopped.value.code == 1
    assert "rookery db deploy" in capsys.readouterr().err


def test_a_deploy_brings_what_is_pending_and_then_nothing(
    empty_database: Database, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", empty_database.url())
    shown = []
    for command in ("status", "deploy", "deploy", "status"):
        with pytest.raises(SystemExit) as stopped:
            cli.main(["db", command, "--json"])
        assert stopped.value.code == 0
        shown.append(json.loads(capsys.readouterr().out))
    pending, deployed, nothing, done = shown
    assert pending == [{**row, "state": "pending"} for row in deployed]
    assert nothing == []
    assert done == deployed != []


# -- the embedded server -----------------------------------------------------------------------------------


@pytest.fixture
def data_dir() -> Iterator[Path]:
    """A folder that PostgreSQL's user can reach, whoever runs the tests."""
    with tempfile.TemporaryDirectory(prefix="rk-", dir="/tmp") as name:
        Path(name).chmod(0o755)
        yield Path(name) / "data"


def test_without_a_url_the_embedded_server_is_started_and_kept_by_nobody(data_dir: Path) -> None:
    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
        command = [sys.executable, "-m", "app", *arguments, "--data-dir", str(data_dir)]
        return subprocess.run(
            command, env=inherited, capture_output=True, text=True, check=False, timeout=120
        )

    refused = run("root", "list")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "rookery db deploy" in refused.stderr
    assert run("db", "deploy").returncode == 0
    assert run("root", "enable", "segment_followers", "--subject", "5").returncode == 0
    listed = run("root", "list", "--json")
    assert json.loads(listed.stdout)[0]["params"] == {"subject_id": "5"}
    assert not list(data_dir.glob("postgresql-*/postmaster.pid"))
