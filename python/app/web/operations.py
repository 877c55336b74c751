"""What can be read: an operation says its place, what it takes and what it gives; here it is carried out."""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.requests import Request
from starlette.responses import Response

from app import database
from app.copying import Listed
from app.database import AsyncConnection, Row
from app.web import streams
from app.web.keys import Key
from app.web.models import Page, Shape
from app.web.problems import bad_field, bad_fields

LARGEST_PAGE = 1000
HEADERS = {"Cache-Control": "private, no-cache", "Vary": "Accept, Authorization"}


class Query(BaseModel):
    """What may be said after the question mark; anything else is a fault."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Place(BaseModel):
    """What the path names."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class PageQuery(Query):
    """Which part of a list."""

    limit: Annotated[int, Field(ge=1, le=LARGEST_PAGE, description="At most so many items.")] = 100
    cursor: Annotated[
        str | None,
        Field(
            max_length=400,
            pattern=r"^[A-Za-z0-9_-]+$",
            description="`next` of the page before; no other string.",
        ),
    ] = None


class StreamQuery(PageQuery):
    """Which part of a list, or all of it: ndjson and csv go on to the end."""

    format: Annotated[
        Literal["json", "ndjson", "csv"] | None,
        Field(
            description="Goes before the Accept header. ndjson and csv hold the whole list, whatever limit."
        ),
    ] = None


PlaceT = TypeVar("PlaceT", bound=Place)
QueryT = TypeVar("QueryT", bound=Query)
PagedT = TypeVar("PagedT", bound=PageQuery)
FetchOne = Callable[[AsyncConnection, PlaceT, QueryT], Awaitable[Row]]
FetchPage = Callable[[AsyncConnection, PlaceT, PagedT, tuple[Any, ...] | None, int], Awaitable[list[Row]]]
FetchWhole = Callable[[AsyncConnection, PlaceT, PagedT], Awaitable[Listed]]
FetchVersion = Callable[[AsyncConnection, PlaceT], Awaitable[str]]


@dataclass(frozen=True)
class Operation(ABC, Generic[PlaceT, QueryT]):
    """One thing that can be read; `place` and `query` are validated before anybody is asked."""

    path: str
    name: str
    summary: str
    group: str
    place: type[PlaceT]
    query: type[QueryT]

    @property
    @abstractmethod
    def answer(self) -> type[BaseModel]:
        """The model of a JSON answer."""

    @property
    def streams(self) -> bool:
        """Whether it is given as NDJSON and CSV too."""
        return False

    async def respond(self, request: Request) -> Response:
        """The answer to a request whose sender may read."""
        try:
            place = self.place.model_validate(request.path_params)
            query = self.query.model_validate(_said_once(request))
        except ValidationError as error:
            raise bad_fields(error) from None
        return await self.give(request, place, query)

    @abstractmethod
    async def give(self, request: Request, place: PlaceT, query: QueryT) -> Response:
        """The answer, found and shaped."""


@dataclass(frozen=True)
class One(Operation[PlaceT, QueryT]):
    """A single thing."""

    shape: type[Shape]
    fetch: FetchOne[PlaceT, QueryT]

    @property
    def answer(self) -> type[BaseModel]:
        """See Operation."""
        return self.shape

    async def give(self, request: Request, place: PlaceT, query: QueryT) -> Response:
        """See Operation."""
        async with database.lent(request.state.pool) as connection:
            row = await self.fetch(connection, place, query)
        return as_json(request, self.shape.model_validate(row))


@dataclass(frozen=True)
class Listing(Operation[PlaceT, PagedT]):
    """A list, page by page; one that moves only when its `version` does; `whole` as a stream too."""

    shape: type[Shape]
    key: Key
    fetch: FetchPage[PlaceT, PagedT]
    version: FetchVersion[PlaceT] | None = None
    whole: FetchWhole[PlaceT, PagedT] | None = None

    @property
    def answer(self) -> type[BaseModel]:
        """See Operation."""
        return Page[self.shape]  # type: ignore[name-defined]

    @property
    def streams(self) -> bool:
        """See Operation."""
        return self.whole is not None

    async def give(self, request: Request, place: PlaceT, query: PagedT) -> Response:
        """See Operation."""
        after = self.key.read(query.cursor)
        form = streams.form_for(request, getattr(query, "format", None)) if self.streams else "json"
        tag = None
        async with database.lent(request.state.pool) as connection:
            if self.version is not None:
                tag = f'W/"{await self.version(connection, place)}-{form}"'
                if _is_known(request, tag):
                    return Response(status_code=304, headers=HEADERS | {"ETag": tag})
            if form == "json":
                # One more than asked for tells whether another page follows.
                rows = await self.fetch(connection, place, query, after, query.limit + 1)
            elif self.whole is not None:
                listed = await self.whole(connection, place, query)
        if form == "json":
            return as_json(request, self._page(rows, query.limit), tag)
        headers = HEADERS | ({"ETag": tag} if tag else {})
        return await streams.respond(request, listed.behind(after), form, headers)

    def _page(self, rows: list[Row], limit: int) -> BaseModel:
        more = len(rows) > limit
        return self.answer.model_validate(
            {"items": rows[:limit], "next": self.key.cursor_of(rows[limit - 1]) if more else None}
        )


def as_json(request: Request, content: BaseModel, tag: str | None = None) -> Response:
    """A JSON answer, or 304 where its reader has it already; without a tag the text is its own."""
    text = content.model_dump_json()
    tag = tag or f'W/"{hashlib.sha256(text.encode()).hexdigest()[:24]}"'
    headers = HEADERS | {"ETag": tag}
    if _is_known(request, tag):
        return Response(status_code=304, headers=headers)
    return Response(text, headers=headers, media_type="application/json")


def _is_known(request: Request, tag: str) -> bool:
    held = request.headers.get("if-none-match", "")
    return tag.removeprefix("W/") in (each.strip().removeprefix("W/") for each in held.split(","))


def _said_once(request: Request) -> Mapping[str, str]:
    """The query's fields. One that is said twice is a fault, not a choice between the two."""
    said: dict[str, str] = {}
    for name, value in request.query_params.multi_items():
        if name in said:
            raise bad_field(name, "is given more than once")
        said[name] = value
    return said
