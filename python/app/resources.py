"""Finds the plan and its SQL, in a checkout or inside an installed wheel."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from app.errors import InstallationFault

_PACKAGE = Path(__file__).resolve().parent


@cache
def db_root() -> Path:
    """The folder that holds `sqitch.plan` and `db/`; an InstallationFault if neither place has them."""
    for candidate in (_PACKAGE / "_db", _PACKAGE.parent.parent):
        if (candidate / "sqitch.plan").is_file() and (candidate / "db").is_dir():
            return candidate
    raise InstallationFault(
        f"sqitch.plan and db/ are not in {_PACKAGE / '_db'} nor in {_PACKAGE.parent.parent}",
        hint="install the package again, or run from a complete checkout",
    )


def sql_text(relative: str) -> str:
    """The text of one SQL file, named from the root as in `db/simulated_clock.sql`."""
    path = db_root() / relative
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise InstallationFault(f"{path} is missing", hint="install the package again") from None
