"""We and the real sqitch take over from each other, in the middle of a plan and in both directions (W6)."""

from __future__ import annotations

from pathlib import Path

import pytest

import dumps
from app import migrate
from app.errors import MigrationFault
from conftest import Database, fresh_database
from test_migrate import deploy, dump, make_plan, recorded, target, write_script
from test_plan import SIGNED, sqitch, write_plan
from throwaway import Throwaway

LINES = [
    f"one {SIGNED} # the first",
    f"two [one !never] {SIGNED} # two\\nlines",
    f"@v1 {SIGNED} # tagged",
    f"three [two@v1 @v1] {SIGNED}",
    f"four [trial:one three] {SIGNED}",
    f"@v2 {SIGNED}",
    f"@v2.1 {SIGNED}",
    f"never {SIGNED}",
]
NAMES = ("one", "two", "three", "four", "never")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    make_plan(tmp_path, {name: f"create table {name} ();" for name in NAMES}, LINES)
    for name in NAMES:
        write_script(tmp_path, "revert", name, f"drop table {name};")
        write_script(tmp_path, "verify", name, f"select from {name};")
    return tmp_path


def by_sqitch(database: Database, root: Path, verb: str, to: str | None) -> None:
    options = ["-y"] if verb == "revert" else []
    finished = sqitch(root, verb, *options, *(["--to-change", to] if to else []), target(database))
    assert finished.returncode == 0, finished.stdout + finished.stderr


def by_us(database: Database, root: Path, verb: str, to: str | None) -> None:
    with database.connect() as connection:
        assert (migrate.revert if verb == "revert" else migrate.deploy)(connection, root, to=to)


STEPS = [
    ("deploy", "two"),
    ("deploy", "@v2"),
    ("revert", "@HEAD^2"),
    ("deploy", "three~"),
    ("revert", None),
    ("deploy", None),
]


def test_step_by_step_in_turns_the_registry_is_the_same_whoever_begins(server: Throwaway, root: Path) -> None:
    with fresh_database(server) as begun_by_us, fresh_database(server) as begun_by_sqitch:
        for number, (verb, to) in enumerate(STEPS):
            # Each step is done by the one here and by the other there.
            by_us(begun_by_us if number % 2 == 0 else begun_by_sqitch, root, verb, to)
            by_sqitch(begun_by_sqitch if number % 2 == 0 else begun_by_us, root, verb, to)
            assert recorded(begun_by_us) == recorded(begun_by_sqitch), (verb, to)
        assert dump(begun_by_us, "--schema-only") == dump(begun_by_sqitch, "--schema-only")
        told = sqitch(root, "status", target(begun_by_us))
        assert "up-to-date" in told.stdout, told.stdout + told.stderr
        assert sqitch(root, "check", target(begun_by_us)).returncode == 0


def test_a_tag_that_is_planned_after_its_change_was_deployed_is_recorded_by_the_next_deploy(
    server: Throwaway, root: Path
) -> None:
    with fresh_database(server) as ours, fresh_database(server) as theirs:
        write_plan(root, LINES[:1])
        by_us(ours, root, "deploy", None)
        by_sqitch(theirs, root, "deploy", None)
        write_plan(root, [LINES[0], f"@late {SIGNED} # a note"])
        assert deploy(ours, root) == []
        assert sqitch(root, "deploy", target(theirs)).returncode == 0
        assert recorded(ours) == recorded(theirs)
        assert [row[0]["tag"] for row in recorded(ours)[4]] == ["@late"]  # type: ignore[index]


def test_a_verify_that_fails_takes_the_change_back_and_is_recorded_as_sqitch_does(
    server: Throwaway, root: Path
) -> None:
    write_script(root, "verify", "two", "select 1;\nselect from two where missing;")
    with fresh_database(server) as ours, fresh_database(server) as theirs:
        with pytest.raises(
            MigrationFault, match=r"change two fails its verify.*missing.*verify/two\.sql line 4"
        ):
            deploy(ours, root)
        assert sqitch(root, "deploy", "--verify", "--mode", "change", target(theirs)).returncode != 0
        assert recorded(ours) == recorded(theirs)
        assert dump(ours, "--schema-only") == dump(theirs, "--schema-only")
        write_script(root, "verify", "two", "select from two;")
        by_us(theirs, root, "deploy", "two")
        by_sqitch(ours, root, "deploy", "two")
        assert recorded(ours) == recorded(theirs)


def test_a_change_of_another_project_in_the_registry_is_required_excluded_and_not_reverted_under_it(
    server: Throwaway, root: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    other = tmp_path_factory.mktemp("other")
    lines = [f"base [trial:one trial:two@v2 trial:@v1] {SIGNED}", f"apart [!trial:missing] {SIGNED}"]
    make_plan(other, {"base": "select 1;", "apart": "select 1;"}, lines)
    plan = other / "sqitch.plan"
    plan.write_text(plan.read_text().replace("%project=trial", "%project=other"))
    with fresh_database(server) as ours, fresh_database(server) as theirs:
        with pytest.raises(MigrationFault, match="change base requires trial:one, which is not deployed"):
            deploy(ours, other)
        for database, act in ((ours, by_us), (theirs, by_sqitch)):
            act(database, root, "deploy", None)
            act(database, other, "deploy", None)
        assert recorded(ours) == recorded(theirs)
        with (
            ours.connect() as connection,
            pytest.raises(MigrationFault, match="other:base is deployed and requires what is to be reverted"),
        ):
            migrate.revert(connection, root)
        by_us(ours, other, "revert", "base")
        plan.write_text(plan.read_text().replace("trial:missing", "trial:three"))
        with pytest.raises(MigrationFault, match="change apart conflicts with trial:three"):
            deploy(ours, other)


def test_what_one_edits_after_the_other_deployed_it_is_told_by_both(
    empty_database: Database, root: Path
) -> None:
    by_sqitch(empty_database, root, "deploy", "two")
    write_script(root, "deploy", "one", "create table one (n integer);")
    with pytest.raises(
        MigrationFault, match=r"change one was edited after it was deployed: .*deploy/one\.sql"
    ):
        deploy(empty_database, root)
    told = sqitch(root, "check", target(empty_database))
    assert "diverge at change one" in told.stdout, told.stdout
    with empty_database.connect() as connection:
        assert migrate.status(connection, root).edited == ("one",)
        problems = {each.change: each.problem for each in migrate.verify(connection, root)}
        assert problems["two"] is None
        assert "was edited after" in (problems["one"] or "")


def test_while_sqitch_works_we_wait(empty_database: Database, root: Path) -> None:
    """Sqitch holds its lock for a session: as long as one has it, nothing of ours is deployed."""
    by_sqitch(empty_database, root, "deploy", "one")
    with empty_database.connect() as sqitchs, empty_database.connect() as ours:
        sqitchs.execute("select pg_advisory_lock(75474063)")
        ours.execute("set lock_timeout = '200ms'")
        with pytest.raises(Exception, match="lock timeout"):
            migrate.deploy(ours, root)
        sqitchs.execute("select pg_advisory_unlock(75474063)")
        assert migrate.deploy(ours, root) == list(NAMES[1:])


def test_the_whole_plan_goes_back_and_forth_without_sqitch(empty_database: Database) -> None:
    def dumped() -> dumps.Objects:
        return dumps.objects(empty_database.server.programs / "pg_dump", empty_database.url())

    nothing = dumped()
    deployed = deploy(empty_database)
    before = dumped()
    assert len(before) > 500
    with empty_database.connect() as connection:
        assert migrate.revert(connection) == deployed[::-1]
    assert dumped() == nothing
    assert deploy(empty_database) == deployed
    assert dumps.differences(dumped(), before) == []
    with empty_database.connect() as connection:
        assert [each.problem for each in migrate.verify(connection)] == [None] * len(deployed)
