"""Deploys, reverts and verifies the plan without sqitch but in sqitch's registry, so that either goes on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg.pq import TransactionStatus

from app import registry, standing
from app.changes import Change, Plan
from app.database import Connection, translated
from app.errors import MigrationFault
from app.plan import read_plan
from app.resources import db_root
from app.scripts import Script, read_script


@dataclass(frozen=True, slots=True)
class Status:
    """How far a database is: names of changes in the plan's order, and those edited since they were run."""

    project: str
    deployed: tuple[str, ...]
    pending: tuple[str, ...]
    edited: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What verifying a deployed change found; `problem` is None where all is well."""

    change: str
    problem: str | None


def status(connection: Connection, root: Path | None = None) -> Status:
    """How far the database is. Raises MigrationFault for a plan that is not the one deployed."""
    plan = read_plan(root or db_root())
    with translated():
        rows = registry.deployed(connection, plan)
    count = standing.count_deployed(plan, rows)
    names = tuple(change.name for change in plan.changes)
    return Status(plan.project, names[:count], names[count:], tuple(standing.edited(plan, rows)))


def deploy(connection: Connection, root: Path | None = None, *, to: str | None = None) -> list[str]:
    """Deploy what is pending, up to the change that `to` refers to; the names of the changes deployed.

    Each change has a transaction of its own, its verify script included. `connection` is autocommit and may
    become the owner. The first change that fails is rolled back, recorded as sqitch records it, and raised as
    a MigrationFault that names it; those before it stay. Nothing runs where a deployed script was edited.
    """
    plan = read_plan(root or db_root())
    goal = len(plan.changes) if to is None else standing.index_of(plan, to) + 1
    scripts = {change.id: _scripts(plan, change) for change in plan.changes[:goal]}
    with translated():
        count = _begin_deploy(connection, plan, goal)
        done: list[str] = []
        while (change := _deploy_next(connection, plan.first(goal), scripts, count)) is not None:
            count = plan.changes.index(change) + 1
            done.append(change.name)
    return done


def revert(connection: Connection, root: Path | None = None, *, to: str | None = None) -> list[str]:
    """Revert, last first, what was deployed after the change that `to` refers to, or all; the names reverted.

    Each change has a transaction of its own; the first that fails is rolled back and raised as a
    MigrationFault that names it.
    """
    plan = read_plan(root or db_root())
    with translated():
        count = standing.count_deployed(plan, registry.deployed(connection, plan))
        goal = 0 if to is None else standing.index_of(plan, to, count) + 1
        scripts = {change.id: read_script(plan, "revert", change) for change in plan.changes[goal:count]}
        needing = registry.requiring(connection, plan.changes[goal:count]) if scripts else []
        if needing:
            raise MigrationFault(f"{', '.join(needing)} is deployed and requires what is to be reverted")
        done: list[str] = []
        while count > goal:
            change = plan.changes[count - 1]
            _revert_last(connection, plan, change, scripts[change.id])
            count -= 1
            done.append(change.name)
    return done


def verify(connection: Connection, root: Path | None = None) -> list[Verdict]:
    """Run the verify script of every deployed change, and compare what was run with the files of today."""
    plan = read_plan(root or db_root())
    with translated():
        rows = registry.deployed(connection, plan)
        count = standing.count_deployed(plan, rows)
        changed = standing.edited(plan, rows)
        return [
            Verdict(change.name, problem(connection, plan, change) or changed.get(change.name))
            for change in plan.changes[:count]
        ]


def run_script(connection: Connection, text: str) -> None:
    """Run SQL as it stands, in one transaction; for scripts of ours that are no migration."""
    with translated(), connection.transaction():
        _execute(connection, text)


# --- one change ------------------------------------------------------------------------------------


def _deploy_next(
    connection: Connection, plan: Plan, scripts: Mapping[str, tuple[Script, Script]], expected: int
) -> Change | None:
    """Deploy the next change of the plan, whoever deployed those before it; None if there is none."""
    with connection.transaction():
        registry.lock(connection)
        count = standing.count_deployed(plan, registry.deployed(connection, plan), beyond=True)
        if count < expected:
            raise MigrationFault(f"change {plan.changes[count].name} was reverted while this deployed")
        if count >= len(plan.changes):
            return None
        change = plan.changes[count]
        fault = _try(connection, change, *scripts[change.id])
        if fault is None:
            registry.record_deploy(connection, plan, change, scripts[change.id][0].hash)
        else:
            registry.record_failure(connection, plan, change)
    if fault is not None:
        raise fault
    return change


def _try(connection: Connection, change: Change, script: Script, check: Script) -> MigrationFault | None:
    """Run a change's deploy and verify script; where one fails nothing of them remains."""
    try:
        with connection.transaction():
            _run(connection, script, f"change {change.name} cannot be deployed")
            with connection.transaction(force_rollback=True):
                _run(connection, check, f"change {change.name} fails its verify script, and was taken back")
    except MigrationFault as fault:
        if connection.broken:
            raise
        return fault
    return None


def _begin_deploy(connection: Connection, plan: Plan, goal: int) -> int:
    """Check what is deployed and what is to be, and bring the registry up to date; how many are deployed."""
    with connection.transaction():
        registry.lock(connection)
        rows = registry.deployed(connection, plan)
        count = standing.count_deployed(plan, rows)
        for name, problem in standing.edited(plan, rows).items():
            raise MigrationFault(
                f"change {name} {problem}",
                hint="put the file back as it was, and write another change; what is deployed stays as it is",
            )
        if goal < count:
            raise MigrationFault(
                f"{plan.changes[goal - 1].name} is before {plan.changes[count - 1].name}, which is deployed",
                hint="to go back, use `rookery db revert --to`",
            )
        for index in range(count, goal):
            standing.check_dependencies(connection, plan, index)
        registry.prepare(connection, plan)
        return count


def _revert_last(connection: Connection, plan: Plan, change: Change, script: Script) -> None:
    with connection.transaction():
        registry.lock(connection)
        count = standing.count_deployed(plan, registry.deployed(connection, plan))
        if count == 0 or plan.changes[count - 1] != change:
            raise MigrationFault(f"change {change.name} is not the last any more: something else deploys too")
        _run(connection, script, f"change {change.name} cannot be reverted")
        registry.record_revert(connection, plan, change)


def problem(connection: Connection, plan: Plan, change: Change) -> str | None:
    """What is wrong with a change by its verify script; None if nothing is."""
    try:
        with connection.transaction(force_rollback=True):
            _run(
                connection,
                read_script(plan, "verify", change),
                f"change {change.name} fails its verify script",
            )
    except MigrationFault as fault:
        return fault.message
    return None


# --- statements ------------------------------------------------------------------------------------


def _scripts(plan: Plan, change: Change) -> tuple[Script, Script]:
    return read_script(plan, "deploy", change), read_script(plan, "verify", change)


def _run(connection: Connection, script: Script, what: str) -> None:
    """Run a script in the transaction that is open; a MigrationFault says what failed and on which line."""
    try:
        _execute(connection, script.text)
        if connection.info.transaction_status != TransactionStatus.INTRANS:
            raise MigrationFault(f"{what}: {script.path} ends the transaction that it runs in")
        # What was put off to the commit would fail there, where nobody could say whose it was.
        connection.execute("set constraints all immediate; set local role none")
    except psycopg.Error as error:
        diag = error.diag
        place = ""
        if diag.statement_position is not None:
            line = script.line_at(int(diag.statement_position))
            place = f" ({script.path.parent.name}/{script.path.name} line {line})"
        raise MigrationFault(
            f"{what}: {diag.message_primary or error}{place}", hint=diag.message_hint
        ) from error


def _execute(connection: Connection, text: str) -> None:
    """Run text that may hold many statements; it comes from our own files."""
    connection.execute(text.encode())
