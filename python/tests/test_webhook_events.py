"""Webhook events of any content, in any order: nothing raises, and the last word on a follow counts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg.types.json import Jsonb

from app.database import Connection, call, read_view
from conftest import Database

RELAXED = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)

WORDS = st.sampled_from(
    [
        *(
            "",
            "1",
            "2",
            "007",
            "@one",
            "x.com/two",
            "https://x.com/i/user/3",
            "99999999999999999999",
            "-1",
            "a b",
        ),
        *("\u0000", "\udc80", "x" * 3000, "2026-03-01T00:00:00Z", "2026-99-01T00:00:00Z", "infinity", "now"),
    ]
)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.just(10**400)
    | WORDS
    | st.text()
)
TYPES = [
    "follow.follow",
    "follow.unfollow",
    "post.create",
    "post.delete",
    "profile.update.bio",
    "profile.update.handle",
]
KEYS = st.sampled_from(
    [
        *(
            "data",
            "id",
            "username",
            "source",
            "target",
            "payload",
            "filter",
            "user_id",
            "includes",
            "users",
            "text",
        ),
        *(
            "author_id",
            "created_at",
            "after",
            "public_metrics",
            "followers_count",
            "follower",
            "followed_at",
            "event_uuid",
        ),
    ]
)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=12,
)


def deliver(connection: Connection, events: list[tuple[str, str]]) -> list[dict[str, Any]]:
    """What the database answers to a batch of (source, body)."""
    batch = [{"source": source, "body": body} for source, body in events]
    found: list[dict[str, Any]] = call(connection, "webhook_receive", p_events=Jsonb(batch))
    return found


def tick(connection: Connection) -> None:
    """Tick until nothing asks for another."""
    while call(connection, "engine_tick")["again"]:
        pass


def told(event_type: str, user_id: str, payload: Any, uuid: Any, includes: Any = None) -> str:
    envelope = {
        "event_uuid": uuid,
        "event_type": event_type,
        "filter": {"user_id": user_id},
        "payload": payload,
    }
    return json.dumps({"data": {**envelope, "includes": includes}})


def user(user_id: int) -> dict[str, Any]:
    return {"data": {"id": str(user_id), "username": f"user_{user_id}", "name": "Somebody"}}


@pytest.fixture
def connection(clocked_database: Database) -> Iterator[Connection]:
    with clocked_database.connect() as opened:
        yield opened


def test_events_of_any_content_are_taken_in_or_refused(connection: Connection) -> None:
    """W2, E1: whatever a body holds, it is stored or its field is named, and the ticks go on."""
    any_x = st.builds(told, st.sampled_from(TYPES) | st.text(max_size=9), WORDS, JSON, SCALARS, JSON)
    follower = st.fixed_dictionaries(
        {"follower": SCALARS}, optional={"target": SCALARS, "followed_at": SCALARS, "event_uuid": SCALARS}
    )
    event = st.one_of(
        st.tuples(st.just("x_activity"), any_x | JSON.map(json.dumps) | st.text()),
        st.tuples(st.just("new_follower"), follower.map(json.dumps) | JSON.map(json.dumps) | st.text()),
    )

    @RELAXED
    @given(st.lists(event, min_size=1, max_size=8))
    def deliver_and_tick(events: list[tuple[str, str]]) -> None:
        storable = [
            (source, body.encode("utf-8", "replace").decode().replace("\0", "?")) for source, body in events
        ]
        answers = deliver(connection, storable)
        assert len(answers) == len(events)
        assert all(
            "event_id" in answer or answer.keys() == {"code", "field", "message"} for answer in answers
        )
        assert [answer.get("event_id") for answer in deliver(connection, storable)] == [
            answer.get("event_id") for answer in answers
        ]
        tick(connection)
        assert read_view(connection, "webhook_events", where={"state": "received"}) == []

    deliver_and_tick()


def test_the_last_word_on_a_follow_counts(connection: Connection) -> None:
    """W3: however events are grouped, repeated and taken in, an edge is as the last new one of it said."""
    numbers = iter(range(1, 1_000_000))
    word = st.tuples(st.integers(1, 3), st.integers(4, 6), st.booleans())

    @RELAXED
    @given(
        st.lists(
            st.tuples(st.lists(word, min_size=1, max_size=6), st.booleans(), st.booleans()),
            min_size=1,
            max_size=6,
        )
    )
    def play(batches: list[tuple[list[tuple[int, int, bool]], bool, bool]]) -> None:
        alive: dict[tuple[int, int], bool] = {}
        earlier: list[tuple[str, str]] = []
        for words, repeats, ticks in batches:
            batch = []
            for target, follower, follows in words:
                kind = "follow.follow" if follows else "follow.unfollow"
                payload = {"source": user(follower), "target": user(target)}
                batch.append(("x_activity", told(kind, str(target), payload, str(next(numbers)))))
                alive[target, follower] = follows
            deliver(connection, batch + (earlier if repeats else []))
            earlier += batch
            if ticks:
                tick(connection)
        tick(connection)
        edges = {
            (row["target_id"], row["follower_id"]): row["deleted_at"] is None
            for row in read_view(connection, "follows")
        }
        assert {edge: edges.get(edge, False) for edge in alive} == alive

    play()
