"""Settings for people: what each is and where it came from, and an .env.example with all of them."""

from __future__ import annotations

import os
import textwrap
from pathlib import Path
from typing import Any

from psycopg.conninfo import conninfo_to_dict
from pydantic import SecretStr

from app.database import Row
from app.settings import Loaded
from app.settings_files import FILE_NAME, meant, unknown_variables
from app.variables import Settings, names, reveal, variable

MASK = "********"
# Of a URL, only these: a password can stand in more than one place of it.
OPEN_PARTS = ("user", "host", "port", "dbname")


def rows(loaded: Loaded) -> list[Row]:
    """A row for each variable: what it is (secrets masked), where from, and what it is for."""
    return [
        {
            "name": variable(field),
            "value": _shown(variable(field), getattr(loaded.settings, field)),
            "from": loaded.origins[field],
            "description": info.description,
        }
        for field, info in Settings.model_fields.items()
    ]


def remarks(loaded: Loaded) -> list[str]:
    """Which files were read, and which variables mean nothing to this version."""
    read = ", and over it ".join(str(path) for path in reversed(loaded.files))
    said = [f"read {read}" if read else f"read no file: there is no {FILE_NAME} in {Path.cwd()}"]
    return said + unknown()


def unknown() -> list[str]:
    """A line for each variable that looks like ours and is none: a typing error, or another version's."""
    known = names()
    return [
        f"{name} is set, and means nothing here{meant(name, known.known)}"
        for name in unknown_variables(os.environ, known)
    ]


def env_example() -> str:
    """A file with every variable, at its default and out of force, and what each is for."""
    head = (
        "Every variable that Rookery reads, with its default. A file such as this one is for what makes the"
        " environment, as compose's env_file and systemd's EnvironmentFile do: Rookery itself reads no .env."
        f" What is no secret can stand in rookery.toml too, under the same name: {variable('slots')} = 16."
    )
    parts = [_comment(head)]
    for field, info in Settings.model_fields.items():
        default = "" if info.default_factory else _plain(info.default)
        parts.append(f"{_comment(info.description or '')}\n#{variable(field)}={default}")
    return "\n\n".join(parts) + "\n"


def _shown(name: str, value: Any) -> str:
    if not isinstance(value, SecretStr):
        return _plain(value)
    if not name.endswith("_URL"):
        return MASK
    parts = conninfo_to_dict(reveal(value) or "")
    return " ".join(f"{part}={parts[part]}" for part in OPEN_PARTS if parts.get(part))


def _plain(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _comment(text: str) -> str:
    return textwrap.fill(text, 100, initial_indent="# ", subsequent_indent="# ")
