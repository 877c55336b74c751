"""How the command line shows rows: a table on a terminal, tab-separated when piped, JSON when asked."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

Row = Mapping[str, Any]

# Ids that X gave: past 2^53 a JSON number is damaged by many readers, so they go out as strings.
X_IDS = frozenset(
    (
        "item_id", "item_ids", "subject_id", "user_id", "post_id", "author_id", "target_id", "follower_id",
        "conversation_id", "in_reply_to_user_id",
    )
)  # fmt: skip

# What stands for a sign that is not printable: for any other, for white space.
_HARMLESS = ("\N{REPLACEMENT CHARACTER}", " ")


def show_rows(
    rows: Iterable[Row], columns: Sequence[str], *, as_json: bool, empty: str = "nothing yet"
) -> None:
    """Print the named columns of the rows; with `as_json` all columns, as one array of objects."""
    shown = list(rows)
    if as_json:
        print_json([presentable(row) for row in shown])
    elif not on_terminal():
        print("\t".join(columns))
        for row in shown:
            print("\t".join(cell(row.get(column)) for column in columns))
    elif shown:
        Console().print(_table(shown, columns))
    else:
        Console(stderr=True).print(empty)


def show_facts(facts: Row, *, as_json: bool) -> None:
    """Print one thing: a JSON object, or a line `name<tab>value` for each of its facts."""
    if as_json:
        print_json(presentable(facts))
        return
    aligned = on_terminal()
    width = max((len(name) for name in facts), default=0) if aligned else 0
    for name, value in facts.items():
        print(f"{name:<{width}}  {cell(value)}" if aligned else f"{name}\t{cell(value)}")


def on_terminal() -> bool:
    """Whether a person reads what is printed."""
    return sys.stdout.isatty()


def print_json(value: object) -> None:
    """Print one JSON document, and nothing else."""
    print(json.dumps(value, ensure_ascii=False, indent=2 if on_terminal() else None))


def presentable(row: Row) -> dict[str, Any]:
    """A row as JSON: X's ids as strings, times as ISO 8601 in UTC, money as a number."""
    return {name: _whole_id(value) if name in X_IDS else _json_value(value) for name, value in row.items()}


def cell(value: object) -> str:
    """A value as one line of text; what could steer a terminal or break the columns is replaced."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%SZ")
    text = json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else str(value)
    return "".join(each if each.isprintable() else _HARMLESS[each.isspace()] for each in text)


def _whole_id(value: object) -> object:
    if isinstance(value, list):
        return [_whole_id(each) for each in value]
    return None if value is None else str(value)


def _json_value(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, Mapping):
        return presentable(value)
    if isinstance(value, list):
        return [_json_value(each) for each in value]
    return value


def _table(rows: Sequence[Row], columns: Sequence[str]) -> Table:
    """A table of the columns that say something; what does not fit is folded, nothing is cut off."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    said = [column for column in columns if any(row.get(column) is not None for row in rows)]
    for column in said:
        numeric = all(isinstance(row.get(column), int | float | Decimal | None) for row in rows)
        table.add_column(column.replace("_", " "), justify="right" if numeric else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text(_short(row.get(column))) for column in said))
    return table


def _short(value: object) -> str:
    """A value for a table: times without year and second, params as people say them."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%m-%d %H:%MZ")
    if not isinstance(value, Mapping):
        return cell(value)
    if set(value) == {"kind", "params"}:
        return f"{cell(value['kind'])} {_short(value['params'])}"
    return " ".join(f"{cell(name)}={_short(each)}" for name, each in value.items())
