"""Signs of life: what systemd and a container's health check are told, and by whom."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from app import alive
from conftest import Database
from workers import until, worker_process

NO_PORT = "1"  # where nothing ever listens


@contextmanager
def web(status: int) -> Iterator[str]:
    """A server that answers everything with that status; its port."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status if self.path == "/healthz" else 404)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None: ...

    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield str(server.server_port)
        server.shutdown()
        thread.join()


def checked(file: Path | None, port: str) -> tuple[int, str]:
    """What the health check of a container says, and its exit status."""
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": os.environ.get("PYTHONPATH", "")}
    environment["PYTHONPATH"] = os.pathsep.join(sys.path)
    environment["ROOKERY_WEB_PORT"] = port
    if file is not None:
        environment["ROOKERY_HEARTBEAT_FILE"] = str(file)
    done = subprocess.run(
        [sys.executable, "-m", "app.alive"], env=environment, capture_output=True, text=True, check=False
    )
    assert done.stderr == ""
    return done.returncode, done.stdout.strip()


def test_a_worker_that_ticks_is_alive_and_one_that_does_not_is_not(tmp_path: Path) -> None:
    beat = tmp_path / "beat"
    beat.touch()
    assert checked(beat, NO_PORT) == (0, "alive")
    long_ago = time.time() - alive.LONGEST_TICK - 60
    os.utime(beat, (long_ago, long_ago))
    assert checked(beat, NO_PORT) == (1, "the worker's last tick was 360 s ago")


def test_a_web_process_is_alive_while_it_answers(tmp_path: Path) -> None:
    with web(200) as port:
        assert checked(tmp_path / "no worker here", port) == (0, "alive")
    with web(500) as port:
        assert checked(None, port) == (1, "the web process answers 500")


def test_where_both_work_both_are_asked(tmp_path: Path) -> None:
    beat = tmp_path / "beat"
    beat.touch()
    with web(503) as port:
        assert checked(beat, port) == (1, "the web process answers 503")


def test_a_container_in_which_nothing_works_is_not_alive(tmp_path: Path) -> None:
    assert checked(tmp_path / "none", NO_PORT) == (1, "neither a worker nor the web process works here")


def test_a_port_on_which_nobody_answers_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alive, "_ANSWER_SECONDS", 0.05)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv("ROOKERY_WEB_PORT", str(silent.getsockname()[1]))
        assert alive.main() == 1


def test_a_supervisor_that_hears_nothing_stops_nobody(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "gone"))
    alive.give_sign(tmp_path / "no" / "folder" / "beat")


@contextmanager
def systemd() -> Iterator[socket.socket]:
    """A socket such as systemd gives to a unit of Type=notify."""
    with (
        tempfile.TemporaryDirectory(prefix="rk-") as folder,
        socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening,
    ):
        listening.bind(f"{folder}/notify")
        listening.setblocking(False)
        yield listening


async def test_a_worker_says_that_it_is_ready_after_its_first_tick_and_then_after_each(
    database: Database, tmp_path: Path
) -> None:
    """E2: so a supervisor knows one that works from one that merely runs."""
    beat = tmp_path / "beat"
    told: list[bytes] = []
    with systemd() as listening:

        def is_ready() -> bool:
            try:
                told.append(listening.recv(100))
            except BlockingIOError:
                return False
            return True

        environment = {
            "DATABASE_URL": database.url("rookery_worker"),
            "NOTIFY_SOCKET": listening.getsockname(),
            "ROOKERY_HEARTBEAT_FILE": str(beat),
        }
        async with worker_process("http://127.0.0.1:1", **environment) as worker:
            await until(is_ready)
            await until(beat.exists)
            os.utime(beat, (0, 0))
            with database.connect("rookery_operator") as operator:
                operator.execute("select sync_request('followers', 7)")
            await until(lambda: beat.stat().st_mtime > 0)
            worker.terminate()
            assert await worker.ended() == 0
        assert told == [b"READY=1"]
        assert not is_ready()
