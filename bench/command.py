"""The command line of the benchmarks: which to run, on which server, and how their results are shown."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

from rich.console import Console
from rich.table import Table

from app.errors import RookeryError
from bench import draw, record, scale
from bench.figures import said, said_ratio
from bench.registry import CASES
from bench.result import Comparison, Measure, Result
from bench.servers import SETTINGS, durable_server
from bench.stage import BenchError, connect, value
from throwaway import VERSIONS, Throwaway, ThrowawayError

DEBIAN_SERVER = Path("/usr/lib/postgresql/15/bin/initdb")


def main(folder: Path) -> int:
    """Run what is asked for, keep and draw it in `folder`; 0 when all was measured, goals met or not.

    What was tried out at another scale is kept apart, so that it takes no measurement's place.
    """
    arguments = _arguments()
    scale.choose(arguments.scale)
    if arguments.only is not None and arguments.only not in CASES:
        print(
            f"bench: there is no benchmark {arguments.only!r}; there are {', '.join(CASES)}", file=sys.stderr
        )
        return 2
    version = arguments.pg or ("15" if DEBIAN_SERVER.exists() else "18")
    results_path = folder / ("results.json" if arguments.scale == 1 else "trial.json")
    results = []
    try:
        for result, about in _run([arguments.only] if arguments.only else list(CASES), version):
            record.keep(results_path, CASES[result.name].title, result, about, list(CASES))
            results.append(result)
    except (BenchError, RookeryError, ThrowawayError) as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1
    finally:
        drawn = draw.draw(results_path)
    _show(results, version)
    print(f"{drawn} shows what was measured last of each benchmark")
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench", description="Benchmarks: ours against the bare work.")
    parser.add_argument("--only", metavar="NAME", help=f"one of: {', '.join(CASES)}")
    parser.add_argument("--pg", choices=VERSIONS, help="15 where Debian's is installed, else the embedded 18")
    parser.add_argument(
        "--scale", type=float, default=1.0, metavar="X", help="sizes of assets times this, to try a case out"
    )
    return parser.parse_args()


def _run(names: Sequence[str], version: str) -> Iterator[tuple[Result, record.About]]:
    for name in names:
        print(f"{name} …", file=sys.stderr, flush=True)
        # A server each: no case inherits another's buffers, statistics or bloat.
        with durable_server(version) as server:
            began = time.monotonic()
            result = CASES[name].run(server)
            took = time.monotonic() - began
            yield result, record.About.now(_server_version(server), SETTINGS, scale.factor(), took)


def _judged(line: Comparison | Measure) -> tuple[str, str]:
    """The goal of a line, and whether it was reached."""
    return ("", "") if line.goal is None else (f"≤ {line.goal:.4g}", "ok" if line.ok else "MISSED")


def _server_version(server: Throwaway) -> str:
    with closing(connect(server, "postgres")) as connection:
        return str(value(connection, "show server_version"))


def _show(results: Sequence[Result], version: str) -> None:
    table = Table("name", "what", "ours", "bare", "unit", "ratio", "goal", "")
    for each in results:
        name = each.name
        for row in each.comparisons:
            numbers = (said(row.ours_median), said(row.bare_median), row.unit, said_ratio(row.ratio))
            table.add_row(name, row.label, *numbers, *_judged(row))
            name = ""
        for more in each.measures:
            table.add_row(name, more.name, said(more.value), "", more.unit, "", *_judged(more))
            name = ""
        table.add_section()
    console = Console()
    console.print(table)
    for each in results:
        console.print(f"{each.name}: {each.note}", highlight=False)
    settings = ", ".join(f"{name} {setting}" for name, setting in SETTINGS.items() if setting)
    console.print(f"PostgreSQL {version}; {settings}{scale.said()}", soft_wrap=True, highlight=False)
