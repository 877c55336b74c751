"""Deploys the plan without sqitch but into sqitch's registry, so that either goes on after the other."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, LiteralString

import psycopg

from app.database import Connection, translated
from app.errors import MigrationFault
from app.plan import Change, Plan, read_plan
from app.resources import db_root, sql_text

# The number that sqitch itself locks, so that the two never deploy at the same time.
_LOCK = 75474063
_REGISTRY_RELEASE = 1.1
_COMMITTER = ("Rookery", "rookery@example.com")

_BEGIN = re.compile(r"^begin;[ \t]*$", re.IGNORECASE | re.MULTILINE)
_COMMIT = re.compile(r"^commit;[ \t]*$", re.IGNORECASE | re.MULTILINE)
_META = re.compile(r"^\\[a-z!]+", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Status:
    """How far a database is: names of deployed and pending changes, in the plan's order."""

    project: str
    deployed: tuple[str, ...]
    pending: tuple[str, ...]


def status(connection: Connection, root: Path | None = None) -> Status:
    """How far the database is. Raises MigrationFault for a plan that is not the one deployed."""
    plan = read_plan(root or db_root())
    with translated():
        ids = _deployed_ids(connection, plan)
    names = tuple(change.name for change in plan.changes)
    count = _count_deployed(plan, ids)
    return Status(plan.project, names[:count], names[count:])


def deploy(connection: Connection, root: Path | None = None) -> list[str]:
    """Deploy what is pending, each change in a transaction of its own; the names of the changes deployed.

    `connection` is autocommit and may become the owner. The first change that fails is rolled back, recorded
    as sqitch records it, and raised as a MigrationFault that names it; those before it stay.
    """
    plan = read_plan(root or db_root())
    scripts = {change.id: _script(plan, change) for change in plan.changes}
    with translated():
        _prepare_registry(connection, plan)
        deployed: list[str] = []
        while (change := _deploy_next(connection, plan, scripts)) is not None:
            deployed.append(change.name)
    return deployed


def run_script(connection: Connection, text: str) -> None:
    """Run SQL as it stands, in one transaction; for scripts of ours that are no migration."""
    with translated(), connection.transaction():
        _execute(connection, text)


# --- one change ------------------------------------------------------------------------------------


def _deploy_next(connection: Connection, plan: Plan, scripts: dict[str, tuple[str, str]]) -> Change | None:
    change: Change | None = None
    try:
        with connection.transaction():
            _lock(connection)
            count = _count_deployed(plan, _deployed_ids(connection, plan))
            if count == len(plan.changes):
                return None
            change = plan.changes[count]
            text, script_hash = scripts[change.id]
            _execute(connection, text)
            connection.execute("set local role none")
            _record(connection, plan, change, script_hash)
            return change
    except psycopg.Error as error:
        if change is None:
            raise
        if not connection.broken:
            _log_event(connection, "fail", plan, change)
        raise MigrationFault(
            _what_failed(change, scripts[change.id][0], error), hint=error.diag.message_hint
        ) from error


def _script(plan: Plan, change: Change) -> tuple[str, str]:
    """A change's script without its begin and commit, and sqitch's hash of the file."""
    path = plan.script("deploy", change)
    try:
        content = path.read_bytes()
        text = content.decode()
    except (OSError, UnicodeDecodeError) as error:
        raise MigrationFault(f"change {change.name}: {path} cannot be read: {error}") from None
    meta = _META.search(text)
    if meta is not None:
        raise MigrationFault(f"change {change.name}: {path} uses {meta[0]}, which only psql understands")
    begins, commits = list(_BEGIN.finditer(text)), list(_COMMIT.finditer(text))
    if not begins or not commits:
        raise MigrationFault(f"change {change.name}: {path} lacks its begin; or commit; line")
    # Blanks keep positions, and so line numbers, as they are in the file.
    for found in (begins[0], commits[-1]):
        text = text[: found.start()] + " " * (found.end() - found.start()) + text[found.end() :]
    return text, hashlib.sha1(content, usedforsecurity=False).hexdigest()


def _what_failed(change: Change, text: str, error: psycopg.Error) -> str:
    diag = error.diag
    place = ""
    if diag.statement_position is not None:
        place = f" (line {text[: int(diag.statement_position)].count(chr(10)) + 1} of its deploy script)"
    return f"change {change.name} cannot be deployed: {diag.message_primary or error}{place}"


# --- sqitch's registry -----------------------------------------------------------------------------


def _prepare_registry(connection: Connection, plan: Plan) -> None:
    with connection.transaction():
        _lock(connection)
        if not _registry_exists(connection):
            _execute(connection, sql_text("db/sqitch_registry.sql"))
            connection.execute(
                "insert into sqitch.releases (version, installer_name, installer_email) values (%s, %s, %s)",
                [_REGISTRY_RELEASE, *_COMMITTER],
            )
        connection.execute(
            "insert into sqitch.projects (project, uri, creator_name, creator_email) values (%s, %s, %s, %s)"
            " on conflict (project) do nothing",
            [plan.project, plan.uri, *_COMMITTER],
        )


def _registry_exists(connection: Connection) -> bool:
    return _value(connection, "select to_regclass('sqitch.changes') is not null") is True


def _deployed_ids(connection: Connection, plan: Plan) -> list[str]:
    if not _registry_exists(connection):
        return []
    rows = connection.execute(
        "select change_id from sqitch.changes where project = %s order by committed_at", [plan.project]
    )
    return [row[0] for row in rows]


def _count_deployed(plan: Plan, ids: list[str]) -> int:
    planned = [change.id for change in plan.changes]
    for position, identity in enumerate(ids):
        if position >= len(planned) or planned[position] != identity:
            place = plan.changes[position].name if position < len(planned) else "the plan's end"
            raise MigrationFault(
                f"the database was deployed from another plan: its change {position + 1} is not {place}",
                hint="use the version that deployed it, or a newer one",
            )
    return len(ids)


def _record(connection: Connection, plan: Plan, change: Change, script_hash: str) -> None:
    connection.execute(
        "insert into sqitch.changes (change_id, script_hash, change, project, note, committer_name,"
        " committer_email, planned_at, planner_name, planner_email)"
        " values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        [change.id, script_hash, change.name, plan.project, change.note, *_COMMITTER, *_planned(change)],
    )
    ids = {each.name: each.id for each in plan.changes}
    for name in change.requires:
        connection.execute(
            "insert into sqitch.dependencies (change_id, type, dependency, dependency_id)"
            " values (%s, 'require', %s, %s)",
            [change.id, name, ids[name.partition("@")[0]]],
        )
    for name in change.conflicts:
        connection.execute(
            "insert into sqitch.dependencies (change_id, type, dependency) values (%s, 'conflict', %s)",
            [change.id, name],
        )
    for tag in change.tags:
        connection.execute(
            "insert into sqitch.tags (tag_id, tag, project, change_id, note, committer_name, committer_email,"
            " planned_at, planner_name, planner_email) values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
            [
                tag.id,
                tag.name,
                plan.project,
                change.id,
                tag.note,
                *_COMMITTER,
                tag.date,
                tag.planner,
                tag.email,
            ],
        )
    _log_event(connection, "deploy", plan, change)


def _log_event(connection: Connection, event: str, plan: Plan, change: Change) -> None:
    connection.execute(
        "insert into sqitch.events (event, change_id, change, project, note, requires, conflicts, tags,"
        " committer_name, committer_email, planned_at, planner_name, planner_email)"
        " values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        [
            event,
            change.id,
            change.name,
            plan.project,
            change.note,
            list(change.requires),
            list(change.conflicts),
            [tag.name for tag in change.tags],
            *_COMMITTER,
            *_planned(change),
        ],
    )


def _planned(change: Change) -> list[str]:
    return [change.date, change.planner, change.email]


# --- statements ------------------------------------------------------------------------------------


def _lock(connection: Connection) -> None:
    connection.execute("select pg_catalog.pg_advisory_xact_lock(%s)", [_LOCK])


def _execute(connection: Connection, text: str) -> None:
    """Run text that may hold many statements; it comes from our own files."""
    connection.execute(text.encode())


def _value(connection: Connection, statement: LiteralString) -> Any:
    row = connection.execute(statement).fetchone()
    return None if row is None else row[0]
