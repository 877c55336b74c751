"""Values as one line of text: in full where they are piped, short where a person reads a table."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

# What stands for a sign that is not printable: for any other, for white space.
_HARMLESS = ("\N{REPLACEMENT CHARACTER}", " ")


def cell(value: object) -> str:
    """A value as one line of text; what could steer a terminal or break the columns is replaced."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%SZ")
    if isinstance(value, Decimal):
        return _plain(value)
    text = json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else str(value)
    return "".join(each if each.isprintable() else _HARMLESS[each.isspace()] for each in text)


def short(value: object) -> str:
    """A value for a table: times without year and second, params as people say them."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%m-%d %H:%MZ")
    if not isinstance(value, Mapping):
        return cell(value)
    if set(value) == {"kind", "params"}:
        return asset(value["kind"], value["params"])
    return " ".join(f"{cell(name)}={short(each)}" for name, each in value.items())


def asset(kind: object, params: Mapping[str, Any]) -> str:
    """A kind with its params, as in `segment_followers 12`."""
    return " ".join([cell(kind), *(short(each) for each in params.values())])


def _plain(number: Decimal) -> str:
    """A number without an exponent, and without zeros at its end beyond the cents."""
    whole, point, part = f"{number:f}".partition(".")
    return whole + point + part[:2] + part[2:].rstrip("0")
