"""Simulated worlds: made from a seed or a file, lived by the day, the same for the same seed."""

from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.simulator import Days, World, WorldFileError, seeded_world, truth, world_from_csv
from app.simulator.snowflakes import user_id_of
from test_simulator_shapes import X

FIELDS = "description,location,public_metrics,created_at,url"


def lived(seed: int, days: int) -> World:
    world = seeded_world(500, seed)
    Days(world).advance_day(days)
    return world


def bytes_of(world: World, backwards: bool) -> dict[str, bytes]:
    """The answers about the most followed users, asked for in one order or the other."""
    x = X(world)
    paths = [
        f"/2/users/{user}/{part}" for user in world.most_followed(12) for part in ("followers", "tweets")
    ]
    order = paths[::-1] if backwards else paths
    return {path: x.get(path, max_results="50", user__fields=FIELDS).content for path in order}


def test_the_same_seed_gives_the_same_bytes_whatever_the_order_of_asking() -> None:
    one, two = lived(5, 3), seeded_world(500, 5)
    bytes_of(two, backwards=True)
    days = Days(two)
    for hour in range(0, 72, 5):
        days.advance_to(two.start + timedelta(hours=hour))
    days.advance_to(two.start + timedelta(hours=72))
    assert one.log == two.log
    assert bytes_of(one, backwards=False) == bytes_of(two, backwards=True)


def test_another_seed_gives_another_world() -> None:
    assert bytes_of(lived(5, 0), backwards=False) != bytes_of(lived(6, 0), backwards=False)


def test_degrees_are_heavy_tailed_and_many_follows_mutual() -> None:
    world = seeded_world(3_000, 1)
    sizes = sorted((len(fans) for fans in world.followers.values()), reverse=True)
    assert sizes[0] > 50 * max(
        1, sizes[len(world.accounts) // 2] if len(sizes) > len(world.accounts) // 2 else 1
    )
    mutual = sum(
        fan in world.followers and user in world.followers[fan]
        for user, fans in world.followers.items()
        for fan in fans
    )
    assert 0.2 < mutual / world.sequence < 0.5


def test_a_week_brings_every_kind_of_change_and_the_log_tells_all() -> None:
    world = seeded_world(800, 2)
    edges = {(fan, user) for user, fans in world.followers.items() for fan in fans}
    handles = {account.id: account.handle for account in world.by_index}
    Days(world).advance_day(7)
    assert {happening.what for happening in world.log} == {
        "follow",
        "unfollow",
        "post",
        "delete",
        "handle",
        "suspended",
        "deactivated",
        "active",
    }
    for entry in world.log:
        if entry.what == "follow":
            edges.add((entry.user_id, entry.other_id or 0))
        elif entry.what == "unfollow":
            edges.remove((entry.user_id, entry.other_id or 0))
        elif entry.what == "handle":
            assert handles[entry.user_id] == entry.old
            handles[entry.user_id] = entry.new or ""
    assert edges == {(fan, user) for user, fans in world.followers.items() for fan in fans}
    assert edges == {(fan, user) for fan, users in world.following.items() for user in users}
    assert handles == {account.id: account.handle for account in world.by_index}
    assert world.holders == {handle.lower(): user for user, handle in handles.items()}


def test_a_week_holds_swaps_rotations_changes_of_case_refollows_and_a_lost_oldest_post() -> None:
    world = seeded_world(800, 2)
    first = {user: world.posts(user)[0] for user in world.accounts if world.post_count(user)}
    Days(world).advance_day(7)
    renames = [entry for entry in world.log if entry.what == "handle"]
    at_once = Counter(entry.at for entry in renames)
    assert {2, 3} <= set(at_once.values())
    assert any(
        entry.old != entry.new and (entry.old or "").lower() == (entry.new or "").lower() for entry in renames
    )
    ended = {(entry.user_id, entry.other_id) for entry in world.log if entry.what == "unfollow"}
    assert any((entry.user_id, entry.other_id) in ended for entry in world.log if entry.what == "follow")
    deleted = {entry.other_id for entry in world.log if entry.what == "delete"}
    assert deleted & set(first.values())


def test_a_day_ends_with_the_world_standing_still_after_changes_around_its_focus() -> None:
    world = seeded_world(800, 4)
    world.focus = world.most_followed(2)
    days = Days(world)
    for day in range(5):
        days.advance_to(world.start + timedelta(days=day, hours=20))
        happened = len(world.log)
        days.advance_day()
        assert len(world.log) == happened
        assert days.day == day + 1
    assert all(any(entry.other_id == user for entry in world.log) for user in world.focus)


def test_who_is_in_focus_is_never_suspended_or_deactivated() -> None:
    world = seeded_world(400, 4)
    world.focus = world.most_followed(60)
    Days(world).advance_day(20)
    changed = {entry.user_id for entry in world.log if entry.what in ("suspended", "deactivated")}
    assert len(changed) > 20
    assert not changed & set(world.focus)


def test_the_truth_leaves_out_who_x_does_not_show() -> None:
    world = lived(9, 2)
    subject = world.most_followed(1)[0]
    for user in world.accounts:
        if user != subject:
            world.follow(world.moment, subject, user)
    fan = next(iter(truth.mutuals(world, subject)))
    world.set_state(world.moment, fan, "deactivated")
    assert fan in world.followers[subject]
    assert fan not in truth.followers(world, subject) | truth.following(world, subject)
    assert truth.mutuals(world, subject) | truth.unreciprocated_followed(world, subject) == truth.following(
        world, subject
    )
    assert truth.known(world, [fan, subject, 5]) == {subject}
    assert truth.posts_shown(world, [fan]) == truth.posts_existing(world, [fan]) == set()


def test_a_file_of_follows_becomes_a_world_with_the_same_ids_every_time(tmp_path: Path) -> None:
    path = tmp_path / "follows.csv"
    path.write_text("follower,followed\r\n1,2\n3,2\n2,1\n1,2\n")
    world = world_from_csv(path, 1)
    assert set(world.followers[user_id_of(2)]) == {user_id_of(1), user_id_of(3)}
    assert set(world.following[user_id_of(2)]) == {user_id_of(1)}
    assert world_from_csv(path, 2).accounts.keys() == world.accounts.keys()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("follower,followed\n1,2\n3\n", "line 3: expected two node numbers, follower,followed: '3'"),
        ("follower,followed\n1,two\n", "line 2: expected two node numbers, follower,followed: '1,two'"),
        ("follower,followed\n1,2,3\n", "line 2: expected two node numbers, follower,followed: '1,2,3'"),
        ("follower,followed\n1,-2\n", "line 2: expected two node numbers, follower,followed: '1,-2'"),
        ("follower,followed\n1,2\n\n3,4\n", "line 3: expected two node numbers, follower,followed: ''"),
        ("follower,followed\n7,7\n", "line 2: a node cannot follow itself: '7,7'"),
        ("follower,followed\n1,9999999999999999999\n", "line 2: a node number is too large"),
        ("1,2\n", "line 1: the header must be 'follower,followed', not '1,2'"),
        ("follower,followed\n", "holds no follows"),
        ("", "holds no follows"),
    ],
)
def test_a_bad_line_of_a_world_file_is_named_by_number_and_text(tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / "follows.csv"
    path.write_text(text)
    with pytest.raises(WorldFileError) as caught:
        world_from_csv(path, 1)
    assert told in str(caught.value)
    assert str(path) in str(caught.value)


def test_a_world_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(WorldFileError, match=r"nothing\.csv"):
        world_from_csv(tmp_path / "nothing.csv", 1)
    (tmp_path / "bytes.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(WorldFileError, match="not UTF-8"):
        world_from_csv(tmp_path / "bytes.csv", 1)


@given(st.sets(st.integers(0, 2**40), min_size=2, max_size=50))
def test_different_nodes_get_different_ids_of_up_to_19_digits(nodes: set[int]) -> None:
    ids = {user_id_of(node) for node in nodes}
    assert len(ids) == len(nodes)
    assert all(0 < user < 2**63 for user in ids)


def test_a_hub_is_followed_by_everybody_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "world.csv"
    path.write_text("follower,followed\n" + "".join(f"{n},{n + 1}\n" for n in range(1, 60)))
    plain, world = world_from_csv(path, 1), world_from_csv(path, 1, with_hub=True)
    (hub,) = set(world.accounts) - set(plain.accounts)
    assert set(world.followers[hub]) == set(plain.accounts)
    assert world.most_followed(1) == [hub]
