"""The reading API as its readers see it: every list and thing, pages, streams, tags, refusals."""

from __future__ import annotations

import csv
import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest

from app import database
from app.web import Doors, create_app
from app.web.operations import Listing
from app.web.reading import OPERATIONS
from conftest import Database
from throwaway import Throwaway
from web_client import DOORS, TOKEN, client_of, played_database

FOLLOWERS = {"kind": "segment_followers", "params": {"subject_id": "1"}}


@pytest.fixture(scope="module")
def world(server: Throwaway, clocked_template: str) -> Iterator[Database]:
    with played_database(server, clocked_template) as found:
        yield found


@pytest.fixture
async def web(world: Database) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(world.url("rookery_web"), DOORS, connections=2)
    async with client_of(app) as client:
        yield client


@pytest.fixture
def followers(world: Database) -> str:
    """The instance of the followers of user 1."""
    with world.connect() as connection:
        found = database.call(
            connection, "instance_id", p_kind=FOLLOWERS["kind"], p_params=FOLLOWERS["params"]
        )
        return str(found)


async def get(web: httpx.AsyncClient, path: str, **query: Any) -> Any:
    answer = await web.get(path, params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def walk(web: httpx.AsyncClient, path: str, limit: int, **query: Any) -> list[Any]:
    """All items of a list, page by page."""
    items: list[Any] = []
    cursor: dict[str, str] = {}
    while True:
        page = await get(web, path, limit=limit, **cursor, **query)
        assert len(page["items"]) <= limit
        items += page["items"]
        if page["next"] is None:
            return items
        assert len(page["items"]) == limit
        cursor = {"cursor": page["next"]}


# --- lists -------------------------------------------------------------------------------------------

VIEWS = {
    "/v1/roots": "roots",
    "/v1/fanout-roots": "fanout_roots",
    "/v1/instances": "instances",
    "/v1/materializations": "materializations",
    "/v1/runs": "runs",
    "/v1/decisions": "decisions",
    "/v1/handle-changes": "handle_changes",
    "/v1/webhook-events": "webhook_events",
    "/v1/subscriptions": "subscriptions",
    "/v1/cost": "spend",
}


@pytest.mark.parametrize("path", VIEWS)
async def test_a_list_is_its_view_page_by_page(web: httpx.AsyncClient, world: Database, path: str) -> None:
    operation = next(each for each in OPERATIONS if each.path == path)
    assert isinstance(operation, Listing)
    with world.connect() as connection:
        rows = database.read_view(connection, VIEWS[path], order=operation.key.order)
    assert rows, "the world has nothing to read here"
    unlisted = {"payload"} if path == "/v1/webhook-events" else set()
    assert set(operation.shape.model_fields) == set(rows[0]) - unlisted, "the shape says what the view says"
    expected = [operation.shape.model_validate(row).model_dump(mode="json") for row in rows]
    for limit in (1 if len(rows) < 30 else 7, 1000):
        assert await walk(web, path, limit) == expected


async def test_every_id_is_a_string(web: httpx.AsyncClient) -> None:
    def check(value: Any, name: str = "") -> None:
        if isinstance(value, dict):
            for key, each in value.items():
                check(each, key)
        elif isinstance(value, list):
            for each in value:
                check(each, name)
        elif name.endswith(("_id", "_ids")):
            assert value is None or isinstance(value, str), name

    for path in VIEWS:
        hidden: dict[str, Any] = {"causes": [], "detail": {}}
        check([{**each, **hidden} for each in (await get(web, path))["items"]])


async def test_filters_choose(web: httpx.AsyncClient) -> None:
    followers = await walk(web, "/v1/runs", 5, sync_kind="followers", subject_id="1")
    assert len(followers) == 3
    assert {(each["sync_kind"], each["subject_id"]) for each in followers} == {("followers", "1")}
    assert await walk(web, "/v1/roots", 5, enabled="false") == []
    assert len(await walk(web, "/v1/instances", 5, kind="segment_mutuals")) == 1
    told = await walk(web, "/v1/webhook-events", 1, target_id="9", state="applied")
    assert [(each["source"], each["follower_id"]) for each in told] == [
        ("x_activity", "11"),
        ("new_follower", "10"),
    ]
    assert await walk(web, "/v1/webhook-events", 5, state="waiting") == []
    assert len(await walk(web, "/v1/subscriptions", 1, subject_id="1", sync_kind="following")) == 1


async def test_a_cursor_survives_what_is_inserted_meanwhile(web: httpx.AsyncClient, world: Database) -> None:
    first = await get(web, "/v1/decisions", limit=2)
    with world.connect() as connection:
        connection.execute(
            "select base.decide('empty_set', 'set ' || i, 'a test') from generate_series(1, 3) as i"
        )
    second = await get(web, "/v1/decisions", limit=2, cursor=first["next"])
    seen = [each["decision_id"] for each in first["items"] + second["items"]]
    assert len(set(seen)) == 4
    assert not any(each["reason"] == "a test" for each in second["items"])


async def test_what_it_costs(web: httpx.AsyncClient) -> None:
    spent = sum(each["booked_usd"] for each in await walk(web, "/v1/cost", 3))
    assert spent > 0
    for by, start in (("root", "root:"), ("call", "call:"), ("day", "2026-03-")):
        months = await walk(web, "/v1/cost/month", 1, by=by)
        assert all(each["what"].startswith((start, "nobody", "event:")) for each in months)
        assert sum(each["spent_usd"] for each in months) == pytest.approx(spent, abs=0.05)
    assert [
        (each["scope"], each["period"], each["cap_usd"]) for each in await walk(web, "/v1/budgets", 1)
    ] == [
        ("everything", "month", 500),
        ("call:followers", "day", 20.5),
    ]


# --- an asset ----------------------------------------------------------------------------------------


async def test_an_instance_and_what_is_in_it(web: httpx.AsyncClient, followers: str) -> None:
    found = await get(web, f"/v1/instances/{followers}")
    assert {name: found[name] for name in FOLLOWERS} == FOLLOWERS
    members = await walk(web, f"/v1/instances/{followers}/members", 7)
    assert [int(each["item_id"]) for each in members] == [2, 3, *range(5, 41)]
    assert found["members"] == len(members)
    assert members[1]["since"] > members[0]["since"], "A9: who came again is in since then"


async def test_the_past_can_be_read_by_materialization_and_by_time(
    web: httpx.AsyncClient, followers: str
) -> None:
    history = await walk(web, "/v1/materializations", 10, instance_id=followers, status="success")
    first = history[-1]
    for moment in ({"as_of": first["materialization_id"]}, {"at": first["completed_at"]}):
        then = await walk(web, f"/v1/instances/{followers}/members", 7, **moment)
        assert [int(each["item_id"]) for each in then] == [*range(2, 31)]
        assert {each["since"] for each in then} == {None}
    none = await walk(web, f"/v1/instances/{followers}/members", 7, at="2020-01-01T00:00:00Z")
    assert none == []


async def test_events_and_differences(web: httpx.AsyncClient, followers: str) -> None:
    events = await walk(web, f"/v1/instances/{followers}/events", 7)
    assert len(events) == 29 + 2 + 10 + 1
    assert events[0]["item_id"] == "3"
    assert (events[0]["event"], events[0]["is_first_appearance"]) == ("enter", False)
    moments = sorted({int(each["materialization_id"]) for each in events})
    span = {"since": str(moments[0]), "until": str(moments[-1])}
    changes = await walk(web, f"/v1/instances/{followers}/diff", 3, **span)
    assert [(each["item_id"], each["change"]) for each in changes] == [
        ("4", "left"),
        *((str(each), "entered") for each in range(31, 41)),
    ]


async def test_reasons_are_trees(web: httpx.AsyncClient, followers: str) -> None:
    history = await walk(web, "/v1/materializations", 10, instance_id=followers, status="success")
    why = await get(web, f"/v1/materializations/{history[0]['materialization_id']}/why")
    assert why["says"]
    assert all(each["says"] for each in why["because"])
    assert (await get(web, f"/v1/instances/{followers}/why-not"))["state"]
    run = (await get(web, "/v1/runs", limit=1))["items"][0]["run_id"]
    assert (await get(web, f"/v1/runs/{run}/why"))["says"]


async def test_a_user_by_id_and_by_handle_with_its_history(web: httpx.AsyncClient) -> None:
    by_id = await get(web, "/v1/users/2")
    assert by_id == await get(web, "/v1/users/@renamed")
    assert [(each["old_handle"], each["new_handle"]) for each in by_id["handle_changes"]] == [
        ("user_2", "Renamed")
    ]
    for nobody in ("77", "9223372036854775807", "9999999999999999999", "@user_2", "@no one"):
        assert (await web.get(f"/v1/users/{nobody}")).status_code == 404


async def test_a_webhook_event_has_its_payload_and_a_list_of_them_has_none(web: httpx.AsyncClient) -> None:
    """A payload may be as large as a body is let be, and a page holds a thousand events."""
    listed = (await get(web, "/v1/webhook-events", limit=1))["items"][0]
    whole = await get(web, f"/v1/webhook-events/{listed['event_id']}")
    assert whole.pop("payload")
    assert whole == listed
    assert (await web.get("/v1/webhook-events/404404")).status_code == 404


# --- streams -----------------------------------------------------------------------------------------


async def test_streams_hold_the_whole_list(
    web: httpx.AsyncClient, followers: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.web.streams.ROWS_AT_ONCE", 5)
    for list_ in ("members", "events"):
        path = f"/v1/instances/{followers}/{list_}"
        expected = await walk(web, path, 1000)
        lines = await web.get(path, params={"format": "ndjson"})
        assert lines.headers["content-type"].startswith("application/x-ndjson")
        assert [json.loads(each) for each in lines.text.splitlines()] == expected
        table = await web.get(path, headers={"Accept": "text/csv"})
        assert table.headers["content-type"].startswith("text/csv")
        records = list(csv.DictReader(table.text.splitlines()))
        # An apostrophe keeps a spreadsheet from making a number of 15 digits of an id.
        assert [each["item_id"] for each in records] == [f"'{each['item_id']}" for each in expected]
    assert records[0]["is_first_appearance"] == "false"


async def test_a_refused_stream_is_refused_before_it_begins(web: httpx.AsyncClient) -> None:
    answer = await web.get("/v1/instances/404404/members?format=csv")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


# --- tags --------------------------------------------------------------------------------------------


async def test_what_its_reader_has_is_not_sent_again(web: httpx.AsyncClient, followers: str) -> None:
    for path in ("/v1/roots", f"/v1/instances/{followers}", f"/v1/instances/{followers}/members?format=csv"):
        first = await web.get(path)
        tag = first.headers["etag"]
        again = await web.get(path, headers={"If-None-Match": f'"other", {tag}'})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
        assert (await web.get(path, headers={"If-None-Match": '"other"'})).status_code == 200


async def test_a_tag_moves_with_the_revision_and_the_form(world: Database, followers: str) -> None:
    app = create_app(world.url("rookery_web"), DOORS)
    path = f"/v1/instances/{followers}/members"
    async with client_of(app) as web:
        tag = (await web.get(path)).headers["etag"]
        assert (await web.get(path, params={"format": "csv"})).headers["etag"] != tag
        with world.connect() as connection:
            # An output revision that rises as with a materialization.
            connection.execute(
                "update asset.instances set output_revision = output_revision + 1 where instance_id = %s",
                [followers],
            )
        try:
            moved = await web.get(path, headers={"If-None-Match": tag})
        finally:
            with world.connect() as connection:
                connection.execute(
                    "update asset.instances set output_revision = output_revision - 1 where instance_id = %s",
                    [followers],
                )
        assert (moved.status_code, moved.headers["etag"] != tag) == (200, True)


# --- refusals ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "header", [None, "", "Bearer", "Bearer x", f"Basic {TOKEN}", f"Bearer {TOKEN}x", TOKEN]
)
async def test_whoever_has_no_token_reads_nothing(web: httpx.AsyncClient, header: str | None) -> None:
    web.headers.pop("Authorization")
    answer = await web.get("/v1/roots", headers={} if header is None else {"Authorization": header})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.json()["status"] == 401


async def test_a_door_without_its_token_is_not_there(world: Database) -> None:
    async with client_of(create_app(world.url("rookery_web"), Doors())) as web:
        assert (await web.get("/v1/roots")).status_code == 404
        assert (await web.get("/openapi.json")).status_code == 404


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/v1/runs?limit=0", "limit"),
        ("/v1/runs?limit=1001", "limit"),
        ("/v1/runs?limit=ten", "limit"),
        ("/v1/runs?limit=1&limit=2", "limit"),
        ("/v1/runs?cursor=xxxx", "cursor"),
        ("/v1/runs?cursor=WyJhIl0", "cursor"),
        ("/v1/runs?cursor=%C3%A9", "cursor"),
        ("/v1/runs?colour=red", "colour"),
        ("/v1/runs?subject_id=9223372036854775808", "subject_id"),
        ("/v1/runs?subject_id=1_0", "subject_id"),
        ("/v1/decisions?about=%00", "about"),
        ("/v1/instances/0", "instance_id"),
        ("/v1/instances/-1/members", "instance_id"),
        ("/v1/instances/1/members?format=xml", "format"),
        ("/v1/instances/1/members?at=2026-03-01", "at"),
        ("/v1/instances/1/diff", "until"),
    ],
)
async def test_a_bad_field_is_named(web: httpx.AsyncClient, path: str, field: str) -> None:
    answer = await web.get(path)
    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert [each["field"] for each in answer.json()["errors"]] == [field]


async def test_what_the_database_refuses_has_its_code_and_its_hint(
    web: httpx.AsyncClient, followers: str
) -> None:
    answer = await web.get("/v1/instances/404404/events")
    assert answer.status_code == 404
    answer = await web.get(f"/v1/instances/{followers}/members?as_of=404404")
    assert (answer.status_code, answer.json()["code"]) == (404, "RK016")
    answer = await web.get(f"/v1/instances/{followers}/members?at=2100-01-01T00:00:00Z")
    assert (answer.status_code, answer.json()["code"]) == (422, "RK020")
    assert answer.json()["hint"]


async def test_nothing_can_be_written(web: httpx.AsyncClient) -> None:
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        answer = await web.request(method, "/v1/roots")
        assert (answer.status_code, answer.json()["status"]) == (405, 405)
    assert (await web.get("/v1/nothing")).json()["status"] == 404


async def test_a_database_that_is_away_is_a_503_with_a_time_to_return(world: Database) -> None:
    url = world.url("rookery_web").replace("/rookery_test", "/gone_rookery_test")
    async with client_of(create_app(url, DOORS)) as web:
        answer = await web.get("/v1/roots")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert "gone_rookery" not in answer.text


# --- the document ------------------------------------------------------------------------------------


async def test_the_document_names_every_operation_and_every_shape(web: httpx.AsyncClient) -> None:
    web.headers.pop("Authorization")
    document = await get(web, "/openapi.json")
    assert document["openapi"].startswith("3.1")
    assert set(document["paths"]) == {each.path for each in OPERATIONS}
    references = set(_references(document))
    assert references == {f"#/components/schemas/{name}" for name in document["components"]["schemas"]}


async def test_the_page_shows_the_document_and_runs_nothing(web: httpx.AsyncClient) -> None:
    page = await web.get("/docs")
    assert "<script" not in page.text
    assert page.headers["content-security-policy"].startswith("default-src 'none'")
    assert all(each.path in page.text for each in OPERATIONS)


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for each in value.values():
            yield from _references(each)
    elif isinstance(value, list):
        for each in value:
            yield from _references(each)
