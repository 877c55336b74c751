"""How the command line shows rows: a table on a terminal, tab-separated when piped, JSON when asked."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from rich.console import Console

from app.cli.cells import cell
from app.cli.tables import table

Row = Mapping[str, Any]

# Ids that X gave: past 2^53 a JSON number is damaged by many readers, so they go out as strings.
X_IDS = frozenset(
    (
        "item_id", "item_ids", "subject_id", "user_id", "post_id", "author_id", "target_id", "follower_id",
        "conversation_id", "in_reply_to_user_id",
    )
)  # fmt: skip


def show_rows(
    rows: Iterable[Row],
    columns: Sequence[str],
    *,
    as_json: bool,
    empty: str = "nothing yet",
    first: Sequence[str] = (),
) -> None:
    """Print the named columns of the rows; with `as_json` all columns, as one array of objects.

    A terminal shows those of `first` before the others, and as many as it has room for.
    """
    shown = list(rows)
    if as_json:
        print_json([presentable(row) for row in shown])
    elif not on_terminal():
        print("\t".join(columns))
        for row in shown:
            print("\t".join(cell(row.get(column)) for column in columns))
    elif shown:
        console = Console()
        console.print(table(shown, tuple(dict.fromkeys((*first, *columns))), console.width))
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
