"""Looks for what is wrong: asks the database for what it knows of itself, and sees to the rest."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from app import database
from app.checks import check, no_answer
from app.database import Connection, Row
from app.driver.engine import Call
from app.driver.sender import Failure, Response, Sender, SenderOptions
from app.errors import MigrationFault, RookeryError
from app.plan import read_plan
from app.resources import db_root
from app.scripts import script_hash
from app.settings_shown import unknown
from app.variables import Settings

NEWEST_SERVER = 18
# The one call that X charges nobody for: the posts read this month. No budget needs to know of it.
FREE_CALL = Call(0, "GET", "/2/usage/tweets", {})
GIBIBYTE = 2**30
LITTLE, HARDLY_ANY = GIBIBYTE, GIBIBYTE // 10


def of_settings(settings: Settings) -> Iterator[Row]:
    """Variables that mean nothing, and a token that is not there."""
    known = [check("settings", "warning", says, "mend its name, or unset it") for says in unknown()]
    yield from known or [check("settings", "ok", "every variable that is set is known")]
    if settings.bearer_token is not None:
        yield check("token", "ok", "X_BEARER_TOKEN is set; --live asks X whether it takes it, for nothing")
    elif settings.lacks_token:
        mend = "set it to the bearer token of your X app"
        yield check("token", "warning", "X_BEARER_TOKEN is not set: nothing is bought", mend)
    else:
        yield check("token", "ok", "no token is set, and none is needed for an X that is simulated")


def of_disk(data_dir: Path) -> Row:
    """Whether the embedded database has room to grow."""
    there = next(each for each in (data_dir, *data_dir.absolute().parents) if each.exists())
    free = shutil.disk_usage(there).free
    says = f"{free / GIBIBYTE:.1f} GiB are free for the embedded database in {data_dir}"
    if free >= LITTLE:
        return check("disk", "ok", says)
    mend = "make room, or move the folder and name it by ROOKERY_DATA_DIR"
    return check("disk", "failing" if free < HARDLY_ANY else "warning", says, mend)


def of_connections(urls: Mapping[str, str]) -> tuple[list[Row], dict[str, str]]:
    """The server, and which process, by its URL, does not reach it; and the logins of those that do."""
    logins: dict[str, str] = {}
    servers: dict[str, Row] = {}
    unreached: list[Row] = []
    for process, url in urls.items():
        try:
            with closing(database.connect(url, application="rookery doctor")) as connection:
                logins[process] = connection.info.user
                server = _of_server(connection)
                servers[server["says"]] = server
        except RookeryError as fault:
            # The URL is the operator's own: what the server said of it may be shown.
            unreached.append(
                check("connection", "failing", f"none for the {process} login: {fault.message}", fault.hint)
            )
    return [*servers.values(), *unreached], logins


def of_database(connection: Connection, logins: Mapping[str, str]) -> list[Row]:
    """All that the database knows, as `select * from doctor(…)` says it."""
    try:
        rows: list[Row] = database.call(
            connection,
            "doctor",
            p_plan=_plan(),
            p_logins=[{"process": process, "login": login} for process, login in logins.items()],
            p_clock=datetime.now(UTC),
        )
    except MigrationFault as fault:
        return [check("schema", "failing", fault.message, fault.hint)]
    except RookeryError as fault:
        return [no_answer(fault)]
    return rows


def of_token(connection: Connection, options: SenderOptions) -> Row:
    """What X says to the free call, in the words in which the database tells of every answer."""
    match asyncio.run(_send(options)):
        case Response(status, headers, body):
            row: Row
            (row,) = database.call(connection, "token_check", p_status=status, p_headers=headers, p_body=body)
            return row
        case Failure(reason, detail):
            mend = "look at the network here, and at X_API_BASE_URL"
            return check("token", "failing", f"X gave no answer ({reason}: {detail})", mend)


async def _send(options: SenderOptions) -> Response | Failure:
    sender = Sender(options)
    try:
        return await sender.send(FREE_CALL)
    finally:
        await sender.close()


def _of_server(connection: Connection) -> Row:
    major, minor = divmod(connection.info.server_version, 10000)
    says = f"PostgreSQL {major}.{minor}, {connection.info.parameter_status('server_encoding')}"
    if major > NEWEST_SERVER:
        mend = f"use one from {database.OLDEST_SERVER} to {NEWEST_SERVER}"
        return check("server", "warning", f"{says}: newer than what this version was tried with", mend)
    return check("server", "ok", says)


def _plan() -> list[Row]:
    """The plan as sqitch's registry would have it."""
    plan = read_plan(db_root())
    return [
        {
            "change_id": change.id,
            "change": change.name,
            "script_hash": script_hash(plan.script("deploy", change).read_bytes()),
        }
        for change in plan.changes
    ]
