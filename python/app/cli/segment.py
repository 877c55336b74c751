"""rookery segment: shows assets, their members and who came and went; edits specified sets."""

from __future__ import annotations

from typing import Annotated

import typer

from app import database
from app.cli.arguments import AsJson, Limit, Params, Source, StableKey, Subject, kind_params, x_ids
from app.cli.output import presentable, print_json, show_facts, show_rows
from app.cli.session import operator
from app.database import Connection
from app.errors import OperatorMistake

segments = typer.Typer(help="Look at segments and corpora; edit specified sets.", no_args_is_help=True)

Target = Annotated[
    str,
    typer.Argument(metavar="INSTANCE|KIND", help="An instance's id, or a kind and options that say which."),
]
Key = Annotated[str, typer.Argument(metavar="STABLE_KEY", help="The name of the specified set.")]
UserIds = Annotated[
    list[str], typer.Argument(metavar="IDS...", help="Ids of users at X; - reads them from standard input.")
]
NONE_YET = "no segments yet: rookery root enable KIND --subject ID"
LIST_HINT = "rookery segment list shows what there is"

INSTANCES = ("instance_id", "kind", "params", "wanted", "members", "revision", "materialized_at")
MATERIALIZATIONS = (
    "materialization_id", "status", "revision", "entered", "exited", "members", "completed_at",
    "error_message",
)  # fmt: skip
EVENTS = ("at", "event", "item_id", "is_first_appearance", "materialization_id")


@segments.command("list")
def list_instances(context: typer.Context, as_json: AsJson = False, limit: Limit = 100) -> None:
    """List every segment and corpus that there is."""
    with operator(context) as connection:
        rows = database.read_view(connection, "instances", order=["instance_id"], limit=limit)
    show_rows(rows, INSTANCES, as_json=as_json, empty=NONE_YET)


@segments.command()
def show(
    context: typer.Context,
    target: Target,
    subject: Subject = None,
    stable_key: StableKey = None,
    source: Source = None,
    params: Params = None,
    as_json: AsJson = False,
    limit: Limit = 10,
) -> None:
    """Show one segment or corpus and its latest materializations."""
    with operator(context) as connection:
        instance_id = _instance(connection, target, kind_params(subject, stable_key, source, params))
        which = {"instance_id": instance_id}
        facts = database.read_view(connection, "instances", where=which)[0]
        history = database.read_view(
            connection, "materializations", where=which, order=["-materialization_id"], limit=limit
        )
    if as_json:
        print_json(presentable({**facts, "materializations": [presentable(each) for each in history]}))
        return
    show_facts(facts, as_json=False)
    print()
    show_rows(history, MATERIALIZATIONS, as_json=False)


@segments.command()
def members(
    context: typer.Context,
    target: Target,
    subject: Subject = None,
    stable_key: StableKey = None,
    source: Source = None,
    params: Params = None,
    as_json: AsJson = False,
    limit: Limit = 100,
) -> None:
    """List who, or which posts, are in it now."""
    with operator(context) as connection:
        instance_id = _instance(connection, target, kind_params(subject, stable_key, source, params))
        rows = database.call(connection, "members", p_instance_id=instance_id, p_limit=limit)
    show_rows(rows, ("item_id", "since"), as_json=as_json, empty="no members")


@segments.command()
def events(
    context: typer.Context,
    target: Target,
    subject: Subject = None,
    stable_key: StableKey = None,
    source: Source = None,
    params: Params = None,
    as_json: AsJson = False,
    limit: Limit = 100,
) -> None:
    """List who entered and who left, newest first."""
    with operator(context) as connection:
        instance_id = _instance(connection, target, kind_params(subject, stable_key, source, params))
        rows = database.call(connection, "events", p_instance_id=instance_id, p_limit=limit)
    show_rows(rows, EVENTS, as_json=as_json, empty="no events yet")


@segments.command("set")
def set_users(context: typer.Context, stable_key: Key, ids: UserIds, as_json: AsJson = False) -> None:
    """Make the specified set exactly these users."""
    _edit(context, "specified_users_set", stable_key, ids, as_json)


@segments.command()
def add(context: typer.Context, stable_key: Key, ids: UserIds, as_json: AsJson = False) -> None:
    """Add users to a specified set."""
    _edit(context, "specified_users_add", stable_key, ids, as_json)


@segments.command()
def remove(context: typer.Context, stable_key: Key, ids: UserIds, as_json: AsJson = False) -> None:
    """Take users out of a specified set."""
    _edit(context, "specified_users_remove", stable_key, ids, as_json)


def _edit(context: typer.Context, function: str, stable_key: str, words: list[str], as_json: bool) -> None:
    user_ids = x_ids(words)
    with operator(context) as connection:
        size = database.call(connection, function, p_stable_key=stable_key, p_user_ids=user_ids)
    show_facts({"stable_key": stable_key, "users": size}, as_json=as_json)


def _instance(connection: Connection, target: str, params: dict[str, object]) -> int:
    """The instance meant: by its id, which takes no params, or by kind and params."""
    if not (target.isascii() and target.isdecimal()):
        found: int | None = database.call(connection, "instance_id", p_kind=target, p_params=params)
        if found is None:
            raise OperatorMistake(f"there is no {target} with these params", hint=LIST_HINT)
        return found
    if params:
        raise OperatorMistake(
            f"instance {target} was given with params", hint="an id takes no options, a kind does"
        )
    instance_id = int(target) if len(target) <= 18 else 0
    if not database.read_view(connection, "instances", where={"instance_id": instance_id}):
        raise OperatorMistake(f"there is no instance {target[:40]}", hint=LIST_HINT)
    return instance_id
