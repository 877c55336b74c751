"""Chooses whom a demo follows in its world, and knows what X would show for each choice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from app.errors import OperatorMistake
from app.simulator import World, truth
from app.simulator.snowflakes import user_id_of

STABLE_KEY = "watched"
_UNKNOWN_NODE = 2**40 + 7
_WATCHED = 8
_MUTUALS_WANTED = 40


@dataclass(frozen=True, slots=True)
class Expected:
    """What a segment may hold: all of `least`, nothing outside of `most`."""

    least: set[int]
    most: set[int]

    def allows(self, members: set[int]) -> bool:
        """Whether these members are what X would show."""
        return self.least <= members <= self.most


@dataclass(slots=True)
class Chosen:
    """A root to enable; `subject` names it to people, `expected` tells the truth about it at any time."""

    kind: str
    params: dict[str, Any]
    subject: str
    expected: Callable[[], Expected]
    instance_id: int = 0
    wrong_days: list[int] = field(default_factory=list)


class Watched:
    """The specified set: some users, one id that X does not know, and later joiners.

    Its truth is who of it X ever showed since joining: nobody leaves it but by an operator's hand.
    """

    def __init__(self, world: World, pool: list[int]) -> None:
        self._world = world
        self._reserve = pool[_WATCHED:]
        self.wanted = {*pool[:_WATCHED], user_id_of(_UNKNOWN_NODE)}
        self._shown: set[int] = set()
        self.look()

    def look(self) -> None:
        """Note whom X shows at this moment."""
        self._shown |= truth.known(self._world, self.wanted)

    def joiners(self, count: int) -> list[int]:
        """Return some users to add, whom X shows now; none where the world has no more."""
        found = [user for user in self._reserve if self._world.visible(user)][:count]
        self._reserve = [user for user in self._reserve if user not in found]
        return found

    def add(self, users: list[int]) -> None:
        """Note that users were added."""
        self.wanted.update(users)
        self.look()

    def remove(self, users: list[int]) -> None:
        """Note that users were removed."""
        self.wanted.difference_update(users)

    def members(self) -> set[int]:
        """Return the truth."""
        return self._shown & self.wanted


@dataclass(frozen=True, slots=True)
class Cast:
    """The roots of a demo, the subjects whose lists they need, and the specified set."""

    chosen: list[Chosen]
    watched: Watched
    lists: list[tuple[str, int]]
    corpus_source: Chosen


def choose(world: World) -> Cast:
    """Choose roots of all six kinds for this world, and turn its attention to their subjects.

    Raises OperatorMistake for a world in which X shows nobody.
    """
    shown = world.most_followed(len(world.accounts))
    if not shown:
        raise OperatorMistake("X shows nobody of this world", hint="use a larger world, or another --seed")
    star = shown[0]
    reader = max(shown, key=lambda user: (len(world.following.get(user, {})), -user))
    friend = min(shown, key=lambda user: (abs(len(truth.mutuals(world, user)) - _MUTUALS_WANTED), user))
    world.focus = list(dict.fromkeys((star, reader, friend)))
    watched = Watched(world, _pool(world, [friend, star, reader]))
    specified = Chosen(
        "segment_specified_users", {"stable_key": STABLE_KEY}, STABLE_KEY, lambda: _exactly(watched.members())
    )
    mutuals = _of(world, "segment_mutuals", friend, truth.mutuals)
    source = mutuals if truth.mutuals(world, friend) else specified
    corpus = Chosen(
        "post_corpus_for_segment",
        {"source": {"kind": source.kind, "params": source.params}},
        f"posts of {source.subject}",
        lambda: _posts(world, source.expected().least),
    )
    chosen = [
        _of(world, "segment_followers", star, truth.followers),
        _of(world, "segment_followed", reader, truth.following),
        mutuals,
        _of(world, "segment_unreciprocated_followed", reader, truth.unreciprocated_followed),
        specified,
        corpus,
    ]
    lists = [("followers", star), ("following", reader), ("followers", reader)]
    lists += [("followers", friend), ("following", friend)]
    return Cast(chosen, watched, list(dict.fromkeys(lists)), source)


def _of(world: World, kind: str, user_id: int, tell: Callable[[World, int], set[int]]) -> Chosen:
    params = {"subject_id": str(user_id)}
    return Chosen(kind, params, f"@{world.accounts[user_id].handle}", lambda: _exactly(tell(world, user_id)))


def _exactly(members: set[int]) -> Expected:
    return Expected(members, members)


def _posts(world: World, authors: set[int]) -> Expected:
    # Beyond a timeline's cap X still has the posts that were read before they fell behind it.
    held = {post_id for author in authors for post_id in world.posts(author)}
    return Expected(truth.posts_shown(world, authors), held)


def _pool(world: World, subjects: list[int]) -> list[int]:
    """Neighbours to watch, in an order that puts one that is away at first among them where there is one."""
    near: dict[int, None] = {}
    for subject in subjects:
        near.update(dict.fromkeys(world.following.get(subject, {})))
        near.update(dict.fromkeys(world.followers.get(subject, {})))
    pool = [user for user in near if user not in subjects]
    away = [user for user in pool if not world.visible(user)][:1]
    return away + [user for user in [*pool, *dict.fromkeys(subjects)] if world.visible(user)]
