"""The most memory of its own that a server process takes in a block, sampled; what it shares is left out."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.database import Connection
from bench.stage import BenchError

_EVERY_SECONDS = 0.005
MIB = 1024.0


class Peak:
    """Filled in when the block ends: megabytes."""

    mib = 0.0


@contextmanager
def peak_of(connection: Connection) -> Iterator[Peak]:
    """Watch the server process behind a connection. BenchError where the system does not say."""
    status = Path(f"/proc/{connection.info.backend_pid}/status")
    if not status.exists():
        raise BenchError("memory is measured on Linux, on the machine of the server")
    found = Peak()
    ended = threading.Event()
    watcher = threading.Thread(target=_watch, args=(status, found, ended), daemon=True)
    watcher.start()
    try:
        yield found
    finally:
        ended.set()
        watcher.join()


def _watch(status: Path, found: Peak, ended: threading.Event) -> None:
    while True:
        for line in status.read_text(encoding="ascii", errors="replace").splitlines():
            if line.startswith("RssAnon:"):
                found.mib = max(found.mib, int(line.split()[1]) / MIB)
        if ended.wait(_EVERY_SECONDS):
            return
