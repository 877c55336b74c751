"""Plants the faults of db/tests/mutants in the SQL, one by one, and sees the tests that are named kill each.

A mutant is a patch of the declared state under three lines: what would go wrong, with its rule; the tests
that find it (`killed by PATH …`), files under db/tests, pgTAP's or isolation specs; and an empty one. Every
bug that was ever found comes back as one. `--check` only sees whether every patch still fits.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from app import database, migrate
from baseline import ROOT, BaselineError, declared
from pgtap import DATABASE, isolate, prepare, prove
from throwaway import Throwaway, ThrowawayError, server

MUTANTS = ROOT / "db/tests/mutants"
KILLED_BY = "killed by "


class MutantError(Exception):
    """A mutant that cannot be tried; the message names it and says why."""


@dataclass(frozen=True)
class Mutant:
    """A planted fault: its file, what would go wrong, and the tests that find it, relative to the root."""

    path: Path
    fault: str
    tests: tuple[str, ...]

    @property
    def name(self) -> str:
        """What to call it: its file without the ending."""
        return self.path.stem


def main() -> int:
    """Try the mutants that are named, or all; 0 if every one is killed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="only see whether each patch fits")
    parser.add_argument("names", nargs="*", metavar="NAME", help="all of db/tests/mutants if none is named")
    arguments = parser.parse_args()
    try:
        mutants = [read_mutant(path) for path in _paths(arguments.names)]
        with tempfile.TemporaryDirectory(prefix="rk-mutants-") as folder:
            trees = [plant(mutant, Path(folder) / mutant.name) for mutant in mutants]
            if arguments.check:
                return 0
            survivors = list(_try_all(mutants, trees))
    except (MutantError, BaselineError, ThrowawayError) as error:
        print(f"mutants: {error}", file=sys.stderr)
        return 1
    print(f"{len(mutants) - len(survivors)} of {len(mutants)} mutants were killed")
    return 1 if survivors else 0


def _paths(names: list[str]) -> list[Path]:
    paths = [MUTANTS / f"{name}.patch" for name in names] or sorted(MUTANTS.glob("*.patch"))
    missing = [path.stem for path in paths if not path.exists()]
    if missing:
        raise MutantError(f"there is no mutant {', '.join(missing)} in {MUTANTS.relative_to(ROOT)}")
    return paths


def read_mutant(path: Path) -> Mutant:
    """The mutant in a file. Raises MutantError when its head does not say what it must."""
    fault, killers, blank, *_ = [*path.read_text(encoding="utf-8").split("\n", 3), "", "", ""]
    tests = tuple(f"db/tests/{each}" for each in killers.removeprefix(KILLED_BY).split())
    if not fault or not killers.startswith(KILLED_BY) or not tests or blank:
        raise MutantError(f"{path.name}: begin with what goes wrong, `{KILLED_BY}PATH …`, and an empty line")
    lost = [test for test in tests if not (ROOT / test).exists()]
    if lost:
        raise MutantError(f"{path.name}: there is no {', '.join(lost)}")
    return Mutant(path, fault, tests)


def plant(mutant: Mutant, tree: Path) -> Path:
    """A copy of the declared state with the fault in it. Raises MutantError when the patch does not fit."""
    for part in ("db/schema", "db/functions"):
        (tree / part).parent.mkdir(parents=True, exist_ok=True)
        subprocess.run(["cp", "-r", ROOT / part, tree / part], check=True)
    command = ["git", "apply", "--recount", "--whitespace=nowarn", str(mutant.path)]
    alone = os.environ | {"GIT_CEILING_DIRECTORIES": str(tree.parent)}
    fitted = subprocess.run(command, cwd=tree, env=alone, capture_output=True, text=True, check=False)
    if fitted.returncode != 0:
        raise MutantError(f"{mutant.path.name} does not fit any more: {fitted.stderr.strip()}")
    return tree


def _try_all(mutants: list[Mutant], trees: list[Path]) -> Iterator[Mutant]:
    """Try each, two at a time, a line for each; what survives."""
    with server("15") as running:
        prepare(running)
        with ThreadPoolExecutor(2) as pool:
            began = monotonic()
            for mutant, is_killed in zip(
                mutants,
                pool.map(lambda pair: _is_killed(running, *pair), zip(mutants, trees, strict=True)),
                strict=True,
            ):
                says = "killed" if is_killed else "SURVIVED"
                print(f"{monotonic() - began:5.0f} s  {says:8}  {mutant.name}: {mutant.fault}", flush=True)
                if not is_killed:
                    yield mutant


def _is_killed(running: Throwaway, mutant: Mutant, tree: Path) -> bool:
    """Whether one of its tests fails where the fault is planted."""
    name = f"mutant_{mutant.name.replace('-', '_')}"
    with closing(database.connect(running.url())) as connection:
        database.create_database(connection, name, template=DATABASE)
    with closing(database.connect(running.url(dbname=name))) as connection:
        migrate.run_script(connection, _fault(mutant, tree))
    specs = [test for test in mutant.tests if test.endswith(".spec")]
    tests = [test for test in mutant.tests if test not in specs]
    killed = not (
        (not tests or prove(running, name, tests, quiet=True))
        and (not specs or isolate(running, name, specs, quiet=True))
    )
    with closing(database.connect(running.url())) as connection:
        database.drop_database(connection, name)
    return killed


def _fault(mutant: Mutant, tree: Path) -> str:
    """The script that puts the changed files in the place of what they were."""
    sound = {source.path: source.text for room in declared().values() for source in room}
    changed = [
        source for room in declared(tree).values() for source in room if source.text != sound[source.path]
    ]
    unfit = [source.path for source in changed if not source.path.startswith("db/functions/")]
    if unfit or not changed:
        raise MutantError(f"{mutant.path.name}: only functions can be mutated, not {unfit or 'nothing'}")
    head = "set local role rookery_owner; set local check_function_bodies = off;"
    return "\n".join([head, *(source.text for source in changed)])


if __name__ == "__main__":
    sys.exit(main())
