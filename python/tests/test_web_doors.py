"""The doors for webhooks: who may come in, what is refused and how, and that an answer means stored."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

import throwaway
from app import database
from app.web import Doors, create_app
from app.web.bodies import LARGEST_BODY
from conftest import Database
from web_client import client_of

WEBHOOK_TOKEN = "the-webhook's-token"
SECRET = "the-consumer's-secret"
DOORS = Doors(webhook_token=SecretStr(WEBHOOK_TOKEN), consumer_secret=SecretStr(SECRET))
DURABLE = {"fsync": "on", "synchronous_commit": "on", "listen_addresses": "", "timezone": "UTC"}
INBOX = Path(__file__).with_name("played_inbox.sql")
FOLLOWERS = "/webhooks/new-follower"
AUTHORIZED = {"Authorization": f"Bearer {WEBHOOK_TOKEN}"}


@pytest.fixture
def inbox(database: Database) -> Database:
    with database.connect() as connection:
        connection.execute(INBOX.read_bytes())
    return database


@pytest.fixture
async def web(inbox: Database) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(create_app(inbox.url("rookery_web"), DOORS), token=None) as client:
        yield client


def received(inbox: Database) -> list[tuple[Any, ...]]:
    with inbox.connect() as connection:
        return connection.execute("select source, body from api.received order by event_id").fetchall()


def signed(body: bytes, secret: str = SECRET) -> dict[str, str]:
    digest = hmac.new(secret.encode(), body, hashlib.sha256).digest()
    return {"x-twitter-webhooks-signature": "sha256=" + base64.b64encode(digest).decode()}


# --- new followers -----------------------------------------------------------------------------------


async def test_a_new_follower_is_stored_as_it_came_and_answered_with_its_id(
    web: httpx.AsyncClient, inbox: Database
) -> None:
    body = '{"follower": "@jack",  "note": "ünï\\u0000"}'
    first = await web.post(FOLLOWERS, content=body, headers=AUTHORIZED)
    assert (first.status_code, first.json()) == (202, {"event_id": "1"})
    again = await web.post(FOLLOWERS, params={"token": WEBHOOK_TOKEN}, content=body)
    assert (again.status_code, again.json()) == (202, {"event_id": "1"}), "W1: a duplicate is the same event"
    assert received(inbox) == [("new_follower", body)]


@pytest.mark.parametrize("token", [None, "", "x", WEBHOOK_TOKEN + "x", "é"])
async def test_without_the_token_nothing_is_read(
    web: httpx.AsyncClient, inbox: Database, token: str | None
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
    assert received(inbox) == []


async def test_a_header_that_is_wrong_is_not_mended_by_the_query(web: httpx.AsyncClient) -> None:
    answer = await web.post(
        FOLLOWERS, params={"token": WEBHOOK_TOKEN}, headers={"Authorization": "Bearer wrong"}, content=b"{}"
    )
    assert answer.status_code == 401


async def test_what_is_malformed_is_refused_with_the_field_named(
    web: httpx.AsyncClient, inbox: Database
) -> None:
    answer = await web.post(FOLLOWERS, content=b'{"malformed": 1}', headers=AUTHORIZED)
    assert answer.status_code == 422
    assert answer.json()["errors"] == [{"field": "follower", "message": "follower is missing"}]
    assert answer.json()["code"] == "RK030"
    assert received(inbox) == []


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
    answer = await web.post(FOLLOWERS, content=b"{}", headers=AUTHORIZED | {"Content-Type": kind})
    assert answer.status_code == status


async def test_what_is_too_large_is_refused_before_it_is_read(
    web: httpx.AsyncClient, inbox: Database
) -> None:
    read = 0

    async def chunks() -> AsyncIterator[bytes]:
        nonlocal read
        while True:
            read += 65536
            yield b" " * 65536

    largest = b'"' + b"x" * (LARGEST_BODY - 2) + b'"'
    assert (await web.post(FOLLOWERS, content=largest, headers=AUTHORIZED)).status_code == 202
    for path, headers in ((FOLLOWERS, AUTHORIZED), ("/webhooks/x", signed(b""))):
        assert (await web.post(path, content=largest + b" ", headers=headers)).status_code == 413
        said = await web.post(path, content=chunks(), headers={**headers, "Content-Length": "262145"})
        assert (said.status_code, read) == (413, 0), "said too large, so not read at all"
        unsaid = await web.post(path, content=chunks(), headers=headers)
        assert unsaid.status_code == 413
        assert read <= LARGEST_BODY + 2 * 65536, "and no further than it has to be"
        read = 0
    assert len(received(inbox)) == 1


async def test_events_of_the_same_moment_share_a_transaction(web: httpx.AsyncClient, inbox: Database) -> None:
    posts = (
        web.post(FOLLOWERS, content=json.dumps({"n": number}).encode(), headers=AUTHORIZED)
        for number in range(100)
    )
    answers = await asyncio.gather(*posts)
    assert len({each.json()["event_id"] for each in answers}) == 100
    with inbox.connect() as connection:
        row = connection.execute("select count(*), count(distinct batch) from api.received").fetchone()
    assert row is not None
    assert row[0] == 100
    assert row[1] < 20


async def test_one_bad_event_does_not_refuse_its_neighbours(web: httpx.AsyncClient, inbox: Database) -> None:
    bodies = ["{}", "malformed", "poison", '{"n": 1}']
    answers = await asyncio.gather(
        *(web.post(FOLLOWERS, content=each.encode(), headers=AUTHORIZED) for each in bodies)
    )
    assert [each.status_code for each in answers] == [202, 422, 503, 202]
    assert {body for _, body in received(inbox)} == {"{}", '{"n": 1}'}


async def test_when_the_database_is_away_the_sender_is_told_to_return(inbox: Database) -> None:
    """W2: nothing is half stored, nothing is lost: who got no 202 sends again."""
    url = inbox.url("rookery_web").replace("/rookery_test", "/gone_rookery_test")
    async with client_of(create_app(url, DOORS), token=None) as web:
        body = b"{}"
        for path, headers in ((FOLLOWERS, AUTHORIZED), ("/webhooks/x", signed(body))):
            answer = await web.post(path, content=body, headers=headers)
            assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")


async def test_a_sender_who_is_kept_waiting_is_told_to_return(
    web: httpx.AsyncClient, inbox: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.web.inbox.PATIENCE_SECONDS", 0.3)
    with inbox.connect() as connection, connection.transaction():
        connection.execute("lock table api.received in access exclusive mode")
        answer = await web.post(FOLLOWERS, content=b"{}", headers=AUTHORIZED)
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert (await web.post(FOLLOWERS, content=b"{}", headers=AUTHORIZED)).json() == {"event_id": "1"}


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
        with closing(database.connect(server.url())) as connection:
            connection.execute(INBOX.read_bytes())
        crashed = asyncio.Event()

        async def send_all(web: httpx.AsyncClient, numbers: range) -> None:
            for number in numbers:
                answers[number] = []
                while not answers[number] or answers[number][-1].status_code == 503:
                    body = json.dumps({"n": number}).encode()
                    answers[number].append(await web.post(FOLLOWERS, content=body, headers=AUTHORIZED))
                if number == 20:
                    crashed.set()

        async def crash() -> None:
            await crashed.wait()
            await asyncio.to_thread(server.stop, "immediate")
            await asyncio.to_thread(server.start, DURABLE)

        async with client_of(create_app(server.url("rookery_web"), DOORS), token=None) as web:
            senders = (send_all(web, range(start, start + 100)) for start in range(0, 500, 100))
            await asyncio.gather(crash(), *senders)
        with closing(database.connect(server.url())) as connection:
            rows = connection.execute(
                "select event_id, (body::jsonb ->> 'n')::int from api.received"
            ).fetchall()
    refused = [each for tries in answers.values() for each in tries if each.status_code == 503]
    assert refused
    assert all(each.headers["retry-after"] for each in refused)
    assert {number: str(event_id) for event_id, number in rows} == {
        number: tries[-1].json()["event_id"] for number, tries in answers.items()
    }


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


async def test_a_signed_delivery_is_stored(web: httpx.AsyncClient, inbox: Database) -> None:
    body = '{"data": {"event_uuid": "-5", "tag": "ü"}}'.encode()
    answer = await web.post("/webhooks/x", content=body, headers=signed(body))
    assert (answer.status_code, answer.json()) == (200, {"event_id": "1"})
    assert received(inbox) == [("x_activity", body.decode())]


async def test_a_delivery_without_its_own_signature_is_not_even_parsed(
    web: httpx.AsyncClient, inbox: Database
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
    assert received(inbox) == []


async def test_a_door_without_its_secret_is_not_there(inbox: Database) -> None:
    async with client_of(create_app(inbox.url("rookery_web"), Doors()), token=None) as web:
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
    ),
    kind=st.sampled_from(["application/json", "", "a/b; charset=\\", "application/+json"]),
)
def test_whatever_comes_is_answered(inbox: Database, body: bytes, kind: str) -> None:
    """No bytes make a 500, and what was answered as stored is stored."""

    async def send() -> None:
        async with client_of(create_app(inbox.url("rookery_web"), DOORS), token=None) as web:
            by_token = await web.post(FOLLOWERS, content=body, headers=AUTHORIZED | {"Content-Type": kind})
            assert by_token.status_code in {202, 415, 422}
            by_signature = await web.post("/webhooks/x", content=body, headers=signed(body))
            assert by_signature.status_code == 200

    asyncio.run(send())
