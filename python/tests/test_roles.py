"""W5 from outside: each login tries what it must not do, and what only somebody with a session can try."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from pathlib import Path

import psycopg
import pytest

from app.database import Connection
from conftest import Database, fresh_database
from throwaway import Throwaway

ROLES = ("rookery_worker", "rookery_web", "rookery_operator", "rookery_reader")

FORBIDDEN = (
    # what is private
    "select * from graph.users",
    "select * from ingest.calls",
    "select * from base.settings",
    "select * from pg_catalog.pg_authid",
    "insert into graph.follows (follower_id, followed_id) values (1, 2)",
    "insert into api.follows values (1, 2)",
    "update api.settings set value = '1'",
    "delete from api.runs",
    "truncate asset.members",
    # what is the owner's to call
    "select base.decide('repair', 'instance 1', 'because')",
    "select engine.tick('w', 1)",
    "select graph.lock_writer()",
    # what is there
    "drop table graph.users",
    "drop view api.runs",
    "drop function api.engine_tick(text, integer)",
    "drop schema api cascade",
    "alter table graph.users disable trigger all",
    "alter function api.engine_tick(text, integer) security invoker",
    "create or replace function api.user_id(p_handle text) returns bigint language sql as 'select 1::bigint'",
    "create trigger mine before insert on graph.users execute function suppress_redundant_updates_trigger()",
    # what could be made
    "create table api.mine (id integer)",
    "create table public.mine (id integer)",
    "create function public.mine() returns integer language sql as 'select 1'",
    "create view api.mine as select 1",
    "create schema mine",
    "drop extension plpgsql",
    "create database mine",
    "create role mine",
    # whom one could be
    "set role rookery_owner",
    "set session authorization rookery_owner",
    "grant rookery_owner to current_user",
    "alter role current_user superuser",
    "alter role rookery_owner login",
    "alter role rookery_owner set search_path = public",
    "alter default privileges for role rookery_owner grant execute on functions to public",
    # where the server could be reached
    "set session_replication_role = replica",
    "alter system set log_statement = 'all'",
    "copy graph.users to program 'cat'",
    "copy (select 1) to '/tmp/mine'",
    "select pg_catalog.pg_read_file('/etc/hostname')",
    "select pg_catalog.lo_import('/etc/hostname')",
    "load '/tmp/mine'",
)

TRAPS = (Path(__file__).parent / "traps.sql").read_text(encoding="utf-8")

JOBS = {
    "rookery_worker": ("api.engine_tick('trapped', 10)", "api.engine_release('trapped')"),
    "rookery_web": (
        """api.webhook_receive('[{"source": "new_follower", "body": "{\\"follower\\": \\"@someone\\"}"}]')""",
        "api.metrics()",
        "api.checks('api')",
        "api.cost('day')",
        "api.members(1)",
    ),
    "rookery_operator": (
        """api.root_enable('segment_mutuals', '{"subject_id": "7"}')""",
        "api.specified_users_set('trapped', array[1, 2]::pg_catalog.int8[])",
        "api.setting_set('tick.items', '500')",
        "api.budget_set('everything', 'month', 200)",
        "api.verify(1)",
        "api.engine_tick('trapped', 0)",
    ),
    "rookery_reader": (
        "api.why_not(1)",
        "api.events(1)",
        "api.members_at(1, pg_catalog.now())",
        "api.budgets()",
        """api.instance_id('segment_followers', '{"subject_id": "1"}')""",
    ),
}

INJECTIONS = (
    "x'; drop table graph.users; --",
    'x"; drop table graph.users; --',
    "x(null); drop table graph.users; --",
    "followers'||(select current_user)||'",
    "$$; drop table graph.users; --",
)


@pytest.fixture(scope="module")
def world(server: Throwaway, deployed_template: str) -> Iterator[Database]:
    """A database with one root, instance 1."""
    with fresh_database(server, deployed_template) as found:
        with found.connect("rookery_operator") as connection:
            connection.execute("""select root_enable('segment_followers', '{"subject_id": "1"}')""")
        yield found


@pytest.mark.parametrize("role", ROLES)
def test_no_login_may_do_what_is_not_its_job(world: Database, role: str) -> None:
    with world.connect(role) as connection:
        done = [statement for statement in FORBIDDEN if not _refused(connection, statement)]
    assert done == []


@pytest.mark.parametrize(("role", "other"), [pair for pair in product(ROLES, ROLES) if pair[0] != pair[1]])
def test_no_login_may_become_another(world: Database, role: str, other: str) -> None:
    with world.connect(role) as connection:
        assert _refused(connection, f"set role {other}")
        assert _refused(connection, f"set session authorization {other}")


@pytest.mark.parametrize("role", ROLES)
def test_nothing_that_a_session_makes_is_found_by_what_runs_as_the_owner(world: Database, role: str) -> None:
    with world.connect(role, pooled=False) as connection:
        connection.execute(TRAPS.encode())
        for job in JOBS[role]:
            connection.execute(f"select * from {job}".encode())


def test_the_traps_are_sprung_by_a_function_that_names_no_schema(world: Database) -> None:
    with world.connect() as connection:
        connection.execute(
            "create function public.careless() returns void language plpgsql"
            " security definer set search_path = '' as $$ begin perform 'x'::text; end $$"
        )
        try:
            with world.connect("rookery_reader", pooled=False) as trapped:
                trapped.execute(TRAPS.encode())
                with pytest.raises(psycopg.errors.InternalError_, match="ran as postgres"):
                    trapped.execute("select public.careless()")
        finally:
            connection.execute("drop function public.careless()")


@pytest.mark.parametrize("role", ROLES)
def test_no_argument_is_run_as_sql(world: Database, role: str) -> None:
    with world.connect() as owner, world.connect(role) as connection:
        before = _relations(owner)
        tried = 0
        faults: list[tuple[str, str, str]] = []
        for function, types in _callable_by(owner, role):
            for position, injection in product(range(len(types)), INJECTIONS):
                value = _shaped(types[position], injection)
                if value is None:
                    continue
                given = [value if each == position else None for each in range(len(types))]
                holes = ", ".join(f"%s::{each}" for each in types)
                tried += 1
                try:
                    connection.execute(f"select * from {function}({holes})".encode(), given)
                except psycopg.Error as error:
                    faults.append((function, injection, error.sqlstate or str(error)))
        assert tried > 0
        assert [fault for fault in faults if not fault[2].startswith(("RK", "22", "23"))] == []
        assert _relations(owner) == before


def _refused(connection: Connection, statement: str) -> bool:
    """Whether it is refused for want of a privilege, and for nothing else; undone where it is not."""
    try:
        with connection.transaction(force_rollback=True):
            connection.execute(statement.encode())
    except psycopg.errors.InsufficientPrivilege:
        return True
    except psycopg.errors.ActiveSqlTransaction:  # the statement wants no transaction around it
        try:
            connection.execute(statement.encode())
        except psycopg.errors.InsufficientPrivilege:
            return True
    return False


def _relations(owner: Connection) -> list[tuple[str]]:
    return owner.execute(
        "select oid::regclass::text from pg_class where relnamespace::regnamespace::text"
        " in ('base', 'graph', 'ingest', 'asset', 'engine', 'api') order by 1"
    ).fetchall()


def _callable_by(owner: Connection, role: str) -> list[tuple[str, list[str]]]:
    """The functions of api that it may call, with the types of their arguments."""
    return owner.execute(
        "select 'api.' || proname, array(select format_type(t, null) from unnest(proargtypes) as t)"
        " from pg_proc"
        " where pronamespace = 'api'::regnamespace and has_function_privilege(%s, oid, 'execute')",
        [role],
    ).fetchall()


def _shaped(sql_type: str, injection: str) -> object:
    """The text as an argument of that type; None where no text can be one."""
    quoted = injection.replace("\\", "\\\\").replace('"', '\\"')
    match sql_type:
        case "text":
            return injection
        case "text[]":
            return [injection]
        case "jsonb":
            return f'{{"says": "{quoted}", "because": [], "subject_id": "{quoted}", "source": "{quoted}"}}'
    return None
