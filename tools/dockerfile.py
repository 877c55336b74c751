"""Reads a Dockerfile: its stages, and what each of them says, in order."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

KEYWORDS = frozenset(
    ("FROM", "ENV", "WORKDIR", "COPY", "RUN", "USER", "EXPOSE", "HEALTHCHECK", "ENTRYPOINT", "CMD")
)
_FLAG = re.compile(r"--([a-z-]+)=(\S+)\s+")


class DockerfileError(Exception):
    """A line is none that is known here; the message names it."""


@dataclass(frozen=True, slots=True)
class Instruction:
    """One instruction: `text` is what stands behind keyword and flags."""

    keyword: str
    text: str
    flags: dict[str, str]
    line: int

    @property
    def words(self) -> list[str]:
        """The words of the text: of its JSON form, else as a shell would part them."""
        if self.text.startswith("["):
            words: list[str] = json.loads(self.text)
            return words
        return shlex.split(self.text)

    @property
    def is_exec_form(self) -> bool:
        """Whether it is run as it stands, and not by a shell."""
        return self.text.startswith("[")


@dataclass(slots=True)
class Stage:
    """A stage of the build: what it begins as, its name, and what is done to it."""

    base: str
    name: str
    instructions: list[Instruction] = field(default_factory=list)

    def all(self, keyword: str) -> list[Instruction]:
        """Its instructions of that keyword."""
        return [each for each in self.instructions if each.keyword == keyword]

    def last(self, keyword: str) -> Instruction:
        """The one that counts, of those of which the last does."""
        return self.all(keyword)[-1]


def read_dockerfile(path: Path) -> list[Stage]:
    """The stages, in order. Raises DockerfileError for what this does not know."""
    stages: list[Stage] = []
    for number, text in _lines(path.read_text(encoding="utf-8")):
        keyword, _, rest = text.partition(" ")
        if keyword not in KEYWORDS:
            raise DockerfileError(f"{path} line {number}: {keyword} is not known here")
        rest, flags = _flags(rest.strip())
        if keyword == "FROM":
            base, _, name = rest.partition(" AS ")
            stages.append(Stage(base.strip(), name.strip() or str(len(stages))))
        elif not stages:
            raise DockerfileError(f"{path} line {number}: {keyword} stands before the first FROM")
        else:
            stages[-1].instructions.append(Instruction(keyword, rest, flags, number))
    return stages


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """Each instruction on one line, with the number of its first; comments and empty lines left out."""
    begun, parts = 0, list[str]()
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        begun = begun if parts else number
        parts.append(line.strip().removesuffix("\\").strip())
        if not line.rstrip().endswith("\\"):
            yield begun, " ".join(parts)
            parts = []


def _flags(text: str) -> tuple[str, dict[str, str]]:
    flags: dict[str, str] = {}
    while (found := _FLAG.match(text)) is not None:
        flags[found[1]] = found[2]
        text = text[found.end() :]
    return text, flags
