"""The token that opens the page where nobody has set one: made once, and kept from everybody else."""

from __future__ import annotations

import os
import secrets
import stat
from dataclasses import dataclass, field
from pathlib import Path

from app.errors import InstallationFault

FILE_NAME = "page-token"


@dataclass(frozen=True, slots=True)
class Made:
    """A token, and the file that keeps it, which nobody else can read."""

    token: str = field(repr=False)
    file: Path


def kept_token(data_dir: Path) -> Made:
    """The token of this folder, made at the first call.

    Raises InstallationFault for a file that somebody else could have read or written, and for a folder that
    cannot be written.
    """
    path = data_dir.expanduser().absolute() / FILE_NAME
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _make(path)
        found = path.lstat()
        if not stat.S_ISREG(found.st_mode) or found.st_uid != os.geteuid() or found.st_mode & 0o077:
            raise InstallationFault(
                f"{path} is not this user's alone", hint="remove it, and a new token is made"
            )
        token = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise InstallationFault(
            f"{path} cannot be kept: {error}", hint="name another --data-dir, or set ROOKERY_API_TOKEN"
        ) from None
    if not token:
        raise InstallationFault(f"{path} is empty", hint="remove it, and a new token is made")
    return Made(token, path)


def _make(path: Path) -> None:
    """Write a new token, whole or not at all, unless there is one."""
    if path.exists():
        return
    scratch = path.with_name(f".{path.name}-{os.getpid()}")
    descriptor = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(24) + "\n")
        os.link(scratch, path)
    except FileExistsError:
        pass
    finally:
        scratch.unlink()
