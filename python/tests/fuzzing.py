"""Bad input: JSON that is almost right, bytes that are almost JSON, and how many of them are tried."""

from __future__ import annotations

import json
import os
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

# ROOKERY_FUZZ=100 tries a hundred times as many, and others every time; see `make fuzz`.
FACTOR = int(os.environ.get("ROOKERY_FUZZ", "1"))


def budget(examples: int) -> settings:
    """So many examples in the ordinary tests, which are the same ones every time."""
    return settings(
        max_examples=examples * FACTOR,
        derandomize=FACTOR == 1,
        deadline=None,
        database=None,
        print_blob=True,
        suppress_health_check=list(HealthCheck),
    )


@dataclass(frozen=True)
class Raw:
    """A piece of JSON text, right or wrong."""

    text: str


NUMBERS = ["0", "-0", "-1", "1.5", "007", "+1", ".5", "1e5", "1e400", "1e5000", "1e999999", "9" * 5000, "NaN"]
NUMBERS += [str(2**53 + 1), str(2**63 - 1), str(2**63), str(2**64), "-" + str(2**63), "0x1", "Infinity"]
WORDS = [
    "",
    " ",
    "null",
    "true",
    "0",
    "-1",
    "12",
    "007",
    str(2**63 - 1),
    str(2**63),
    "9" * 30,
    "1e3",
    "user_2",
]
WORDS += [
    "now",
    "infinity",
    "-infinity",
    "epoch",
    "today",
    "2026-03-01",
    "2026-02-30T00:00:00.000Z",
    "x" * 300,
]
WORDS += [
    "0000-01-01T00:00:00Z",
    "9999-12-31T23:59:60Z",
    "2026-03-01T00:00:00.123456789123Z",
    "a\0b",
    "\u202e",
]
WORDS += [
    "\ud83d",
    "\udc80x",
    "\\u0000",
    "\\",
    '"',
    "'; drop table users; --",
    "%s%n",
    "{}",
    "[]",
    "(,)",
    "@",
    "é",
]
ODD = st.one_of(
    st.sampled_from([Raw(each) for each in NUMBERS]),
    st.sampled_from(WORDS),
    st.sampled_from([None, True, False, [], {}, [[]], [None], {"": None}, [{}], {"id": []}]),
    st.sampled_from([Raw("[" * n + "]" * n) for n in (60, 64, 70, 300, 1100, 9000)]),
    st.sampled_from([Raw('{"a":' * n + "1" + "}" * n) for n in (63, 65, 1100)]),
    st.integers(),
    st.text(max_size=20),
    st.floats(),
)
JSON = st.recursive(
    ODD, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
)


def dump(value: Any) -> str:
    """JSON, with what is raw as it is."""
    match value:
        case Raw(text):
            return text
        case dict():
            return "{" + ",".join(f"{json.dumps(str(key))}:{dump(each)}" for key, each in value.items()) + "}"
        case list():
            return "[" + ",".join(map(dump, value)) + "]"
    return json.dumps(value)


def _places(value: Any) -> list[tuple[Any, Any]]:
    """Every container with a key in it, the outermost first."""
    found: list[tuple[Any, Any]] = []
    inside = [value]
    while inside:
        here = inside.pop(0)
        if isinstance(here, dict | list):
            keys = list(here) if isinstance(here, dict) else list(range(len(here)))
            found += [(here, key) for key in keys]
            inside += [here[key] for key in keys]
    return found


HARMS = ("odd", "odd", "gone", "twice", "wrapped", "named twice", "of another", "added")


@st.composite
def almost(draw: st.DrawFn, right: Any) -> Any:
    """Something right with a few things wrong in it."""
    value = json.loads(json.dumps(right))
    for _ in range(draw(st.integers(0, 4))):
        places = _places(value)
        if not places:
            return deepcopy(draw(ODD))
        where, key = places[draw(st.integers(0, len(places) - 1))]
        other, its_key = places[draw(st.integers(0, len(places) - 1))]
        _harm(where, key, draw(st.sampled_from(HARMS)), deepcopy(draw(ODD)), other[its_key])
    return value


def _harm(where: Any, key: Any, harm: str, odd: Any, another: Any) -> None:
    """Make a value another, or gone, or there twice, or wrapped, or beside one that does not belong there."""
    match harm:
        case "odd":
            where[key] = odd
        case "gone":
            where.pop(key)
        case "twice" if isinstance(where, list):
            where.append(where[key])
        case "wrapped":
            where[key] = {"data": where[key]}
        case "named twice":
            where[key] = Raw(f"{dump(where[key])},{json.dumps(str(key))}:{dump(odd)}")
        case "of another":
            where[key] = Raw(dump(another))
        case "added" if isinstance(where, dict):
            where[("data", "errors", "meta", "id", "status", "title")[len(where) % 6]] = odd


@st.composite
def spoiled(draw: st.DrawFn, text: str) -> bytes:
    """The text as bytes: mostly as it is, else cut, repeated, in another encoding, with other bytes in it."""
    body = text.encode(errors="surrogatepass")
    match draw(
        st.sampled_from(["right"] * 8 + ["cut", "twice", "bytes", "utf-16", "latin-1", "bom", "other"])
    ):
        case "cut":
            return body[: draw(st.integers(0, len(body)))]
        case "twice":
            return body + body
        case "bytes":
            at = draw(st.integers(0, len(body)))
            return body[:at] + draw(st.binary(max_size=5)) + body[at:]
        case "utf-16" | "latin-1" as encoding:
            return text.encode(encoding, errors="replace")
        case "bom":
            return b"\xef\xbb\xbf" + body
        case "other":
            return draw(st.binary(max_size=200))
    return body
