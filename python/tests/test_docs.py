"""docs/psql.md does what it says: its statements, typed into psql, print what stands there (W4)."""

from __future__ import annotations

from pathlib import Path

from app.resources import sql_text
from conftest import Database
from pages import is_as_said, parts, typed
from throwaway import Throwaway

ROOT = Path(__file__).parents[2]
WORLD = Path(__file__).with_name("week_in_psql.sql")


def test_a_week_in_psql_is_as_it_stands_in_the_docs(server: Throwaway, clocked_database: Database) -> None:
    page = parts((ROOT / "docs/psql.md").read_text(encoding="utf-8"))
    assert len(page) > 25
    variables: dict[str, str] = {}
    with clocked_database.connect() as elsewhere:
        elsewhere.execute(sql_text("db/tests/helpers.sql").encode())
        elsewhere.execute(WORLD.read_bytes())
        for part in page:
            if part.sort == "meanwhile":
                elsewhere.execute(part.text.encode())
                continue
            printed = typed(server.programs / "psql", clocked_database, part, variables)
            assert part.said is None or is_as_said(part.said, printed), f"{part.text}\nprints\n{printed}"
