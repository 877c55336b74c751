"""The simulated world: accounts, follows and posts, what can happen to them, and a log of all that did."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal

from app.simulator.snowflakes import low_bits, snowflake, snowflake_ms, unix_ms
from app.simulator.timelines import first_count, first_posts

State = Literal["active", "suspended", "deactivated"]
Happened = Literal["follow", "unfollow", "post", "delete", "handle", "suspended", "deactivated", "active"]

DEFAULT_START = datetime(2026, 6, 1, tzinfo=UTC)


@dataclass(slots=True)
class Account:
    """One user: `index` is its place among the accounts, `changed_at` when its state last changed."""

    id: int
    index: int
    handle: str
    name: str
    made_ms: int
    protected: bool = False
    verified: bool = False
    state: State = "active"
    changed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Happening:
    """One entry of the world's log; `other_id` is the user followed or the post, `old` and `new` handles."""

    at: datetime
    what: Happened
    user_id: int
    other_id: int | None = None
    old: str | None = None
    new: str | None = None


@dataclass
class World:
    """All that the simulated X holds. A follow's sequence number stands for its time."""

    seed: int
    start: datetime = DEFAULT_START
    accounts: dict[int, Account] = field(default_factory=dict)
    by_index: list[Account] = field(default_factory=list)
    holders: dict[str, int] = field(default_factory=dict)
    followers: dict[int, dict[int, int]] = field(default_factory=dict)
    following: dict[int, dict[int, int]] = field(default_factory=dict)
    focus: list[int] = field(default_factory=list)
    log: list[Happening] = field(default_factory=list)
    moment: datetime = field(init=False)
    sequence: int = 0
    _timelines: dict[int, list[int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.moment = self.start

    def add(self, account: Account) -> None:
        """Take a new account in; its id and its handle (in any case) must be free."""
        self.accounts[account.id] = account
        self.by_index.append(account)
        self.holders[account.handle.lower()] = account.id

    def account(self, user_id: int) -> Account | None:
        """Return the account with this id, in whatever state, or None."""
        return self.accounts.get(user_id)

    def holder(self, handle: str) -> Account | None:
        """Return the account that holds a handle now, in any case of letters, or None."""
        user_id = self.holders.get(handle.lower())
        return None if user_id is None else self.accounts[user_id]

    def visible(self, user_id: int) -> bool:
        """Tell whether X shows this user at all: known, and neither suspended nor deactivated."""
        account = self.accounts.get(user_id)
        return account is not None and account.state == "active"

    def link(self, follower_id: int, followed_id: int) -> bool:
        """Make a follow, newest of all; False and no change if it is there already or would be of oneself."""
        fans = self.followers.setdefault(followed_id, {})
        if follower_id in fans or follower_id == followed_id:
            return False
        self.sequence += 1
        fans[follower_id] = self.sequence
        self.following.setdefault(follower_id, {})[followed_id] = self.sequence
        return True

    def follow(self, at: datetime, follower_id: int, followed_id: int) -> bool:
        """Let one active account follow another; False and no change where that cannot be."""
        if not (self.visible(follower_id) and self.visible(followed_id)) or not self.link(
            follower_id, followed_id
        ):
            return False
        self.log.append(Happening(at, "follow", follower_id, followed_id))
        return True

    def unfollow(self, at: datetime, follower_id: int, followed_id: int) -> bool:
        """End a follow; False and no change if there is none or the follower is away."""
        if follower_id not in self.followers.get(followed_id, {}) or not self.visible(follower_id):
            return False
        del self.followers[followed_id][follower_id]
        del self.following[follower_id][followed_id]
        self.log.append(Happening(at, "unfollow", follower_id, followed_id))
        return True

    def posts(self, author_id: int) -> list[int]:
        """Return the ids of an author's existing posts, oldest first; not to be changed by the caller."""
        known = self._timelines.get(author_id)
        if known is None:
            account = self.accounts.get(author_id)
            known = (
                []
                if account is None
                else first_posts(self.seed, author_id, account.index, unix_ms(self.start))
            )
            self._timelines[author_id] = known
        return known

    def post_count(self, author_id: int) -> int:
        """Return how many posts of an author exist, cheaply."""
        known = self._timelines.get(author_id)
        return first_count(self.seed, author_id) if known is None else len(known)

    def author_of(self, post_id: int) -> Account | None:
        """Return the author of an existing post, or None for an unknown or deleted one."""
        index = low_bits(post_id)
        if index >= len(self.by_index):
            return None
        account = self.by_index[index]
        return account if post_id in self.posts(account.id) else None

    def publish(self, at: datetime, author_id: int) -> int | None:
        """Let an active account post; return the post's id, or None if the author is away."""
        if not self.visible(author_id):
            return None
        timeline = self.posts(author_id)
        ms = unix_ms(at)
        if timeline:
            ms = max(ms, snowflake_ms(timeline[-1]) + 1)
        post_id = snowflake(ms, self.accounts[author_id].index)
        timeline.append(post_id)
        self.log.append(Happening(at, "post", author_id, post_id))
        return post_id

    def delete(self, at: datetime, author_id: int, place: int) -> int | None:
        """Delete the author's post at this place (0 is the oldest); return its id, or None if it cannot."""
        timeline = self.posts(author_id)
        if not self.visible(author_id) or place >= len(timeline):
            return None
        post_id = timeline.pop(place)
        self.log.append(Happening(at, "delete", author_id, post_id))
        return post_id

    def set_handles(self, at: datetime, handles: dict[int, str]) -> bool:
        """Give users handles at one moment (rename, swap, rotation); False and no change if one is taken."""
        if any(not self.visible(user_id) for user_id in handles):
            return False
        wanted = [handle.lower() for handle in handles.values()]
        taken = (self.holders.get(handle) for handle in wanted)
        if len(set(wanted)) < len(wanted) or any(user is not None and user not in handles for user in taken):
            return False
        old = {user_id: self.accounts[user_id].handle for user_id in handles}
        for handle in old.values():
            del self.holders[handle.lower()]
        for user_id, handle in handles.items():
            self.accounts[user_id].handle = handle
            self.holders[handle.lower()] = user_id
            if handle != old[user_id]:
                self.log.append(Happening(at, "handle", user_id, old=old[user_id], new=handle))
        return True

    def set_state(self, at: datetime, user_id: int, state: State) -> bool:
        """Suspend, deactivate or bring back a user; False and no change if that is its state already."""
        account = self.accounts[user_id]
        if account.state == state:
            return False
        account.state, account.changed_at = state, at
        self.log.append(Happening(at, state, user_id))
        return True

    def away(self) -> list[Account]:
        """Return the accounts that are suspended or deactivated, in order of their index."""
        return [account for account in self.by_index if account.state != "active"]

    def most_followed(self, count: int, among: Iterable[int] | None = None) -> list[int]:
        """Return the ids of the most followed users that X shows in full, most first."""
        pool = self.accounts if among is None else among
        shown = [
            user_id for user_id in pool if self.visible(user_id) and not self.accounts[user_id].protected
        ]
        shown.sort(key=lambda user_id: (-len(self.followers.get(user_id, {})), user_id))
        return shown[:count]
