"""What was read and what it costs: each resource once per UTC day, and plainly for comparison."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

Resource = Literal["user", "follow", "post"]

PRICES: Mapping[Resource, Decimal] = {
    "user": Decimal("0.010"),
    "follow": Decimal("0.010"),
    "post": Decimal("0.005"),
}


@dataclass
class Bill:
    """Counts of resources returned by kind: `charged` deduplicated per UTC day, `returned` plainly."""

    charged: Counter[Resource] = field(default_factory=Counter)
    returned: Counter[Resource] = field(default_factory=Counter)
    _day: date | None = None
    _seen: set[tuple[Resource, int]] = field(default_factory=set)

    def add(self, kind: Resource, ids: Iterable[int], now: datetime) -> None:
        """Charge for the resources of one answer, given at the aware UTC moment `now`."""
        if self._day != now.date():
            self._day = now.date()
            self._seen.clear()
        for item_id in ids:
            self.returned[kind] += 1
            if (kind, item_id) not in self._seen:
                self._seen.add((kind, item_id))
                self.charged[kind] += 1

    @property
    def resources(self) -> int:
        """Resources charged for."""
        return self.charged.total()

    @property
    def usd(self) -> Decimal:
        """What the resources charged for cost, in US dollars."""
        return _cost(self.charged)

    @property
    def usd_plain(self) -> Decimal:
        """What it would cost without deduplication, in US dollars."""
        return _cost(self.returned)

    def summary(self) -> dict[str, int | float]:
        """Return `resources` and `usd`, and both without deduplication as `*_plain`: numbers for JSON."""
        return {
            "resources": self.resources,
            "usd": round(float(self.usd), 3),
            "resources_plain": self.returned.total(),
            "usd_plain": round(float(self.usd_plain), 3),
        }


def _cost(counts: Counter[Resource]) -> Decimal:
    return sum((PRICES[kind] * count for kind, count in counts.items()), Decimal("0.000"))
