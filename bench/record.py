"""results.json: of each benchmark the last run, and where it ran. A run replaces its own entry only."""

from __future__ import annotations

import json
import os
import platform
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.result import Result

Entry = dict[str, Any]


@dataclass(frozen=True, slots=True)
class About:
    """Where and when a benchmark ran: without it a number means nothing."""

    postgresql: str
    settings: Mapping[str, str]
    scale: float
    commit: str | None
    measured_at: str
    took_seconds: float
    machine: str

    @classmethod
    def now(cls, postgresql: str, settings: Mapping[str, str], scale: float, took: float) -> About:
        """A run that has just ended."""
        at = datetime.now(UTC).isoformat(timespec="seconds")
        return cls(postgresql, settings, scale, _commit(), at, round(took, 1), _machine())


def read(path: Path) -> dict[str, Entry]:
    """The entries by name; none where there is no file, or one that another version has written."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        return dict(found["benchmarks"])
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def keep(path: Path, title: str, result: Result, about: About, names: Sequence[str]) -> None:
    """Put a result in the place of the last one of its name; `names` are those that there are, in order."""
    entries = read(path)
    entries[result.name] = {"title": title} | result.as_json() | {"about": asdict(about)}
    kept = ",\n".join(f"{json.dumps(name)}: {_written(entries[name])}" for name in names if name in entries)
    path.write_text('{"benchmarks": {\n' + kept + "\n}}\n", encoding="utf-8")


def _written(entry: Entry) -> str:
    """A line for each part: a sample a line would be thousands."""
    parts = (f"  {json.dumps(key)}: {json.dumps(part, ensure_ascii=False)}" for key, part in entry.items())
    return "{\n" + ",\n".join(parts) + "}"


def _commit() -> str | None:
    """The commit that is checked out, marked where files differ from it; None outside of a repository."""
    command = ["git", "-C", str(Path(__file__).parent), "describe", "--always", "--dirty", "--exclude=*"]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return None


def _machine() -> str:
    """Processors and memory, as far as the system says."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        model = next(line.partition(": ")[2] for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        model = platform.machine()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{os.cpu_count()} cores, {model}, {memory:.0f} GiB"
