"""Drafts a migration from one database to another: `results` for tables, the declared files for functions,
pg_dump for comments and grants, and the rows that come with the schema.

What none of them can do is what pg_dump still tells apart afterwards.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass

from app import database, migrate
from app.errors import RookeryError
from dumps import Difference, differences, objects
from rows import changes_of_rows
from states import scratch
from throwaway import Throwaway

OPENING = "set local role rookery_owner;\nset local check_function_bodies = off;"

_FUNCTION = re.compile(
    r"\s*create or replace (?:function|procedure) \"?(\w+)\"?\.\"?(\w+)\"?\(", re.IGNORECASE
)
# A comment of a function comes with its file, and the tool does not say whose it is where there are two.
_LEFT_OUT = re.compile(r"\s*(?:set check_function_bodies|comment on (?:function|procedure)\b)", re.IGNORECASE)
_TABLE_DATA = re.compile(r"TABLE DATA of (\w+)\.(\w+) ")


class DraftError(Exception):
    """No draft can be made; the message says why."""


@dataclass(frozen=True, slots=True)
class Draft:
    """Statements, what they leave to be done by hand, and what kept them from running, if anything did."""

    statements: tuple[str, ...]
    left: tuple[Difference, ...]
    fault: str | None = None

    @property
    def text(self) -> str:
        """The body of a script, between its begin and commit."""
        return "\n\n".join([OPENING, *self.statements])


def draft(running: Throwaway, source: str, target: str, functions: Mapping[str, str]) -> Draft:
    """What leads from database `source` to database `target`; `functions` are declared texts by name."""
    statements = _structure(running, source, target, functions)
    found, fault = _outcome(running, source, target, statements)
    if fault is None:
        statements += _mechanical(running, source, target, found)
        found, fault = _outcome(running, source, target, statements)
    return Draft(tuple(statements), tuple(found), fault)


def _structure(running: Throwaway, source: str, target: str, functions: Mapping[str, str]) -> list[str]:
    try:
        import results
        from results.database import close_pool
        from results.dbdiff import Migration
    except ModuleNotFoundError:
        raise DraftError("results is not installed: run `make venv`") from None
    both = [results.db(running.url(dbname=name)) for name in (source, target)]
    migration = Migration(*both, exclude_schema="sqitch")
    migration.set_safety(False)
    # Not its order by dependencies, which makes an enum twice and every foreign key in reach anew.
    migration.add_all_changes()
    for each in both:
        close_pool(each.url)
    return [
        _from_file(statement.strip(), functions)
        for statement in migration.statements
        if not _LEFT_OUT.match(statement)
    ]


def _from_file(statement: str, functions: Mapping[str, str]) -> str:
    made = _FUNCTION.match(statement)
    return functions.get(f"{made[1]}.{made[2]}", statement) if made else statement


def _outcome(
    running: Throwaway, source: str, target: str, statements: Sequence[str]
) -> tuple[list[Difference], str | None]:
    """What is still different after the statements ran on a copy of `source`; or why they did not run."""
    program = running.programs / "pg_dump"
    with scratch(running, template=source) as copy:
        fault = None
        try:
            with closing(database.connect(running.url(dbname=copy))) as connection:
                migrate.run_script(connection, "\n".join([OPENING, *statements]))
        except RookeryError as error:
            fault = str(error)
        urls = [running.url(dbname=name) for name in (copy, target)]
        return differences(objects(program, urls[0]), objects(program, urls[1])), fault


def _mechanical(running: Throwaway, source: str, target: str, left: Sequence[Difference]) -> list[str]:
    """Comments, grants and rows, which follow from the difference itself."""
    made: list[str] = []
    with (
        closing(database.connect(running.url(dbname=source))) as here,
        closing(database.connect(running.url(dbname=target))) as there,
    ):
        for each in left:
            data = _TABLE_DATA.match(each.object)
            if each.sort == "COMMENT":
                made.append(each.wanted or _uncommented(each.found or ""))
            elif each.sort in {"ACL", "DEFAULT ACL"}:
                made += _grants((each.found or "").splitlines(), (each.wanted or "").splitlines())
            elif data:
                made += changes_of_rows(here, there, data[1], data[2])
    return made


def _uncommented(text: str) -> str:
    return f"{text[: text.index(' IS ' + chr(39))]} IS NULL;"


def _grants(found: Sequence[str], wanted: Sequence[str]) -> list[str]:
    gone = [line for line in found if line not in wanted and line.startswith("GRANT ")]
    revoked = [f"REVOKE {line.removeprefix('GRANT ').replace(' TO ', ' FROM ')}" for line in gone]
    return [*revoked, *(line for line in wanted if line not in found)]
