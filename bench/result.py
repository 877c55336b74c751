"""What a benchmark says: ours against bare, the goal, and whether it was reached."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Result:
    """One line of the table and one entry of results.json.

    `ours` and `bare` are medians in `unit`; `ratio` is ours over bare, `goal` the most that it may be. `ok`
    asks for the goal and for whatever else the case demands, which `note` says.
    """

    name: str
    ours: float
    bare: float
    unit: str
    goal: float
    ok: bool
    note: str

    @property
    def ratio(self) -> float:
        """Ours over bare."""
        return self.ours / self.bare

    def as_json(self) -> dict[str, Any]:
        """The entry of results.json, in the order in which a person reads it."""
        known = asdict(self)
        return {
            "name": self.name,
            "ours": round(self.ours, 3),
            "bare": round(self.bare, 3),
            "unit": self.unit,
            "ratio": round(self.ratio, 3),
        } | {key: known[key] for key in ("goal", "ok", "note")}
