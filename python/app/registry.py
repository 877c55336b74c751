"""Sqitch's registry in the database: what it would write, we write, to the last column."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, LiteralString

from app.changes import Change, Dependency, Plan
from app.database import Connection
from app.errors import MigrationFault
from app.resources import sql_text

# The number that sqitch itself locks, so that the two never deploy at the same time.
_LOCK = 75474063
_RELEASE = 1.1
_COMMITTER = ("Rookery", "rookery@example.com")


@dataclass(frozen=True, slots=True)
class Deployed:
    """A change as the registry has it; `script_hash` is that of the script that was run."""

    id: str
    name: str
    script_hash: str | None


def lock(connection: Connection) -> None:
    """Keep everybody else, sqitch included, from deploying until this transaction ends; waits for them."""
    connection.execute("select pg_catalog.pg_advisory_xact_lock(%s)", [_LOCK])


def prepare(connection: Connection, plan: Plan) -> None:
    """Make the registry where it is missing, put the plan's project into it, and its newest tags."""
    if not exists(connection):
        connection.execute(sql_text("db/sqitch_registry.sql").encode())
        connection.execute(
            "insert into sqitch.releases (version, installer_name, installer_email) values (%s, %s, %s)",
            [_RELEASE, *_COMMITTER],
        )
    _check_release(connection)
    found = _row(connection, "select uri from sqitch.projects where project = %s", [plan.project])
    if found is None:
        connection.execute(
            "insert into sqitch.projects (project, uri, creator_name, creator_email) values (%s, %s, %s, %s)",
            [plan.project, plan.uri, *_COMMITTER],
        )
    elif found[0] != plan.uri:
        raise MigrationFault(
            f"the plan's %uri is {plan.uri or 'not set'}, and the registry knows project {plan.project}"
            f" with {found[0] or 'none'}"
        )
    _add_new_tags(connection, plan)


def exists(connection: Connection) -> bool:
    """Whether there is a registry."""
    return _row(connection, "select to_regclass('sqitch.changes') is not null", []) == (True,)


def deployed(connection: Connection, plan: Plan) -> list[Deployed]:
    """The changes of the plan's project that are deployed, oldest first."""
    if not exists(connection):
        return []
    rows = connection.execute(
        "select change_id, change, script_hash from sqitch.changes where project = %s order by committed_at",
        [plan.project],
    )
    return [Deployed(*row) for row in rows]


def record_deploy(connection: Connection, plan: Plan, change: Change, script_hash: str) -> None:
    """Record that the change is deployed now."""
    connection.execute(
        "insert into sqitch.changes (change_id, script_hash, change, project, note, committer_name,"
        " committer_email, planned_at, planner_name, planner_email)"
        " values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        [change.id, script_hash, change.name, plan.project, change.note, *_COMMITTER, *_planned(change)],
    )
    rows = [("require", str(each), resolve(connection, plan, each)) for each in change.requires]
    rows += [("conflict", str(each), None) for each in change.conflicts]
    for row in rows:
        connection.execute(
            "insert into sqitch.dependencies (change_id, type, dependency, dependency_id)"
            " values (%s, %s, %s, %s)",
            [change.id, *row],
        )
    _add_tags(connection, plan, change)
    names = [tag.name for tag in change.tags]
    _log(connection, "deploy", plan, change, change.requires, change.conflicts, names)


def record_revert(connection: Connection, plan: Plan, change: Change) -> None:
    """Record that the change is not deployed any more."""
    tags = connection.execute("delete from sqitch.tags where change_id = %s returning tag", [change.id])
    names = [row[0] for row in tags]
    found = _row(
        connection,
        "with d as (select dependency, type from sqitch.dependencies where change_id = %(id)s)"
        " select array(select dependency from d where type = 'require'),"
        " array(select dependency from d where type = 'conflict')",
        {"id": change.id},
    )
    requires, conflicts = found or ([], [])
    connection.execute("delete from sqitch.changes where change_id = %s", [change.id])
    _log(connection, "revert", plan, change, requires, conflicts, names)


def record_failure(connection: Connection, plan: Plan, change: Change) -> None:
    """Record that deploying the change failed."""
    names = [tag.name for tag in change.tags]
    _log(connection, "fail", plan, change, change.requires, change.conflicts, names)


def requiring(connection: Connection, changes: Iterable[Change]) -> list[str]:
    """The deployed changes, of whatever project, that require one of these and are none of these."""
    rows = connection.execute(
        "select distinct c.project || ':' || c.change from sqitch.dependencies as d"
        " join sqitch.changes as c using (change_id)"
        " where d.dependency_id = any(%(ids)s) and not d.change_id = any(%(ids)s)",
        {"ids": [change.id for change in changes]},
    )
    return sorted(row[0] for row in rows)


def resolve(connection: Connection, plan: Plan, dependency: Dependency) -> str | None:
    """The id of the deployed change that a dependency means; None where there is none."""
    index = None if dependency.project else plan.index_of(dependency.reference)
    if index is not None:
        identity = plan.changes[index].id
    elif dependency.id:
        identity = dependency.id
    else:
        return _resolve_by_name(connection, dependency.project or plan.project, dependency)
    found = _row(connection, "select change_id from sqitch.changes where change_id = %s", [identity])
    return None if found is None else str(found[0])


def _resolve_by_name(connection: Connection, project: str, dependency: Dependency) -> str | None:
    found = _row(
        connection,
        "select c.change_id from sqitch.changes as c"
        " left join sqitch.tags as t on t.project = c.project and t.tag = '@' || %(tag)s::text"
        " where c.project = %(project)s and (%(name)s::text = '' or c.change = %(name)s)"
        "  and (%(tag)s::text = '' or t.change_id = c.change_id"
        "       or (%(name)s::text <> '' and c.committed_at <= t.committed_at))"
        " order by case when %(tag)s::text = '' then c.committed_at end, c.committed_at desc limit 1",
        {"project": project, "name": dependency.name, "tag": dependency.tag},
    )
    return None if found is None else str(found[0])


def _check_release(connection: Connection) -> None:
    found = _row(connection, "select max(version)::text from sqitch.releases", [])
    release = found[0] if found else None
    if release != str(_RELEASE):
        raise MigrationFault(
            f"sqitch's registry is of release {release or 'none'}, and Rookery keeps one of {_RELEASE}",
            hint="an older one is brought up by `sqitch upgrade`; a newer one needs a newer Rookery",
        )


def _add_new_tags(connection: Connection, plan: Plan) -> None:
    """Sqitch looks for tags that are new to the registry at the last deployed change, and there only."""
    last = deployed(connection, plan)[-1:]
    for change in plan.changes:
        if last and change.id == last[0].id:
            _add_tags(connection, plan, change)


def _add_tags(connection: Connection, plan: Plan, change: Change) -> None:
    for tag in change.tags:
        connection.execute(
            "insert into sqitch.tags (tag_id, tag, project, change_id, note, committer_name, committer_email,"
            " planned_at, planner_name, planner_email) values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
            " on conflict (tag_id) do nothing",
            [tag.id, tag.name, plan.project, change.id, tag.note, *_COMMITTER, *_planned(tag)],
        )


def _log(
    connection: Connection,
    event: str,
    plan: Plan,
    change: Change,
    requires: Iterable[Dependency | str],
    conflicts: Iterable[Dependency | str],
    tags: list[str],
) -> None:
    lists = [[str(each) for each in requires], [str(each) for each in conflicts], tags]
    connection.execute(
        "insert into sqitch.events (event, change_id, change, project, note, requires, conflicts, tags,"
        " committer_name, committer_email, planned_at, planner_name, planner_email)"
        " values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        [event, change.id, change.name, plan.project, change.note, *lists, *_COMMITTER, *_planned(change)],
    )


def _planned(planned: Any) -> list[str]:
    return [planned.date, planned.planner, planned.email]


def _row(connection: Connection, statement: LiteralString, parameters: Any) -> tuple[Any, ...] | None:
    return connection.execute(statement, parameters).fetchone()
