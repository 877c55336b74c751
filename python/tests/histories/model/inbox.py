"""Webhook events: which are one, and what they do to the graph, in which order (W1, W3)."""

from __future__ import annotations

from dataclasses import dataclass, field

from histories.model.graph import Graph, Profile, Status
from histories.model.ingest import Ingest
from histories.model.runs import Run

DAY = 86400.0
FATES = {"broken": "malformed", "strange": "ignored", "unkept": "ignored"}  # W3: of what cannot be taken in


@dataclass(frozen=True)
class Told:
    """What a delivery says. `names` of target and follower, or of an author: `user 12`, `handle x`."""

    key: str  # of its sender, or of its text
    lasts: float  # for how long another of this key is the same
    kind: str
    usd: float = 0.0  # what X bills for it
    names: tuple[str, ...] = ()
    happened_at: float | None = None
    profiles: tuple[Profile, ...] = ()
    post: Status | None = None
    handle: str | None = None


@dataclass
class Event:
    """A delivery that was stored, and what became of it."""

    id: int
    told: Told
    received_at: float
    state: str = "received"
    pair: tuple[int, int] | None = None

    @property
    def place(self) -> tuple[float, int]:
        """W3: events are taken in the order in which they happened; nobody knows the future."""
        at = self.told.happened_at
        return (self.received_at if at is None else min(at, self.received_at), self.id)


@dataclass
class Inbox:
    """All events, by their ids."""

    graph: Graph
    ingest: Ingest
    events: dict[int, Event] = field(default_factory=dict)
    keys: dict[str, tuple[int, float]] = field(default_factory=dict)

    def receive(self, told: Told, new_id: int) -> tuple[int, bool]:
        """W1: duplicates are one event. Returns which one it is, and whether it was there."""
        known, until = self.keys.get(told.key, (0, 0.0))
        if self.graph.now < until:
            return known, True
        self.keys[told.key] = (new_id, self.graph.now + told.lasts)
        self.events[new_id] = Event(new_id, told, self.graph.now)
        return new_id, False

    def take(self, event: Event) -> None:
        """W3: profiles in an event count at the first look only: others may have been later."""
        if event.state == "received":
            self.graph.see_users(event.told.profiles, ("event", event.id))
        takes = {
            "follow": self._follow,
            "unfollow": self._unfollow,
            "post": self._post,
            "delete": self._delete,
        }
        takes["profile"] = self._update_profile
        event.state = takes[event.told.kind](event) if event.told.kind in takes else FATES[event.told.kind]
        if event.told.kind in ("broken", "strange"):
            self.ingest.said.append("event_set_aside")
        elif event.state == "refused":
            self.ingest.said.append("event_refused")

    def cost_since(self, start: float) -> float:
        """I8: X bills each delivery of its own once, by the day on which it came, when it is taken in."""
        taken = (e for e in self.events.values() if e.state != "received")
        return sum(e.told.usd for e in taken if e.received_at // DAY >= start // DAY)

    def ended_since(self, run: Run, at: float) -> frozenset[int]:
        """W3: whose unfollow, or which post's deletion, was told after a page of the run was asked for."""
        told = [e for e in self.events.values() if e.state == "applied" and e.received_at > at]
        pairs = [e.pair for e in told if e.told.kind == "unfollow" and e.pair is not None]
        posts = {e.told.post.id for e in told if e.told.kind == "delete" and e.told.post is not None}
        match run.kind:
            case "followers":
                return frozenset(follower for target, follower in pairs if target == run.subject)
            case "following":
                return frozenset(target for target, follower in pairs if follower == run.subject)
            case "posts" | "search" | "post_lookup":
                return frozenset(posts)
        return frozenset()

    def _find(self, name: str) -> int | str:
        """I6: the user of a name; or why there is none yet: refused (X was asked lately), else waiting."""
        kind, _, key = name.partition(" ")
        user_id = (
            self.graph.holder(key) if kind == "handle" else int(key) if int(key) in self.graph.users else None
        )
        if user_id is not None:
            return user_id
        _, ask_again_at = self.ingest.missing.get((kind, key), ("", 0.0))
        return "refused" if ask_again_at > self.graph.now else "waiting"

    def _follow(self, event: Event) -> str:
        """G2: an edge needs both its ends."""
        pair = []
        for name in event.told.names:
            found = self._find(name)
            if isinstance(found, str):
                return found
            pair.append(found)
        if pair[0] == pair[1]:
            return "refused"
        event.pair = (pair[0], pair[1])
        if self._is_outdated(event):
            return "outdated"
        self.graph.see_follow(*event.pair, ("event", event.id))
        return "applied"

    def _unfollow(self, event: Event) -> str:
        target, follower = (int(name.split()[1]) for name in event.told.names)
        event.pair = (target, follower)
        if self._is_outdated(event):
            return "outdated"
        self.graph.lose_follow(target, follower, ("event", event.id))
        return "applied"

    def _is_outdated(self, event: Event) -> bool:
        """W3: a later event of the same edge, or a run that began later, said otherwise."""
        others = (e for e in self.events.values() if e.pair == event.pair and e.state == "applied")
        if any(e.place > event.place for e in others):
            return True
        edge = self.graph.follows.get(event.pair or (0, 0))
        if edge is not None and edge.changed[1][0] == "run":
            change, (_, run_id) = edge.changed
            is_later = self.ingest.runs[run_id].began_at > event.place[0]
            if is_later and (change == "removed") == (event.told.kind == "follow"):
                return True
        is_there = edge is not None and edge.deleted_at is None
        return event.told.kind == "follow" and not is_there and self._was_missed(event)

    def _was_missed(self, event: Event) -> bool:
        """W3, I2: so many sweeps of a list as must miss an edge began later, and none since showed it."""
        target, follower = event.pair or (0, 0)
        for kind, subject, other in (("followers", target, follower), ("following", follower, target)):
            sweeps = self.ingest.sweeps[kind, subject][-int(self.ingest.settings["absent_sweeps"]) :]
            if len(sweeps) < self.ingest.settings["absent_sweeps"] or sweeps[0].began_at <= event.place[0]:
                continue
            reads = [
                r
                for r in self.ingest.runs.values()
                if r.subjects == sweeps[0].subjects and r.id >= sweeps[0].id
            ]
            if not any(other in page.ids for read in reads for page in read.pages):
                return True
        return False

    def _post(self, event: Event) -> str:
        """I5: a post needs its author. No id is given twice, so what was deleted does not come back."""
        author = self._find(event.told.names[0])
        if isinstance(author, str):
            return author
        post = event.told.post
        assert post is not None
        gone = [e for e in self.events.values() if e.told.kind == "delete" and e.state == "applied"]
        if any(e.told.post is not None and e.told.post.id == post.id for e in gone):
            return "outdated"
        self.graph.see_post(post, author, ("event", event.id))
        return "applied"

    def _delete(self, event: Event) -> str:
        assert event.told.post is not None
        self.graph.lose_post(event.told.post.id, ("event", event.id))
        return "applied"

    def _update_profile(self, event: Event) -> str:
        """W3: one field of a profile that is known here. G4: who is told of is there."""
        user_id = self._find(event.told.names[0])
        if isinstance(user_id, str):
            return "ignored"
        handle = event.told.handle or self.graph.users[user_id].handle
        self.graph.see_users([Profile(user_id, handle)], ("event", event.id))
        return "applied"
