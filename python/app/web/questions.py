"""What the reading API may be asked: what a path names, and what may stand after the question mark."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from app.web.operations import PageQuery, Place, StreamQuery
from app.web.values import AskedTime, Id, Word


class InstancePlace(Place):
    """An instance."""

    instance_id: Id


class MaterializationPlace(Place):
    """A materialization."""

    materialization_id: Id


class RunPlace(Place):
    """A run."""

    run_id: Id


class UserPlace(Place):
    """A user."""

    user: Annotated[
        str,
        Field(pattern=r"^([1-9][0-9]{0,18}|@[^\u0000/]{1,100})$", description="An id, or @ and a handle."),
    ]


class WebhookEventPlace(Place):
    """A webhook event."""

    event_id: Id


class RootQuery(PageQuery):
    """Which roots."""

    enabled: bool | None = None


class InstanceQuery(PageQuery):
    """Which instances."""

    kind: Word | None = None
    wanted: bool | None = None


class MemberQuery(StreamQuery):
    """The members now, after a materialization, or at a time."""

    as_of: Annotated[Id | None, Field(description="After this materialization.")] = None
    at: Annotated[AskedTime | None, Field(description="At this time.")] = None

    @model_validator(mode="after")
    def _is_one_moment(self) -> MemberQuery:
        if self.as_of is not None and self.at is not None:
            raise ValueError("as_of and at name two moments; give one")
        return self


class DiffQuery(StreamQuery):
    """Between which materializations."""

    since: Annotated[
        Id | None, Field(description="After this materialization; else since before the first.")
    ] = None
    until: Annotated[Id, Field(description="Up to this materialization, its changes included.")]


class MaterializationQuery(PageQuery):
    """Which materializations."""

    instance_id: Id | None = None
    status: Literal["in_progress", "success", "error"] | None = None


class RunQuery(PageQuery):
    """Which runs."""

    sync_kind: Word | None = None
    subject_id: Id | None = None
    status: Literal["in_progress", "success", "error", "cancelled"] | None = None


class DecisionQuery(PageQuery):
    """Which decisions."""

    kind: Word | None = None
    about: Word | None = None


class HandleChangeQuery(PageQuery):
    """Whose handles."""

    user_id: Id | None = None


class WebhookEventQuery(PageQuery):
    """Which webhook events."""

    source: Literal["new_follower", "x_activity"] | None = None
    event_type: Word | None = None
    state: Literal["received", "waiting", "applied", "outdated", "refused", "ignored", "malformed"] | None = (
        None
    )
    target_id: Id | None = None
    follower_id: Id | None = None
    post_id: Id | None = None


class SubscriptionQuery(PageQuery):
    """Of which lists."""

    sync_kind: Literal["followers", "following"] | None = None
    subject_id: Id | None = None


class SpendQuery(PageQuery):
    """Which spending."""

    call: Word | None = None


class MonthQuery(PageQuery):
    """How spending is summed up."""

    by: Literal["root", "call", "day"] = "root"
