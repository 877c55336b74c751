"""Runs processes that live and die together: one signal stops them in order, and none outlives another."""

from __future__ import annotations

import asyncio
import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

import structlog

log = structlog.get_logger("rookery.up")

STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_PR_SET_PDEATHSIG = 1


@dataclass(frozen=True, slots=True)
class Member:
    """A process to be: this command, with this environment and no other.

    `seconds` is how long it has to end once it was asked to, before it is killed.
    """

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    seconds: float
    descriptors: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class Ended:
    """How it ended: who ended without being asked to (None: nobody), and the exit status for all."""

    first: str | None
    status: int


async def live(members: Sequence[Member], settled: Callable[[], Awaitable[None]]) -> Ended:
    """Run them until one ends or a signal comes; then stop them, the last first. A second signal kills.

    `settled` runs beside them once all are started, and is cancelled when they stop. They are a process group
    of their own: a Ctrl-C on the terminal reaches this process alone, which sees to the order.
    """
    asked = asyncio.Event()
    signals: list[int] = []
    running: list[tuple[Member, asyncio.subprocess.Process]] = []

    def on_signal(number: int) -> None:
        log.info("stopping", signal=signal.Signals(number).name, at_once=bool(signals))
        signals.append(number)
        asked.set()
        if len(signals) > 1:
            _kill(process for _, process in running)

    loop = asyncio.get_running_loop()
    for number in STOPPING:
        loop.add_signal_handler(number, on_signal, number)
    try:
        for member in members:
            running.append((member, await _start(member, running[0][1].pid if running else 0)))
        first = await _until_one_ends(running, asked, settled)
        statuses = [await _stop(member, process) for member, process in reversed(running)]
    finally:
        _kill(process for _, process in running)
        for number in STOPPING:
            loop.remove_signal_handler(number)
    if len(signals) > 1:
        return Ended(None, 128 + signals[1])
    if first is not None:
        status = _status(next(process for member, process in running if member is first))
        return Ended(first.name, status or 1)
    return Ended(None, max(statuses))


async def _start(member: Member, group: int) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        *member.command,
        stdin=subprocess.DEVNULL,
        env=dict(member.environment),
        pass_fds=tuple(member.descriptors),
        process_group=group,
        preexec_fn=_die_with(os.getpid()) if sys.platform == "linux" else None,
    )


async def _until_one_ends(
    running: Sequence[tuple[Member, asyncio.subprocess.Process]],
    asked: asyncio.Event,
    settled: Callable[[], Awaitable[None]],
) -> Member | None:
    """Wait; whoever ended by itself, or None where a stop was asked for."""
    ends = [asyncio.create_task(process.wait()) for _, process in running]
    stop = asyncio.create_task(asked.wait())
    beside = asyncio.ensure_future(settled())
    try:
        await asyncio.wait([*ends, stop], return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in (*ends, stop, beside):
            task.cancel()
        await asyncio.gather(*ends, stop, beside, return_exceptions=True)
    if asked.is_set():
        return None
    return next(member for member, process in running if process.returncode is not None)


async def _stop(member: Member, process: asyncio.subprocess.Process) -> int:
    """Ask it to end, kill it if it does not in time; its exit status."""
    with suppress(ProcessLookupError):
        process.terminate()
    try:
        async with asyncio.timeout(member.seconds):
            await process.wait()
    except TimeoutError:
        log.warning("killed", process=member.name, after_seconds=member.seconds)
        _kill([process])
        await process.wait()
    return _status(process)


def _kill(processes: Iterable[asyncio.subprocess.Process]) -> None:
    for process in processes:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                process.kill()


def _status(process: asyncio.subprocess.Process) -> int:
    """Its exit status as a shell tells it: 128 and the signal's number for who was killed."""
    code = process.returncode or 0
    return 128 - code if code < 0 else code


def _die_with(parent: int) -> Callable[[], None]:
    """What a child does before it becomes its program: have the kernel stop it if its parent is killed."""
    prctl = ctypes.CDLL(None).prctl

    def arrange() -> None:
        prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:
            os._exit(1)

    return arrange
