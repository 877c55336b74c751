"""Where the shapes of a chart lie; the templates draw them, and beside each the same as a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.database import Row

WIDTH = 600
LINE_HEIGHT = 100
BARS_HEIGHT = 100
BROADEST = 14


@dataclass(frozen=True, slots=True)
class Bar:
    """A rectangle."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Slot:
    """A day of a chart: its row, and what stands above and hangs below the axis."""

    row: Row
    hit: Bar
    entered: Bar
    left: Bar


@dataclass(frozen=True, slots=True)
class Line:
    """Members over time, as the points of a line between two numbers."""

    points: str
    lowest: int
    highest: int


@dataclass(frozen=True, slots=True)
class Bars:
    """Comers above an axis, leavers below it, both to one scale."""

    slots: list[Slot]
    axis: float
    most_entered: int
    most_left: int


def line(values: Sequence[int], *, width: float = WIDTH, height: float = LINE_HEIGHT) -> Line:
    """A line through the values, a step a day, so that a day's end is where its value stands."""
    lowest, highest = min(values), max(values)
    reach = (highest - lowest) or 1
    pad = height * 0.06
    step = width / len(values)
    at = [pad + (height - 2 * pad) * (1 - (value - lowest) / reach) for value in values]
    if highest == lowest:
        at = [height / 2] * len(values)
    points = " ".join(f"{n * step:.1f},{y:.1f} {(n + 1) * step:.1f},{y:.1f}" for n, y in enumerate(at))
    return Line(points, lowest, highest)


def bars(days: Sequence[Row], *, width: float = WIDTH, height: float = BARS_HEIGHT) -> Bars:
    """A bar up and one down for each day."""
    most_entered = max(row["entered"] for row in days)
    most_left = max(row["left"] for row in days)
    reach = float(most_entered + most_left)
    scale = height / (reach or 1)
    axis = float(most_entered) * scale if reach else height / 2
    step = width / len(days)
    broad = min(step * 0.75, BROADEST)
    slots = []
    for n, row in enumerate(days):
        x, up, down = (n + 0.5) * step - broad / 2, float(row["entered"]) * scale, float(row["left"]) * scale
        hit = Bar(n * step, 0, step, height)
        slots.append(Slot(row, hit, Bar(x, axis - up, broad, up), Bar(x, axis, broad, down)))
    return Bars(slots, axis, most_entered, most_left)
