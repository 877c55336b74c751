"""The one helper that calls functions and reads views, against a small api of the test's own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from types import SimpleNamespace
from typing import Any, cast

import psycopg
import pytest

from app.database import (
    AsyncConnection,
    Connection,
    call,
    call_async,
    check_server,
    connect,
    connect_async,
    create_database,
    drop_database,
    lent,
    listen_async,
    open_pool,
    read_page_async,
    read_view,
    read_view_async,
)
from app.errors import (
    ConstraintBroken,
    DatabaseUnavailable,
    NotPermitted,
    OperatorMistake,
    SchemaMissing,
    ServerUnsuitable,
)
from conftest import Database
from throwaway import Throwaway

API = """
create schema api;
create function api.twice(p_number bigint) returns bigint language sql as 'select 2 * p_number';
create function api.echo(p_doc jsonb) returns jsonb language sql as 'select p_doc';
create function api.nothing() returns void language sql as '';
create function api.sum_of(p_ids bigint[]) returns bigint language sql as
  'select coalesce(sum(each), 0)::bigint from unnest(p_ids) as each';
create function api.members(p_count integer) returns table (item_id bigint, since timestamptz) language sql as
  'select i, timestamptz ''2026-01-01Z'' from generate_series(1, p_count) as i';
create function api.refuse() returns void language plpgsql as $$
begin
  raise exception 'no instance 7' using errcode = 'RK004', hint = 'List them.', detail = 'seven';
end $$;
create table api.numbers (n integer constraint n_is_not_thirteen check (n <> 13), label text);
insert into api.numbers values (1, 'one'), (2, null), (3, 'three');
create function api.add(p_n integer) returns void language sql as 'insert into api.numbers values (p_n)';
create function api.wake() returns void language sql as $$select pg_notify('rookery_wake', 'now')$$;
"""


@pytest.fixture
def api(empty_database: Database) -> Iterator[Connection]:
    with empty_database.connect() as connection:
        connection.execute(API.encode())
        yield connection


def test_a_scalar_function_gives_its_value(api: Connection) -> None:
    assert call(api, "twice", p_number=2**61) == 2**62
    assert call(api, "twice", p_number=None) is None


def test_json_goes_in_and_comes_out_as_dicts(api: Connection) -> None:
    document = {"ids": ["1", "2"], "deep": {"null": None, "text": "é % ' \\"}}
    assert call(api, "echo", p_doc=document) == document


def test_a_function_that_returns_nothing_gives_none(api: Connection) -> None:
    assert call(api, "nothing") is None


def test_lists_of_ids_go_in_as_arrays_and_may_be_empty(api: Connection) -> None:
    assert call(api, "sum_of", p_ids=[1, 2**40]) == 2**40 + 1
    assert call(api, "sum_of", p_ids=()) == 0


def test_a_table_function_gives_rows_and_an_empty_list_for_none(api: Connection) -> None:
    assert [row["item_id"] for row in call(api, "members", p_count=2)] == [1, 2]
    assert call(api, "members", p_count=1)[0]["since"].tzinfo is not None
    assert call(api, "members", p_count=0) == []


def test_views_are_filtered_ordered_and_limited(api: Connection) -> None:
    def labels(**options: Any) -> list[Any]:
        return [row["n"] for row in read_view(api, "numbers", **options)]

    assert labels(order=["-n"]) == [3, 2, 1]
    assert labels(order=["n"], limit=1) == [1]
    assert labels(where={"label": None}) == [2]
    assert labels(where={"n": [1, 3], "label": "three"}) == [3]


@pytest.mark.parametrize("name", ["twice; drop schema api", 'a"b', "Twice", "", "a.b"])
def test_what_is_no_name_never_reaches_the_server(api: Connection, name: str) -> None:
    with pytest.raises(OperatorMistake, match="is no name"):
        call(api, name)
    with pytest.raises(OperatorMistake, match="is no name"):
        read_view(api, "numbers", where={name: 1})


def test_a_refusal_carries_code_message_hint_and_statuses(api: Connection) -> None:
    with pytest.raises(OperatorMistake) as caught:
        call(api, "refuse")
    assert caught.value.line() == "no instance 7; list them."
    assert (caught.value.code, caught.value.http_status, caught.value.exit_status) == ("RK004", 404, 2)
    assert caught.value.detail == "seven"


def test_a_missing_function_says_to_deploy(api: Connection) -> None:
    with pytest.raises(SchemaMissing, match="rookery db deploy"):
        call(api, "engine_tick")


def test_a_broken_constraint_is_named(api: Connection) -> None:
    with pytest.raises(ConstraintBroken) as caught:
        call(api, "add", p_n=13)
    assert caught.value.constraint == "n_is_not_thirteen"


def test_an_ill_typed_value_is_the_operators_mistake(api: Connection) -> None:
    with pytest.raises(OperatorMistake, match="invalid input syntax"):
        call(api, "twice", p_number="many")


def test_a_forbidden_call_is_told_as_such(api: Connection) -> None:
    api.execute("create role a_stranger")
    try:
        api.execute("set role a_stranger")
        with pytest.raises(NotPermitted):
            call(api, "nothing")
    finally:
        api.execute("reset role")
        api.execute("drop role a_stranger")


def test_a_failed_call_leaves_the_connection_usable(api: Connection) -> None:
    with pytest.raises(OperatorMistake):
        call(api, "refuse")
    assert call(api, "twice", p_number=1) == 2


def test_a_server_that_is_not_there_is_one_clear_line() -> None:
    with pytest.raises(DatabaseUnavailable) as caught:
        connect("postgresql://nobody@127.0.0.1:1/nowhere")
    assert "\n" not in caught.value.line()
    assert caught.value.http_status == 503


def test_a_database_that_is_not_there_is_named(server: Throwaway) -> None:
    with pytest.raises(DatabaseUnavailable, match="nowhere"):
        connect(server.url(dbname="nowhere"))


def test_a_server_before_15_is_refused() -> None:
    old = SimpleNamespace(info=SimpleNamespace(server_version=140012))
    with pytest.raises(ServerUnsuitable, match="is PostgreSQL 14, and Rookery needs 15"):
        check_server(cast(Connection, old))


def test_a_database_that_is_not_utf8_is_refused(server: Throwaway) -> None:
    with closing(connect(server.url())) as admin:
        admin.execute("create database in_latin encoding 'SQL_ASCII' locale 'C' template template0")
        try:
            with pytest.raises(ServerUnsuitable, match="in_latin is encoded in SQL_ASCII"):
                connect(server.url(dbname="in_latin"))
        finally:
            drop_database(admin, "in_latin")


def test_databases_are_made_once_and_dropped_whole(server: Throwaway) -> None:
    with closing(connect(server.url())) as admin:
        assert create_database(admin, "made_here") is True
        assert create_database(admin, "made_here") is False
        with closing(connect(server.url(dbname="made_here"))):
            drop_database(admin, "made_here")
        drop_database(admin, "made_here")


async def test_the_asynchronous_forms_do_the_same(api: Connection, empty_database: Database) -> None:
    connection = await connect_async(empty_database.url())
    async with connection:
        assert await call_async(connection, "twice", p_number=4) == 8
        assert len(await read_view_async(connection, "numbers", where={"n": 3})) == 1
        with pytest.raises(OperatorMistake, match="no instance 7"):
            await call_async(connection, "refuse")


async def test_a_notification_is_heard(api: Connection, empty_database: Database) -> None:
    connection = await connect_async(empty_database.url())
    async with connection:
        await listen_async(connection)
        call(api, "wake")
        payloads = [notify.payload async for notify in connection.notifies(stop_after=1, timeout=30)]
    assert payloads == ["now"]


async def test_a_pool_notices_that_its_connection_was_killed(
    api: Connection, empty_database: Database
) -> None:
    async with open_pool(empty_database.url(), size=1) as pool:
        async with lent(pool) as connection:
            pid = connection.info.backend_pid
        api.execute("select pg_terminate_backend(%s, 10000)", [pid])
        async with lent(pool) as connection:
            assert connection.info.backend_pid != pid
            assert await call_async(connection, "twice", p_number=1) == 2


async def test_pages_follow_one_another_by_key(api: Connection, empty_database: Database) -> None:
    async with open_pool(empty_database.url(), size=1) as pool, lent(pool) as connection:

        async def page(source: str, order: list[str], after: list[Any] | None, **options: Any) -> list[Any]:
            rows = await read_page_async(connection, source, order=order, after=after, limit=2, **options)
            return [next(iter(row.values())) for row in rows]

        assert await page("numbers", ["n"], None) == [1, 2]
        assert await page("numbers", ["n"], [2]) == [3]
        assert await page("numbers", ["-n"], None) == [3, 2]
        assert await page("numbers", ["-n"], [2]) == [1]
        assert await page("numbers", ["n"], [1], where={"label": None}) == [2]
        members = {"arguments": {"p_count": 5}}
        assert await page("members", ["since", "item_id"], None, **members) == [1, 2]
        assert await page("members", ["since", "item_id"], ["2026-01-01Z", 4], **members) == [5]
        assert await page("members", ["-since", "-item_id"], ["2026-01-01Z", 2], **members) == [1]


async def test_lists_of_objects_go_in_as_json(api: Connection, empty_database: Database) -> None:
    events = [{"body": "a"}, {"body": "b"}]
    assert call(api, "echo", p_doc=events) == events


def test_a_number_of_more_digits_than_python_reads_is_infinite(api: Connection) -> None:
    """What a stranger put into a payload keeps nobody from reading the rest of it."""
    long = {"n": 10**3999}
    assert call(api, "echo", p_doc=long) == long
    row = api.execute("""select '{"n": 1e5000, "m": 7}'::jsonb""").fetchone()
    assert row == ({"n": float("inf"), "m": 7},)


async def test_a_pool_without_a_server_says_so() -> None:
    async with open_pool("postgresql://nobody@127.0.0.1:1/nowhere", timeout=0.5) as pool:
        with pytest.raises(DatabaseUnavailable):
            async with lent(pool) as connection:
                _: AsyncConnection = connection


def test_the_session_speaks_utf8_and_bears_a_name(empty_database: Database) -> None:
    with closing(connect(empty_database.url(), application="rookery test")) as connection:
        shown = connection.execute(
            "select current_setting('client_encoding'), current_setting('application_name')"
        ).fetchone()
        assert shown == ("UTF8", "rookery test")
        assert connection.autocommit
        assert isinstance(connection, psycopg.Connection)
