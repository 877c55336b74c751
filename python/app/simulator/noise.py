"""Repeatable noise: numbers that depend on a seed and on what is asked, never on the order of asking."""

from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")

_MASK = (1 << 64) - 1


def noise(*parts: int) -> int:
    """Return a 64-bit number for these parts: the same parts always give the same number."""
    state = 0x6A09E667F3BCC908
    for part in parts:
        state = (state ^ (part & _MASK)) + 0x9E3779B97F4A7C15 & _MASK
        state = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9 & _MASK
        state = (state ^ (state >> 27)) * 0x94D049BB133111EB & _MASK
        state ^= state >> 31
    return state


def fraction(*parts: int) -> float:
    """Return noise as a number from 0 (included) to 1 (excluded)."""
    return (noise(*parts) >> 11) / (1 << 53)


def pick(items: Sequence[T], *parts: int) -> T:
    """Return one of `items`, which must not be empty."""
    return items[noise(*parts) % len(items)]


def words(text: str) -> list[str]:
    """Return the words of a text, for tables that read better as one."""
    return text.split()
