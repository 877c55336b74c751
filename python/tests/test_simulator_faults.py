"""Every fault of the simulated X, and that chance does not depend on the order of requests."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from app.simulator import TOKEN, Fault, Faults, Simulator, World, seeded_world, serve, serve_in_thread, truth
from app.simulator.faults import MIX
from test_simulator_lists import hub, read_all
from test_simulator_shapes import X, plain

HEADERS = {"authorization": f"Bearer {TOKEN}"}


@pytest.fixture
def world() -> World:
    return seeded_world(300, 11, hub_followers=120)


@pytest.fixture
def x(world: World) -> X:
    return X(world)


@pytest.fixture
def served(world: World) -> Iterator[tuple[Simulator, httpx.Client]]:
    simulator = Simulator(world, hang_seconds=60)
    with serve_in_thread(simulator.app()) as url, httpx.Client(base_url=url, headers=HEADERS) as client:
        yield simulator, client


def followers_with(x: X, fault: Fault, **query: str) -> Any:
    """The answer to a request for the hub's followers that meets a fault."""
    x.simulator.faults.plan("followers", fault)
    return x.get(f"/2/users/{hub(x.world)}/followers", **query)


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        (Fault.UNAVAILABLE, 503), (Fault.BROKEN, 500), (Fault.WINDOW_429, 429), (Fault.UNAUTHORIZED, 401),
        (Fault.NO_CREDITS, 402), (Fault.FORBIDDEN, 403),
    ],
)  # fmt: skip
def test_a_planned_status_comes_once_as_a_problem_and_is_not_billed(x: X, fault: Fault, status: int) -> None:
    answer = followers_with(x, fault)
    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert isinstance(answer.json(), dict)
    assert x.simulator.bill.resources == 0
    assert x.simulator.faults.served == {fault: 1}
    assert x.get(f"/2/users/{hub(x.world)}/followers").status_code == 200


def test_a_fault_can_be_planned_for_a_later_request_of_one_endpoint(x: X, world: World) -> None:
    x.simulator.faults.plan("followers", Fault.UNAVAILABLE, nth=2)
    path = f"/2/users/{hub(world)}/followers"
    assert x.get(path).status_code == 200
    assert x.get("/2/users", ids="1").status_code == 200
    assert x.get(path).status_code == 503
    with pytest.raises(ValueError, match="counts from 1"):
        x.simulator.faults.plan("followers", Fault.BROKEN, nth=0)


def test_a_404_of_an_incident_is_empty(x: X) -> None:
    answer = followers_with(x, Fault.EMPTY_404)
    assert (answer.status_code, answer.content) == (404, b"")


@pytest.mark.parametrize(("fault", "status"), [(Fault.HTML_200, 200), (Fault.HTML_502, 502)])
def test_html_is_not_json_and_not_billed(x: X, fault: Fault, status: int) -> None:
    answer = followers_with(x, fault)
    assert answer.status_code == status
    assert answer.text.startswith("<!DOCTYPE html>")
    assert x.simulator.bill.resources == 0


def test_a_cut_off_body_is_broken_json_and_not_billed(x: X) -> None:
    answer = followers_with(x, Fault.CUT_BODY)
    assert answer.status_code == 200
    with pytest.raises(json.JSONDecodeError):
        answer.json()
    assert x.simulator.bill.resources == 0


def test_an_answer_of_errors_only_has_neither_data_nor_meta(x: X) -> None:
    answer = followers_with(x, Fault.ERRORS_ONLY)
    assert answer.status_code == 200
    assert answer.json().keys() == {"errors"}
    assert answer.json()["errors"][0]["type"].endswith("/internal-error")


@pytest.mark.parametrize(
    "path", ["/2/users/{0}/followers", "/2/users/{0}/tweets", "/2/users/{0}", "/2/users"]
)
def test_hostile_text_is_a_valid_page_with_escapes_that_a_database_refuses(x: X, path: str) -> None:
    author = plain(x.world)[0].id
    for endpoint in ("followers", "timeline", "user", "users"):
        x.simulator.faults.plan(endpoint, Fault.HOSTILE_TEXT)
    answer = x.get(path.format(author), **({"ids": str(author)} if path == "/2/users" else {}))
    assert answer.status_code == 200
    assert b"\\u0000" in answer.content
    assert b"\\ud83d" in answer.content
    assert answer.json()["data"]
    assert x.simulator.bill.resources > 0


def test_a_repeated_cursor_is_the_one_that_was_sent(x: X, world: World) -> None:
    path = f"/2/users/{hub(world)}/followers"
    token = x.json(path, max_results="20")["meta"]["next_token"]
    x.simulator.faults.plan("followers", Fault.REPEATED_CURSOR)
    looped = x.json(path, max_results="20", pagination_token=token)
    assert looped["meta"]["next_token"] == token
    assert looped["data"]
    assert x.json(path, max_results="20", pagination_token=token)["meta"]["next_token"] != token


@pytest.mark.parametrize("part", ["followers", "tweets"])
@pytest.mark.parametrize("fault", [Fault.EMPTY_PAGE, Fault.SHORT_PAGE])
@pytest.mark.parametrize("nth", [1, 2])
def test_empty_and_short_pages_lose_nothing_for_who_goes_on(
    x: X, world: World, part: str, fault: Fault, nth: int
) -> None:
    author = max(
        world.most_followed(100), key=lambda user: min(world.post_count(user), len(world.followers[user]))
    )
    path = f"/2/users/{author}/{part}"
    whole = read_all(x, path, max_results="5")
    assert len(whole) > 10
    x.simulator.faults.plan("followers" if part == "followers" else "timeline", fault, nth)
    assert read_all(x, path, max_results="5") == whole
    assert x.simulator.faults.served == {fault: 1}


def test_an_empty_page_has_a_token_and_no_data(x: X) -> None:
    body = followers_with(x, Fault.EMPTY_PAGE).json()
    assert "data" not in body
    assert body["meta"].keys() == {"result_count", "next_token"}
    assert x.simulator.bill.resources == 0


def test_an_empty_result_can_come_without_meta(x: X, world: World) -> None:
    subject = hub(world)
    world.followers[subject].clear()
    assert followers_with(x, Fault.MISSING_META).json() == {}


def test_a_good_cursor_can_expire(x: X, world: World) -> None:
    token = x.json(f"/2/users/{hub(world)}/followers", max_results="20")["meta"]["next_token"]
    assert (
        followers_with(x, Fault.EXPIRED_CURSOR, max_results="20", pagination_token=token).status_code == 400
    )


def test_a_closed_connection_gives_no_answer(served: tuple[Simulator, httpx.Client]) -> None:
    simulator, client = served
    simulator.faults.plan("users", Fault.CLOSED)
    with pytest.raises(httpx.RemoteProtocolError):
        client.get("/2/users", params={"ids": "1"})
    assert client.get("/2/users", params={"ids": "1"}).status_code == 200


def test_a_hang_lasts_until_the_client_gives_up(served: tuple[Simulator, httpx.Client]) -> None:
    simulator, client = served
    simulator.faults.plan("users", Fault.HANG)
    with pytest.raises(httpx.ReadTimeout):
        client.get("/2/users", params={"ids": "1"}, timeout=0.05)
    assert client.get("/2/users", params={"ids": "1"}).status_code == 200


async def test_a_hang_ends_by_itself_and_the_server_runs_in_the_callers_loop(world: World) -> None:
    simulator = Simulator(world, hang_seconds=0.01)
    simulator.faults.plan("users", Fault.HANG)
    async with serve(simulator.app()) as url, httpx.AsyncClient(base_url=url, headers=HEADERS) as client:
        with pytest.raises(httpx.RemoteProtocolError):
            await client.get("/2/users", params={"ids": "1"})
        assert (await client.get("/2/users", params={"ids": "1"})).status_code == 200


def test_chance_depends_on_the_request_and_its_repeats_and_not_on_the_order() -> None:
    requests = [f"/2/users/{number}/followers?" for number in range(400)]
    one, two = Faults(3, 0.2), Faults(3, 0.2)
    met = {request: [one.meet("followers", request) for _ in range(3)] for request in requests}
    again: dict[str, list[Fault | None]] = {request: [] for request in requests}
    for _ in range(3):
        for request in reversed(requests):
            again[request].append(two.meet("followers", request))
    assert met == again
    assert 0.1 < one.served.total() / 1200 < 0.3
    assert set(one.served) == set(MIX)


def test_chance_brings_no_fault_of_lists_to_lookups_and_none_that_stops_buying() -> None:
    faults = Faults(1, 1.0)
    met = {faults.meet("users", f"/2/users?ids={number}") for number in range(500)}
    assert None not in met
    assert not met & {
        Fault.EMPTY_PAGE,
        Fault.UNAUTHORIZED,
        Fault.NO_CREDITS,
        Fault.FORBIDDEN,
        Fault.EMPTY_404,
    }


def test_a_patient_reader_gets_the_truth_through_any_faults(world: World) -> None:
    x = X(world, faults=Faults(8, 0.3, tuple(set(MIX) - {Fault.HANG, Fault.CLOSED, Fault.REPEATED_CURSOR})))
    subject, token, found = hub(world), "", set()
    while True:
        more = {"pagination_token": token} if token else {}
        answer = x.get(f"/2/users/{subject}/followers", max_results="5", **more)
        try:
            body = answer.json()
        except ValueError:
            continue
        if answer.status_code != 200 or not body.keys() & {"data", "meta"}:
            continue
        found |= {int(user["id"]) for user in body.get("data", [])}
        token = body.get("meta", {}).get("next_token", "")
        if not token:
            break
    assert found == truth.followers(world, subject)
    assert x.simulator.faults.served.total() > 5
