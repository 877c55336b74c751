"""rookery why, why-not, verify, repair: asks for reasons, and holds a snapshot against what made it."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from psycopg.types.json import Jsonb

from app import database
from app.cli.arguments import (
    AsJson,
    Limit,
    Params,
    Source,
    StableKey,
    Subject,
    Target,
    User,
    kind_params,
)
from app.cli.output import show_rows
from app.cli.reasons import show_reason
from app.cli.run import why as why_run
from app.cli.session import operator
from app.cli.subjects import known_ids
from app.cli.targets import instance_of
from app.errors import OperatorMistake

whys = typer.Typer(help="Ask why something is as it is, and who asked for it.", no_args_is_help=True)
whys.command("run")(why_run)

FINDINGS = ("finding", "materialization_id", "item_id", "expected", "found", "remedy")
REPAIRS = ("finding", "remedy", "found_count", "item_ids")


@whys.command()
def materialization(
    context: typer.Context,
    materialization_id: Annotated[int, typer.Argument(metavar="MATERIALIZATION", min=1, help="Its id.")],
    as_json: AsJson = False,
) -> None:
    """Say who asked for a materialization, what moved, and which runs fed it."""
    with operator(context) as connection:
        reason = database.call(connection, "why", p_materialization_id=materialization_id)
        show_reason(connection, reason, as_json=as_json)


@whys.command()
def segment(
    context: typer.Context,
    target: Target,
    subject: Subject = None,
    stable_key: StableKey = None,
    source: Source = None,
    params: Params = None,
    as_json: AsJson = False,
) -> None:
    """Say why a segment or corpus is as it is: the materialization at which it stands."""
    with operator(context) as connection:
        instance_id = instance_of(connection, target, kind_params(subject, stable_key, source, params))
        (facts,) = database.read_view(connection, "instances", where={"instance_id": instance_id})
        if facts["checkpoint_id"] is None:
            raise OperatorMistake(
                f"instance {instance_id} was never materialized", hint=f"ask rookery why-not {instance_id}"
            )
        reason = database.call(connection, "why", p_materialization_id=facts["checkpoint_id"])
        show_reason(connection, reason, as_json=as_json)


@whys.command()
def user(context: typer.Context, name: User, as_json: AsJson = False) -> None:
    """Say where what is known of a user comes from, handles included."""
    with operator(context) as connection:
        (user_id,) = known_ids(connection, [name])
        _trace(connection, "user", str(user_id), as_json)


@whys.command()
def handle(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="HANDLE", help="With or without its @.")],
    as_json: AsJson = False,
) -> None:
    """Say who has a handle, and who took or lost it."""
    with operator(context) as connection:
        _trace(connection, "handle", name, as_json)


@whys.command()
def post(
    context: typer.Context,
    post_id: Annotated[int, typer.Argument(metavar="POST", min=1, help="The id of a post.")],
    as_json: AsJson = False,
) -> None:
    """Say where a post comes from."""
    with operator(context) as connection:
        _trace(connection, "post", str(post_id), as_json)


@whys.command()
def follow(context: typer.Context, follower: User, target: User, as_json: AsJson = False) -> None:
    """Say where "FOLLOWER follows TARGET" comes from, and what became of it."""
    with operator(context) as connection:
        follower_id, target_id = known_ids(connection, [follower, target])
        key = {"target_id": str(target_id), "follower_id": str(follower_id)}
        _trace(connection, "follow", key, as_json)


def why_not(
    context: typer.Context,
    target: Target,
    subject: Subject = None,
    stable_key: StableKey = None,
    source: Source = None,
    params: Params = None,
    as_json: AsJson = False,
) -> None:
    """Say what a segment or corpus waits for, and until when."""
    with operator(context) as connection:
        instance_id = instance_of(connection, target, kind_params(subject, stable_key, source, params))
        reason = database.call(connection, "why_not", p_instance_id=instance_id)
        show_reason(connection, reason, as_json=as_json)


def verify(
    context: typer.Context,
    target: Target,
    subject: Subject = None,
    stable_key: StableKey = None,
    source: Source = None,
    params: Params = None,
    as_json: AsJson = False,
    limit: Limit = 100,
) -> None:
    """Hold a segment or corpus against its events and its inputs, and change nothing.

    Ends with status 1 if something differs.
    """
    found = _check(context, "verify", target, kind_params(subject, stable_key, source, params))
    show_rows(found[:limit], FINDINGS, as_json=as_json, empty="all is in order")
    if any(row["finding"] != "note" for row in found):
        raise typer.Exit(1)


def repair(
    context: typer.Context,
    target: Target,
    subject: Subject = None,
    stable_key: StableKey = None,
    source: Source = None,
    params: Params = None,
    as_json: AsJson = False,
    limit: Limit = 100,
) -> None:
    """Verify a segment or corpus, and mend what can be mended."""
    found = _check(context, "repair", target, kind_params(subject, stable_key, source, params))
    show_rows(found[:limit], REPAIRS, as_json=as_json, empty="all was in order")


def _check(context: typer.Context, function: str, target: str, params: dict[str, Any]) -> list[database.Row]:
    with operator(context) as connection:
        instance_id = instance_of(connection, target, params)
        rows: list[database.Row] = database.call(connection, function, p_instance_id=instance_id)
    return rows


def _trace(connection: database.Connection, item_kind: str, key: object, as_json: bool) -> None:
    reason = database.call(connection, "provenance", p_item_kind=item_kind, p_key=Jsonb(key))
    show_reason(connection, reason, as_json=as_json)
