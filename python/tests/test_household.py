"""Processes that live and die together, with real ones and real signals."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from app.household import Ended, Member, live

# Says that it is there, and ends when asked, in a second if at all.
POLITE = """
import pathlib, signal, sys, time
def end(number, frame):
    with open({log!r}, "a") as log: log.write({name!r} + " ended\\n")
    sys.exit({status})
signal.signal(signal.SIGTERM, {handler})
pathlib.Path({log!r} + "." + {name!r}).touch()
time.sleep({seconds})
sys.exit({status})
"""


def member(
    name: str, log: Path, *, handler: str = "end", status: int = 0, seconds: float = 60, patience: float = 10
) -> Member:
    text = POLITE.format(log=str(log), name=name, handler=handler, status=status, seconds=seconds)
    return Member(name, [sys.executable, "-c", text], dict(os.environ), patience)


async def living(log: Path, *members: Member, signals: Mapping[float, signal.Signals]) -> Ended:
    """Run them, and send this process signals, so many seconds after all are there."""

    async def settled() -> None:
        if not signals:  # whoever ends by itself need not wait for the others to be there
            return
        marks = [log.with_name(f"{log.name}.{each.name}") for each in members]
        await asyncio.to_thread(until, lambda: all(mark.exists() for mark in marks))
        for seconds, number in signals.items():
            asyncio.get_running_loop().call_later(seconds, os.kill, os.getpid(), number)

    return await live(members, settled)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
async def test_one_signal_stops_them_the_last_first(tmp_path: Path, number: signal.Signals) -> None:
    log = tmp_path / "log"
    ended = await living(log, member("worker", log), member("web", log), signals={0: number})
    assert ended == Ended(None, 0)
    assert log.read_text().splitlines() == ["web ended", "worker ended"]


async def test_if_one_ends_the_other_is_stopped_and_its_status_is_the_status_of_all(tmp_path: Path) -> None:
    log = tmp_path / "log"
    ended = await living(log, member("worker", log), member("web", log, status=3, seconds=0.5), signals={})
    assert ended == Ended("web", 3)
    assert log.read_text().splitlines() == ["worker ended"]


async def test_one_that_ends_well_unasked_is_a_fault_all_the_same(tmp_path: Path) -> None:
    log = tmp_path / "log"
    ended = await living(log, member("worker", log, seconds=0), member("web", log), signals={})
    assert ended == Ended("worker", 1)


async def test_whoever_does_not_end_in_time_is_killed(tmp_path: Path) -> None:
    log = tmp_path / "log"
    stubborn = member("web", log, handler="signal.SIG_IGN", patience=0.2)
    ended = await living(log, member("worker", log), stubborn, signals={0: signal.SIGTERM})
    assert ended == Ended(None, 128 + signal.SIGKILL)
    assert log.read_text().splitlines() == ["worker ended"]


async def test_a_second_signal_kills_at_once(tmp_path: Path) -> None:
    log = tmp_path / "log"
    deaf = [member(name, log, handler="signal.SIG_IGN") for name in ("worker", "web")]
    began = time.monotonic()
    ended = await living(log, *deaf, signals={0: signal.SIGINT, 0.2: signal.SIGINT})
    assert ended == Ended(None, 128 + signal.SIGINT)
    assert time.monotonic() - began < 9


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells children that their parent is gone")
def test_they_do_not_outlive_whoever_started_them(tmp_path: Path) -> None:
    log = tmp_path / "log"
    names = ("worker", "web")
    texts = [member(name, log).command for name in names]
    program = (
        "import asyncio, os\nfrom app.household import Member, live\n"
        f"texts = {texts!r}\n"
        f"members = [Member(n, c, dict(os.environ), 5) for n, c in zip({names!r}, texts)]\n"
        "asyncio.run(live(members, lambda: asyncio.sleep(0)))"
    )
    parent = subprocess.Popen([sys.executable, "-c", program])
    until(lambda: all((tmp_path / f"log.{name}").exists() for name in names))
    parent.kill()
    parent.wait()
    until(lambda: log.exists() and sorted(log.read_text().splitlines()) == ["web ended", "worker ended"])


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)
