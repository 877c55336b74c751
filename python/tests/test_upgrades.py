"""From every release the data come along, and its worker works on against the schema of today (W6).

As long as there is no release, the road is walked with one that is made up: a repository of its own in which
what is here is tagged, and followed by a change as an expanding one would be.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from app import database, migrate
from app.plan import read_plan
from app.simulator import TOKEN, Simulator, seeded_world, truth
from app.simulator.serving import serve_in_thread
from baseline import ROOT, declared, generated, write
from conftest import Database, fresh_database
from released import tag_plan
from test_released import commit, git
from throwaway import Throwaway

MADE_UP = "9.0.0"
RELEASES = [tag.name for change in read_plan(ROOT).changes for tag in change.tags]
FOLLOWERS = 200
Tables = dict[str, list[str]]


@dataclass(frozen=True)
class Release:
    """A release: its tag in the plan, its files as they were, and the repository as it is now."""

    tag: str
    then: Path
    now: Path


@pytest.fixture(scope="module", params=[*RELEASES, f"@v{MADE_UP}"])
def release(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Release:
    tag: str = request.param
    now = ROOT if tag in RELEASES else made_up(tmp_path_factory.mktemp("repository"))
    then = tmp_path_factory.mktemp("then")
    archive = subprocess.run(
        ["git", "-C", str(now), "archive", tag.removeprefix("@"), "--", "sqitch.plan", "db", "python"],
        check=True,
        capture_output=True,
    ).stdout
    subprocess.run(["tar", "-x", "-C", str(then)], input=archive, check=True)
    return Release(tag, then, now)


def made_up(root: Path) -> Path:
    for path in ("db", "python/app"):
        shutil.copytree(ROOT / path, root / path, ignore=shutil.ignore_patterns("__pycache__", "isolation"))
    for path in ("sqitch.plan", "python/tests/played_world.sql"):
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / path, root / path)
    if not RELEASES:
        write(generated(declared(root)), root)
    git(root, "init", "--quiet")
    tag_plan(MADE_UP, "", root)
    commit(root, "A release")
    git(root, "tag", f"v{MADE_UP}")
    expand(root)
    commit(root, "What comes next")
    return root


def expand(root: Path) -> None:
    """The next change: a column with a default, and an argument with a default of what a worker calls."""
    tick = (ROOT / "db/functions/api/engine_tick.sql").read_text(encoding="utf-8")
    wider = tick.replace("p_slots integer default 0)", "p_slots integer default 0, p_hint text default null)")
    wider = wider.replace("api.engine_tick(text, integer)", "api.engine_tick(text, integer, text)")
    assert wider.count("text") > tick.count("text") + 1
    roles = "rookery_worker, rookery_operator"
    head = "set local role rookery_owner;"
    scripts = {
        "deploy": f"{head}\nalter table ingest.runs add column asked_by text not null default 'nobody';\n"
        f"drop function api.engine_tick(text, integer);\n{wider}\n"
        f"grant execute on function api.engine_tick(text, integer, text) to {roles};",
        "revert": f"{head}\nalter table ingest.runs drop column asked_by;\n"
        f"drop function api.engine_tick(text, integer, text);\n{tick}\n"
        f"grant execute on function api.engine_tick(text, integer) to {roles};",
        "verify": "select asked_by from ingest.runs where false;\n"
        "select 'api.engine_tick(text, integer, text)'::regprocedure;",
    }
    for kind, body in scripts.items():
        end = "rollback" if kind == "verify" else "commit"
        path = root / f"db/migrations/{kind}/ask_by_name.sql"
        path.write_text(f"begin;\n{body}\n{end};\n", encoding="utf-8")
    last = read_plan(root).changes[-1].name
    with (root / "sqitch.plan").open("a") as plan:
        plan.write(f"\nask_by_name [{last}] 2026-03-01T00:00:00Z Rookery <rookery@example.com>\n")


def tables(connection: database.Connection) -> Tables:
    """The columns of every table of ours."""
    rows = connection.execute(
        "select format('%I.%I', table_schema, table_name), array_agg(column_name::text order by column_name)"
        " from information_schema.columns join information_schema.tables using (table_schema, table_name)"
        " where table_type = 'BASE TABLE'"
        " and table_schema = any(array['base', 'graph', 'ingest', 'asset', 'engine'])"
        " group by table_schema, table_name"
    )
    return dict(rows.fetchall())


def rows_of(connection: database.Connection, columns: Tables) -> dict[str, list[Any]]:
    """All rows of these columns, in an order of their own."""
    found: dict[str, list[Any]] = {}
    for table, names in columns.items():
        quoted = ", ".join(f'"{name}"' for name in names)
        statement = f"select r::text from (select {quoted} from {table}) as r order by 1"
        found[table] = [row[0] for row in connection.execute(statement.encode())]
    return found


def test_an_upgrade_keeps_the_data_and_the_engine_goes_on(release: Release, empty_database: Database) -> None:
    with empty_database.connect() as connection:
        migrate.deploy(connection, release.now, to=release.tag)
        columns = tables(connection)
        # Rows that come with the schema may change with it; these tables hold none.
        own = {table for table, rows in rows_of(connection, columns).items() if not rows}
        live(connection, release.then)
        before = rows_of(connection, {table: columns[table] for table in own})
        assert sum(map(len, before.values())) > 500
        migrate.deploy(connection, release.now)
        assert rows_of(connection, {table: columns[table] for table in own}) == before
        assert database.read_view(connection, "settings", where={"name": "tick.items"})[0]["value"] == "400"
        assert [each.problem for each in migrate.verify(connection, release.now) if each.problem] == []
        connection.execute("drop schema test cascade")
        connection.execute((release.now / "db/tests/helpers.sql").read_bytes())
        assert connection.execute("select test.invariants()").fetchall() == []
        assert database.call(connection, "engine_tick", p_worker="after", p_slots=0)["tick_id"] > 0


def live(connection: database.Connection, root: Path) -> None:
    """A few weeks of a small world, as that release's own tests play it."""
    for path in ("db/simulated_clock.sql", "db/tests/helpers.sql", "python/tests/played_world.sql"):
        connection.execute((root / path).read_bytes())
    database.call(connection, "setting_set", p_name="tick.items", p_value="400")


def test_an_upgrade_goes_back_to_where_it_came_from(release: Release, empty_database: Database) -> None:
    with empty_database.connect() as connection:
        migrate.deploy(connection, release.now, to=release.tag)
        live(connection, release.then)
        columns = tables(connection)
        before = rows_of(connection, columns)
        migrate.deploy(connection, release.now)
        migrate.revert(connection, release.now, to=release.tag)
        assert (tables(connection), rows_of(connection, columns)) == (columns, before)


def test_the_worker_of_the_release_works_on_against_the_schema_of_today(
    release: Release, server: Throwaway, tmp_path: Path
) -> None:
    world = seeded_world(FOLLOWERS + 1, 1, mean_follows=0, hub_followers=FOLLOWERS)
    (subject,) = world.most_followed(1)
    with fresh_database(server) as found, serve_in_thread(Simulator(world).app()) as x_url:
        with found.connect() as connection:
            deployed = migrate.deploy(connection, release.now)
        with closing(database.connect(found.url("rookery_operator"))) as operator:
            params = {"subject_id": str(subject)}
            instance = database.call(operator, "root_enable", p_kind="segment_followers", p_params=params)
        with (tmp_path / "log").open("wb") as log:
            worked = subprocess.run(
                [sys.executable, "-m", "app", "worker", "--once"],
                cwd=tmp_path,
                env=os.environ
                | {
                    "PYTHONPATH": str(release.then / "python"),
                    "X_API_BASE_URL": x_url,
                    "X_BEARER_TOKEN": TOKEN,
                }
                | {"DATABASE_URL": found.url("rookery_worker"), "ROOKERY_DEPLOY_URL": found.url()},
                stderr=log,
                timeout=120,
                check=False,
            )
        assert worked.returncode == 0, (tmp_path / "log").read_text()
        with found.connect() as connection:
            members = {row["item_id"] for row in database.call(connection, "members", p_instance_id=instance)}
            assert members == truth.followers(world, subject)
            assert migrate.status(connection, release.now).deployed == tuple(deployed), "it deployed nothing"
