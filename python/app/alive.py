"""Tells a supervisor that a process works, and answers a container that asks: `python -m app.alive`."""

from __future__ import annotations

import os
import socket
import sys
import time
from contextlib import suppress
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import ProxyHandler, build_opener

# A tick comes every ten seconds at the latest (E2), but one that materializes may take minutes.
LONGEST_TICK = 300.0
_ANSWER_SECONDS = 3.0


def say_ready() -> None:
    """Tell systemd, where it started this process (`Type=notify`), that the process does its work."""
    address = os.environ.pop("NOTIFY_SOCKET", None)
    if address:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sending:
            sending.connect("\0" + address[1:] if address.startswith("@") else address)
            sending.sendall(b"READY=1")


def give_sign(heartbeat_file: Path | None) -> None:
    """Say so, and touch the file. What cannot be told to a supervisor is no reason to stop working."""
    with suppress(OSError):
        say_ready()
        if heartbeat_file is not None:
            heartbeat_file.touch()


def main() -> int:
    """0 if the worker or the web process of this container works, else 1; the reason on stdout."""
    found = [each for each in (_worker(), _web()) if each is not None]
    faults = [each for each in found if each]
    print("; ".join(faults) or ("alive" if found else "neither a worker nor the web process works here"))
    return 1 if faults or not found else 0


def _worker() -> str | None:
    """What is wrong with the worker, nothing as an empty text; None if none has ticked here."""
    file = os.environ.get("ROOKERY_HEARTBEAT_FILE")
    try:
        age = time.time() - Path(file).stat().st_mtime if file else None
    except FileNotFoundError:
        age = None
    if age is None:
        return None
    return f"the worker's last tick was {age:.0f} s ago" if age > LONGEST_TICK else ""


def _web() -> str | None:
    """The same of the web process; None if nothing listens on its port."""
    url = f"http://127.0.0.1:{os.environ.get('ROOKERY_WEB_PORT') or 8080}/healthz"
    try:
        with build_opener(ProxyHandler({})).open(url, timeout=_ANSWER_SECONDS):
            return ""
    except HTTPError as fault:
        return f"the web process answers {fault.code}"
    except OSError as fault:
        if isinstance(getattr(fault, "reason", fault), ConnectionRefusedError):
            return None
        return f"the web process does not answer: {getattr(fault, 'reason', fault)}"


if __name__ == "__main__":
    sys.exit(main())
