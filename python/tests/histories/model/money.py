"""What is sold and what was spent: rate windows, prices, budgets (I8, I9)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from histories.model.graph import Broken
from histories.model.inbox import DAY

_PROBE = 3600.0
_WINDOW = 900.0
RESOURCES = {
    "users": "user", "users_by_handle": "user", "followers": "follow", "following": "follow",
    "timeline": "post", "posts": "post", "search": "post",
}  # fmt: skip
PRICES = {"user": 0.01, "follow": 0.01, "post": 0.005}


@dataclass
class Entry:
    """I8: a call that went out. It counts at its worst price until an answer settles it."""

    run: int
    endpoint: str
    asked: int
    booked_at: float
    billed: int | None = None
    is_open: bool = True

    @property
    def usd(self) -> float:
        """What it costs, or at worst may."""
        return PRICES[RESOURCES[self.endpoint]] * (self.asked if self.billed is None else self.billed)


@dataclass
class Books:
    """I9: X bills each row, a resource once a UTC day."""

    bought: dict[tuple[str, int], int] = field(default_factory=dict)
    entries: dict[int, list[Entry]] = field(default_factory=lambda: defaultdict(list))  # of each call

    def book(self, call_id: int, entry: Entry) -> None:
        """A call goes out."""
        self.entries[call_id].append(entry)

    def close(self, call_id: int) -> None:
        """A call came back, or was given up: what is not settled by then stays at its worst price."""
        for entry in self.entries[call_id]:
            entry.is_open = False

    def settle(self, call_id: int, ids: Iterable[int], nameless: int, now: float) -> int:
        """An answer came: how many of its rows X bills. Near midnight in doubt one more, never one less."""
        unsettled = [e for e in self.entries[call_id] if e.billed is None] or self.entries[call_id][-1:]
        today, sent_on = int(now // DAY), int(min(e.booked_at for e in unsettled) // DAY)
        billed = nameless
        for key in dict.fromkeys((RESOURCES[unsettled[-1].endpoint], item) for item in ids):
            bought_on = self.bought.get(key, -1)
            billed += bought_on < today or sent_on < today
            self.bought[key] = max(bought_on, sent_on)
        unsettled[-1].billed = billed
        return billed


def share(usd: float, payer: int | None, payers: Collection[int]) -> float:
    """I8: what of an amount a budget counts: all of it; or of a root's what comes to each who waited."""
    if payer is None:
        return usd
    return usd / len(payers) if payer in payers else 0.0


@dataclass
class Market:
    """I8: rate windows as X's headers tell of them, and whether it sells."""

    windows: dict[str, tuple[int, float]] = field(default_factory=dict)  # calls left, until when
    stopped_at: float | None = None
    probe_at: float = 0.0

    def let_go(self, endpoint: str, now: float) -> None:
        """A call goes out: only where there is room, and while X does not sell only as a probe."""
        if self.stopped_at is not None:
            if now < self.probe_at:
                raise Broken(f"I8: a call to {endpoint} goes out though X does not sell")
            self.probe_at = now + _PROBE
        left, reset_at = self.windows.get(endpoint, (0, 0.0))
        if now < reset_at:
            if left < 1:
                raise Broken(f"I8: a call goes out beyond the window of {endpoint}")
            self.windows[endpoint] = (left - 1, reset_at)

    def read(self, endpoint: str, headers: dict[str, str], now: float, *, is_spent: bool) -> None:
        """Headers are believed, and a 429 is obeyed until its reset."""
        if "x-rate-limit-reset" in headers:
            left, reset_at = int(headers["x-rate-limit-remaining"]), float(headers["x-rate-limit-reset"])
            known, known_reset = self.windows.get(endpoint, (left, reset_at))
            if reset_at > now:
                self.windows[endpoint] = (min(left, known) if known_reset == reset_at else left, reset_at)
        if is_spent:
            self.windows[endpoint] = (0, max(float(headers.get("x-rate-limit-reset", now + _WINDOW)), now))

    def stop(self, sent_at: float, now: float) -> bool:
        """X refuses to sell; whether that is news: calls that were out already bring none."""
        is_news = self.stopped_at is None or self.stopped_at < sent_at
        if is_news:
            self.stopped_at = now if self.stopped_at is None else self.stopped_at
            self.probe_at = now + _PROBE
        return is_news

    def sell(self, sent_at: float) -> None:
        """X has answered well a call that went out after it had stopped: it sells again."""
        if self.stopped_at is not None and self.stopped_at < sent_at:
            self.stopped_at = None
