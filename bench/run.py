"""Runs the benchmarks, or the one named: prints a table, writes bench/results.json and draws results.html."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    """Hand over to bench.command, once its neighbours can be imported."""
    sys.path[:0] = [str(ROOT), str(ROOT / "tools")]
    from bench import command

    return command.main(ROOT / "bench")


if __name__ == "__main__":
    sys.exit(main())
