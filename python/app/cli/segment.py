"""rookery segment, corpus: shows assets, their members and who came and went; edits specified sets."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from app import database, lists
from app.cli import exports, listing
from app.cli.arguments import (
    AsJson,
    Limit,
    Offline,
    Params,
    Source,
    StableKey,
    Subject,
    Target,
    kind_params,
    words_of,
)
from app.cli.output import presentable, print_json, show_facts, show_rows
from app.cli.session import operator
from app.cli.subjects import ids, with_handles
from app.cli.targets import instance_of
from app.database import Connection, Row
from app.errors import OperatorMistake

segments = typer.Typer(help="Look at segments and corpora; edit specified sets.", no_args_is_help=True)
corpora = typer.Typer(help="Look at corpora: the posts of a segment's members.", no_args_is_help=True)

Key = Annotated[str, typer.Argument(metavar="STABLE_KEY", help="The name of the specified set.")]
Users = Annotated[
    list[str],
    typer.Argument(metavar="USERS...", help="@handles, handles, links or ids; - reads them from stdin."),
]
At = Annotated[
    str | None, typer.Option("--at", metavar="TIME", help="As it was then: 2026-11-01 (UTC), or 7d ago.")
]
AsOf = Annotated[
    int | None,
    typer.Option("--as-of", metavar="MATERIALIZATION", help="As it was after that materialization."),
]
Since = Annotated[
    str,
    typer.Option("--since", "--from", metavar="MOMENT", help="A materialization, a time, or how long ago."),
]
Until = Annotated[str | None, typer.Option("--to", metavar="MOMENT", help="Likewise; else now.")]
FindOut = Annotated[
    bool, typer.Option("--find-out", help="Have those looked up who left for unknown reasons; it costs.")
]
Some = Annotated[
    int | None, typer.Option("--limit", min=1, metavar="N", help="At most so many rows; of a table 100.")
]
NONE_YET = "no segments yet: rookery root enable KIND --subject USER"

INSTANCES = ("instance_id", "kind", "params", "wanted", "members", "revision", "materialized_at")
MATERIALIZATIONS = (
    "materialization_id", "status", "revision", "entered", "exited", "members", "completed_at",
    "error_message",
)  # fmt: skip
MEMBERS = {
    "user": ("item_id", "handle", "name", "followers_count", "since"),
    "post": ("item_id", "author_id", "posted_at", "text", "since"),
}
DESCRIPTIONS = {
    "user": ("users", "user_id", ("handle", "name", "followers_count")),
    "post": ("posts", "post_id", ("author_id", "posted_at", "text")),
}
EVENTS = ("at", "event", "item_id", "handle", "text", "is_first_appearance", "materialization_id")


@segments.command("list")
def list_instances(context: typer.Context, as_json: AsJson = False, limit: Limit = 100) -> None:
    """List every segment and corpus that there is."""
    _list(context, {}, as_json, limit)


@corpora.command("list")
def list_corpora(context: typer.Context, as_json: AsJson = False, limit: Limit = 100) -> None:
    """List every corpus that there is."""
    _list(context, {"item_kind": "post"}, as_json, limit)


@corpora.command()
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
        instance_id = instance_of(connection, target, kind_params(subject, stable_key, source, params))
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
    show_rows(history, MATERIALIZATIONS, as_json=False, empty="not materialized yet; see rookery why-not")


@corpora.command("posts")
@segments.command()
def members(
    context: typer.Context,
    target: Target,
    subject: Subject = None,
    stable_key: StableKey = None,
    source: Source = None,
    params: Params = None,
    at: At = None,
    as_of: AsOf = None,
    format_: exports.FormatOption = None,
    output: exports.Output = None,
    profiles: exports.Profiles = False,
    as_json: AsJson = False,
    limit: Some = None,
) -> None:
    """List who, or which posts, are in it: now, or as it was."""
    if at is not None and as_of is not None:
        raise OperatorMistake("--at was given beside --as-of", hint="give one or the other")
    wanted = exports.wish(format_, output, limit, as_json=as_json)
    with operator(context) as connection:
        instance_id = instance_of(connection, target, kind_params(subject, stable_key, source, params))
        if wanted is not None or profiles:
            said = str(as_of) if as_of is not None else at
            listed = lists.members(instance_id, listing.moment(connection, instance_id, said))
            listing.give(connection, instance_id, listed, wanted, profiles, limit, as_json)
            return
        rows: list[Row] = []
        moment = _moment(connection, instance_id, at, as_of)
        if moment is not None:
            rows = database.call(
                connection, **moment, p_instance_id=instance_id, p_limit=limit or listing.SHOWN
            )
        item_kind = _item_kind(connection, instance_id)
        rows = _described(connection, item_kind, rows)
    show_rows(rows, MEMBERS[item_kind], as_json=as_json, empty="no members")


@corpora.command()
@segments.command()
def events(
    context: typer.Context,
    target: Target,
    subject: Subject = None,
    stable_key: StableKey = None,
    source: Source = None,
    params: Params = None,
    format_: exports.FormatOption = None,
    output: exports.Output = None,
    profiles: exports.Profiles = False,
    as_json: AsJson = False,
    limit: Some = None,
) -> None:
    """List who entered and who left, newest first."""
    wanted = exports.wish(format_, output, limit, as_json=as_json)
    with operator(context) as connection:
        instance_id = instance_of(connection, target, kind_params(subject, stable_key, source, params))
        if wanted is not None or profiles:
            listing.give(connection, instance_id, lists.events(instance_id), wanted, profiles, limit, as_json)
            return
        rows = database.call(connection, "events", p_instance_id=instance_id, p_limit=limit or listing.SHOWN)
        rows = _described(connection, _item_kind(connection, instance_id), rows)
    show_rows(rows, EVENTS, as_json=as_json, empty="no events yet")


@corpora.command()
@segments.command()
def diff(
    context: typer.Context,
    target: Target,
    since: Since,
    until: Until = None,
    subject: Subject = None,
    stable_key: StableKey = None,
    source: Source = None,
    params: Params = None,
    find_out: FindOut = False,
    format_: exports.FormatOption = None,
    output: exports.Output = None,
    profiles: exports.Profiles = False,
    as_json: AsJson = False,
    limit: Some = None,
) -> None:
    """Say who entered and who left since then, and of what is made of follows, why.

    A list of X leaves out whom X suspended, so it does not say whether somebody unfollowed. Where nothing
    else here does, the reason is unknown; --find-out has those users looked up, for the price of a profile.
    """
    wanted = exports.wish(format_, output, limit, as_json=as_json)
    with operator(context) as connection:
        instance_id = instance_of(connection, target, kind_params(subject, stable_key, source, params))
        from_id = listing.moment(connection, instance_id, since)
        to_id = listing.moment(connection, instance_id, until)
        listed = lists.changes(instance_id, from_id, to_id)
        listing.give(connection, instance_id, listed, wanted, profiles, limit, as_json)
        if to_id is not None:
            listing.tell_unknown(connection, instance_id, (from_id, to_id), find_out=find_out)


@segments.command("set")
def set_users(
    context: typer.Context, stable_key: Key, users: Users, offline: Offline = False, as_json: AsJson = False
) -> None:
    """Make the specified set exactly these users."""
    _edit(context, "specified_users_set", stable_key, users, offline, as_json)


@segments.command()
def add(
    context: typer.Context, stable_key: Key, users: Users, offline: Offline = False, as_json: AsJson = False
) -> None:
    """Add users to a specified set."""
    _edit(context, "specified_users_add", stable_key, users, offline, as_json)


@segments.command()
def remove(
    context: typer.Context, stable_key: Key, users: Users, offline: Offline = False, as_json: AsJson = False
) -> None:
    """Take users out of a specified set."""
    _edit(context, "specified_users_remove", stable_key, users, offline, as_json)


def _list(context: typer.Context, where: dict[str, Any], as_json: bool, limit: int) -> None:
    with operator(context) as connection:
        found = database.read_view(connection, "instances", where=where, order=["instance_id"], limit=limit)
        rows = with_handles(connection, found)
    show_rows(rows, INSTANCES, as_json=as_json, empty=NONE_YET)


def _edit(
    context: typer.Context, function: str, stable_key: str, words: list[str], offline: bool, as_json: bool
) -> None:
    users = words_of(words)
    with operator(context) as connection:
        user_ids = ids(connection, users, offline=offline) if users else []
        size = database.call(connection, function, p_stable_key=stable_key, p_user_ids=user_ids)
    show_facts({"stable_key": stable_key, "users": size}, as_json=as_json)


def _moment(
    connection: Connection, instance_id: int, at: str | None, as_of: int | None
) -> dict[str, Any] | None:
    """The function that knows the members of a moment, and is told which; None when nobody was."""
    if at is not None and (time := listing.time_of(at)) is not None:
        return {"name": "members_at", "p_at": time}
    if at is not None:
        as_of = listing.moment(connection, instance_id, at)
        if as_of is None:
            return None
    if as_of is not None:
        return {"name": "members_as_of", "p_materialization_id": as_of}
    return {"name": "members"}


def _item_kind(connection: Connection, instance_id: int) -> str:
    rows = database.read_view(connection, "instances", where={"instance_id": instance_id})
    return str(rows[0]["item_kind"])


def _described(connection: Connection, item_kind: str, rows: list[Row]) -> list[Row]:
    """The rows with what a person wants to see of each item."""
    view, key, columns = DESCRIPTIONS[item_kind]
    found = database.read_view(connection, view, where={key: [row["item_id"] for row in rows]})
    described = {row[key]: {name: row[name] for name in columns} for row in found}
    return [{**row, **described.get(row["item_id"], {})} for row in rows]
