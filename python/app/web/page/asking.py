"""What a page is made from: a request of somebody who may make it, a connection, and the time it is."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter, ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request

from app import database
from app.database import AsyncConnection, Row
from app.errors import OperatorMistake
from app.web.keys import Key
from app.web.page.sessions import Session
from app.web.values import Id

_IDS = TypeAdapter(Id)


@dataclass(frozen=True, slots=True)
class Shown:
    """A template, and what it is filled with."""

    template: str
    content: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Part:
    """Some rows of a list, and the cursor of those that follow."""

    rows: list[Row]
    next: str | None


@dataclass(frozen=True, slots=True)
class Ask:
    """One request; everything is asked of the database by name."""

    request: Request
    connection: AsyncConnection
    session: Session
    now: datetime

    async def call(self, function: str, **arguments: Any) -> Any:
        """A function of api."""
        return await database.call_async(self.connection, function, **arguments)

    async def rows(
        self, view: str, *, order: Sequence[str] = (), limit: int | None = None, **where: Any
    ) -> list[Row]:
        """Rows of a view of api."""
        return await database.read_view_async(self.connection, view, where=where, order=order, limit=limit)

    async def row(self, view: str, what: str, **where: Any) -> Row:
        """The one row of a view that is asked for; 404 if there is none."""
        rows = await self.rows(view, limit=1, **where)
        if not rows:
            missing = OperatorMistake(f"there is no {what}")
            missing.http_status = 404
            raise missing
        return rows[0]

    async def part(self, view: str, key: Key, limit: int, **where: Any) -> Part:
        """The part of a view that the request's cursor names."""
        rows = await database.read_page_async(
            self.connection, view, order=key.order, limit=limit + 1, after=self.after(key), where=where
        )
        return cut(rows, key, limit)

    def after(self, key: Key) -> tuple[Any, ...] | None:
        """The key after which the part begins that the request asks for."""
        return key.read(self.said("cursor"))

    def said(self, name: str) -> str | None:
        """What the query says of something; nothing and an empty text are the same."""
        return self.request.query_params.get(name, "").strip() or None

    def id(self, name: str) -> int:
        """An id in the path; what is none names nothing, so 404."""
        try:
            return _IDS.validate_python(self.request.path_params[name])
        except ValidationError:
            raise HTTPException(404) from None

    async def people(self, ids: Iterable[int | None]) -> dict[int, Row]:
        """Users as last seen, as far as they are known."""
        wanted = sorted({each for each in ids if each is not None})
        if not wanted:
            return {}
        return {row["user_id"]: row for row in await self.rows("users", user_id=wanted)}

    async def assets(self, ids: Iterable[int]) -> dict[int, Row]:
        """How instances stand, by id."""
        wanted = list(dict.fromkeys(ids))
        if not wanted:
            return {}
        return {row["instance_id"]: row for row in await self.call("standings", p_instance_ids=wanted)}


View = Callable[[Ask], Awaitable[Shown]]


def cut(rows: list[Row], key: Key, limit: int) -> Part:
    """A part of at most `limit` rows, of which one more than that was asked for."""
    return Part(rows[:limit], key.cursor_of(rows[limit - 1]) if len(rows) > limit else None)
