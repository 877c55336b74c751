"""A large segment exported whole, against one bare COPY of the bare query; what both sides hold meanwhile."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from app.database import Connection
from bench import assets, scale
from bench.result import Comparison, Measure, Result
from bench.stage import BenchError, connect, drop_databases, value
from throwaway import Throwaway

NAME = "export"
MEMBERS, REVISIONS, EVENTS = 10_000_000, 20, 1_000
# Most of it is the clock that turns each time into ISO 8601, and the apostrophe; see the note for the rest.
GOAL = 3.0
# The client is Python with what it imports; a server process beside that holds one page.
MOST_CLIENT_MIB, MOST_SERVER_MIB = 200, 100
CSV, PARQUET = "CSV", "Parquet"
NOTE = (
    "One server process that turns each time into ISO 8601 and each id into text that no spreadsheet "
    "rounds; the client writes what comes. Parquet is made by the client."
)
_DATABASE = "exported"
_BARE = (
    "copy (select item_id, entered_at from asset.members where item_kind = 'user'"
    " and instance_id = {instance} and left_at is null order by item_id) to stdout (format csv)"
)
_BARE_CLIENT = """
import sys, psycopg
with psycopg.connect(sys.argv[1]) as connection, open(sys.argv[3], "wb") as sink:
    with connection.cursor().copy(sys.argv[2]) as rows:
        for row in rows:
            sink.write(row)
"""
_EVERY_SECONDS = 0.02


@dataclass
class Cost:
    """How long an export took, and the most that client and server process held, in MiB."""

    seconds: float = 0.0
    client_mib: float = 0.0
    server_mib: float = 0.0


def run(server: Throwaway) -> Result:
    """The members of now as CSV have the goal; the other formats and lists are told."""
    members = scale.scaled(MEMBERS)
    assets.make_database(server, _DATABASE)
    with assets.filling(server, _DATABASE) as owner:
        instance = value(owner, f"select bench.fill_history({members}, {REVISIONS}, {EVENTS})")
    try:
        with closing(connect(server, _DATABASE)) as owner, tempfile.TemporaryDirectory() as folder:
            first = value(owner, "select min(materialization_id) from asset.materializations")
            left = value(owner, "select member_count from asset.instances")
            place = Path(folder)
            bare = _bare(server, owner, instance, place)
            asked = {
                CSV: ["members", str(instance), "-o", str(place / "m.csv")],
                "as of the first, CSV": [
                    "members",
                    str(instance),
                    "--as-of",
                    str(first),
                    "-o",
                    str(place / "a.csv"),
                ],
                "NDJSON": ["members", str(instance), "-o", str(place / "m.ndjson")],
                PARQUET: ["members", str(instance), "-o", str(place / "m.parquet")],
                "CSV with profiles": ["members", str(instance), "--profiles", "-o", str(place / "p.csv")],
                "their events, CSV": ["events", str(instance), "-o", str(place / "e.csv")],
            }
            found = {name: _ours(server, owner, arguments) for name, arguments in asked.items()}
            _check(place, members, left)
    finally:
        drop_databases(server, _DATABASE)
    return Result(
        name=NAME,
        comparisons=[
            Comparison(
                f"{members:,} members, {name}",
                "s",
                [cost.seconds],
                [bare.seconds],
                GOAL if name == CSV else None,
            )
            for name, cost in found.items()
        ],
        measures=[line for name, cost in found.items() for line in _held(name, cost)]
        + [
            Measure("a client held, bare", bare.client_mib, "MiB"),
            Measure("the server process held, bare", bare.server_mib, "MiB"),
        ],
        note=NOTE,
    )


def _held(name: str, cost: Cost) -> tuple[Measure, Measure]:
    most = MOST_CLIENT_MIB * (2 if name == PARQUET else 1)
    return (
        Measure(f"a client held, {name}", cost.client_mib, "MiB", most),
        Measure(f"the server process held, {name}", cost.server_mib, "MiB", MOST_SERVER_MIB),
    )


def _bare(server: Throwaway, owner: Connection, instance: int, place: Path) -> Cost:
    statement = _BARE.format(instance=instance)
    url = server.url("postgres", _DATABASE)
    command = [
        sys.executable,
        "-c",
        _BARE_CLIENT,
        url + "&application_name=rookery",
        statement,
        str(place / "b.csv"),
    ]
    return _measure(owner, command, dict(os.environ))


def _ours(server: Throwaway, owner: Connection, arguments: list[str]) -> Cost:
    environment = os.environ | {
        "DATABASE_URL": server.url("rookery_worker", _DATABASE),
        "ROOKERY_OPERATOR_URL": server.url("rookery_operator", _DATABASE),
    }
    return _measure(owner, [sys.executable, "-m", "app", "segment", *arguments], environment)


def _measure(owner: Connection, command: list[str], environment: dict[str, str]) -> Cost:
    cost = Cost()
    start = time.perf_counter()
    ended = threading.Event()
    with subprocess.Popen(command, env=environment) as process:
        watcher = threading.Thread(target=_watch, args=(owner, process.pid, cost, ended))
        watcher.start()
        status = process.wait()
        cost.seconds = time.perf_counter() - start
        ended.set()
        watcher.join()
    if status != 0:
        raise BenchError(f"an export ended with status {status}")
    return cost


def _watch(owner: Connection, client: int, cost: Cost, ended: threading.Event) -> None:
    """The most that either holds; of the server process what it does not share with the others."""
    while not ended.wait(_EVERY_SECONDS):
        backend = value(
            owner,
            "select pid from pg_stat_activity where application_name = 'rookery' and pid <> pg_backend_pid()",
        )
        cost.client_mib = max(cost.client_mib, _mib(client, "VmRSS:"))
        if backend is not None:
            cost.server_mib = max(cost.server_mib, _mib(backend, "RssAnon:"))


def _mib(pid: int, what: str) -> float:
    try:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:  # it has just ended
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith(what)), 0.0)


def _check(place: Path, first: int, now: int) -> None:
    """Each file holds as many rows as it must."""
    for name, expected in (("m.csv", now + 1), ("a.csv", first + 1), ("m.ndjson", now), ("b.csv", now)):
        with (place / name).open("rb") as file:
            found = sum(block.count(b"\n") for block in iter(lambda: file.read(1 << 20), b""))
        if found != expected:
            raise BenchError(f"{name} has {found} lines in place of {expected}")
