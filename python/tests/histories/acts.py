"""What workers and X do: ticks, answers in every order, silence, time."""

from __future__ import annotations

from copy import copy
from dataclasses import fields, replace
from functools import partial
from typing import Any

from app.simulator.faults import Fault
from histories import operators
from histories.history import History
from histories.judge_ticks import is_at_rest
from histories.operations import FAULTS, JUMPS, WORKERS, Operation
from histories.watch import Broken, check

_OPERATORS = (
    *(operators.enable, operators.disable, operators.disable, operators.fan, operators.edit),
    *(operators.setting, operators.request, operators.cancel, operators.budget),
)


def tick(history: History, operation: Operation) -> None:
    """A tick by one of the workers."""
    worker, slots = WORKERS[operation.a % 3], (0, 1, 3, 100)[operation.b % 4]
    history.judge.graph.order += 1
    result = history.engine.call("engine_tick", undone=operation.is_undone, worker=worker, slots=slots)
    history.judge.take_tick(None if operation.is_undone else result, worker, slots, is_alone=True)


def answer(history: History, operation: Operation) -> None:
    """The answer to a call that is out; one in two goes wrong in some way when `c` says so."""
    out = history.out()
    if out:
        call = out[operation.a % len(out)]
        fault = FAULTS[operation.c % len(FAULTS)] if operation.b % 2 else None
        history.deliver(operation, call, call.worker, history.ask_x(call, fault))


def answers(history: History, operation: Operation) -> None:
    """Answers to all that is out; one of them goes wrong in some way when `b` says so."""
    out = history.out()
    for place, call in enumerate(out):
        if call.is_out:
            is_spoiled = bool(operation.b % 2) and place == operation.a % len(out)
            fault = FAULTS[operation.c % len(FAULTS)] if is_spoiled else None
            history.deliver(
                operation._replace(is_undone=False), call, call.worker, history.ask_x(call, fault)
            )


def send(history: History, operation: Operation) -> None:
    """X answers a call, and the answer stays on the way."""
    out = history.out()
    if out:
        call = out[operation.a % len(out)]
        history.ask_x(call, FAULTS[operation.c % len(FAULTS)] if operation.b % 2 else None)


def deliver(history: History, operation: Operation) -> None:
    """Any answer that X gave arrives (once more): late, out of order, from its worker or from another."""
    if history.replies:
        call_id, worker, reply = history.replies[-1 - operation.a % min(len(history.replies), 12)]
        sender = WORKERS[operation.c % 3] if operation.b % 4 == 0 else worker
        history.deliver(operation, history.judge.calls[call_id], sender, reply)


def silence(history: History, operation: Operation) -> None:
    """A call gets no answer, and the worker says so: X may have billed it."""
    out = history.out()
    if out:
        call = out[operation.a % len(out)]
        reason = ("timeout", "closed", "connect", "aborted")[operation.b % 4]
        if reason in ("timeout", "closed"):
            history.ask_x(call, Fault.HANG)
        worker = WORKERS[operation.c % 3] if operation.c % 5 == 0 else call.worker
        taken_for = {"closed": "unreachable", "connect": "unconnected"}.get(reason, reason)
        history.record(operation, call, worker, taken_for, None, "engine_failure", reason=reason, detail="")


def advance(history: History, operation: Operation) -> None:
    """The clock jumps forward."""
    _wait(history, JUMPS[operation.a % len(JUMPS)] + operation.b % 3 / 4)


def expire(history: History, operation: Operation) -> None:
    """The lease of a call runs out, just so or long ago, and somebody ticks."""
    out = sorted(history.out(), key=lambda call: (call.lease_until, call.id))
    if out:
        until = out[operation.a % len(out)].lease_until
        _wait(history, max(0, until + (0, 0, 1, 40)[operation.b % 4] - history.now))
    tick(history, operation._replace(a=operation.c, b=operation.b // 4))


def release(history: History, operation: Operation) -> None:
    """A worker stops in good order: what it has not sent goes to others, and is no attempt."""
    worker = WORKERS[operation.a % 3]
    if history.say(operation, "engine_release", worker=worker) is not None:
        for call in history.out():
            if call.worker == worker:
                call.is_out, call.attempts = False, call.attempts - 1
    history.compare()


def settle(history: History, operation: Operation) -> None:
    """Ticks and good answers until the engine is at rest, the clock standing still."""
    for _ in range(60):
        tick = history.engine.call("engine_tick", worker=WORKERS[0], slots=100)
        history.judge.graph.order += 1
        history.judge.take_tick(tick, WORKERS[0], 100, is_alone=True)
        out = history.out()
        for call in out:
            if call.is_out:
                history.deliver(
                    operation._replace(is_undone=False), call, call.worker, history.ask_x(call, None)
                )
        if is_at_rest(tick) and not out:
            return
    raise Broken("E1: the engine finds no rest")


def overlap(history: History, operation: Operation) -> None:
    """A tick while another statement is not committed yet, which then is, or is undone."""
    if operation.b % 4 == 1:
        _overlap_operator(history, operation)
    else:
        _overlap(history, operation)
    # What one of them had in hand, the other has put off for a second.
    _wait(history, 1.0)


def _overlap_operator(history: History, operation: Operation) -> None:
    history.beside = partial(_tick_beside, history, WORKERS[operation.c % 3])
    _OPERATORS[operation.c % len(_OPERATORS)](
        history, operation._replace(b=operation.b // 4, c=operation.c // 9)
    )
    history.beside = None


def _overlap(history: History, operation: Operation) -> None:
    out = [call for call in history.out() if operation.b % 2 == 0]
    worker = WORKERS[operation.c % 3]
    if out:
        call = out[operation.a % len(out)]
        reply = history.ask_x(call, None)
        assert reply is not None
        arguments: dict[str, Any] = {
            "call_id": call.id,
            "worker": call.worker,
            "status": reply.status,
            "headers": reply.headers,
            "body": reply.body,
        }
        with history.engine.open("engine_response", undone=operation.is_undone, **arguments) as result:
            _tick_beside(history, worker)
        history.judge.graph.order += 1
        if not operation.is_undone:
            check(result["class"] == reply.taken_for, f"I2: {reply.taken_for} is taken for {result['class']}")
            check(result["recorded"], f"I7: an answer to call {call.id} was not recorded")
            history.judge.take_answer(call, reply.taken_for, reply)
        history.compare(whole=True)
        return
    first = WORKERS[(operation.c + 1 + operation.a % 2) % 3]
    history.judge.graph.order += 1
    graph = history.judge.graph
    before = replace(graph, **{each.name: copy(getattr(graph, each.name)) for each in fields(graph)})
    with history.engine.open("engine_tick", undone=operation.is_undone, worker=first, slots=3) as tick:
        _tick_beside(history, worker)
    # What it materialized it had read, and runs that it started had begun, before the other took events in.
    history.judge.assets.graph, after = before, graph.order
    graph.order = before.order
    history.judge.take_tick(None if operation.is_undone else tick, first, 3, is_alone=False)
    history.judge.assets.graph, graph.order = graph, after


def _tick_beside(history: History, worker: str) -> None:
    history.judge.graph.order += 1
    history.judge.take_tick(
        history.engine.call("engine_tick", worker=worker, slots=3), worker, 3, is_alone=False
    )


def _wait(history: History, seconds: float) -> None:
    history.now += seconds
    history.judge.graph.now = history.now
    history.engine.set_now(history.now)
