"""The pages of docs/ that show psql at work: their statements in order, and what each is said to print."""

from __future__ import annotations

import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from conftest import Database

Sort = Literal["sql", "meanwhile"]
_PART = re.compile(
    r"^```sql(?: as (?P<login>\w+))?\n(?P<sql>.*?)^```\n(?:\n```text\n(?P<said>.*?)^```\n)?"
    r"|^<!-- meanwhile: (?P<meanwhile>.*?) -->",
    re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True)
class Part:
    """A block of statements, typed into psql by a login; or what happens meanwhile, elsewhere."""

    sort: Sort
    text: str
    login: str
    said: str | None
    end: int


def parts(page: str) -> list[Part]:
    """The parts of a page, in order; ```sql is the operator's, ```sql as worker another login's."""
    return [
        Part("meanwhile", found["meanwhile"], "postgres", None, found.end())
        if found["sql"] is None
        else Part("sql", found["sql"], f"rookery_{found['login'] or 'operator'}", found["said"], found.end())
        for found in _PART.finditer(page)
    ]


def typed(psql: Path, database: Database, part: Part, variables: dict[str, str]) -> str:
    """What psql prints for a part, which must not fail; variables set by \\gset outlive it."""
    known = "".join(f"\\set {name} '{value}'\n" for name, value in variables.items())
    done = subprocess.run(
        [psql, "-X", "-v", "ON_ERROR_STOP=1", "-P", "pager=off", "-d", database.url(part.login)],
        input=f"{known}{part.text}\\echo ==\n\\set\n",
        env={"PATH": os.environ["PATH"], "PGTZ": "UTC", "COLUMNS": "120", "LC_ALL": "C.UTF-8"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, f"{part.text}\n{done.stderr}"
    printed, _, after = done.stdout.rpartition("==\n")
    found = re.findall(r"^([a-z_]+) = '(.*)'$", after, re.MULTILINE)
    variables.update((name, value) for name, value in found)
    return "\n".join(line.rstrip() for line in printed.splitlines())


def is_as_said(said: str, printed: str) -> bool:
    """Whether this was printed; … stands for anything, also for lines."""
    pattern = ".*".join(re.escape(piece) for piece in said.strip("\n").split("…"))
    return re.fullmatch(pattern, printed.strip("\n"), re.DOTALL) is not None
