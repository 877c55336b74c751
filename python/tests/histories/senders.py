"""What webhooks deliver: true, late, repeated, of somebody unknown, or not to be read."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from app.simulator.parameters import Asked
from app.simulator.shapes import post_object
from app.simulator.snowflakes import snowflake, snowflake_ms
from app.simulator.world import Happening, World
from histories.model.inbox import DAY
from histories.words import Status, Told
from histories.world import NOBODY
from histories.x import profile_of, profile_row, status_of

_ASKED = Asked("post", frozenset(), frozenset({"created_at", "lang"}), frozenset({"author_id"}))
_FIELDS = ("handle", "bio", "screenname", "geo", "banner")
_FOREVER = float("inf")
_PRICES = {"follow.": 0.01, "post.": 0.005, "profile.update.": 0.005}


@dataclass(frozen=True)
class Delivery:
    """A text as it is received, and what it says."""

    source: str
    payload: dict[str, Any]
    told: Told


@dataclass
class Senders:
    """Who writes to the webhook: a form of somebody's own, and X."""

    world: World
    ids: list[int]
    written: list[Delivery] = field(default_factory=list)
    told_count: int = 0  # of the world's happenings

    def write(self, now: float, a: int, b: int, c: int) -> Delivery:
        """What a sender says next: a third of the time something that it said before."""
        if self.written and a % 3 == 0:
            return self.written[b % len(self.written)]
        one, other = self.ids[b % len(self.ids)], self.ids[c % len(self.ids)]
        other = other if other != one else self.ids[(c + 1) % len(self.ids)]
        a //= 3
        kinds = (
            *(self._new_follower, self._new_follower, self._lately, self._lately, self._as_it_is, self._post),
            *(self._post, self._gone, self._profile, self._profile, self._odd),
        )
        return self._keep(kinds[a % len(kinds)](now, one, other, a // len(kinds)))

    def tell(self, subscribed: set[int]) -> list[Delivery]:
        """X tells what has happened since it told last to those to whom a webhook is subscribed."""
        happened, self.told_count = self.world.log[self.told_count :], len(self.world.log)
        return [
            self._keep(self._follow_of(h))
            for h in happened
            if h.what in ("follow", "unfollow") and subscribed & {h.user_id, h.other_id}
        ]

    def _keep(self, delivery: Delivery) -> Delivery:
        self.written.append(delivery)
        return delivery

    def _new_follower(self, now: float, target: int, follower: int, some: int) -> Delivery:
        """By any name; at times late, of one who has left since."""
        left = [(h.other_id or 0, h.user_id) for h in self.world.log if h.what == "unfollow"]
        if left and some // 24 % 2:
            target, follower = left[-1 - some // 48 % min(len(left), 3)]
        handle = self.world.accounts[follower].handle
        name = (str(follower), "@" + handle, f"https://x.com/{handle}")[some % 3]
        payload: dict[str, Any] = {"follower": name, "target": str(target), "nonce": len(self.written)}
        at = _FOREVER
        if some // 3 % 2:
            at = now - (0, 5, 4000, 90_000)[some // 6 % 4]
            payload["followed_at"] = datetime.fromtimestamp(at, UTC).isoformat()
        who = f"user {follower}" if name.isdigit() else f"handle {handle.lower()}"
        key = f"digest {len(self.written)}"
        told = Told(key, DAY, "follow", names=(f"user {target}", who), happened_at=at)
        return Delivery("new_follower", payload, told)

    def _lately(self, now: float, target: int, follower: int, some: int) -> Delivery:
        """A follow that has just begun or ended."""
        happened = [h for h in self.world.log if h.what in ("follow", "unfollow")]
        if not happened:
            return self._as_it_is(now, target, follower, some)
        return self._follow_of(happened[-1 - some % min(len(happened), 3)])

    def _as_it_is(self, _: float, target: int, follower: int, __: int) -> Delivery:
        """Something that is so, and may have been for long."""
        is_follow = follower in self.world.followers.get(target, {})
        return self._follow("follow" if is_follow else "unfollow", follower, target)

    def _follow_of(self, happening: Happening) -> Delivery:
        return self._follow(happening.what, happening.user_id, happening.other_id or 0)

    def _follow(self, kind: str, follower: int, target: int) -> Delivery:
        rows = [profile_row(self.world, self.world.accounts[user_id]) for user_id in (follower, target)]
        payload = {"source": {"data": rows[0]}, "target": {"data": rows[1]}}
        names = (f"user {target}", f"user {follower}")
        return self._x(
            f"follow.{kind}", target, payload, kind, names=names, profiles=tuple(map(profile_of, rows))
        )

    def _post(self, now: float, author: int, _: int, some: int) -> Delivery:
        """A post of somebody, new or old, or one that X itself does not show."""
        posts = self.world.posts(author) or [snowflake(int(now * 1000), NOBODY % 1000)]
        post_id = posts[-1 - some % min(len(posts), 3)]
        row = post_object(self.world, post_id, self.world.accounts[author], _ASKED)
        post, at = status_of(row), snowflake_ms(post_id) / 1000
        if some // 3 % 2 == 0:
            del row["author_id"]  # only posts of the filtered user are told
        names = (f"user {author}",)
        return self._x("post.create", author, row, "post", names=names, happened_at=at, post=post)

    def _gone(self, _: float, author: int, __: int, some: int) -> Delivery:
        """A post that was deleted; or is there still, for all we see."""
        deleted = [h.other_id or 5 for h in self.world.log if h.what == "delete"]
        posts = self.world.posts(author) or [5]
        post_id = deleted[-1] if deleted and some % 3 else posts[some % len(posts)]
        return self._x("post.delete", author, {"id": str(post_id)}, "delete", post=Status(post_id))

    def _profile(self, _: float, user_id: int, other: int, some: int) -> Delivery:
        """A field of a profile: rarely a handle, and rarely that of somebody else."""
        name = _FIELDS[some % len(_FIELDS)]
        holder = self.world.accounts[user_id if some // 5 % 4 else other]
        value = ("@" * (some // 20 % 2) + holder.handle) if name == "handle" else f"as of {len(self.written)}"
        handle = holder.handle if name == "handle" else None
        kind, payload = "profile" if name != "banner" else "unkept", {"before": None, "after": value}
        return self._x(
            f"profile.update.{name}", user_id, payload, kind, names=(f"user {user_id}",), handle=handle
        )

    def _odd(self, _: float, one: int, other: int, some: int) -> Delivery:
        """What is of no known type, or lacks what it must say."""
        if some % 2:
            return self._x("mute.mute", one, {"target": {"data": {"id": str(other)}}}, "strange")
        return self._x("follow.follow", one, {"source": {"data": {"name": "x"}}}, "broken")

    def _x(self, event_type: str, user_id: int, payload: dict[str, Any], kind: str, **said: Any) -> Delivery:
        """As X's activity API wraps it, which bills it too."""
        uuid = str(-1000 - len(self.written))
        envelope = {"event_uuid": uuid, "event_type": event_type, "payload": payload}
        usd = next((usd for prefix, usd in _PRICES.items() if event_type.startswith(prefix)), 0.0)
        told = Told(uuid, _FOREVER, kind, usd=usd, **said)
        return Delivery("x_activity", {"data": {**envelope, "filter": {"user_id": str(user_id)}}}, told)
