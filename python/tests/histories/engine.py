"""The engine under a history: a database that begins anew in milliseconds, and what can be seen of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from app import database, migrate
from app.database import Connection
from app.errors import RookeryError

# Nothing here waits for anybody: what does is at fault.
_OPTIONS = "&options=-c%20lock_timeout%3D2000"
# Histories; what they leave behind in the tables slows the next ones down, and autovacuum comes too late.
_WORN_AFTER = 5
_HELPERS = Path(__file__).resolve().parents[3] / "db" / "tests" / "helpers.sql"


def prepare(url: str) -> None:
    """Make a database that has the plan and the simulated clock ready for histories."""
    with closing(database.connect(url + _OPTIONS)) as connection:
        for path in (_HELPERS, Path(__file__).with_name("engine.sql")):
            migrate.run_script(connection, path.read_text(encoding="utf-8"))


class Engine:
    """Two sessions: `call` commits or is undone at once, what is `open` stays uncommitted meanwhile."""

    def __init__(self, connection: Connection, other: Connection) -> None:
        self._connection = connection
        self._other = other
        self._begun = 0

    def begin_anew(self, now: float, settings: dict[str, str]) -> None:
        """Bring the database to where it was after `prepare`, with these settings."""
        self._ask("begin_anew")
        self._begun += 1
        if self._begun % _WORN_AFTER == 0:
            self._connection.execute("vacuum")
        self.set_now(now)
        for name, value in settings.items():
            self._ask("set_setting", p_name=name, p_value=value)

    def set_now(self, now: float) -> None:
        """Set the clock, in seconds since 1970."""
        self._ask("set_now", p_seconds=now)

    def call(self, name: str, /, *, undone: bool = False, **arguments: Any) -> Any:
        """Call an api function; `undone` rolls it back in place of the commit, as a crash would."""
        if not undone:
            return database.call(self._connection, name, **_prefixed(arguments))
        with self._connection.transaction(force_rollback=True):
            return database.call(self._connection, name, **_prefixed(arguments))

    @contextmanager
    def open(self, name: str, /, *, undone: bool, **arguments: Any) -> Iterator[Any]:
        """Call an api function in the other session, and commit it (or not) at the end of the block."""
        with self._other.transaction(force_rollback=undone):
            yield database.call(self._other, name, **_prefixed(arguments))

    @contextmanager
    def trial(self) -> Iterator[None]:
        """Whatever is called within the block is undone at its end."""
        with self._connection.transaction(force_rollback=True):
            yield

    def see(self, what: str, **arguments: Any) -> Any:
        """What one of the functions of engine.sql shows."""
        return self._ask(what, **_prefixed(arguments))

    def _ask(self, name: str, /, **arguments: Any) -> Any:
        return database.call(self._connection, name, schema="test", **arguments)


@contextmanager
def engine(url: str, *, plans: str = "force_generic_plan") -> Iterator[Engine]:
    """The engine of a prepared database, for the length of the block; it plans no statement twice."""
    url += _OPTIONS + f"%20-c%20plan_cache_mode%3D{plans}"
    with closing(database.connect(url)) as connection, closing(database.connect(url)) as other:
        yield Engine(connection, other)


def _prefixed(arguments: dict[str, Any]) -> dict[str, Any]:
    return {f"p_{name}": value for name, value in arguments.items()}


__all__ = ["Engine", "RookeryError", "engine", "prepare"]
