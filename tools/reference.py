"""Writes docs/reference: what database, web process and command line say of themselves, no more."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from typing import Any

import typer.main

from app import cli, database
from app.database import Connection
from app.web.openapi import document
from app.web.reading import OPERATIONS
from baseline import ROOT
from states import load_declared, scratch
from throwaway import ThrowawayError, server

FOLDER = ROOT / "docs/reference"
MADE = "<!-- Made by `make reference`; not to be edited. -->\n"

FUNCTIONS = """
  select p.proname, pg_get_function_arguments(p.oid), pg_get_function_result(p.oid),
         obj_description(p.oid, 'pg_proc'), string_agg(substr(r.rolname, 9), ', ' order by r.rolname)
  from pg_proc as p
  left join pg_roles as r
    on r.rolname in ('rookery_operator', 'rookery_reader', 'rookery_web', 'rookery_worker')
    and has_function_privilege(r.oid, p.oid, 'execute')
  where p.pronamespace = 'api'::regnamespace
  group by p.oid, p.proname
  order by 1
"""
VIEWS = """
  select c.relname, obj_description(c.oid, 'pg_class'),
         array_agg(array[a.attname::text, format_type(a.atttypid, a.atttypmod),
                         coalesce(col_description(c.oid, a.attnum), '')] order by a.attnum)
  from pg_class as c
  join pg_attribute as a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
  where c.relnamespace = 'api'::regnamespace and c.relkind = 'v'
  group by c.oid, c.relname
  order by 1
"""
TABLES = {
    "Kinds of asset": (
        ("kind", "holds", "params", "is"),
        "select kind, item_kind, param_types, description from asset.kinds order by 1",
    ),
    "Settings": (
        ("setting", "default", "unit", "is"),
        "select name, coalesce(default_value, value), unit, description from base.settings order by 1",
    ),
    "Decisions": (
        ("kind", "needs a person", "means", "way out"),
        "select decision_kind, case when needs_a_person then 'yes' else '' end, meaning, coalesce(mend, '') "
        "from base.decision_kinds order by 1",
    ),
    "Errors": (
        ("code", "HTTP", "mended by", "means"),
        "select code, http_status, mended_by, meaning from base.error_codes order by 1",
    ),
    "Metrics": (
        ("metric", "sort", "is"),
        "select 'rookery_' || metric, sort, meaning from base.metrics order by 1",
    ),
}


def sql_page(connection: Connection) -> str:
    """The surface of a database that has the declared state and was not used yet."""
    functions = connection.execute(FUNCTIONS).fetchall()
    views = connection.execute(VIEWS).fetchall()
    lines = [
        MADE,
        "# SQL\n",
        "All of the schema `api`: what drivers, operators and the web process call. Callers name arguments",
        "(`p_kind => …`). `select * from help` lists what a login may use;",
        "[a week in psql](../psql.md) shows it at work.\n",
        "## Functions\n",
    ]
    for name, takes, gives, means, roles in functions:
        lines += [
            f"### {name}\n",
            f"```\n{_signature(name, takes, gives)}\n```\n",
            f"{means}\n",
            f"For: {roles}.\n",
        ]
    lines.append("## Views\n")
    for name, means, columns in views:
        rows = [(f"`{column}`", sort, comment) for column, sort, comment in columns]
        lines += [f"### {name}\n", f"{means}\n", _table(("column", "type", "is"), rows)]
    for title, (heads, statement) in TABLES.items():
        lines += [f"## {title}\n", _table(heads, connection.execute(statement.encode()).fetchall())]
    return "\n".join(lines)


def http_page() -> str:
    """What `rookery web` answers, from its OpenAPI document."""
    described = document(OPERATIONS, "")
    lines = [
        MADE,
        "# HTTP\n",
        "What the web process serves to whoever has the token (`Authorization: Bearer …`); `/openapi.json`",
        "is the same for machines, and `/docs` for browsers. Ids are strings. Errors are problem+json. Every",
        "answer has an ETag.\n",
    ]
    for path, methods in described["paths"].items():
        for method, told in methods.items():
            lines += [f"## {method.upper()} {path}\n", *_operation(told)]
    lines.append("# Shapes\n")
    for name, schema in sorted(described["components"]["schemas"].items()):
        rows = [
            (f"`{field}`", _type(shape), shape.get("description", ""))
            for field, shape in schema.get("properties", {}).items()
        ]
        lines += [f"## {name}\n", f"{schema.get('description', '')}\n", _table(("field", "type", "is"), rows)]
    return "\n".join(lines)


def commands_page() -> str:
    """Every command, from what `--help` says."""
    lines = [
        MADE,
        "# Commands\n",
        "What each takes; [the command line](../commands.md) says how it is meant.\n",
    ]
    for command, context in _commands(typer.main.get_command(cli.app), "rookery"):
        lines += _command(command, context)
    return "\n".join(lines)


def pages(connection: Connection) -> Mapping[str, str]:
    """The text of each page, by the name of its file."""
    return {"sql.md": sql_page(connection), "http.md": http_page(), "commands.md": commands_page()}


def _signature(name: str, takes: str, gives: str) -> str:
    arguments = re.split(r", (?=(?:OUT )?\w+ )", takes) if takes else []
    wanted = [each for each in arguments if not each.startswith("OUT ")]
    given = [each.removeprefix("OUT ") for each in arguments if each.startswith("OUT ")]
    result = f"({', '.join(given)})" if given else gives
    line = f"{name}({', '.join(wanted)}) → {result}"
    return line if len(line) <= 130 else f"{name}({', '.join(wanted)})\n  → {result}"


def _table(heads: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    cells = [" | ".join(_cell(each) for each in row) for row in rows]
    return "\n".join(
        [f"| {' | '.join(heads)} |", f"|{'---|' * len(heads)}", *(f"| {row} |" for row in cells), ""]
    )


def _cell(value: object) -> str:
    if isinstance(value, dict):
        value = ", ".join(f"{name}: {sort}" for name, sort in value.items())
    return " ".join(str(value).split()).replace("|", "\\|")


def _operation(told: Mapping[str, Any]) -> Iterator[str]:
    yield f"{told.get('summary') or told.get('description')}\n"
    asked = [
        (
            f"`{each['name']}`",
            each["in"],
            _type(each["schema"]),
            each.get("description") or each["schema"].get("description", ""),
        )
        for each in told.get("parameters", [])
    ]
    if asked:
        yield _table(("parameter", "in", "type", "is"), asked)
    for status, answer in told["responses"].items():
        forms = [
            f"{media} ({_type(content['schema'])})" for media, content in answer.get("content", {}).items()
        ]
        if status.startswith("2") and forms:
            yield f"Answers {', '.join(forms)}.\n"


def _type(schema: Mapping[str, Any]) -> str:
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    if "anyOf" in schema:
        return " or ".join(_type(each) for each in schema["anyOf"])
    if "enum" in schema:
        return " or ".join(f"`{each}`" for each in schema["enum"])
    if schema.get("type") == "array":
        return f"list of {_type(schema['items'])}"
    return " ".join(str(each) for each in (schema.get("format") or schema.get("type", "any"),))


def _commands(command: Any, name: str, above: Any = None) -> Iterator[tuple[Any, Any]]:
    # Typer brings its own click: what the commands are is asked of themselves.
    context = command.context_class(command, info_name=name, parent=above)
    if hasattr(command, "list_commands"):
        for each in command.list_commands(context):
            yield from _commands(command.get_command(context, each), each, context)
    else:
        yield command, context


def _command(command: Any, context: Any) -> Iterator[str]:
    path = context.command_path
    yield f"## {path}\n"
    yield f"```\n{' '.join([path, *command.collect_usage_pieces(context)])}\n```\n"
    yield f"{' '.join((command.help or '').split())}\n"
    records = [parameter.get_help_record(context) for parameter in command.params]
    rows = [(f"`{record[0]}`", record[1]) for record in records if record and record[0] != "--help"]
    if rows:
        yield _table(("option", "is"), rows)


def main() -> int:
    """Write the pages, or check them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--check", action="store_true", help="write nothing; fail where a page is not as it would be"
    )
    check = parser.parse_args().check
    with server("18") as running, scratch(running) as name:
        load_declared(running.url(dbname=name))
        with closing(database.connect(running.url(dbname=name))) as connection:
            made = pages(connection)
    stale = [
        name
        for name, text in made.items()
        if not (FOLDER / name).is_file() or (FOLDER / name).read_text() != text
    ]
    if check:
        for name in stale:
            print(f"docs/reference/{name} is not what it is made from: make reference", file=sys.stderr)
        return 1 if stale else 0
    FOLDER.mkdir(exist_ok=True)
    for name in stale:
        (FOLDER / name).write_text(made[name])
        print(f"docs/reference/{name}")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except ThrowawayError as fault:
        sys.exit(str(fault))
