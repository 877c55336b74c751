"""What was spent, by the rules (I8, I9)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

DAY = 86400.0


@dataclass
class Books:
    """I8: a call counts at its worst price until an answer settles it. I9: a resource costs once a day."""

    bought: dict[tuple[str, int], int] = field(default_factory=dict)
    entries: dict[tuple[int, int], list[Any]] = field(
        default_factory=dict
    )  # [asked, billed, booked_at, is_open]

    def book(self, call_id: int, asked: int, now: float) -> None:
        """A call goes out."""
        attempt = 1 + sum(1 for known, _ in self.entries if known == call_id)
        self.entries[call_id, attempt] = [asked, None, now, True]

    def close(self, call_id: int) -> None:
        """A call came back, or was given up: what is not settled by then stays at its worst price."""
        for (known, _), entry in self.entries.items():
            if known == call_id:
                entry[3] = False

    def settle(self, call_id: int, resource: str, ids: list[int], now: float) -> int:
        """An answer came: how many of its rows X bills. Near midnight in doubt one more, never one less."""
        attempts = sorted(a for known, a in self.entries if known == call_id)
        unsettled = [a for a in attempts if self.entries[call_id, a][1] is None] or attempts[-1:]
        sent_on = int(min(self.entries[call_id, a][2] for a in unsettled) // DAY)
        billed = 0
        for item in dict.fromkeys(ids):
            on = self.bought.get((resource, item), -1)
            billed += on < int(now // DAY) or sent_on < int(now // DAY)
            self.bought[resource, item] = max(on, sent_on)
        self.entries[call_id, unsettled[-1]][1] = billed
        return billed
