"""One history: a world, an engine and a judge, and what every operation does to them."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.simulator.faults import Fault
from histories import world as worlds
from histories.engine import Engine, RookeryError
from histories.judge import Judge
from histories.model.assets import Root
from histories.model.money import Entry
from histories.oddities import Odd
from histories.operations import Operation, numbers_of
from histories.senders import Senders
from histories.watch import Call, check
from histories.x import Reply, X


def is_at_rest(tick: dict[str, Any]) -> bool:
    """Whether a tick says that there is nothing to do just now (E2)."""
    return not tick["again"] and datetime.fromisoformat(tick["next_at"]) > datetime.fromisoformat(tick["now"])


@dataclass
class History:
    """A history under way."""

    engine: Engine
    seed: int
    settings: dict[str, str]
    now: float = worlds.START
    disabled: list[Root] = field(default_factory=list)
    replies: list[tuple[int, str, Reply | None]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.engine.begin_anew(self.now, self.settings)
        self.world, self.ids = worlds.small(self.seed)
        self.x = X(self.world)
        if self.seed % 4 == 0:
            self.x.limits.allowed.update({"followers": 4, "following": 5, "users": 6})
        self.judge = Judge(self.engine, numbers_of(self.settings))
        self.senders = Senders(self.world, self.ids)
        self.judge.graph.now = self.now
        self.judge.look()

    # --- statements -----------------------------------------------------------------------------------

    def say(self, operation: Operation, name: str, /, **arguments: Any) -> Any:
        """Run a statement; None where it was undone: then all must be as it was."""
        self.judge.graph.order += 1
        result = self.engine.call(name, undone=operation.is_undone, **arguments)
        return None if operation.is_undone else result

    def compare(self, *, whole: bool = False) -> None:
        self.judge.look()
        self.judge.compare(self.judge.graph.order)
        if whole:
            self.judge.compare_graph()

    def change_setting(self, name: str, value: str) -> None:
        """Learn of a setting that was changed."""
        self.settings[name] = value
        self.judge.settings.clear()
        self.judge.settings.update(numbers_of(self.settings))

    def take_tick(self, tick: dict[str, Any] | None, worker: str, slots: int, *, is_alone: bool) -> None:
        """What a tick did, if it was not undone; what it must have done, if nobody else was at work."""
        self.judge.look()
        if tick is not None:
            self._take_done(tick, worker, slots)
        if tick is not None and is_alone:
            self.judge.compare_payers()
        self.judge.compare(self.judge.graph.order)
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
            self.judge.compare_reserved()
        if "leases_reaped" in tick["done"]:
            self.judge.compare_leases()
        if "runs_planned" in tick["done"] and is_at_rest(tick):
            self.judge.compare_rest()

    def _take_events(self) -> None:
        """W1, W3: a tick takes all in that lies there, in the order in which it happened."""
        rows = {
            event_id: (state, detail) for event_id, state, detail in self.judge.seen.rows("ingest", "events")
        }
        events = self.judge.inbox.events
        moved = [event for event in events.values() if event.id in rows and rows[event.id][0] != event.state]
        for event in sorted(moved, key=lambda e: e.place):
            self.judge.inbox.take(event)
            check(
                event.state == rows[event.id][0],
                f"W3: event {event.id} is {rows[event.id]}, and it is {event.state}",
            )
        left = [event.id for event in events.values() if event.state == "received"]
        check(not left, f"W1: a tick left events {left} in the inbox")
        names = {name for event in events.values() if event.state == "waiting" for name in event.told.names}
        self.judge.awaited |= {("users", int(name.split()[1])) for name in names if name.startswith("user")}

    def _reap(self) -> None:
        """E6: a lease has run out, and the call was taken away: it waits, or is out anew."""
        rows = {row[0]: row for row in self.judge.seen.rows("ingest", "calls")}
        for call in self.judge.calls.values():
            row = rows.get(call.id)
            if call.is_out and call.lease_until <= self.now and row and row[4] != call.lease_until:
                call.is_out = False
                self.judge.books.close(call.id)

    def _take_call(self, sent: dict[str, Any], worker: str) -> None:
        """I8, E6: a call goes out to one worker at a time, within windows, while X sells."""
        row = next(
            (row for row in self.judge.seen.rows("ingest", "calls") if row[0] == sent["call_id"]), None
        )
        check(row is not None, f"I4: call {sent['call_id']} is handed out and not open")
        assert row is not None
        call = self.judge.calls.setdefault(row[0], Call(row[0], row[1], row[9], row[7], row[8]))
        check(not call.is_out and not call.is_over, f"E6: call {call.id} is handed out twice")
        run = self.judge.rows[call.run]
        check(run["payers"] is not None, f"I8: nobody pays for call {call.id}")
        self.judge.market.let_go(call.endpoint, self.now)
        call.is_out, call.worker, call.claimed_at, call.lease_until = True, worker, self.now, self.now + 25
        call.attempts += 1
        query = sent["query"]
        asked = (
            int(query["max_results"])
            if "max_results" in query
            else len((query.get("ids") or query["usernames"]).split(","))
        )
        self.judge.books.book(call.id, Entry(call.run, call.endpoint, asked, self.now))
        self.sent[call.id] = sent

    sent: dict[int, dict[str, Any]] = field(default_factory=dict)

    # --- answers --------------------------------------------------------------------------------------

    def out(self) -> list[Call]:
        return [call for call in self.judge.calls.values() if call.is_out]

    def ask_x(self, call: Call, fault: Fault | Odd | None) -> Reply | None:
        reply = self.x.answer(self.sent[call.id], fault, self.now)
        self.replies.append((call.id, call.worker or "", reply))
        return reply

    def deliver(self, operation: Operation, call: Call, worker: str | None, reply: Reply | None) -> None:
        if reply is not None:
            self.record(
                operation, call, worker, reply.taken_for, reply, "engine_response",
                status=reply.status, headers=reply.headers, body=reply.body,
            )  # fmt: skip

    def record(
        self,
        operation: Operation,
        call: Call,
        worker: str | None,
        taken_for: str,
        reply: Reply | None,
        name: str,
        **arguments: Any,
    ) -> None:
        result = self.say(operation, name, call_id=call.id, worker=worker, **arguments)
        is_welcome = not call.is_over and (taken_for == "page" or (call.is_out and call.worker == worker))
        if result is not None:
            check(result["class"] == taken_for, f"I2: {taken_for} is taken for {result['class']}")
            check(
                result["recorded"] == is_welcome,
                f"I7: an answer to call {call.id} recorded: {result['recorded']}",
            )
            if is_welcome:
                self.judge.take_answer(call, taken_for, reply)
        self.compare(whole=True)

    def finish(self) -> str:
        """At the end, at rest, everything is compared once more; a hash of all that the engine holds."""
        self.judge.compare_graph()
        numbers = {identity: number for number, identity in self.judge.instances.items()}
        for identity in self.judge.damaged:
            check(
                bool(self.engine.see("mended", instance_id=numbers[identity])), "A13: a damage was not found"
            )
        # A cap may be set below what is spent already.
        wrong = [line for line in self.engine.see("everything_wrong") if "is overdrawn" not in line]
        check(not wrong, f"standing: {wrong}")
        self.look_back()
        return self.state()

    def state(self) -> str:
        """A hash of all that the engine holds, times included: they are the history's own."""
        everything = json.dumps(self.engine.see("everything"), sort_keys=True)
        return hashlib.sha256(everything.encode()).hexdigest()[:16]

    def look_back(self) -> None:
        """A11: what was a member once is so for ever."""
        by_identity = {identity: number for number, identity in self.judge.instances.items()}
        for asset, successes in self.judge.assets.successes.items():
            for success in successes[-4:-1]:
                seen = self.engine.see(
                    "as_of", instance_id=by_identity[asset.identity], materialization_id=success.id
                )
                check(
                    set(seen) == success.members,
                    f"A11: {asset} as of {success.id} is {seen}, not {success.members}",
                )


__all__ = ["History", "Operation", "RookeryError"]
