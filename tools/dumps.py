"""Compares two databases as pg_dump sees them: objects, comments, grants, owners and rows."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path

# An object as pg_dump announces it, and the text of it.
Objects = dict[str, str]

_HEAD = re.compile(
    r"^--\n-- (?:Data for )?Name: (?P<name>.*); Type: (?P<sort>[A-Z ]+); Schema: (?P<schema>.*);"
    r" Owner: (?P<owner>.*)\n--\n",
    re.MULTILINE,
)
# What pg_dump says once for all that follows, between two objects.
_ASIDE = re.compile(r"^(?:SET default_\w+ = .*;|\\(?:un)?restrict .*)\n", re.MULTILINE)
# Where the order of the lines says nothing.
_UNORDERED = {"ACL", "DEFAULT ACL", "TABLE DATA"}
# The options of a table, in the order in which they were set.
_OPTIONS = re.compile(r"^WITH \((?P<options>.*)\);$", re.MULTILINE)
# How far a sequence has come is not part of the schema.
_LEFT_OUT = {"SEQUENCE SET"}
# Sqitch's registry says when and by whom.
_REGISTRY = "sqitch"


class DumpError(Exception):
    """A database cannot be dumped; the message is pg_dump's own."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One object that is not as it should be; a text is None where the database has no such object."""

    object: str
    found: str | None
    wanted: str | None

    @property
    def sort(self) -> str:
        """What the object is, in pg_dump's word: TABLE, COMMENT, ACL."""
        return self.object.partition(" of ")[0]

    def __str__(self) -> str:
        if self.found is None:
            return f"missing: {self.object}"
        if self.wanted is None:
            return f"too much: {self.object}"
        lines = unified_diff(self.found.splitlines(), self.wanted.splitlines(), "", "", "", "", 0, "")
        changes = [f"    {line}" for line in lines if not line.startswith(("---", "+++", "@@"))]
        return "\n".join([f"differs: {self.object}", *changes])


def objects(program: Path, url: str) -> Objects:
    """Every object of the database but sqitch's registry, as `program` (a pg_dump) writes it."""
    command = [str(program), "--column-inserts", f"--exclude-schema={_REGISTRY}", "--dbname", url]
    finished = subprocess.run(command, capture_output=True, text=True, check=False)
    if finished.returncode != 0:
        raise DumpError(finished.stderr.strip())
    return dict(_blocks(finished.stdout))


def _blocks(text: str) -> Iterator[tuple[str, str]]:
    heads = list(_HEAD.finditer(text))
    ends = [*(head.start() for head in heads[1:]), text.rindex("\n--\n-- PostgreSQL database dump complete")]
    for head, end in zip(heads, ends, strict=False):
        sort = head["sort"]
        if sort in _LEFT_OUT:
            continue
        body = _OPTIONS.sub(_in_order, _ASIDE.sub("", text[head.end() : end]))
        lines = [line for line in body.strip().splitlines() if line]
        if sort in _UNORDERED:
            lines.sort()
        if lines:
            schema = "" if head["schema"] == "-" else f"{head['schema']}."
            yield f"{sort} of {schema}{head['name']} (owner {head['owner']})", "\n".join(lines)


def _in_order(found: re.Match[str]) -> str:
    return f"WITH ({', '.join(sorted(found['options'].split(', ')))});"


def differences(found: Objects, wanted: Objects) -> list[Difference]:
    """What is missing, too much, or different in `found`, in the order of pg_dump."""
    names = list(dict.fromkeys([*wanted, *found]))
    return [
        Difference(name, found.get(name), wanted.get(name))
        for name in names
        if found.get(name) != wanted.get(name)
    ]
