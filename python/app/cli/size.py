"""rookery db size: where the bytes are."""

from __future__ import annotations

from typing import Any

import typer

from app import database
from app.cli import session
from app.cli.arguments import AsJson
from app.cli.output import on_terminal, show_rows
from app.database import Row

TO_READ = ("table", "rows", "dead", "total", "data", "indexes", "toast", "vacuumed_at")
TO_COUNT = (
    "room", "table_name", "row_count", "dead_count", "total_bytes", "table_bytes", "index_bytes",
    "toast_bytes", "vacuumed_at", "analyzed_at", "transaction_age",
)  # fmt: skip


def size(context: typer.Context, as_json: AsJson = False) -> None:
    """Show what each table takes, room by room: rows and dead rows (estimates), bytes, the last vacuum."""
    with session.operator(context) as connection:
        rows: list[Row] = database.call(connection, "table_sizes")
    if as_json or not on_terminal():
        show_rows(rows, TO_COUNT, as_json=as_json)
    else:
        show_rows([_readable(row) for row in rows], TO_READ, as_json=False)


def _readable(row: Row) -> dict[str, Any]:
    name = f"  {row['table_name']}" if row["table_name"] else row["room"] or "all"
    return {
        "table": name,
        "rows": row["row_count"],
        "dead": row["dead_count"],
        "total": _bytes(row["total_bytes"]),
        "data": _bytes(row["table_bytes"]),
        "indexes": _bytes(row["index_bytes"]),
        "toast": _bytes(row["toast_bytes"]),
        "vacuumed_at": row["vacuumed_at"],
    }


def _bytes(count: int) -> str:
    """Three digits and a unit: 812 B, 1.2 kB, 34 MB, 5.6 GB."""
    value, units = float(count), iter(("B", "kB", "MB", "GB"))
    unit = next(units)
    while value >= 1000 and (larger := next(units, None)):
        value, unit = value / 1024, larger
    shown = f"{value:.0f}" if unit == "B" or value >= 10 else f"{value:.1f}"
    return f"{shown} {unit}".rjust(6)
