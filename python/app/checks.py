"""What a person should know, as every door shows it: rows of api.checks, or why there are none."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

from app.database import Row
from app.errors import NotPermitted, RookeryError, SchemaMissing, ServerUnsuitable

State = Literal["ok", "warning", "failing"]
WORST_FIRST: tuple[State, ...] = ("failing", "warning", "ok")
# Their words are of this installation alone. Those of the others may name users, and what is kept of them.
OF_THE_INSTALLATION = frozenset({"schema", "database", "server", "login", "worker", "provider"})


def check(name: str, state: State, says: str, mend: str | None = None) -> Row:
    """A check that the database cannot make itself, in the shape of those that it makes."""
    return {"check_name": name, "state": state, "says": says, "mend": mend, "since_at": None}


def no_answer(fault: RookeryError) -> Row:
    """The check for a database that cannot be asked, without naming where it is."""
    match fault:
        case SchemaMissing():
            says = "a migration is behind: the database lacks what this version calls"
            return check("schema", "failing", says, "rookery db deploy")
        case NotPermitted():
            return check(
                "login", "failing", "the database refuses this login", "use one that has the role for it"
            )
        case ServerUnsuitable():
            return check("server", "failing", fault.message, fault.hint)
    return check("database", "failing", "the database does not answer", "start it, or mend the URL")


def worst(rows: Iterable[Row]) -> State:
    """The state that stands for all."""
    states = {row["state"] for row in rows}
    return next((each for each in WORST_FIRST if each in states), "ok")


def as_json(row: Row) -> dict[str, Any]:
    """A check as every door writes it: what is not known is left out."""
    since = row["since_at"]
    told = {"check": row["check_name"], "state": row["state"], "says": row["says"], "mend": row["mend"]}
    told["since"] = since.isoformat() if since else None
    return {name: value for name, value in told.items() if value is not None}


def for_strangers(row: Row) -> dict[str, Any]:
    """A check for whoever asks, without the words of one that may name users."""
    told = as_json(row)
    return (
        told
        if row["check_name"] in OF_THE_INSTALLATION
        else {name: told[name] for name in ("check", "state")}
    )
