"""What X would show of the world right now: the answers that segments and corpora are held against."""

from collections.abc import Iterable

from app.simulator.world import World

TIMELINE_CAP = 3_200


def followers(world: World, subject_id: int) -> set[int]:
    """Return the ids that X lists as followers of a subject: without suspended and deactivated users."""
    return {user_id for user_id in world.followers.get(subject_id, {}) if world.visible(user_id)}


def following(world: World, subject_id: int) -> set[int]:
    """Return the ids that X lists as followed by a subject: without suspended and deactivated users."""
    return {user_id for user_id in world.following.get(subject_id, {}) if world.visible(user_id)}


def mutuals(world: World, subject_id: int) -> set[int]:
    """Return the ids that X lists both as followers of a subject and as followed by it."""
    return followers(world, subject_id) & following(world, subject_id)


def unreciprocated_followed(world: World, subject_id: int) -> set[int]:
    """Return the ids that X lists as followed by a subject and not as its followers."""
    return following(world, subject_id) - followers(world, subject_id)


def posts_shown(world: World, authors: Iterable[int]) -> set[int]:
    """Return the posts that X's timelines of these authors list: the newest 3,200 of each, none hidden."""
    return {
        post_id
        for author_id in authors
        if _readable(world, author_id)
        for post_id in world.posts(author_id)[-TIMELINE_CAP:]
    }


def posts_existing(world: World, authors: Iterable[int]) -> set[int]:
    """Return all posts of these authors that X answers by id, those beyond a timeline's cap included."""
    return {
        post_id for author_id in authors if _readable(world, author_id) for post_id in world.posts(author_id)
    }


def known(world: World, user_ids: Iterable[int]) -> set[int]:
    """Return those of the ids for which X shows a profile."""
    return {user_id for user_id in user_ids if world.visible(user_id)}


def _readable(world: World, author_id: int) -> bool:
    return world.visible(author_id) and not world.accounts[author_id].protected
