"""What tests of the web process share: a database with something in it to read, and a client of the app."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import httpx
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.types import Receive, Scope, Send

from app.resources import sql_text
from app.web import Doors
from conftest import Database, fresh_database
from throwaway import Throwaway

TOKEN = "the-token-of-the-tests"
DOORS = Doors(api_token=SecretStr(TOKEN))
WORLD = Path(__file__).with_name("played_world.sql")


@contextmanager
def played_database(server: Throwaway, clocked_template: str) -> Iterator[Database]:
    """A database in which a few weeks of a small world were lived through."""
    with fresh_database(server, clocked_template) as found:
        with found.connect() as connection:
            connection.execute(sql_text("db/tests/helpers.sql").encode())
            connection.execute(WORLD.read_bytes())
        yield found


@asynccontextmanager
async def client_of(
    app: Starlette, token: str | None = TOKEN, **other_state: object
) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the app, which runs for the length of the block, with other things in its state."""
    async with app.router.lifespan_context(app) as state:

        async def with_state(scope: Scope, receive: Receive, send: Send) -> None:
            # What a server does with the state that the lifespan gave, and httpx does not.
            await app({**scope, "state": {**(state or {}), **other_state}}, receive, send)

        transport = httpx.ASGITransport(app=with_state, raise_app_exceptions=False)
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        async with httpx.AsyncClient(
            transport=transport, base_url="http://rookery.test", headers=headers
        ) as client:
            yield client
