"""What a benchmark says: ours beside bare, each sample of it; other measures; lines over a size."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any


@dataclass(frozen=True, slots=True)
class Comparison:
    """Ours beside bare: samples in `unit`, and the most that the ratio of their medians may be.

    Where both have as many samples, those of one place were taken at the same time. Without a goal it is only
    told.
    """

    label: str
    unit: str
    ours: Sequence[float]
    bare: Sequence[float]
    goal: float | None = None

    @property
    def ours_median(self) -> float:
        """The middle of ours."""
        return median(self.ours)

    @property
    def bare_median(self) -> float:
        """The middle of bare."""
        return median(self.bare)

    @property
    def ratio(self) -> float:
        """The median of ours over that of bare."""
        return self.ours_median / self.bare_median

    @property
    def ok(self) -> bool:
        """Whether the goal was reached."""
        return self.goal is None or self.ratio <= self.goal

    def as_json(self) -> dict[str, Any]:
        """In the order in which a person reads it."""
        return {
            "label": self.label,
            "unit": self.unit,
            "ours": _short(self.ours_median),
            "bare": _short(self.bare_median),
            "ratio": _short(self.ratio),
            "goal": self.goal,
            "ok": self.ok,
            "samples": {"ours": [_short(s) for s in self.ours], "bare": [_short(s) for s in self.bare]},
        }


@dataclass(frozen=True, slots=True)
class Measure:
    """Something else that was measured, and the most that it may be."""

    name: str
    value: float
    unit: str
    goal: float | None = None

    @property
    def ok(self) -> bool:
        """Whether the goal was reached."""
        return self.goal is None or self.value <= self.goal

    def as_json(self) -> dict[str, Any]:
        """In the order in which a person reads it."""
        return {
            "name": self.name,
            "value": _short(self.value),
            "unit": self.unit,
            "goal": self.goal,
            "ok": self.ok,
        }


@dataclass(frozen=True, slots=True)
class Plot:
    """Lines over a size, as points; `over` and `unit` name the axes. `by_powers`: sizes lie far apart."""

    title: str
    over: str
    unit: str
    lines: Mapping[str, Sequence[tuple[float, float]]]
    by_powers: bool = False

    def as_json(self) -> dict[str, Any]:
        """As it is."""
        lines = {name: [[x, _short(y)] for x, y in points] for name, points in self.lines.items()}
        axes = {"title": self.title, "over": self.over, "unit": self.unit, "by_powers": self.by_powers}
        return axes | {"lines": lines}


@dataclass(frozen=True, slots=True)
class Result:
    """One entry of results.json. `note` says what bounds the case: the plan, the writes, the wall."""

    name: str
    comparisons: Sequence[Comparison]
    note: str
    measures: Sequence[Measure] = field(default_factory=tuple)
    plots: Sequence[Plot] = field(default_factory=tuple)

    @property
    def ok(self) -> bool:
        """Whether every goal was reached."""
        return all(each.ok for each in self.comparisons) and all(each.ok for each in self.measures)

    def as_json(self) -> dict[str, Any]:
        """The entry, but for what the case is about and where it ran."""
        return {
            "name": self.name,
            "ok": self.ok,
            "comparisons": [each.as_json() for each in self.comparisons],
            "measures": [each.as_json() for each in self.measures],
            "plots": [each.as_json() for each in self.plots],
            "note": self.note,
        }


def _short(value: float) -> float:
    """Four digits that mean something."""
    return float(f"{value:.4g}") if abs(value) < 1000 else round(value)
