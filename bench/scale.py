"""How large the assets of the benchmarks are: 1 is what the goals are about, less is for trying them out."""

from __future__ import annotations

_factor = [1.0]


def choose(factor: float) -> None:
    """Scale what is measured from now on."""
    _factor[0] = factor


def scaled(count: int, *, least: int = 100) -> int:
    """A size of the goals, scaled."""
    return max(least, round(count * _factor[0]))


def factor() -> float:
    """What sizes are multiplied by."""
    return _factor[0]


def said() -> str:
    """A remark for the note of a result, empty at full size."""
    return "" if _factor[0] == 1 else f"; at {_factor[0]:g} of the size that the goal is about"
