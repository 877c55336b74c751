"""Reads sqitch.plan as sqitch 1.3 does: the changes in order, with sqitch's own ids."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from app.errors import MigrationFault

_PRAGMA = re.compile(r"[ \t]*%[ \t]*(?P<name>[^ \t=]+)(?:[ \t]*=[ \t]*(?P<value>.+?))?[ \t]*")
_NOTE = re.compile(r"[ \t]*#[ \t]*(?P<note>.*)$")
_LINE = re.compile(
    r"[ \t]*(?:(?P<at>@)|[ \t]*(?P<operator>[+-])[ \t]*)?"
    r"(?P<name>[^ \t@:#\\]+)"
    r"(?:[ \t]+\[(?P<dependencies>[^\]]+)\])?"
    r"[ \t]+(?P<date>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)"
    r"[ \t]+(?P<planner>[^<]+?)[ \t]+<(?P<email>[^>]+)>[ \t]*"
)
_MARKS = re.escape("-!\"#$%&'()*+,./:;<=>?@[\\]^`{|}~")
# No mark first or last, and no mark with digits at the end that would name another change, as in `x^2`.
_NAME = re.compile(rf"(?![{_MARKS}])(?:(?![~/=%^]\d+$)[^ \t:@#\\])+(?<![{_MARKS}])", re.ASCII)
_ESCAPES = {"\\\\": "\\", "\\n": "\n", "\\r": "\r"}


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag on a change; `name` with its `@`."""

    id: str
    name: str
    note: str
    date: str
    planner: str
    email: str


@dataclass(frozen=True, slots=True)
class Change:
    """One change of the plan; `date` is ISO 8601 in UTC, `requires` and `conflicts` as planned."""

    id: str
    name: str
    note: str
    date: str
    planner: str
    email: str
    requires: tuple[str, ...]
    conflicts: tuple[str, ...]
    tags: tuple[Tag, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """A whole plan; `top_dir` holds its deploy, revert and verify scripts."""

    project: str
    uri: str | None
    changes: tuple[Change, ...]
    top_dir: Path

    def script(self, kind: str, change: Change) -> Path:
        """The path of a change's script; `kind` is deploy, revert or verify."""
        return self.top_dir / kind / f"{change.name}.sql"


def read_plan(root: Path) -> Plan:
    """The plan at `root`/sqitch.plan, its scripts in db/migrations; a MigrationFault names a bad line."""
    path = root / "sqitch.plan"
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise MigrationFault(f"{path} cannot be read: {error}") from None
    return _Reader(path).read(text, root / "db" / "migrations")


def object_id(kind: str, info: str) -> str:
    """Sqitch's id of a change or tag: the SHA-1 of its description, with a header as git's objects have."""
    content = info.encode()
    return hashlib.sha1(
        b"%s %d\0%s" % (kind.encode(), len(content), content), usedforsecurity=False
    ).hexdigest()


class _Reader:
    """Goes through the lines once; `number` is the line being read."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.number = 0
        self.pragmas: dict[str, str] = {}
        self.changes: list[Change] = []
        self.tags: list[Tag] = []

    def read(self, text: str, top_dir: Path) -> Plan:
        lines = text.split("\n")
        in_header = True
        for self.number, line in enumerate(lines, start=1):
            line = line.removesuffix("\r")
            if not line.strip() or line.lstrip().startswith("#"):
                in_header = in_header and bool(line.strip())
            elif in_header:
                self._pragma(line)
            else:
                self._object(line)
        if "project" not in self.pragmas:
            raise MigrationFault(f"{self.path} has no %project")
        self._check_conflicts()
        return Plan(self.pragmas["project"], self.pragmas.get("uri"), tuple(self.changes), top_dir)

    def _pragma(self, line: str) -> None:
        found = _PRAGMA.fullmatch(_NOTE.sub("", line))
        if found is None:
            raise self._fault("a pragma is expected here; a blank line parts pragmas from changes")
        self.pragmas[found["name"]] = found["value"] or "1"

    def _object(self, line: str) -> None:
        note_found = _NOTE.search(line)
        note = re.sub(r"\\[\\nr]", lambda m: _ESCAPES[m[0]], note_found["note"].strip()) if note_found else ""
        found = _LINE.fullmatch(_NOTE.sub("", line))
        if found is None or not _NAME.fullmatch(found["name"]) or found["name"] in {"ROOT", "HEAD"}:
            raise self._fault("neither a change nor a tag: name [requires] date planner <email>")
        if found["operator"] == "-":
            raise self._fault("changes that revert others are not supported")
        if found["at"]:
            self._tag(found, note)
        else:
            self._change(found, note)

    def _change(self, found: re.Match[str], note: str) -> None:
        name = found["name"]
        if any(change.name == name for change in self.changes):
            raise self._fault(f"change {name} is there twice; reworked changes are not supported")
        written = (found["dependencies"] or "").split()
        requires = tuple(each for each in written if not each.startswith("!"))
        conflicts = tuple(each.removeprefix("!") for each in written if each.startswith("!"))
        self._check_dependencies(name, requires, conflicts)
        info = [
            *self._project(),
            f"change {name}",
            *([f"parent {self.changes[-1].id}"] if self.changes else []),
            *_signature(found),
            *(["requires", *(f"  + {each}" for each in requires)] if requires else []),
            *(["conflicts", *(f"  - {each}" for each in conflicts)] if conflicts else []),
            *(["", note] if note else []),
        ]
        identity = object_id("change", "\n".join(info))
        self.changes.append(
            Change(
                identity, name, note, found["date"], found["planner"], found["email"], requires, conflicts, ()
            )
        )

    def _tag(self, found: re.Match[str], note: str) -> None:
        name = "@" + found["name"]
        if not self.changes or any(tag.name == name for change in self.changes for tag in change.tags):
            raise self._fault(f"tag {name} follows no change, or is there twice")
        last = self.changes[-1]
        info = [
            *self._project(),
            f"tag {name}",
            f"change {last.id}",
            *_signature(found),
            *(["", note] if note else []),
        ]
        tag = Tag(
            object_id("tag", "\n".join(info)), name, note, found["date"], found["planner"], found["email"]
        )
        self.changes[-1] = Change(
            last.id,
            last.name,
            last.note,
            last.date,
            last.planner,
            last.email,
            last.requires,
            last.conflicts,
            (*last.tags, tag),
        )

    def _check_dependencies(self, name: str, requires: tuple[str, ...], conflicts: tuple[str, ...]) -> None:
        known = {change.name for change in self.changes}
        for each in conflicts:
            if each.partition("@")[0] in known:
                raise self._fault(f"change {name} conflicts with {each}, which a line before it plans")
        for each in requires:
            if each.partition("@")[0] not in known:
                raise self._fault(f"change {name} requires {each}, which no line before it plans")

    def _check_conflicts(self) -> None:
        known = {change.name for change in self.changes}
        for change in self.changes:
            for each in change.conflicts:
                if each.partition("@")[0] not in known:
                    raise MigrationFault(
                        f"{self.path}: change {change.name} conflicts with {each}, which is not planned"
                    )

    def _project(self) -> list[str]:
        uri = self.pragmas.get("uri")
        return [f"project {self.pragmas.get('project')}", *([f"uri {uri}"] if uri else [])]

    def _fault(self, reason: str) -> MigrationFault:
        return MigrationFault(f"{self.path} line {self.number}: {reason}")


def _signature(found: re.Match[str]) -> list[str]:
    return [f"planner {found['planner']} <{found['email']}>", f"date {found['date']}"]
