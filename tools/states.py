"""Builds the two accounts of the schema side by side: what is declared, and what the plan deploys."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import count
from pathlib import Path

from app import database, migrate
from baseline import ROOT, declared
from throwaway import Throwaway

_numbers = count(1)


@contextmanager
def scratch(running: Throwaway, template: str = "template0") -> Iterator[str]:
    """The name of a database that is there for the length of the block."""
    name = f"rookery_scratch_{next(_numbers)}"
    with closing(database.connect(running.url())) as connection:
        database.create_database(connection, name, template=template)
        try:
            yield name
        finally:
            database.drop_database(connection, name)


def load_declared(url: str, root: Path = ROOT) -> None:
    """Run db/schema and db/functions in the order in which they load, as one transaction."""
    sources = [source.text for room in declared(root).values() for source in room]
    with closing(database.connect(url)) as connection:
        migrate.run_script(connection, "\n".join(["set local check_function_bodies = off;", *sources]))


def load_planned(url: str, root: Path = ROOT) -> None:
    """Deploy and verify the whole plan."""
    with closing(database.connect(url)) as connection:
        migrate.deploy(connection, root)
