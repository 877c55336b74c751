"""`python -m races` lets eight workers race, for ten minutes if nothing else is said."""

from __future__ import annotations

import argparse
import asyncio
import sys

from races.race import run
from races.stage import staged
from throwaway import VERSIONS, server

WORKERS = 8


def main() -> int:
    """Run what the command line asks for; 0 if nothing was wrong."""
    parser = argparse.ArgumentParser(prog="races", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=1, help="of the world, and of what operators do")
    parser.add_argument("--pg", choices=VERSIONS, default="15")
    asked = parser.parse_args()
    with server(asked.pg) as running, staged(running, asked.seed) as stage:
        report = asyncio.run(run(stage, asked.minutes * 60, WORKERS, 1))
    print(report)
    print("\n".join(sorted(set(report.wrong))) or "and nothing was wrong")
    if report.wrong:
        print(f"again (no two races are the same): make prove-races SEED={asked.seed}")
    return 1 if report.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
