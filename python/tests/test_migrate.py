"""Deploying without sqitch, with the real sqitch as the judge."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import Barrier
from zipfile import ZipFile

import pytest

from app import migrate
from app.database import connect
from app.errors import MigrationFault
from app.plan import read_plan
from app.resources import db_root
from conftest import Database, fresh_database
from test_plan import SIGNED, sqitch, write_plan
from throwaway import SUPERUSER, Throwaway


def target(database: Database) -> str:
    server = database.server
    return f"db:pg://{SUPERUSER}@/{database.name}?host={server.host}&port={server.port}"


def dump(database: Database, *options: str) -> list[str]:
    """The database as SQL lines, without what differs at each dump."""
    finished = subprocess.run(
        [str(database.server.programs / "pg_dump"), "--no-owner", *options, "--dbname", database.url()],
        capture_output=True,
        text=True,
        check=True,
    )
    return [line for line in finished.stdout.splitlines() if line and not line.startswith(("--", "\\"))]


def recorded(database: Database) -> list[list[tuple[object, ...]]]:
    """What the registry says, without the times of deploying."""
    statements = (
        b"select version, installer_name, installer_email from sqitch.releases",
        b"select project, uri, creator_name, creator_email from sqitch.projects",
        b"select to_jsonb(c) - 'committed_at' from sqitch.changes as c order by committed_at",
        b"select to_jsonb(d) from sqitch.dependencies as d order by change_id, dependency",
        b"select to_jsonb(t) - 'committed_at' from sqitch.tags as t order by committed_at",
        b"select to_jsonb(e) - 'committed_at' from sqitch.events as e order by committed_at",
    )
    with database.connect() as connection:
        return [connection.execute(statement).fetchall() for statement in statements]


def deploy(database: Database, root: Path | None = None) -> list[str]:
    with database.connect() as connection:
        return migrate.deploy(connection, root)


def planned() -> list[str]:
    return [change.name for change in read_plan(db_root()).changes]


# --- with the real sqitch --------------------------------------------------------------------------


def test_sqitch_finds_our_deployment_up_to_date_and_verifies_it(empty_database: Database) -> None:
    assert deploy(empty_database) == planned()
    shown = sqitch(db_root(), "status", target(empty_database))
    assert "up-to-date" in shown.stdout, shown.stdout + shown.stderr
    assert sqitch(db_root(), "verify", target(empty_database)).returncode == 0


def test_our_registry_and_our_schema_equal_those_of_sqitch(server: Throwaway) -> None:
    with fresh_database(server) as ours, fresh_database(server) as theirs:
        deploy(ours)
        finished = sqitch(db_root(), "deploy", target(theirs))
        assert finished.returncode == 0, finished.stderr
        assert dump(ours, "--schema-only") == dump(theirs, "--schema-only")
        assert recorded(ours) == recorded(theirs)


def test_either_goes_on_where_the_other_stopped(server: Throwaway) -> None:
    middle = planned()[len(planned()) // 2]
    with fresh_database(server) as found:
        assert sqitch(db_root(), "deploy", "--to-change", middle, target(found)).returncode == 0
        assert deploy(found) == planned()[planned().index(middle) + 1 :]
        assert sqitch(db_root(), "revert", "-y", "--to-change", middle, target(found)).returncode == 0
        with found.connect() as connection:
            status = migrate.status(connection)
        assert status.deployed[-1] == middle
        assert sqitch(db_root(), "deploy", "--verify", target(found)).returncode == 0
        assert deploy(found) == []


def test_after_a_full_revert_the_plan_deploys_to_an_equal_schema(empty_database: Database) -> None:
    deploy(empty_database)
    before = dump(empty_database, "--schema-only")
    finished = sqitch(db_root(), "revert", "-y", target(empty_database))
    assert finished.returncode == 0, finished.stderr
    deploy(empty_database)
    assert dump(empty_database, "--schema-only") == before


def test_tags_conflicts_and_notes_are_recorded_as_sqitch_does(server: Throwaway, tmp_path: Path) -> None:
    lines = [
        f"first {SIGNED} # with a note",
        f"@v1 {SIGNED} # tagged",
        f"second [first@v1 !third] {SIGNED}",
        f"@v2 {SIGNED}",
        f"third {SIGNED}",
    ]
    make_plan(tmp_path, {"first": "select 1;", "second": "select 2;", "third": "select 3;"}, lines)
    with fresh_database(server) as ours, fresh_database(server) as theirs:
        assert deploy(ours, tmp_path) == ["first", "second", "third"]
        finished = sqitch(tmp_path, "deploy", "--no-verify", target(theirs))
        assert finished.returncode == 0, finished.stderr
        assert recorded(ours) == recorded(theirs)
        assert "up-to-date" in sqitch(tmp_path, "status", target(ours)).stdout


# --- by ourselves ----------------------------------------------------------------------------------


def make_plan(root: Path, scripts: dict[str, str], lines: list[str] | None = None) -> None:
    """A plan of one change for each script, with the lines around it that every script has."""
    write_plan(root, lines or [f"{name} {SIGNED}" for name in scripts])
    for name, body in scripts.items():
        write_script(root, "deploy", name, body)
        write_script(root, "revert", name, "select 1;")
        write_script(root, "verify", name, "select 1;")


def write_script(root: Path, kind: str, name: str, body: str) -> None:
    folder = root / "db" / "migrations" / kind
    folder.mkdir(parents=True, exist_ok=True)
    end = "rollback" if kind == "verify" else "commit"
    (folder / f"{name}.sql").write_text(f"-- {kind} {name}\nbegin;\n{body}\n{end};\n", encoding="utf-8")


def test_a_second_run_does_nothing(empty_database: Database) -> None:
    deploy(empty_database)
    before = recorded(empty_database)
    assert deploy(empty_database) == []
    assert recorded(empty_database) == before


def test_status_tells_deployed_from_pending_and_changes_nothing(
    empty_database: Database, tmp_path: Path
) -> None:
    make_plan(tmp_path, {"one": "select 1;"})
    with empty_database.connect() as connection:
        assert migrate.status(connection, tmp_path).pending == ("one",)
        assert connection.execute("select to_regnamespace('sqitch')").fetchone() == (None,)
        migrate.deploy(connection, tmp_path)
        make_plan(tmp_path, {"one": "select 1;", "two": "select 2;"})
        status = migrate.status(connection, tmp_path)
    assert (status.project, status.deployed, status.pending) == ("trial", ("one",), ("two",))


def test_a_failing_change_is_rolled_back_named_and_those_before_it_stay(
    empty_database: Database, tmp_path: Path
) -> None:
    bad = "create table half_done ();\nselect 1;\nselect no_such_column;"
    make_plan(tmp_path, {"good": "create table done ();", "bad": bad, "later": "select 1;"})
    with pytest.raises(
        MigrationFault, match=r"change bad cannot be deployed.*no_such_column.*deploy/bad.sql line 5"
    ):
        deploy(empty_database, tmp_path)
    with empty_database.connect() as connection:
        assert connection.execute("select to_regclass('done'), to_regclass('half_done')").fetchone() == (
            "done",
            None,
        )
        assert migrate.status(connection, tmp_path).deployed == ("good",)
        events = connection.execute("select event, change from sqitch.events order by committed_at")
        happened = events.fetchall()
    assert happened == [("deploy", "good"), ("fail", "bad")]
    make_plan(tmp_path, {"good": "create table done ();", "bad": "select 1;", "later": "select 1;"})
    assert deploy(empty_database, tmp_path) == ["bad", "later"]


def test_a_role_that_a_script_takes_ends_with_it(empty_database: Database, tmp_path: Path) -> None:
    make_plan(tmp_path, {"one": "set local role pg_monitor;", "two": "create table mine ();"})
    assert deploy(empty_database, tmp_path) == ["one", "two"]


def test_bodies_may_hold_begin_and_commit_and_percent_signs(empty_database: Database, tmp_path: Path) -> None:
    body = (
        "do $$\nbegin\n  raise notice '% %', 'commit;', '%s';\nend\n$$;\nselect '50%';\n-- commit;\n"
        "/* rollback; */ select 'x\n;commit;\n', e'\\';commit;', 1 as \";commit\";\n"
        "create function one() returns integer begin atomic; select 1; end;"
    )
    make_plan(tmp_path, {"one": body})
    assert deploy(empty_database, tmp_path) == ["one"]


def test_of_ten_that_deploy_at_once_each_change_is_deployed_by_one(empty_database: Database) -> None:
    together = Barrier(10)

    def one(_: int) -> list[str]:
        with closing(connect(empty_database.url())) as connection:
            together.wait(timeout=60)
            return migrate.deploy(connection)

    with ThreadPoolExecutor(10) as threads:
        results = list(threads.map(one, range(10)))
    assert sorted(name for names in results for name in names) == sorted(planned())


def test_a_database_of_another_plan_is_refused(empty_database: Database, tmp_path: Path) -> None:
    make_plan(tmp_path, {"one": "select 1;", "two": "select 2;"})
    deploy(empty_database, tmp_path)
    for other in ({"one": "select 1;"}, {"one": "select 1;", "three": "select 3;"}):
        make_plan(tmp_path, other)
        with pytest.raises(MigrationFault, match="deployed from another plan: its change 2"):
            deploy(empty_database, tmp_path)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("select 1;", "does not have begin; first and commit; last"),
        ("begin;\nselect 1;", "does not have begin; first and commit; last"),
        ("select 1;\nbegin;\ncommit;", "does not have begin; first and commit; last"),
        ("begin;\n\\ir ../other.sql\ncommit;", r"line 2 has a backslash command, which only psql"),
        ("begin;\nselect 1;\ncommit;\nselect 2;\ncommit;", "line 3 has a commit between begin and commit"),
        ("begin;\nselect 1; start transaction;\ncommit;", "line 2 has a start transaction between"),
        (None, "cannot be read"),
    ],
)
def test_a_script_that_cannot_run_is_named_before_anything_runs(
    empty_database: Database, tmp_path: Path, text: str | None, reason: str
) -> None:
    make_plan(tmp_path, {"one": "select 1;", "two": ""})
    script = tmp_path / "db/migrations/deploy/two.sql"
    if text is None:
        script.unlink()
    else:
        script.write_text(text, encoding="utf-8")
    with pytest.raises(MigrationFault, match=rf"change two: .*{reason}"):
        deploy(empty_database, tmp_path)
    with empty_database.connect() as connection:
        assert connection.execute("select to_regnamespace('sqitch')").fetchone() == (None,)


# --- back again ------------------------------------------------------------------------------------


def revert(database: Database, root: Path, to: str | None = None) -> list[str]:
    with database.connect() as connection:
        return migrate.revert(connection, root, to=to)


def test_a_revert_that_fails_is_rolled_back_named_and_those_after_it_stay_reverted(
    empty_database: Database, tmp_path: Path
) -> None:
    make_plan(tmp_path, {name: f"create table {name} ();" for name in ("one", "two", "three")})
    deploy(empty_database, tmp_path)
    write_script(tmp_path, "revert", "two", "drop table two;\nselect from missing;")
    with pytest.raises(
        MigrationFault, match=r"change two cannot be reverted.*missing.*revert/two\.sql line 4"
    ):
        revert(empty_database, tmp_path)
    with empty_database.connect() as connection:
        assert connection.execute("select to_regclass('two')").fetchone() == ("two",)
        assert migrate.status(connection, tmp_path).deployed == ("one", "two")
    write_script(tmp_path, "revert", "two", "drop table two;")
    assert revert(empty_database, tmp_path, "@ROOT") == ["two"]
    assert revert(empty_database, tmp_path, "one") == []
    assert revert(empty_database, tmp_path) == ["one"]
    assert revert(empty_database, tmp_path) == []


@pytest.mark.parametrize(
    ("to", "reason"),
    [
        ("two", "two is planned, but not deployed"),
        ("nobody", "nobody is no change of the plan, nor a tag"),
        ("one^", "one\\^ is no change of the plan"),
    ],
)
def test_a_goal_that_is_not_there_is_named_and_nothing_is_reverted(
    empty_database: Database, tmp_path: Path, to: str, reason: str
) -> None:
    make_plan(tmp_path, {"one": "select 1;", "two": "select 2;"})
    with empty_database.connect() as connection:
        assert migrate.deploy(connection, tmp_path, to="one") == ["one"]
        with pytest.raises(MigrationFault, match=reason):
            migrate.revert(connection, tmp_path, to=to)
        assert migrate.status(connection, tmp_path).deployed == ("one",)


def test_going_back_is_not_deploying(empty_database: Database, tmp_path: Path) -> None:
    make_plan(tmp_path, {"one": "select 1;", "two": "select 2;"})
    deploy(empty_database, tmp_path)
    with empty_database.connect() as connection:
        assert migrate.deploy(connection, tmp_path, to="two") == []
        with pytest.raises(MigrationFault, match=r"one is before two, which is deployed.*db revert --to"):
            migrate.deploy(connection, tmp_path, to="one")
        with pytest.raises(MigrationFault, match="nobody is no change"):
            migrate.deploy(connection, tmp_path, to="nobody")


def test_a_change_that_is_missing_its_revert_script_stays(empty_database: Database, tmp_path: Path) -> None:
    make_plan(tmp_path, {"one": "select 1;", "two": "select 2;"})
    deploy(empty_database, tmp_path)
    (tmp_path / "db/migrations/revert/one.sql").unlink()
    with pytest.raises(MigrationFault, match=r"change one: .*revert/one\.sql cannot be read"):
        revert(empty_database, tmp_path)
    with empty_database.connect() as connection:
        assert migrate.status(connection, tmp_path).deployed == ("one", "two")


# --- what is not as it should be -------------------------------------------------------------------


def test_what_a_constraint_puts_off_to_the_commit_is_the_changes_own_failure(
    empty_database: Database, tmp_path: Path
) -> None:
    body = "create table p (n int primary key); create table c (n int references p initially deferred);"
    make_plan(tmp_path, {"one": f"{body}\ninsert into c values (1);"})
    with pytest.raises(MigrationFault, match=r"change one cannot be deployed: .*violates foreign key"):
        deploy(empty_database, tmp_path)
    with empty_database.connect() as connection:
        assert connection.execute("select to_regclass('p')").fetchone() == (None,)
        assert connection.execute("select event from sqitch.events").fetchall() == [("fail",)]


def test_a_newer_registry_and_another_uri_are_refused(empty_database: Database, tmp_path: Path) -> None:
    make_plan(tmp_path, {"one": "select 1;"})
    deploy(empty_database, tmp_path)
    with empty_database.connect() as connection:
        connection.execute("insert into sqitch.releases values (1.2, now(), 'a', 'b')")
        with pytest.raises(
            MigrationFault, match=r"registry is of release 1\.2, and Rookery keeps one of 1\.1"
        ):
            migrate.deploy(connection, tmp_path)
        connection.execute("delete from sqitch.releases where version > 1.15")
        connection.execute("update sqitch.projects set uri = 'https://example.com/'")
        with pytest.raises(
            MigrationFault, match="%uri is not set, and the registry knows project trial with"
        ):
            migrate.deploy(connection, tmp_path)


def test_a_conflict_with_what_is_deployed_or_not_planned_is_named_before_anything_runs(
    empty_database: Database, tmp_path: Path
) -> None:
    for conflict, reason in (("one", "which is deployed before it"), ("nobody", "which is not planned")):
        lines = [f"one {SIGNED}", f"two [!{conflict}] {SIGNED}"]
        make_plan(tmp_path, {"one": "select 1;", "two": "select 1;"}, lines)
        with pytest.raises(MigrationFault, match=f"change two conflicts with {conflict}, {reason}"):
            deploy(empty_database, tmp_path)
        with empty_database.connect() as connection:
            assert connection.execute("select to_regnamespace('sqitch')").fetchone() == (None,)


# --- the wheel -------------------------------------------------------------------------------------


def test_an_installed_wheel_finds_plan_and_scripts(tmp_path: Path) -> None:
    built = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)],
        cwd=db_root(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stderr
    wheel = next(tmp_path.glob("rookery-*.whl"))
    with ZipFile(wheel) as archive:
        assert not [name for name in archive.namelist() if "db/tests" in name or "__pycache__" in name]
        archive.extractall(tmp_path / "site")
    asked = "from app.resources import *; from app.plan import read_plan; r = db_root(); p = read_plan(r);"
    shown = subprocess.run(
        [
            sys.executable,
            "-c",
            f"{asked} print(r); print(all(p.script('deploy', c).exists() for c in p.changes));"
            " print(len(sql_text('db/simulated_clock.sql')) > 0)",
        ],
        cwd=tmp_path,
        env={"PYTHONPATH": str(tmp_path / "site")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert shown.stdout.split() == [str(tmp_path / "site/app/_db"), "True", "True"], shown.stderr
