"""Makes a history that breaks a rule as short as it gets: by leaving operations out, then by smaller numbers.

Operations choose among what is there, so a history stays one whatever is left out of it. Not Hypothesis: its
shrinker would have to draw every number itself, and would keep what it found in a database beside the seed.
"""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

from histories.operations import Operation

Breaks = Callable[[list[Operation]], bool]


def shrink(operations: list[Operation], breaks: Breaks, seconds: float) -> list[Operation]:
    """The shortest history found within the time that still breaks."""
    deadline = monotonic() + seconds
    size = max(1, len(operations) // 2)
    while monotonic() < deadline:
        shorter = _without_pieces(operations, breaks, size, deadline)
        if size == 1 and len(shorter) == len(operations):
            break
        size, operations = max(1, size // 2), shorter
    return _with_smaller_numbers(operations, breaks, deadline)


def _without_pieces(
    operations: list[Operation], breaks: Breaks, size: int, deadline: float
) -> list[Operation]:
    end = len(operations)
    while end > 0 and monotonic() < deadline:
        tried = operations[: max(0, end - size)] + operations[end:]
        if breaks(tried):
            operations = tried
        end -= size
    return operations


def _with_smaller_numbers(operations: list[Operation], breaks: Breaks, deadline: float) -> list[Operation]:
    for place, operation in enumerate(operations):
        for simpler in ({"is_undone": False}, {"c": 0}, {"b": 0}, {"a": 0}):
            tried = [*operations[:place], operation._replace(**simpler), *operations[place + 1 :]]
            if tried != operations and monotonic() < deadline and breaks(tried):
                operations, operation = tried, tried[place]
    return operations
