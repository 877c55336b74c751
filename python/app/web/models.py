"""What the reading API gives, one model for each view: they shape the answers, and the OpenAPI document."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Any, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from app.web.values import Count, Id, Money, Percent, Time

Params = dict[str, Any]


class Shape(BaseModel):
    """What all answers have in common: each is made from a row."""

    model_config = ConfigDict(json_schema_serialization_defaults_required=True)


RowT = TypeVar("RowT", bound=Shape)


class Page(Shape, Generic[RowT]):
    """A part of a list; `next` is the cursor of the part that follows, null after the last."""

    items: list[RowT]
    next: str | None


class Root(Shape):
    """An asset that is kept fresh, or was."""

    root_id: Id
    instance_id: Id
    kind: str
    params: Params
    enabled: bool
    members: Count
    revision: Count
    enabled_at: Time
    disabled_at: Time | None
    fresh_within: timedelta | None
    reconcile_within: timedelta | None
    reconcile_doubt: Percent | None


class FanoutRoot(Shape):
    """A kind of asset that is kept fresh for every member of a segment, or was."""

    root_id: Id
    instance_id: Id
    source_kind: str
    source_params: Params
    target_kind: str
    mode: str
    enabled: bool
    targets: Count
    steps_ahead: Count
    enabled_at: Time
    disabled_at: Time | None
    fresh_within: timedelta | None
    reconcile_within: timedelta | None
    reconcile_doubt: Percent | None


class Instance(Shape):
    """An asset, and where its snapshot stands."""

    instance_id: Id
    kind: str
    params: Params
    item_kind: Literal["user", "post"]
    wanted: bool
    members: Count
    revision: Count
    checkpoint_id: Id | None
    materialized_at: Time | None
    created_at: Time


class Member(Shape):
    """A user or a post that is in an asset, and since when (null where the past was asked for)."""

    item_id: Id
    since: Time | None = None


class Event(Shape):
    """A user or a post came into an asset, or left it."""

    materialization_id: Id
    item_id: Id
    event: Literal["enter", "exit"]
    is_first_appearance: bool | None
    at: Time


class Change(Shape):
    """A difference between two materializations of an asset, net; why is told of what is made of follows."""

    item_id: Id
    change: Literal["entered", "left"]
    at: Time
    reason: (
        Literal["followed", "found", "returned", "unfollowed", "suspended", "deleted", "protected", "unknown"]
        | None
    )
    by_whom: Literal["item", "subject"] | None
    known_at: Time | None
    handle: str | None
    name: str | None
    followers_count: int | None


class Materialization(Shape):
    """One time that an asset was brought up to its inputs."""

    materialization_id: Id
    instance_id: Id
    kind: str
    status: Literal["in_progress", "success", "error"]
    revision: Count | None
    entered: Count | None
    exited: Count | None
    members: Count | None
    causes: list[dict[str, Any]]
    root_ids: list[Id]
    reads_everything: bool
    pins: dict[str, Id]
    inputs_hash: str | None
    dependencies_hash: str | None
    started_at: Time
    completed_at: Time | None
    error_state: str | None
    error_message: str | None
    retry_at: Time | None


class Run(Shape):
    """One sync: of what, why, how it went, what it cost."""

    run_id: Id
    sync_kind: str
    subject_id: Id | None
    mode: Literal["full", "incremental"]
    reason: str
    status: Literal["in_progress", "success", "error", "cancelled"]
    pages: Count
    resources: Count
    billed: Count | None
    cost_usd: Money
    payer_root_ids: list[Id] | None
    changed: Count
    removed: Count
    rejected: Count
    restarts: Count
    cursor_exhausted: bool | None
    started_at: Time
    completed_at: Time | None
    http_status: int | None
    error_class: str | None
    error_detail: str | None
    retry_at: Time | None
    item_ids: list[Id] | None
    handles: list[str] | None
    subject_count: Count | None
    expected: int | None
    doubt: int | None
    page_size: int | None


class Decision(Shape):
    """One way in which the engine held back or stepped in: what, for whom, why, until when."""

    decision_id: Id
    kind: str
    about: str
    reason: str
    detail: dict[str, Any]
    repeats: Count
    first_at: Time
    last_at: Time
    until_at: Time | None
    meaning: str


class HandleChange(Shape):
    """A user took a handle, or lost one."""

    change_id: Id
    user_id: Id
    old_handle: str | None
    new_handle: str | None
    run_id: Id | None
    event_id: Id | None
    changed_at: Time


class User(Shape):
    """A user of X as last seen."""

    user_id: Id
    handle: str | None
    name: str | None
    followers_count: int | None
    following_count: int | None
    post_count: int | None
    is_verified: bool | None
    is_protected: bool | None
    description: str | None
    location: str | None
    url: str | None
    image_url: str | None
    verified_type: str | None
    listed_count: int | None
    joined_at: Time | None
    deleted_at: Time | None
    gone_reason: str | None


class UserWithHistory(User):
    """A user, and the latest hundred transitions of the handle, newest first."""

    handle_changes: Annotated[list[HandleChange], Field(max_length=100)]


class Spend(Shape):
    """What the calls of a kind brought that went out on a UTC day, what X bills for it (settled), and what
    budgets count (booked: calls without an answer at their worst price).
    """

    utc_day: date
    call: str
    sent: Count
    resources: Count | None
    billed: Count | None
    settled_usd: Money | None
    booked_usd: Money


class MonthlyCost(Shape):
    """What was spent in this UTC month so far, and what is expected for the rest of it."""

    what: str
    spent_usd: Money
    expected_usd: Money


class Budget(Shape):
    """What may be spent in the present period, what was, and how many calls wait for it."""

    budget_id: Id
    scope: str
    period: str
    cap_usd: Money
    spent_usd: Money
    left_usd: Money
    held_calls: Count
    began_at: Time
    ends_at: Time


class WebhookEvent(Shape):
    """What a webhook told, how often it came again, and what became of it."""

    event_id: Id
    source: Literal["new_follower", "x_activity"]
    event_type: str | None
    state: Literal["received", "waiting", "applied", "outdated", "refused", "ignored", "malformed"]
    detail: str | None
    waits_for: str | None
    received_at: Time
    happened_at: Time
    ended_at: Time | None
    retry_at: Time | None
    target_id: Id | None
    follower_id: Id | None
    post_id: Id | None
    repeats: Count
    cost_usd: Money


class WebhookEventWithPayload(WebhookEvent):
    """A webhook event, and its payload as it came. A list has none: each may be as large as a page."""

    payload: dict[str, Any]


class Subscription(Shape):
    """A list of which X tells every follow and unfollow; until trusted_until it is not read."""

    sync_kind: Literal["followers", "following"]
    subject_id: Id
    connected_at: Time
    agreed_at: Time | None
    trusted_until: Time | None
    count_at_look: Count | None


class Reason(Shape):
    """Why something is as it is: a sentence, facts beside it, and the reasons behind it."""

    model_config = ConfigDict(extra="allow", json_schema_serialization_defaults_required=True)

    about: str
    says: str
    because: list[Reason] = []
