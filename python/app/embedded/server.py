"""Starts the embedded PostgreSQL for the first process that needs it, and stops it after the last one."""

from __future__ import annotations

import fcntl
import os
import shlex
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlencode

import psycopg

from app import database
from app.embedded.files import (
    MAJOR,
    Account,
    account_for,
    cluster_dir,
    prepare_data_dir,
    program_dir,
    socket_dir,
)
from app.errors import EmbeddedFault

SUPERUSER = "postgres"
DATABASE = "rookery"
PORT = 5432
_START_SECONDS = 120
_RETRY_SECONDS = 15.0
_NOBODYS_PID = 2**22 + 1

_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
# For data that nobody will miss: a demo's, a test's.
_NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@dataclass(frozen=True, slots=True)
class Server:
    """A running embedded server; it lets in whoever can enter `socket_dir`, as any role."""

    data_dir: Path
    program_dir: Path
    socket_dir: Path
    account: Account

    def url(self, role: str = SUPERUSER, dbname: str = DATABASE) -> str:
        """The URL of a database as `role`, for psycopg and psql alike."""
        place = urlencode({"host": str(self.socket_dir), "port": PORT}, quote_via=quote, safe="/")
        return f"postgresql://{quote(role, safe='')}@/{quote(dbname, safe='')}?{place}"

    def psql(self, role: str = SUPERUSER, dbname: str = DATABASE) -> list[str]:
        """A psql command that connects: the installed psql if there is one, else the embedded."""
        program = "psql" if shutil.which("psql") else str(self.program_dir / "psql")
        return [program, self.url(role, dbname)]

    @property
    def cluster(self) -> Path:
        """PostgreSQL's data directory."""
        return cluster_dir(self.data_dir)

    @property
    def log(self) -> Path:
        """The server's log file."""
        return self.cluster / "server.log"


@contextmanager
def running(data_dir: Path, *, durable: bool = True, keep: bool = False) -> Iterator[Server]:
    """The server, with its database `rookery`, for the length of the block.

    The first process starts it, the last one to leave stops it.

    `durable` False gives up crash safety for speed (only heeded by the process that starts the server).
    `keep` leaves the server running for good; `stop` ends it. Raises EmbeddedFault.
    """
    data_dir = data_dir.expanduser().absolute()
    prepare_data_dir(data_dir)
    with _locked(data_dir):
        server = _server(data_dir)
    with _file(data_dir / ".in-use") as in_use:
        try:
            with _locked(data_dir):
                fcntl.flock(in_use, fcntl.LOCK_SH)
                _ensure_started(server, durable=durable)
                with closing(database.connect(server.url(dbname="postgres"))) as connection:
                    database.create_database(connection, DATABASE)
                if keep:
                    _kept(data_dir).touch()
            yield server
        finally:
            with _locked(data_dir):
                fcntl.flock(in_use, fcntl.LOCK_UN)
                if not _kept(data_dir).exists() and _is_last(in_use):
                    _stop(server)


def stop(data_dir: Path) -> None:
    """Stop a server that was kept running, whoever uses it; nothing if none runs."""
    data_dir = data_dir.expanduser().absolute()
    if not cluster_dir(data_dir).exists():
        return
    with _locked(data_dir):
        _kept(data_dir).unlink(missing_ok=True)
        _stop(_server(data_dir))


# --- one process at a time -------------------------------------------------------------------------


@contextmanager
def _file(path: Path) -> Iterator[int]:
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise EmbeddedFault(
            f"the data folder {path.parent} cannot be used: {error.strerror}",
            hint="run as the user that made it, or name another with --data-dir",
        ) from None
    try:
        yield descriptor
    finally:
        os.close(descriptor)


@contextmanager
def _locked(data_dir: Path) -> Iterator[None]:
    """Only one process at a time starts or stops. The kernel drops these locks with their process."""
    with _file(data_dir / ".lock") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _is_last(in_use: int) -> bool:
    """Whether no other process holds the file of users."""
    try:
        fcntl.flock(in_use, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _kept(data_dir: Path) -> Path:
    return data_dir / ".kept"


# --- start and stop --------------------------------------------------------------------------------


def _server(data_dir: Path) -> Server:
    account = account_for(data_dir)
    return Server(data_dir, program_dir(data_dir), socket_dir(data_dir, account), account)


def _ensure_started(server: Server, *, durable: bool) -> None:
    if not server.cluster.exists():
        _initialize(server, durable=durable)
    version = (server.cluster / "PG_VERSION").read_text(encoding="ascii").strip()
    if version != str(MAJOR):
        raise EmbeddedFault(
            f"{server.cluster} holds data of PostgreSQL {version}, and this version brings {MAJOR}",
            hint="name another --data-dir",
        )
    _start(server, durable=durable)


def _initialize(server: Server, *, durable: bool) -> None:
    # In a folder of its own first: what was interrupted half way is never taken for a database.
    scratch = Path(tempfile.mkdtemp(dir=server.data_dir, prefix=".initdb-"))
    try:
        os.chown(scratch, server.account.uid, server.account.gid)
        _run(
            server,
            "initdb",
            f"--pgdata={scratch}",
            f"--username={SUPERUSER}",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--no-instructions",
            *([] if durable else ["--no-sync"]),
        )
        scratch.rename(server.cluster)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _start(server: Server, *, durable: bool) -> None:
    settings = _SETTINGS | ({} if durable else _NOT_DURABLE)
    settings["unix_socket_directories"] = str(server.socket_dir)
    options = " ".join(f"-c {name}={shlex.quote(value)}" for name, value in settings.items())
    command = ["start", "-w", "-t", str(_START_SECONDS), "-o", f"-p {PORT} {options}", "-l", str(server.log)]
    deadline = time.monotonic() + _RETRY_SECONDS
    while not _answers(server):
        _disown_stale_locks(server)
        try:
            _run(server, "pg_ctl", "-D", str(server.cluster), *command)
            return
        except EmbeddedFault as fault:
            # A server may still be recovering, or the children of one that was killed still hold its memory.
            worth_waiting = _pid_of(server) is not None or "still in use" in _tail(server.log)
            if not worth_waiting or time.monotonic() > deadline:
                raise EmbeddedFault(
                    f"the embedded PostgreSQL does not start: {_tail(server.log, 1) or fault.message}",
                    hint=f"see {server.log}",
                ) from None
        time.sleep(0.2)


def _stop(server: Server) -> None:
    if _pid_of(server) is not None:
        _run(
            server, "pg_ctl", "-D", str(server.cluster), "stop", "-m", "fast", "-w", "-t", str(_START_SECONDS)
        )


def _answers(server: Server) -> bool:
    try:
        psycopg.connect(server.url(dbname="postgres"), connect_timeout=5).close()
    except psycopg.OperationalError:
        return False
    return True


def _disown_stale_locks(server: Server) -> None:
    """Mend lock files of a server that is no more, where their number now belongs to another process.

    PostgreSQL takes whatever lives under that number (after a reboot, or a zombie) for its server. Only the
    number is replaced, by one that no process has: from the rest PostgreSQL sees whether children of the dead
    server still write, and then refuses.
    """
    if _pid_of(server) is not None:
        return
    for lock in (server.cluster / "postmaster.pid", server.socket_dir / f".s.PGSQL.{PORT}.lock"):
        if lock.exists():
            _, _, rest = lock.read_text(encoding="utf-8").partition("\n")
            lock.write_text(f"{_NOBODYS_PID}\n{rest}", encoding="utf-8")


def _pid_of(server: Server) -> int | None:
    """The process number of this cluster's server, or None when none runs."""
    try:
        pid = int((server.cluster / "postmaster.pid").read_text(encoding="utf-8").split("\n", 1)[0])
    except (FileNotFoundError, ValueError):
        return None
    return pid if str(server.cluster) in _command_line(pid) else None


def _command_line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        if Path("/proc/self").exists():
            return ""
    shown = subprocess.run(
        ["ps", "-o", "command=", "-p", str(pid)],
        capture_output=True,
        text=True,
        check=False,
        errors="replace",
    )
    return shown.stdout


def _run(server: Server, program: str, *arguments: str) -> None:
    """Run one of PostgreSQL's programs as the server's user; EmbeddedFault with what it said."""
    as_other = os.geteuid() != server.account.uid
    environment = {
        key: value for key, value in os.environ.items() if not key.startswith(("PG", "LC_", "LANG"))
    }
    # Into a file: the server inherits it, and a pipe would never end.
    with tempfile.TemporaryFile() as output:
        finished = subprocess.run(
            [str(server.program_dir / program), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd="/",
            env=environment | {"LC_ALL": "C"},
            user=server.account.uid if as_other else None,
            group=server.account.gid if as_other else None,
            extra_groups=[] if as_other else None,
            umask=0o077,
            check=False,
        )
        output.seek(0)
        said = _last_lines(output.read().decode(errors="replace").splitlines(), 3)
    if finished.returncode != 0:
        raise EmbeddedFault(f"{program} failed: {said or finished.returncode}")


def _tail(path: Path, count: int = 5) -> str:
    try:
        return _last_lines(path.read_text(encoding="utf-8", errors="replace").splitlines(), count)
    except OSError:
        return ""


def _last_lines(lines: Sequence[str], count: int) -> str:
    return " ".join(line.strip() for line in lines[-count:])
