"""Webhook events: which are one, and what they do to the graph, in which order (W1, W3)."""

from __future__ import annotations

from dataclasses import dataclass, field

from histories.model.graph import LISTS, Graph, Origin, Pair
from histories.model.ingest import Ingest, Run
from histories.words import Profile, Told

DAY = 86400.0
_FATES = {"broken": "malformed", "strange": "ignored", "unkept": "ignored"}  # W3: of what cannot be taken in


@dataclass
class Event:
    """A delivery that was stored, and what became of it."""

    id: int
    told: Told
    received_at: float
    state: str = "received"
    pair: Pair | None = None

    @property
    def place(self) -> tuple[float, int]:
        """W3: events are taken in the order in which they happened; nobody knows the future."""
        return (min(self.told.happened_at, self.received_at), self.id)


@dataclass
class Inbox:
    """All events, by their ids."""

    graph: Graph
    ingest: Ingest
    events: dict[int, Event] = field(default_factory=dict)

    def receive(self, told: Told, new_id: int) -> tuple[int, bool]:
        """W1: duplicates are one event. Returns which one it is, and whether it was there."""
        now = self.graph.now
        for event in self.events.values():
            if event.told.key == told.key and now < event.received_at + event.told.lasts:
                return event.id, True
        self.events[new_id] = Event(new_id, told, now)
        return new_id, False

    def cost_since(self, start: float) -> float:
        """I8: X bills each delivery of its own once, by the day on which it came, when it is taken in."""
        taken = (e for e in self.events.values() if e.state != "received")
        return sum(e.told.usd for e in taken if e.received_at // DAY >= start // DAY)

    def take(self, event: Event) -> None:
        """W3: profiles in an event count at the first look only: others may have been later."""
        told, origin = event.told, ("event", event.id)
        if event.state == "received":
            self.graph.see_users(told.profiles, origin)
        users = [self._find(name) for name in told.names]
        unknown = next((state for state in users if isinstance(state, str)), None)
        if told.kind in _FATES:
            event.state = _FATES[told.kind]
        elif unknown is not None:
            event.state = "ignored" if told.kind == "profile" else unknown
        else:
            event.state = self._apply(event, [int(user) for user in users], origin)
        if event.state == "refused":
            self.ingest.said.append("event_refused")
        elif told.kind in ("broken", "strange"):
            self.ingest.said.append("event_set_aside")

    def _find(self, name: str) -> int | str:
        """I6: the user of a name; or why there is none yet: refused (X was asked lately), else waiting."""
        kind, _, key = name.partition(" ")
        user_id = self.graph.holder(key) if kind == "handle" else int(key)
        if user_id in self.graph.users:
            return user_id
        _, not_until = self.ingest.missing.get((kind, key), ("", 0.0))
        return "refused" if not_until > self.graph.now else "waiting"

    def _apply(self, event: Event, users: list[int], origin: Origin) -> str:
        """I5: a post needs its author, and no id is given twice. G4: who is told of is there."""
        told = event.told
        if told.kind in ("follow", "unfollow"):
            return self._take_follow(event, (users[0], users[1]), origin)
        if told.kind == "profile":
            handle = told.handle or self.graph.users[users[0]].handle
            self.graph.see_users([Profile(users[0], handle)], origin)
        elif told.kind == "delete":
            self.graph.lose("posts", told.post.id, origin)
        elif any(e.told.post.id == told.post.id for e in self._applied() if e.told.kind == "delete"):
            return "outdated"
        else:
            self.graph.see_post(told.post, users[0], origin)
        return "applied"

    def _take_follow(self, event: Event, pair: Pair, origin: Origin) -> str:
        """W3: outdated is what a later event of the same follow, or a run that began later, gainsays."""
        if pair[0] == pair[1]:
            return "refused"
        event.pair = pair
        if any(e.pair == pair and e.place > event.place for e in self._applied()):
            return "outdated"
        is_follow, last = event.told.kind == "follow", self.graph.last.get(("follows", pair))
        if last is not None and last.origin[0] == "run" and (last.how == "removed") == is_follow:
            is_later = self.ingest.runs[last.origin[1]].began_at > event.place[0]
            if is_later:
                return "outdated"
        if is_follow and not self.graph.is_there("follows", pair) and self._was_missed(event, pair):
            return "outdated"
        if is_follow:
            self.graph.see_follow(pair, origin)
        else:
            self.graph.lose("follows", pair, origin)
        return "applied"

    def _was_missed(self, event: Event, pair: Pair) -> bool:
        """W3, I2: so many sweeps of a list as must miss a follow began later, and none since showed it."""
        for kind, owner, other in zip(LISTS, pair, reversed(pair), strict=True):
            first = self.ingest.first_sweep([(kind, owner)])
            if first is not None and first.began_at > event.place[0]:
                runs = [run for run in self.ingest.runs.values() if run.subjects == first.subjects]
                pages = [page for run in runs if run.id >= first.id for page in run.reads[-1]]
                if not any(other in page.ids for page in pages):
                    return True
        return False

    def ended_since(self, run: Run, at: float) -> set[int]:
        """W3: whose unfollow, or which post's deletion, was told after a page of the run was asked for."""
        told = [event for event in self._applied() if event.received_at > at]
        if run.kind in LISTS:
            pairs = {event.pair for event in told if event.told.kind == "unfollow"}
            return {other for pair in pairs if pair for other in pair if run.pair_with(other) == pair}
        return {event.told.post.id for event in told if event.told.kind == "delete"}

    def _applied(self) -> list[Event]:
        return [event for event in self.events.values() if event.state == "applied"]
