"""Reads a change's script as psql would, and refuses what could not run in one transaction of ours."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from app.changes import Change, Kind, Plan
from app.errors import MigrationFault

# What is no code: remarks, strings, bodies, quoted names.
_QUIET = re.compile(
    r"""--[^\n]* | /\*.*?\*/
      | \$(?P<mark>(?:[^\W\d]\w*)?)\$.*?\$(?P=mark)\$
      | (?<!\w)[eE]'(?:[^'\\]|\\.|'')*' | '(?:[^']|'')*' | "(?:[^"]|"")*" """,
    re.VERBOSE | re.DOTALL,
)
_NOISE = r"(?:\s+(?:work|transaction))?"
_BEGIN = re.compile(rf"\s*begin{_NOISE}\s*;", re.IGNORECASE)
_END = {
    "deploy": re.compile(rf"(?<=;)\s*(?:commit|end){_NOISE}\s*;\s*\Z", re.IGNORECASE),
    "revert": re.compile(rf"(?<=;)\s*(?:commit|end){_NOISE}\s*;\s*\Z", re.IGNORECASE),
    "verify": re.compile(rf"(?<=;)\s*(?:rollback|commit){_NOISE}\s*;\s*\Z", re.IGNORECASE),
}
_WANTED = {
    "deploy": "begin; first and commit; last",
    "revert": "begin; first and commit; last",
    "verify": "begin; first and rollback; last",
}
# A transaction that begins or ends in the middle; `end` alone may also close a body after `begin atomic`.
_BETWEEN = re.compile(
    r";\s*(begin\b(?!\s+atomic)|start\s+transaction|commit|rollback(?!\s+to)|abort|prepare\s+transaction)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Script:
    """A script without its begin and commit, line for line as in the file, and sqitch's hash of the file."""

    path: Path
    text: str
    hash: str

    def line_at(self, position: int) -> int:
        """The line of the file at a position that PostgreSQL names, counted from 1."""
        return self.text[:position].count("\n") + 1


def read_script(plan: Plan, kind: Kind, change: Change) -> Script:
    """A change's script of that kind; a MigrationFault names the file that is missing or cannot run here."""
    path = plan.script(kind, change)
    try:
        content = path.read_bytes()
        text = content.decode()
    except (OSError, UnicodeDecodeError) as error:
        raise MigrationFault(f"change {change.name}: {path} cannot be read: {error}") from None
    return Script(path, _bare(text, kind, f"change {change.name}: {path}"), script_hash(content))


def script_hash(content: bytes) -> str:
    """What sqitch's registry keeps of a deploy script."""
    return hashlib.sha1(content, usedforsecurity=False).hexdigest()


def _bare(text: str, kind: Kind, where: str) -> str:
    quiet = _QUIET.sub(_blank, text)
    if "\\" in quiet:
        line = quiet[: quiet.index("\\")].count("\n") + 1
        raise MigrationFault(f"{where} line {line} has a backslash command, which only psql understands")
    begin = _BEGIN.match(quiet)
    end = _END[kind].search(quiet, begin.end() - 1) if begin else None
    if begin is None or end is None:
        raise MigrationFault(f"{where} does not have {_WANTED[kind]}, so it cannot be rolled back as a whole")
    between = _BETWEEN.search(quiet, begin.end() - 1, end.start())
    if between is not None:
        line = quiet[: between.start(1)].count("\n") + 1
        raise MigrationFault(f"{where} line {line} has a {between[1].lower()} between begin and commit")
    # Blanks keep positions, and so line numbers, as they are in the file.
    return _blanked(text, begin.end()) + text[begin.end() : end.start()]


def _blank(found: re.Match[str]) -> str:
    return _blanked(found[0], len(found[0]))


def _blanked(text: str, length: int) -> str:
    return re.sub(r"[^\n]", " ", text[:length])
