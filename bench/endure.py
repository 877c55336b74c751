"""A simulated year of a million ticks, one snapshot held open in its middle: is a tick then what it was?

`make endure` takes hours; TICKS and MINUTES (of the snapshot) make it shorter. It prints a line for each
fortieth of the year, writes bench/endure.json, draws it on the page of the benchmarks, and fails when the
99th percentile of a tick in any of them is more than twice that of the first, or when what is cleared away
(W7) does not level off.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from statistics import quantiles
from time import monotonic, perf_counter
from typing import Any

from app import database
from app.database import Connection
from bench import draw
from bench.crowd import DAY, Crowd
from bench.draw import MOST_TIMES_THE_FIRST
from bench.servers import durable_server
from bench.stage import WORKER, connect, worker
from throwaway import Throwaway, deploy_into

NAME = "endure"
YEAR = 365 * DAY
PARTS = 40
SUBJECTS, FOLLOWERS, A_DAY = 10, 1_000, 5
# Cleared away after a while: level once the first was, and a part of the year has passed over it.
LEVEL = ("ingest.calls", "ingest.ledger", "ingest.pages", "ingest.runs", "base.decisions", "ingest.due")
LEVEL_FROM = timedelta(days=150)
LEVEL_WITHIN = 1.25
_SIZES = """
  select n.nspname || '.' || c.relname, pg_total_relation_size(c.oid), pg_stat_get_dead_tuples(c.oid)
  from pg_class as c join pg_namespace as n on n.oid = c.relnamespace
  where c.relkind = 'r' and n.nspname in ('base', 'graph', 'ingest', 'asset', 'engine')
"""


@dataclass(frozen=True, slots=True)
class Part:
    """A fortieth of the year: its ticks in milliseconds, and what the tables were at its end."""

    day: int
    ticks: int
    median_ms: float
    p99_ms: float
    dead: int
    bytes: int
    level_bytes: int
    has_snapshot: bool

    def line(self) -> str:
        """For the terminal."""
        held = "  snapshot held" if self.has_snapshot else ""
        return (
            f"day {self.day:3}  {self.ticks:7,} ticks  median {self.median_ms:6.2f} ms"
            f"  p99 {self.p99_ms:6.2f} ms"
            f"  {self.bytes / 2**20:7.1f} MiB, {self.level_bytes / 2**20:6.1f} of it level"
            f"  {self.dead:7,} dead{held}"
        )


class Year:
    """An engine, a small crowd, and a clock that takes a year for so many ticks."""

    def __init__(self, server: Throwaway, ticks: int, hold: timedelta) -> None:
        self.server, self.ticks, self.hold = server, ticks, hold
        self.crowd = Crowd(SUBJECTS, FOLLOWERS, A_DAY, A_DAY)
        self.took: list[float] = []
        self._snapshot: tuple[Connection, float] | None = None
        self._was_held = False

    def live(self) -> Iterator[Part]:
        """The year, part by part."""
        with closing(database.connect(self.server.url())) as connection:
            database.create_database(connection, NAME)
        deploy_into(self.server.url(dbname=NAME), clocked=True)
        with closing(connect(self.server, NAME)) as owner, worker(self.server, NAME) as driver:
            start = self.crowd.world.start
            self._set_clock(owner, start)
            for subject_id in self.crowd.subject_ids:
                params = {"subject_id": str(subject_id)}
                database.call(owner, "root_enable", p_kind="segment_followers", p_params=params)
            self._work(driver, start)  # the first syncs are not what a year is made of
            self.took.clear()
            for number in range(self.ticks):
                now = start + YEAR * ((number + 1) / self.ticks)
                self.crowd.advance_to(now)
                self._set_clock(owner, now)
                self._hold_or_let_go(number)
                self._work(driver, now)
                if (number + 1) % (self.ticks // PARTS) == 0:
                    yield self._part(owner, now - start)

    def _work(self, driver: Connection, now: datetime) -> None:
        again = True
        while again:
            began = perf_counter()
            said = database.call(driver, "engine_tick", p_worker=WORKER, p_slots=100)
            self.took.append((perf_counter() - began) * 1000)
            for call in said["calls"]:
                status, headers, body = self.crowd.answer(now, call["path"], call["query"] or {})
                answer: dict[str, Any] = {"p_status": status, "p_headers": headers, "p_body": body}
                database.call(driver, "engine_response", p_call_id=call["call_id"], **answer)
            again = bool(said["calls"]) or said["again"]

    def _hold_or_let_go(self, number: int) -> None:
        """Open the snapshot at the middle of the year, and close it when it was held long enough."""
        if self._snapshot is None and not self._was_held and number * 2 >= self.ticks:
            reader = connect(self.server, NAME)
            reader.execute("begin isolation level repeatable read")
            reader.execute("select count(*) from ingest.due")
            self._snapshot, self._was_held = (reader, monotonic()), True
        elif self._snapshot and monotonic() - self._snapshot[1] > self.hold.total_seconds():
            self._snapshot[0].close()
            self._snapshot = None

    def _part(self, owner: Connection, age: timedelta) -> Part:
        sizes = owner.execute(_SIZES).fetchall()
        cut = quantiles(self.took, n=100)
        part = Part(
            day=age // DAY,
            ticks=len(self.took),
            median_ms=cut[49],
            p99_ms=cut[98],
            dead=sum(dead for _, _, dead in sizes),
            bytes=sum(size for _, size, _ in sizes),
            level_bytes=sum(size for table, size, _ in sizes if table in LEVEL),
            has_snapshot=self._snapshot is not None,
        )
        self.took.clear()
        return part

    @staticmethod
    def _set_clock(owner: Connection, now: datetime) -> None:
        database.call(owner, "set_now", schema="simulation", p_at=now)


def faults(parts: list[Part]) -> list[str]:
    """What did not endure."""
    first = parts[0]
    found = [
        f"on day {part.day} the slowest hundredth of the ticks took {part.p99_ms / first.p99_ms:.1f} times"
        " as long as at first"
        for part in parts
        if part.p99_ms > MOST_TIMES_THE_FIRST * first.p99_ms
    ]
    level = [part for part in parts if part.day >= LEVEL_FROM // DAY]
    if level and max(part.level_bytes for part in level) > LEVEL_WITHIN * level[0].level_bytes:
        found.append(f"what is cleared away still grew after day {level[0].day}")
    return found


def main(target: Path) -> int:
    """Live the year; 0 if it endured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ticks", type=int, default=1_000_000, help="of the year; a million unless given")
    parser.add_argument("--minutes", type=float, default=30, help="for which the snapshot is held")
    arguments = parser.parse_args()
    parts: list[Part] = []
    with durable_server("15") as server:
        for part in Year(server, arguments.ticks, timedelta(minutes=arguments.minutes)).live():
            parts.append(part)
            print(part.line(), flush=True)
    target.write_text(json.dumps([asdict(part) for part in parts], indent=1) + "\n", encoding="utf-8")
    draw.draw(target.with_name("results.json"))
    found = faults(parts)
    print("\n".join(found) or "it endured")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(Path(__file__).with_name("endure.json")))
