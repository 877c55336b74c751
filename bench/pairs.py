"""Paired timing: both sides page by page in turn, so that whatever else the machine does falls on both."""

from __future__ import annotations

import gc
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

from bench.result import Comparison

Side = Callable[[int], float]


@dataclass(frozen=True, slots=True)
class Pair:
    """Milliseconds of each page, on both sides."""

    ours: Sequence[float]
    bare: Sequence[float]

    @property
    def median(self) -> float:
        """Of ours."""
        return median(self.ours)

    @property
    def bare_median(self) -> float:
        """Of the other side."""
        return median(self.bare)

    def compared(self, label: str, unit: str, goal: float | None, *, per_unit: float = 1) -> Comparison:
        """As a line of a result; of `unit` there are `per_unit` milliseconds."""
        return Comparison(
            label, unit, [s / per_unit for s in self.ours], [s / per_unit for s in self.bare], goal
        )


def paired(ours: Side, bare: Side, *, warm_up: int, pages: int) -> Pair:
    """Times of `pages` pages after `warm_up`; each side takes a page's number (from 1) and gives seconds.

    Who goes first alternates. Python's collector is held back meanwhile.
    """
    found: list[tuple[float, float]] = []
    gc.disable()
    try:
        for page_no in range(1, warm_up + pages + 1):
            if page_no % 2:
                one, other = ours(page_no), bare(page_no)
            else:
                other, one = bare(page_no), ours(page_no)
            found.append((one * 1000, other * 1000))
    finally:
        gc.enable()
    kept = found[warm_up:]
    return Pair([o for o, _ in kept], [b for _, b in kept])
