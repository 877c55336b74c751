"""Writes what turns the rows of one table into those of another: for rows that come with the schema."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from psycopg import sql

from app.database import Connection

# A row's values as SQL literals, by the literals of its key.
Rows = dict[tuple[str, ...], dict[str, str]]


def changes_of_rows(connection: Connection, target: Connection, schema: str, table: str) -> list[str]:
    """Statements that make the table of `connection` hold what that of `target` holds.

    An update says what it takes the row to be, so that what an operator has changed stays. Nothing is said
    where the table has no primary key, or is missing on one side.
    """
    key = _key(target, schema, table)
    columns = [
        each for each in _columns(target, schema, table) if each in _columns(connection, schema, table)
    ]
    if not key or not columns:
        return []
    name = f"{schema}.{table}"
    found, wanted = (_rows(each, schema, table, columns, key) for each in (connection, target))
    return [
        *_deletes(name, key, found, wanted),
        *_updates(name, key, found, wanted),
        *_inserts(name, found, wanted),
    ]


def _deletes(name: str, key: list[str], found: Rows, wanted: Rows) -> Iterator[str]:
    for values in found.keys() - wanted.keys():
        yield f"delete from {name} where {_equal(dict(zip(key, values, strict=True)))};"


def _updates(name: str, key: list[str], found: Rows, wanted: Rows) -> Iterator[str]:
    for values in found.keys() & wanted.keys():
        old, new = found[values], wanted[values]
        moved = {column: new[column] for column in new if new[column] != old[column]}
        if moved:
            sets = ", ".join(f"{column} = {value}" for column, value in moved.items())
            before = {column: old[column] for column in moved}
            yield (
                f"update {name} set {sets} where {_equal(dict(zip(key, values, strict=True)))}"
                f" and {_equal(before)};"
            )


def _inserts(name: str, found: Rows, wanted: Rows) -> Iterator[str]:
    for values in wanted.keys() - found.keys():
        row = wanted[values]
        yield f"insert into {name} ({', '.join(row)}) values ({', '.join(row.values())});"


def _equal(columns: dict[str, str]) -> str:
    return " and ".join(
        f"{column} is null" if value == "NULL" else f"{column} = {value}" for column, value in columns.items()
    )


def _key(connection: Connection, schema: str, table: str) -> list[str]:
    return _names(
        connection,
        "select a.attname from pg_index as i"
        " join pg_attribute as a on a.attrelid = i.indrelid and a.attnum = any(i.indkey)"
        " where i.indisprimary and i.indrelid = to_regclass(%s) order by a.attnum",
        schema,
        table,
    )


def _columns(connection: Connection, schema: str, table: str) -> list[str]:
    return _names(
        connection,
        "select attname from pg_attribute where attrelid = to_regclass(%s) and attnum > 0"
        " and not attisdropped and attgenerated = '' order by attnum",
        schema,
        table,
    )


def _names(connection: Connection, statement: Any, schema: str, table: str) -> list[str]:
    return [row[0] for row in connection.execute(statement, [f"{schema}.{table}"])]


def _rows(connection: Connection, schema: str, table: str, columns: list[str], key: list[str]) -> Rows:
    literals = sql.SQL(", ").join(
        sql.SQL("quote_nullable({}::text)").format(sql.Identifier(each)) for each in columns
    )
    order = sql.SQL(", ").join(map(sql.Identifier, key))
    statement = sql.SQL("select {} from {} order by {}").format(
        literals, sql.Identifier(schema, table), order
    )
    rows = [dict(zip(columns, row, strict=True)) for row in connection.execute(statement)]
    return {tuple(row[each] for each in key): row for row in rows}
