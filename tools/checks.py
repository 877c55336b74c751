"""Writes the verify script of a change: statements that fail where something is not as it leaves it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from dumps import Difference

_COLUMN = re.compile(r'^    (?!CONSTRAINT )("[^"]+"|\w+) ', re.MULTILINE)
_CONSTRAINT = re.compile(r'^    CONSTRAINT ("[^"]+"|\w+) ', re.MULTILINE)
_THERE = {
    **dict.fromkeys(("SEQUENCE", "INDEX"), "select '{}'::regclass;"),
    **dict.fromkeys(("FUNCTION", "PROCEDURE"), "select '{}'::regprocedure;"),
    **dict.fromkeys(("TYPE", "DOMAIN"), "select '{}'::regtype;"),
}
_GONE = {
    **dict.fromkeys(
        ("TABLE", "VIEW", "SEQUENCE", "INDEX"), "select 1 / (to_regclass('{}') is null)::integer;"
    ),
    **dict.fromkeys(("FUNCTION", "PROCEDURE"), "select 1 / (to_regprocedure('{}') is null)::integer;"),
    **dict.fromkeys(("TYPE", "DOMAIN"), "select 1 / (to_regtype('{}') is null)::integer;"),
}


def checks(changed: Sequence[Difference]) -> list[str]:
    """A statement for each thing that a change adds, alters or takes away; each of them once."""
    return list(dict.fromkeys(check for each in changed for check in _checks(each)))


def _checks(each: Difference) -> Iterator[str]:
    name = each.object.partition(" of ")[2].rpartition(" (owner ")[0]
    if each.sort in {"FUNCTION", "PROCEDURE"}:
        name = _signature(name)
    if each.wanted is None:
        if each.sort in _GONE:
            yield _GONE[each.sort].format(name)
    elif each.sort in {"TABLE", "VIEW"}:
        yield from _table(name, each.found or "", each.wanted)
    elif each.sort.endswith("CONSTRAINT"):
        table, _, constraint = name.rpartition(" ")
        yield _constraint_of(table, constraint)
    elif each.sort in _THERE:
        yield _THERE[each.sort].format(name)


def _table(name: str, found: str, wanted: str) -> Iterator[str]:
    """What is new in it, or it itself: what it had before is the business of earlier changes."""
    columns = _only(_COLUMN, wanted, found)
    yield (
        f"select {', '.join(columns)} from {name} where false;"
        if columns
        else f"select from {name} where false;"
    )
    for column in _only(_COLUMN, found, wanted):
        yield (
            "select 1 / (count(*) = 0)::integer from pg_catalog.pg_attribute"
            f" where attrelid = '{name}'::regclass and attname = '{column}';"
        )
    for constraint in _only(_CONSTRAINT, wanted, found):
        yield _constraint_of(name, constraint)


def _only(pattern: re.Pattern[str], text: str, other: str) -> list[str]:
    return [each for each in pattern.findall(text) if each not in pattern.findall(other)]


def _constraint_of(table: str, constraint: str) -> str:
    return (
        "select 1 / count(*) from pg_catalog.pg_constraint"
        f" where conrelid = '{table}'::regclass and conname = '{constraint}';"
    )


def _signature(name: str) -> str:
    """Without the names of the arguments: `api.f(p_a text, p_b integer)` is api.f(text, integer)."""
    head, _, arguments = name.removesuffix(")").partition("(")
    types = [re.sub(r"^(?:VARIADIC )?p_\w+ ", "", each.strip()) for each in arguments.split(",")]
    return f"{head}({', '.join(each for each in types if each)})"
