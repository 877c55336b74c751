"""Webhook events at two thousand a second while a worker ticks: how long a sender waits for the answer."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from app.database import Connection
from bench import scale
from bench.pages_server import pages_server
from bench.result import Result
from bench.senders import send
from bench.stage import BenchError, checkpoint, connect, drop_databases, make_database, value
from throwaway import Throwaway

NAME = "webhook"
EVENTS, WARM_UP, PER_SECOND = 60_000, 2_000, 2_000
LONGEST_MS = 50.0
TARGET, FIRST_FOLLOWER = 783214, 10**15
PAGES = 200
_TOKEN = "bench"


def run(server: Throwaway) -> Result:
    """`ours` is the time within which 99 of 100 events were answered, by when each was to be sent; `bare`
    is the longest that it may be.
    """
    events = scale.scaled(EVENTS, least=PER_SECOND)
    make_database(server, "webhooks")
    try:
        with (
            closing(connect(server, "webhooks")) as owner,
            pages_server(PAGES) as x_url,
            _process("worker", X_API_BASE_URL=x_url, DATABASE_URL=server.url("rookery_worker", "webhooks")),
            _web(server.url("rookery_web", "webhooks")) as port,
        ):
            checkpoint(server)
            send(port, "/webhooks/new-follower", _TOKEN, _bodies(0, WARM_UP), PER_SECOND / 2)
            ticks = _ticks(owner)
            sent = send(port, "/webhooks/new-follower", _TOKEN, _bodies(WARM_UP, events), PER_SECOND)
            ticked = _ticks(owner) - ticks
            stored = value(owner, "select count(*) from api.webhook_events")
    finally:
        drop_databases(server, "webhooks")
    if stored != WARM_UP + events - sent.refused:
        raise BenchError(f"{stored} events were stored of {WARM_UP + events}, {sent.refused} were refused")
    return Result(
        name=NAME,
        ours=sent.at(0.99),
        bare=LONGEST_MS,
        unit="ms",
        goal=1.0,
        ok=sent.at(0.99) < LONGEST_MS and not sent.refused and ticked > 0,
        note=f"{events} events at {PER_SECOND}/s, {sent.refused} refused, half answered within"
        f" {sent.at(0.5):.1f} ms, the slowest after {sent.at(1):.0f}; {ticked} ticks meanwhile{scale.said()}",
    )


def _bodies(start: int, count: int) -> list[bytes]:
    """Followers, each another one, of somebody who is followed by thousands a minute."""
    return [
        json.dumps(
            {"event_uuid": str(number), "follower": str(FIRST_FOLLOWER + number), "target": str(TARGET)}
        ).encode()
        for number in range(start, start + count)
    ]


def _ticks(owner: Connection) -> int:
    return int(value(owner, "select value from api.metrics() where metric = 'ticks_total'"))


@contextmanager
def _web(database_url: str) -> Iterator[int]:
    """A web process; gives its port."""
    with (
        tempfile.NamedTemporaryFile() as log,
        _process("web", "--port", "0", log=log.fileno(), ROOKERY_WEB_URL=database_url) as process,
    ):
        while "serving" not in (said := Path(log.name).read_text(encoding="utf-8")):
            if process.poll() is not None:
                raise BenchError(f"the web process does not start: {said}")
            time.sleep(0.05)
        yield int(json.loads(said.splitlines()[0])["port"])


@contextmanager
def _process(
    command: str, *arguments: str, log: int = subprocess.DEVNULL, **environment: str
) -> Iterator[subprocess.Popen[bytes]]:
    fixed = {"ROOKERY_MIGRATE": "0", "X_BEARER_TOKEN": "bench", "ROOKERY_WEBHOOK_TOKEN": _TOKEN}
    with subprocess.Popen(
        [sys.executable, "-m", "app", command, *arguments],
        env=os.environ | fixed | environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=log,
    ) as process:
        try:
            yield process
        finally:
            process.terminate()
