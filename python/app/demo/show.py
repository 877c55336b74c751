"""Shows a demo while it runs and at its end: a live view on a terminal, plain lines elsewhere."""

from __future__ import annotations

import asyncio
import json
import shlex
import shutil
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from typing import Protocol

from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from app.database import Row
from app.demo.cast import Chosen
from app.demo.report import DemoReport, SegmentReport
from app.demo.stage import Stage
from app.simulator import Simulator

_EVERY_SECONDS = 0.25


class Show(Protocol):
    """How a demo tells what it does."""

    def tell(self, line: str) -> None:
        """Say what begins now."""

    def members(self, roots: dict[int, Row]) -> None:
        """Take in the roots as they stand."""


class Silence:
    """Says nothing: stdout belongs to the JSON object."""

    def tell(self, line: str) -> None:
        """See Show."""

    def members(self, roots: dict[int, Row]) -> None:
        """See Show."""


class Lines:
    """One line for each stage, with the counts so far."""

    def __init__(self, simulator: Simulator, now: Callable[[], datetime]) -> None:
        self._simulator, self._now = simulator, now

    def tell(self, line: str) -> None:
        """See Show."""
        print(f"{self._now():%Y-%m-%d %H:%M}  {line}  ({counts(self._simulator)})", flush=True)

    def members(self, roots: dict[int, Row]) -> None:
        """See Show."""


class Picture:
    """What the live view shows: the stage, the counts, and each root's members."""

    def __init__(self, simulator: Simulator, now: Callable[[], datetime], chosen: list[Chosen]) -> None:
        self._simulator, self._now, self._chosen = simulator, now, chosen
        self._line = "the stage is set"
        self._roots: dict[int, Row] = {}

    def tell(self, line: str) -> None:
        """See Show."""
        self._line = line

    def members(self, roots: dict[int, Row]) -> None:
        """See Show."""
        self._roots = roots

    def __rich__(self) -> Group:
        """The picture as it is now."""
        table = Table(box=None, pad_edge=False, header_style="bold")
        for name in ("kind", "of"):
            table.add_column(name)
        for name in ("members", "revision"):
            table.add_column(name, justify="right", min_width=9)
        for chosen in self._chosen:
            root = self._roots.get(chosen.instance_id, {})
            cells = (chosen.kind, chosen.subject, root.get("members"), root.get("revision"))
            table.add_row(*(Text("" if cell is None else str(cell)) for cell in cells))
        head = Text(f"{self._now():%Y-%m-%d %H:%M}  {self._line}", style="bold")
        return Group(head, Text(counts(self._simulator)), Text(), table)


def counts(simulator: Simulator) -> str:
    """Return the counts so far as a line: calls, pages (good answers), rows and spend."""
    bill = simulator.bill
    return (
        f"{simulator.requests:,} calls, {simulator.answered:,} pages, {bill.returned.total():,} rows,"
        f" ${bill.usd:,.2f}"
    )


@asynccontextmanager
async def shown(
    simulator: Simulator, now: Callable[[], datetime], chosen: list[Chosen], *, as_json: bool
) -> AsyncIterator[Show]:
    """Give the show that suits where stdout goes; a live view lasts as long as the block."""
    if as_json:
        yield Silence()
        return
    console = Console()
    if not console.is_terminal:
        yield Lines(simulator, now)
        return
    picture = Picture(simulator, now, chosen)
    with Live(picture, console=console, auto_refresh=False, transient=True) as live:
        refreshing = asyncio.create_task(_refresh(live))
        try:
            yield picture
        finally:
            refreshing.cancel()
            with suppress(asyncio.CancelledError):
                await refreshing


async def _refresh(live: Live) -> None:
    while True:
        live.refresh()
        await asyncio.sleep(_EVERY_SECONDS)


def print_json(report: DemoReport) -> None:
    """Print the report as one JSON object, and nothing else."""
    print(json.dumps(report.as_json(), ensure_ascii=False), flush=True)


def print_end(report: DemoReport, chosen: list[Chosen], stage: Stage, *, keep: bool) -> None:
    """Print the table of segments, who came and went, the bill, and what to type next."""
    console = Console()
    if console.is_terminal:
        console.print(_table(report.segments, chosen))
    else:
        _print_rows(report.segments, chosen)
    for segment, choice in zip(report.segments, chosen, strict=True):
        if segment.examples:
            print(f"{choice.kind} of {choice.subject}: {', '.join(segment.examples)}")
    bill = report.bill
    days = "1 simulated day" if report.days == 1 else f"{report.days} simulated days"
    print(
        f"\nThe bill of {days}: {bill['resources']:,} resources, ${bill['usd']:,.3f}"
        f" ({bill['resources_plain']:,} were returned; each is charged once per UTC day)."
        f"\n{report.calls:,} calls in {report.runs:,} runs, {report.seconds:.1f} s of real time."
    )
    if report.faults:
        print("Went wrong on purpose: " + "; ".join(f"{name} ({n})" for name, n in report.faults.items()))
    print(_next_lines(report.segments[0].instance_id, stage, keep=keep))


_COLUMNS = ("id", "kind", "of", "members", "revision", "entered", "left", "equals truth")


def _cells(segment: SegmentReport, choice: Chosen) -> tuple[str, ...]:
    told = "yes" if segment.equals_truth else f"NO (day {', '.join(map(str, choice.wrong_days))})"
    numbers = (segment.members, segment.revision, segment.entered, segment.left)
    return (str(segment.instance_id), segment.kind, choice.subject, *map(str, numbers), told)


def _table(segments: list[SegmentReport], chosen: list[Chosen]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in _COLUMNS:
        table.add_column(
            column, justify="right" if column in ("members", "revision", "entered", "left") else "left"
        )
    for segment, choice in zip(segments, chosen, strict=True):
        table.add_row(*(Text(cell) for cell in _cells(segment, choice)))
    return table


def _print_rows(segments: list[SegmentReport], chosen: list[Chosen]) -> None:
    print("\t".join(_COLUMNS))
    for segment, choice in zip(segments, chosen, strict=True):
        print("\t".join(_cells(segment, choice)))


def _next_lines(instance_id: int, stage: Stage, *, keep: bool) -> str:
    command = "rookery" if shutil.which("rookery") else shlex.quote(sys.argv[0])
    if not keep or stage.data_dir is None:
        return (
            f"\nThe database is gone. Keep it next time, and look inside:\n  {command} demo --keep\n"
            f"Or follow the real X:\n  {command} root enable segment_followers --subject ID\n"
            f"  X_BEARER_TOKEN=... {command} worker"
        )
    folder = shlex.quote(str(stage.data_dir))
    return (
        f"\nThe database is kept, and runs. Look inside:\n"
        f"  {command} --data-dir {folder} segment list\n"
        f"  {command} --data-dir {folder} segment show {instance_id}\n"
        f"  {command} --data-dir {folder} segment events {instance_id}\n"
        f"  {shlex.join(stage.psql)}\n"
        f"Done with it:\n  kill -INT $(head -n 1 {shlex.quote(str(stage.pid_file))})\n  rm -r {folder}"
    )
