"""The graph: what was seen of users, follows and posts, and the log of every change (G1 to G8)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

Origin = tuple[Literal["run", "event"], int]  # G7: who said so
Subject = tuple[str, int]  # what is synced of whom: ("followers", 12)


class Broken(Exception):
    """A rule does not hold."""


class Profile(NamedTuple):
    """A user as it is shown; what is None is not said."""

    id: int
    handle: str | None
    protected: bool | None = None
    counts: tuple[int | None, int | None] = (None, None)


class Status(NamedTuple):
    """A post as it is shown."""

    id: int
    author: int | None
    text: str
    is_retweet: bool = False


@dataclass
class User:
    """G2: there only because a payload came. G4: gone is a mark, with X's reason."""

    handle: str | None
    protected: bool | None = None
    counts: tuple[int | None, int | None] = (None, None)
    deleted_at: float | None = None
    gone: str | None = None


@dataclass
class Edge:
    """G5: one for each (target, follower). `sights`: when (in the order of statements), by whom, where."""

    first_seen_at: float
    deleted_at: float | None = None
    changed: tuple[str, Origin] = ("", ("run", 0))
    sights: list[tuple[int, Origin, int]] = field(default_factory=list)


@dataclass
class Post:
    """G6: the author stays. `changed`: when in the order of statements, and by whom, it was written last."""

    author: int
    text: str | None
    changed: tuple[int, Origin]
    deleted_at: float | None = None


@dataclass
class Graph:
    """What was seen, the log of it (G7), and how often what a sync is to bring has moved (A6)."""

    now: float = 0.0
    order: int = 0  # of statements, as they were committed
    users: dict[int, User] = field(default_factory=dict)
    follows: dict[tuple[int, int], Edge] = field(default_factory=dict)
    posts: dict[int, Post] = field(default_factory=dict)
    log: dict[str, list[tuple[Any, ...]]] = field(default_factory=lambda: defaultdict(list))
    moved: dict[Subject, int] = field(default_factory=lambda: defaultdict(int))

    def see_users(self, shown: Iterable[Profile], origin: Origin) -> None:
        """G3: of two sights of a user, or of a handle, in one page the later is the truth."""
        page: dict[int, Profile] = {}
        for profile in shown:
            page.pop(profile.id, None)
            page[profile.id] = profile
        holders = {p.handle.lower(): p.id for p in page.values() if p.handle is not None}
        takes = {p.id: p.handle for p in page.values() if p.handle and holders[p.handle.lower()] == p.id}
        for user_id, user in self.users.items():
            taker = holders.get(user.handle.lower(), user_id) if user.handle else user_id
            if taker != user_id and user_id not in takes:
                self._rename(user_id, None, origin)
        for profile in page.values():
            self._see_user(profile, takes.get(profile.id), origin)

    def _see_user(self, profile: Profile, handle: str | None, origin: Origin) -> None:
        """G2, G4, G8: who is shown is there, or there again."""
        if profile.id not in self.users:
            self.users[profile.id] = User(handle)
            self._note("users", profile.id, "added", origin)
            self.moved["users", profile.id] += 1
        user = self.users[profile.id]
        if handle is not None and user.handle != handle:
            self._rename(profile.id, handle, origin)
        if user.deleted_at is not None:
            user.deleted_at = user.gone = None
            self._note("users", profile.id, "revived", origin)
        if profile.protected and not user.protected:
            self.silence(profile.id)
        user.protected = user.protected if profile.protected is None else profile.protected
        followers, following = profile.counts
        user.counts = (
            user.counts[0] if followers is None else followers,
            user.counts[1] if following is None else following,
        )

    def lose_user(self, user_id: int, reason: str, origin: Origin) -> None:
        """G4: X does not show a user any more. Edges are left alone."""
        user = self.users.get(user_id)
        self.silence(user_id)
        if user is not None and (user.deleted_at is None or user.gone != reason):
            user.deleted_at = self.now if user.deleted_at is None else user.deleted_at
            user.gone = reason
            self._note("users", user_id, "removed", origin)

    def silence(self, user_id: int) -> None:
        """X shows nothing more of what a user said: no text is kept."""
        for post in self.posts.values():
            if post.author == user_id:
                post.text = None

    def see_follow(self, target: int, follower: int, origin: Origin, page_no: int = 0) -> None:
        """G5, G8: an edge is new or came back; a sight without a change writes nothing."""
        if target == follower:
            return
        edge = self.follows.get((target, follower))
        is_alive = edge is not None and edge.deleted_at is None
        if edge is None:
            edge = self.follows[target, follower] = Edge(self.now)
            self._move_follow(target, follower, "added", origin)
        elif not is_alive:
            edge.deleted_at = None
            self._move_follow(target, follower, "revived", origin)
        edge.sights.append((self.order, origin, page_no))

    def lose_follow(self, target: int, follower: int, origin: Origin) -> bool:
        """G4: an edge has ended; whether it was there."""
        edge = self.follows.get((target, follower))
        if edge is None or edge.deleted_at is not None:
            return False
        edge.deleted_at = self.now
        self._move_follow(target, follower, "removed", origin)
        return True

    def see_post(self, shown: Status, author: int, origin: Origin) -> None:
        """G4, G6: a post is new, came back, or reads differently."""
        post = self.posts.get(shown.id)
        if post is not None and post.deleted_at is None and post.text == shown.text:
            return
        change = "added" if post is None else "revived" if post.deleted_at is not None else "changed"
        author = author if post is None else post.author
        self.posts[shown.id] = Post(author, shown.text, (self.order, origin))
        self._move_post(shown.id, change, origin)

    def lose_post(self, post_id: int, origin: Origin) -> bool:
        """G4: there is evidence against a post; whether it was there."""
        post = self.posts.get(post_id)
        if post is None or post.deleted_at is not None:
            return False
        post.text, post.deleted_at, post.changed = None, self.now, (self.order, origin)
        self._move_post(post_id, "removed", origin)
        return True

    def holder(self, handle: str) -> int | None:
        """G3: who holds a handle now, whatever its case."""
        held = handle.lower()
        return next(
            (i for i, user in self.users.items() if user.handle and user.handle.lower() == held), None
        )

    def listed(self, kind: str, user_id: int) -> set[int]:
        """The living edges of a user's list of followers, or of those whom the user is following."""
        if kind == "followers":
            return {f for (t, f), edge in self.follows.items() if t == user_id and edge.deleted_at is None}
        return {t for (t, f), edge in self.follows.items() if f == user_id and edge.deleted_at is None}

    def _rename(self, user_id: int, handle: str | None, origin: Origin) -> None:
        user = self.users[user_id]
        self.log["handles"].append((user_id, user.handle, handle, origin))
        user.handle = handle

    def _move_follow(self, target: int, follower: int, change: str, origin: Origin) -> None:
        self.follows[target, follower].changed = (change, origin)
        self.log["follows"].append((target, follower, change, origin, self.now))
        self.moved["followers", target] += 1
        self.moved["following", follower] += 1

    def _move_post(self, post_id: int, change: str, origin: Origin) -> None:
        self._note("posts", post_id, change, origin)
        self.moved["posts", self.posts[post_id].author] += 1

    def _note(self, log: str, item: int, change: str, origin: Origin) -> None:
        self.log[log].append((item, change, origin))
