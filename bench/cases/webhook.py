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

from app.database import Connection, call
from bench import scale
from bench.pages_server import pages_server
from bench.pairs import Pair, paired
from bench.result import Measure, Plot, Result
from bench.senders import send
from bench.stage import BenchError, checkpoint, connect, drop_databases, make_database, value
from throwaway import Throwaway

NAME = "webhook"
EVENTS, WARM_UP, PER_SECOND = 60_000, 2_000, 2_000
LONGEST_MS = 50.0
TARGET, FIRST_FOLLOWER = 783214, 10**15
PAGES = 200
NOTE = (
    "The commit: what arrives while one is under way is stored by the next, all of it in one statement, "
    "beside a worker that stores pages."
)
WARM_UP_ALONE, ALONE = 20, 200
_ALONE_FROM = 10**9
_SHARES = (0.01, 0.05, *(n / 10 for n in range(1, 10)), 0.95, 0.98, 0.99, 0.995, 0.999, 1)
_TOKEN = "bench"
_BARE_TABLES = (
    "create table bare_events (like ingest.webhook_events including all)",
    "create table bare_keys (like ingest.event_keys including all)",
)
_BARE = b"""
with keyed as (
  insert into bare_keys (event_key, event_id) values (%(key)s, nextval('ingest.event_ids')) returning *
)
insert into bare_events (event_id, source, event_key, payload, received_at, happened_at)
select event_id, 'new_follower', event_key, %(body)s::jsonb, now(), now() from keyed
"""


def run(server: Throwaway) -> Result:
    """Times are by when an event was to be sent; storing one by itself is compared with a bare insert."""
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
        pair = _alone(server)
    finally:
        drop_databases(server, "webhooks")
    if stored != WARM_UP + events - sent.refused:
        raise BenchError(f"{stored} events were stored of {WARM_UP + events}, {sent.refused} were refused")
    if not ticked:
        raise BenchError("the worker did not tick while events were sent")
    shares = {"ours": [(100 * share, sent.at(share)) for share in _SHARES]}
    return Result(
        name=NAME,
        comparisons=(pair.compared("one event stored; bare: INSERT of what is stored", "ms", None),),
        measures=(
            Measure(
                f"99 of 100 answered within, {events:,} events at {PER_SECOND:,}/s",
                sent.at(0.99),
                "ms",
                LONGEST_MS,
            ),
            Measure("refused", sent.refused, "events", 0),
            Measure("half answered within", sent.at(0.5), "ms"),
            Measure("the slowest answered after", sent.at(1), "ms"),
            Measure("ticks meanwhile", ticked, "ticks"),
        ),
        plots=(Plot("How long a sender waits", "percent of the events", "ms", shares),),
        note=NOTE,
    )


def _alone(server: Throwaway) -> Pair:
    """One event at a time, while nobody else does anything."""
    with (
        closing(connect(server, "webhooks", "rookery_web")) as web,
        closing(connect(server, "webhooks")) as owner,
    ):
        for statement in _BARE_TABLES:
            owner.execute(statement.encode())
        return paired(
            lambda number: _receive(web, number),
            lambda number: _insert(owner, number),
            warm_up=WARM_UP_ALONE,
            pages=ALONE,
        )


def _receive(web: Connection, number: int) -> float:
    body = _bodies(_ALONE_FROM + number, 1)[0].decode()
    start = time.perf_counter()
    call(web, "webhook_receive", p_events=[{"source": "new_follower", "body": body}])
    return time.perf_counter() - start


def _insert(owner: Connection, number: int) -> float:
    body = _bodies(_ALONE_FROM + number, 1)[0].decode()
    start = time.perf_counter()
    owner.execute(_BARE, {"key": f"bare {number}", "body": body})
    return time.perf_counter() - start


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
