"""What a plan is made of: changes, their tags and dependencies, and the references that find them."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

Kind = Literal["deploy", "revert", "verify"]

# Perl's punctuation, but for the underscore.
MARKS = re.escape("-!\"#$%&'()*+,./:;<=>?@[\\]^`{|}~")
# `first^`, `@v1~`, `HEAD^^`, `second~3`: so many changes before or after.
_OFFSET = re.compile(rf"(?<![{MARKS}])(?P<way>[~^])(?:(?P<twice>(?P=way))|(?P<count>\d+))?\Z")


@dataclass(frozen=True, slots=True)
class Dependency:
    """What a change needs or excludes: a change, as of a tag where there is one, or whatever bears a tag.

    `project` is None for this plan's own, `name` and `tag` are empty where they are not said.
    """

    project: str | None
    name: str
    tag: str
    id: str = ""

    def __str__(self) -> str:
        """As sqitch writes it into ids and into the registry."""
        return (f"{self.project}:" if self.project else "") + self.reference

    @property
    def reference(self) -> str:
        """What `Plan.index_of` finds it by."""
        return self.id or self.name + (f"@{self.tag}" if self.tag else "")


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
    requires: tuple[Dependency, ...]
    conflicts: tuple[Dependency, ...]
    tags: tuple[Tag, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """A whole plan; `top_dir` holds its deploy, revert and verify scripts."""

    project: str
    uri: str | None
    changes: tuple[Change, ...]
    top_dir: Path

    def script(self, kind: Kind, change: Change) -> Path:
        """The path of a change's script."""
        return self.top_dir / kind / f"{change.name}.sql"

    def first(self, count: int) -> Plan:
        """The plan as it was when it held so many changes."""
        return replace(self, changes=self.changes[:count])

    def index_of(self, reference: str) -> int | None:
        """The position of the change that sqitch finds by this reference, or None.

        A name, an id, `@tag`, `name@tag`, HEAD or ROOT with or without their @; and behind any of them `^`
        for the change before, `~` for the one after, doubled or with a number for more.
        """
        found = _OFFSET.search(reference)
        if found is None:
            return self._index_of(reference)
        start = self._index_of(reference[: found.start()])
        if start is None:
            return None
        steps = int(found["count"]) if found["count"] else 2 if found["twice"] else 1
        index = start + (steps if found["way"] == "~" else -steps)
        return index if 0 <= index < len(self.changes) else None

    def _index_of(self, reference: str) -> int | None:
        name, _, tag = reference.partition("@")
        tagged = self._index_of_tag(tag) if tag else None
        if not name or name in {"HEAD", "ROOT"}:
            return tagged if tag else self._index_of_tag(name)
        for index, change in enumerate(self.changes):
            if name in {change.name, change.id}:
                return index if not tag or (tagged is not None and index <= tagged) else None
        return None

    def _index_of_tag(self, tag: str) -> int | None:
        if tag in {"HEAD", "ROOT"} and self.changes:
            return 0 if tag == "ROOT" else len(self.changes) - 1
        at = (
            n for n, change in enumerate(self.changes) if any(each.name == f"@{tag}" for each in change.tags)
        )
        return next(at, None)


def object_id(kind: str, info: str) -> str:
    """Sqitch's id of a change or tag: the SHA-1 of its description, with a header as git's objects have."""
    content = info.encode()
    return hashlib.sha1(
        b"%s %d\0%s" % (kind.encode(), len(content), content), usedforsecurity=False
    ).hexdigest()
