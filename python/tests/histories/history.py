"""One history: a world, an engine and a judge, and what every operation does to them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from app.simulator.faults import Fault
from histories import world as worlds
from histories.engine import Engine, RookeryError
from histories.judge_ticks import TickJudge
from histories.model.assets import Root
from histories.oddities import Odd
from histories.operations import Operation, numbers_of
from histories.senders import Senders
from histories.watch import Call, check
from histories.words import Reply
from histories.x import X


@dataclass
class History:
    """A history under way."""

    engine: Engine
    seed: int
    settings: dict[str, str]
    now: float = worlds.START
    beside: Callable[[], None] | None = None  # what is done while the next statement is not committed yet
    disabled: list[Root] = field(default_factory=list)
    replies: list[tuple[int, str, Reply | None]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.engine.begin_anew(self.now, self.settings)
        self.world, self.ids = worlds.small(self.seed)
        self.x = X(self.world)
        if self.seed % 4 == 0:
            self.x.limits.allowed.update({"followers": 4, "following": 5, "users": 6})
        self.judge = TickJudge(self.engine, numbers_of(self.settings))
        self.senders = Senders(self.world, self.ids)
        self.judge.graph.now = self.now
        self.judge.look()

    # --- statements -----------------------------------------------------------------------------------

    def say(self, operation: Operation, name: str, /, **arguments: Any) -> Any:
        """Run a statement; None where it was undone: then all must be as it was."""
        self.judge.graph.order += 1
        if self.beside is None:
            result = self.engine.call(name, undone=operation.is_undone, **arguments)
        else:
            beside, self.beside = self.beside, None
            with self.engine.open(name, undone=operation.is_undone, **arguments) as result:
                beside()
            self.judge.graph.order += 1
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

    # --- answers --------------------------------------------------------------------------------------

    def out(self) -> list[Call]:
        return [call for call in self.judge.calls.values() if call.is_out]

    def ask_x(self, call: Call, fault: Fault | Odd | None) -> Reply | None:
        reply = self.x.answer(call.sent, fault, self.now)
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
        for asset in self.judge.damaged:
            found = self.engine.see("mended", instance_id=self.judge.number_of(asset))
            check(bool(found), "A13: a damage was not found")
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
        for asset, successes in self.judge.assets.successes.items():
            for success in successes[-4:-1]:
                number = self.judge.number_of(asset)
                seen = self.engine.see("as_of", instance_id=number, materialization_id=success.id)
                check(
                    set(seen) == success.members,
                    f"A11: {asset} as of {success.id} is {seen}, not {success.members}",
                )


__all__ = ["History", "Operation", "RookeryError"]
