"""The command line of the benchmarks: which to run, on which server, and how their results are shown."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from app.errors import RookeryError
from bench import scale
from bench.registry import CASES
from bench.result import Result
from bench.servers import SETTINGS, durable_server
from bench.stage import BenchError
from throwaway import VERSIONS, ThrowawayError

DEBIAN_SERVER = Path("/usr/lib/postgresql/15/bin/initdb")


def main(results_path: Path) -> int:
    """Run what is asked for and write `results_path`; 0 when all was measured, goals missed or not."""
    parser = argparse.ArgumentParser(prog="bench", description="Benchmarks: ours against the bare work.")
    parser.add_argument("--only", metavar="NAME", help=f"one of: {', '.join(CASES)}")
    parser.add_argument("--pg", choices=VERSIONS, help="15 where Debian's is installed, else the embedded 18")
    parser.add_argument(
        "--scale", type=float, default=1.0, metavar="X", help="sizes of assets times this, to try a case out"
    )
    arguments = parser.parse_args()
    scale.choose(arguments.scale)
    if arguments.only is not None and arguments.only not in CASES:
        print(
            f"bench: there is no benchmark {arguments.only!r}; there are {', '.join(CASES)}", file=sys.stderr
        )
        return 2
    version = arguments.pg or ("15" if DEBIAN_SERVER.exists() else "18")
    try:
        results = _run([arguments.only] if arguments.only else list(CASES), version)
    except (BenchError, RookeryError, ThrowawayError) as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1
    results_path.write_text(
        json.dumps([each.as_json() for each in results], indent=2, ensure_ascii=False) + "\n",
        encoding="utf-8",
    )
    _show(results, version)
    return 0


def _run(names: Sequence[str], version: str) -> list[Result]:
    results = []
    for name in names:
        print(f"{name} …", file=sys.stderr, flush=True)
        # A server each: no case inherits another's buffers, statistics or bloat.
        with durable_server(version) as server:
            results.append(CASES[name](server))
    return results


def _show(results: Sequence[Result], version: str) -> None:
    table = Table("name", "ours", "bare", "unit", "ratio", "goal", "", "note")
    for each in results:
        table.add_row(
            each.name,
            f"{each.ours:.2f}",
            f"{each.bare:.2f}",
            each.unit,
            f"{each.ratio:.2f}",
            f"≤ {each.goal:g}",
            "ok" if each.ok else "MISSED",
            each.note,
        )
    console = Console()
    console.print(table)
    settings = ", ".join(f"{name} {value}" for name, value in SETTINGS.items() if value)
    console.print(f"PostgreSQL {version}; {settings}", soft_wrap=True, highlight=False)
