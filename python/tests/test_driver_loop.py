"""The driver's loop against a database and an X that are played by hand: no network, no clock."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import pytest

from app.driver import Call, Driver, Failure, Patience, Response, Tick
from app.errors import DatabaseUnavailable, OperatorMistake, RookeryError, SchemaMissing, TryAgain

START = datetime(2026, 3, 1, tzinfo=UTC)
AWAY = DatabaseUnavailable("the database does not answer")
QUICK = Patience(first_retry=0.001, longest_retry=0.002, grace=30, shortest_pause=0.001)
SOON = 20.0  # seconds after which a test that waits for an event has failed


T = TypeVar("T")


def call(number: int) -> Call:
    return Call(number, "GET", f"/2/users/{number}", {})


@dataclass
class PlayedEngine:
    """Hands out the planned calls as slots allow; faults can be planned for each function."""

    planned: list[Call] = field(default_factory=list)
    faults: dict[str, list[RookeryError]] = field(default_factory=dict)
    now: datetime = START
    due_in: timedelta = timedelta(seconds=10)
    ticks: list[int] = field(default_factory=list)
    recorded: list[tuple[object, ...]] = field(default_factory=list)
    on_tick: Callable[[], None] = lambda: None
    again: list[bool] = field(default_factory=list)
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def tick(self, worker: str, slots: int) -> Tick:
        del worker
        await self._note("tick")
        self.ticks.append(slots)
        self.on_tick()
        calls = tuple(self.planned[:slots])
        del self.planned[:slots]
        again = self.again.pop(0) if self.again else False
        return Tick({"claimed": len(calls)}, calls, again, self.now, self.now + self.due_in, len(self.ticks))

    async def response(
        self, _worker: str, call_id: int, status: int, headers: Mapping[str, str], body: str
    ) -> dict[str, Any]:
        del headers
        await self._note("response")
        self.recorded.append(("response", call_id, status, body))
        return {"recorded": True}

    async def failure(self, _worker: str, call_id: int, reason: str, detail: str) -> dict[str, Any]:
        await self._note("failure")
        self.recorded.append(("failure", call_id, reason, detail))
        return {"recorded": True}

    async def release(self, worker: str) -> None:
        await self._note("release")
        self.recorded.append(("release", worker))

    async def listen(self, wake: Callable[[], None]) -> None:
        del wake
        await asyncio.Event().wait()

    async def until(self, reached: Callable[[], bool]) -> None:
        """Wait until something that this engine saw makes it true."""
        async with asyncio.timeout(SOON), self.changed:
            await self.changed.wait_for(reached)

    async def _note(self, function: str) -> None:
        async with self.changed:
            self.changed.notify_all()
        if planned := self.faults.get(function):
            raise planned.pop(0)


async def soon(awaited: Awaitable[T]) -> T:
    """Its result, or a failed test instead of one that hangs."""
    async with asyncio.timeout(SOON):
        return await awaited


class PlayedX:
    """Answers 200 at once, or only when `let_go` is set."""

    def __init__(self, *, held: bool = False, outcome: Response | Failure | None = None) -> None:
        self.sent: list[int] = []
        self.let_go = asyncio.Event()
        self.busy = asyncio.Event()
        self.outcome = outcome or Response(200, {"x": "y"}, "{}")
        if not held:
            self.let_go.set()

    async def send(self, call: Call) -> Response | Failure:
        self.sent.append(call.call_id)
        self.busy.set()
        await self.let_go.wait()
        return self.outcome


class Naps:
    """Stands in for sleeping: remembers the pauses, and ends each one only by the wake event."""

    def __init__(self) -> None:
        self.pauses: list[float] = []
        self.asleep = asyncio.Event()

    async def __call__(self, seconds: float, wake: asyncio.Event) -> None:
        self.pauses.append(seconds)
        self.asleep.set()
        if seconds >= 1:
            await wake.wait()
        else:
            await asyncio.sleep(0)


def driver(engine: PlayedEngine, x: PlayedX, naps: Naps | None = None, **options: Any) -> Driver:
    options.setdefault("patience", QUICK)
    return Driver(engine, x, worker="w", wait=naps or Naps(), **options)


async def test_a_call_from_a_tick_is_sent_and_its_answer_recorded() -> None:
    engine, x = PlayedEngine([call(1), call(2)]), PlayedX()
    await soon(driver(engine, x).run_until_idle())
    assert sorted(x.sent) == [1, 2]
    assert sorted(engine.recorded) == [("response", 1, 200, "{}"), ("response", 2, 200, "{}")]


async def test_a_tick_is_offered_the_free_slots_only() -> None:
    engine, x = PlayedEngine([call(1), call(2)]), PlayedX(held=True)
    it = driver(engine, x, slots=3)
    await it.step()
    await it.step()
    assert engine.ticks == [3, 1]


async def test_a_call_without_an_answer_is_reported_with_its_reason() -> None:
    engine, x = PlayedEngine([call(7)]), PlayedX(outcome=Failure("timeout", "ReadTimeout"))
    await soon(driver(engine, x).run_until_idle())
    assert engine.recorded == [("failure", 7, "timeout", "ReadTimeout")]


async def test_a_recorded_answer_ends_the_nap_and_the_next_tick_follows_at_once() -> None:
    engine, x, naps = PlayedEngine([call(1)]), PlayedX(held=True), Naps()
    running = asyncio.create_task((it := driver(engine, x, naps)).run())
    await soon(naps.asleep.wait())
    assert len(engine.ticks) == 1
    x.let_go.set()
    await engine.until(lambda: len(engine.ticks) == 2)
    it.stop()
    await soon(running)
    assert naps.pauses[0] == 10


async def test_again_ticks_at_once_without_a_nap_of_ten_seconds() -> None:
    engine, naps = PlayedEngine([call(1), call(2), call(3)], again=[True, True]), Naps()
    running = asyncio.create_task((it := driver(engine, PlayedX(held=True), naps, slots=3)).run())
    await engine.until(lambda: len(engine.ticks) == 3)
    it.stop(at_once=True)
    await soon(running)
    assert all(pause < 1 for pause in naps.pauses[:2])


async def test_again_from_ticks_that_do_nothing_does_not_spin() -> None:
    engine, naps = PlayedEngine(again=[True, True]), Naps()
    running = asyncio.create_task((it := driver(engine, PlayedX(), naps)).run())
    await engine.until(lambda: len(engine.ticks) == 3)
    it.stop()
    await soon(running)
    assert naps.pauses[:2] == [QUICK.shortest_pause] * 2


@pytest.mark.parametrize("fault", [AWAY, TryAgain("deadlock detected")])
async def test_an_answer_outlives_a_database_that_is_away(fault: RookeryError) -> None:
    engine = PlayedEngine([call(1)], faults={"response": [fault] * 5})
    await soon(driver(engine, PlayedX()).run_until_idle())
    assert engine.recorded == [("response", 1, 200, "{}")]


async def test_an_answer_is_given_up_when_its_lease_is_long_gone() -> None:
    engine = PlayedEngine([call(1)], faults={"response": [AWAY] * 5})
    await soon(driver(engine, PlayedX(), patience=Patience(keep_answer=0)).run_until_idle())
    assert engine.recorded == []


async def test_an_answer_that_the_database_refuses_is_reported_as_a_failure() -> None:
    engine = PlayedEngine([call(1)], faults={"response": [OperatorMistake("no such encoding")]})
    await soon(driver(engine, PlayedX()).run_until_idle())
    assert engine.recorded == [("failure", 1, "protocol", "answer 200 was refused: no such encoding")]


async def test_a_report_that_the_database_refuses_too_stops_nothing() -> None:
    refused: dict[str, list[RookeryError]] = {
        "response": [OperatorMistake("no")],
        "failure": [OperatorMistake("no such call")],
    }
    engine = PlayedEngine([call(1), call(2)], faults=refused)
    await soon(driver(engine, PlayedX(), slots=1).run_until_idle())
    assert engine.recorded == [("response", 2, 200, "{}")]


async def test_ticking_goes_on_after_the_database_was_away() -> None:
    engine = PlayedEngine([call(1)], faults={"tick": [AWAY] * 4})
    running = asyncio.create_task((it := driver(engine, PlayedX())).run())
    await engine.until(lambda: bool(engine.recorded))
    it.stop()
    await soon(running)
    assert engine.recorded[0] == ("response", 1, 200, "{}")


async def test_the_very_first_tick_says_that_the_schema_is_missing() -> None:
    engine = PlayedEngine(faults={"tick": [SchemaMissing("function api.engine_tick does not exist")]})
    with pytest.raises(SchemaMissing):
        await soon(driver(engine, PlayedX()).run())


async def test_a_later_tick_that_fails_is_repeated() -> None:
    engine = PlayedEngine([call(1)])
    engine.on_tick = lambda: (
        engine.faults.update(tick=[SchemaMissing("gone")]) if len(engine.ticks) == 1 else None
    )
    running = asyncio.create_task((it := driver(engine, PlayedX())).run())
    await engine.until(lambda: len(engine.ticks) >= 2)
    it.stop()
    await soon(running)


async def test_stopping_lets_calls_in_flight_finish_and_releases_after_them() -> None:
    engine, x = PlayedEngine([call(1)]), PlayedX(held=True)
    running = asyncio.create_task((it := driver(engine, x)).run())
    await soon(x.busy.wait())
    it.stop()
    x.let_go.set()
    await soon(running)
    assert engine.recorded == [("response", 1, 200, "{}"), ("release", "w")]


async def test_calls_that_a_tick_claims_while_stopping_are_not_sent() -> None:
    engine, x = PlayedEngine([call(1)]), PlayedX()
    it = driver(engine, x)
    engine.on_tick = it.stop
    await soon(it.run())
    assert x.sent == []
    assert engine.recorded == [("release", "w")]


async def test_when_the_grace_is_over_a_call_is_reported_as_aborted() -> None:
    engine, x = PlayedEngine([call(1)]), PlayedX(held=True)
    running = asyncio.create_task((it := driver(engine, x, patience=Patience(grace=0))).run())
    await soon(x.busy.wait())
    it.stop()
    await soon(running)
    assert engine.recorded == [("failure", 1, "aborted", "the worker stopped"), ("release", "w")]


async def test_an_answer_that_cannot_be_recorded_does_not_outlast_the_grace() -> None:
    engine = PlayedEngine(
        [call(1)], faults={name: [AWAY] * 10_000 for name in ("response", "failure", "release")}
    )
    running = asyncio.create_task((it := driver(engine, PlayedX(), patience=Patience(grace=0))).run())
    await engine.until(lambda: len(engine.faults["response"]) < 10_000)
    it.stop()
    await soon(running)
    assert engine.recorded == []


async def test_stopping_at_once_leaves_everything_to_the_leases() -> None:
    engine, x = PlayedEngine([call(1)]), PlayedX(held=True)
    running = asyncio.create_task((it := driver(engine, x)).run())
    await soon(x.busy.wait())
    it.stop()
    it.stop(at_once=True)
    await soon(running)
    assert engine.recorded == []


async def test_until_idle_moves_the_clock_only_while_nothing_is_in_flight() -> None:
    engine, x = PlayedEngine(), PlayedX()
    it: Driver
    moved: list[int] = []

    async def move_clock(seconds: float, wake: asyncio.Event) -> None:
        del wake
        moved.append(it.in_flight)
        engine.now += timedelta(seconds=seconds)
        if len(moved) == 2:
            engine.planned += [call(1), call(2)]

    it = Driver(engine, x, worker="w", wait=move_clock, patience=QUICK)
    last = await soon(it.run_until_idle(START + timedelta(seconds=45)))
    assert last.next_at >= START + timedelta(seconds=45)
    assert engine.now == START + timedelta(seconds=40)
    assert moved == [0] * 4
    assert len(engine.recorded) == 2
