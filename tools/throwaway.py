"""Servers and databases for tests: PostgreSQL 15 from Debian or the embedded 18, gone after the block."""

from __future__ import annotations

import os
import pwd
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import quote

from app import database, embedded, migrate
from app.resources import sql_text

VERSIONS = ("15", "18")
SUPERUSER = "postgres"
PORT = 5432

_NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
_SETTINGS = _NOT_DURABLE | {"listen_addresses": "", "timezone": "UTC", "shared_buffers": "128MB"}


class ThrowawayError(Exception):
    """The server cannot be started; the message says what is missing."""


@dataclass(frozen=True)
class Throwaway:
    """A running server; `host` is the folder of its socket, `programs` that of its pg_dump and psql.

    `pooler` is the folder of a pooler's socket, where one stands before it.
    """

    version: str
    host: str
    programs: Path
    data: Path
    port: int = PORT
    pooler: str | None = None
    pooler_port: int = 0

    def url(self, role: str = SUPERUSER, dbname: str = "postgres", *, pooled: bool = False) -> str:
        """The URL of a database as `role`; with `pooled` through the pooler, where there is one."""
        host, port = self.host, self.port
        if pooled and self.pooler is not None:
            host, port = self.pooler, self.pooler_port
        return f"postgresql://{role}@/{dbname}?host={quote(host)}&port={port}"

    def stop(self, mode: Literal["fast", "immediate"] = "fast") -> None:
        """Stop it: `immediate` is how it would crash. Whoever is connected is cut off."""
        _control(self.programs, self.data, "stop", "-m", mode)

    def start(self, settings: Mapping[str, str]) -> None:
        """Start it again after a stop, with these settings and no others."""
        _start(self.programs, self.data, self.host, settings)


@contextmanager
def server(version: str) -> Iterator[Throwaway]:
    """A new server of that major version for the length of the block, without crash safety."""
    with scratch_folder() as folder:
        if version == "18":
            with embedded.running(folder / "data", durable=False) as found:
                yield Throwaway(version, str(found.socket_dir), found.program_dir, found.cluster)
        else:
            with _system_server(version, folder) as started:
                yield started


def deploy_into(url: str, *, clocked: bool = False) -> None:
    """Deploy the plan; with `clocked`, put the clock that a test sets in place of the real one."""
    with closing(database.connect(url)) as connection:
        migrate.deploy(connection)
        if clocked:
            migrate.run_script(connection, sql_text("db/simulated_clock.sql"))


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """A folder that any user can reach, gone after the block."""
    # Short, for the socket's path, and in a place that the server's user can reach.
    folder = Path(tempfile.mkdtemp(prefix="rk-", dir="/tmp"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _system_server(version: str, folder: Path) -> Iterator[Throwaway]:
    programs = _programs(version)
    data, sockets = folder / "data", folder / "s"
    for each in (data, sockets):
        each.mkdir(mode=0o700)
        if os.geteuid() == 0:
            shutil.chown(each, *service_user())
    options = ("-U", SUPERUSER, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N")
    _run(data, programs / "initdb", "-D", data, *options)
    try:
        _start(programs, data, str(sockets), _SETTINGS)
        yield Throwaway(version, str(sockets), programs, data)
    finally:
        _control(programs, data, "stop", "-m", "immediate", check=False)


def _start(programs: Path, data: Path, host: str, settings: Mapping[str, str]) -> None:
    wanted = {**settings, "unix_socket_directories": host}
    options = " ".join(f"-c {name}={shlex.quote(value)}" for name, value in wanted.items())
    _control(programs, data, "start", "-l", data / "server.log", "-o", f"-p {PORT} {options}")


def _control(programs: Path, data: Path, *arguments: str | Path, check: bool = True) -> None:
    _run(data, programs / "pg_ctl", "-D", data, "-w", *arguments, check=check)


def _programs(version: str) -> Path:
    """The folder of that version's programs: Debian's, else what is on the PATH."""
    debian = Path("/usr/lib/postgresql") / version / "bin"
    if (debian / "initdb").exists():
        return debian
    found = shutil.which("initdb")
    if found is not None:
        says = subprocess.run([found, "--version"], capture_output=True, text=True, check=True).stdout
        if f" {version}." in says or says.strip().endswith(f" {version}"):
            return Path(found).resolve().parent
    raise ThrowawayError(
        f"PostgreSQL {version} is not installed; on Debian: apt-get install postgresql-{version}"
    )


def service_user() -> tuple[int, int]:
    """Whom to be in root's place, since PostgreSQL and PgBouncer refuse root: user and group."""
    for name in (SUPERUSER, "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return entry.pw_uid, entry.pw_gid
    raise ThrowawayError("PostgreSQL does not run as root, and there is no user postgres to run it as")


def _run(data: Path, program: Path, *arguments: str | Path, check: bool = True) -> None:
    """Run one of PostgreSQL's programs as the owner of the data."""
    owner = data.stat()
    as_other = os.geteuid() != owner.st_uid
    # Into a file: the server inherits it, and a pipe would never end.
    with tempfile.TemporaryFile() as output:
        finished = subprocess.run(
            [program, *arguments],
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
        if check and finished.returncode != 0:
            raise ThrowawayError(f"{program.name} failed: {output.read().decode(errors='replace').strip()}")
