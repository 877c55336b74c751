"""The worker's loop: tick, send what the tick gave, hand the answers back, sleep until there is more."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import structlog
from structlog.contextvars import bound_contextvars

from app import tracing
from app.driver.engine import Call, Engine, JsonObject, Tick
from app.driver.sender import Failure, Response
from app.errors import DatabaseUnavailable, RookeryError, TryAgain

# Faults that pass: the answer is kept, the tick repeated.
Passing = (DatabaseUnavailable, TryAgain)

log = structlog.get_logger("rookery.driver")

Wait = Callable[[float, asyncio.Event], Awaitable[None]]
"""Wait so many seconds or until the event is set, whichever is first."""


class CallSender(Protocol):
    """Whatever can send a call: the real one is app.driver.sender.Sender."""

    async def send(self, call: Call) -> Response | Failure:
        """Send one call; raises nothing but cancellation."""


@dataclass(frozen=True, slots=True)
class Patience:
    """All the driver's waiting, in seconds."""

    first_retry: float = 0.2
    longest_retry: float = 10.0
    keep_answer: float = 900.0
    grace: float = 10.0
    last_words: float = 3.0
    shortest_pause: float = 0.05

    def retries(self) -> Iterator[float]:
        """Pauses between attempts: doubling, then the longest one for ever."""
        pause = self.first_retry
        while True:
            yield pause
            pause = min(pause * 2, self.longest_retry)


async def wait_or_wake(seconds: float, wake: asyncio.Event) -> None:
    """Sleep by the real clock, until woken at the latest."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await wake.wait()


class Driver:
    """Drives one engine as one worker.

    `wait` is what sleeps between ticks: give another to move a clock. `ticked` is called after each.
    """

    def __init__(
        self,
        engine: Engine,
        sender: CallSender,
        *,
        worker: str,
        slots: int = 8,
        wait: Wait = wait_or_wake,
        patience: Patience | None = None,
        ticked: Callable[[], None] = lambda: None,
    ) -> None:
        self._engine = engine
        self._sender = sender
        self._worker = worker
        self._slots = slots
        self._wait = wait
        self._patience = patience or Patience()
        self._ticked = ticked
        self._wake = asyncio.Event()
        self._in_flight: dict[asyncio.Task[None], Call] = {}
        self._stopping = False
        self._in_a_hurry = False
        self._deadline: asyncio.Timeout | None = None

    @property
    def in_flight(self) -> int:
        """How many calls are sent and not yet recorded."""
        return len(self._in_flight)

    # -- the conversation ------------------------------------------------------------------------------

    async def step(self) -> Tick:
        """One turn: tick with the slots that are free, and send off every call that it gave."""
        self._wake.clear()
        with tracing.span("tick", worker=self._worker) as span:
            tick = await self._engine.tick(self._worker, self._slots - self.in_flight)
            self._ticked()
            done = {"calls": len(tick.calls), "again": tick.again, **_told(tick.done)}
            span.tell(tick_id=tick.tick_id, **done)
            with bound_contextvars(tick_id=tick.tick_id):
                if tick.did_something:
                    log.info("tick", **done)
                for each in tick.materializations:
                    log.info("materialization", **each)
                    span.happening("materialization", each)
                _tell_decisions(tick.decisions, span)
                # What a tick claimed while we were asked to stop, the release gives back.
                if not self._stopping:
                    self._send(tick.calls)
        return tick

    def _send(self, calls: Iterable[Call]) -> None:
        """Each in a task of its own, whose lines tell the call and the tick that gave it."""
        for call in calls:
            with bound_contextvars(call_id=call.call_id):
                task = asyncio.create_task(self._exchange(call), name=f"call {call.call_id}")
            self._in_flight[task] = call
            task.add_done_callback(self._landed)

    async def _exchange(self, call: Call) -> None:
        """Send it and record what came. Its span is a part of the tick's, and no header tells X of it."""
        with tracing.span("call", call_id=call.call_id, worker=self._worker, path=call.path) as span:
            with tracing.span("request", kind="client", method=call.method) as request:
                came = await self._sender.send(call)
                request.tell(**_told_of(came))
            span.tell(**_told_of(came))
            match came:
                case Response(status, headers, body):
                    log.info("answer", path=call.path, status=status, length=len(body))
                    try:
                        await self._keep_trying(
                            "response",
                            call,
                            lambda: self._engine.response(self._worker, call.call_id, status, headers, body),
                        )
                    except RookeryError as error:
                        await self._fail(call, Failure("protocol", f"answer {status} was refused: {error}"))
                case Failure() as failure:
                    await self._fail(call, failure)

    async def _fail(self, call: Call, failure: Failure) -> None:
        log.warning("no answer", path=call.path, reason=failure.reason, detail=failure.detail)
        await self._keep_trying(
            "failure",
            call,
            lambda: self._engine.failure(self._worker, call.call_id, failure.reason, failure.detail),
        )

    # -- running ---------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Go on until `stop`. Raises what the very first tick raises, unless that is a fault that passes."""
        log.info("working", slots=self._slots)
        listening = asyncio.create_task(self._engine.listen(self._wake.set), name="listen")
        try:
            async with asyncio.timeout(None) as self._deadline:
                await self._turn()
                while self._in_flight:
                    await asyncio.wait(self._in_flight)
        except TimeoutError:
            if self._deadline is None or not self._deadline.expired():
                raise
            log.warning("grace is over", in_flight=self.in_flight)
        finally:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)
            await self._take_leave()
            log.info("stopped")

    def stop(self, *, at_once: bool = False) -> None:
        """Claim nothing more; calls in flight have the grace period, or, `at_once`, nothing at all."""
        self._stopping = True
        self._in_a_hurry = self._in_a_hurry or at_once
        self._wake.set()
        if self._deadline is not None:
            grace = 0.0 if self._in_a_hurry else self._patience.grace
            with suppress(RuntimeError):  # it has run out already
                self._deadline.reschedule(asyncio.get_running_loop().time() + grace)

    async def run_until_idle(self, until: datetime | None = None) -> Tick:
        """Tick and send until nothing is in flight and nothing is due before `until`; returns the last tick.

        `until` is by the database's clock. Without it nothing is waited for: what is due now gets done. With
        it, `wait` is called whenever only time can help, never while a call is in flight, and has to move
        that clock (or sleep).
        """
        while True:
            tick = await self.step()
            if tick.again:
                await wait_or_wake(self._pause_after(tick), self._wake)
            elif self._in_flight or self._wake.is_set():
                await self._wake.wait()
            elif tick.next_at > tick.now if until is None else tick.next_at >= until:
                return tick
            else:
                await self._wait(self._pause_after(tick), self._wake)

    async def _turn(self) -> None:
        retries = self._patience.retries()
        ever_ticked = False
        while not self._stopping:
            try:
                tick = await self.step()
            except RookeryError as error:
                if not (ever_ticked or isinstance(error, Passing)):
                    raise
                pause = next(retries)
                log.warning("tick failed", reason=str(error), retry_in=pause)
                await self._pause_unless_stopped(pause)
            else:
                ever_ticked = True
                retries = self._patience.retries()
                await self._wait(self._pause_after(tick), self._wake)

    def _pause_after(self, tick: Tick) -> float:
        """Never nothing after a tick that did nothing: an engine that always says `again` must not spin."""
        at_once = tick.again and tick.did_something
        return 0.0 if at_once else max(tick.pause, self._patience.shortest_pause)

    async def _pause_unless_stopped(self, seconds: float) -> None:
        self._wake.clear()
        if not self._stopping:
            await wait_or_wake(seconds, self._wake)

    # -- answers ---------------------------------------------------------------------------------------

    async def _keep_trying(self, what: str, call: Call, record: Callable[[], Awaitable[JsonObject]]) -> None:
        """Record until it is recorded: an answer was paid for. Gives up when the lease is long gone."""
        with tracing.span(what, call_id=call.call_id) as span:
            became = await self._record(record)
            if became is not None:
                log.info("recorded", **_told(became))
                span.tell(**_told(became))
                _tell_decisions(became.get("decisions", ()), span)

    async def _record(self, record: Callable[[], Awaitable[JsonObject]]) -> JsonObject | None:
        clock = asyncio.get_running_loop().time
        give_up_at = clock() + self._patience.keep_answer
        for pause in self._patience.retries():
            try:
                return await record()
            except Passing as error:
                if clock() + pause > give_up_at:
                    log.error("answer lost", reason=str(error))
                    break
                log.warning("answer waits", reason=str(error), retry_in=pause)
                await asyncio.sleep(pause)
        return None

    def _landed(self, task: asyncio.Task[None]) -> None:
        call = self._in_flight.pop(task)
        self._wake.set()
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("call dropped", call_id=call.call_id, reason=str(error), kind=type(error).__name__)

    async def _take_leave(self) -> None:
        """Drop what is still in flight, say so, and give the leases back (they would run out anyway)."""
        dropped = dict(self._in_flight)
        for task in dropped:
            task.cancel()
        await asyncio.gather(*dropped, return_exceptions=True)
        if self._in_a_hurry:
            return
        try:
            async with asyncio.timeout(self._patience.last_words) as self._deadline:
                for call in dropped.values():
                    await self._engine.failure(self._worker, call.call_id, "aborted", "the worker stopped")
                await self._engine.release(self._worker)
        except (RookeryError, TimeoutError) as error:
            log.warning("leases not released, they will run out", reason=str(error) or "no answer in time")


def _told(facts: JsonObject) -> dict[str, object]:
    """What is worth a log line: no zeros, and no name that the line itself uses."""
    apart = ("event", "call_id", "calls", "decisions")
    return {name: value for name, value in facts.items() if value and name not in apart}


def _tell_decisions(decisions: Iterable[JsonObject], span: tracing.Span) -> None:
    """A line each, as the database told them; a warning where it says that a person is needed."""
    for each in decisions:
        facts = {name: value for name, value in each.items() if name != "needs_a_person"}
        (log.warning if each["needs_a_person"] else log.info)("decision", **facts)
        span.happening("decision", facts)


def _told_of(came: Response | Failure) -> dict[str, object]:
    """What a span tells of what came: nothing of what it holds."""
    if isinstance(came, Failure):
        return {"error.type": came.reason}
    return {"http.response.status_code": came.status, "length": len(came.body)}
