"""rookery user: who somebody is, under which handles, in which segments; and to forget them."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from app import database
from app.cli.arguments import AsJson, Limit, Offline, User
from app.cli.output import presentable, print_json, show_facts, show_rows
from app.cli.session import operator
from app.cli.subjects import ids, known_ids, with_handles
from app.cli.why import user as why_user
from app.database import Connection, Row
from app.errors import OperatorMistake

users = typer.Typer(help="Look at a user: profile, handles, segments; forget one.", no_args_is_help=True)
users.command("provenance")(why_user)

SEGMENTS = (
    "instance_id", "kind", "params", "is_current", "since", "left_at", "wanted", "materialization_id",
)  # fmt: skip
HANDLES = ("changed_at", "old_handle", "new_handle", "run_id", "event_id")


@users.command()
def show(
    context: typer.Context, name: User, offline: Offline = False, as_json: AsJson = False, limit: Limit = 20
) -> None:
    """Show a user as last seen, the handles before this one, and the segments that hold the user."""
    with operator(context) as connection:
        (user_id,) = ids(connection, [name], offline=offline)
        found = database.read_view(connection, "users", where={"user_id": user_id})
        if not found:
            raise OperatorMistake(
                f"nothing is known of user {user_id}", hint=f"rookery sync users {user_id} asks X"
            )
        handles = _handles(connection, user_id, limit)
        segments = _segments(connection, user_id, limit)
    if as_json:
        lists = {"handle_changes": handles, "segments": segments}
        parts = {part: [presentable(row) for row in rows] for part, rows in lists.items()}
        print_json(presentable({**found[0], **parts}))
        return
    show_facts({each: value for each, value in found[0].items() if value is not None}, as_json=False)
    print()
    show_rows(handles, HANDLES, as_json=False, empty="the handle has not changed since the first sight")
    print()
    show_rows(segments, SEGMENTS, as_json=False, empty="in no segment")


@users.command("segments")
def list_segments(context: typer.Context, name: User, as_json: AsJson = False, limit: Limit = 100) -> None:
    """List the segments that hold a user and since when, then those that the user has left."""
    with operator(context) as connection:
        (user_id,) = known_ids(connection, [name])
        rows = _segments(connection, user_id, limit)
    show_rows(rows, SEGMENTS, as_json=as_json, empty="in no segment")


@users.command("handles")
def list_handles(context: typer.Context, name: User, as_json: AsJson = False, limit: Limit = 100) -> None:
    """List the transitions of a user's handle, newest first."""
    with operator(context) as connection:
        (user_id,) = known_ids(connection, [name])
        rows = _handles(connection, user_id, limit)
    show_rows(rows, HANDLES, as_json=as_json, empty="the handle has not changed since the first sight")


@users.command()
def forget(
    context: typer.Context,
    name: User,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask whether that is meant.")] = False,
    as_json: AsJson = False,
) -> None:
    """Forget a user for good: handles, profile, counts, texts of posts. Numbers stay; no way leads back."""
    with operator(context) as connection:
        (user_id,) = known_ids(connection, [name])
        if not yes and not (
            sys.stdin.isatty() and typer.confirm(f"Forget user {user_id} for good?", err=True)
        ):
            raise OperatorMistake("nobody was forgotten", hint="say --yes where nobody can be asked")
        show_facts(database.call(connection, "user_forget", p_user_id=user_id), as_json=as_json)


def _segments(connection: Connection, user_id: int, limit: int) -> list[Row]:
    found = database.call(connection, "memberships", p_user_id=user_id, p_limit=limit)
    return with_handles(connection, found)


def _handles(connection: Connection, user_id: int, limit: int) -> list[Row]:
    return database.read_view(
        connection, "handle_changes", where={"user_id": user_id}, order=["-change_id"], limit=limit
    )
