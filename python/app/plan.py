"""Reads sqitch.plan line for line as sqitch 1.3 does: its grammar, and its own ids."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from app.changes import MARKS, Change, Dependency, Plan, Tag, object_id
from app.errors import MigrationFault

# What Perl takes for blank and for digit in a text that is Unicode.
_B = "[ \\t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]"
_NAME = rf"(?![{MARKS}])(?:(?![~/=%^]\d+(?:\Z|{_B}))(?!{_B})[^@:#\\])+(?<![{MARKS}])\b"

_REMARK = re.compile(rf"{_B}*(?:#{_B}*(?P<note>.+)|\Z)")
_NOTE = re.compile(rf"{_B}*(?:#{_B}*(?P<note>.*))?\Z")
_PRAGMA = re.compile(
    rf"{_B}*%{_B}*(?P<name>[^{MARKS}](?:(?:(?!{_B})[^=])*?(?!{_B})[^{MARKS}])?)(?:{_B}*={_B}*(?P<value>.+))?\Z"
)
_LINE = re.compile(
    rf"{_B}*(?:(?P<at>@)|{_B}*(?P<operator>[+-]){_B}*)?(?P<name>{_NAME}){_B}*"
    rf"(?:\[(?P<dependencies>[^\]]+)\]{_B}*)?"
    rf"(?:(?P<date>[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}T[0-9]{{2}}:[0-9]{{2}}:[0-9]{{2}}Z){_B}*)?"
    rf"(?:(?P<planner>[^<]+){_B}+<(?P<email>[^>]+)>)?\Z"
)
_DEPENDENCY = re.compile(
    rf"(?P<not>!?)(?:(?P<project>{_NAME}):)?"
    rf"(?:(?P<id>[0-9a-f]{{40}})|(?P<name>{_NAME})(?:@(?P<tag>{_NAME}))?|@(?P<only_tag>{_NAME}))\Z"
)
# An address that URI's canonical form, which goes into the ids, leaves as it is.
_CANONICAL = re.compile(r"[a-z][a-z0-9+.-]*://[a-z0-9.-]+/[A-Za-z0-9._~/-]*")
_ESCAPES = {"\\\\": "\\", "\\n": "\n", "\\r": "\r"}


def read_plan(root: Path) -> Plan:
    """The plan at `root`/sqitch.plan, its scripts in db/migrations; a MigrationFault names a bad line."""
    path = root / "sqitch.plan"
    try:
        # Not as text: Python would take a lone carriage return for the end of a line, and sqitch does not.
        text = path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise MigrationFault(f"{path} cannot be read: {error}") from None
    return _Reader(path).read(text, root / "db" / "migrations")


class _Reader:
    """Goes through the lines once; `number` is the line being read."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.number = 0
        self.pragmas: dict[str, str | None] = {}
        self.changes: list[Change] = []
        # On which line a name or tag is; apart, what follows the last tag: `name@tag` cannot mean it yet.
        self.tagged: dict[str, int] = {}
        self.section: dict[str, int] = {}

    def read(self, text: str, top_dir: Path) -> Plan:
        """The plan that the text is; a MigrationFault names the first line that sqitch would not take."""
        in_header = True
        for self.number, raw in enumerate(text.removesuffix("\n").split("\n"), start=1):
            line = raw.removesuffix("\r")
            remark = _REMARK.match(line)
            if remark is not None:
                # A note of nothing, or of 0, is none to Perl.
                in_header = in_header and (remark["note"] or "").strip() not in {"", "0"}
            elif in_header:
                self._pragma(line)
            else:
                self._object(line)
        project, uri = self.pragmas.get("project"), self.pragmas.get("uri")
        if not project:
            raise MigrationFault(f"{self.path} has no %project")
        return Plan(project, uri, tuple(self.changes), top_dir)

    def _pragma(self, line: str) -> None:
        found = _PRAGMA.match(_NOTE.sub("", line, count=1))
        if found is None:
            raise self._fault("a pragma is expected here; a blank line parts pragmas from changes")
        name, value = found["name"], found["value"]
        if name == "project" and (value is None or not re.fullmatch(_NAME, value)):
            raise self._fault(f"{value or 'nothing'} is no name of a project")
        if name == "uri" and (value is None or not _CANONICAL.fullmatch(value)):
            raise self._fault(f"%uri is not written as in https://example.com/name: {value}")
        self.pragmas[name] = value

    def _object(self, line: str) -> None:
        note = _text_of_note(_NOTE.search(line))
        found = _LINE.match(_NOTE.sub("", line, count=1))
        if found is None or not found["date"] or not found["planner"]:
            raise self._fault("neither a change nor a tag: name [requires] date planner <email>")
        if found["name"] in {"ROOT", "HEAD"} or re.match("[0-9a-f]{40}", found["name"]):
            raise self._fault(f"{found['name']} is a name that sqitch keeps for itself")
        if found["operator"] == "-":
            raise self._fault("changes that revert others are not supported")
        try:
            datetime.fromisoformat(found["date"])
        except ValueError as error:
            raise self._fault(f"{found['date']} is no time: {error}") from None
        if found["at"]:
            self._tag(found, note)
        else:
            self._change(found, note)

    def _change(self, found: re.Match[str], note: str) -> None:
        name = found["name"]
        if name in self.section:
            raise self._fault(f"change {name} is there twice, on line {self.section[name]} before")
        if name in self.tagged:
            raise self._fault(
                f"change {name} is a reworked one, of line {self.tagged[name]}: reworking is not supported;"
                " plan a change of another name"
            )
        requires, conflicts = self._dependencies(name, found["dependencies"])
        info = [
            *self._project(),
            f"change {name}",
            *([f"parent {self.changes[-1].id}"] if self.changes else []),
            *_signature(found),
            *(["requires", *(f"  + {each}" for each in requires)] if requires else []),
            *(["conflicts", *(f"  - {each}" for each in conflicts)] if conflicts else []),
            *_hashed(note),
        ]
        self.section[name] = self.number
        identity = object_id("change", "\n".join(info))
        self.changes.append(
            Change(
                identity, name, note, found["date"], found["planner"], found["email"], requires, conflicts, ()
            )
        )

    def _tag(self, found: re.Match[str], note: str) -> None:
        name = "@" + found["name"]
        if not self.changes or name in self.tagged:
            raise self._fault(f"tag {name} follows no change, or is there twice")
        if "/" in name or found["dependencies"]:
            raise self._fault(f"tag {name} holds a /, or requires something")
        last = self.changes[-1]
        info = [*self._project(), f"tag {name}", f"change {last.id}", *_signature(found), *_hashed(note)]
        identity = object_id("tag", "\n".join(info))
        tag = Tag(identity, name, note, found["date"], found["planner"], found["email"])
        self.changes[-1] = replace(last, tags=(*last.tags, tag))
        self.tagged |= self.section | {name: self.number}
        self.section = {}

    def _dependencies(
        self, name: str, text: str | None
    ) -> tuple[tuple[Dependency, ...], tuple[Dependency, ...]]:
        requires: list[Dependency] = []
        conflicts: list[Dependency] = []
        # Perl's split forgets empty pieces at the end, and at the end only.
        written = re.split(f"{_B}+", re.sub(f"{_B}+\\Z", "", text)) if text else []
        for each in written:
            found = _DEPENDENCY.match(each)
            if found is None or written.count(each) > 1:
                raise self._fault(f"change {name}: {each!r} is no dependency, or is there twice")
            if found["id"] and not found["project"]:
                raise self._fault(f"change {name}: {each} is an id without a project, which is not supported")
            project = None if found["project"] == self.pragmas.get("project") else found["project"]
            tag = found["tag"] or found["only_tag"] or ""
            one = Dependency(project, found["name"] or "", tag, found["id"] or "")
            (conflicts if found["not"] else requires).append(one)
        for one in requires:
            if not one.project and not one.id and not self._is_planned(one):
                raise self._fault(f"change {name} requires {one}, which no line before it plans")
        return tuple(requires), tuple(conflicts)

    def _is_planned(self, one: Dependency) -> bool:
        if not one.name or not one.tag:
            return one.reference in self.tagged or one.name in self.section
        # With a tag, only what is above that tag.
        tag_at = self.tagged.get(f"@{one.tag}")
        return tag_at is not None and self.tagged.get(one.name, tag_at) < tag_at

    def _project(self) -> list[str]:
        uri = self.pragmas.get("uri")
        return [f"project {self.pragmas.get('project')}", *([f"uri {uri}"] if uri else [])]

    def _fault(self, reason: str) -> MigrationFault:
        return MigrationFault(f"{self.path} line {self.number}: {reason}")


def _text_of_note(found: re.Match[str] | None) -> str:
    written = (found["note"] or "") if found else ""
    return re.sub(r"\\[\\nr]", lambda escape: _ESCAPES[escape[0]], written.strip())


def _hashed(note: str) -> list[str]:
    return ["", note] if note not in {"", "0"} else []


def _signature(found: re.Match[str]) -> list[str]:
    return [f"planner {found['planner']} <{found['email']}>", f"date {found['date']}"]
