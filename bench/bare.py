"""The other side of a comparison: the same rows, typed already, by INSERT … SELECT into the same tables."""

from __future__ import annotations

import time
from pathlib import Path

from app.database import Connection
from bench.payload import SUBJECT_ID

_SETUP = Path(__file__).with_name("bare.sql")

_STAGE_PROFILES = """
insert into bare.profiles
select %s, r.run_id, p.*
from unnest(ingest.x_v2_profiles(%s::jsonb -> 'data')) as p
cross join (select max(run_id) as run_id from ingest.runs where sync_kind = 'followers') as r
"""
_STAGE_RECEIPT = """
insert into bare.receipts
  (run_id, page_no, call_id, item_ids, next_token, changed_count, position, received_at)
select min(run_id), %s, %s, array_agg(user_id), %s, count(*), 0, now()
from bare.profiles where page_no = %s
"""


def prepare(connection: Connection) -> None:
    """Make the tables that hold pages before they are stored, and the function that stores one."""
    connection.execute(_SETUP.read_text(encoding="utf-8").replace("{subject}", str(SUBJECT_ID)).encode())


def stage(connection: Connection, page_no: int, body: str) -> None:
    """Hold a page ready; not part of what is measured."""
    connection.execute(_STAGE_PROFILES, [page_no, body])
    connection.execute(_STAGE_RECEIPT, [page_no, page_no, f"token of page {page_no} {'x' * 20}", page_no])


def store(connection: Connection, page_no: int) -> float:
    """Store a page that was staged; seconds from the client's side."""
    start = time.perf_counter()
    connection.execute("select bare.store_page(%s)", [page_no])
    return time.perf_counter() - start
