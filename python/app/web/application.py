"""Puts the web process together: which doors there are, and who may come in by which."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypedDict

from psycopg_pool import AsyncConnectionPool
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from app import database
from app.database import AsyncConnection
from app.plan import read_plan
from app.resources import db_root
from app.web import openapi, pages
from app.web.access import AccessLog
from app.web.bodies import Room
from app.web.doors import new_follower, x_activity
from app.web.guard import guarded
from app.web.health import Readiness, show_health, show_metrics
from app.web.inbox import Inbox, open_inbox
from app.web.page import Site
from app.web.page.live import Live, running
from app.web.page.sessions import Role
from app.web.problems import HANDLERS
from app.web.reading import OPERATIONS


@dataclass(frozen=True, slots=True)
class Doors:
    """The secrets, one a door. A door without its secret is not there."""

    api_token: SecretStr | None = None
    operator_token: SecretStr | None = None
    webhook_token: SecretStr | None = None
    consumer_secret: SecretStr | None = None


class State(TypedDict):
    """What every request finds."""

    pool: AsyncConnectionPool[AsyncConnection]
    operators: AsyncConnectionPool[AsyncConnection] | None
    inbox: Inbox
    room: Room


def create_app(
    database_url: str,
    doors: Doors,
    *,
    connections: int = 4,
    version: str = "0",
    operator_url: str | None = None,
    listen_url: str | None = None,
) -> Starlette:
    """The application, with a pool of at most `connections` to the database, opened when it starts.

    `operator_url` is the same database as the operator's login: without it the page changes nothing.
    `listen_url` leads past a pooler, which keeps notifications to itself.
    """
    live = Live(database_url, listen_url)
    change = read_plan(db_root()).changes[-1].name
    acts = operator_url is not None and doors.operator_token is not None

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[State]:
        del app
        async with (
            database.open_pool(database_url, size=connections, application="rookery web") as pool,
            # Of their own, so that events never wait for whoever reads.
            database.open_pool(database_url, size=1, application="rookery web inbox") as line,
            open_inbox(line) as inbox,
            _operators(operator_url if acts else None) as operators,
            running(live),
        ):
            yield {"pool": pool, "operators": operators, "inbox": inbox, "room": Room()}

    # Routes are tried in this order: first those that are asked for by the thousand.
    routes: list[BaseRoute] = []
    if doors.webhook_token is not None:
        routes += new_follower(doors.webhook_token)
    if doors.consumer_secret is not None:
        routes += x_activity(doors.consumer_secret)
    routes += [
        Route("/healthz", show_health),
        Route("/readyz", Readiness(change, doors.api_token).show),
    ]
    if doors.api_token is not None:
        routes += _reading(doors.api_token, version)
    handlers = HANDLERS
    tokens: dict[Role, SecretStr | None] = {"operator": doors.operator_token, "reader": doors.api_token}
    if readers := {role: token for role, token in tokens.items() if token is not None}:
        site = Site(readers, live, change, acts=acts)
        routes += site.routes()
        handlers = {each: _for_people(site, answer) for each, answer in HANDLERS.items()}
    app = Starlette(
        routes=routes, middleware=[Middleware(AccessLog)], exception_handlers=handlers, lifespan=lifespan
    )
    # A redirection would be made of the request's Host and query, which may be anything.
    app.router.redirect_slashes = False
    app.state.close = live.close
    return app


@asynccontextmanager
async def _operators(url: str | None) -> AsyncIterator[AsyncConnectionPool[AsyncConnection] | None]:
    if url is None:
        yield None
        return
    async with database.open_pool(url, size=2, application="rookery web operator") as pool:
        yield pool


def _for_people(site: Site, answer: Callable[[Request, Exception], Response]) -> Any:
    """A fault's answer that is a page where a person would have seen one."""

    def respond(request: Request, fault: Exception) -> Response:
        return site.render_fault(request, fault) if site.wants_page(request) else answer(request, fault)

    return respond


def _reading(token: SecretStr, version: str) -> list[BaseRoute]:
    document = openapi.document(OPERATIONS, version)
    text, page = json.dumps(document), pages.render(document)

    async def show_document(request: Request) -> Response:
        del request
        return Response(text, media_type="application/json")

    async def show_page(request: Request) -> Response:
        del request
        return HTMLResponse(page, headers={"Content-Security-Policy": pages.POLICY})

    return [
        *(Route(each.path, guarded(token, each.respond), name=each.name) for each in OPERATIONS),
        Route("/metrics", guarded(token, show_metrics)),
        Route("/openapi.json", show_document),
        Route("/docs", show_page),
    ]
