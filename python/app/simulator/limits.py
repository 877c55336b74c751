"""Rate windows of 15 minutes per endpoint, counted by the simulated clock."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

Endpoint = Literal[
    "users",
    "users_by",
    "user",
    "user_by_username",
    "followers",
    "following",
    "timeline",
    "posts",
    "search",
    "usage",
]

WINDOW = timedelta(minutes=15)
APP_LIMITS: Mapping[Endpoint, int] = {
    "users": 300,
    "users_by": 300,
    "user": 300,
    "user_by_username": 300,
    "followers": 300,
    "following": 300,
    "timeline": 10_000,
    "posts": 3_500,
    "search": 450,
    "usage": 50,
}


@dataclass
class Limits:
    """Requests allowed per endpoint and window; a window begins with the first request in it."""

    allowed: dict[Endpoint, int] = field(default_factory=lambda: dict(APP_LIMITS))
    _windows: dict[Endpoint, tuple[datetime, int]] = field(default_factory=dict)

    def spend(self, endpoint: Endpoint, now: datetime) -> tuple[bool, dict[str, str]]:
        """Count a request; return whether it may be answered, and the rate-limit headers of its answer."""
        resets_at, used = self._windows.get(endpoint, (now, 0))
        if now >= resets_at:
            resets_at, used = now + WINDOW, 0
        limit = self.allowed[endpoint]
        allowed = used < limit
        used = min(used + 1, limit)
        self._windows[endpoint] = (resets_at, used)
        return allowed, {
            "x-rate-limit-limit": str(limit),
            "x-rate-limit-remaining": str(limit - used),
            "x-rate-limit-reset": str(-int(-resets_at.timestamp() // 1)),
        }
