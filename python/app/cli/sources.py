"""rookery provider, subscription, webhook: whether X sells, and what it tells of itself."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from app import database
from app.cli.arguments import AsJson, Limit, Offline, User
from app.cli.output import show_facts, show_rows
from app.cli.session import operator
from app.cli.subjects import ids, with_handles
from app.errors import OperatorMistake

providers = typer.Typer(help="See whether X sells, and have buying go on.", no_args_is_help=True)
subscriptions = typer.Typer(help="Say what X tells by itself, and is not polled for.", no_args_is_help=True)
webhooks = typer.Typer(help="Look at what webhooks told, and what became of it.", no_args_is_help=True)

WINDOWS = ("endpoint", "remaining", "limit", "reset_at", "stopped_class", "stopped_at", "probe_at")
SUBSCRIPTIONS = ("subject_id", "sync_kind", "connected_at", "agreed_at", "trusted_until", "count_at_look")
EVENTS = (
    "event_id", "source", "event_type", "state", "received_at", "follower_id", "target_id", "post_id",
    "detail",
)  # fmt: skip

Provider = Annotated[str, typer.Argument(metavar="[PROVIDER]", help="Which API.")]
EventTypes = Annotated[
    list[str], typer.Argument(metavar="EVENT_TYPE...", help="Such as follow.follow and follow.unfollow.")
]
EventId = Annotated[int, typer.Argument(metavar="EVENT", min=1, help="The id of an event.")]
State = Annotated[
    Literal["received", "waiting", "applied", "outdated", "refused", "ignored", "malformed"] | None,
    typer.Option("--state", help="Only those in that state."),
]


@providers.command("list")
def list_windows(context: typer.Context, as_json: AsJson = False, limit: Limit = 100) -> None:
    """List the rate window of each endpoint, and since when its provider does not sell."""
    with operator(context) as connection:
        rows = database.read_view(connection, "windows", order=["endpoint"], limit=limit)
    show_rows(rows, WINDOWS, as_json=as_json)


@providers.command()
def resume(context: typer.Context, provider: Provider = "x_v2", as_json: AsJson = False) -> None:
    """Have buying go on at once after it stopped: say it when you have mended why."""
    with operator(context) as connection:
        was_stopped = database.call(connection, "provider_resume", p_provider=provider)
    show_facts({"provider": provider, "was_stopped": was_stopped}, as_json=as_json)


@subscriptions.command("list")
def list_subscriptions(context: typer.Context, as_json: AsJson = False, limit: Limit = 100) -> None:
    """List the lists of which X tells every follow and unfollow."""
    with operator(context) as connection:
        found = database.read_view(
            connection, "subscriptions", order=["subject_id", "sync_kind"], limit=limit
        )
        rows = with_handles(connection, found)
    show_rows(rows, SUBSCRIPTIONS, as_json=as_json, empty="no subscriptions yet")


@subscriptions.command("set")
def set_subscription(
    context: typer.Context,
    user: User,
    event_types: EventTypes,
    offline: Offline = False,
    as_json: AsJson = False,
) -> None:
    """Say which events of a user a webhook is connected to: these, and no others."""
    _set(context, user, event_types, offline, as_json)


@subscriptions.command("remove")
def remove_subscription(
    context: typer.Context, user: User, offline: Offline = False, as_json: AsJson = False
) -> None:
    """Say that no webhook is connected to events of a user any more."""
    _set(context, user, [], offline, as_json)


@webhooks.command("list")
def list_events(
    context: typer.Context, state: State = None, as_json: AsJson = False, limit: Limit = 50
) -> None:
    """List the latest webhook events, newest first."""
    where = {} if state is None else {"state": state}
    with operator(context) as connection:
        rows = database.read_view(connection, "webhook_events", where=where, order=["-event_id"], limit=limit)
    show_rows(rows, EVENTS, as_json=as_json, empty="no events yet")


@webhooks.command()
def show(context: typer.Context, event_id: EventId, as_json: AsJson = False) -> None:
    """Show one webhook event, as it came and what became of it."""
    with operator(context) as connection:
        found = database.read_view(connection, "webhook_events", where={"event_id": event_id})
    if not found:
        raise OperatorMistake(
            f"there is no webhook event {event_id}", hint="rookery webhook list shows the latest"
        )
    show_facts(found[0], as_json=as_json)


def _set(context: typer.Context, user: str, event_types: list[str], offline: bool, as_json: bool) -> None:
    with operator(context) as connection:
        (user_id,) = ids(connection, [user], offline=offline)
        told = database.call(
            connection, "subscription_set", p_user_id=user_id, p_event_types=list(event_types)
        )
    show_facts({"user_id": user_id, "event_types": list(event_types), "told_of": told}, as_json=as_json)
