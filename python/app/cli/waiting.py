"""Waiting for runs that a worker does, and showing how far they are; leaving off harms nothing."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from app import database
from app.database import Connection, Row
from app.errors import OperatorMistake

LOOK_EVERY = 0.5  # seconds


def wait_for_runs(connection: Connection, run_ids: Sequence[int]) -> list[Row]:
    """Wait until the runs have ended, however long; their progress at the end."""
    with Shown(run_ids) as shown:
        while True:
            rows = _progress(connection, run_ids)
            shown.update(rows)
            if all(row["status"] != "in_progress" for row in rows):
                return rows
            time.sleep(LOOK_EVERY)


def wait_for_answer(connection: Connection, run_ids: Sequence[int]) -> None:
    """Wait for look-ups. OperatorMistake when one did not succeed, or when nobody works on it any more."""
    with Shown(run_ids) as shown:
        while True:
            rows = _progress(connection, run_ids)
            open_runs = [row for row in rows if row["status"] == "in_progress"]
            for row in open_runs:
                if not row["attended"]:
                    raise OperatorMistake(
                        f"run {row['run_id']} waits: {row['says']}",
                        hint=f"it stays queued until then; rookery run cancel {row['run_id']} takes it back",
                    )
            shown.update(rows)
            if not open_runs:
                break
            time.sleep(LOOK_EVERY)
    for row in rows:
        if row["status"] != "success":
            raise OperatorMistake(
                f"X did not say who that is: run {row['run_id']} {row['says']}",
                hint="give the id, or try again",
            )


def _progress(connection: Connection, run_ids: Sequence[int]) -> list[Row]:
    rows: list[Row] = database.call(connection, "run_progress", p_run_ids=list(run_ids))
    return rows


class Shown:
    """Runs as bars on standard error where that is a terminal; else a line when what they wait for changes.

    Whoever interrupts is told that the runs go on.
    """

    def __init__(self, run_ids: Sequence[int]) -> None:
        self._run_ids = run_ids
        self._said: dict[int, str] = {}
        self._tasks: dict[int, TaskID] = {}
        self._bars = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=20),
            TextColumn("{task.fields[pages]}", markup=False),
            TimeElapsedColumn(),
            console=Console(stderr=True),
            disable=not sys.stderr.isatty(),
            transient=True,
        )

    def __enter__(self) -> Shown:
        self._bars.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._bars.stop()
        if kind is KeyboardInterrupt:
            which = ", ".join(str(each) for each in self._run_ids)
            print(f"rookery: not waiting any longer; run {which} goes on", file=sys.stderr)

    def update(self, rows: Sequence[Row]) -> None:
        """Show what is known now."""
        for row in rows:
            if self._bars.disable:
                self._tell(row)
            else:
                self._draw(row)

    def _draw(self, row: Row) -> None:
        description = f"run {row['run_id']} {row['sync_kind']}"
        if row["run_id"] not in self._tasks:
            self._tasks[row["run_id"]] = self._bars.add_task(description, total=None, pages="")
        waits = "" if row["attended"] or row["status"] != "in_progress" else f"; {row['says']}"
        self._bars.update(
            self._tasks[row["run_id"]],
            total=row["expected"],
            completed=row["resources"],
            pages=pages_of(row) + waits,
        )

    def _tell(self, row: Row) -> None:
        """Where nobody watches, only what stands in the way is worth a line."""
        says = "" if row["attended"] or row["status"] != "in_progress" else row["says"]
        if says != self._said.get(row["run_id"], ""):
            print(f"rookery: run {row['run_id']}: {says or 'goes on'}", file=sys.stderr)
        self._said[row["run_id"]] = says


def pages_of(row: Row) -> str:
    """How far a run is, in pages and rows."""
    pages, rows = f"page {row['pages']}", f"{row['resources']:,} rows"
    if row["expected"] is not None:
        pages += f" of about {row['expected_pages']:,}"
        rows = f"{row['resources']:,} of about {row['expected']:,} rows"
    return f"{pages}, {rows}"
