"""docs/reference says what the code says of itself."""

from __future__ import annotations

from conftest import Database
from reference import FOLDER, pages


def test_the_reference_is_as_the_code_says(database: Database) -> None:
    with database.connect() as connection:
        made = pages(connection)
    stale = [name for name, text in made.items() if (FOLDER / name).read_text(encoding="utf-8") != text]
    assert not stale, f"docs/reference is older than the code ({', '.join(stale)}): make reference"
    assert made["sql.md"].count("\n### ") > 80
    assert made["commands.md"].count("\n## ") > 50
    assert made["http.md"].count("\n## GET ") > 15
