"""docs/psql.md does what it says: its statements, typed into psql, print what stands there (W4)."""

from __future__ import annotations

import re
from pathlib import Path

from app.database import call
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


def test_what_the_readme_says_of_costs_is_what_is_estimated(clocked_database: Database) -> None:
    said = (ROOT / "README.md").read_text(encoding="utf-8")
    relaxed = {"p_fresh_within": "24 hours", "p_reconcile_within": "30 days"}
    with clocked_database.connect() as connection:
        connection.execute(sql_text("db/tests/helpers.sql").encode())
        connection.execute("select test.x_users('{783214}'), test.x_look(783214, 10000, 800)")
        asked: tuple[dict[str, str], ...] = ({}, relaxed)
        for options in asked:
            root = {"p_kind": "segment_mutuals", "p_params": {"subject_id": "783214"}}
            found = call(connection, "root_estimate", schema="api", **root, **options)
            assert f"${found['now_usd']:.2f} | ${found['month_usd']:.2f} |" in said
            assert all(f'"{value}"' in said for value in options.values())


def test_no_link_in_the_docs_leads_nowhere() -> None:
    pages = [ROOT / "README.md", ROOT / "CONVENTIONS.md", *(ROOT / "docs").rglob("*.md")]
    dead = [
        f"{page.relative_to(ROOT)}: {link}"
        for page in pages
        for link in re.findall(r"\]\((?!https?:)([^)\s]+)\)", page.read_text(encoding="utf-8"))
        if not _leads_somewhere(page, link)
    ]
    assert not dead


def _leads_somewhere(page: Path, link: str) -> bool:
    path, _, place = link.partition("#")
    target = (page.parent / path) if path else page
    if not target.exists():
        return False
    headings = re.findall(r"^#+ (.*)$", target.read_text(encoding="utf-8"), re.MULTILINE) if place else []
    return not place or place in {
        re.sub(r"[^\w\- ]", "", each.lower()).replace(" ", "-") for each in headings
    }
