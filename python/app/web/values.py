"""The values that go over the wire, each with how it is read, written and described."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import AwareDatetime, BeforeValidator, Field, PlainSerializer, WithJsonSchema

LARGEST_ID = 2**63 - 1


def _up_to(largest: str) -> str:
    """A pattern for whole numbers from 1 to `largest`, without leading zeros."""
    shorter = rf"[1-9]\d{{0,{len(largest) - 2}}}"
    below = [
        rf"{largest[:at]}[{int(at == 0)}-{int(digit) - 1}]\d{{{len(largest) - at - 1}}}"
        for at, digit in enumerate(largest)
        if int(digit) > int(at == 0)
    ]
    return f"^({'|'.join([shorter, *below, largest])})$"


ID_PATTERN = _up_to(str(LARGEST_ID))


def _whole(value: Any) -> Any:
    if isinstance(value, str) and not (value.isascii() and value.isdecimal()):
        raise ValueError("is no whole number")
    return value


Id = Annotated[
    int,
    BeforeValidator(_whole),
    Field(ge=1, le=LARGEST_ID),
    PlainSerializer(str, return_type=str),
    WithJsonSchema({"type": "string", "pattern": ID_PATTERN}),
]

# A revision of an instance that was never materialized is 0, and what it names may be nothing at all.
Count = Annotated[int, Field(ge=0)]

Time = Annotated[
    datetime,
    PlainSerializer(lambda at: at.astimezone(UTC).isoformat().replace("+00:00", "Z"), return_type=str),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
# A time that is asked for has to say its zone, and to be one that a calendar of four digits has.
AskedTime = Annotated[AwareDatetime, WithJsonSchema({"type": "string", "format": "date-time"})]

Money = Annotated[
    Decimal, PlainSerializer(float, return_type=float), WithJsonSchema({"type": "number", "minimum": 0})
]
Percent = Annotated[
    Decimal,
    PlainSerializer(float, return_type=float),
    WithJsonSchema({"type": "number", "minimum": 0, "maximum": 100}),
]

# Text for a filter. PostgreSQL has no text with a NUL in it.
Word = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\u0000]*$")]
