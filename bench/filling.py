"""Fills a graph with made-up users and their follows, in bulk, for databases that must be large."""

from __future__ import annotations

from pathlib import Path

from app.database import Connection

_FILL = Path(__file__).with_name("filling.sql")


def fill(connection: Connection, users: int) -> None:
    """Add `users` users who all follow the first of them; then vacuum and analyze, as autovacuum would."""
    with connection.transaction():
        connection.execute(_FILL.read_text(encoding="utf-8").replace("{users}", str(users)).encode())
    connection.execute("vacuum analyze")
