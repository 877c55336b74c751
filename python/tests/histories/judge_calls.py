"""Judges calls: who has them, for how long, and what their answers lead to (E6, I4, I8)."""

from __future__ import annotations

from dataclasses import dataclass

from histories.judge_due import DueJudge
from histories.model.ingest import Run
from histories.watch import Call, check
from histories.words import ACTIONS, PERHAPS_BILLED, Reply


@dataclass
class CallsJudge(DueJudge):
    """The part of the judge that knows calls."""

    def compare_calls(self) -> None:
        rows = {row[0]: row for row in self.seen.rows("ingest", "calls")}
        for row in rows.values():
            call = self.calls.setdefault(row[0], Call(row[0], row[1], row[9], row[7], row[8]))
            self._compare_call(call, state=row[2], worker=row[3], lease=row[4], attempts=row[6])
        for call in self.calls.values():
            if call.id not in rows and not call.is_over:
                run = self.ingest.runs[call.run]
                open_calls = [row for row in rows.values() if row[1] == call.run]
                check(
                    run.status != "in_progress" or bool(open_calls),
                    f"I4: call {call.id} is over, and its run goes nowhere",
                )
                call.is_over, call.is_out = True, False

    def compare_leases(self) -> None:
        """E6: after a tick that looked for them, no call is with a worker whose lease has run out."""
        for call in self.calls.values():
            check(
                not call.is_out or call.lease_until > self.graph.now,
                f"E6: call {call.id} is still with {call.worker}, whose lease ran out",
            )

    def _compare_call(
        self, call: Call, *, state: str, worker: str | None, lease: float | None, attempts: int
    ) -> None:
        if state == "claimed":
            check(call.is_out, f"E6: call {call.id} is out, and no tick handed it out")
            check(
                call.worker == worker and lease == call.lease_until,
                f"E6: call {call.id} is not with {call.worker}",
            )
        elif call.is_out:
            # It came back without an answer: its lease ran out.
            check(
                call.lease_until <= self.graph.now,
                f"E6: call {call.id} was taken from {call.worker} too early",
            )
            call.is_out = False
        check(
            attempts == call.attempts, f"I8: call {call.id} counts {attempts} attempts, not {call.attempts}"
        )

    def take_answer(self, call: Call, taken_for: str, reply: Reply | None) -> None:
        """What an answer leads to (I1, I2, I8)."""
        ingest, run = self.ingest, self.ingest.runs[call.run]
        action, market = ACTIONS[taken_for], self.market
        if (action in ("retry", "reword") and call.attempts >= ingest.settings["call.attempts"]) or (
            action == "restart" and (call.token is None or len(run.reads) > 3)
        ):
            action = "fail"
        if reply is not None:
            market.read(call.endpoint, reply.headers, self.graph.now, is_spent=taken_for == "rate_limited")
        call.is_out = False
        self._settle(call, taken_for, reply)
        if action in ("store", "refuse"):
            market.sell(call.claimed_at)
        self._act(action, call, run, taken_for, reply)
        call.is_over = call.is_over or action in ("store", "restart") or run.status != "in_progress"

    def _settle(self, call: Call, taken_for: str, reply: Reply | None) -> None:
        """I8: what came is billed, what perhaps came stays booked at its worst."""
        shown = reply.shown if reply is not None else None
        ids, nameless = ((), 0) if shown is None else (shown.ids, shown.row_count - len(shown.ids))
        if taken_for not in PERHAPS_BILLED:
            self.books.settle(call.id, ids, nameless, self.graph.now)

    def _act(self, action: str, call: Call, run: Run, taken_for: str, reply: Reply | None) -> None:
        ingest = self.ingest
        match action:
            case "store":
                assert reply is not None
                assert reply.shown is not None
                ingest.take_page(run, reply.shown, self.inbox.ended_since(run, call.claimed_at))
            case "wait" if taken_for == "too_fast":
                # It counts, so that the next wait is longer, but never as the last one: waiting fails no run.
                call.attempts = min(call.attempts, int(ingest.settings["call.attempts"]) - 1)
            case "wait":
                call.attempts -= 1
            case "stop":
                call.attempts -= 1
                ingest.said += ["provider_stopped"] * self.market.stop(call.claimed_at, self.graph.now)
            case "restart":
                ingest.said.append("run_restarted")
                ingest.restart(run)
            case "refuse":
                ingest.refuse(run, taken_for.removeprefix("subject_"), said_by_x=True)
            case "fail":
                ingest.fail(run, taken_for)
