"""Databases with a followers run that waits for its next page, and the one call that hands a page over."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

from app import database
from app.database import Connection
from bench.payload import SUBJECT_ID, subject_body
from throwaway import SUPERUSER, Throwaway, deploy_into

WORKER = "bench"
_HEADERS = {
    "content-type": "application/json; charset=utf-8",
    "x-rate-limit-limit": "1000000",
    "x-rate-limit-remaining": "999999",
}


class BenchError(Exception):
    """A benchmark did not measure what it says; the message tells why."""


def make_database(server: Throwaway, name: str) -> None:
    """A new database with the plan deployed and a subject whose first followers run has begun.

    Rate windows are opened wide: the bench sends in a minute what X allows in hours.
    """
    with closing(database.connect(server.url())) as connection:
        database.create_database(connection, name)
    deploy_into(server.url(dbname=name))
    with closing(connect(server, name)) as owner:
        owner.execute("update ingest.windows set limit_count = 1000000, remaining_count = 1000000")
        database.call(owner, "sync_request", p_sync_kind="followers", p_subject_id=SUBJECT_ID, p_mode="full")
        hand_over(owner, next_call(owner), subject_body())


def copy_database(server: Throwaway, source: str, name: str) -> None:
    """A copy, file by file. Nothing may be connected to `source`."""
    with closing(database.connect(server.url())) as connection:
        connection.execute(f"create database {name} template {source} strategy file_copy".encode())


def drop_databases(server: Throwaway, *names: str) -> None:
    """Drop them, whoever is connected."""
    with closing(database.connect(server.url())) as connection:
        for name in names:
            database.drop_database(connection, name)


def connect(server: Throwaway, name: str, role: str = SUPERUSER) -> Connection:
    """A connection to a database of the bench."""
    return database.connect(server.url(role, name))


@contextmanager
def worker(server: Throwaway, name: str) -> Iterator[Connection]:
    """A connection as the role that the driver has."""
    with closing(connect(server, name, "rookery_worker")) as connection:
        yield connection


def next_call(connection: Connection) -> int:
    """The call that the engine wants to be made now. Raises BenchError if it is not exactly one."""
    calls: list[dict[str, Any]] = []
    again = True
    while again and not calls:
        ticked = database.call(connection, "engine_tick", p_worker=WORKER, p_slots=1)
        calls, again = ticked["calls"], ticked["again"]
    if len(calls) != 1:
        raise BenchError(f"the engine asked for {len(calls)} calls, where the bench expects one: {ticked}")
    return int(calls[0]["call_id"])


def hand_over(connection: Connection, call_id: int, body: str) -> float:
    """Answer a call with a page; seconds as the client sees them. BenchError unless it became a page."""
    start = time.perf_counter()
    said = database.call(
        connection, "engine_response", p_call_id=call_id, p_status=200, p_headers=_HEADERS, p_body=body
    )
    seconds = time.perf_counter() - start
    if said["class"] != "page" or not said["recorded"] or said["rejected"]:
        raise BenchError(f"a page was not stored whole: {said}")
    return seconds


def checkpoint(server: Throwaway) -> None:
    """A checkpoint now, so that none falls into what is measured."""
    with closing(database.connect(server.url())) as connection:
        connection.execute("checkpoint")


def value(connection: Connection, statement: str) -> Any:
    """The first column of the first row."""
    row = connection.execute(statement.encode()).fetchone()
    return None if row is None else row[0]
