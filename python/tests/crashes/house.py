"""Where crashes are played: a server that may die, a small world, its X, and a database with all to do."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from urllib.parse import parse_qsl

from starlette.types import ASGIApp, Receive, Scope, Send

from app import database as db
from app import migrate
from app.simulator import Simulator, World, seeded_world, truth
from throwaway import Throwaway, deploy_into

LEASE = 1
# What is committed survives a crash of PostgreSQL; the machine itself does not crash here.
CRASHABLE = {
    **{"fsync": "off", "synchronous_commit": "on", "full_page_writes": "on", "shared_buffers": "128MB"},
    **{"listen_addresses": "", "timezone": "UTC", "log_line_prefix": "%m [%p] %e %u@%d %a "},
}
_HELPERS = Path(__file__).parents[3] / "db/tests/helpers.sql"
_TEMPLATE = "crashes"
_FOLLOWERS, _FOLLOWED, _BOTH, _PAGE = 50, 30, 20, 20
_AUTHORS, _POSTS, _POSTS_PAGE = 2, 7, 5
_SETTINGS = {
    **{"call.lease": f"{LEASE} s", "page.follows": str(_PAGE), "page.posts": str(_POSTS_PAGE)},
}
_numbers = count(1)

Request = tuple[str, tuple[tuple[str, str], ...]]
"""A call as X sees it: path and query."""


def request(path: str, query: dict[str, object]) -> Request:
    """A call of the database's as X sees it."""
    return path, tuple(sorted((name, str(value)) for name, value in query.items()))


@dataclass
class CountingX:
    """A simulated X that counts how often it was asked for each thing, and knows what it billed."""

    world: World
    asked: Counter[Request] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.simulator = Simulator(self.world)
        self._app: ASGIApp = self.simulator.app()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            self.asked[request(scope["path"], dict(parse_qsl(scope["query_string"].decode())))] += 1
        await self._app(scope, receive, send)


@dataclass(frozen=True)
class Cast:
    """Whose followers and mutuals are asked for, and whose posts."""

    subject: int
    authors: tuple[int, ...]

    def roots(self) -> list[tuple[str, dict[str, object]]]:
        """What an operator enables."""
        watched = {"kind": "segment_specified_users", "params": {"stable_key": "watched"}}
        return [
            ("segment_mutuals", {"subject_id": str(self.subject)}),
            ("post_corpus_for_segment", {"source": watched}),
        ]

    def truth(self, world: World) -> dict[str, set[int]]:
        """The members of every instance, by its kind."""
        return {
            "segment_followers": truth.followers(world, self.subject),
            "segment_followed": truth.following(world, self.subject),
            "segment_mutuals": truth.mutuals(world, self.subject),
            "segment_specified_users": set(self.authors),
            "post_corpus_for_segment": truth.posts_shown(world, self.authors),
        }


def small_world() -> tuple[World, Cast]:
    """Three pages of followers, two of followed, two authors with two pages of posts each."""
    world = seeded_world(70, 1, start=datetime.now(UTC) - timedelta(days=2), mean_follows=0)
    (subject,) = world.most_followed(1)
    others = [each for each in world.accounts if each != subject and not world.accounts[each].protected]
    for user in others[:_FOLLOWERS]:
        world.link(user, subject)
    for user in others[_FOLLOWERS - _BOTH : _FOLLOWERS - _BOTH + _FOLLOWED]:
        world.link(subject, user)
    authors = tuple(others[-_AUTHORS:])
    for author in authors:
        world.posts(author).clear()
        for number in range(_POSTS):
            world.publish(world.start + timedelta(hours=number), author)
    return world, Cast(subject, authors)


@dataclass(frozen=True)
class House:
    """A server that may be crashed, and the template in it."""

    server: Throwaway
    cast: Cast

    @asynccontextmanager
    async def database(self) -> AsyncIterator[str]:
        """A fresh database with everything left to do; its name."""
        name = f"{_TEMPLATE}_{next(_numbers)}"
        await asyncio.to_thread(self._create, name)
        try:
            yield name
        finally:
            await asyncio.to_thread(self._drop, name)

    def _create(self, name: str) -> None:
        with closing(db.connect(self.server.url())) as connection:
            db.create_database(connection, name, template=_TEMPLATE)
            # A copied sequence does not log the values that its original has logged ahead, and a crash would
            # take them back: from the next checkpoint on it does.
            connection.execute("checkpoint")

    def _drop(self, name: str) -> None:
        with closing(db.connect(self.server.url())) as connection:
            db.drop_database(connection, name)


def furnish(server: Throwaway) -> House:
    """Make a server of the tests' one that may be crashed, with a template in it."""
    _, cast = small_world()
    server.stop()
    server.start(CRASHABLE)
    with closing(db.connect(server.url())) as connection:
        db.create_database(connection, _TEMPLATE)
    deploy_into(server.url(dbname=_TEMPLATE))
    with closing(db.connect(server.url(dbname=_TEMPLATE))) as owner:
        migrate.run_script(owner, _HELPERS.read_text(encoding="utf-8"))
    with closing(db.connect(server.url("rookery_operator", _TEMPLATE))) as operator:
        for name, value in _SETTINGS.items():
            db.call(operator, "setting_set", p_name=name, p_value=value)
        db.call(operator, "specified_users_set", p_stable_key="watched", p_user_ids=list(cast.authors))
        for kind, params in cast.roots():
            db.call(operator, "root_enable", p_kind=kind, p_params=params)
    return House(server, cast)
