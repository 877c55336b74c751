"""The graph: what was seen of users, follows and posts, and the log of every change (G1 to G8)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from histories.words import Profile, Status

Origin = tuple[str, int]  # G7: who said so: ("run", 5), ("event", 7)
Subject = tuple[str, int]  # what is synced of whom: ("followers", 12)
Pair = tuple[int, int]  # G5: there is one follow of a target and a follower
LISTS = ("followers", "following")  # whose place in a pair is that of the owner


class Change(NamedTuple):
    """G7: a line of the log: which row of what, how it changed, who said so, and when."""

    of: str  # users, handles, follows, posts
    row: Any
    how: Any  # added, revived, changed, removed; of a handle, the old one and the new
    origin: Origin
    at: float
    order: int


@dataclass
class Graph:
    """G2: what is here was shown. G4: whether it is there still is what the log says last of it."""

    now: float = 0.0
    order: int = 0  # of statements, as they were committed
    users: dict[int, Profile] = field(default_factory=dict)
    gone: dict[int, tuple[str, float]] = field(default_factory=dict)  # users: why, and since when
    authors: dict[int, int] = field(default_factory=dict)  # G6: of posts
    texts: dict[int, str | None] = field(default_factory=dict)  # of posts, as far as X shows them
    sights: dict[Pair, dict[Origin, int]] = field(default_factory=lambda: defaultdict(dict))  # by whom last
    log: list[Change] = field(default_factory=list)
    last: dict[tuple[str, Any], Change] = field(default_factory=dict)  # what the log says last of a row
    moved: Counter[Subject] = field(default_factory=Counter)  # A6: how often what a sync brings has changed
    removed: Counter[Origin] = field(default_factory=Counter)  # how many follows and posts have ended

    def see_users(self, shown: Sequence[Profile], origin: Origin) -> None:
        """G3: of two sights of a user, or of a handle, in one page the later is the truth."""
        page: dict[int, Profile] = {}
        holders: dict[str, int] = {}
        for profile in reversed(shown):
            if profile.id not in page:
                holder = holders.setdefault(_fold(profile.handle), profile.id)
                page[profile.id] = profile if holder == profile.id else profile._replace(handle=None)
        for user in list(self.users.values()):
            said = page[user.id].handle if user.id in page else None
            is_taken = holders.get(_fold(user.handle), user.id) != user.id
            handle = said or (None if is_taken else user.handle)
            if handle != user.handle:
                self._note("handles", user.id, (user.handle, handle), origin)
                self.users[user.id] = user._replace(handle=handle)
        for profile in page.values():
            self._see_user(profile, origin)

    def _see_user(self, shown: Profile, origin: Origin) -> None:
        """G4, G8: who is shown is there, or there again; what is not said stays."""
        known = self.users.get(shown.id)
        if shown.protected and known is not None and not known.protected:
            self._silence(shown.id)
        said = {name: value for name, value in shown._asdict().items() if value is not None}
        self.users[shown.id] = (known or shown)._replace(**said)
        self._see("users", shown.id, origin)
        self.gone.pop(shown.id, None)

    def lose_user(self, user_id: int, reason: str, origin: Origin) -> None:
        """G4: X does not show a user any more. Edges are left alone."""
        self._silence(user_id)
        known, since = self.gone.get(user_id, ("", self.now))
        if user_id in self.users and known != reason:
            self.gone[user_id] = (reason, since)
            self._note("users", user_id, "removed", origin)

    def protect(self, user_id: int) -> None:
        """G4: X says no more of a user than that: posts are hidden, and who was gone may be so still."""
        self._silence(user_id)
        if user_id in self.users and user_id not in self.gone:
            self.users[user_id] = self.users[user_id]._replace(protected=True)

    def _silence(self, user_id: int) -> None:
        """X shows nothing more of what a user said: no text is kept."""
        self.texts |= {post_id: None for post_id, author in self.authors.items() if author == user_id}

    def see_follow(self, pair: Pair, origin: Origin, *, is_whole: bool = True) -> None:
        """G2, I2: whose profile cannot be stored gets no edge, and is seen all the same."""
        if is_whole and pair[0] != pair[1]:
            self._see("follows", pair, origin)
        if ("follows", pair) in self.last:
            self.sights[pair][origin] = self.order

    def see_post(self, shown: Status, author: int, origin: Origin) -> None:
        """G4, G6: a post is new, came back, or reads differently."""
        self.authors.setdefault(shown.id, author)
        if not self._see("posts", shown.id, origin) and self.texts[shown.id] != shown.text:
            self._note("posts", shown.id, "changed", origin)
        self.texts[shown.id] = shown.text

    def lose(self, of: str, row: Any, origin: Origin) -> None:
        """G4: a follow has ended, or there is evidence against a post."""
        if self.is_there(of, row):
            self._note(of, row, "removed", origin)
            self.removed[origin] += 1
            self.texts |= {row: None} if of == "posts" else {}

    def is_there(self, of: str, row: Any) -> bool:
        """G4: whether a row is known, and not gone."""
        return (of, row) in self.last and self.last[of, row].how != "removed"

    def holder(self, handle: str) -> int | None:
        """G3: who holds a handle now, whatever its case."""
        return next((i for i, user in self.users.items() if _fold(user.handle) == _fold(handle)), None)

    def listed(self, kind: str, user_id: int) -> set[int]:
        """Who is on a user's list of followers, or of those whom the user is following."""
        own = LISTS.index(kind)
        pairs = (pair for pair in self.sights if pair[own] == user_id)
        return {pair[1 - own] for pair in pairs if self.is_there("follows", pair)}

    def _see(self, of: str, row: Any, origin: Origin) -> bool:
        """G8: a row is new or came back, or nothing is written; whether it was."""
        is_news = not self.is_there(of, row)
        if is_news:
            self._note(of, row, "revived" if (of, row) in self.last else "added", origin)
        return is_news

    def _note(self, of: str, row: Any, how: Any, origin: Origin) -> None:
        """G7, A6: every change is logged, and moves what a sync is to bring."""
        self.log.append(Change(of, row, how, origin, self.now, self.order))
        self.last[of, row] = self.log[-1]
        if of == "follows":
            self.moved.update([("followers", row[0]), ("following", row[1])])
        elif of == "posts":
            self.moved["posts", self.authors[row]] += 1
        elif how == "added":
            self.moved["users", row] += 1


def _fold(handle: str | None) -> str:
    return (handle or "").lower()
