"""What a list is ordered by, and cursors: the key of the last row, so that nothing inserted moves a page."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from pydantic import TypeAdapter, ValidationError

from app.web.problems import bad_field


@dataclass(frozen=True)
class Key:
    """Columns that tell the rows of a list apart, with their types; `falls`: the greatest comes first."""

    columns: Mapping[str, Any]
    falls: bool = False

    @property
    def order(self) -> list[str]:
        """The columns as app.database takes them."""
        return [f"-{column}" if self.falls else column for column in self.columns]

    def cursor_of(self, row: Mapping[str, Any]) -> str:
        """The cursor of whatever follows this row."""
        text = self._values.dump_json(tuple(row[column] for column in self.columns))
        return base64.urlsafe_b64encode(text).decode("ascii").rstrip("=")

    def read(self, cursor: str | None) -> tuple[Any, ...] | None:
        """The key in a cursor that was given out; None for none. A forged one is a fault of the field."""
        if cursor is None:
            return None
        try:
            text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
            return self._values.validate_json(text)
        except (ValueError, ValidationError):
            raise bad_field("cursor", "is none that was given out here") from None

    @cached_property
    def _values(self) -> TypeAdapter[tuple[Any, ...]]:
        kinds: Any = tuple.__class_getitem__(tuple(self.columns.values()))
        return TypeAdapter(kinds)
