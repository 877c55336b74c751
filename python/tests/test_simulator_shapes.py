"""The simulated X answers in X's shapes: fields, vocabularies, errors, refusals, headers and the bill."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import httpx
import pytest

from app.simulator import TOKEN, Limits, Simulator, World, seeded_world
from app.simulator.world import Account

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


class X:
    """A client of a simulated X whose clock the test sets."""

    def __init__(self, world: World, **settings: Any) -> None:
        self.now = NOON
        self.world = world
        self.simulator = Simulator(world, clock=lambda: self.now, **settings)
        self.headers = {"authorization": f"Bearer {TOKEN}"}
        self.transport = httpx.ASGITransport(self.simulator.app())

    def get(self, path: str, **query: str) -> httpx.Response:
        sent = {name.replace("__", "."): value for name, value in query.items()}
        return asyncio.run(self._get(path, sent))

    async def _get(self, path: str, query: dict[str, str]) -> httpx.Response:
        client = httpx.AsyncClient(transport=self.transport, base_url="http://x.test", headers=self.headers)
        async with client:
            return await client.get(path, params=query)

    def json(self, path: str, **query: str) -> dict[str, Any]:
        answer = self.get(path, **query)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found


@pytest.fixture
def world() -> World:
    return seeded_world(300, 7)


@pytest.fixture
def x(world: World) -> X:
    return X(world)


def plain(world: World, count: int = 1) -> list[Account]:
    """Active, unprotected accounts with posts and followers, most followed first."""
    ids = [user for user in world.most_followed(300) if world.post_count(user) > 5]
    return [world.accounts[user] for user in ids[:count]]


def in_state(world: World, state: str) -> Account:
    account = plain(world, 5)[-1]
    if state == "protected":
        account.protected = True
    else:
        world.set_state(NOON, account.id, state)  # type: ignore[arg-type]
    return account


def test_a_lookup_gives_the_default_fields_and_no_meta(x: X, world: World) -> None:
    accounts = plain(world, 3)
    body = x.json("/2/users", ids=",".join(str(account.id) for account in accounts))
    assert body.keys() == {"data"}
    shown = {user["id"]: user for user in body["data"]}
    assert shown == {str(a.id): {"id": str(a.id), "name": a.name, "username": a.handle} for a in accounts}


def test_fields_that_were_asked_for_come_and_absent_ones_are_left_out(x: X, world: World) -> None:
    ids = ",".join(str(user) for user in world.most_followed(100))
    data = x.json("/2/users", ids=ids, user__fields="description,location,public_metrics,created_at")["data"]
    assert not any(value is None for user in data for value in user.values())
    assert any("location" not in user for user in data)
    assert any("location" in user for user in data)
    some = data[0]
    assert some["created_at"].endswith("Z")
    assert some["public_metrics"]["followers_count"] == len(world.followers[int(some["id"])])


def test_ids_are_strings_and_most_are_snowflakes_while_old_users_have_short_ones(world: World) -> None:
    lengths = {len(str(user)) for user in world.accounts}
    assert min(lengths) <= 10
    assert max(lengths) >= 18


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ({"tweet__fields": "public_metrics,author_id"}, "tweet"),
        ({"post__fields": "public_metrics"}, "post"),
    ],
)
def test_an_answer_is_written_in_the_vocabulary_of_the_parameter(
    x: X, world: World, sent: Mapping[str, str], expected: str
) -> None:
    author = plain(world)[0]
    post = x.json(f"/2/users/{author.id}/tweets", **sent)["data"][0]
    assert f"edit_history_{expected}_ids" in post
    assert {"tweet": "retweet_count", "post": "repost_count"}[expected] in post["public_metrics"]
    assert ("author_id" in post) == (expected == "tweet")
    user = x.json(f"/2/users/{author.id}", user__fields="public_metrics", **dict.fromkeys(sent, "id"))["data"]
    assert f"{expected}_count" in user["public_metrics"]


@pytest.mark.parametrize(("known", "unknown"), [("post", "tweet.fields"), ("tweet", "post.fields")])
def test_an_x_of_one_vocabulary_refuses_the_other_parameter_by_name(
    world: World, known: str, unknown: str
) -> None:
    x = X(world, known=known)
    answer = x.get("/2/tweets", ids="1", **{unknown: "created_at"})
    assert answer.status_code == 400
    assert answer.json()["type"].endswith("/invalid-request")
    assert list(answer.json()["errors"][0]["parameters"]) == [unknown]


def test_an_author_can_be_had_by_expansion_which_is_billed(x: X, world: World) -> None:
    author = plain(world)[0]
    body = x.json(f"/2/users/{author.id}/tweets", expansions="author_id", max_results="5")
    assert {post["author_id"] for post in body["data"]} == {str(author.id)}
    assert [user["id"] for user in body["includes"]["users"]] == [str(author.id)]
    assert x.simulator.bill.charged == {"post": 5, "user": 1}


@pytest.mark.parametrize(
    ("state", "title", "problem"),
    [
        ("suspended", "Forbidden", "resource-not-found"),
        ("deactivated", "Not Found Error", "resource-not-found"),
        ("protected", "Authorization Error", "not-authorized-for-resource"),
    ],
)
@pytest.mark.parametrize("part", ["followers", "following", "tweets"])
def test_lists_of_hidden_users_are_a_200_with_nothing_but_an_error(
    x: X, world: World, state: str, title: str, problem: str, part: str
) -> None:
    account = in_state(world, state)
    body = x.json(f"/2/users/{account.id}/{part}")
    assert body.keys() == {"errors"}
    assert body["errors"][0]["title"] == title
    assert body["errors"][0]["resource_id"] == str(account.id)
    assert body["errors"][0]["type"].endswith(problem)


def test_a_batch_gives_the_rest_and_an_error_for_each_that_is_missing(x: X, world: World) -> None:
    gone, here = in_state(world, "suspended"), plain(world)[0]
    body = x.json("/2/users", ids=f"{gone.id},999,{here.id}")
    assert [user["id"] for user in body["data"]] == [str(here.id)]
    details = {error["value"]: error["detail"] for error in body["errors"]}
    assert details == {
        str(gone.id): f"User has been suspended: [{gone.id}].",
        "999": "Could not find user with ids: [999].",
    }
    assert x.simulator.bill.resources == 1


def test_an_error_by_username_names_it_as_it_was_sent_and_case_does_not_matter(x: X, world: World) -> None:
    here = plain(world)[0]
    body = x.json("/2/users/by", usernames=f"{here.handle.swapcase()},NoSuchOne_")
    assert body["data"][0]["username"] == here.handle
    assert body["errors"][0]["resource_id"] == "NoSuchOne_"
    assert x.json(f"/2/users/by/username/{here.handle.upper()}")["data"]["id"] == str(here.id)


def test_a_protected_profile_is_shown(x: X, world: World) -> None:
    account = in_state(world, "protected")
    assert x.json(f"/2/users/{account.id}", user__fields="protected")["data"]["protected"] is True


def test_hidden_users_are_absent_from_lists_but_counted(x: X, world: World) -> None:
    subject = plain(world)[0]
    fan = next(user for user in world.followers[subject.id] if world.visible(user))
    world.set_state(NOON, fan, "suspended")
    body = x.json(f"/2/users/{subject.id}/followers", max_results="1000")
    assert str(fan) not in {user["id"] for user in body["data"]}
    profile = x.json(f"/2/users/{subject.id}", user__fields="public_metrics")["data"]
    assert profile["public_metrics"]["followers_count"] == len(world.followers[subject.id])


def test_an_empty_list_has_no_data(x: X, world: World) -> None:
    lonely = next(user for user in world.accounts if not world.followers.get(user) and world.visible(user))
    world.accounts[lonely].protected = False
    assert x.json(f"/2/users/{lonely}/followers") == {"meta": {"result_count": 0}}


def test_deleted_unknown_and_hidden_posts_are_errors(x: X, world: World) -> None:
    author, other = plain(world, 2)
    deleted = world.delete(NOON, author.id, 0)
    shown, hidden = world.posts(author.id)[-1], world.posts(other.id)[-1]
    world.set_state(NOON, other.id, "suspended")
    body = x.json("/2/tweets", ids=f"{deleted},{shown},{hidden},12")
    assert [post["id"] for post in body["data"]] == [str(shown)]
    assert {error["value"]: error["title"] for error in body["errors"]} == {
        str(deleted): "Not Found Error",
        "12": "Not Found Error",
        str(hidden): "Authorization Error",
    }


@pytest.mark.parametrize(
    ("path", "query", "named"),
    [
        ("/2/users", {"ids": "1,x"}, "ids"),
        ("/2/users", {"ids": ""}, "ids"),
        ("/2/users", {"ids": "12345678901234567890"}, "ids"),
        ("/2/users", {"ids": ",".join(map(str, range(1, 102)))}, "ids"),
        ("/2/users", {"ids": "1", "colour": "red"}, "colour"),
        ("/2/users", {"ids": "1", "user.fields": "shoe_size"}, "user.fields"),
        ("/2/users", {"ids": "1", "post.fields": "id", "tweet.fields": "id"}, "tweet.fields"),
        ("/2/users/by", {"usernames": "no-dashes"}, "usernames"),
        ("/2/users/abc", {}, "id"),
        ("/2/users/1/followers", {"max_results": "0"}, "max_results"),
        ("/2/users/1/followers", {"max_results": "1001"}, "max_results"),
        ("/2/users/1/followers", {"next_token": "a" * 32}, "next_token"),
        ("/2/users/1/followers", {"pagination_token": "a" * 32}, "pagination_token"),
        ("/2/users/1/tweets", {"max_results": "4"}, "max_results"),
        ("/2/users/1/tweets", {"max_results": "101"}, "max_results"),
        ("/2/users/1/tweets", {"post.fields": "author_id"}, "post.fields"),
        ("/2/users/1/tweets", {"since_id": "5", "until_id": "5"}, "since_id"),
        ("/2/users/1/tweets", {"start_time": "2009-01-01T00:00:00Z"}, "start_time"),
        ("/2/users/1/tweets", {"exclude": "quotes"}, "exclude"),
    ],
)
def test_a_bad_parameter_is_a_400_that_names_it(
    x: X, path: str, query: Mapping[str, str], named: str
) -> None:
    answer = x.get(path, **query)
    assert answer.status_code == 400
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert list(answer.json()["errors"][0]["parameters"]) == [named]
    assert x.simulator.bill.resources == 0


def test_without_the_token_everything_is_a_401(x: X) -> None:
    x.headers["authorization"] = "Bearer other"
    answer = x.get("/2/users", ids="1")
    assert answer.status_code == 401
    assert answer.json()["title"] == "Unauthorized"


@pytest.mark.parametrize("path", ["/", "/2/users/1/likes", "/2/nothing", "/2/users/"])
def test_an_unknown_path_is_a_404_with_an_empty_body(x: X, path: str) -> None:
    answer = x.get(path)
    assert (answer.status_code, answer.content) == (404, b"")


def test_a_window_runs_out_and_comes_back_by_the_simulated_clock(world: World) -> None:
    x = X(world, limits=Limits({**Limits().allowed, "users": 2}))
    first = x.get("/2/users", ids="1")
    reset = int(first.headers["x-rate-limit-reset"])
    assert first.headers["x-rate-limit-limit"] == "2"
    assert first.headers["x-rate-limit-remaining"] == "1"
    assert reset == int((NOON + timedelta(minutes=15)).timestamp())
    x.now += timedelta(minutes=14, seconds=59)
    assert x.get("/2/users", ids="1").headers["x-rate-limit-remaining"] == "0"
    refused = [x.get("/2/users", ids="1") for _ in range(20)]
    assert {answer.status_code for answer in refused} == {429}
    assert {"errors" in answer.json() for answer in refused} == {True, False}
    assert x.get("/2/tweets", ids="1").status_code == 200
    x.now = datetime.fromtimestamp(reset, UTC)
    assert x.get("/2/users", ids="1").status_code == 200


def test_when_the_credit_is_spent_everything_is_a_402_while_the_window_has_room(world: World) -> None:
    x = X(world, credit_usd=Decimal("0.02"))
    one, two = plain(world, 2)
    x.json("/2/users", ids=f"{one.id},{two.id}")
    refused = [x.get("/2/tweets", ids="1") for _ in range(20)]
    assert {answer.status_code for answer in refused} == {402}
    assert len({answer.text for answer in refused}) == 2
    assert int(refused[0].headers["x-rate-limit-remaining"]) > 0


def test_a_resource_is_billed_once_a_utc_day(x: X, world: World) -> None:
    account = plain(world)[0]
    x.now = datetime(2026, 6, 1, 23, 59, tzinfo=UTC)
    for _ in range(3):
        x.json("/2/users", ids=str(account.id))
    assert x.simulator.bill.usd == Decimal("0.010")
    x.now = datetime(2026, 6, 2, 0, 0, tzinfo=UTC)
    x.json(f"/2/users/{account.id}")
    assert x.simulator.bill.usd == Decimal("0.020")
    assert x.simulator.bill.usd_plain == Decimal("0.040")


def test_follows_and_posts_have_prices_of_their_own(x: X, world: World) -> None:
    subject = plain(world)[0]
    fans = len(x.json(f"/2/users/{subject.id}/followers", max_results="1000")["data"])
    posts = len(x.json(f"/2/users/{subject.id}/tweets", max_results="100")["data"])
    assert x.simulator.bill.summary() == {
        "resources": fans + posts,
        "usd": round(fans * 0.01 + posts * 0.005, 3),
        "resources_plain": fans + posts,
        "usd_plain": round(fans * 0.01 + posts * 0.005, 3),
    }
