"""A corpus without retweets, kept by searches and by timelines: the same posts, and not the same bill."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal

import pytest

from app.database import Connection, call, read_view
from app.simulator import Days, Faults, World, seeded_world, truth
from app.simulator.bill import PRICES
from app.simulator.timelines import reference
from conftest import Database, fresh_database
from test_simulator_shapes import X
from throwaway import Throwaway

DAY = timedelta(days=1)
AUTHORS = 60
PLAIN = {"posts.retweets": "include"}
BY_TIMELINE = {"posts.retweets": "exclude", "posts.search": "never"}
BY_SEARCH = {"posts.retweets": "exclude"}


def new_world() -> World:
    return seeded_world(400, 11, hub_followers=250)


def is_retweet(world: World, post_id: int) -> bool:
    found = reference(world.seed, post_id)
    return found is not None and found.kind == "retweeted"


@dataclass
class Collector:
    """An engine that keeps the posts of sixty authors by some policy, from a simulated X of its own."""

    connection: Connection
    policy: dict[str, str]
    world: World = field(default_factory=new_world)
    calls: Counter[str] = field(default_factory=Counter)
    found: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.days = Days(self.world)
        self.x = X(self.world)
        self.x.now = self.world.start
        self.authors = self.world.most_followed(AUTHORS)
        for name, value in self.policy.items():
            call(self.connection, "setting_set", p_name=name, p_value=value)
        call(self.connection, "specified_users_set", p_stable_key="authors", p_user_ids=self.authors)
        source = {"kind": "segment_specified_users", "params": {"stable_key": "authors"}}
        self.corpus_id = call(
            self.connection, "root_enable", p_kind="post_corpus_for_segment", p_params={"source": source}
        )

    def live(self, until: timedelta, step: timedelta = timedelta(hours=6)) -> None:
        """Look every `step`, until so long after the world began."""
        while self.x.now <= self.world.start + until:
            call(self.connection, "set_now", schema="simulation", p_at=self.x.now)
            self.days.advance_to(self.x.now)
            if self.x.now.minute == 0 and self.x.now.hour % 6 == 0:
                self._post()
            self._work()
            self.x.now += step

    def posts(self, authors: set[int]) -> set[int]:
        """The members of the corpus that these authors wrote."""
        members = {row["item_id"] for row in call(self.connection, "members", p_instance_id=self.corpus_id)}
        found = read_view(self.connection, "posts", where={"author_id": sorted(authors)})
        return members & {post["post_id"] for post in found}

    def steady(self) -> set[int]:
        """The authors whom X has shown all the time: of others no two policies hear at once."""
        moved = {
            entry.user_id for entry in self.world.log if entry.what in ("suspended", "deactivated", "active")
        }
        return set(self.authors) - moved

    @property
    def posts_usd(self) -> Decimal:
        """What the posts cost so far, the profiles apart."""
        return self.x.simulator.bill.charged["post"] * PRICES["post"]

    def _post(self) -> None:
        number = (self.x.now - self.world.start) // timedelta(hours=6)
        for place, author in enumerate(self.authors):
            for _ in range((place + number) % 4):
                self.world.publish(self.x.now - timedelta(minutes=5), author)

    def _work(self) -> None:
        again = True
        while again:
            tick = call(self.connection, "engine_tick", p_worker="w", p_slots=50)
            for wanted in tick["calls"]:
                self.calls[wanted["path"].rsplit("/", 1)[-1]] += 1
                self._carry(wanted["call_id"], wanted["path"], wanted["query"])
            again = tick["again"] or bool(tick["calls"])

    def _carry(self, call_id: int, path: str, query: dict[str, str]) -> None:
        try:
            answer = self.x.get(path, **query)
        except ConnectionAbortedError as broken:
            call(
                self.connection,
                "engine_failure",
                p_call_id=call_id,
                p_reason="unreachable",
                p_detail=str(broken),
                p_worker="w",
            )
            return
        call(
            self.connection,
            "engine_response",
            p_call_id=call_id,
            p_status=answer.status_code,
            p_headers=dict(answer.headers),
            p_body=answer.text,
        )


def shown_posts(world: World, authors: set[int]) -> set[int]:
    return {post for post in truth.posts_shown(world, authors) if not is_retweet(world, post)}


def deleted_posts(world: World, since: timedelta = timedelta()) -> set[int | None]:
    return {
        entry.other_id for entry in world.log if entry.what == "delete" and entry.at >= world.start + since
    }


def lived(database: Database, policy: dict[str, str], until: timedelta) -> Collector:
    with database.connect() as connection:
        collector = Collector(connection, policy)
        collector.live(timedelta())
        first_usd = collector.posts_usd
        collector.live(until)
        steady = collector.steady()
        collector.found = collector.posts(steady)
        missed = shown_posts(collector.world, steady) - collector.found
        assert not missed
        print(
            f"{policy}: ${first_usd} at first, then ${collector.posts_usd - first_usd} "
            f"in {until.days} days by {collector.calls}"
        )
        return collector


def test_searches_bring_what_timelines_would_and_leave_the_retweets(
    server: Throwaway, clocked_template: str
) -> None:
    collectors = []
    for policy in (PLAIN, BY_TIMELINE, BY_SEARCH):
        with fresh_database(server, clocked_template) as database:
            collectors.append(lived(database, policy, 3 * DAY))
    plain, by_timeline, by_search = collectors
    assert by_search.found == by_timeline.found
    assert by_search.found == {post for post in plain.found if not is_retweet(plain.world, post)}
    assert by_search.found - shown_posts(by_search.world, by_search.steady()) <= deleted_posts(
        by_search.world
    )
    assert by_timeline.posts_usd == plain.posts_usd
    assert by_search.posts_usd < by_timeline.posts_usd
    assert by_search.calls["recent"] <= 3 * 4 * 5
    assert by_search.calls["tweets"] < by_timeline.calls["tweets"] / 5


def test_a_full_read_finds_what_was_deleted_meanwhile(clocked_database: Database) -> None:
    collector = lived(clocked_database, BY_SEARCH | {"reconcile.posts_after": "7 days"}, 8 * DAY)
    stale = collector.found - shown_posts(collector.world, collector.steady())
    assert stale <= deleted_posts(collector.world, 7 * DAY)
    assert not deleted_posts(collector.world) <= deleted_posts(collector.world, 7 * DAY)


@pytest.mark.parametrize("seed", [1, 2])
def test_whatever_goes_wrong_on_the_way_no_post_is_lost(clocked_database: Database, seed: int) -> None:
    with clocked_database.connect() as connection:
        collector = Collector(connection, BY_SEARCH)
        collector.live(timedelta())
        call(connection, "setting_set", p_name="freshness.posts", p_value="1 hour")
        collector.x.simulator.faults = faults = Faults(seed, 0.5)
        collector.live(2 * DAY, timedelta(minutes=10))
        assert faults.served.total() > 50
        faults.rate = 0.0
        collector.live(3 * DAY, timedelta(minutes=30))
        steady = collector.steady()
        found = collector.posts(steady)
        assert shown_posts(collector.world, steady) <= found
        assert found - shown_posts(collector.world, steady) <= deleted_posts(collector.world)
