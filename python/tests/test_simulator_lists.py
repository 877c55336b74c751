"""Lists of the simulated X: order, cursors that survive changes, the span and the cap of a timeline."""

from datetime import timedelta

import pytest

from app.simulator import World, seeded_world, truth
from app.simulator.snowflakes import snowflake_ms, written_time
from test_simulator_shapes import NOON, X, plain


@pytest.fixture
def world() -> World:
    return seeded_world(400, 3, hub_followers=250)


@pytest.fixture
def x(world: World) -> X:
    return X(world)


def hub(world: World) -> int:
    """The account that many follow, with every reason to hide it taken away."""
    account = world.by_index[0]
    account.protected, account.state = False, "active"
    return account.id


def read_all(x: X, path: str, **query: str) -> list[int]:
    """All ids of a list in the order given, read by its cursors."""
    found: list[int] = []
    while True:
        body = x.json(path, **query)
        assert body["meta"]["result_count"] == len(body.get("data", []))
        found += [int(item["id"]) for item in body.get("data", [])]
        if "next_token" not in body["meta"]:
            return found
        assert len(body["meta"]["next_token"]) >= 16
        query["pagination_token"] = body["meta"]["next_token"]


@pytest.mark.parametrize("size", ["1000", "7", "1"])
def test_a_list_read_to_its_end_is_the_truth_newest_follow_first(x: X, world: World, size: str) -> None:
    subject = hub(world)
    x.simulator.limits.allowed["followers"] = 1_000
    ids = read_all(x, f"/2/users/{subject}/followers", max_results=size)
    assert len(ids) == len(set(ids))
    assert set(ids) == truth.followers(world, subject)
    order = [world.followers[subject][user] for user in ids]
    assert order == sorted(order, reverse=True)


def test_a_cursor_survives_follows_and_unfollows(x: X, world: World) -> None:
    subject = hub(world)
    path = f"/2/users/{subject}/followers"
    first = x.json(path, max_results="50")
    listed = [int(user["id"]) for user in first["data"]]
    rest = [user for user in reversed(world.followers[subject]) if user not in listed and world.visible(user)]
    world.unfollow(NOON, listed[3], subject)
    world.unfollow(NOON, listed[-1], subject)
    world.unfollow(NOON, rest[0], subject)
    newcomers = [user for user in world.accounts if world.follow(NOON, user, subject)]
    assert newcomers
    again = read_all(x, path, max_results="50", pagination_token=first["meta"]["next_token"])
    assert again == rest[1:]


def test_a_refollow_comes_first(x: X, world: World) -> None:
    subject = hub(world)
    oldest = next(user for user in world.followers[subject] if world.visible(user))
    world.unfollow(NOON, oldest, subject)
    world.follow(NOON, oldest, subject)
    body = x.json(f"/2/users/{subject}/followers", max_results="1")
    assert body["data"][0]["id"] == str(oldest)


def test_a_page_is_short_where_users_are_hidden_and_may_even_be_empty(x: X, world: World) -> None:
    subject = hub(world)
    for user in list(reversed(world.followers[subject]))[:5]:
        world.set_state(NOON, user, "suspended")
    body = x.json(f"/2/users/{subject}/followers", max_results="5")
    assert "data" not in body
    assert body["meta"]["result_count"] == 0
    assert "next_token" in body["meta"]
    assert set(read_all(x, f"/2/users/{subject}/followers", max_results="5")) == truth.followers(
        world, subject
    )


def test_a_cursor_of_another_list_or_owner_is_refused(x: X, world: World) -> None:
    subject = hub(world)
    token = x.json(f"/2/users/{subject}/followers", max_results="5")["meta"]["next_token"]
    forged = token[:20] + ("1" if token[20] == "0" else "0") + token[21:]
    other = plain(world)[0].id if plain(world)[0].id != subject else plain(world, 2)[1].id
    assert x.get(f"/2/users/{other}/followers", pagination_token=token).status_code == 400
    assert x.get(f"/2/users/{subject}/following", pagination_token=token).status_code == 400
    assert x.get(f"/2/users/{subject}/followers", pagination_token=forged).status_code == 400


def writer(world: World, posts: int) -> int:
    """An account that has this many posts, an hour apart."""
    account = plain(world)[0]
    timeline = world.posts(account.id)
    while len(timeline) < posts:
        world.publish(NOON + timedelta(hours=len(timeline)), account.id)
    del timeline[posts:]
    return account.id


def test_a_timeline_is_newest_first_and_says_its_newest_and_oldest(x: X, world: World) -> None:
    author = writer(world, 30)
    body = x.json(f"/2/users/{author}/tweets")
    ids = [post["id"] for post in body["data"]]
    assert ids == [str(post) for post in reversed(world.posts(author)[-10:])]
    assert (body["meta"]["newest_id"], body["meta"]["oldest_id"]) == (ids[0], ids[-1])
    assert read_all(x, f"/2/users/{author}/tweets", max_results="7") == world.posts(author)[::-1]


def test_since_id_and_until_id_are_exclusive_and_times_bound_too(x: X, world: World) -> None:
    author = writer(world, 30)
    posts = world.posts(author)
    path = f"/2/users/{author}/tweets"
    assert read_all(x, path, since_id=str(posts[9]), max_results="5") == posts[:9:-1]
    assert read_all(x, path, until_id=str(posts[9])) == posts[8::-1]
    assert x.json(path, since_id=str(posts[-1])) == {"meta": {"result_count": 0}}
    after = read_all(x, path, start_time=written_time(snowflake_ms(posts[20]) // 1000 * 1000))
    assert after == posts[:19:-1]


def test_replies_and_retweets_can_be_left_out(x: X, world: World) -> None:
    author = writer(world, 90)
    posts = read_all(x, f"/2/users/{author}/tweets", max_results="10", exclude="replies,retweets")
    assert 0 < len(posts) < 90
    shown = x.json("/2/tweets", ids=",".join(map(str, posts[:100])), tweet__fields="referenced_tweets")[
        "data"
    ]
    kinds = {ref["type"] for post in shown for ref in post.get("referenced_tweets", [])}
    assert kinds <= {"quoted"}


def test_a_timeline_ends_at_3200_with_an_empty_page(x: X, world: World) -> None:
    author = writer(world, 3_250)
    seen, token, pages = [], "", 0
    while True:
        more = {"pagination_token": token} if token else {}
        body = x.json(f"/2/users/{author}/tweets", max_results="100", **more)
        seen += [int(post["id"]) for post in body.get("data", [])]
        pages += 1
        token = body["meta"].get("next_token", "")
        if not token:
            break
    assert pages == 33
    assert body == {"meta": {"result_count": 0}}
    assert seen == world.posts(author)[:-3_201:-1]
    assert set(seen) == truth.posts_shown(world, [author])
