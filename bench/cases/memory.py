"""What a server process takes for itself in the other cases, against the bare inserts of as many rows."""

from __future__ import annotations

from contextlib import closing

from bench import assets, scale
from bench.cases.first_materialization import BARE
from bench.memory import peak_of
from bench.result import Comparison, Measure, Plot, Result
from bench.stage import connect, drop_databases, value, worker
from throwaway import Throwaway

NAME = "memory"
MEMBERS, AUTHORS = 1_000_000, 200_000
KINDS = "segment_followers", "segment_followed", "segment_mutuals"
# The triggers of the foreign key are queued in memory, on either side; each sort or hash stays in work_mem,
# which is small here, so that whatever grows with a membership stands out. (What becomes a need is hashed in
# two of them, and held in one each as a need, as a new row, and twice while it is cut into pieces.)
WORK_MEM = "4MB"
GOAL, MOST_WORK_MEMS = 1.5, 8
NOTE = (
    "The queue of the foreign key's triggers, which grows with the rows, on both sides alike. Sorts and "
    "hashes stay in work_mem."
)
_DATABASE, _CORPUS_DATABASE, _SMALLER_DATABASE = "watched", "written", "smaller"


def run(server: Throwaway) -> Result:
    """The first materialization of the followers, against the bare inserts and one work_mem."""
    members = scale.scaled(MEMBERS)
    assets.make_database(server, _DATABASE)
    assets.fill_lists(server, _DATABASE, ("followers", "following"), members)
    assets.make_database(server, _CORPUS_DATABASE)
    assets.fill_lists(server, _CORPUS_DATABASE, ("followers",), scale.scaled(AUTHORS))
    for database in _DATABASE, _CORPUS_DATABASE:
        with closing(connect(server, database)) as owner:
            owner.execute(f"alter database {database} set work_mem = '{WORK_MEM}'".encode())
    try:
        bare = _bare(server, _DATABASE)
        found = _firsts(server)
        found["ten toggles"] = _delta(server)
        found["as of"] = _as_of(server)
        found |= _corpus(server)
        with closing(connect(server, _DATABASE)) as owner:
            work_mem = int(value(owner, "select pg_size_bytes(current_setting('work_mem'))")) / 1024**2
    finally:
        drop_databases(server, _DATABASE, _CORPUS_DATABASE)
    most = bare + MOST_WORK_MEMS * work_mem
    first = found[KINDS[0]]
    over = [*(_smaller(server, members // part) for part in (100, 10)), (members, first, bare)]
    lines = {
        "ours": [(float(size), ours) for size, ours, _ in over],
        "bare inserts": [(float(size), inserts) for size, _, inserts in over],
    }
    label = f"{KINDS[0]} of {members:,}; bare: the inserts and one work_mem of {work_mem:.0f} MiB"
    return Result(
        name=NAME,
        comparisons=(Comparison(label, "MiB", [first], [bare + work_mem], GOAL),),
        measures=[Measure(f"at its most, {name}", mib, "MiB", most) for name, mib in found.items()],
        plots=(Plot("The first materialization's peak, by size", "members", "MiB", lines, by_powers=True),),
        note=NOTE,
    )


def _smaller(server: Throwaway, members: int) -> tuple[int, float, float]:
    """A size, and the peaks at it: of a first materialization, and of the bare inserts."""
    assets.make_database(server, _SMALLER_DATABASE)
    try:
        assets.fill_lists(server, _SMALLER_DATABASE, ("followers",), members)
        with closing(connect(server, _SMALLER_DATABASE)) as owner:
            owner.execute(f"alter database {_SMALLER_DATABASE} set work_mem = '{WORK_MEM}'".encode())
        bare = _bare(server, _SMALLER_DATABASE)
        return members, _first(server, _SMALLER_DATABASE, KINDS[0]), bare
    finally:
        drop_databases(server, _SMALLER_DATABASE)


def _bare(server: Throwaway, name: str) -> float:
    """The same rows by INSERT … SELECT, rolled back."""
    with (
        closing(connect(server, name)) as owner,
        peak_of(owner) as peak,
        owner.transaction(force_rollback=True),
    ):
        for statement in BARE:
            owner.execute(statement.encode(), [assets.SUBJECT_ID])
    return peak.mib


def _firsts(server: Throwaway) -> dict[str, float]:
    found = {kind: _first(server, _DATABASE, kind) for kind in KINDS}
    with closing(connect(server, _DATABASE)) as owner:
        assets.vacuum(owner)
    return found


def _first(server: Throwaway, name: str, kind: str) -> float:
    with closing(connect(server, name)) as owner:
        assets.enable(owner, kind)
        with worker(server, name) as driver, peak_of(driver) as peak:
            assets.tick_until_materialized(driver, owner)
    return peak.mib


def _delta(server: Throwaway) -> float:
    with (
        closing(connect(server, _DATABASE)) as owner,
        worker(server, _DATABASE) as driver,
        peak_of(driver) as peak,
    ):
        for round_no in range(1, 4):
            assets.toggle(owner, round_no)
            assets.tick_until_materialized(driver, owner)
    return peak.mib


def _corpus(server: Throwaway) -> dict[str, float]:
    """The posts of many users are needed, within another window, and needed no more."""
    found: dict[str, float] = {}
    with closing(connect(server, _CORPUS_DATABASE)) as owner, worker(server, _CORPUS_DATABASE) as driver:
        assets.enable(owner, KINDS[0])
        assets.tick_until_materialized(driver, owner)
        assets.vacuum(owner)
        assets.enable_corpus(owner, KINDS[0])
        with peak_of(driver) as peak:
            while not value(owner, "select exists (select from ingest.needs where sync_kind = 'posts')"):
                assets.tick(driver)
        found["a corpus"] = peak.mib
    with closing(connect(server, _CORPUS_DATABASE)) as owner, peak_of(owner) as peak:
        assets.enable_corpus(owner, KINDS[0], "1 hour")
    found["its window"] = peak.mib
    with closing(connect(server, _CORPUS_DATABASE)) as owner, peak_of(owner) as peak:
        assets.disable_corpus(owner, KINDS[0])
    found["its end"] = peak.mib
    return found


def _as_of(server: Throwaway) -> float:
    """Inside; at the api edge a function's rows are held in work_mem, then on the disk."""
    with closing(connect(server, _DATABASE)) as owner, peak_of(owner) as peak:
        owner.execute(
            "select count(m.item_id) from asset.instances as i cross join lateral"
            " (select min(materialization_id) as first_id from asset.materializations"
            "  where instance_id = i.instance_id) as f"
            " cross join lateral api.members_as_of(i.instance_id, f.first_id) as m"
        )
    return peak.mib
