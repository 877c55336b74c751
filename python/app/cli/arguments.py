"""What operators type, made into what the database takes: ids, and the params of an asset kind."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from typing import Annotated, Any

import typer

from app.errors import OperatorMistake

LARGEST_ID = 2**63 - 1
PARAMS_HINT = """write an object, for example '{"subject_id": "123"}'"""

Kind = Annotated[str, typer.Argument(metavar="KIND", help="An asset kind, such as segment_followers.")]
Subject = Annotated[str | None, typer.Option("--subject", metavar="ID", help="The subject user's id at X.")]
StableKey = Annotated[
    str | None, typer.Option("--stable-key", metavar="KEY", help="The name of a specified set.")
]
Source = Annotated[
    str | None,
    typer.Option(
        "--source",
        metavar="KIND",
        help="A corpus' source segment; --subject, --stable-key or --params are then the source's.",
    ),
]
Params = Annotated[str | None, typer.Option("--params", metavar="JSON", help="All params, as a JSON object.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Limit = Annotated[int, typer.Option("--limit", min=1, metavar="N", help="At most so many rows.")]


def kind_params(
    subject: str | None, stable_key: str | None, source: str | None, params: str | None
) -> dict[str, Any]:
    """The params object that the options say. Whether it fits the kind is the database's to judge."""
    named = {"subject_id": subject, "stable_key": stable_key}
    given: dict[str, Any] = {name: value for name, value in named.items() if value is not None}
    if params is not None:
        if given:
            raise OperatorMistake(
                "--params was given beside --subject or --stable-key", hint="give one or the other"
            )
        given = _json_object(params)
    return given if source is None else {"source": {"kind": source, "params": given}}


def x_id(text: str) -> int:
    """An id of X: digits, from 1 to 9223372036854775807."""
    if text.isascii() and text.isdecimal() and len(text) <= 19 and 0 < int(text) <= LARGEST_ID:
        return int(text)
    raise OperatorMistake(
        f"{text[:60]!r} is no id of X", hint=f"ids are whole numbers from 1 to {LARGEST_ID}"
    )


def x_ids(words: Iterable[str]) -> list[int]:
    """Ids of X from words; the word - stands for those on standard input (spaces, commas, lines)."""
    texts: list[str] = []
    for word in words:
        texts += sys.stdin.read().replace(",", " ").split() if word == "-" else [word]
    return [x_id(text) for text in texts]


def _json_object(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise OperatorMistake(f"--params is not JSON: {error}", hint=PARAMS_HINT) from None
    if "\\u0000" in text.replace("\\\\", ""):
        raise OperatorMistake("--params holds \\u0000, which no text in PostgreSQL can", hint=PARAMS_HINT)
    if not isinstance(value, dict):
        raise OperatorMistake("--params is not a JSON object", hint=PARAMS_HINT)
    return value
