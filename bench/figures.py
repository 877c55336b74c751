"""How numbers are written for people: as many digits as mean something."""

from __future__ import annotations


def said(value: float) -> str:
    """1,234,567, 123, 12.3, 1.23, 0.123, 0."""
    size = abs(value)
    if value == round(value) or size >= 100:
        return f"{value:,.0f}"
    if size >= 10:
        return f"{value:.1f}"
    return f"{value:.2f}" if size >= 1 else f"{value:.3g}"


def said_ratio(value: float) -> str:
    """With two digits behind the point, or three that mean something."""
    return f"{value:.2f}" if value >= 0.1 else f"{value:.3g}"
