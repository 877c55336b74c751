"""The graph (G1 to G8): what was seen of users, follows and posts, and the log of it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any, Literal

Origin = tuple[Literal["run", "event"], int]
Subject = tuple[str, int]  # what is synced of whom: ("followers", 12)
LISTS = ("followers", "following")


class Broken(Exception):
    """A rule does not hold."""


@dataclass
class User:
    """G1, G2: a row exists because a payload came. G4: gone is a mark, with X's reason."""

    handle: str | None
    protected: bool | None = None
    counts: tuple[int | None, int | None] = (None, None)
    deleted_at: float | None = None
    gone: str | None = None


@dataclass
class Edge:
    """G5: one for each (target, follower). `sights` are who showed it, when in the order of statements."""

    first_seen_at: float
    deleted_at: float | None = None
    changed: tuple[str, Origin] = ("", ("run", 0))
    sights: list[tuple[int, Origin, int]] = field(default_factory=list)


@dataclass
class Post:
    """G6: author and time stay. `changed` is who wrote it last. What X hides says nothing."""

    author: int
    text: str | None
    changed: tuple[int, Origin]
    deleted_at: float | None = None


@dataclass
class Graph:
    """What was seen, and the log of every change of it (G7)."""

    now: float = 0.0
    order: int = 0  # of statements, as they were committed
    users: dict[int, User] = field(default_factory=dict)
    follows: dict[tuple[int, int], Edge] = field(default_factory=dict)
    posts: dict[int, Post] = field(default_factory=dict)
    log: dict[str, list[tuple[Any, ...]]] = field(default_factory=lambda: defaultdict(list))
    moved: dict[Subject, int] = field(
        default_factory=lambda: defaultdict(int)
    )  # changes that a sync's reader reads

    def see_users(self, rows: list[dict[str, Any]], origin: Origin) -> None:
        """G2, G3, G4: a page of profiles; of two sights in it the later one is the truth."""
        page = {int(row["id"]): row for row in sorted(rows, key=rows.index)}
        said: dict[str, int] = {row["username"].lower(): user_id for user_id, row in page.items()}
        handles = {
            user_id: row["username"]
            for user_id, row in page.items()
            if said[row["username"].lower()] == user_id
        }
        for user_id, user in self.users.items():
            if (
                user.handle is not None
                and said.get(user.handle.lower(), user_id) != user_id
                and user_id not in handles
            ):
                self._rename(user_id, None, origin)
        for user_id, row in page.items():
            if user_id not in self.users:
                self.users[user_id] = User(handles.get(user_id))
                self._note("users", user_id, "added", origin)
                self.moved["users", user_id] += 1
            user = self.users[user_id]
            if user_id in handles and user.handle != handles[user_id]:
                self._rename(user_id, handles[user_id], origin)
            if user.deleted_at is not None:
                user.deleted_at = user.gone = None
                self._note("users", user_id, "revived", origin)
            if row.get("protected") and not user.protected:
                self.silence(user_id)
            metrics = row.get("public_metrics", {})
            user.protected = row.get("protected", user.protected)
            user.counts = (
                metrics.get("followers_count", user.counts[0]),
                metrics.get("following_count", user.counts[1]),
            )

    def lose_user(self, user_id: int, reason: str, origin: Origin) -> None:
        """G4: X does not show a user any more. Edges are left alone."""
        user = self.users.get(user_id)
        if user is not None and (user.deleted_at is None or user.gone != reason):
            user.deleted_at = self.now if user.deleted_at is None else user.deleted_at
            user.gone = reason
            self.silence(user_id)
            self._note("users", user_id, "removed", origin)

    def see_follow(self, target: int, follower: int, origin: Origin, sweep: int = 0) -> bool:
        """G5, G8: whether the edge is new or came back; a sight without a change writes nothing."""
        if target == follower:
            return False
        edge = self.follows.get((target, follower))
        change = "added" if edge is None else "revived" if edge.deleted_at is not None else None
        if edge is None:
            edge = self.follows[target, follower] = Edge(self.now)
        edge.deleted_at = None
        edge.sights.append((self.order, origin, sweep))
        if change is not None:
            self._move_follow(target, follower, change, origin)
        return change is not None

    def lose_follow(self, target: int, follower: int, origin: Origin) -> bool:
        """G4: an edge has ended; whether it was there."""
        edge = self.follows.get((target, follower))
        if edge is None or edge.deleted_at is not None:
            return False
        edge.deleted_at = self.now
        self._move_follow(target, follower, "removed", origin)
        return True

    def see_post(self, post_id: int, author: int, text: str, origin: Origin) -> None:
        """G4, G6: a post is new, came back, or reads differently."""
        post = self.posts.get(post_id)
        if post is not None and post.deleted_at is None and post.text == text:
            return
        change = "added" if post is None else "revived" if post.deleted_at is not None else "changed"
        author = author if post is None else post.author
        self.posts[post_id] = Post(author, text, (self.order, origin))
        self._move_post(post_id, change, origin)

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
        return next(
            (i for i, u in self.users.items() if u.handle and u.handle.lower() == handle.lower()), None
        )

    def followers(self, user_id: int) -> set[int]:
        """Whose edges to a user are alive."""
        return {f for (t, f), edge in self.follows.items() if t == user_id and edge.deleted_at is None}

    def followed(self, user_id: int) -> set[int]:
        """To whom a user's edges are alive."""
        return {t for (t, f), edge in self.follows.items() if f == user_id and edge.deleted_at is None}

    def silence(self, user_id: int) -> None:
        """X shows nothing more of what a user said."""
        for post in self.posts.values():
            if post.author == user_id:
                post.text = None

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
