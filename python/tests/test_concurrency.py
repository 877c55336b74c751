"""Eight workers on one database at once: nothing happens twice, nobody waits for ever, and it ends true."""

from __future__ import annotations

import json
import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from typing import Any

from app import database as db
from app.errors import TryAgain
from conftest import Database

WORKERS = 8
SUBJECTS = range(1000, 1006)
USERS = range(2000, 2300)
PAGE = 60

# A8, A15: one line of revisions for each instance, each written once, in the order of materializations.
BROKEN_REVISIONS = """
    select instance_id, materialization_id
    from (
      select *,
        lag(output_revision, 1, 0::bigint) over w + (enter_count + exit_count > 0)::int as revision,
        lag(member_count, 1, 0::bigint) over w + enter_count - exit_count as members
      from asset.materializations
      window w as (partition by instance_id order by materialization_id)
    ) as m
    where status <> 'success' or output_revision <> revision or member_count <> members
"""


class SmallX:
    """Who follows whom, in pages; a lock because the world changes while it is read."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.lock = threading.Lock()
        self.lists = {
            (kind, subject): self.random.sample(USERS, 100)
            for kind in ("followers", "following")
            for subject in SUBJECTS
        }

    def change(self) -> None:
        """New ones come in front, others go."""
        with self.lock:
            for key, ids in self.lists.items():
                gone = set(self.random.sample(ids, 10))
                new = [u for u in self.random.sample(USERS, 20) if u not in ids]
                self.lists[key] = new + [u for u in ids if u not in gone]

    def answer(self, path: str, query: dict[str, str]) -> str:
        if path == "/2/users":
            return json.dumps({"data": [_user(int(i)) for i in query["ids"].split(",")]})
        _, _, _, subject, kind = path.split("/")
        with self.lock:
            ids = list(self.lists[kind, int(subject)])
        start = int(query.get("pagination_token", "0"))
        page = ids[start : start + PAGE]
        meta: dict[str, Any] = {"result_count": len(page)}
        if start + PAGE < len(ids):
            meta["next_token"] = f"{start + PAGE:016d}"
        return json.dumps({"data": [_user(i) for i in page], "meta": meta})

    def truth(self, subject: int) -> dict[str, set[int]]:
        followers, followed = set(self.lists["followers", subject]), set(self.lists["following", subject])
        return {
            "segment_followers": followers,
            "segment_followed": followed,
            "segment_mutuals": followers & followed,
            "segment_unreciprocated_followed": followed - followers,
        }


def _user(user_id: int) -> dict[str, str]:
    return {"id": str(user_id), "username": f"u{user_id}", "name": f"User {user_id}"}


def _is_idle(tick: dict[str, Any]) -> bool:
    """A worker that found another one planning is told to come back soon: it is not done."""
    now, next_at = (datetime.fromisoformat(tick[name]) for name in ("now", "next_at"))
    return not tick["calls"] and not tick["again"] and next_at - now > timedelta(seconds=5)


def _work(url: str, name: str, x: SmallX, until: threading.Event, faults: list[Exception]) -> None:
    """The driver's dozen lines, without waiting: tick, answer, tick. A deadlock is a fault."""
    try:
        with db.connect(url) as connection:
            while True:
                tick = db.call(connection, "engine_tick", p_worker=name, p_slots=3)
                for call in tick["calls"]:
                    answer = {"p_call_id": call["call_id"], "p_status": 200, "p_headers": {}}
                    body = x.answer(call["path"], call["query"])
                    db.call(connection, "engine_response", **answer, p_body=body)
                if until.is_set() and _is_idle(tick):
                    return
    except Exception as fault:
        faults.append(fault)


@contextmanager
def _workers(database: Database, x: SmallX) -> Iterator[list[Exception]]:
    """Eight workers for the length of the block, and until nothing is left to do; their faults."""
    until, faults = threading.Event(), list[Exception]()
    url = database.url("rookery_worker")
    threads = [
        threading.Thread(target=_work, args=(url, f"w{n}", x, until, faults), daemon=True)
        for n in range(WORKERS)
    ]
    for thread in threads:
        thread.start()
    yield faults
    until.set()
    for thread in threads:
        thread.join(60)
    assert not any(thread.is_alive() for thread in threads)


def _ask_for_everything(operator: db.Connection) -> None:
    for subject in SUBJECTS:
        for kind in ("followers", "following"):
            with suppress(TryAgain):  # it met a run that was just ending: the next round asks again
                request: dict[str, Any] = {"p_sync_kind": kind, "p_subject_id": subject, "p_mode": "full"}
                db.call(operator, "sync_request", **request)


def _wait_for_runs(owner: db.Connection, faults: list[Exception]) -> None:
    while not faults and owner.execute("select 1 from ingest.runs where status = 'in_progress'").fetchone():
        pass


def test_eight_workers_at_once_do_everything_once(database: Database) -> None:
    x = SmallX(7)
    with database.connect("rookery_operator") as operator, database.connect() as owner:
        for subject in SUBJECTS:
            for kind in ("segment_mutuals", "segment_unreciprocated_followed"):
                db.call(operator, "root_enable", p_kind=kind, p_params={"subject_id": str(subject)})
        with _workers(database, x) as faults:
            for _ in range(5):
                x.change()
                _ask_for_everything(operator)
                _wait_for_runs(owner, faults)
            _ask_for_everything(operator)
            _wait_for_runs(owner, faults)
        assert not faults
        assert not owner.execute(BROKEN_REVISIONS).fetchall()
        for subject in SUBJECTS:
            for kind, truth in x.truth(subject).items():
                instance = db.call(
                    operator, "instance_id", p_kind=kind, p_params={"subject_id": str(subject)}
                )
                members = {row["item_id"] for row in db.call(operator, "members", p_instance_id=instance)}
                assert members == truth, (kind, subject)
