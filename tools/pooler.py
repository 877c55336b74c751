"""PgBouncer for tests: pools by transaction before a throwaway server, gone after the block."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import psycopg

from throwaway import SUPERUSER, Throwaway, ThrowawayError, scratch_folder, service_user

PORT = 6432
LOGINS = (SUPERUSER, "rookery_worker", "rookery_web", "rookery_operator", "rookery_reader")
_START_SECONDS = 20.0

# Nothing here is lenient: no start parameter is ignored, no session is pooled, nothing is reset in between.
_SETTINGS = """\
[databases]
* = host={server} port={port}

[pgbouncer]
listen_addr =
listen_port = {own_port}
unix_socket_dir = {folder}
auth_type = trust
auth_file = {folder}/users
logfile = {folder}/log
pool_mode = transaction
default_pool_size = {size}
max_client_conn = 500
server_login_retry = 0.05
query_wait_timeout = 1
"""


@contextmanager
def pooled(behind: Throwaway, *, size: int = 8) -> Iterator[Throwaway]:
    """The same server, reached through PgBouncer for the length of the block.

    `size` is how many connections to the server all that one login does has to share.
    """
    program = shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if program is None:
        raise ThrowawayError("pgbouncer is not installed; on Debian: apt-get install pgbouncer")
    with scratch_folder() as folder:
        process = _start(program, folder, behind, size)
        try:
            _await(folder, process)
            yield replace(behind, pooler=str(folder), pooler_port=PORT)
        finally:
            process.send_signal(signal.SIGTERM)  # at once, whoever is connected
            process.wait()


def _start(program: str, folder: Path, behind: Throwaway, size: int) -> subprocess.Popen[bytes]:
    settings = folder / "pgbouncer.ini"
    settings.write_text(
        _SETTINGS.format(server=behind.host, port=behind.port, own_port=PORT, folder=folder, size=size),
        encoding="utf-8",
    )
    (folder / "users").write_text("".join(f'"{each}" ""\n' for each in LOGINS), encoding="utf-8")
    uid, gid = service_user() if os.geteuid() == 0 else (None, None)  # it refuses root
    if uid is not None and gid is not None:
        os.chown(folder, uid, gid)
    return subprocess.Popen(
        [program, "--quiet", settings],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        user=uid,
        group=gid,
        extra_groups=None if uid is None else [],
    )


def _await(folder: Path, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        try:
            psycopg.connect(host=str(folder), port=PORT, user=SUPERUSER, dbname="postgres").close()
            return
        except psycopg.OperationalError:
            time.sleep(0.02)
    log = folder / "log"
    raise ThrowawayError(f"pgbouncer does not start: {log.read_text().strip() if log.exists() else 'no log'}")
