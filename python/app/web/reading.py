"""The reading API: every operation under /v1, and which view or function of the database it shows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from app.web import finding, models
from app.web.keys import Key
from app.web.operations import Listing, One, Operation, PagedT, PageQuery, Place, PlaceT, Query, StreamQuery
from app.web.questions import (
    DecisionQuery,
    DiffQuery,
    HandleChangeQuery,
    InstancePlace,
    InstanceQuery,
    MaterializationPlace,
    MaterializationQuery,
    MemberQuery,
    MonthQuery,
    RootQuery,
    RunPlace,
    RunQuery,
    SpendQuery,
    SubscriptionQuery,
    UserPlace,
    WebhookEventPlace,
    WebhookEventQuery,
)
from app.web.values import Id, Time


def listing(
    path: str,
    name: str,
    summary: str,
    *,
    shape: type[models.Shape],
    key: Key,
    query: type[PagedT],
    view: str,
    group: str | None = None,
) -> Listing[Place, PagedT]:
    """A view as a list."""
    return Listing(
        path,
        name,
        summary,
        group=group or view,
        place=Place,
        query=query,
        shape=shape,
        key=key,
        fetch=finding.rows_of(view, key, tuple(shape.model_fields)),
    )


def why(
    path: str, name: str, summary: str, *, group: str, place: type[PlaceT], function: str
) -> One[PlaceT, Query]:
    """A reason as a tree."""
    return One(
        path,
        name,
        summary,
        group=group,
        place=place,
        query=Query,
        shape=models.Reason,
        fetch=finding.reason(function),
    )


INSTANCE = "/v1/instances/{instance_id}"
MATERIALIZATION = "/v1/materializations/{materialization_id}"
RUN = "/v1/runs/{run_id}"
BY_ITEM = Key({"item_id": Id})
BY_EVENT = Key({"materialization_id": Id, "item_id": Id}, falls=True)

OPERATIONS: Sequence[Operation[Any, Any]] = (
    listing(
        "/v1/roots",
        "list_roots",
        "What is kept fresh, or was",
        shape=models.Root,
        key=Key({"root_id": Id}),
        query=RootQuery,
        view="roots",
    ),
    listing(
        "/v1/fanout-roots",
        "list_fanout_roots",
        "What is kept fresh for every member of a segment, or was",
        shape=models.FanoutRoot,
        key=Key({"root_id": Id}),
        query=RootQuery,
        view="fanout_roots",
        group="roots",
    ),
    listing(
        "/v1/instances",
        "list_instances",
        "Every asset that was ever asked for",
        shape=models.Instance,
        key=Key({"instance_id": Id}),
        query=InstanceQuery,
        view="instances",
    ),
    One(
        INSTANCE,
        "get_instance",
        "An asset",
        group="instances",
        place=InstancePlace,
        query=Query,
        shape=models.Instance,
        fetch=finding.instance,
    ),
    why(
        f"{INSTANCE}/why-not",
        "explain_instance",
        "What an asset waits for",
        group="instances",
        place=InstancePlace,
        function="why_not",
    ),
    Listing(
        f"{INSTANCE}/members",
        "list_members",
        "Who, or which posts, are in it, or were",
        group="instances",
        place=InstancePlace,
        query=MemberQuery,
        shape=models.Member,
        key=BY_ITEM,
        fetch=finding.members,
        version=finding.revision,
        whole=finding.all_members,
    ),
    Listing(
        f"{INSTANCE}/events",
        "list_events",
        "Who entered and who left, newest first",
        group="instances",
        place=InstancePlace,
        query=StreamQuery,
        shape=models.Event,
        key=BY_EVENT,
        fetch=finding.events,
        version=finding.revision,
        whole=finding.all_events,
    ),
    Listing(
        f"{INSTANCE}/diff",
        "list_changes",
        "How two materializations differ, net",
        group="instances",
        place=InstancePlace,
        query=DiffQuery,
        shape=models.Change,
        key=BY_ITEM,
        fetch=finding.changes,
        whole=finding.all_changes,
    ),
    listing(
        "/v1/materializations",
        "list_materializations",
        "Every time an asset was brought up to its inputs, newest first",
        shape=models.Materialization,
        key=Key({"materialization_id": Id}, falls=True),
        query=MaterializationQuery,
        view="materializations",
    ),
    One(
        MATERIALIZATION,
        "get_materialization",
        "A materialization",
        group="materializations",
        place=MaterializationPlace,
        query=Query,
        shape=models.Materialization,
        fetch=finding.materialization,
    ),
    why(
        f"{MATERIALIZATION}/why",
        "explain_materialization",
        "Why it came to be",
        group="materializations",
        place=MaterializationPlace,
        function="why",
    ),
    listing(
        "/v1/runs",
        "list_runs",
        "Every sync, newest first",
        shape=models.Run,
        key=Key({"run_id": Id}, falls=True),
        query=RunQuery,
        view="runs",
    ),
    One(
        RUN,
        "get_run",
        "A sync",
        group="runs",
        place=RunPlace,
        query=Query,
        shape=models.Run,
        fetch=finding.run,
    ),
    why(
        f"{RUN}/why",
        "explain_run",
        "Why it was started, and how it went",
        group="runs",
        place=RunPlace,
        function="why_run",
    ),
    listing(
        "/v1/decisions",
        "list_decisions",
        "Every way in which the engine held back, latest first",
        shape=models.Decision,
        key=Key({"last_at": Time, "decision_id": Id}, falls=True),
        query=DecisionQuery,
        view="decisions",
    ),
    One(
        "/v1/users/{user}",
        "get_user",
        "A user, by id or handle",
        group="users",
        place=UserPlace,
        query=Query,
        shape=models.UserWithHistory,
        fetch=finding.user,
    ),
    listing(
        "/v1/handle-changes",
        "list_handle_changes",
        "Every transition of a handle, newest first",
        shape=models.HandleChange,
        key=Key({"change_id": Id}, falls=True),
        query=HandleChangeQuery,
        view="handle_changes",
        group="users",
    ),
    listing(
        "/v1/webhook-events",
        "list_webhook_events",
        "What webhooks told, newest first",
        shape=models.WebhookEvent,
        key=Key({"event_id": Id}, falls=True),
        query=WebhookEventQuery,
        view="webhook_events",
        group="webhooks",
    ),
    One(
        "/v1/webhook-events/{event_id}",
        "get_webhook_event",
        "What a webhook told, whole",
        group="webhooks",
        place=WebhookEventPlace,
        query=Query,
        shape=models.WebhookEventWithPayload,
        fetch=finding.webhook_event,
    ),
    listing(
        "/v1/subscriptions",
        "list_subscriptions",
        "Of which lists X tells every follow and unfollow",
        shape=models.Subscription,
        key=Key({"subject_id": Id, "sync_kind": str}),
        query=SubscriptionQuery,
        view="subscriptions",
        group="webhooks",
    ),
    listing(
        "/v1/cost",
        "list_cost",
        "What was spent, by day and kind of call, latest first",
        shape=models.Spend,
        key=Key({"utc_day": date, "call": str}, falls=True),
        query=SpendQuery,
        view="spend",
        group="cost",
    ),
    Listing(
        "/v1/cost/month",
        "list_cost_of_month",
        "What this month has cost, and what the rest of it will",
        group="cost",
        place=Place,
        query=MonthQuery,
        shape=models.MonthlyCost,
        key=Key({"what": str}),
        fetch=finding.costs_of_month,
    ),
    Listing(
        "/v1/budgets",
        "list_budgets",
        "What may be spent, and what waits because it may not",
        group="cost",
        place=Place,
        query=PageQuery,
        shape=models.Budget,
        key=Key({"budget_id": Id}),
        fetch=finding.budgets,
    ),
)
