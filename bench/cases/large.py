"""Ten million follows and a hundred thousand assets: deploying, a tick, an upgrade, clearing away, a dump."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from app import database, migrate
from app.database import Connection
from app.resources import db_root
from bench import assets, scale
from bench.pairs import paired
from bench.result import Measure, Result
from bench.stage import BenchError, checkpoint, connect, drop_databases, value, worker
from throwaway import SUPERUSER, Throwaway

NAME = "large"
INSTANCES, FOLLOWS_EACH, SMALL = 100_000, 100, 100
WARM_UP, TICKS = 20, 200
OLD_RUNS = 20_000
GOAL = 2.0
NOTE = (
    "A tick's probes are as deep as the b-trees. An upgrade rewrites no table: a new column's default "
    "stands in the catalogue. Dump and restore take what the rows and their indexes do."
)
# As make change would draft it: a column with a default in the largest table, one more, an index, a function.
_UPGRADE = """
begin;
set local role rookery_owner;
alter table graph.follows add column weight integer not null default 1;
alter table asset.instances add column note text;
create index instances_note_idx on asset.instances (note) where note is not null;
create function base.version() returns integer language sql immutable as 'select 2';
commit;
"""
_LINE = "bench 2026-01-02T00:00:00Z Rookery <rookery@example.com> # Made up for the benchmark\n"


def run(server: Throwaway) -> Result:
    """An idle tick beside one in a small database; how long the rest takes is told."""
    small, large = "small", "large"
    deployed = _seconds(lambda: assets.fill_fresh(server, small, SMALL))
    instances = scale.scaled(INSTANCES)
    filled = _seconds(lambda: _fill(server, large, instances))
    try:
        with (
            worker(server, large) as ours,
            worker(server, small) as bare,
            closing(connect(server, large)) as owner,
        ):
            for driver in (ours, bare):
                _settle(driver)
            checkpoint(server)
            pair = paired(lambda _: _idle(ours), lambda _: _idle(bare), warm_up=WARM_UP, pages=TICKS)
            upgraded = _seconds(lambda: _upgrade(owner))
            cleared, slowest = _clear_away(owner, ours)
            follows = value(owner, "select count(*) from graph.follows")
            size = value(owner, "select pg_database_size(current_database())")
        dumped, restored = _dump(server, large)
    finally:
        drop_databases(server, small, large)
    return Result(
        name=NAME,
        comparisons=(
            pair.compared(
                f"an idle tick, {follows:,} follows and {instances:,} assets; bare: {SMALL} assets",
                "ms/tick",
                GOAL,
            ),
        ),
        measures=(
            Measure("the database", size / 2**20, "MiB"),
            Measure(f"deployed, and filled with {SMALL} assets", deployed, "s"),
            Measure("deployed, and filled with all", filled, "s"),
            Measure("an upgrade: two columns, an index, a function", upgraded, "s"),
            Measure(f"{scale.scaled(OLD_RUNS):,} old runs cleared away", cleared, "s"),
            Measure("the longest tick of them", slowest * 1000, "ms"),
            Measure("dumped, by two processes", dumped, "s"),
            Measure("restored, by two processes", restored, "s"),
        ),
        note=NOTE,
    )


def _fill(server: Throwaway, name: str, instances: int) -> None:
    """Fresh assets, whose subjects have many more followers than these are made of."""
    assets.fill_fresh(server, name, instances)
    with assets.filling(server, name) as owner:
        owner.execute("select bench.fill_more_follows(%s, %s)", [instances, FOLLOWS_EACH])


def _settle(driver: Connection) -> None:
    while assets.tick(driver)[1]["again"]:
        pass


def _idle(driver: Connection) -> float:
    seconds, said = assets.tick(driver, slots=10)
    if said["again"] or said["done"]["instances_looked_at"]:
        raise BenchError(f"a tick was not idle: {said}")
    return seconds


def _upgrade(owner: Connection) -> None:
    """Deploy the plan with one change more."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        shutil.copytree(db_root() / "db/migrations", root / "db/migrations")
        plan = (db_root() / "sqitch.plan").read_text(encoding="utf-8")
        (root / "sqitch.plan").write_text(plan.rstrip("\n") + "\n" + _LINE, encoding="utf-8")
        for kind, text in (
            ("deploy", _UPGRADE),
            ("revert", "begin;\ncommit;"),
            ("verify", "begin;\nselect base.version();\nrollback;"),
        ):
            (root / f"db/migrations/{kind}/bench.sql").write_text(text, encoding="utf-8")
        migrate.deploy(owner, root)


def _clear_away(owner: Connection, driver: Connection) -> tuple[float, float]:
    """Seconds until old runs with a call and a page each are gone, tick by tick, and those of the slowest."""
    owner.execute("select bench.fill_old_runs(%s)", [scale.scaled(OLD_RUNS)])
    spent, slowest, again = 0.0, 0.0, True
    while again:
        seconds, said = assets.tick(driver)
        spent, slowest, again = spent + seconds, max(slowest, seconds), said["again"]
    if value(owner, "select exists (select from ingest.pages)"):
        raise BenchError("receipts were left")
    return spent, slowest


def _dump(server: Throwaway, name: str) -> tuple[float, float]:
    """Seconds of pg_dump, and of pg_restore into a new database, by two processes each."""
    where = ["-h", server.host, "-p", str(server.port), "-U", SUPERUSER]

    def called(program: str, *arguments: str) -> None:
        subprocess.run([server.programs / program, *where, *arguments], check=True, capture_output=True)

    with tempfile.TemporaryDirectory() as folder:
        dump = f"{folder}/dump"
        dumped = _seconds(lambda: called("pg_dump", "-Fd", "-j2", "-f", dump, name))
        with closing(database.connect(server.url())) as connection:
            database.create_database(connection, "restored")
        try:
            restored = _seconds(lambda: called("pg_restore", "-j2", "-d", "restored", dump))
        finally:
            drop_databases(server, "restored")
    return dumped, restored


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
