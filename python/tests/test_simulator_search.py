"""Recent search of the simulated X: its query language, its seven days, its pages and what it leaves out."""

from datetime import timedelta
from typing import Any

import pytest

from app.simulator import Fault, World, seeded_world
from app.simulator.snowflakes import snowflake, unix_ms, written_time
from app.simulator.timelines import reference
from app.simulator.world import Account
from test_simulator_lists import read_all
from test_simulator_shapes import NOON, X, in_state, plain

PATH = "/2/tweets/search/recent"


@pytest.fixture
def world() -> World:
    return seeded_world(300, 7)


@pytest.fixture
def x(world: World) -> X:
    found = X(world)
    found.now = NOON + timedelta(days=6)
    return found


def writers(world: World, count: int, posts: int = 40) -> list[Account]:
    """Accounts that have posted so often since noon of the first day, each at moments of its own."""
    accounts = plain(world, count)
    for account in accounts:
        for number in range(posts):
            world.publish(NOON + timedelta(minutes=7 * number + account.index), account.id)
    return accounts


def since(moment_ms: int) -> str:
    return str(snowflake(moment_ms, 0))


def kind(world: World, post_id: int) -> str:
    found = reference(world.seed, post_id)
    return "post" if found is None else found.kind


def of(world: World, authors: list[Account], *without: str) -> list[int]:
    """The posts of these authors since noon, newest first, but for kinds left out and for retweets."""
    first = snowflake(unix_ms(NOON), 0)
    return sorted(
        (
            post_id
            for author in authors
            for post_id in world.posts(author.id)
            if post_id >= first and kind(world, post_id) not in {"retweeted", *without}
        ),
        reverse=True,
    )


def ids(body: dict[str, Any]) -> list[int]:
    return [int(post["id"]) for post in body.get("data", [])]


def test_a_search_read_to_its_end_has_all_posts_of_its_authors_but_retweets(x: X, world: World) -> None:
    authors = writers(world, 3)
    query = f"(from:{authors[0].id} OR from:{authors[1].handle.upper()} OR from:{authors[2].id}) -is:retweet"
    found = read_all(x, PATH, query=query, max_results="10", since_id=since(unix_ms(NOON)))
    assert found == of(world, authors)
    assert any(
        kind(world, post) == "retweeted" for author in authors for post in world.posts(author.id)[-40:]
    )
    body = x.json(PATH, query=query, since_id=since(unix_ms(NOON)))
    assert len(body["data"]) == 10
    assert (body["meta"]["newest_id"], body["meta"]["oldest_id"]) == (str(found[0]), str(found[9]))
    assert x.simulator.bill.charged == {"post": len(found)}


def test_a_blank_binds_closer_than_or_and_terms_can_be_negated(x: X, world: World) -> None:
    a, b = writers(world, 2)

    def search(query: str) -> list[int]:
        return read_all(x, PATH, query=query, max_results="100", since_id=since(unix_ms(NOON)))

    assert search(f"from:{a.id} OR from:{b.id} -is:reply") == sorted(
        of(world, [a]) + of(world, [b], "replied_to"), reverse=True
    )
    assert search(f"(from:{a.id} OR from:{b.id}) -is:reply") == of(world, [a, b], "replied_to")
    assert search(f"(from:{a.id} OR from:{b.id}) -from:{b.handle}") == of(world, [a])
    assert search(f"from:{a.id} is:quote") == of(world, [a], "post", "replied_to")
    assert search(f"from:{a.id} is:retweet") == []


def test_who_is_not_shown_is_passed_over_without_a_word(x: X, world: World) -> None:
    authors = writers(world, 6)
    gone = in_state(world, "suspended")
    hidden = authors[0]
    hidden.protected = True
    seen = [author for author in authors if author.id not in (gone.id, hidden.id)]
    query = " OR ".join(f"from:{author.id}" for author in authors)
    assert read_all(x, PATH, query=query, max_results="100", since_id=since(unix_ms(NOON))) == of(world, seen)
    body = x.json(PATH, query=f"from:{gone.id} OR from:{hidden.id} OR from:987654321")
    assert body == {"meta": {"result_count": 0}}


def test_a_search_shows_seven_days_and_ends_half_a_minute_ago(x: X, world: World) -> None:
    author = plain(world)[0]
    edge = x.now - timedelta(days=7)
    old, kept = (world.publish(edge + timedelta(seconds=delta), author.id) for delta in (-1, 1))
    late, fresh = (world.publish(x.now - timedelta(seconds=ago), author.id) for ago in (31, 29))
    shown = {post for post in (kept, late) if post is not None and kind(world, post) != "retweeted"}
    found = set(ids(x.json(PATH, query=f"from:{author.id}", max_results="100")))
    assert shown <= found
    assert not {old, fresh} & found


def test_a_beginning_before_the_seven_days_is_a_400_that_names_the_edge(x: X) -> None:
    edge_ms = unix_ms(x.now - timedelta(days=7))
    assert x.get(PATH, query="from:1", since_id=since(edge_ms)).status_code == 200
    answer = x.get(PATH, query="from:1", since_id=since(edge_ms - 1))
    assert answer.status_code == 400
    assert f"larger than {snowflake(edge_ms, 0)}" in answer.json()["errors"][0]["message"]
    assert x.get(PATH, query="from:1", start_time=written_time(edge_ms - 1_000)).status_code == 400


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ({}, "query"),
        ({"query": "from:1 OR"}, "query"),
        ({"query": "(from:1"}, "query"),
        ({"query": "from:1)"}, "query"),
        ({"query": "-is:retweet"}, "query"),
        ({"query": "from:1 min_faves:2"}, "query"),
        ({"query": " OR ".join(["from:1234567890123456789"] * 19)}, "query"),
        ({"query": "from:1", "max_results": "9"}, "max_results"),
        ({"query": "from:1", "max_results": "101"}, "max_results"),
        ({"query": "from:1", "sort_order": "oldest"}, "sort_order"),
        ({"query": "from:1", "exclude": "retweets"}, "exclude"),
        ({"query": "from:1", "next_token": "a" * 32}, "next_token"),
        ({"query": "from:1", "next_token": "a" * 32, "pagination_token": "a" * 32}, "pagination_token"),
        (
            {"query": "from:1", "start_time": "2026-06-05T00:00:00Z", "since_id": "2064588117242806272"},
            "since_id",
        ),
    ],
)
def test_a_bad_search_is_a_400_that_names_the_parameter(x: X, query: dict[str, str], named: str) -> None:
    answer = x.get(PATH, **query)
    assert answer.status_code == 400
    assert list(answer.json()["errors"][0]["parameters"]) == [named]


def test_a_token_goes_with_the_query_that_it_was_given_out_for(x: X, world: World) -> None:
    author = writers(world, 1)[0]
    query = {"query": f"from:{author.id}", "since_id": since(unix_ms(NOON))}
    token = x.json(PATH, **query)["meta"]["next_token"]
    assert x.json(PATH, **query, next_token=token) == x.json(PATH, **query, pagination_token=token)
    query["since_id"] = since(unix_ms(NOON) + 1)
    assert x.get(PATH, **query, next_token=token).status_code == 400


@pytest.mark.parametrize(("vocabulary", "has_author"), [("post.fields", False), ("tweet.fields", True)])
def test_the_author_is_a_field_in_the_old_words_and_an_expansion_in_the_new(
    x: X, world: World, vocabulary: str, has_author: bool
) -> None:
    author = writers(world, 1)[0]
    wanted = {vocabulary: "created_at,author_id" if has_author else "created_at"}
    body = x.json(PATH, query=f"from:{author.id}", **wanted)
    assert all(("author_id" in post) is has_author for post in body["data"])
    assert x.get(PATH, query=f"from:{author.id}", **{"post.fields": "author_id"}).status_code == 400
    expanded = x.json(PATH, query=f"from:{author.id}", expansions="author_id")
    assert {post["author_id"] for post in expanded["data"]} == {str(author.id)}
    assert x.simulator.bill.charged["user"] == 1


def test_pages_of_a_search_can_go_wrong_like_others(x: X, world: World) -> None:
    author = writers(world, 1)[0]
    query = {"query": f"from:{author.id}", "since_id": since(unix_ms(NOON))}
    first = x.json(PATH, **query)
    x.simulator.faults.plan("search", Fault.REPEATED_CURSOR)
    token = first["meta"]["next_token"]
    assert x.json(PATH, **query, next_token=token)["meta"]["next_token"] == token
    x.simulator.faults.plan("search", Fault.EXPIRED_CURSOR)
    assert x.get(PATH, **query, next_token=token).status_code == 400
    x.simulator.faults.plan("search", Fault.EMPTY_PAGE)
    assert "data" not in x.json(PATH, **query)
    x.simulator.limits.allowed["search"] = 0
    assert x.get(PATH, **query).status_code == 429
