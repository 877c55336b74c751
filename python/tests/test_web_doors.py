"""The doors for webhooks: who may come in, what is refused and how, and that an answer means stored."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import SecretStr
from starlette.types import Message
from structlog.testing import capture_logs

import throwaway
from app.database import call, connect, read_view
from app.web import Doors, create_app
from app.web.bodies import LARGEST_BODY, Room
from conftest import Database
from throwaway import Throwaway
from web_client import client_of, played_database

WEBHOOK_TOKEN = "the-webhook's-token"
SECRET = "the-consumer's-secret"
DOORS = Doors(webhook_token=SecretStr(WEBHOOK_TOKEN), consumer_secret=SecretStr(SECRET))
DURABLE = {"fsync": "on", "synchronous_commit": "on", "listen_addresses": "", "timezone": "UTC"}
FOLLOWERS = "/webhooks/new-follower"
AUTHORIZED = {"Authorization": f"Bearer {WEBHOOK_TOKEN}"}


@pytest.fixture
async def web(database: Database) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(create_app(database.url("rookery_web"), DOORS), token=None) as client:
        yield client


def received(database: Database) -> list[tuple[Any, ...]]:
    with database.connect("rookery_web") as connection:
        rows = read_view(connection, "webhook_events", order=["event_id"])
    return [(row["source"], row["payload"]) for row in rows]


def event(number: int = 7, **more: Any) -> bytes:
    """That somebody follows user 1, as a sender would say it."""
    return json.dumps({"follower": str(number), "target": "1", **more}).encode()


def signed(body: bytes, secret: str = SECRET) -> dict[str, str]:
    digest = hmac.new(secret.encode(), body, hashlib.sha256).digest()
    return {"x-twitter-webhooks-signature": "sha256=" + base64.b64encode(digest).decode()}


# --- new followers -----------------------------------------------------------------------------------


async def test_a_new_follower_is_stored_as_it_came_and_answered_with_its_id(
    web: httpx.AsyncClient, database: Database
) -> None:
    body = b'{"follower": "@jack", "target": "1", "note": "\xc3\xbc\\u0000\\ud800\0\xff", "token": "hush"}'
    first = await web.post(FOLLOWERS, content=body, headers=AUTHORIZED)
    assert (first.status_code, first.json()) == (202, {"event_id": "1"})
    again = await web.post(FOLLOWERS, params={"token": WEBHOOK_TOKEN}, content=body)
    assert (again.status_code, again.json()) == (202, {"event_id": "1"}), "W1: a duplicate is the same event"
    stored = {"follower": "@jack", "target": "1", "note": "ü" + 4 * "\N{REPLACEMENT CHARACTER}"}
    assert received(database) == [("new_follower", stored)]


@pytest.mark.parametrize("token", [None, "", "x", WEBHOOK_TOKEN + "x", "é"])
async def test_without_the_token_nothing_is_read(
    web: httpx.AsyncClient, database: Database, token: str | None
) -> None:
    read = False

    async def body() -> AsyncIterator[bytes]:
        nonlocal read
        read = True
        yield b"{}"

    by_query = await web.post(FOLLOWERS, params={} if token is None else {"token": token}, content=body())
    headers = [] if token is None else [(b"Authorization", f"Bearer {token}".encode())]
    by_header = await web.post(FOLLOWERS, content=b"{}", headers=headers)
    assert (by_query.status_code, by_header.status_code, read) == (401, 401, False)
    assert received(database) == []


async def test_a_header_that_is_wrong_is_not_mended_by_the_query(web: httpx.AsyncClient) -> None:
    answer = await web.post(
        FOLLOWERS, params={"token": WEBHOOK_TOKEN}, headers={"Authorization": "Bearer wrong"}, content=b"{}"
    )
    assert answer.status_code == 401


async def test_what_is_malformed_is_refused_with_the_field_named(
    web: httpx.AsyncClient, database: Database
) -> None:
    answer = await web.post(FOLLOWERS, content=b'{"target": "1"}', headers=AUTHORIZED)
    assert answer.status_code == 422
    assert answer.json()["errors"] == [{"field": "follower", "message": "follower is missing"}]
    assert answer.json()["code"] == "RK040"
    assert received(database) == []


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("application/json; charset=utf-8", 202),
        ("application/cloudevents+json", 202),
        ("text/plain", 415),
        ("application/x-www-form-urlencoded", 415),
    ],
)
async def test_only_json_is_taken(web: httpx.AsyncClient, kind: str, status: int) -> None:
    answer = await web.post(FOLLOWERS, content=event(), headers=AUTHORIZED | {"Content-Type": kind})
    assert answer.status_code == status


async def test_what_is_too_large_is_refused_before_it_is_read(
    web: httpx.AsyncClient, database: Database
) -> None:
    read = 0

    async def chunks() -> AsyncIterator[bytes]:
        nonlocal read
        while True:
            read += 65536
            yield b" " * 65536

    largest = event(note="x" * (LARGEST_BODY - len(event(note=""))))
    assert (await web.post(FOLLOWERS, content=largest, headers=AUTHORIZED)).status_code == 202
    for path, headers in ((FOLLOWERS, AUTHORIZED), ("/webhooks/x", signed(b""))):
        assert (await web.post(path, content=largest + b" ", headers=headers)).status_code == 413
        said = await web.post(path, content=chunks(), headers={**headers, "Content-Length": "262145"})
        assert (said.status_code, read) == (413, 0), "said too large, so not read at all"
        unsaid = await web.post(path, content=chunks(), headers=headers)
        assert unsaid.status_code == 413
        assert read <= LARGEST_BODY + 2 * 65536, "and no further than it has to be"
        read = 0
    assert len(received(database)) == 1


async def test_there_is_room_for_so_many_bodies_at_once(database: Database) -> None:
    """However many bring large bodies at once: who finds no room is told to come again."""
    room, begun, go_on = Room(most=300_000), asyncio.Event(), asyncio.Event()

    async def slowly() -> AsyncIterator[bytes]:
        yield event(note="x" * 200_000)[:-1]
        begun.set()
        await go_on.wait()
        yield b"}"

    async with client_of(create_app(database.url("rookery_web"), DOORS), token=None, room=room) as web:
        first = asyncio.create_task(web.post(FOLLOWERS, content=slowly(), headers=AUTHORIZED))
        await begun.wait()
        body = event(8, note="x" * 200_000)
        for path, headers in ((FOLLOWERS, AUTHORIZED), ("/webhooks/x", signed(body))):
            second = await web.post(path, content=body, headers=headers)
            assert (second.status_code, second.headers["retry-after"]) == (503, "5")
            assert second.json()["detail"] == "too much is being taken in at once; send it again later"
        go_on.set()
        assert (await first).status_code == 202
        assert (await web.post(FOLLOWERS, content=body, headers=AUTHORIZED)).status_code == 202
    assert len(received(database)) == 2


async def test_so_many_events_may_wait(web: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.web.inbox.MOST_WAITING", 3)
    posts = (web.post(FOLLOWERS, content=event(number), headers=AUTHORIZED) for number in range(2, 42))
    answers = await asyncio.gather(*posts)
    refused = [each for each in answers if each.status_code != 202]
    assert refused
    assert {each.status_code for each in refused} == {503}
    assert "too many events wait" in refused[0].json()["detail"]


async def test_a_body_that_breaks_off_or_does_not_come_is_no_fault_of_ours(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.web.bodies.READ_SECONDS", 0.05)
    app = create_app(database.url("rookery_web"), DOORS)

    async def post(*messages: dict[str, Any]) -> int:
        coming, status = list(messages), 0

        async def receive() -> dict[str, Any]:
            if not coming:
                await asyncio.Event().wait()
            return coming.pop(0)

        async def send(message: Message) -> None:
            nonlocal status
            status = message.get("status", status)

        authorization = (b"authorization", AUTHORIZED["Authorization"].encode())
        scope = {
            "type": "http",
            "method": "POST",
            "path": FOLLOWERS,
            "query_string": b"",
            "headers": [authorization],
        }
        async with app.router.lifespan_context(app) as state:
            await app({**scope, "state": dict(state or {})}, receive, send)
        return status

    part = {"type": "http.request", "body": b"{", "more_body": True}
    with capture_logs() as lines:
        assert await post(part) == 408
        assert await post(part, {"type": "http.disconnect"}) == 400
        assert await post({"type": "http.disconnect"}) == 400
    assert {each["event"] for each in lines} == {"request"}
    assert received(database) == []


async def test_events_of_the_same_moment_share_a_transaction(
    web: httpx.AsyncClient, database: Database
) -> None:
    posts = (web.post(FOLLOWERS, content=event(number), headers=AUTHORIZED) for number in range(2, 102))
    answers = await asyncio.gather(*posts)
    assert len({each.json()["event_id"] for each in answers}) == 100
    with database.connect() as connection:
        row = connection.execute(
            "select count(*), count(distinct xmin::text) from ingest.webhook_events"
        ).fetchone()
    assert row is not None
    assert row[0] == 100
    assert row[1] < 20


async def test_one_bad_event_does_not_refuse_its_neighbours(
    web: httpx.AsyncClient, database: Database
) -> None:
    with database.connect() as connection:
        # A defect that nobody foresaw: the database refuses a whole batch for the sake of one event.
        connection.execute(
            "alter table ingest.webhook_events add constraint a_defect check (not payload ? 'poison')"
        )
    bodies = [event(2), b"malformed", event(3, poison=True), event(4)]
    answers = await asyncio.gather(
        *(web.post(FOLLOWERS, content=each, headers=AUTHORIZED) for each in bodies)
    )
    assert [each.status_code for each in answers] == [202, 422, 503, 202]
    assert {payload["follower"] for _, payload in received(database)} == {"2", "4"}


async def test_when_the_database_is_away_the_sender_is_told_to_return(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """W2: nothing is half stored, nothing is lost: who got no 202 sends again."""
    monkeypatch.setattr("app.web.inbox.PATIENCE_SECONDS", 0.3)
    url = database.url("rookery_web").replace("/rookery_test", "/gone_rookery_test")
    async with client_of(create_app(url, DOORS), token=None) as web:
        body = b"{}"
        for path, headers in ((FOLLOWERS, AUTHORIZED), ("/webhooks/x", signed(body))):
            answer = await web.post(path, content=body, headers=headers)
            assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")


async def test_a_sender_who_is_kept_waiting_is_told_to_return(
    web: httpx.AsyncClient, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.web.inbox.PATIENCE_SECONDS", 0.3)
    with database.connect() as connection, connection.transaction():
        connection.execute("lock table ingest.event_keys in access exclusive mode")
        answer = await web.post(FOLLOWERS, content=event(), headers=AUTHORIZED)
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    again = await web.post(FOLLOWERS, content=event(), headers=AUTHORIZED)
    assert (again.status_code, len(received(database))) == (202, 1), "W1: which is the same event"


async def test_nothing_that_was_answered_is_lost_when_the_server_crashes(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """W2: PostgreSQL crashes in the middle; who was told 202 is stored, and who was not sends again."""
    monkeypatch.setattr("app.web.inbox.PATIENCE_SECONDS", 0.2)  # or the crash would go by unnoticed
    answers: dict[int, list[httpx.Response]] = {}
    with throwaway.server(request.config.getoption("--pg")) as server:
        server.stop()
        server.start(DURABLE)
        throwaway.deploy_into(server.url())
        crashed = asyncio.Event()

        async def send_all(web: httpx.AsyncClient, numbers: range) -> None:
            for number in numbers:
                answers[number] = []
                while not answers[number] or answers[number][-1].status_code == 503:
                    answer = await web.post(FOLLOWERS, content=event(number), headers=AUTHORIZED)
                    answers[number].append(answer)
                if number == 20:
                    crashed.set()

        async def crash() -> None:
            await crashed.wait()
            await asyncio.to_thread(server.stop, "immediate")
            await asyncio.to_thread(server.start, DURABLE)

        async with client_of(create_app(server.url("rookery_web"), DOORS), token=None) as web:
            senders = (send_all(web, range(start, start + 100)) for start in range(2, 502, 100))
            await asyncio.gather(crash(), *senders)
        with closing(connect(server.url("rookery_web"))) as connection:
            rows = read_view(connection, "webhook_events")
    refused = [each for tries in answers.values() for each in tries if each.status_code == 503]
    assert refused
    assert all(each.headers["retry-after"] for each in refused)
    assert sorted((int(row["payload"]["follower"]), str(row["event_id"])) for row in rows) == [
        (number, tries[-1].json()["event_id"]) for number, tries in sorted(answers.items())
    ]


# --- X -----------------------------------------------------------------------------------------------


async def test_a_challenge_is_answered_with_its_signature(web: httpx.AsyncClient) -> None:
    answer = await web.get("/webhooks/x", params={"crc_token": "MTYzNzg0-abc_="})
    assert answer.status_code == 200
    expected = signed(b"MTYzNzg0-abc_=")["x-twitter-webhooks-signature"]
    assert answer.json() == {"response_token": expected}


@pytest.mark.parametrize("challenge", [None, "", '{"data": {}}', " ", "x" * 201, "ü"])
async def test_no_challenge_gets_a_delivery_signed(web: httpx.AsyncClient, challenge: str | None) -> None:
    params = {} if challenge is None else {"crc_token": challenge}
    answer = await web.get("/webhooks/x", params=params)
    assert answer.status_code == 422
    assert [each["field"] for each in answer.json()["errors"]] == ["crc_token"]


async def test_a_signed_delivery_is_stored(web: httpx.AsyncClient, database: Database) -> None:
    body = '{"data": {"event_uuid": "-5", "tag": "ü"}}'.encode()
    answer = await web.post("/webhooks/x", content=body, headers=signed(body))
    assert (answer.status_code, answer.json()) == (200, {"event_id": "1"})
    assert received(database) == [("x_activity", json.loads(body))]


async def test_a_signed_delivery_that_is_none_is_refused(web: httpx.AsyncClient, database: Database) -> None:
    body = b'["data"]'
    answer = await web.post("/webhooks/x", content=body, headers=signed(body))
    assert (answer.status_code, [each["field"] for each in answer.json()["errors"]]) == (422, ["body"])
    assert received(database) == []


async def test_a_delivery_without_its_own_signature_is_not_even_parsed(
    web: httpx.AsyncClient, database: Database
) -> None:
    body = b'{"data": {}}'
    for headers in (
        {},
        signed(body + b" "),
        signed(body, "another"),
        {"x-twitter-webhooks-signature": "sha256="},
    ):
        answer = await web.post("/webhooks/x", content=body, headers=headers)
        assert answer.status_code == 401
    assert received(database) == []


async def test_a_door_without_its_secret_is_not_there(database: Database) -> None:
    async with client_of(create_app(database.url("rookery_web"), Doors()), token=None) as web:
        assert (await web.post(FOLLOWERS, content=b"{}", headers=AUTHORIZED)).status_code == 404
        assert (await web.get("/webhooks/x", params={"crc_token": "x"})).status_code == 404


# --- anything ----------------------------------------------------------------------------------------


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), database=None)
@given(
    body=st.one_of(
        st.binary(max_size=300),
        st.recursive(st.none() | st.booleans() | st.floats() | st.text(), st.lists)
        .map(json.dumps)
        .map(str.encode),
        st.builds(event, st.integers(1, 9), note=st.text()),
        st.builds(event, follower=st.text(), event_uuid=st.none() | st.integers() | st.text()),
    ),
    kind=st.sampled_from(["application/json", "", "a/b; charset=\\", "application/+json"]),
)
def test_whatever_comes_is_answered(database: Database, body: bytes, kind: str) -> None:
    """No bytes make a 500, and what was answered as stored is stored."""

    async def send() -> None:
        async with client_of(create_app(database.url("rookery_web"), DOORS), token=None) as web:
            by_token = await web.post(FOLLOWERS, content=body, headers=AUTHORIZED | {"Content-Type": kind})
            assert by_token.status_code in {202, 415, 422}
            by_signature = await web.post("/webhooks/x", content=body, headers=signed(body))
            assert by_signature.status_code in {200, 422}
            ids = {each.json()["event_id"] for each in (by_token, by_signature) if each.status_code < 300}
        with database.connect("rookery_web") as connection:
            stored = read_view(connection, "webhook_events", where={"event_id": [int(each) for each in ids]})
        assert len(stored) == len(ids)

    asyncio.run(send())


# --- all the way -------------------------------------------------------------------------------------


@pytest.fixture
def world(server: Throwaway, clocked_template: str) -> Iterator[Database]:
    with played_database(server, clocked_template) as found:
        yield found


async def test_what_comes_in_by_a_door_becomes_an_edge_that_names_it(world: Database) -> None:
    """W1, W3, G7: stored when it is answered, taken in by the next ticks; and the same again is the same."""
    told = json.dumps({"follower": "https://x.com/user_12", "target": "8"}).encode()
    by_x = json.dumps(x_follow("follow.unfollow", follower=1, target=8)).encode()

    async def deliver(web: httpx.AsyncClient) -> list[int]:
        first = await web.post(FOLLOWERS, content=told, headers=AUTHORIZED)
        second = await web.post("/webhooks/x", content=by_x, headers=signed(by_x))
        assert (first.status_code, second.status_code) == (202, 200)
        return [int(each.json()["event_id"]) for each in (first, second)]

    async with client_of(create_app(world.url("rookery_web"), DOORS), token=None) as web:
        ids = await deliver(web)
        for _ in "once before it is taken in", "once after":
            assert await deliver(web) == ids
            play(world)
    with world.connect("rookery_web") as connection:
        events = read_view(connection, "webhook_events", where={"event_id": ids}, order=["event_id"])
        assert [(each["state"], each["repeats"]) for each in events] == [("applied", 2)] * 2
        edges = read_view(connection, "follows", where={"target_id": 8}, order=["follower_id"])
        assert [(each["follower_id"], each["deleted_at"] is None) for each in edges] == [
            (1, False),
            (12, True),
        ]
        for event_id, follower in zip(ids, ("12", "1"), strict=True):
            edge = {"target_id": "8", "follower_id": follower}
            reason = call(connection, "provenance", p_item_kind="follow", p_key=edge)
            assert f"event {event_id}, " in json.dumps(reason), "G7: provenance names the event"


def play(world: Database) -> None:
    """Tick, and answer what is asked for, until the engine rests."""
    with world.connect() as connection:
        connection.execute("select test.play()")


def x_follow(event_type: str, follower: int, target: int) -> dict[str, Any]:
    """What X delivers of a follow."""
    source, whom = (
        {"data": {"id": str(each), "username": f"user_{each}", "name": "Somebody"}}
        for each in (follower, target)
    )
    return {
        "data": {
            "event_uuid": "1",
            "event_type": event_type,
            "filter": {"user_id": str(target)},
            "payload": {"source": source, "target": whom},
        }
    }
