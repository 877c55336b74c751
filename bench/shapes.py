"""Where the shapes of the plots lie, in hundredths of their width and height; the template draws them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil, floor, log10
from statistics import quantiles

_ROWS_OF_DOTS = 5


@dataclass(frozen=True, slots=True)
class Tick:
    """A place on an axis, and what stands there."""

    at: float
    says: str


@dataclass(frozen=True, slots=True)
class Strip:
    """Ratios along an axis from 0: a dot each, a box around the middle half, the one that counts."""

    dots: str
    low: float
    high: float
    middle: float
    goal: float | None
    ticks: Sequence[Tick]


@dataclass(frozen=True, slots=True)
class Line:
    """A line through points."""

    name: str
    points: str
    dots: str


@dataclass(frozen=True, slots=True)
class Chart:
    """Lines over an axis; `limit` is a line that none may cross."""

    lines: Sequence[Line]
    across: Sequence[Tick]
    up: Sequence[Tick]
    limit: float | None


def ratios_of(ours: Sequence[float], bare: Sequence[float]) -> list[float]:
    """Those of the pairs; where the samples are no pairs, that of the medians is all there is."""
    return [one / other for one, other in zip(ours, bare, strict=True)] if len(ours) == len(bare) else []


def spread(values: Sequence[float]) -> tuple[float, float, float, float]:
    """Between which lie nine of ten, and the middle half: 5th, 25th, 75th, 95th percentile."""
    if len(values) < 2:
        return (values[0],) * 4
    cut = quantiles(values, n=20, method="inclusive")
    return cut[0], cut[4], cut[14], cut[18]


def strip(ratios: Sequence[float], ratio: float, goal: float | None, reach: float | None = None) -> Strip:
    """The axis, if not told, holds the goal and nine of ten ratios; what lies beyond stands at its end."""
    values = ratios or [ratio]
    _, low, high, top = spread(values)
    reach = reach or 1.08 * max(ratio, top, goal or 0)

    def place(value: float) -> float:
        return min(100 * value / reach, 100.0)

    dots = " ".join(
        f"M{place(value):.2f} {100 * (n % _ROWS_OF_DOTS + 0.5) / _ROWS_OF_DOTS:.0f}h0"
        for n, value in enumerate(values)
    )
    ticks = [Tick(place(value), _mark(value)) for value in steps(reach)]
    return Strip(dots, place(low), place(high), place(ratio), None if goal is None else place(goal), ticks)


def chart(
    lines: Mapping[str, Sequence[Sequence[float]]], *, limit: float | None = None, by_powers: bool = False
) -> Chart:
    """Heights are from 0, so that what looks flat is flat."""
    xs = [x for points in lines.values() for x, _ in points]
    top = 1.12 * max([limit or 0, *(y for points in lines.values() for _, y in points)]) or 1
    first, last = (log10(min(xs)), log10(max(xs))) if by_powers else (min(min(xs), 0), max(xs))

    def across(x: float) -> float:
        return 100 * ((log10(x) if by_powers else x) - first) / (last - first or 1)

    def up(y: float) -> float:
        return 100 - 100 * y / top

    marks = _powers(first, last) if by_powers else steps(last)
    return Chart(
        [_line(name, [(across(x), up(y)) for x, y in points]) for name, points in lines.items()],
        [Tick(across(x), _mark(x)) for x in marks],
        [Tick(up(y), _mark(y)) for y in steps(top)],
        None if limit is None else up(limit),
    )


def steps(reach: float, count: int = 4) -> list[float]:
    """Round numbers from 0 to `reach`, about so many."""
    raw = reach / count
    power = 10.0 ** floor(log10(raw))
    step = power * next(s for s in (1, 2, 2.5, 5, 10) if s * power >= raw * 0.999)
    return [float(f"{n * step:.6g}") for n in range(floor(reach / step) + 1)]


def _mark(value: float) -> str:
    return f"{value:,.0f}" if value >= 1000 else f"{value:g}"


def _powers(first: float, last: float) -> list[float]:
    return [10.0**n for n in range(ceil(first - 0.001), floor(last + 0.001) + 1)]


def _line(name: str, places: Sequence[tuple[float, float]]) -> Line:
    written = [f"{x:.2f},{y:.2f}" for x, y in places]
    return Line(name, " ".join(written), " ".join(f"M{each}h0" for each in written))
