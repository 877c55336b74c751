"""The model of the inbox: what webhook events do to the graph, and in which order (W1, W3)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from app.simulator.world import World
from histories.judge import Judge
from histories.model import Origin
from histories.watch import check
from histories.x import profile


@dataclass
class Body:
    """A delivery: who follows whom (or no longer), when the payload says so, and what it shows of both."""

    source: str
    payload: dict[str, Any]
    key: str
    is_follow: bool
    target: str
    follower: str
    happened_at: float | None = None
    profiles: list[dict[str, Any]] = field(default_factory=list)


@dataclass
class Event:
    """A delivery that was stored, and what became of it."""

    id: int
    body: Body
    happened_at: float
    state: str = "received"
    pair: tuple[int, int] | None = None


@dataclass
class Inbox:
    """All events, by their ids."""

    judge: Judge
    events: dict[int, Event] = field(default_factory=dict)
    keys: dict[str, tuple[int, float]] = field(default_factory=dict)
    written: list[Body] = field(default_factory=list)

    def write(self, world: World, ids: list[int], a: int, b: int, c: int) -> Body:
        """What a sender says next: a third of the time something that it said before."""
        if self.written and a % 3 == 0:
            return self.written[b % len(self.written)]
        target, follower = ids[b % len(ids)], ids[c % len(ids)]
        if target == follower:
            follower = ids[(c + 1) % len(ids)]
        self.written.append(
            self._new_follower(world, target, follower, a) if a % 2 else self._x(world, target, follower, a)
        )
        return self.written[-1]

    def _new_follower(self, world: World, target: int, follower: int, a: int) -> Body:
        account = world.accounts[follower]
        name = (str(follower), "@" + account.handle, f"https://x.com/{account.handle}")[a // 2 % 3]
        payload: dict[str, Any] = {"follower": name, "target": str(target), "nonce": len(self.written)}
        at = None
        if a // 6 % 2:
            at = self.judge.graph.now - (0, 5, 4000, 90_000)[a // 12 % 4]
            payload["followed_at"] = datetime.fromtimestamp(at, UTC).isoformat()
        key = f"digest {len(self.written)}"
        asked = f"user {follower}" if name.isdigit() else f"handle {account.handle.lower()}"
        return Body("new_follower", payload, key, True, f"user {target}", asked, at)

    def _x(self, world: World, target: int, follower: int, a: int) -> Body:
        """What has just happened, or something that is so, or (late) that is not so any more."""
        happened = [h for h in world.log if h.what in ("follow", "unfollow")]
        is_follow = follower in world.followers.get(target, {})
        if happened and a // 2 % 3:
            last = happened[-1 - a // 6 % min(len(happened), 3)]
            target, follower, is_follow = last.other_id or target, last.user_id, last.what == "follow"
        uuid = str(-1000 - len(self.written))
        shown = [profile(world, world.accounts[user_id]) for user_id in (follower, target)]
        payload = {
            "data": {
                "event_uuid": uuid,
                "event_type": "follow.follow" if is_follow else "follow.unfollow",
                "filter": {"user_id": str(target)},
                "payload": {"source": {"data": shown[0]}, "target": {"data": shown[1]}},
            }
        }
        return Body("x_activity", payload, uuid, is_follow, f"user {target}", f"user {follower}", None, shown)

    def receive(self, body: Body, result: dict[str, Any]) -> None:
        """W1: duplicates are one event: by the sender's id, or by the text within a day."""
        now = self.judge.graph.now
        known, until = self.keys.get(body.key, (0, 0.0))
        is_repeat = bool(known) and now < until
        check(result["is_duplicate"] == is_repeat, f"W1: event {result} is a repeat: {is_repeat}")
        if is_repeat:
            check(result["event_id"] == known, f"W1: the repeat of event {known} is {result['event_id']}")
            return
        event_id = result["event_id"]
        self.keys[body.key] = (event_id, float("inf") if body.source == "x_activity" else now + 86400)
        self.events[event_id] = Event(
            event_id, body, now if body.happened_at is None else min(now, body.happened_at)
        )

    def take(self, rows: list[Any]) -> None:
        """W3: in the order in which they happened, then as they came; every one that could be taken was."""
        states = {event_id: (state, detail) for event_id, state, detail in rows}
        left = [event_id for event_id, (state, _) in states.items() if state == "received"]
        check(not left, f"W1: a tick left events {left} in the inbox")
        moved = [e for e in self.events.values() if e.id in states and states[e.id][0] != e.state]
        for event in sorted(moved, key=lambda e: (e.happened_at, e.id)):
            state = self._apply(event)
            check(
                state == states[event.id][0], f"W3: event {event.id} is {states[event.id]}, and it is {state}"
            )
            event.state = state
        names = {
            name
            for e in self.events.values()
            if e.state == "waiting"
            for name in (e.body.target, e.body.follower)
        }
        self.judge.awaited |= {("users", int(name.split()[1])) for name in names if name.startswith("user")}

    def _apply(self, event: Event) -> str:
        graph, origin = self.judge.graph, ("event", event.id)
        if event.state == "received" and event.body.profiles:
            graph.see_users(event.body.profiles, origin)  # type: ignore[arg-type]
        found = []
        for name in (event.body.target, event.body.follower):
            kind, _, key = name.partition(" ")
            user_id = graph.holder(key) if kind == "handle" else int(key) if int(key) in graph.users else None
            if user_id is None:
                _, ask_again_at = self.judge.ingest.missing.get((kind, key), ("", 0.0))
                return "refused" if ask_again_at > graph.now else "waiting"
            found.append(user_id)
        if found[0] == found[1]:
            return "refused"
        event.pair = (found[0], found[1])
        if self._is_outdated(event):
            return "outdated"
        if event.body.is_follow:
            graph.see_follow(*event.pair, origin)  # type: ignore[arg-type]
        else:
            graph.lose_follow(*event.pair, origin)  # type: ignore[arg-type]
        return "applied"

    def _is_outdated(self, event: Event) -> bool:
        """W3: a later event of the same edge, or a run that began later, said otherwise."""
        place = (event.happened_at, event.id)
        if any(
            e.pair == event.pair and e.state == "applied" and (e.happened_at, e.id) > place
            for e in self.events.values()
        ):
            return True
        edge = self.judge.graph.follows.get(event.pair or (0, 0))
        if edge is None:
            return False
        change, by = edge.changed
        is_by_later_run = by[0] == "run" and self.judge.ingest.runs[by[1]].began_at > event.happened_at
        return is_by_later_run and (change == "removed") == event.body.is_follow


__all__ = ["Body", "Event", "Inbox", "Origin"]
