"""Drafts the next change of the plan from the difference between what is declared and what is planned.

`make change NAME=what_it_does NOTE="why"` edits nothing that is there but the plan, to which it adds a line.
It then says what the draft does not do yet, and what an older worker would miss.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from app import database, migrate
from app.changes import Plan
from app.errors import MigrationFault, RookeryError
from app.plan import read_plan
from baseline import CREATED, PLANNER, PROJECT, ROOT, BaselineError, declared
from checks import checks
from draft import Draft, DraftError, draft
from dumps import DumpError, differences, objects
from states import load_declared, load_planned, scratch
from throwaway import VERSIONS, Throwaway, ThrowawayError, server

# What a worker of the version before may still use: it goes in a change after the next release.
_CONTRACTS = re.compile(
    r"\b(drop\s+(?:table|column|view|function|type|sequence)\b[^;]*|rename\s[^;]*|set\s+not\s+null[^;]*)",
    re.IGNORECASE,
)


class ChangeError(Exception):
    """There is no change to write; the message says why."""


@dataclass(frozen=True, slots=True)
class Drafted:
    """A change's three scripts as drafts, and what its revert is a draft of."""

    deploy: Draft
    revert: Draft
    verify: str
    stale: tuple[str, ...]


def make_change(running: Throwaway, name: str, note: str, root: Path = ROOT) -> list[str]:
    """Write the scripts and the line of the plan; what a person has to look at, a line each."""
    plan = _checked(read_plan(root), name)
    drafted = _draft(running, root)
    for kind, text in (
        ("deploy", f"begin;\n{drafted.deploy.text}\ncommit;"),
        ("revert", f"begin;\n{drafted.revert.text}\ncommit;"),
        ("verify", f"begin;\n{drafted.verify}\nrollback;"),
    ):
        path = root / "db/migrations" / kind / f"{name}.sql"
        where = "on" if kind == "verify" else "from" if kind == "revert" else "to"
        path.write_text(f"-- {kind.capitalize()} {PROJECT}:{name} {where} pg\n\n{text}\n", encoding="utf-8")
    with (root / "sqitch.plan").open("a", encoding="utf-8") as file:
        file.write(_line(plan, name, note))
    read_plan(root)
    return list(_told(drafted))


def _checked(plan: Plan, name: str) -> Plan:
    if not re.fullmatch(r"[a-z][a-z0-9_]*[a-z0-9]", name):
        raise ChangeError(f"{name!r} is no name for a change; write it as in add_media_count")
    if not any(change.tags for change in plan.changes):
        raise ChangeError("nothing is released yet: `make baseline` still writes the migrations anew")
    if any(change.name == name for change in plan.changes):
        raise ChangeError(
            f"change {name} is planned already; what is not deployed anywhere may be deleted first"
        )
    return plan


def _line(plan: Plan, name: str, note: str) -> str:
    last = plan.changes[-1]
    stamp = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    # As sqitch does it: a tag ends a paragraph.
    gap = "\n" if last.tags else ""
    return f"{gap}{name} [{last.name}] {stamp} {PLANNER}{f' # {note}' if note else ''}\n"


def _draft(running: Throwaway, root: Path) -> Drafted:
    program = running.programs / "pg_dump"
    functions = {
        found["name"]: source.text
        for room in declared(root).values()
        for source in room
        for found in CREATED.finditer(source.text)
        if found["sort"].lower() in {"function", "procedure"} and source.path.startswith("db/functions/")
    }
    with scratch(running) as planned, scratch(running) as wanted:
        load_planned(running.url(dbname=planned), root)
        load_declared(running.url(dbname=wanted), root)
        there = objects(program, running.url(dbname=wanted))
        changed = differences(objects(program, running.url(dbname=planned)), there)
        if not changed:
            raise ChangeError("what is planned is what is declared: there is nothing to change")
        # Back from what is declared: once nothing is left of the deploy, that is what it leads to.
        deploy = draft(running, planned, wanted, functions)
        revert = draft(running, wanted, planned, {})
        return Drafted(deploy, revert, "\n".join(checks(changed)), tuple(_stale(running, root, wanted)))


def _stale(running: Throwaway, root: Path, wanted: str) -> Iterator[str]:
    """Verify scripts of earlier changes that would fail afterwards."""
    plan = read_plan(root)
    with closing(database.connect(running.url(dbname=wanted))) as connection:
        for change in plan.changes:
            problem = migrate.problem(connection, plan, change)
            if problem is not None:
                yield problem


def _told(drafted: Drafted) -> Iterator[str]:
    for kind, one in (("deploy", drafted.deploy), ("revert", drafted.revert)):
        if one.fault is not None:
            yield f"the {kind} draft does not run: {one.fault}"
        for each in one.left:
            yield f"the {kind} draft leaves to you: {each}"
    for statement in drafted.deploy.statements:
        code = re.sub(r"\$(\w*)\$.*?\$\1\$|'(?:[^']|'')*'|--[^\n]*", "", statement, flags=re.DOTALL)
        for found in _CONTRACTS.finditer(code):
            what = " ".join(found[0].split())
            yield f"a worker of the version before may still need what this takes away: {what}"
    for problem in drafted.stale:
        yield f"an earlier verify script fails after this, and may be mended: {problem}"


def main() -> int:
    """Write the change; 0 if nothing is left to be done by hand."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", help="what the change does, as in add_media_count")
    parser.add_argument("--note", default="", help="why, for the plan")
    parser.add_argument("--pg", choices=VERSIONS, default="18", help="draft on this version")
    arguments = parser.parse_args()
    try:
        with server(arguments.pg) as running:
            told = make_change(running, arguments.name, arguments.note)
    except (
        BaselineError, ChangeError, DraftError, DumpError, MigrationFault, RookeryError, ThrowawayError
    ) as error:  # fmt: skip
        print(f"change: {error}", file=sys.stderr)
        return 2
    for kind in ("deploy", "revert", "verify"):
        print(f"change: wrote db/migrations/{kind}/{arguments.name}.sql")
    for each in told:
        print(f"change: {each}", file=sys.stderr)
    print(
        "change: read what was written; then `make drift`"
        + (", which will tell whether it is whole" if told else "")
    )
    return int(bool(told))


if __name__ == "__main__":
    sys.exit(main())
