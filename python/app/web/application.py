"""Puts the web process together: which doors there are, and who may come in by which."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TypedDict

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
from app.web.doors import new_follower, x_activity
from app.web.guard import guarded
from app.web.health import Readiness, show_health, show_metrics
from app.web.inbox import Inbox, open_inbox
from app.web.problems import HANDLERS
from app.web.reading import OPERATIONS


@dataclass(frozen=True, slots=True)
class Doors:
    """The secrets, one a door. A door without its secret is not there."""

    api_token: SecretStr | None = None
    webhook_token: SecretStr | None = None
    consumer_secret: SecretStr | None = None


class State(TypedDict):
    """What every request finds."""

    pool: AsyncConnectionPool[AsyncConnection]
    inbox: Inbox


def create_app(database_url: str, doors: Doors, *, connections: int = 4, version: str = "0") -> Starlette:
    """The application, with a pool of at most `connections` to the database, opened when it starts."""

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[State]:
        del app
        async with (
            database.open_pool(database_url, size=connections, application="rookery web") as pool,
            # Of their own, so that events never wait for whoever reads.
            database.open_pool(database_url, size=1, application="rookery web inbox") as line,
            open_inbox(line) as inbox,
        ):
            yield {"pool": pool, "inbox": inbox}

    routes: list[BaseRoute] = [
        Route("/healthz", show_health),
        Route("/readyz", Readiness(read_plan(db_root()).changes[-1].name).show),
    ]
    if doors.api_token is not None:
        routes += _reading(doors.api_token, version)
    if doors.webhook_token is not None:
        routes += new_follower(doors.webhook_token)
    if doors.consumer_secret is not None:
        routes += x_activity(doors.consumer_secret)
    return Starlette(
        routes=routes, middleware=[Middleware(AccessLog)], exception_handlers=HANDLERS, lifespan=lifespan
    )


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
