"""Runs the pgTAP tests under db/tests on PostgreSQL 15 and on the embedded 18; specs of races on 15."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path

from app import database, migrate
from app.errors import RookeryError
from throwaway import SUPERUSER, VERSIONS, Throwaway, ThrowawayError, deploy_into, server

ROOT = Path(__file__).resolve().parent.parent
TESTS = ROOT / "db" / "tests"
HELPERS = TESTS / "helpers.sql"
ISOLATION = TESTS / "isolation"
DATABASE = "rookery_test"
# pgTAP is plain SQL: the embedded server, which can load no extension, takes Debian's file as a script.
PGTAP_SCRIPT = Path("/usr/share/postgresql/15/extension/pgtap--1.2.0.sql")


def main() -> int:
    """Prove the tests that are named, or all, on each version; 0 if all pass on all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pg", choices=VERSIONS, action="append", help="only on this version")
    parser.add_argument(
        "tests", nargs="*", type=Path, help="files or folders, all of db/tests if none is named"
    )
    arguments = parser.parse_args()
    tests = _files(arguments.tests or [TESTS])
    if not tests:
        print("pgtap: there is no test in", *(arguments.tests or [TESTS]), file=sys.stderr)
        return 1
    try:
        # Not all(...): a failure on one version hides nothing of the other.
        specs = [] if arguments.tests else [str(path) for path in sorted(ISOLATION.glob("*.spec"))]
        passed = [
            _prove(version, tests, specs if version == "15" else []) for version in arguments.pg or VERSIONS
        ]
    except (ThrowawayError, RookeryError) as error:
        print(f"pgtap: {error}", file=sys.stderr)
        return 1
    return 0 if all(passed) else 1


def _files(places: list[Path]) -> list[str]:
    found: set[Path] = set()
    for place in places:
        found.update(place.rglob("*.sql") if place.is_dir() else [place])
    return [str(path.resolve().relative_to(ROOT)) for path in sorted(found) if path.resolve() != HELPERS]


def _prove(version: str, tests: list[str], specs: list[str]) -> bool:
    with server(version) as running:
        prepare(running)
        passed = True
        if specs:
            # First: each gets a copy of a database whose sequences stand where they began.
            print("isolation specs on PostgreSQL 15", flush=True)
            passed = isolate(running, DATABASE, specs)
        print(f"pgTAP on PostgreSQL {version}", flush=True)
        return prove(running, DATABASE, tests) and passed


def prove(running: Throwaway, name: str, tests: list[str], *, quiet: bool = False) -> bool:
    """Whether these pgTAP files pass in a database that has the helpers in it."""
    where = ["--host", running.host, "--port", str(running.port), "--username", SUPERUSER, "--dbname", name]
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PG")}
    return _passes(["pg_prove", *where, *tests], environment | {"PGTZ": "UTC"}, quiet)


def isolate(running: Throwaway, name: str, specs: list[str], *, quiet: bool = False) -> bool:
    """Whether these specs pass with isolationtester, each in a copy of that database."""
    where = [running.host, str(running.port), SUPERUSER, name]
    return _passes(["bash", str(ISOLATION / "run.sh"), *where, *specs], dict(os.environ), quiet)


def _passes(command: list[str], environment: dict[str, str], quiet: bool) -> bool:
    output = subprocess.DEVNULL if quiet else None
    finished = subprocess.run(command, cwd=ROOT, env=environment, stdout=output, stderr=output, check=False)
    return finished.returncode == 0


def prepare(running: Throwaway) -> None:
    """Make the database of the tests: the plan deployed, a clock that is set, pgTAP, the helpers."""
    with closing(database.connect(running.url())) as connection:
        database.create_database(connection, DATABASE)
    url = running.url(dbname=DATABASE)
    deploy_into(url, clocked=True)
    with closing(database.connect(url)) as connection:
        if running.version == "18":
            migrate.run_script(connection, PGTAP_SCRIPT.read_text(encoding="utf-8"))
        else:
            migrate.run_script(connection, "create extension pgtap; create extension plpgsql_check;")
        if HELPERS.exists():
            migrate.run_script(connection, HELPERS.read_text(encoding="utf-8"))


if __name__ == "__main__":
    sys.exit(main())
