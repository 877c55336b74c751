"""What is sold and what was spent: rate windows, prices, budgets (I8, I9)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from histories.model.inbox import DAY

_PROBE = 3600.0
_WINDOW = 900.0
_SOLD = {  # I9: what a kind of call brings, each for how much
    **dict.fromkeys(("users", "users_by_handle"), ("user", 0.01)),
    **dict.fromkeys(("followers", "following"), ("follow", 0.01)),
    **dict.fromkeys(("timeline", "posts", "search"), ("post", 0.005)),
}


@dataclass
class Entry:
    """I8: a call that went out. It counts at its worst price until an answer settles it."""

    run: int
    endpoint: str
    asked: int
    booked_at: float
    billed: int | None = None

    def cost_to(self, payer: int | None, payers: Collection[int]) -> float:
        """I8: what it costs, or at worst may; of which those who waited when it started pay even shares."""
        usd = _SOLD[self.endpoint][1] * (self.asked if self.billed is None else self.billed)
        if payer is None:
            return usd
        return usd / len(payers) if payer in payers else 0.0


@dataclass
class Books:
    """I9: X bills each row, a resource once a UTC day."""

    bought: dict[tuple[str, int], int] = field(default_factory=dict)  # on which day
    entries: dict[int, list[Entry]] = field(default_factory=lambda: defaultdict(list))  # of each call

    def settle(self, call_id: int, ids: Iterable[int], nameless: int, now: float) -> int:
        """An answer came: how many of its rows X bills. Near midnight in doubt one more, never one less."""
        unsettled = [e for e in self.entries[call_id] if e.billed is None] or self.entries[call_id][-1:]
        today, sent_on = int(now // DAY), int(min(e.booked_at for e in unsettled) // DAY)
        billed = nameless
        for key in {(_SOLD[unsettled[-1].endpoint][0], item) for item in ids}:
            bought_on = self.bought.get(key, -1)
            billed += bought_on < today or sent_on < today
            self.bought[key] = max(bought_on, sent_on)
        unsettled[-1].billed = billed
        return billed


@dataclass
class Market:
    """I8: rate windows as X's headers tell of them, and whether it sells."""

    windows: dict[str, tuple[int, float]] = field(default_factory=dict)  # calls left, until when
    stopped_at: float | None = None
    probe_at: float = 0.0

    def let_go(self, endpoint: str, now: float) -> bool:
        """Whether a call may go out: only where there is room, and while X does not sell only as a probe."""
        left, reset_at = self.windows.get(endpoint, (0, 0.0))
        may_go = (now >= reset_at or left > 0) and (self.stopped_at is None or now >= self.probe_at)
        self.windows[endpoint] = (left - 1, reset_at)
        self.probe_at = now + _PROBE
        return may_go

    def read(self, endpoint: str, headers: dict[str, str], now: float, *, is_spent: bool) -> None:
        """Headers are believed, and a 429 is obeyed until its reset."""
        reset_at = float(headers.get("x-rate-limit-reset", now + _WINDOW))
        if is_spent:
            self.windows[endpoint] = (0, max(reset_at, now))
        elif "x-rate-limit-reset" in headers and reset_at > now:
            left = int(headers["x-rate-limit-remaining"])
            known, known_reset = self.windows.get(endpoint, (left, reset_at))
            self.windows[endpoint] = (min(left, known) if known_reset == reset_at else left, reset_at)

    def stop(self, sent_at: float, now: float) -> bool:
        """X refuses to sell; whether that is news: calls that were out already bring none."""
        if self.stopped_at is not None and self.stopped_at >= sent_at:
            return False
        self.stopped_at, self.probe_at = self.stopped_at or now, now + _PROBE
        return True

    def sell(self, sent_at: float) -> None:
        """X has answered well a call that went out after it had stopped: it sells again."""
        if self.stopped_at is not None and self.stopped_at < sent_at:
            self.stopped_at = None
