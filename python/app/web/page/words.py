"""How numbers, money and times are said on the page; plain functions that the templates use as filters."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from markupsafe import Markup

DASH, MINUS = "\N{EN DASH}", "\N{MINUS SIGN}"
# From the largest on.
UNITS = (("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1))


def number(value: float | Decimal | None) -> str:
    """A count, its digits in groups of three; a dash for none."""
    return DASH if value is None else f"{value:,.0f}"


def signed(value: int | None, sign: str) -> str:
    """A count of comers (+) or leavers (-) with its sign; nothing for none of them."""
    return sign.replace("-", MINUS) + f"{value:,}" if value else ""


def money(value: float | Decimal | None) -> str:
    """US dollars and cents; what is less than a cent is not nothing."""
    if value is None:
        return DASH
    return "<$0.01" if 0 < value < Decimal("0.005") else f"${value:,.2f}"


def percent(part: float | Decimal, whole: float | Decimal) -> int:
    """How many of a hundred, at most all."""
    return 100 if whole <= 0 else min(100, round(100 * float(part) / float(whole)))


def span(seconds: float) -> str:
    """A length of time in its largest unit, as a person would say it."""
    for unit, length in UNITS:
        if seconds >= length:
            whole = int(seconds // length)
            if unit == "d" and whole < 3:
                return f"{int(seconds // 3_600)} h"
            return f"{whole:,} {unit}"
    return "0 s"


def ago(at: datetime | None, now: datetime) -> str:
    """A time beside now: `4 h ago`, `in 2 h`, `now`, `never`."""
    if at is None:
        return "never"
    seconds = (now - at).total_seconds()
    if abs(seconds) < 1:
        return "now"
    return f"{span(seconds)} ago" if seconds > 0 else f"in {span(-seconds)}"


def stamp(at: datetime) -> str:
    """A time in UTC, to the second."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def when(at: datetime | None, now: datetime) -> Markup:
    """A time as an element: relative to read, exact to look at."""
    if at is None:
        return Markup('<span class="faint">never</span>')
    element = Markup('<time datetime="{}" title="{}">{}</time>')
    return element.format(f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}", stamp(at), ago(at, now))


def moment(at: datetime | None) -> Markup:
    """A time as an element that reads as a time of the clock."""
    if at is None:
        return Markup('<span class="faint">{}</span>').format(DASH)
    zulu = at.astimezone(UTC)
    return Markup('<time datetime="{}">{}</time>').format(
        f"{zulu:%Y-%m-%dT%H:%M:%SZ}", f"{zulu:%Y-%m-%d %H:%M}"
    )


def day(value: date) -> Markup:
    """A day as an element."""
    return Markup('<time datetime="{}">{}</time>').format(value.isoformat(), f"{value.day} {value:%b}")


def length_of(value: timedelta | None) -> str:
    """A window, for a sentence."""
    return "as set" if value is None else span(value.total_seconds())


def as_json(value: Any) -> str:
    """Params as text, for a field or a link; no markup, so that quotes are escaped like everywhere."""
    return json.dumps(value, ensure_ascii=False)


def slug(value: str) -> Markup:
    """A name of the database's, which a narrow screen may break where its words end."""
    return Markup("_<wbr>").join(value.split("_"))


def words(value: str) -> str:
    """A name of the database's as words."""
    return value.replace("_", " ")


FILTERS = {
    each.__name__: each
    for each in (
        *(number, signed, money, percent),
        *(span, ago, stamp, when, moment, day, length_of),
        *(as_json, slug, words),
    )
}
