"""The tool that writes the migrations from the declared state, on a small state of the test's own."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from app import migrate
from baseline import (
    BaselineError,
    declared,
    differences,
    generated,
    refuse_after_release,
    write,
)
from conftest import Database

STATE = {
    "db/schema/10_roles.sql": "-- nothing but rookery_trial",
    "db/schema/20_base.sql": "create schema base;\ncreate table base.things (n integer);",
    "db/schema/40_ingest.sql": "create schema ingest;",
    "db/schema/45_ingest_more.sql": "create sequence ingest.numbers;",
    "db/schema/90_api.sql": "create schema api;",
    "db/schema/95_api_views.sql": "create view api.ones as select api.one();",
    "db/schema/99_grants.sql": "grant usage on schema api to public;",
    "db/functions/base/two.sql": (
        "create or replace function base.two() returns integer language sql as 'select base.three() - 1';"
    ),
    "db/functions/base/three.sql": (
        "create or replace function base.three() returns integer language sql as 'select 3';"
    ),
    "db/functions/providers/x/read.sql": (
        "create or replace function ingest.read() returns integer language sql as 'select 1';"
    ),
    "db/functions/api/one.sql": (
        "create or replace function api.one() returns integer language sql as 'select 1';"
    ),
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for path, text in STATE.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text + "\n", encoding="utf-8")
    write(generated(declared(tmp_path)), tmp_path)
    return tmp_path


def test_rooms_run_in_order_and_views_and_grants_after_the_functions_of_api(root: Path) -> None:
    rooms = declared(root)
    assert list(rooms) == ["roles", "base", "ingest", "api"]
    assert [source.path for source in rooms["ingest"]][-1] == "db/functions/providers/x/read.sql"
    assert [source.path.removeprefix("db/") for source in rooms["api"]] == [
        "schema/90_api.sql",
        "functions/api/one.sql",
        "schema/95_api_views.sql",
        "schema/99_grants.sql",
    ]


def test_what_it_writes_is_up_to_date_and_an_edit_is_told_by_its_file(root: Path) -> None:
    assert differences(generated(declared(root)), root) == []
    function = root / "db/functions/base/three.sql"
    function.write_text(function.read_text().replace("select 3", "select 4"))
    assert differences(generated(declared(root)), root) == ["db/migrations/deploy/base.sql"]
    (root / "db/migrations/deploy/stray.sql").touch()
    changed = write(generated(declared(root)), root)
    assert changed == ["db/migrations/deploy/base.sql", "db/migrations/deploy/stray.sql"]
    assert differences(generated(declared(root)), root) == []
    assert not (root / "db/migrations/deploy/stray.sql").exists()


def test_an_edited_script_changes_no_line_of_the_plan(root: Path) -> None:
    before = (root / "sqitch.plan").read_text()
    (root / "db/functions/base/three.sql").write_text("-- gone\n")
    write(generated(declared(root)), root)
    assert (root / "sqitch.plan").read_text() == before


def test_every_piece_says_where_it_is_from(root: Path) -> None:
    text = (root / "db/migrations/deploy/api.sql").read_text()
    assert text.index("-- source: db/schema/90_api.sql") < text.index("-- source: db/functions/api/one.sql")


def test_the_plan_deploys_and_its_verify_fails_where_an_object_is_missing(
    root: Path, empty_database: Database
) -> None:
    with empty_database.connect() as connection:
        connection.execute("create role rookery_trial")
        try:
            assert migrate.deploy(connection, root) == ["roles", "base", "ingest", "api"]
            for room in ("roles", "base", "ingest", "api"):
                connection.execute((root / f"db/migrations/verify/{room}.sql").read_bytes())
            connection.execute("drop function base.three()")
            with pytest.raises(psycopg.errors.UndefinedFunction, match=r"base\.three"):
                connection.execute((root / "db/migrations/verify/base.sql").read_bytes())
            connection.rollback()
            connection.execute("create function base.two(integer) returns integer language sql as 'select 1'")
            with pytest.raises(psycopg.errors.AmbiguousFunction):
                connection.execute(b"select 'base.two'::regproc")
        finally:
            connection.execute("drop role rookery_trial")


def test_a_file_of_no_room_is_refused(root: Path) -> None:
    stray = root / "db/functions/attic/old.sql"
    stray.parent.mkdir()
    stray.touch()
    with pytest.raises(BaselineError, match=r"attic/old\.sql belongs to no room"):
        declared(root)


def test_a_schema_file_without_a_number_is_refused(root: Path) -> None:
    (root / "db/schema/late.sql").touch()
    with pytest.raises(BaselineError, match="begins with a number"):
        declared(root)


def test_what_was_released_is_not_rewritten(root: Path) -> None:
    refuse_after_release(root)
    with (root / "sqitch.plan").open("a") as plan:
        plan.write("@v1 2026-01-01T00:00:00Z Rookery <rookery@example.com>\n")
    with pytest.raises(BaselineError, match="has a tag"):
        refuse_after_release(root)
