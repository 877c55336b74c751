"""Holds the registry against the plan: how far a database is, and whether the plan may go on from there."""

from __future__ import annotations

from collections.abc import Sequence

from app import registry
from app.changes import Plan
from app.database import Connection
from app.errors import MigrationFault
from app.registry import Deployed
from app.scripts import script_hash


def check_dependencies(connection: Connection, plan: Plan, index: int) -> None:
    """Raise MigrationFault if the change there requires what is missing, or conflicts with what is there."""
    change = plan.changes[index]
    known = registry.exists(connection)
    for each in change.conflicts:
        at = None if each.project or each.id else plan.index_of(each.reference)
        if at is None and not each.project and not each.id:
            raise MigrationFault(f"change {change.name} conflicts with {each}, which is not planned")
        if (at is not None and at < index) or (known and registry.resolve(connection, plan, each)):
            raise MigrationFault(f"change {change.name} conflicts with {each}, which is deployed before it")
    for each in change.requires:
        at = plan.index_of(each.reference) if not each.project else None
        if at is None and not (known and registry.resolve(connection, plan, each)):
            raise MigrationFault(f"change {change.name} requires {each}, which is not deployed")


def index_of(plan: Plan, reference: str, deployed: int | None = None) -> int:
    """Where a reference points among all changes, or among those `deployed`."""
    among = plan if deployed is None else plan.first(deployed)
    index = among.index_of(reference)
    if index is None:
        planned = plan.index_of(reference) is not None
        reason = "planned, but not deployed" if planned else "no change of the plan, nor a tag"
        raise MigrationFault(f"{reference} is {reason}", hint="`rookery db status` lists them")
    return index


def count_deployed(plan: Plan, rows: Sequence[Deployed], *, beyond: bool = False) -> int:
    """How many changes are deployed, if they are the plan's first; `beyond` allows for more than it has."""
    for position, row in enumerate(rows):
        if position >= len(plan.changes) and beyond:
            break
        if position >= len(plan.changes) or plan.changes[position].id != row.id:
            place = plan.changes[position].name if position < len(plan.changes) else "the plan's end"
            raise MigrationFault(
                f"the database was deployed from another plan: its change {position + 1} is {row.name},"
                f" and not {place}",
                hint="use the version that deployed it, or a newer one",
            )
    return len(rows)


def edited(plan: Plan, rows: Sequence[Deployed]) -> dict[str, str]:
    """The deployed changes whose deploy script is not the one that was run, and what is wrong with it."""
    found: dict[str, str] = {}
    for change, row in zip(plan.changes, rows, strict=False):
        path = plan.script("deploy", change)
        if not path.is_file():
            found[change.name] = f"is deployed, and its script {path} is missing"
        elif row.script_hash is not None and script_hash(path.read_bytes()) != row.script_hash:
            found[change.name] = f"was edited after it was deployed: {path}"
    return found
