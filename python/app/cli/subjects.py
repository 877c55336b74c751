"""Users as operators call them, made into ids: the database knows who they are, or has X asked."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from app import database
from app.cli import output
from app.cli.arguments import Name
from app.cli.waiting import wait_for_answer
from app.database import Connection, Row
from app.errors import OperatorMistake

ASK_FIRST = "give the id, or ask X first, for ${usd}: rookery sync handles {handle}"


def known_ids(connection: Connection, names: Iterable[str]) -> list[int]:
    """The ids behind the names, in their order. X is asked nothing: a handle not known here is refused."""
    found = _find(connection, list(names))
    for row in found:
        if row["user_id"] is None:
            raise OperatorMistake(
                f"nobody here is known as @{row['handle']}",
                hint=ASK_FIRST.format(handle=row["handle"], usd=_usd([row])),
            )
    return [row["user_id"] for row in found]


def ids(connection: Connection, names: Iterable[str], *, offline: bool = False) -> list[int]:
    """The ids behind the names, in their order; X is asked for those whom nobody here knows, unless offline.

    What that costs is said first. Raises OperatorMistake for what names nobody, and for whom X does not show.
    """
    wanted = list(names)
    unknown = [row for row in _find(connection, wanted) if row["user_id"] is None]
    if unknown and not offline:
        _look_up(connection, unknown)
    return known_ids(connection, wanted)


def with_ids(
    connection: Connection, params: dict[str, Any], *, buy: bool = False, offline: bool = False
) -> dict[str, Any]:
    """The params with an id in place of each Name; X is asked for who is not known only with `buy`."""
    return {
        name: _with_id(connection, value, buy=buy and not offline)
        if isinstance(value, Name | dict)
        else value
        for name, value in params.items()
    }


def with_handles(connection: Connection, rows: list[Row]) -> list[Row]:
    """The rows as a person reads them: on a terminal, subjects by their handles as far as they are known."""
    if not output.on_terminal():
        return rows
    wanted = {int(str(each)) for row in rows for each in _subjects(row)}
    found = database.read_view(connection, "users", where={"user_id": sorted(wanted)}) if wanted else []
    handles = {str(user["user_id"]): f"@{user['handle']}" for user in found if user["handle"]}
    return [_renamed(row, handles) for row in rows]


def _subjects(value: object) -> Iterator[object]:
    """Every subject in a row, its params included."""
    if isinstance(value, dict):
        for name, each in value.items():
            if name == "subject_id" and each is not None:
                yield each
            else:
                yield from _subjects(each)
    elif isinstance(value, list):
        for each in value:
            yield from _subjects(each)


def _renamed(value: Any, handles: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        return {
            name: handles.get(str(each), each) if name == "subject_id" else _renamed(each, handles)
            for name, each in value.items()
        }
    return [_renamed(each, handles) for each in value] if isinstance(value, list) else value


def _with_id(connection: Connection, value: Name | dict[str, Any], *, buy: bool) -> object:
    if isinstance(value, dict):
        return with_ids(connection, value, buy=buy)
    (user_id,) = ids(connection, [value], offline=not buy)
    return str(user_id)


def _find(connection: Connection, names: list[str]) -> list[Row]:
    rows: list[Row] = database.call(connection, "users_find", p_names=names)
    return rows


def _look_up(connection: Connection, unknown: Sequence[Row]) -> None:
    handles = list(dict.fromkeys("@" + row["handle"] for row in unknown))
    run_ids = database.call(connection, "users_look_up", p_names=handles)
    some = ", ".join(handles[:5]) + (f" and {len(handles) - 5} more" if len(handles) > 5 else "")
    print(f"rookery: asking X who is {some}, which costs ${_usd(unknown)} at most", file=sys.stderr)
    wait_for_answer(connection, run_ids)


def _usd(unknown: Sequence[Row]) -> str:
    each_once = {row["handle"]: row["look_up_usd"] for row in unknown}
    return f"{sum(each_once.values()):.3f}"
