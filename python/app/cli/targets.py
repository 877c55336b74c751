"""The asset that an operator means: by its instance's id, or by kind and params."""

from __future__ import annotations

from typing import Any

from app import database
from app.cli.subjects import with_ids
from app.database import Connection
from app.errors import OperatorMistake

LIST_HINT = "rookery segment list shows what there is"


def instance_of(connection: Connection, target: str, params: dict[str, Any]) -> int:
    """The instance meant: by its id, which takes no params, or by kind and params."""
    if not (target.isascii() and target.isdecimal()):
        named = with_ids(connection, params)
        found: int | None = database.call(connection, "instance_id", p_kind=target, p_params=named)
        if found is None:
            raise OperatorMistake(f"there is no {target} with these params", hint=LIST_HINT)
        return found
    if params:
        raise OperatorMistake(
            f"instance {target} was given with params", hint="an id takes no options, a kind does"
        )
    instance_id = int(target) if len(target) <= 18 else 0
    if not database.read_view(connection, "instances", where={"instance_id": instance_id}):
        raise OperatorMistake(f"there is no instance {target[:40]}", hint=LIST_HINT)
    return instance_id
