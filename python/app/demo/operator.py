"""What the demo does and reads as an operator: every line here is one that a person could type."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from app.database import AsyncConnection, Row, call_async, read_view_async
from app.demo.cast import STABLE_KEY, Chosen


class Operator:
    """An operator's connection, by the names of the things that are done with it."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def enable(self, chosen: Chosen) -> None:
        """Enable a root, and note its instance's id."""
        chosen.instance_id = await self._call("root_enable", p_kind=chosen.kind, p_params=chosen.params)

    async def watch(self, users: Iterable[int]) -> None:
        """Make the specified set hold just these users."""
        await self._call("specified_users_set", p_stable_key=STABLE_KEY, p_user_ids=sorted(users))

    async def add(self, users: list[int]) -> None:
        """Add users to the specified set."""
        await self._call("specified_users_add", p_stable_key=STABLE_KEY, p_user_ids=users)

    async def remove(self, users: list[int]) -> None:
        """Remove users from the specified set."""
        await self._call("specified_users_remove", p_stable_key=STABLE_KEY, p_user_ids=users)

    async def sync(self, kind: str, subject_id: int) -> int:
        """Ask for a full sync; returns the id of its run."""
        run_id: int = await self._call(
            "sync_request", p_sync_kind=kind, p_subject_id=subject_id, p_mode="full"
        )
        return run_id

    async def turn(self, name: str, value: str) -> None:
        """Set a setting."""
        await self._call("setting_set", p_name=name, p_value=value)

    async def members(self, instance_id: int) -> set[int]:
        """Return the current members' ids."""
        return {row["item_id"] for row in await self._call("members", p_instance_id=instance_id)}

    async def events(self, instance_id: int, limit: int) -> list[Row]:
        """Return the newest enters and exits."""
        rows: list[Row] = await self._call("events", p_instance_id=instance_id, p_limit=limit)
        return rows

    async def handles(self, users: Iterable[int]) -> dict[int, str]:
        """Return the handles of users, as far as they have one."""
        rows = await self._view("users", where={"user_id": sorted(users)})
        return {row["user_id"]: row["handle"] for row in rows if row["handle"]}

    async def roots(self) -> dict[int, Row]:
        """Return the roots by their instance's id."""
        return {row["instance_id"]: row for row in await self._view("roots")}

    async def totals(self, instance_id: int) -> tuple[int, int]:
        """Return how many enters and how many exits an instance has had."""
        rows = await self._view("materializations", where={"instance_id": instance_id})
        return sum(row["entered"] or 0 for row in rows), sum(row["exited"] or 0 for row in rows)

    async def runs(self, run_ids: Iterable[int] | None = None) -> dict[int, Row]:
        """Return runs by id: these, or all."""
        where = None if run_ids is None else {"run_id": sorted(run_ids)}
        return {row["run_id"]: row for row in await self._view("runs", where=where)}

    async def _call(self, name: str, **arguments: Any) -> Any:
        return await call_async(self._connection, name, **arguments)

    async def _view(self, name: str, where: dict[str, Any] | None = None) -> list[Row]:
        return await read_view_async(self._connection, name, where=where)
