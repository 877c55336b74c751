"""Writes plan and migrations from the declared state, one change per room; only until the first release.

`python tools/baseline.py` writes them, `--check` fails if they are not what it would write.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PROJECT = "rookery"
PLANNER = "Rookery <rookery@example.com>"

# In order of dependency; an arrow goes only to what stands above.
ROOMS = {
    "roles": "The roles of the cluster",
    "base": "Clock, settings, errors, decisions",
    "graph": "Users, follows, posts, and the log of their changes",
    "ingest": "Runs, calls, pages, windows, and the providers",
    "asset": "Kinds, instances, roots, closure, materializations, members",
    "engine": "Tick, planner, workers",
    "api": "The public surface and who may use it",
}
# Folders of db/functions that are part of a room.
ANNEXES = {"providers": "ingest", "kinds": "asset"}
# Files of db/schema from here on belong to api; all but the first number come after api's functions.
API_FROM = 90

CREATED = re.compile(
    r"^create (?:or replace )?(?:unlogged )?"
    r"(?P<sort>table|view|sequence|function|procedure|type|domain|aggregate)"
    r" (?P<name>[a-z_0-9]+\.[a-z_0-9]+)",
    re.MULTILINE | re.IGNORECASE,
)
OWNER = "rookery_owner"
# Outlives the schemas of its room.
REVOKED_BY_DEFAULT = re.compile(
    r"^alter default privileges revoke (?P<what>[a-z ]+) from (?P<whom>[a-z_]+);",
    re.MULTILINE | re.IGNORECASE,
)
CREATED_SCHEMA = re.compile(r"^create schema (?P<name>[a-z_0-9]+)", re.MULTILINE | re.IGNORECASE)


class BaselineError(Exception):
    """The declared state cannot be written as migrations; the message says why."""


@dataclass(frozen=True)
class Source:
    """A declared file: its path from the root, and its text."""

    path: str
    text: str


def declared(root: Path = ROOT) -> dict[str, list[Source]]:
    """The declared files by room, each room's in the order in which they run."""
    rooms: dict[str, list[Path]] = {room: [] for room in ROOMS}
    late: list[Path] = []
    for path in sorted((root / "db/schema").glob("*.sql")):
        number, _, name = path.stem.partition("_")
        if not number.isdigit():
            raise BaselineError(
                f"{path.relative_to(root)}: a schema file begins with a number, as in 30_graph.sql"
            )
        if int(number) > API_FROM:
            late.append(path)
        else:
            rooms[_room_of("api" if int(number) == API_FROM else name, path.relative_to(root))].append(path)
    for path in sorted((root / "db/functions").rglob("*.sql")):
        folder = path.relative_to(root / "db/functions").parts[0]
        rooms[_room_of(ANNEXES.get(folder, folder), path.relative_to(root))].append(path)
    rooms["api"] += late
    return {
        room: [
            Source(str(path.relative_to(root)), path.read_text(encoding="utf-8").strip()) for path in paths
        ]
        for room, paths in rooms.items()
        if paths
    }


def _room_of(name: str, path: Path) -> str:
    room = next((room for room in ROOMS if name == room or name.startswith(room + "_")), None)
    if room is None:
        raise BaselineError(f"{path} belongs to no room; the rooms are {', '.join(ROOMS)}")
    return room


def generated(rooms: dict[str, list[Source]]) -> dict[str, str]:
    """The text of every file that this tool writes, by its path from the root."""
    files = {"sqitch.plan": _plan(list(rooms))}
    for room, sources in rooms.items():
        files[f"db/migrations/deploy/{room}.sql"] = _deploy(room, sources)
        files[f"db/migrations/revert/{room}.sql"] = _revert(room, sources)
        files[f"db/migrations/verify/{room}.sql"] = _verify(room, sources)
    return files


def _plan(rooms: list[str]) -> str:
    lines = ["%syntax-version=1.0.0", f"%project={PROJECT}", ""]
    before: str | None = None
    for number, (room, note) in enumerate(ROOMS.items()):
        if room in rooms:
            requires = f" [{before}]" if before else ""
            lines.append(f"{room}{requires} 2026-01-01T00:{number:02}:00Z {PLANNER} # {note}")
            before = room
    return "\n".join(lines) + "\n"


def _deploy(room: str, sources: list[Source]) -> str:
    parts = [f"-- Deploy {PROJECT}:{room} to pg", "begin;\nset local check_function_bodies = off;"]
    parts += [f"-- source: {source.path}\n{source.text}" for source in sources]
    return "\n\n".join([*parts, "commit;"]) + "\n"


def _revert(room: str, sources: list[Source]) -> str:
    schemas = [found["name"] for source in sources for found in CREATED_SCHEMA.finditer(source.text)]
    body = [f"drop schema {schema} cascade;" for schema in reversed(schemas)]
    body += [
        f"alter default privileges for role {OWNER} grant {found['what']} to {found['whom']};"
        for source in sources
        for found in REVOKED_BY_DEFAULT.finditer(source.text)
    ]
    if not body:
        body = ["-- Nothing: roles belong to the whole cluster, and other databases may use them."]
    return "\n".join([f"-- Revert {PROJECT}:{room} from pg", "", "begin;", *body, "commit;"]) + "\n"


def _verify(room: str, sources: list[Source]) -> str:
    checks = [check for source in sources for check in _checks(source.text)]
    if not checks:
        checks = [f"select '{role}'::regrole;" for source in sources for role in _roles(source.text)]
    unique = list(dict.fromkeys(checks))
    return "\n".join([f"-- Verify {PROJECT}:{room} on pg", "", "begin;", *unique, "rollback;"]) + "\n"


def _checks(text: str) -> Iterator[str]:
    """A statement for each object, that fails where the object is missing (or, a function, there twice)."""
    for found in CREATED_SCHEMA.finditer(text):
        yield f"select '{found['name']}'::regnamespace;"
    for found in CREATED.finditer(text):
        name = found["name"]
        match found["sort"].lower():
            case "table" | "view":
                yield f"select from {name} where false;"
            case "sequence":
                yield f"select '{name}'::regclass;"
            case "type" | "domain":
                yield f"select '{name}'::regtype;"
            case _:
                yield f"select '{name}'::regproc;"


def _roles(text: str) -> list[str]:
    return sorted(set(re.findall(r"\brookery_[a-z]+\b", text)))


def differences(files: dict[str, str], root: Path = ROOT) -> list[str]:
    """Paths whose text is not the generated one, or that nothing generates."""
    found = [
        path for path, text in files.items() if not (root / path).is_file() or _read(root / path) != text
    ]
    present = {str(path.relative_to(root)) for path in (root / "db/migrations").rglob("*.sql")}
    return sorted({*found, *(present - set(files))})


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def write(files: dict[str, str], root: Path = ROOT) -> list[str]:
    """Bring the files into line; the paths that were written or removed."""
    changed = differences(files, root)
    for path in changed:
        if path in files:
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(files[path], encoding="utf-8")
        else:
            (root / path).unlink()
    return changed


def released(root: Path = ROOT) -> bool:
    """Whether the plan has a tag."""
    plan = root / "sqitch.plan"
    return plan.is_file() and re.search(r"^\s*@", _read(plan), re.MULTILINE) is not None


def refuse_after_release(root: Path = ROOT) -> None:
    """Raise BaselineError once the plan has a tag: from then on, changes are added and never rewritten."""
    if released(root):
        raise BaselineError(
            "sqitch.plan has a tag: what was released is not rewritten; `make change` adds to it"
        )


def main() -> int:
    """Write, or with --check compare; 0 if all is well."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--check", action="store_true", help="write nothing, fail if something would be written"
    )
    check = parser.parse_args().check
    try:
        if check and released():
            return 0  # from the first release on `make drift` compares what both make, not how it is written
        refuse_after_release()
        files = generated(declared())
        changed = differences(files) if check else write(files)
    except BaselineError as error:
        print(f"baseline: {error}", file=sys.stderr)
        return 2
    for path in changed:
        print(f"baseline: {'differs from the declared state' if check else 'wrote'}: {path}", file=sys.stderr)
    if check and changed:
        print("baseline: run `make baseline` and commit what it writes", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
