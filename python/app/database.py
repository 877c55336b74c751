"""The one helper that talks to the database: calls an api function by name, reads an api view.

Functions end in `_async` where they take an asynchronous connection; otherwise both forms are the same.
Nothing here knows what a function means, and nothing outside of here (but deploying) contains SQL.
"""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb, set_json_loads
from psycopg_pool import AsyncConnectionPool

from app.errors import NothingHeard, OperatorMistake, ServerUnsuitable, from_database

Row = dict[str, Any]
Connection = psycopg.Connection[tuple[Any, ...]]
AsyncConnection = psycopg.AsyncConnection[tuple[Any, ...]]
Cursor = psycopg.Cursor[tuple[Any, ...]] | psycopg.AsyncCursor[tuple[Any, ...]]

OLDEST_SERVER = 15
WAKE_CHANNEL = "rookery_wake"
_IDENTIFIER = re.compile(r"[a-z_][a-z0-9_]{0,62}")
_VOID = 2278


def _read_json(text: str | bytes) -> Any:
    """JSON as the database has it. A number of more digits than Python reads is infinite."""
    try:
        return json.loads(text)
    except ValueError:
        return json.loads(text, parse_int=lambda digits: float(digits) if len(digits) > 4000 else int(digits))


set_json_loads(_read_json)


# --- connections -----------------------------------------------------------------------------------


def connect(
    url: str,
    *,
    timeout: float = 10.0,
    application: str = "rookery",
) -> Connection:
    """An autocommit connection to a server that suits.

    `timeout` is in seconds.
    Raises DatabaseUnavailable, or ServerUnsuitable for a server before 15 or a database that is not UTF8.
    """
    with translated():
        connection = psycopg.connect(url, **_options(timeout, application))
    try:
        check_server(connection)
    except ServerUnsuitable:
        connection.close()
        raise
    return connection


async def connect_async(
    url: str,
    *,
    timeout: float = 10.0,
    application: str = "rookery",
) -> AsyncConnection:
    """As `connect`, asynchronous."""
    with translated():
        connection = await psycopg.AsyncConnection.connect(url, **_options(timeout, application))
    try:
        check_server(connection)
    except ServerUnsuitable:
        await connection.close()
        raise
    return connection


@asynccontextmanager
async def open_pool(
    url: str,
    *,
    size: int = 2,
    timeout: float = 10.0,
    application: str = "rookery",
) -> AsyncIterator[AsyncConnectionPool[AsyncConnection]]:
    """A pool of at most `size` autocommit connections, opened lazily; closed at the end of the block.

    A connection is checked before it is lent, so that a server that went away and came back is noticed.
    """
    pool: AsyncConnectionPool[AsyncConnection] = AsyncConnectionPool(
        url,
        kwargs=_options(timeout, application),
        min_size=0,
        max_size=size,
        timeout=timeout,
        open=False,
        configure=_check_pooled,
        check=AsyncConnectionPool.check_connection,
    )
    await pool.open()
    try:
        yield pool
    finally:
        await pool.close()


@asynccontextmanager
async def lent(pool: AsyncConnectionPool[AsyncConnection]) -> AsyncIterator[AsyncConnection]:
    """A connection of the pool for the length of the block; DatabaseUnavailable if none comes in time."""
    with translated():
        async with pool.connection() as connection:
            yield connection


def check_server(connection: Connection | AsyncConnection) -> None:
    """Raise ServerUnsuitable unless the server is 15 or newer and the database UTF8."""
    major = connection.info.server_version // 10000
    if major < OLDEST_SERVER:
        raise ServerUnsuitable(
            f"the server is PostgreSQL {major}, and Rookery needs {OLDEST_SERVER} or newer",
            hint="upgrade it, or unset DATABASE_URL to use the embedded one",
        )
    encoding = connection.info.parameter_status("server_encoding")
    if encoding != "UTF8":
        raise ServerUnsuitable(
            f"database {connection.info.dbname} is encoded in {encoding}, and Rookery needs UTF8",
            hint="create it with: createdb --encoding=UTF8 --template=template0",
        )


async def _check_pooled(connection: AsyncConnection) -> None:
    check_server(connection)


def _options(timeout: float, application: str) -> dict[str, Any]:
    return {
        "autocommit": True,
        "client_encoding": "UTF8",
        "connect_timeout": max(2, round(timeout)),
        "application_name": application,
        # Never: a pooler by transaction may not know them, and no tick or answer is the quicker for it.
        "prepare_threshold": None,
        "keepalives_idle": 30,
        "tcp_user_timeout": 30_000,
    }


@contextmanager
def translated() -> Iterator[None]:
    """Turn whatever psycopg raises in the block into an exception of app.errors."""
    try:
        yield
    except psycopg.Error as error:
        raise from_database(error) from error


# --- calls and views -------------------------------------------------------------------------------


def call(connection: Connection, name: str, *, schema: str = "api", **arguments: Any) -> Any:
    """Call `api.<name>` with named arguments: its value, or a list of dicts where it returns a table.

    Dicts and lists of dicts go in as jsonb, and jsonb comes out as such; `void` is None. Each call is a
    transaction of its own. Raises OperatorMistake for an RK code, else the exception that `app.errors` names.
    """
    with translated(), connection.cursor() as cursor:
        cursor.execute(_call_statement(schema, name, arguments), _adapted(arguments))
        return _outcome(cursor, name, cursor.fetchall())


async def call_async(connection: AsyncConnection, name: str, *, schema: str = "api", **arguments: Any) -> Any:
    """As `call`, asynchronous."""
    with translated():
        async with connection.cursor() as cursor:
            await cursor.execute(_call_statement(schema, name, arguments), _adapted(arguments))
            return _outcome(cursor, name, await cursor.fetchall())


def read_view(
    connection: Connection,
    name: str,
    *,
    where: Mapping[str, Any] | None = None,
    order: Sequence[str] = (),
    limit: int | None = None,
    schema: str = "api",
) -> list[Row]:
    """Rows of `api.<name>` as dicts.

    `where` maps columns to a value (None asks for null, a list for any of them); `order` names columns,
    descending with a leading `-`; `limit` None reads all.
    """
    with translated(), connection.cursor() as cursor:
        cursor.execute(*_view_statement(schema, name, where or {}, order, limit))
        return _rows(cursor, cursor.fetchall())


async def read_view_async(
    connection: AsyncConnection,
    name: str,
    *,
    where: Mapping[str, Any] | None = None,
    order: Sequence[str] = (),
    limit: int | None = None,
    schema: str = "api",
) -> list[Row]:
    """As `read_view`, asynchronous."""
    with translated():
        async with connection.cursor() as cursor:
            await cursor.execute(*_view_statement(schema, name, where or {}, order, limit))
            return _rows(cursor, await cursor.fetchall())


async def read_page_async(
    connection: AsyncConnection,
    source: str,
    *,
    order: Sequence[str],
    limit: int,
    after: Sequence[Any] | None = None,
    where: Mapping[str, Any] | None = None,
    arguments: Mapping[str, Any] | None = None,
    columns: Sequence[str] | None = None,
    schema: str = "api",
) -> list[Row]:
    """At most `limit` rows that follow the one whose `order` columns are `after` (None: from the first).

    `source` is a view, or with `arguments` a function that returns a table. The `order` columns tell rows
    apart, are never null, and go one way: all up, or all down with a leading `-`. `columns` are those that
    are wanted, None all.
    """
    statement, parameters = _page_statement(
        schema, source, arguments, where or {}, order, after, limit, columns
    )
    with translated():
        async with connection.cursor() as cursor:
            await cursor.execute(statement, parameters)
            return _rows(cursor, await cursor.fetchall())


async def listen_async(
    connection: AsyncConnection, channel: str = WAKE_CHANNEL, *, past_pooler: bool = False
) -> None:
    """Ask for the notifications of `channel`; read them with `connection.notifies()`.

    Raises NothingHeard where a pooler stands between: the server's process is another than the one that
    greeted. One that pools by session lets them through; who knows that says `past_pooler`.
    """
    if not past_pooler:
        process = await call_async(connection, "pg_backend_pid", schema="pg_catalog")
        if process != connection.info.backend_pid:
            raise NothingHeard(
                "a pooler stands before the database and keeps notifications back",
                hint="set ROOKERY_LISTEN_URL to a way past it",
            )
    with translated():
        await connection.execute(sql.SQL("listen {}").format(identifier(channel)))


def create_database(connection: Connection, name: str, *, template: str = "template0") -> bool:
    """Create a UTF8 database, unless it exists; whether it was created."""
    with translated():
        found = connection.execute("select from pg_catalog.pg_database where datname = %s", [name]).fetchone()
        if found is not None:
            return False
        statement = sql.SQL("create database {} encoding 'UTF8' template {}")
        connection.execute(statement.format(identifier(name), identifier(template)))
        return True


def drop_database(connection: Connection, name: str) -> None:
    """Drop a database and whatever is connected to it; nothing if there is none."""
    with translated():
        connection.execute(sql.SQL("drop database if exists {} with (force)").format(identifier(name)))


def _call_statement(schema: str, name: str, arguments: Mapping[str, Any]) -> sql.Composed:
    named = sql.SQL(", ").join(
        sql.SQL("{} => {}").format(identifier(key), sql.Placeholder(key)) for key in arguments
    )
    return sql.SQL("select * from {}.{}({})").format(identifier(schema), identifier(name), named)


def _page_statement(
    schema: str,
    source: str,
    arguments: Mapping[str, Any] | None,
    where: Mapping[str, Any],
    order: Sequence[str],
    after: Sequence[Any] | None,
    limit: int,
    wanted: Sequence[str] | None,
) -> tuple[sql.Composed, dict[str, Any]]:
    columns = [identifier(each.removeprefix("-")) for each in order]
    chosen = sql.SQL("*") if wanted is None else sql.SQL(", ").join(map(identifier, wanted))
    falls = order[0].startswith("-")
    if arguments is None:
        parts = [sql.SQL("select {} from {}.{}").format(chosen, identifier(schema), identifier(source))]
    else:
        parts = [_call_statement(schema, source, arguments)]
    conditions = [_condition(column, value) for column, value in where.items()]
    marks = {f"after_{number}": value for number, value in enumerate(after or ())}
    if marks:
        conditions.append(
            sql.SQL("({}) {} ({})").format(
                sql.SQL(", ").join(columns),
                sql.SQL("<" if falls else ">"),
                sql.SQL(", ").join(map(sql.Placeholder, marks)),
            )
        )
    if conditions:
        parts.append(sql.SQL("where {}").format(sql.SQL(" and ").join(conditions)))
    # No `nulls last` here: it would keep an index from giving the order.
    one_way = sql.SQL("{} desc" if falls else "{}")
    parts.append(sql.SQL("order by {}").format(sql.SQL(", ").join(map(one_way.format, columns))))
    parts.append(sql.SQL("limit {}").format(sql.Literal(limit)))
    return sql.SQL(" ").join(parts), _adapted({**(arguments or {}), **where, **marks})


def _view_statement(
    schema: str, name: str, where: Mapping[str, Any], order: Sequence[str], limit: int | None
) -> tuple[sql.Composed, dict[str, Any]]:
    parts = [sql.SQL("select * from {}.{}").format(identifier(schema), identifier(name))]
    if where:
        parts.append(
            sql.SQL("where {}").format(
                sql.SQL(" and ").join(_condition(column, value) for column, value in where.items())
            )
        )
    if order:
        parts.append(
            sql.SQL("order by {}").format(sql.SQL(", ").join(_direction(column) for column in order))
        )
    if limit is not None:
        parts.append(sql.SQL("limit {}").format(sql.Literal(limit)))
    return sql.SQL(" ").join(parts), _adapted(where)


def _condition(column: str, value: Any) -> sql.Composed:
    if value is None:
        return sql.SQL("{} is null").format(identifier(column))
    form = "{} = any({})" if isinstance(value, list | tuple) else "{} = {}"
    return sql.SQL(form).format(identifier(column), sql.Placeholder(column))


def _direction(column: str) -> sql.Composed:
    form = "{} desc nulls last" if column.startswith("-") else "{}"
    return sql.SQL(form).format(identifier(column.removeprefix("-")))


def identifier(name: str) -> sql.Identifier:
    """A name of ours as SQL. OperatorMistake for what can be none."""
    if not _IDENTIFIER.fullmatch(name):
        raise OperatorMistake(f"{name!r} is no name of a function, view or column")
    return sql.Identifier(name)


def _adapted(arguments: Mapping[str, Any]) -> dict[str, Any]:
    return {key: _as_parameter(value) for key, value in arguments.items()}


def _as_parameter(value: Any) -> Any:
    if isinstance(value, dict) or (isinstance(value, list) and value and isinstance(value[0], dict)):
        return Jsonb(value)
    return list(value) if isinstance(value, tuple) else value


def _outcome(cursor: Cursor, name: str, rows: list[tuple[Any, ...]]) -> Any:
    columns = cursor.description or []
    # A function that returns no table yields one column that bears its own name.
    if len(columns) == 1 and columns[0].name == name and len(rows) == 1:
        return None if columns[0].type_code == _VOID else rows[0][0]
    return _rows(cursor, rows)


def _rows(cursor: Cursor, rows: list[tuple[Any, ...]]) -> list[Row]:
    names = [column.name for column in cursor.description or []]
    return [dict(zip(names, row, strict=True)) for row in rows]
