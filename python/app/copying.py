"""The half of app.database that reads whole lists: a page a COPY, each row written by PostgreSQL.

A page is a statement of its own, over before anybody is given its rows: however slow whoever reads them, no
snapshot is held open, and neither side ever has more than a page in memory. What makes the pages one list is
the function behind them: it pages by key over what does not change (the members after a materialization, the
events before one).

CSV is what spreadsheets open, so nothing in it may be taken for something else there: an apostrophe stands
before each id of X (64 bits are more than a spreadsheet's numbers hold), and before each text that would be a
formula. NDJSON and Parquet are for programs: there ids are strings, and every text is as it is.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from psycopg import sql

from app.database import AsyncConnection, Connection, identifier, translated

Form = Literal["csv", "ndjson", "plain"]
# id is one of X's, serial one of ours.
Sort = Literal["id", "serial", "text", "time", "count", "flag"]
After = tuple[Any, ...]

GUARD = "'"
PAGE = 10_000

_TIME = (
    "to_char({0} at time zone 'UTC', case when date_trunc('second', {0}) = {0}"
    ' then \'YYYY-MM-DD"T"HH24:MI:SS"Z"\' else \'YYYY-MM-DD"T"HH24:MI:SS.US"Z"\' end)'
)
_EXPRESSIONS: Mapping[Form, Mapping[Sort, str]] = {
    "plain": {"time": _TIME, "flag": "{0}::text"},
    "ndjson": {"time": _TIME, "id": "{0}::text", "serial": "{0}::text"},
    "csv": {
        "time": _TIME,
        "flag": "{0}::text",
        "id": "'''' || {0}",
        "text": "case when {0} ~ '^[-=+@\uff1d\uff0b\uff0d\uff20''[:space:]]' then '''' || {0} else {0} end",
    },
}
# JSON holds no sign below the blank, so in this dialect of CSV every line of it stays as it is.
_OPTIONS: Mapping[Form, str] = {
    "plain": "format csv",
    "csv": "format csv",
    "ndjson": r"format csv, delimiter e'\x01', quote e'\x02'",
}


@dataclass(frozen=True, slots=True)
class Beside:
    """Columns of a view that stand beside each row: those where its `column` is the row's `of`."""

    view: str
    column: str
    of: str
    columns: Mapping[str, Sort]


@dataclass(frozen=True, slots=True)
class Listed:
    """A list: the function that gives a page of it, and its columns, those that name a row first.

    `after` names, for each of these, the argument that says behind which row a page begins. An empty list is
    never asked for.
    """

    function: str
    arguments: Mapping[str, Any]
    columns: Mapping[str, Sort]
    after: Sequence[str]
    falls: bool = False
    is_empty: bool = False
    beside: Sequence[Beside] = field(default=())

    @property
    def sorts(self) -> dict[str, Sort]:
        """All columns, those that stand beside too."""
        return {**self.columns, **{name: sort for each in self.beside for name, sort in each.columns.items()}}

    def behind(self, row: After | None) -> Listed:
        """The same list from behind a row on."""
        if row is None:
            return self
        return replace(self, arguments={**self.arguments, **dict(zip(self.after, row, strict=True))})

    def behind_line(self, line: bytes, form: Form) -> Listed:
        """The same list from behind a row that was copied."""
        text = line.decode()
        if form == "ndjson":
            said = json.loads(text)
            named = [said[name] for name in list(self.columns)[: len(self.after)]]
        else:
            named = next(csv.reader([text]))[: len(self.after)]
        return self.behind(tuple(int(each.lstrip(GUARD)) for each in named))


def copy_list(
    connection: Connection, listed: Listed, form: Form, *, limit: int | None = None, page: int = PAGE
) -> Iterator[list[bytes]]:
    """The rows of a list, a page at a time, each a line as `form` writes it. Errors as those of `call`."""
    left = 0 if listed.is_empty else limit
    while left is None or left > 0:
        wanted = page if left is None else min(page, left)
        lines = _copy_page(connection, listed, form, wanted)
        if lines:
            yield lines
        if len(lines) < wanted:
            return
        listed = listed.behind_line(lines[-1], form)
        left = None if left is None else left - wanted


def _copy_page(connection: Connection, listed: Listed, form: Form, page: int) -> list[bytes]:
    with translated(), connection.cursor() as cursor, cursor.copy(statement(listed, form, page)) as rows:
        return [bytes(row) for row in rows]


async def copy_page_async(connection: AsyncConnection, listed: Listed, form: Form, page: int) -> list[bytes]:
    """At most `page` rows of a list; the next begin `behind_line` the last."""
    with translated():
        async with connection.cursor() as cursor, cursor.copy(statement(listed, form, page)) as rows:
            return [bytes(row) async for row in rows]


def header(listed: Listed) -> bytes:
    """The first line of a CSV."""
    return (",".join(listed.sorts) + "\n").encode()


def statement(listed: Listed, form: Form, limit: int) -> sql.Composed:
    """The COPY of a page. PostgreSQL takes no parameters there, so they are written as literals."""
    named = {**listed.arguments, "p_limit": limit}
    arguments = sql.SQL(", ").join(
        sql.SQL("{} => {}").format(identifier(name), sql.Literal(value)) for name, value in named.items()
    )
    source = sql.SQL("api.{}({}) as t").format(identifier(listed.function), arguments)
    columns = [("t", name, sort) for name, sort in listed.columns.items()]
    for number, each in enumerate(listed.beside):
        alias = f"b{number}"
        source += sql.SQL(" left join api.{} as {} on {} = {}").format(
            identifier(each.view),
            identifier(alias),
            sql.Identifier(alias, each.column),
            sql.Identifier("t" if each.of in listed.columns else f"b{number - 1}", each.of),
        )
        columns += [(alias, name, sort) for name, sort in each.columns.items()]
    order = sql.SQL(", ").join(
        sql.SQL("{} desc" if listed.falls else "{}").format(sql.Identifier("t", name))
        for name in list(listed.columns)[: len(listed.after)]
    )
    rows = sql.SQL("select {} from {} order by {}").format(
        sql.SQL(", ").join(_written(alias, name, sort, form) for alias, name, sort in columns), source, order
    )
    if form == "ndjson":
        rows = sql.SQL("select row_to_json(r) from ({}) as r").format(rows)
    return sql.SQL("copy ({}) to stdout ({})").format(rows, sql.SQL(_OPTIONS[form]))


def _written(alias: str, name: str, sort: Sort, form: Form) -> sql.Composed:
    expression = sql.SQL(_EXPRESSIONS[form].get(sort, "{0}")).format(sql.Identifier(alias, name))
    return sql.SQL("{} as {}").format(expression, identifier(name))
