"""Answers and events of any content: nothing raises, nothing is stored by half, and the ticks go on."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import httpx
import pytest
from hypothesis import event as happened
from hypothesis import given
from hypothesis import strategies as st

from app.database import Connection, call
from app.driver.sender import readable
from app.errors import OperatorMistake
from app.resources import sql_text
from app.simulator import TOKEN, Simulator, World, seeded_world
from app.web.bodies import storable_text
from conftest import Database, fresh_database
from fuzzing import JSON, ODD, almost, budget, dump, spoiled
from throwaway import Throwaway

pytestmark = pytest.mark.fuzz

KINDS = ("followers", "following", "posts", "users", "handles")
HEADERS = [
    "x-rate-limit-limit",
    "x-rate-limit-remaining",
    "x-rate-limit-reset",
    "retry-after",
    "X-Rate-Limit-Reset",
]
HEADERS += ["x-app-limit-24hour-remaining", "content-type", ""]
STATUSES = st.sampled_from(
    [200] * 12 + [400, 401, 402, 403, 404, 429, 500, 503, 0, -1, 99, 299, 600, 2**31 - 1]
)


# Sequences are not rolled back, and jitter is a hash of a call's number: no example would be the same again.
REMEMBER = b"""
create table test.drawn as select format('%I.%I', schemaname, sequencename)::regclass as name, last_value
from pg_sequences where schemaname in ('base', 'graph', 'ingest', 'asset', 'engine')
"""
RESTORE = b"select setval(name, coalesce(last_value, 1), last_value is not null) from test.drawn"


@contextmanager
def example(connection: Connection) -> Iterator[None]:
    """From where all examples begin; nothing of it stays."""
    connection.execute(RESTORE)
    with connection.transaction(force_rollback=True):
        yield


@pytest.fixture(scope="module")
def world() -> World:
    return seeded_world(60, 5)


@pytest.fixture(scope="module")
def watched(world: World) -> int:
    """The user whom most follow."""
    return world.most_followed(1)[0]


@pytest.fixture(scope="module")
def place(server: Throwaway, clocked_template: str, world: World, watched: int) -> Iterator[Database]:
    """A database that follows that user; its clock stands where the world begins."""
    with fresh_database(server, clocked_template) as found, found.connect() as connection:
        connection.execute(sql_text("db/tests/helpers.sql").encode())
        connection.execute("select simulation.set_now(%s)", [world.start])
        subject = {"subject_id": str(watched)}
        for kind in ("segment_followers", "segment_mutuals"):
            call(connection, "root_enable", p_kind=kind, p_params=subject)
        mutuals = {"source": {"kind": "segment_mutuals", "params": subject}}
        call(connection, "root_enable", p_kind="post_corpus_for_segment", p_params=mutuals)
        while calls := tick(connection):
            for asked in calls:
                respond(connection, asked["call_id"], *ask(world, asked))
        assert wrong(connection) == []
        connection.execute(REMEMBER)
        yield found


@pytest.fixture
def connection(place: Database) -> Iterator[Connection]:
    with place.connect() as opened:
        yield opened


def ask(world: World, asked: dict[str, Any]) -> tuple[int, dict[str, str], str]:
    """What the simulated X answers to a call."""

    async def get() -> httpx.Response:
        transport = httpx.ASGITransport(Simulator(world, clock=lambda: world.start).app())
        async with httpx.AsyncClient(transport=transport, base_url="http://x") as client:
            headers = {"Authorization": f"Bearer {TOKEN}"}
            return await client.get(asked["path"], params=asked["query"], headers=headers)

    answer = asyncio.run(get())
    return answer.status_code, dict(answer.headers), answer.text


def tick(connection: Connection) -> list[dict[str, Any]]:
    """Tick until nothing asks for another; the calls that were handed out."""
    calls = []
    for _ in range(200):
        found = call(connection, "engine_tick", p_worker="w", p_slots=20)
        calls += found["calls"]
        if not found["again"]:
            return calls
    raise AssertionError(f"the engine finds no rest: {found}")


def respond(connection: Connection, call_id: int, status: int, headers: Any, body: str) -> Any:
    return call(
        connection,
        "engine_response",
        p_call_id=call_id,
        p_status=status,
        p_headers=headers,
        p_body=body,
        p_worker="w",
    )


def wrong(connection: Connection) -> list[str]:
    return [row[0] for row in connection.execute("select test.invariants()").fetchall()]


def later(connection: Connection, by: str) -> None:
    connection.execute("select simulation.advance(%s)", [by])


def test_an_answer_of_any_content_is_recorded_or_set_aside(
    connection: Connection, world: World, watched: int
) -> None:
    """E1, I2, I7: what X's answers become when they are nearly right, alone and one after the other."""

    @budget(40)
    @given(st.data())
    def play(data: st.DataObject) -> None:
        with example(connection):
            call(connection, "setting_set", p_name="page.small", p_value="5")
            if data.draw(st.booleans()):
                call(connection, "setting_set", p_name="posts.retweets", p_value="exclude")
            later(connection, data.draw(st.sampled_from(["0 s", "7 hours", "8 days"])))
            for kind in data.draw(st.lists(st.sampled_from(KINDS), min_size=1, max_size=3, unique=True)):
                if kind == "handles":
                    call(connection, "sync_handles", p_handles=["somebody", "user_2"])
                else:
                    mode = data.draw(st.sampled_from(["full", "incremental"]))
                    call(connection, "sync_request", p_sync_kind=kind, p_subject_id=watched, p_mode=mode)
            for _ in range(2):
                for asked in tick(connection)[:6]:
                    answer(data, connection, world, asked)
                assert wrong(connection) == []
            later(connection, "1 hour")
            call(connection, "provider_resume", p_provider="x_v2")
            tick(connection)
            assert wrong(connection) == []

    play()


def answer(data: st.DataObject, connection: Connection, world: World, asked: dict[str, Any]) -> None:
    """Answer a call nearly as X would, perhaps twice, perhaps with silence."""
    _, headers, body = ask(world, asked)
    right = json.loads(body)
    status = data.draw(STATUSES, "status")
    text = dump(data.draw(almost(right) | almost(right) | almost(right) | JSON, "body"))
    sent = readable(data.draw(spoiled(text), "bytes"))
    headers |= data.draw(
        st.dictionaries(st.sampled_from(HEADERS), st.sampled_from(["0", "-1", "x", "9" * 30, "99", ""]))
    )
    if data.draw(st.integers(0, 9)) == 0:
        reason = data.draw(st.sampled_from(["timeout", "connect", "protocol", "aborted"]))
        arguments = {
            "p_call_id": asked["call_id"],
            "p_reason": reason,
            "p_detail": sent[:500],
            "p_worker": "w",
        }
        assert "recorded" in call(connection, "engine_failure", **arguments)
    first = respond(connection, asked["call_id"], status, headers, sent)
    happened(f"an answer is {first['class']}, recorded: {first['recorded']}")
    if first["class"] == "page":
        assert respond(connection, asked["call_id"], status, headers, sent)["recorded"] is False, "I7"


def test_arguments_of_any_content_are_taken_or_refused_clearly(connection: Connection) -> None:
    """No call that a driver could make ends in anything but an answer or an error of ours."""
    numbers = st.none() | st.integers(-(2**63), 2**63 - 1)
    words = st.none() | st.text(max_size=30).map(lambda each: readable(each.encode(errors="surrogatepass")))

    @budget(40)
    @given(numbers, st.none() | st.integers(-(2**31), 2**31 - 1), JSON.map(dump), words, words, words)
    def play(
        number: int | None,
        status: int | None,
        headers: str,
        one: str | None,
        two: str | None,
        three: str | None,
    ) -> None:
        with example(connection):
            outs = [row[0] for row in connection.execute("select call_id from ingest.calls").fetchall()]
            for call_id in (number, *outs[-1:]):
                text = storable_text(headers.encode(errors="surrogatepass"))
                said = {"p_status": status, "p_headers": text, "p_body": one, "p_worker": two}
                attempt(connection, "engine_response", p_call_id=call_id, **said)
                silence = {"p_reason": one, "p_detail": two, "p_worker": three}
                attempt(connection, "engine_failure", p_call_id=call_id, **silence)
                attempt(
                    connection, "engine_tick", p_worker=one, p_slots=None if status is None else status % 50
                )
                attempt(connection, "engine_release", p_worker=two)
            assert wrong(connection) == []

    play()


def attempt(connection: Connection, function: str, **arguments: Any) -> None:
    """Call it; that the argument is no JSON, or a mistake, is an answer too, and leaves no trace."""
    with suppress(OperatorMistake), connection.transaction():
        call(connection, function, **arguments)


def told(world: World, person: int) -> dict[str, Any]:
    """A user as X shows one in an event."""
    asked = {
        "path": "/2/users",
        "query": {"ids": str(person), "user.fields": "public_metrics,created_at,verified"},
    }
    return {"data": json.loads(ask(world, asked)[2])["data"][0]}


def test_a_webhook_event_of_any_content_is_taken_in_or_refused(
    connection: Connection, world: World, watched: int
) -> None:
    """W2, W3, E1: as above for what comes by itself; and the same again is the same event."""
    people = sorted(world.followers[watched])[:3]
    shown = {person: told(world, person) for person in (watched, *people)}
    post = {
        "id": "1900000000000000001",
        "text": "a post",
        "created_at": "2026-03-01T12:00:00.000Z",
        "author_id": str(watched),
    }
    both = {"source": shown[people[0]], "target": shown[watched]}
    bare = {"source": shown[watched]["data"], "target": shown[people[1]]["data"]}
    told_of = [
        *((f"follow.{kind}", payload) for kind in ("follow", "unfollow") for payload in (both, bare)),
        *((f"post.{kind}", post) for kind in ("create", "delete")),
        *((f"profile.update.{kind}", {"before": "a", "after": "b"}) for kind in ("bio", "handle", "geo", "")),
        *((kind, both) for kind in ("mute.mute", "follow.", "", "follow.follow.follow")),
    ]
    x = st.builds(
        lambda pair, uuid: {
            "data": {
                "event_uuid": uuid,
                "event_type": pair[0],
                "filter": {"user_id": str(watched)},
                "payload": pair[1],
                "includes": {"users": [shown[people[2]]["data"]]},
            }
        },
        st.sampled_from(told_of),
        st.integers(0, 5).map(str) | st.text(max_size=5),
    ).flatmap(almost)
    follower = st.builds(
        lambda who, target: {
            "follower": who,
            "target": target,
            "followed_at": "2026-03-01T12:00:00Z",
            "event_uuid": "1",
        },
        st.sampled_from([str(people[0]), "@somebody", "https://x.com/i/user/12", "x.com/user_2"]),
        st.sampled_from([str(watched), "@user_3"]),
    ).flatmap(almost)
    event = st.tuples(st.just("x_activity"), x | JSON) | st.tuples(st.just("new_follower"), follower | ODD)
    spoilt = event.flatmap(
        lambda each: st.tuples(st.just(each[0]), spoiled(dump(each[1])).map(storable_text))
    )

    @budget(60)
    @given(st.lists(spoilt, min_size=1, max_size=6), st.sampled_from(["1 s", "2 hours"]))
    def play(events: list[tuple[str, str]], pause: str) -> None:
        batch = [{"source": source, "body": body} for source, body in events]
        with example(connection):
            answers = call(connection, "webhook_receive", p_events=batch)
            assert len(answers) == len(events)
            assert all("event_id" in each or each.keys() == {"code", "field", "message"} for each in answers)
            assert wrong(connection) == []
            calls = tick(connection)
            again = call(connection, "webhook_receive", p_events=batch)
            assert [each.get("event_id") for each in again] == [each.get("event_id") for each in answers], (
                "W1"
            )
            for asked in calls:
                respond(connection, asked["call_id"], *ask(world, asked))
            later(connection, pause)
            tick(connection)
            for row in connection.execute("select state from api.webhook_events").fetchall():
                happened(f"an event is {row[0]}")
            left = connection.execute(
                "select count(*) from api.webhook_events where state = 'received'"
            ).fetchone()
            assert left == (0,)
            assert wrong(connection) == []
            call(connection, "metrics")

    play()


def test_a_batch_that_is_none_is_refused(connection: Connection) -> None:
    """W2: the one function that whoever has the web's login may call."""

    @budget(40)
    @given(st.lists(almost({"source": "x_activity", "body": "{}"}), max_size=3) | JSON)
    def play(batch: Any) -> None:
        text = storable_text(dump(batch).encode(errors="surrogatepass"))
        attempt(connection, "webhook_receive", p_events=text)

    play()


def test_an_answer_to_no_call_is_the_drivers_mistake(connection: Connection) -> None:
    with pytest.raises(OperatorMistake, match="there is no call"):
        respond(connection, 2**62, 200, {}, "{}")
