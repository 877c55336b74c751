"""Judges ticks: what they took in, took away and handed out, and what they left (E1, E2, E6, I8, W1, W3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from histories.judge import Judge
from histories.model.money import Entry
from histories.watch import Call, check


def is_at_rest(tick: dict[str, Any]) -> bool:
    """Whether a tick says that there is nothing to do just now (E2)."""
    return not tick["again"] and datetime.fromisoformat(tick["next_at"]) > datetime.fromisoformat(tick["now"])


@dataclass
class TickJudge(Judge):
    """The part of the judge that knows ticks."""

    def take_tick(self, tick: dict[str, Any] | None, worker: str, slots: int, *, is_alone: bool) -> None:
        """What a tick did, if it was not undone; what it must have done, if nobody else was at work."""
        self.look()
        if tick is not None:
            self._take_done(tick, worker, slots)
        if tick is not None and is_alone:
            self.compare_payers()
        self.compare(self.graph.order)
        if tick is not None and is_alone:
            self._expect_done(tick)

    def _take_done(self, tick: dict[str, Any], worker: str, slots: int) -> None:
        check(len(tick["calls"]) <= slots, f"E1: {len(tick['calls'])} calls for {slots} slots")
        check(tick["again"] or tick["next_at"] is not None, "E2: a tick does not say when to come back")
        if "events_taken" in tick["done"]:
            self._take_events()
        elif "leases_reaped" in tick["done"]:
            self._reap()
        for call in tick["calls"]:
            self._take_call(call, worker)

    def _expect_done(self, tick: dict[str, Any]) -> None:
        """A tick has seen to what is there to be seen to."""
        if tick["calls"]:
            self.compare_reserved()
        if "leases_reaped" in tick["done"]:
            self.compare_leases()
        if "runs_planned" in tick["done"] and is_at_rest(tick):
            self.compare_rest()

    def _take_events(self) -> None:
        """W1, W3: a tick takes all in that lies there, in the order in which it happened."""
        rows = {event_id: (state, detail) for event_id, state, detail in self.seen.rows("ingest", "events")}
        events = self.inbox.events.values()
        moved = [event for event in events if event.id in rows and rows[event.id][0] != event.state]
        for event in sorted(moved, key=lambda e: e.place):
            self.inbox.take(event)
            check(
                event.state == rows[event.id][0],
                f"W3: event {event.id} is {rows[event.id]}, and it is {event.state}",
            )
        left = [event.id for event in events if event.state == "received"]
        check(not left, f"W1: a tick left events {left} in the inbox")
        names = {name for event in events if event.state == "waiting" for name in event.told.names}
        self.awaited |= {("users", int(name.split()[1])) for name in names if name.startswith("user")}

    def _reap(self) -> None:
        """E6: a lease has run out, and the call was taken away: it waits, or is out anew."""
        leases = {row[0]: row[4] for row in self.seen.rows("ingest", "calls")}
        for call in self.calls.values():
            if call.is_out and call.lease_until <= self.graph.now and call.id in leases:
                call.is_out = leases[call.id] == call.lease_until

    def _take_call(self, sent: dict[str, Any], worker: str) -> None:
        """I8, E6: a call goes out to one worker at a time, within windows, while X sells."""
        row = next((row for row in self.seen.rows("ingest", "calls") if row[0] == sent["call_id"]), None)
        check(row is not None, f"I4: call {sent['call_id']} is handed out and not open")
        assert row is not None
        call = self.calls.setdefault(row[0], Call(row[0], row[1], row[9], row[7], row[8]))
        check(not call.is_out and not call.is_over, f"E6: call {call.id} is handed out twice")
        check(self.rows[call.run]["payers"] is not None, f"I8: nobody pays for call {call.id}")
        now, query = self.graph.now, sent["query"]
        check(
            self.market.let_go(call.endpoint, now),
            f"I8: a call to {call.endpoint} goes out beyond its window, or while X does not sell",
        )
        call.is_out, call.worker, call.claimed_at, call.lease_until = True, worker, now, now + 25
        call.attempts, call.sent = call.attempts + 1, sent
        ids = query.get("ids") or query.get("usernames") or ""
        asked = int(query["max_results"]) if "max_results" in query else len(ids.split(","))
        self.books.entries[call.id].append(Entry(call.run, call.endpoint, asked, now))
