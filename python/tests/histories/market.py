"""The model of how X sells: what goes out within rate windows, and while it sells at all (I8)."""

from __future__ import annotations

from dataclasses import dataclass, field

from histories.watch import Call, check
from histories.x import Reply

_PROBE = 3600.0
_WINDOW = 900.0


@dataclass
class Market:
    """Rate windows as X's headers tell of them, and whether it sells."""

    windows: dict[str, tuple[int, float]] = field(default_factory=dict)  # calls left, until when
    stopped_at: float | None = None
    probe_at: float = 0.0

    def let_go(self, call: Call, now: float) -> None:
        """A call goes out: only where there is room, and while X does not sell only as a probe."""
        if self.stopped_at is not None:
            check(now >= self.probe_at, f"I8: call {call.id} goes out though X does not sell")
            self.probe_at = now + _PROBE
        left, reset_at = self.windows.get(call.endpoint, (0, 0.0))
        if now < reset_at:
            check(left > 0, f"I8: call {call.id} goes out beyond the window of {call.endpoint}")
            self.windows[call.endpoint] = (left - 1, reset_at)

    def read(self, call: Call, reply: Reply, now: float) -> None:
        """Headers are believed, and a 429 is obeyed until its reset."""
        if "x-rate-limit-reset" in reply.headers:
            left = int(reply.headers["x-rate-limit-remaining"])
            reset_at = float(reply.headers["x-rate-limit-reset"])
            known, known_reset = self.windows.get(call.endpoint, (left, reset_at))
            if reset_at > now:
                self.windows[call.endpoint] = (
                    min(left, known) if known_reset == reset_at else left,
                    reset_at,
                )
        if reply.taken_for == "rate_limited":
            reset_at = float(reply.headers.get("x-rate-limit-reset", now + _WINDOW))
            self.windows[call.endpoint] = (0, max(reset_at, now))

    def stop(self, call: Call, now: float) -> bool:
        """X refuses to sell; whether that is news: calls that were out already bring none."""
        is_news = self.stopped_at is None or self.stopped_at < call.claimed_at
        if is_news:
            self.stopped_at = now if self.stopped_at is None else self.stopped_at
            self.probe_at = now + _PROBE
        return is_news

    def sell(self, call: Call) -> None:
        """X has answered well a call that went out after it had stopped: it sells again."""
        if self.stopped_at is not None and self.stopped_at < call.claimed_at:
            self.stopped_at = None
