"""Fails where something that was released is edited: a line of the plan up to a tag, or a script before it.

With --tag it makes the next release of the plan: a line with the tag, from which on nothing above it changes.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from app.changes import Kind, Tag
from app.errors import MigrationFault
from app.plan import read_plan
from baseline import PLANNER, ROOT, BaselineError, declared, differences, generated

# A verify script says what still holds, so that a later change may have to take a line out of it.
FROZEN: tuple[Kind, ...] = ("deploy", "revert")


class ReleaseError(Exception):
    """It cannot be told what was released, or this cannot be; the message says why."""


def edited(root: Path = ROOT) -> Iterator[str]:
    """The files that are not what they were at a tag of the plan, and what is wrong with each."""
    told: set[str] = set()
    plan = read_plan(root)
    for number, change in enumerate(plan.changes, start=1):
        for tag in change.tags:
            commit = _commit(root, tag)
            if commit is None:
                continue
            paths = [plan.script(kind, each) for each in plan.changes[:number] for kind in FROZEN]
            for path in (root / "sqitch.plan", *paths):
                name = str(path.relative_to(root))
                problem = None if name in told else _problem(root, commit, path)
                if problem is not None:
                    told.add(name)
                    yield f"{name} {problem} {tag.name}"


def _problem(root: Path, commit: str, path: Path) -> str | None:
    then = _git(root, "show", f"{commit}:./{path.relative_to(root)}")
    if then is None:
        return "was planned before, but not there at"
    if not path.is_file():
        return "is gone, and was released with"
    now = path.read_text(encoding="utf-8")
    grows = path.name == "sqitch.plan"
    same = now.startswith(then.rstrip("\n") + "\n") if grows else now == then
    return None if same else "is not what it was at"


def _commit(root: Path, tag: Tag) -> str | None:
    """Where the tag was set: git's tag of that name, else where the plan got its line; None if it is new."""
    if _git(root, "rev-parse", "--git-dir") is None:
        raise ReleaseError(f"{root} is no git checkout: nobody can tell what was released with {tag.name}")
    named = _git(
        root, "rev-parse", "--verify", "--quiet", f"refs/tags/{tag.name.removeprefix('@')}^{{commit}}"
    )
    if named is not None:
        return named.strip()
    if (_git(root, "rev-parse", "--is-shallow-repository") or "").strip() == "true":
        raise ReleaseError(f"this clone is shallow: fetch the tags, or the history, to find {tag.name}")
    added = (_git(root, "log", "--format=%H", f"-S{tag.name} {tag.date}", "--", "sqitch.plan") or "").split()
    return added[-1] if added else None


def _git(root: Path, *arguments: str) -> str | None:
    command = ["git", "-C", str(root), *arguments]
    finished = subprocess.run(command, capture_output=True, text=True, check=False)
    return finished.stdout if finished.returncode == 0 else None


def tag_plan(version: str, note: str, root: Path = ROOT) -> str:
    """Add the tag of a version to the plan, and return it."""
    if not re.fullmatch(r"\d+\.\d+\.\d+", version):
        raise ReleaseError(f"{version!r} is no version; write it as in 1.2.0")
    plan = read_plan(root)
    if not any(change.tags for change in plan.changes) and differences(generated(declared(root)), root):
        raise ReleaseError("the migrations are not what is declared: run `make baseline` and commit first")
    for each in edited(root):
        raise ReleaseError(each)
    stamp = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    path = root / "sqitch.plan"
    before = path.read_text(encoding="utf-8")
    path.write_text(
        f"{before}@v{version} {stamp} {PLANNER}{f' # {note}' if note else ''}\n", encoding="utf-8"
    )
    try:
        read_plan(root)
    except MigrationFault:
        path.write_text(before, encoding="utf-8")
        raise
    return f"@v{version}"


def main() -> int:
    """Compare, or tag; 0 if all is well."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tag", metavar="VERSION", help="tag the plan as this version")
    parser.add_argument("--note", default="", help="what the version is, for the plan")
    arguments = parser.parse_args()
    try:
        if arguments.tag:
            tag = tag_plan(arguments.tag, arguments.note)
            print(f"released: the plan is tagged {tag}; commit it, then: git tag {tag.removeprefix('@')}")
            return 0
        found = list(edited())
    except (BaselineError, MigrationFault, ReleaseError) as error:
        print(f"released: {error}", file=sys.stderr)
        return 2
    for each in found:
        print(f"released: {each}: put it back, and write another change", file=sys.stderr)
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
