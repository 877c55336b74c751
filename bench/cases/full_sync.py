"""A full sync of a long list by a real worker, against what storing its pages takes by itself."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import mean
from typing import Any

from app.database import Connection
from bench import assets, filling, scale
from bench.memory import MIB
from bench.pages_server import pages_server
from bench.payload import PAGE_SIZE, followers_page
from bench.result import Comparison, Measure, Result
from bench.stage import (
    WORKER,
    BenchError,
    checkpoint,
    connect,
    drop_databases,
    hand_over,
    make_database,
    next_call,
    value,
    worker,
)
from throwaway import Throwaway

NAME = "full_sync"
FOLLOWERS, SHORT_LIST, MILLION = 100_000, 10_000, 1_000_000
GOAL, GOAL_MILLION, GOAL_MEMORY = 1 / 0.6, 1.3, 1.1
NOTE = (
    "A page's cursor comes with the page before, so none is asked for while one is stored: what is not "
    "storing is a tick, the HTTP, and the worker's Python."
)
_LONGEST_SECONDS = 1_800.0
_STARTED = f"select worker from engine.workers where worker <> '{WORKER}'"
_SYNC = """
select extract(epoch from r.completed_at - min(c.claimed_at))::float8
from ingest.runs as r join ingest.calls as c using (run_id)
where r.sync_kind = 'followers' and r.status = 'success'
group by r.run_id
"""


@dataclass(frozen=True, slots=True)
class Sync:
    """Milliseconds a page, and the worker's memory in MiB: once it had started, and at its most."""

    per_page: float
    at_start: float
    at_most: float

    @property
    def followers(self) -> float:
        """Followers a second."""
        return 1000 * PAGE_SIZE / self.per_page


def run(server: Throwaway) -> Result:
    """The long list into an empty database, and into one of many users; and a short one, for the memory."""
    long_list, short_list = (scale.scaled(each // PAGE_SIZE, least=3) for each in (FOLLOWERS, SHORT_LIST))
    users = scale.scaled(MILLION)
    bare = _bare(server, long_list)
    short = _sync(server, short_list)
    empty = _sync(server, long_list)
    million = _sync(server, long_list, users)
    return Result(
        name=NAME,
        comparisons=(
            Comparison(
                f"{long_list} pages by a worker; bare: through engine_response only",
                "ms/page",
                [empty.per_page],
                [bare],
                GOAL,
            ),
            Comparison(
                f"into {users:,} users; bare: into an empty database",
                "ms/page",
                [million.per_page],
                [empty.per_page],
                GOAL_MILLION,
            ),
            Comparison(
                f"the worker's memory over {long_list} pages; bare: over {short_list}",
                "MiB",
                [empty.at_most],
                [short.at_most],
                GOAL_MEMORY,
            ),
        ),
        measures=(
            Measure("from empty", empty.followers, "followers/s"),
            Measure(f"into {users:,} users", million.followers, "followers/s"),
            Measure("the worker's memory when it has started", empty.at_start, "MiB"),
        ),
        note=NOTE,
    )


def _bare(server: Throwaway, pages: int) -> float:
    make_database(server, "alone")
    try:
        checkpoint(server)
        with worker(server, "alone") as driver:
            return 1000 * mean(
                hand_over(driver, next_call(driver), followers_page(page_no, last=page_no == pages))
                for page_no in range(1, pages + 1)
            )
    finally:
        drop_databases(server, "alone")


def _sync(server: Throwaway, pages: int, users: int = 0) -> Sync:
    make_database(server, "synced")
    try:
        with closing(connect(server, "synced")) as owner, pages_server(pages) as url:
            if users:
                filling.fill(owner, users)
                _read_the_log(server)
            checkpoint(server)
            with _worker_process(server.url("rookery_worker", "synced"), url) as process:
                _until(owner, process, _STARTED)
                at_start = _memory(process, "VmRSS")
                seconds = float(_until(owner, process, _SYNC))
                at_most = _memory(process, "VmHWM")
            stored = value(owner, "select count(*) from graph.follow_changes") - max(users - 1, 0)
        if stored != pages * PAGE_SIZE:
            raise BenchError(f"{stored} follows were stored of {pages * PAGE_SIZE}")
    finally:
        drop_databases(server, "synced")
    return Sync(1000 * seconds / pages, at_start, at_most)


def _read_the_log(server: Throwaway) -> None:
    """Those who were there before are no news to the planner."""
    with worker(server, "synced") as driver:
        again = True
        while again:
            again = bool(assets.tick(driver)[1]["again"])


def _until(owner: Connection, process: subprocess.Popen[bytes], statement: str) -> Any:
    """What a statement says as soon as it says something."""
    give_up_at = time.monotonic() + _LONGEST_SECONDS
    while (found := value(owner, statement)) is None:
        if process.poll() is not None or time.monotonic() > give_up_at:
            raise BenchError("the worker did not finish the sync")
        time.sleep(0.05)
    return found


@contextmanager
def _worker_process(database_url: str, x_url: str) -> Iterator[subprocess.Popen[bytes]]:
    settings = {
        "DATABASE_URL": database_url,
        "ROOKERY_MIGRATE": "0",
        "X_API_BASE_URL": x_url,
        "X_BEARER_TOKEN": "bench",
    }
    with subprocess.Popen(
        [sys.executable, "-m", "app", "worker"],
        env=os.environ | settings,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            yield process
        finally:
            process.terminate()


def _memory(process: subprocess.Popen[bytes], name: str) -> float:
    status = Path(f"/proc/{process.pid}/status")
    if not status.exists():
        raise BenchError("memory is measured on Linux")
    for line in status.read_text(encoding="ascii", errors="replace").splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) / MIB
    raise BenchError("the worker is gone")
