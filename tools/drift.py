"""Fails where the plan deploys anything else than what is declared, on PostgreSQL 15 or 18.

Object for object, as pg_dump sees them: comments, grants, owners and the rows that come with the schema.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from app.errors import RookeryError
from baseline import ROOT, BaselineError
from dumps import Difference, DumpError, differences, objects
from states import load_declared, load_planned, scratch
from throwaway import VERSIONS, Throwaway, ThrowawayError, server


def drift(running: Throwaway, root: Path = ROOT) -> list[Difference]:
    """Where a database that the plan made differs from one that was made from the declared state."""
    program = running.programs / "pg_dump"
    with scratch(running) as planned, scratch(running) as wanted:
        load_planned(running.url(dbname=planned), root)
        load_declared(running.url(dbname=wanted), root)
        return differences(
            objects(program, running.url(dbname=planned)), objects(program, running.url(dbname=wanted))
        )


def main() -> int:
    """Compare on each version that is asked for; 0 if there is no difference on any."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pg", choices=VERSIONS, action="append", help="only on this version")
    found = False
    for version in parser.parse_args().pg or VERSIONS:
        try:
            with server(version) as running:
                drifted = drift(running)
        except (BaselineError, DumpError, RookeryError, ThrowawayError) as error:
            print(f"drift: PostgreSQL {version}: {error}", file=sys.stderr)
            return 2
        for each in drifted:
            print(f"drift: PostgreSQL {version}: {each}", file=sys.stderr)
        found = found or bool(drifted)
        if not drifted:
            print(f"drift: none on PostgreSQL {version}")
    if found:
        print("drift: write what is missing as a change: make change NAME=what_it_does", file=sys.stderr)
    return int(found)


if __name__ == "__main__":
    sys.exit(main())
