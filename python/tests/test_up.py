"""`rookery up` as a newcomer starts it: real processes, a real terminal, real signals."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import httpx
import pytest

from app import embedded
from app.cli.together import NO_TOKEN
from app.errors import InstallationFault
from app.page_token import kept_token
from conftest import Database

SECRETS = {"ROOKERY_WEBHOOK_TOKEN": "hook-geheim", "X_CONSUMER_SECRET": "consumer-geheim"}


def until(condition: Callable[[], object], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@dataclass
class Running:
    """A `rookery up`, what it prints, and what it logs."""

    process: subprocess.Popen[bytes]
    printed: Path
    logged: Path

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.logged.read_text().splitlines() if line.startswith("{")]

    def happened(self, event: str) -> bool:
        return any(line["event"] == event for line in self.lines())

    def url(self) -> str:
        """Where the page is, which the log says."""
        return next(f"http://127.0.0.1:{each['port']}" for each in self.lines() if each["event"] == "serving")

    def wait_until_up(self) -> None:
        until(lambda: self.process.poll() is not None or (self.happened("up") and self.happened("working")))
        assert self.process.poll() is None, self.logged.read_text()

    def children(self) -> dict[str, int]:
        """The processes that it started, by the command of ours that they run."""
        listed = subprocess.run(
            ["ps", "-o", "pid=,args=", "--ppid", str(self.process.pid)],
            capture_output=True,
            text=True,
            check=False,
        )
        found = re.findall(r"^ *(\d+) .* -m app (\w+)", listed.stdout, re.MULTILINE)
        return {name: int(pid) for pid, name in found}


@contextmanager
def started(
    folder: Path,
    *arguments: str,
    stdout: int | None = None,
    environment: Mapping[str, str] = MappingProxyType({}),
) -> Iterator[Running]:
    """Run `rookery up` on a free port; whatever is left of it is killed."""
    printed, logged = folder / "printed", folder / "logged"
    variables = {"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join(sys.path), "HOME": str(folder)}
    with printed.open("wb") as out, logged.open("wb") as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", "app", "up", "--port", "0", *arguments],
            env=variables | {"ROOKERY_LOG_FORMAT": "json", **environment},
            stdin=subprocess.DEVNULL if stdout is None else stdout,
            stdout=out if stdout is None else stdout,
            stderr=errors,
            start_new_session=stdout is not None,
            preexec_fn=None if stdout is None else _take_terminal,
        )
    running = Running(process, printed, logged)
    try:
        yield running
    finally:
        children = running.children()
        process.kill()
        process.wait()
        for pid in children.values():
            until(lambda pid=pid: not _lives(pid))  # type: ignore[misc]


def _take_terminal() -> None:
    """Make standard input the terminal that a Ctrl-C comes from."""
    import fcntl
    import termios

    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


def _lives(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()[0]
    except OSError:
        return False
    return state != "Z"


@pytest.fixture
def folder() -> Iterator[Path]:
    """Short, and open to the embedded server's user."""
    with tempfile.TemporaryDirectory(prefix="rk-", dir="/tmp") as name:
        Path(name).chmod(0o755)
        yield Path(name)


def read_all(terminal: int) -> str:
    """What was written to the terminal until nobody had it open any more."""
    text = b""
    while True:
        try:
            got = os.read(terminal, 4096)
        except OSError:  # how Linux says that the other side is closed
            return text.decode()
        if not got:
            return text.decode()
        text += got


def test_a_newcomer_gets_a_page_a_token_and_an_end(folder: Path) -> None:
    """Nothing is set: an embedded database, a page to log in to, nothing bought; Ctrl-C ends it all."""
    ours, theirs = pty.openpty()
    data = folder / "data"
    with started(folder, "--data-dir", str(data), stdout=theirs) as up:
        os.close(theirs)
        until(lambda: up.process.poll() is not None or (data / "page-token").exists())
        until(lambda: up.happened("serving") and up.happened("working"))
        token = (data / "page-token").read_text().strip()
        page = httpx.get(f"{up.url()}/v1/roots", headers={"Authorization": f"Bearer {token}"}, timeout=30)
        assert page.status_code == 200
        assert httpx.get(f"{up.url()}/v1/roots", timeout=30).status_code == 401
        ask_for_something(data)
        until(lambda: "The worker has no token to ask with" in readiness(up))
        assert "set X_BEARER_TOKEN to the bearer token" in readiness(up)
        os.write(ours, b"\x03")
        assert up.process.wait(timeout=30) == 0
        said = read_all(ours)
    assert f"Rookery is at {up.url()} - log in with {token} (kept in {data / 'page-token'})" in said
    assert NO_TOKEN in said
    assert token not in up.logged.read_text()
    assert stat.S_IMODE((data / "page-token").stat().st_mode) == 0o600
    assert [line["event"] for line in up.lines() if line["event"] == "stopped"] == ["stopped"] * 2
    assert not list((data / "postgresql-18").glob("postmaster.pid"))
    assert kept_token(data).token == token  # and the next start has the same


def ask_for_something(data: Path) -> None:
    with embedded.running(data) as server:
        subprocess.run(
            [*server.psql("rookery_operator"), "-qc", "select sync_request('users', 783214)"],
            check=True,
            stdout=subprocess.DEVNULL,
        )


def readiness(up: Running) -> str:
    return httpx.get(f"{up.url()}/readyz", timeout=30).text


def test_no_secret_is_written_where_logs_are_shipped(folder: Path, database: Database) -> None:
    own = {"DATABASE_URL": database.url(), "ROOKERY_GRACE_PERIOD": "20"}
    with started(folder, "--data-dir", str(folder / "data"), environment=own | SECRETS) as up:
        up.wait_until_up()
        kept = kept_token(folder / "data")
        line = next(line for line in up.lines() if line["event"] == "up")
        assert (line["url"], line["token_file"]) == (up.url(), str(kept.file))
        assert set(up.children()) == {"worker", "web"}
        secrets = {name: _environment(pid) for name, pid in up.children().items()}
        up.process.send_signal(signal.SIGTERM)
        assert up.process.wait(timeout=40) == 0
    written = up.printed.read_text() + up.logged.read_text()
    assert not [secret for secret in (kept.token, *SECRETS.values()) if secret in written]
    # W5: the web process knows no login but its own, the worker none of its secrets
    assert "DATABASE_URL" not in secrets["web"]
    assert "X_BEARER_TOKEN" not in secrets["web"]
    assert not SECRETS.keys() & secrets["worker"].keys()
    assert "ROOKERY_API_TOKEN" not in secrets["worker"]


def _environment(pid: int) -> dict[str, str]:
    text = Path(f"/proc/{pid}/environ").read_text(encoding="utf-8", errors="replace")
    return dict(each.split("=", 1) for each in text.split("\0") if "=" in each)


def test_if_one_dies_the_other_is_stopped_and_the_status_tells(folder: Path, database: Database) -> None:
    own = {"DATABASE_URL": database.url(), "ROOKERY_API_TOKEN": "geheim"}
    with started(folder, environment=own) as up:
        up.wait_until_up()
        children = up.children()
        os.kill(children["web"], signal.SIGKILL)
        assert up.process.wait(timeout=40) == 128 + signal.SIGKILL
        assert not _lives(children["worker"])
    line = f"the web process ended by itself (status {128 + signal.SIGKILL}), so all was stopped"
    assert line in up.logged.read_text()
    assert not (folder / ".local").exists()  # with a token of one's own, none is made


def test_a_port_that_is_taken_is_told_before_anything_starts(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        with started(folder, "--port", port) as up:
            assert up.process.wait(timeout=40) == 1
    assert f"127.0.0.1:{port} cannot be listened on" in up.logged.read_text()
    assert not (folder / ".local").exists()


def test_a_token_that_others_could_read_is_not_used(tmp_path: Path) -> None:
    made = kept_token(tmp_path / "data")
    assert kept_token(tmp_path / "data") == made
    assert made.token not in repr(made)
    made.file.chmod(0o644)
    with pytest.raises(InstallationFault, match="is not this user's alone"):
        kept_token(tmp_path / "data")
    made.file.unlink()
    made.file.symlink_to("/etc/hostname")
    with pytest.raises(InstallationFault, match="is not this user's alone"):
        kept_token(tmp_path / "data")
