"""What the commands for members, events and differences share: which moments are meant, what is shown."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from datetime import UTC, datetime

from app import copying, database, lists
from app.cli import exports
from app.cli.output import show_rows
from app.copying import Listed
from app.database import Connection

SHOWN = 100
CHANGES = ("change", "handle", "name", "followers_count", "reason", "by_whom", "at", "item_id")


def time_of(text: str) -> datetime | None:
    """The time that a text says, in UTC where it names no zone; None where it says something else."""
    try:
        at = datetime.fromisoformat(text) if "-" in text else None
    except ValueError:
        return None
    return at.replace(tzinfo=UTC) if at is not None and at.tzinfo is None else at


def moment(connection: Connection, instance_id: int, said: str | None) -> int | None:
    """The materialization that a moment names; None when nobody was in yet."""
    if said is not None and (at := time_of(said)) is not None:
        said = at.isoformat()
    found: int | None = database.call(connection, "moment_id", p_instance_id=instance_id, p_moment=said)
    return found


def give(
    connection: Connection,
    instance_id: int,
    listed: Listed,
    wanted: exports.Wish | None,
    profiles: bool,
    limit: int | None,
    as_json: bool,
) -> None:
    """The list as it is wanted, or the first of it as a table."""
    facts = database.read_view(connection, "instances", where={"instance_id": instance_id})[0]
    if profiles:
        listed = replace(listed, beside=lists.described(facts["item_kind"], listed))
    if wanted is not None:
        expected = facts["members"] if listed.function == "members_page" else None
        exports.export(connection, listed, wanted, expected=expected)
        return
    pages = copying.copy_list(connection, listed, "ndjson", limit=limit or SHOWN)
    rows = [json.loads(line) for lines in pages for line in lines]
    columns = CHANGES if listed.function == "diff" and not profiles else tuple(listed.sorts)
    show_rows(rows, columns, as_json=as_json, empty="nobody")


def tell_unknown(
    connection: Connection, instance_id: int, span: tuple[int | None, int], *, find_out: bool
) -> None:
    """Say on stderr how many left for a reason that nobody knows, and what it costs, or will, to know it."""
    function = "leavers_look_up" if find_out else "leavers_unknown"
    rows = database.call(connection, function, p_instance_id=instance_id, p_from=span[0], p_to=span[1])
    many, price = f"{rows[0]['users']:,}", f"${rows[0]['usd']:.2f}"
    if many == "0":
        return
    said = f"of {many} who left nothing says why; --find-out has them looked up, for at most {price}"
    if find_out:
        said = f"{many} who left are looked up, for at most {price}; ask again once a worker has done so"
    print(f"rookery: {said}", file=sys.stderr)
