"""Where a race is run: a clock that is fast, a world by that clock, its X, and a server whose log is read."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from app import database as db
from app import migrate
from app.simulator import Fault, Faults, Simulator, World, seeded_world, truth
from app.simulator.faults import MIX
from app.simulator.timelines import reference
from throwaway import Throwaway, deploy_into

SPEED = 1000
_USERS, _FOLLOWS, _POSTS = 120, 25, 4
_FAULT_RATE = 0.05
_DATABASE = "race"
_HELPERS = Path(__file__).parents[3] / "db/tests/helpers.sql"
# Two that wait for each other are found sooner; %e is the SQLSTATE.
_SERVER = {
    **{"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "shared_buffers": "128MB"},
    **{"listen_addresses": "", "timezone": "UTC", "deadlock_timeout": "200ms"},
    "log_line_prefix": "%m [%p] %e %a ",
}
# What takes hours takes seconds; a call has a lease of nearly two of them.
_SETTINGS = {
    **{
        "tick.budget": "200 ms",
        "call.lease": "1800 s",
        "worker.heartbeat": "60 s",
        "leavers.look_up": "always",
    },
    **{
        "page.follows": "20",
        "page.posts": "5",
        "subject.recheck": "10 minutes",
        "search.spread": "15 minutes",
    },
    **{"reconcile.after": "4 hours", "reconcile.posts_after": "6 hours", "verify.after": "2 hours"},
    **{f"freshness.{kind}": "40 minutes" for kind in ("followers", "following", "posts", "users")},
}
# Without retweets posts are polled by searches, for many authors at once.
_RETWEETS = ("include", "exclude")
_CLOCK = """
create or replace function base.now()
  returns timestamptz
  language sql
  stable
as $$
  select timestamptz '{start}' + (pg_catalog.now() - timestamptz '{start}') * {speed};
$$;
"""
_FAULT = re.compile(r"\[\d+\] (?P<state>\w{5}) .*?(?P<level>ERROR|FATAL|PANIC):  (?P<message>.*)")


@dataclass(frozen=True)
class FastClock:
    """As a real clock: it never stands, and within a transaction it is when that began."""

    start: datetime

    def now(self) -> datetime:
        """The moment for X and its world."""
        return self.start + (datetime.now(UTC) - self.start) * SPEED

    @property
    def sql(self) -> str:
        """The same for the database."""
        return _CLOCK.format(start=self.start.isoformat(), speed=SPEED)


@dataclass
class Stage:
    """All that a race needs; `ids` are the users, those first whom the most is asked of."""

    server: Throwaway
    clock: FastClock
    world: World
    seed: int
    x: Simulator = field(init=False)

    def __post_init__(self) -> None:
        self.ids = sorted(self.world.accounts)
        mix = (*MIX, Fault.EXPIRED_CURSOR)
        faults = Faults(self.seed, _FAULT_RATE, mix)
        self.x = Simulator(self.world, clock=self.clock.now, hang_seconds=0.2, faults=faults)

    def url(self, role: str) -> str:
        return self.server.url(role, _DATABASE)

    def posts_shown(self, authors: Iterable[int]) -> set[int]:
        """The posts of these authors that X shows, and that are taken."""
        shown = truth.posts_shown(self.world, authors)
        if _RETWEETS[self.seed % 2] == "include":
            return shown
        kinds = {post_id: reference(self.world.seed, post_id) for post_id in shown}
        return {post_id for post_id, found in kinds.items() if found is None or found.kind != "retweeted"}

    def errors_in_the_log(self) -> list[str]:
        """Every error that the server knows of and that nobody asked for."""
        log = self.server.data / "server.log"
        return unasked_errors(log.read_text(encoding="utf-8", errors="replace"))


def unasked_errors(log: str) -> list[str]:
    """The errors in a log that are not what a client asked for and could not have, or that it was killed."""
    found = [match for match in map(_FAULT.search, log.splitlines()) if match is not None]
    return [match[0] for match in found if not match["state"].startswith(("RK", "08"))]


@contextmanager
def staged(server: Throwaway, seed: int) -> Iterator[Stage]:
    """Make a server of the tests' one that says more, with a database where the clock is fast."""
    server.stop()
    (server.data / "server.log").unlink()
    server.start(_SERVER)
    with closing(db.connect(server.url())) as connection:
        db.create_database(connection, _DATABASE)
    try:
        deploy_into(server.url(dbname=_DATABASE))
        clock = FastClock(datetime.now(UTC))
        with closing(db.connect(server.url(dbname=_DATABASE))) as owner:
            migrate.run_script(owner, _HELPERS.read_text(encoding="utf-8"))
            migrate.run_script(owner, clock.sql)
        with closing(db.connect(server.url("rookery_operator", _DATABASE))) as operator:
            for name, value in (_SETTINGS | {"posts.retweets": _RETWEETS[seed % 2]}).items():
                db.call(operator, "setting_set", p_name=name, p_value=value)
        yield Stage(server, clock, small_world(seed, clock.start), seed)
    finally:
        with closing(db.connect(server.url())) as connection:
            db.drop_database(connection, _DATABASE)


def small_world(seed: int, start: datetime) -> World:
    """Some dozens of users who follow each other a lot and post a little."""
    chance = random.Random(seed)
    world = seeded_world(_USERS, seed, start=start, mean_follows=0)
    for user_id in world.accounts:
        for other_id in chance.sample(sorted(world.accounts), _FOLLOWS):
            world.link(user_id, other_id)
        del world.posts(user_id)[_POSTS:]
    return world
