"""How each thing that the reading API gives is found in the database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app import database, lists
from app.copying import Listed
from app.database import AsyncConnection, Row
from app.errors import OperatorMistake
from app.web.keys import Key
from app.web.operations import FetchPage, PageQuery, Place, Query, StreamQuery
from app.web.questions import (
    DiffQuery,
    InstancePlace,
    MaterializationPlace,
    MemberQuery,
    MonthQuery,
    RunPlace,
    UserPlace,
    WebhookEventPlace,
)

After = tuple[Any, ...] | None


def rows_of(view: str, key: Key, columns: Sequence[str]) -> FetchPage[Any, Any]:
    """Pages of these columns of a view, whatever the query says of its columns being the case."""

    async def fetch(
        connection: AsyncConnection, place: Place, query: PageQuery, after: After, limit: int
    ) -> list[Row]:
        said = {
            **place.model_dump(mode="python"),
            **query.model_dump(mode="python", exclude=set(PageQuery.model_fields)),
        }
        where = {name: value for name, value in said.items() if value is not None}
        return await database.read_page_async(
            connection, view, order=key.order, limit=limit, after=after, where=where, columns=columns
        )

    return fetch


async def row_of(connection: AsyncConnection, view: str, where: Mapping[str, Any], what: str) -> Row:
    """The one row of a view that is asked for."""
    rows = await database.read_view_async(connection, view, where=where, limit=1)
    if not rows:
        missing = OperatorMistake(f"there is no {what}")
        missing.http_status = 404
        raise missing
    return rows[0]


async def instance(connection: AsyncConnection, place: InstancePlace, query: Query) -> Row:
    """An instance."""
    del query
    return await row_of(
        connection, "instances", {"instance_id": place.instance_id}, f"instance {place.instance_id}"
    )


async def revision(connection: AsyncConnection, place: InstancePlace) -> str:
    """What the members, events and differences of an instance move with."""
    found = await instance(connection, place, Query())
    return str(found["revision"])


async def materialization(connection: AsyncConnection, place: MaterializationPlace, query: Query) -> Row:
    """A materialization."""
    del query
    which = place.materialization_id
    return await row_of(
        connection, "materializations", {"materialization_id": which}, f"materialization {which}"
    )


async def run(connection: AsyncConnection, place: RunPlace, query: Query) -> Row:
    """A run."""
    del query
    return await row_of(connection, "runs", {"run_id": place.run_id}, f"run {place.run_id}")


async def webhook_event(connection: AsyncConnection, place: WebhookEventPlace, query: Query) -> Row:
    """A webhook event."""
    del query
    return await row_of(
        connection, "webhook_events", {"event_id": place.event_id}, f"webhook event {place.event_id}"
    )


async def user(connection: AsyncConnection, place: UserPlace, query: Query) -> Row:
    """A user by id or handle, with the latest transitions of the handle."""
    del query
    named = place.user
    if named.startswith("@"):
        user_id = await database.call_async(connection, "user_id", p_handle=named)
    else:
        user_id = int(named)
    found = await row_of(connection, "users", {"user_id": user_id}, f"user {named}")
    history = await database.read_page_async(
        connection, "handle_changes", order=["-change_id"], limit=100, where={"user_id": user_id}
    )
    return {**found, "handle_changes": history}


async def members(
    connection: AsyncConnection, place: InstancePlace, query: MemberQuery, after: After, limit: int
) -> list[Row]:
    """The members of an instance at a moment, in the order of their ids."""
    function = "members"
    page: dict[str, Any] = {"p_limit": limit, "p_after_item_id": after[0] if after else 0}
    if query.as_of is not None:
        function, page["p_materialization_id"] = "members_as_of", query.as_of
    elif query.at is not None:
        function, page["p_at"] = "members_at", query.at
    rows: list[Row] = await database.call_async(connection, function, p_instance_id=place.instance_id, **page)
    return rows


async def costs_of_month(
    connection: AsyncConnection, place: Place, query: MonthQuery, after: After, limit: int
) -> list[Row]:
    """What this month costs."""
    del place
    by = {"p_by": query.by}
    return await database.read_page_async(
        connection, "cost", arguments=by, order=["what"], limit=limit, after=after
    )


async def budgets(
    connection: AsyncConnection, place: Place, query: PageQuery, after: After, limit: int
) -> list[Row]:
    """The budgets."""
    del place, query
    return await database.read_page_async(
        connection, "budgets", arguments={}, order=["budget_id"], limit=limit, after=after
    )


async def events(
    connection: AsyncConnection, place: InstancePlace, query: StreamQuery, after: After, limit: int
) -> list[Row]:
    """Who entered an instance and who left it, newest first."""
    del query
    before_id, before_item_id = after or (None, None)
    rows: list[Row] = await database.call_async(
        connection,
        "events",
        p_instance_id=place.instance_id,
        p_limit=limit,
        p_before_materialization_id=before_id,
        p_before_item_id=before_item_id,
    )
    return rows


async def changes(
    connection: AsyncConnection, place: InstancePlace, query: DiffQuery, after: After, limit: int
) -> list[Row]:
    """How two materializations of an instance differ."""
    rows: list[Row] = await database.call_async(
        connection,
        "diff",
        p_instance_id=place.instance_id,
        p_from=query.since,
        p_to=query.until,
        p_limit=limit,
        p_after_item_id=after[0] if after else 0,
    )
    return rows


async def all_members(connection: AsyncConnection, place: InstancePlace, query: MemberQuery) -> Listed:
    """The members of an instance at a moment: of one materialization, whatever happens meanwhile."""
    moment_id: int | None = query.as_of
    if moment_id is None:
        moment = None if query.at is None else query.at.isoformat()
        moment_id = await database.call_async(
            connection, "moment_id", p_instance_id=place.instance_id, p_moment=moment
        )
    return lists.members(place.instance_id, moment_id)


async def all_events(connection: AsyncConnection, place: InstancePlace, query: StreamQuery) -> Listed:
    """All events of an instance."""
    del connection, query
    return lists.events(place.instance_id)


async def all_changes(connection: AsyncConnection, place: InstancePlace, query: DiffQuery) -> Listed:
    """All differences between two materializations."""
    del connection
    return lists.changes(place.instance_id, query.since, query.until)


def reason(function: str) -> Any:
    """What a function of the database explains about the place."""

    async def fetch(connection: AsyncConnection, place: Place, query: Query) -> Row:
        del query
        about = {f"p_{name}": value for name, value in place.model_dump(mode="python").items()}
        found: Row = await database.call_async(connection, function, **about)
        return found

    return fetch
