"""Simulated time: one moment for the database, the simulated X and its world."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

from app.database import AsyncConnection, call_async
from app.simulator import Days


class SimulatedClock:
    """A clock that stands until it is moved; moving it lets the world live, and tells the database."""

    def __init__(self, connection: AsyncConnection, days: Days) -> None:
        self._connection = connection
        self._days = days
        self.now = days.world.start

    async def set(self, moment: datetime) -> None:
        """Go to a moment; one in the past changes nothing."""
        self.now = max(self.now, moment)
        self._days.advance_to(self.now)
        await call_async(self._connection, "set_now", schema="simulation", p_at=self.now)

    async def wait(self, seconds: float, _: asyncio.Event) -> None:
        """Let time pass instead of sleeping: what a driver's `wait` is here."""
        await self.set(self.now + timedelta(seconds=seconds))
