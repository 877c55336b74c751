"""One history: a world, an engine and a judge, and what every operation does to them."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple

from app.simulator.faults import Fault
from histories import world as worlds
from histories.engine import Engine, RookeryError
from histories.inbox import Inbox
from histories.judge import Call, Judge, check
from histories.model import ACTIONS, PERHAPS_BILLED, SUBJECT_KINDS, Asset, Broken, Root
from histories.x import Reply, X

WORKERS = ("ada", "bob", "cyd")
FAULTS = (
    Fault.UNAVAILABLE, Fault.BROKEN, Fault.HTML_200, Fault.HTML_502, Fault.CUT_BODY, Fault.WINDOW_429, Fault.ERRORS_ONLY,
    Fault.REPEATED_CURSOR, Fault.EMPTY_PAGE, Fault.SHORT_PAGE, Fault.MISSING_META, Fault.UNAUTHORIZED, Fault.NO_CREDITS,
    Fault.FORBIDDEN, Fault.EMPTY_404, Fault.EXPIRED_CURSOR, Fault.HOSTILE_TEXT,
)  # fmt: skip
JUMPS = (1, 3, 10, 26, 70, 400, 900, 3600, 4 * 3600, 6 * 3600, 86400, 2 * 86400, 8 * 86400)
KINDS = (*SUBJECT_KINDS, "segment_specified_users", "post_corpus_for_segment", "post_corpus_for_segment")
KEYS = ("alpha", "beta")
PRICE = {"user": 0.01, "follow": 0.01, "post": 0.005}
RESOURCE = {
    "users": "user", "users_by_handle": "user", "followers": "follow", "following": "follow",
    "timeline": "post", "posts": "post", "search": "post",
}  # fmt: skip


class Operation(NamedTuple):
    """What to do; the numbers choose among what is there, modulo how much of it there is."""

    name: str
    a: int = 0
    b: int = 0
    c: int = 0
    is_undone: bool = False


@dataclass
class History:
    """A history under way."""

    engine: Engine
    seed: int
    settings: dict[str, str]
    now: float = worlds.START
    replies: list[tuple[int, str, Reply | None]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.engine.begin_anew(self.now, self.settings)
        self.world, self.ids = worlds.small(self.seed)
        self.x = X(self.world)
        if self.seed % 4 == 0:
            self.x.limits.allowed.update(followers=4, following=5, users=6)
        self.judge = Judge(self.engine, numbers_of(self.settings))
        self.inbox = Inbox(self.judge)
        self.judge.graph.now = self.now
        self.judge.look()
        self.stopped_at: float | None = None
        self.probe_at = 0.0
        self.windows: dict[str, tuple[int, float]] = {}
        self.is_at_rest = False

    def play(self, operation: Operation) -> None:
        """Do one operation and judge what came of it; Broken where a rule does not hold."""
        doing: Callable[[Operation], None] = getattr(self, "do_" + operation.name)
        doing(operation)

    # --- statements -----------------------------------------------------------------------------------

    def _state(self, operation: Operation, name: str, **arguments: Any) -> Any:
        """Run a statement; None where it was undone: then all must be as it was."""
        self.judge.graph.order += 1
        result = self.engine.call(name, undone=operation.is_undone, **arguments)
        return None if operation.is_undone else result

    def _judge(self, *, whole: bool = False) -> None:
        self.judge.look()
        self.judge.compare(self.judge.graph.order)
        if whole:
            self.judge.compare_graph()

    def do_tick(self, operation: Operation) -> None:
        """A tick by one of the workers."""
        worker, slots = WORKERS[operation.a % 3], (0, 1, 3, 100)[operation.b % 4]
        self.judge.graph.order += 1
        result = self.engine.call("engine_tick", undone=operation.is_undone, worker=worker, slots=slots)
        self._take_tick(None if operation.is_undone else result, worker, slots, is_alone=True)

    def _take_tick(self, tick: dict[str, Any] | None, worker: str, slots: int, *, is_alone: bool) -> None:
        self.judge.look()
        if tick is not None:
            check(len(tick["calls"]) <= slots, f"E1: {len(tick['calls'])} calls for {slots} slots")
            check(tick["again"] or tick["next_at"] is not None, "E2: a tick does not say when to come back")
            if "events_taken" in tick["done"]:
                self.inbox.take(self.judge.seen.rows("ingest", "events"))
            elif "leases_reaped" in tick["done"]:
                self._reap()
            for call in tick["calls"]:
                self._take_call(call, worker)
            decided = {decision["kind"] for decision in tick.get("decisions", [])}
            check("repair" not in decided, "A13: something had to be repaired")
        self.judge.compare(self.judge.graph.order)
        if tick is not None:
            self._compare_said(tick)
        is_planned = tick is not None and "runs_planned" in tick["done"] and not tick["again"]
        if is_planned and is_alone:
            self.judge.compare_rest()

    def _compare_said(self, result: dict[str, Any]) -> None:
        decided = {decision["kind"] for decision in result.get("decisions", [])}
        said, self.judge.ingest.said = self.judge.ingest.said, []
        check(set(said) <= decided, f"E3: {set(said) - decided} was not recorded")

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
        row = next((row for row in self.judge.seen.rows("ingest", "calls") if row[0] == sent["call_id"]), None)
        check(row is not None, f"I4: call {sent['call_id']} is handed out and not open")
        assert row is not None
        call = self.judge.calls.setdefault(row[0], Call(row[0], row[1], row[9], row[7], row[8]))
        check(not call.is_out and not call.is_over, f"E6: call {call.id} is handed out twice")
        run = self.judge.rows[call.run]
        check(run["payers"] is not None, f"I8: nobody pays for call {call.id}")
        if self.stopped_at is not None:
            check(self.now >= self.probe_at, f"I8: call {call.id} goes out though X does not sell")
            self.probe_at = self.now + 3600
        left, reset_at = self.windows.get(call.endpoint, (0, 0.0))
        if self.now < reset_at:
            check(left > 0, f"I8: call {call.id} goes out beyond the window of {call.endpoint}")
            self.windows[call.endpoint] = (left - 1, reset_at)
        call.is_out, call.worker, call.claimed_at, call.lease_until = True, worker, self.now, self.now + 25
        call.attempts += 1
        query = sent["query"]
        asked = int(query["max_results"]) if "max_results" in query else len((query.get("ids") or query["usernames"]).split(","))
        self.judge.books.book(call.id, asked, self.now)
        self.sent[call.id] = sent

    sent: dict[int, dict[str, Any]] = field(default_factory=dict)

    # --- answers --------------------------------------------------------------------------------------

    def _out(self) -> list[Call]:
        return [call for call in self.judge.calls.values() if call.is_out]

    def do_answer(self, operation: Operation) -> None:
        """The answer to a call that is out; one in four goes wrong in some way when `c` says so."""
        out = self._out()
        if out:
            call = out[operation.a % len(out)]
            fault = FAULTS[operation.c % len(FAULTS)] if operation.b % 4 == 0 else None
            self._deliver(operation, call, call.worker, self._ask_x(call, fault))

    def do_answers(self, operation: Operation) -> None:
        """Good answers to all that is out."""
        for call in self._out():
            if call.is_out:
                self._deliver(operation._replace(is_undone=False), call, call.worker, self._ask_x(call, None))

    def do_send(self, operation: Operation) -> None:
        """X answers a call, and the answer stays on the way."""
        out = self._out()
        if out:
            call = out[operation.a % len(out)]
            self._ask_x(call, FAULTS[operation.c % len(FAULTS)] if operation.b % 4 == 0 else None)

    def do_deliver(self, operation: Operation) -> None:
        """Any answer that X ever gave arrives (once more): late, out of order, from its worker or from another."""
        if self.replies:
            call_id, worker, reply = self.replies[-1 - operation.a % min(len(self.replies), 12)]
            sender = WORKERS[operation.c % 3] if operation.b % 4 == 0 else worker
            self._deliver(operation, self.judge.calls[call_id], sender, reply)

    def do_silence(self, operation: Operation) -> None:
        """A call gets no answer, and the worker says so: X may have billed it."""
        out = self._out()
        if out:
            call = out[operation.a % len(out)]
            reason = ("timeout", "closed", "connect", "aborted")[operation.b % 4]
            if reason in ("timeout", "closed"):
                self._ask_x(call, Fault.HANG)
            worker = WORKERS[operation.c % 3] if operation.c % 5 == 0 else call.worker
            taken_for = {"closed": "unreachable", "connect": "unconnected"}.get(reason, reason)
            self._record(operation, call, worker, taken_for, None, "engine_failure", reason=reason, detail="")

    def _ask_x(self, call: Call, fault: Fault | None) -> Reply | None:
        reply = self.x.answer(self.sent[call.id], fault, self.now)
        self.replies.append((call.id, call.worker or "", reply))
        return reply

    def _deliver(self, operation: Operation, call: Call, worker: str | None, reply: Reply | None) -> None:
        if reply is not None:
            self._record(
                operation, call, worker, reply.taken_for, reply, "engine_response",
                status=reply.status, headers=reply.headers, body=reply.body,
            )  # fmt: skip

    def _record(
        self, operation: Operation, call: Call, worker: str | None, taken_for: str, reply: Reply | None, name: str, **arguments: Any
    ) -> None:
        result = self._state(operation, name, call_id=call.id, worker=worker, **arguments)
        is_welcome = not call.is_over and (taken_for == "page" or (call.is_out and call.worker == worker))
        if result is not None:
            check(result["class"] == taken_for, f"I2: {taken_for} is taken for {result['class']}")
            check(result["recorded"] == is_welcome, f"I7: an answer to call {call.id} recorded: {result['recorded']}")
            if is_welcome:
                self._take_answer(call, taken_for, reply)
        self._judge(whole=True)
        if result is not None:
            self._compare_said(result)

    def _take_answer(self, call: Call, taken_for: str, reply: Reply | None) -> None:
        """What an answer leads to (I1, I2, I8)."""
        action = ACTIONS[taken_for]
        ingest, run = self.judge.ingest, self.judge.ingest.runs[call.run]
        if reply is not None:
            self._read_window(call, reply)
        if taken_for == "page":
            assert reply is not None and reply.shown is not None
            billed = self.judge.books.settle(call.id, RESOURCE[call.endpoint], reply.shown.ids, self.now)
        elif taken_for not in PERHAPS_BILLED:
            self.judge.books.settle(call.id, "", [], self.now)
        self.judge.books.close(call.id)
        if action in ("store", "refuse") and self.stopped_at is not None and self.stopped_at < call.claimed_at:
            self.stopped_at = None
        call.is_out = False
        if action == "retry" and call.attempts >= ingest.settings["call.attempts"]:
            action = "fail"
        if action == "store":
            assert reply is not None
            call.is_over = True
            ingest.take_page(run, call.page_no, reply.shown, billed)
        elif action == "wait":
            limit = int(ingest.settings["call.attempts"]) - 1
            call.attempts = min(call.attempts, limit) if taken_for == "too_fast" else call.attempts - 1
        elif action == "stop":
            call.attempts -= 1
            if self.stopped_at is None or self.stopped_at < call.claimed_at:
                self.stopped_at = self.now if self.stopped_at is None else self.stopped_at
                self.probe_at = self.now + 3600
                ingest.said.append("provider_stopped")
        elif action == "restart" and call.token is not None and run.restarts < 3:
            call.is_over = True
            ingest.restart(run)
        elif action == "refuse":
            ingest.refuse(run, taken_for, said_by_x=True)
        elif action in ("fail", "restart"):
            ingest.fail(run, taken_for)
        if run.status != "in_progress":
            call.is_over = True

    def _read_window(self, call: Call, reply: Reply) -> None:
        if "x-rate-limit-reset" in reply.headers:
            left, reset_at = int(reply.headers["x-rate-limit-remaining"]), float(reply.headers["x-rate-limit-reset"])
            known, known_reset = self.windows.get(call.endpoint, (left, reset_at))
            if reset_at > self.now:
                is_same = known_reset == reset_at
                self.windows[call.endpoint] = (min(left, known) if is_same else left, reset_at)
        if reply.taken_for == "rate_limited":
            reset_at = float(reply.headers.get("x-rate-limit-reset", self.now + 900))
            self.windows[call.endpoint] = (0, max(reset_at, self.now))

    # --- time and workers -----------------------------------------------------------------------------

    def do_advance(self, operation: Operation) -> None:
        """The clock jumps forward."""
        self.now += JUMPS[operation.a % len(JUMPS)] + operation.b % 3 / 4
        self.judge.graph.now = self.now
        self.engine.set_now(self.now)

    def do_release(self, operation: Operation) -> None:
        """A worker stops in good order: what it has not sent goes to others, and is no attempt."""
        worker = WORKERS[operation.a % 3]
        if self._state(operation, "engine_release", worker=worker) is not None:
            for call in self._out():
                if call.worker == worker:
                    call.is_out, call.attempts = False, call.attempts - 1
                    self.judge.books.close(call.id)
        self._judge()

    def do_settle(self, operation: Operation) -> None:
        """Ticks and good answers until the engine is at rest, the clock standing still."""
        for _ in range(60):
            tick = self.engine.call("engine_tick", worker=WORKERS[0], slots=100)
            self.judge.graph.order += 1
            self._take_tick(tick, WORKERS[0], 100, is_alone=True)
            out = self._out()
            for call in out:
                if call.is_out:
                    self._deliver(operation._replace(is_undone=False), call, call.worker, self._ask_x(call, None))
            if not tick["again"] and not out:
                return
        raise Broken("E1: the engine finds no rest")

    def do_overlap(self, operation: Operation) -> None:
        """A tick while another statement is not committed yet, which then is, or is undone."""
        out = [call for call in self._out() if operation.b % 2 == 0]
        worker = WORKERS[operation.c % 3]
        if out:
            call = out[operation.a % len(out)]
            reply = self._ask_x(call, None)
            assert reply is not None
            arguments: dict[str, Any] = {"call_id": call.id, "worker": call.worker, "status": reply.status, "headers": reply.headers, "body": reply.body}
            with self.engine.open("engine_response", undone=operation.is_undone, **arguments) as result:
                self._tick_beside(worker)
            self.judge.graph.order += 1
            if not operation.is_undone:
                check(result["class"] == reply.taken_for, f"I2: {reply.taken_for} is taken for {result['class']}")
                check(result["recorded"], f"I7: an answer to call {call.id} was not recorded")
                self._take_answer(call, reply.taken_for, reply)
            self._judge(whole=True)
            if not operation.is_undone:
                self._compare_said(result)
            return
        first = WORKERS[(operation.c + 1 + operation.a % 2) % 3]
        self.judge.graph.order += 1
        with self.engine.open("engine_tick", undone=operation.is_undone, worker=first, slots=3) as tick:
            self._tick_beside(worker)
        self._take_tick(None if operation.is_undone else tick, first, 3, is_alone=False)

    def _tick_beside(self, worker: str) -> None:
        self.judge.graph.order += 1
        self._take_tick(self.engine.call("engine_tick", worker=worker, slots=3), worker, 3, is_alone=False)

    # --- operators ------------------------------------------------------------------------------------

    def _asset(self, a: int, b: int) -> Asset:
        kind = KINDS[a % len(KINDS)]
        if kind == "segment_specified_users":
            return Asset(kind, KEYS[b % len(KEYS)])
        if kind == "post_corpus_for_segment":
            sources = (*SUBJECT_KINDS, "segment_specified_users", "segment_specified_users")
            source = sources[a // len(KINDS) % len(sources)]
            return Asset(kind, self._asset(KINDS.index(source), b))
        return Asset(kind, str(self.ids[b % 4]))

    def do_enable(self, operation: Operation) -> None:
        """An operator enables a root, or asks for another window."""
        asset, within = self._asset(operation.a, operation.b), (None, None, 3600.0, 7200.0)[operation.c % 4]
        arguments = {"kind": asset.kind, "params": asset.params, "fresh_within": within and f"{within:.0f} s"}
        if self._state(operation, "root_enable", **arguments) is not None:
            self.judge.assets.enabled[Root(asset)] = within
            self.judge.name_asset(asset)
        self._judge()

    def do_fan(self, operation: Operation) -> None:
        """An operator enables a fanout over one of the smaller segments."""
        source = self._asset((0, 1, 2, 4)[operation.a % 4], operation.b)
        root = Root(source, SUBJECT_KINDS[operation.c % 4], ("global_per_item", "scoped_by_source")[operation.a // 4 % 2])
        arguments = {"source_kind": source.kind, "source_params": source.params, "target_kind": root.target_kind, "mode": root.mode}
        if self._state(operation, "fanout_root_enable", **arguments) is not None:
            self.judge.assets.enabled[root] = None
            self.judge.name_asset(source)
        self._judge()

    def do_disable(self, operation: Operation) -> None:
        """An operator disables a root."""
        enabled = list(self.judge.assets.enabled)
        if not enabled:
            return
        root = enabled[operation.a % len(enabled)]
        if root.target_kind is None:
            result = self._state(operation, "root_disable", kind=root.asset.kind, params=root.asset.params)
        else:
            result = self._state(
                operation, "fanout_root_disable", source_kind=root.asset.kind, source_params=root.asset.params,
                target_kind=root.target_kind, mode=root.mode,
            )  # fmt: skip
        if result is not None:
            del self.judge.assets.enabled[root]
        self._judge()

    def do_edit(self, operation: Operation) -> None:
        """An operator edits a set of users; one id is of nobody."""
        key, ids = KEYS[operation.a % 2], [*self.ids, worlds.NOBODY]
        some = {ids[(operation.b + i * (1 + operation.c % 3)) % len(ids)] for i in range(operation.c % 4)}
        how = ("set", "add", "remove")[operation.a // 2 % 3]
        arguments = {"stable_key": key, "user_ids": sorted(some)}
        if self._state(operation, f"specified_users_{how}", **arguments) is not None:
            listed = self.judge.assets.listed[key]
            self.judge.assets.edit(key, set() if how == "remove" else some, {"set": listed - some, "add": set(), "remove": some}[how])
        self._judge()

    def do_budget(self, operation: Operation) -> None:
        """An operator sets a budget, or takes it away."""
        scope = ("everything", "everything", "call:followers", "call:users")[operation.a % 4]
        usd = (None, "0.05", "0.2", "1", "5")[operation.b % 5]
        period = ("day", "month")[operation.c % 2]
        self._state(operation, "budget_set", scope=scope, period=period, usd=usd and Decimal(usd))
        self.judge.caps.clear()
        self._judge()

    def do_request(self, operation: Operation) -> None:
        """An operator asks for a sync now."""
        kind, user_id = ("followers", "following", "posts", "users")[operation.a % 4], self.ids[operation.b % len(self.ids)]
        mode = ("full", "incremental")[operation.c % 2]
        if self._state(operation, "sync_request", sync_kind=kind, subject_id=user_id, mode=mode) is not None:
            self.judge.asked_for.add(("users", user_id))
        self.judge.look()
        self.judge.take_widened()
        self.judge.compare(self.judge.graph.order)

    def do_cancel(self, operation: Operation) -> None:
        """An operator cancels a run."""
        runs = [run for run in self.judge.ingest.runs.values() if run.status == "in_progress"]
        if runs:
            run = runs[operation.a % len(runs)]
            self._state(operation, "run_cancel", run_id=run.id)
            self.judge.look()
            if not operation.is_undone:
                self.judge.cancelled.add(run.id)
            self.judge.compare(self.judge.graph.order)

    def do_resume(self, operation: Operation) -> None:
        """An operator has mended what X refused to sell for."""
        if self._state(operation, "provider_resume") is not None:
            self.stopped_at = None
        self._judge()

    # --- the world and its webhooks -------------------------------------------------------------------

    def do_world(self, operation: Operation) -> None:
        """Something happens at X."""
        worlds.happen(self.world, self.ids, self.now, operation.a, operation.b, operation.c)

    def do_event(self, operation: Operation) -> None:
        """A webhook delivers: something that is true, something old, or the same once more."""
        body = self.inbox.write(self.world, self.ids, operation.a, operation.b, operation.c)
        result = self._state(operation, "webhook_receive", events=[{"source": body.source, "body": json.dumps(body.payload)}])
        if result is not None:
            self.inbox.receive(body, result[0])
        self._judge()

    def finish(self) -> str:
        """At the end it comes to rest, and everything is compared once more; a hash of all that the engine holds."""
        self.do_settle(Operation("settle"))
        self.judge.compare_graph()
        # A cap may be set below what is spent already.
        wrong = [line for line in self.engine.see("everything_wrong") if "is overdrawn" not in line]
        check(not wrong, f"standing: {wrong}")
        self.look_back()
        return digest(self.engine.see("everything"))

    def look_back(self) -> None:
        """A11: what was a member once is so for ever."""
        by_identity = {row["identity"]: row["id"] for row in self.judge.seen.rows("assets", "instances")}
        for asset, successes in self.judge.assets.successes.items():
            for success in successes[-4:-1]:
                seen = self.engine.see("as_of", instance_id=by_identity[asset.identity], materialization_id=success.id)
                check(set(seen) == success.members, f"A11: {asset} as of {success.id} is {seen}, not {success.members}")


def numbers_of(settings: dict[str, str]) -> dict[str, float]:
    """The settings as the model takes them: in seconds, or plain."""
    units = {"s": 1, "hours": 3600, "days": 86400, "minutes": 60, "hour": 3600}
    numbers: dict[str, float] = {
        "takes_retweets": settings.get("posts.retweets", "include") == "include", "subject.recheck": 86400.0, "freshness.users": 86400.0,
        "freshness.followers": 21600.0, "freshness.following": 21600.0, "freshness.posts": 21600.0, "reconcile.followers": 604800.0,
        "reconcile.following": 604800.0, "reconcile.posts": 2592000.0, "timeline.cap": 3200, "run.pages": 10000, "run.empty_pages": 20,
        "absent_sweeps": 1, "call.attempts": 6,
    }  # fmt: skip
    for name, value in settings.items():
        if name == "reconcile.after":
            numbers |= dict.fromkeys(("reconcile.followers", "reconcile.following"), int(value.split()[0]) * 86400.0)
        number, _, unit = value.partition(" ")
        if number.isdigit():
            numbers[name] = int(number) * units.get(unit, 1)
    return numbers


def digest(everything: dict[str, str | None]) -> str:
    """One hash of the hashes of all tables."""
    import hashlib

    return hashlib.sha256(json.dumps(everything, sort_keys=True).encode()).hexdigest()[:16]


__all__ = ["History", "Operation", "RookeryError"]
