"""Paired timing: both sides page by page in turn, so that whatever else the machine does falls on both."""

from __future__ import annotations

import gc
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

Side = Callable[[int], float]


@dataclass(frozen=True, slots=True)
class Pair:
    """Medians in milliseconds."""

    ours: float
    bare: float

    @property
    def ratio(self) -> float:
        """Ours over bare."""
        return self.ours / self.bare


def paired(ours: Side, bare: Side, *, warm_up: int, pages: int) -> Pair:
    """Medians over `pages` pages after `warm_up`; each side takes a page's number (from 1) and gives seconds.

    Who goes first alternates too. Python's collector is held back meanwhile.
    """
    found: list[tuple[float, float]] = []
    gc.disable()
    try:
        for page_no in range(1, warm_up + pages + 1):
            if page_no % 2:
                one, other = ours(page_no), bare(page_no)
            else:
                other, one = bare(page_no), ours(page_no)
            found.append((one, other))
    finally:
        gc.enable()
    kept = found[warm_up:]
    return Pair(median(o for o, _ in kept) * 1000, median(b for _, b in kept) * 1000)
