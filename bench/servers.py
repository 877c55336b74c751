"""A throwaway server that is set up as one would be in production: what is committed is on the disk."""

from __future__ import annotations

import os
import shlex
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from app import database
from throwaway import PORT, Throwaway, ThrowawayError, server

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
    with server(version) as started:
        with closing(database.connect(started.url())) as connection:
            row = connection.execute("show data_directory").fetchone()
        assert row is not None
        _restart(started, Path(row[0]))
        yield started


def _restart(started: Throwaway, data: Path) -> None:
    """Start anew with our settings: those of tests came on the command line, which no other way overrules."""
    settings = SETTINGS | {"unix_socket_directories": started.host}
    options = " ".join(f"-c {name}={shlex.quote(value)}" for name, value in settings.items())
    owner = data.stat()
    as_other = os.geteuid() != owner.st_uid
    with tempfile.TemporaryFile() as output:
        finished = subprocess.run(
            [
                *(str(started.programs / "pg_ctl"), "-D", str(data), "-w", "-l", str(data / "server.log")),
                *("-o", f"-p {PORT} {options}", "restart"),
            ],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd="/",
            env={"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C"},
            user=owner.st_uid if as_other else None,
            group=owner.st_gid if as_other else None,
            extra_groups=[] if as_other else None,
            check=False,
        )
        output.seek(0)
        if finished.returncode != 0:
            raise ThrowawayError(f"pg_ctl restart failed: {output.read().decode(errors='replace').strip()}")
