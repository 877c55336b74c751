"""A throwaway server that is set up as one would be in production: what is committed is on the disk."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from throwaway import Throwaway, server

# Autovacuum stays as it is by itself: on. (Named here, a case could not turn it off.)
SETTINGS = {
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "shared_buffers": "1GB",
    "work_mem": "32MB",
    "maintenance_work_mem": "256MB",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "30min",
    "jit": "off",
    "listen_addresses": "",
    "timezone": "UTC",
}


@contextmanager
def durable_server(version: str) -> Iterator[Throwaway]:
    """A new server of that major version with `SETTINGS`, gone after the block."""
    # Those of tests came on the command line, which no other way overrules.
    with server(version) as started:
        started.stop()
        started.start(SETTINGS)
        yield started
