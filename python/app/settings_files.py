"""The files that say what is no secret: rookery.toml, and over it the one of an environment.

The working directory is looked into and no other, so that there is one place to look; a service names its
file by ROOKERY_CONFIG. Somebody else could have put there what is found and was not named, and so say where X
is and the token goes: such a file has to belong to whoever runs this, or to root, and to be theirs alone to
write.
"""

from __future__ import annotations

import difflib
import os
import stat
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FILE_NAME = "rookery.toml"
CONFIG, ENVIRONMENT = "ROOKERY_CONFIG", "ROOKERY_ENVIRONMENT"


@dataclass(frozen=True, slots=True)
class Names:
    """The variables that there are, and those of them that are secrets."""

    known: frozenset[str]
    secret: frozenset[str]


@dataclass(slots=True)
class Files:
    """What the files say: for each that was read its values by variable, the stronger file first."""

    layers: list[tuple[Path, dict[str, Any]]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


def read_files(environ: Mapping[str, str], names: Names) -> Files:
    """Read the base file and the environment's, if there are any. Every fault is collected, none raised."""
    files = Files()
    named = environ.get(CONFIG)
    base = Path(named).expanduser().absolute() if named else Path.cwd() / FILE_NAME
    if environment := environ.get(ENVIRONMENT):
        overlay = base.with_name(f"{base.stem}.{Path(environment).name}{base.suffix}")
        if overlay.is_file():
            _read(files, overlay, names, trusted=bool(named))
        else:
            files.faults.append(f"{ENVIRONMENT} is {environment}, and there is no {overlay}")
    if base.is_file():
        _read(files, base, names, trusted=bool(named))
    elif named:
        files.faults.append(f"{CONFIG} is {named}, and there is no such file")
    return files


def meant(name: str, known: Iterable[str]) -> str:
    """A guess at what was meant, to be put behind a message; empty where there is none."""
    close = difflib.get_close_matches(name.upper(), sorted(known), n=1)
    return f" ({close[0]} is meant?)" if close else ""


def unknown_variables(environ: Mapping[str, str], names: Names) -> list[str]:
    """The variables that look like ours and are none: a typing error, or of another version."""
    return sorted(name for name in environ if name.startswith("ROOKERY_") and name not in names.known)


def _read(files: Files, path: Path, names: Names, *, trusted: bool) -> None:
    try:
        if not trusted and (stranger := _stranger(path)):
            files.faults.append(f"{path} {stranger}; mend that, or name the file by {CONFIG}")
            return
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        files.faults.append(f"{path} cannot be read: {error}")
        return
    files.layers.append((path, {}))
    for name, value in values.items():
        if name not in names.known:
            files.faults.append(f"{path}: there is no setting {name}{meant(name, names.known)}")
        elif name in names.secret:
            files.faults.append(f"{path} holds {name}, a secret: take it out, and set the variable instead")
        elif name in {CONFIG, ENVIRONMENT}:
            files.faults.append(f"{path} holds {name}, which only the environment can say")
        else:
            files.layers[-1][1][name] = value


def _stranger(path: Path) -> str:
    """Why somebody else may have written this file; empty when nobody can have."""
    found = path.stat()
    if found.st_uid not in {0, os.geteuid()}:
        return "belongs to another user"
    if found.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        return "can be written by other users"
    return ""
