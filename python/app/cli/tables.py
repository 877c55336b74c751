"""Tables for a terminal: as many columns as fit, prose folded, nothing cut off."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Literal

from rich.table import Table
from rich.text import Text

from app.cli.cells import asset, short

Row = Mapping[str, Any]

PROSE = 20  # signs; a longer text of several words may be folded
GAP = 2
# Columns that are shown as one, where both are asked for.
PAIRS = {("kind", "params"): "asset", ("source_kind", "source_params"): "source"}


class Column:
    """How a column looks: prose may be folded, whatever else stays on one line."""

    def __init__(self, name: str, values: Sequence[object]) -> None:
        self.heading = name.replace("_", " ")
        self.texts = [short(value) for value in values]
        self.is_empty = not any(value is not None for value in values)
        numeric = all(isinstance(value, int | float | Decimal | None) for value in values)
        self.justify: Literal["left", "right"] = "right" if numeric else "left"
        self.is_prose = any(
            " " in text and len(text) > PROSE
            for text, value in zip(self.texts, values, strict=True)
            if isinstance(value, str)
        )
        words = [word for text in self.texts for word in text.split()] if self.is_prose else self.texts
        least = max(map(len, [*words, *self.heading.split()]), default=0)
        self.width = max(least, PROSE) if self.is_prose else least
        self.wanted = max(map(len, [*self.texts, self.heading]))


def table(rows: Sequence[Row], columns: Sequence[str], width: int) -> Table:
    """The columns that say something, the first of them where not all fit into so many signs."""
    said = [column for column in _columns(rows, columns) if not column.is_empty]
    while len(said) > 1 and _width(said) > width:
        said.pop()
    for each in sorted(said, key=lambda column: column.is_prose):
        each.width += max(0, min(each.wanted - each.width, width - _width(said)))
    shown = Table(box=None, padding=(0, GAP, 0, 0), pad_edge=False, header_style="bold")
    for each in said:
        shown.add_column(each.heading, justify=each.justify, overflow="fold", width=each.width)
    for texts in zip(*(each.texts for each in said), strict=True):
        shown.add_row(*map(Text, texts))
    return shown


def _width(columns: Sequence[Column]) -> int:
    return sum(each.width for each in columns) + GAP * (len(columns) - 1)


def _columns(rows: Sequence[Row], names: Sequence[str]) -> list[Column]:
    """The columns by their names; an asset that two of them say is one, but in a list of kinds."""
    pairs = {
        pair: whole for pair, whole in PAIRS.items() if set(pair) <= set(names) and "item_kind" not in names
    }
    firsts = {pair[0]: (pair, whole) for pair, whole in pairs.items()}
    seconds = {pair[1] for pair in pairs}
    found = []
    for name in names:
        if name in firsts:
            (kind, params), whole = firsts[name]
            found.append(Column(whole, [asset(row.get(kind), row.get(params) or {}) for row in rows]))
        elif name not in seconds:
            found.append(Column(name, [row.get(name) for row in rows]))
    return found
