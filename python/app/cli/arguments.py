"""What operators type, made into what the database takes: options, names of users, params."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any

import typer

from app.errors import OperatorMistake

PARAMS_HINT = """write an object, for example '{"subject_id": "123"}'"""

Kind = Annotated[str, typer.Argument(metavar="KIND", help="An asset kind, such as segment_followers.")]
Subject = Annotated[
    str | None,
    typer.Option("--subject", metavar="USER", help="The subject: @handle, handle, link of a profile, or id."),
]
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
User = Annotated[
    str, typer.Argument(metavar="USER", help="A @handle, handle, link of a profile, or id (all digits).")
]
Target = Annotated[
    str,
    typer.Argument(metavar="INSTANCE|KIND", help="An instance's id, or a kind and options that say which."),
]
Offline = Annotated[
    bool, typer.Option("--offline", help="Ask X nothing: refuse a handle that is not known here.")
]
FreshWithin = Annotated[
    str | None,
    typer.Option("--fresh-within", metavar="TIME", help="How old its syncs may be, such as '6 hours'."),
]
ReconcileWithin = Annotated[
    str | None,
    typer.Option("--reconcile-within", metavar="TIME", help="How often at least lists are read in full."),
]
ReconcileDoubt = Annotated[
    str | None,
    typer.Option("--reconcile-doubt", metavar="PERCENT", help="How much of a list may be in doubt."),
]
Params = Annotated[str | None, typer.Option("--params", metavar="JSON", help="All params, as a JSON object.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Limit = Annotated[int, typer.Option("--limit", min=1, metavar="N", help="At most so many rows.")]


class Name(str):
    """What an operator calls a user. Who that is, the database knows: see app.cli.subjects."""

    __slots__ = ()


def kind_params(
    subject: str | None, stable_key: str | None, source: str | None, params: str | None
) -> dict[str, Any]:
    """The params object that the options say; a subject is a Name in it.

    Whether it fits the kind is the database's to judge.
    """
    named = {"subject_id": None if subject is None else Name(subject), "stable_key": stable_key}
    given: dict[str, Any] = {name: value for name, value in named.items() if value is not None}
    if params is not None:
        if given:
            raise OperatorMistake(
                "--params was given beside --subject or --stable-key", hint="give one or the other"
            )
        given = _json_object(params)
    return given if source is None else {"source": {"kind": source, "params": given}}


def root_options(
    fresh_within: str | None, reconcile_within: str | None, reconcile_doubt: str | None
) -> dict[str, Any]:
    """The windows and the doubt of a root, as far as they were given, as arguments of the database's."""
    given = {
        "p_fresh_within": _with_unit(fresh_within),
        "p_reconcile_within": _with_unit(reconcile_within),
        "p_reconcile_doubt": None
        if reconcile_doubt is None
        else number(reconcile_doubt, "a percentage, such as 2.5"),
    }
    return {name: value for name, value in given.items() if value is not None}


def _with_unit(span: str | None) -> str | None:
    """A span of time as it was written: the database would take a mere number for seconds."""
    if span is not None and span.strip().replace(".", "", 1).isdecimal():
        raise OperatorMistake(f"{span.strip()[:60]!r} has no unit", hint=f"write '{span.strip()[:60]} hours'")
    return span


def number(text: str, what: str) -> Decimal:
    """A number as it was written; `what` is what to write. Which can be is the database's to judge."""
    try:
        return Decimal(text)
    except InvalidOperation:
        raise OperatorMistake(f"{text[:60]!r} is no number", hint=f"write {what}") from None


def words_of(words: Iterable[str]) -> list[str]:
    """The words; for the word - those on standard input (spaces, commas, lines)."""
    found: list[str] = []
    for word in words:
        found += sys.stdin.read().replace(",", " ").split() if word == "-" else [word]
    return found


def _json_object(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text, object_pairs_hook=_with_names)
    except (ValueError, RecursionError) as error:
        raise OperatorMistake(f"--params is not JSON: {error}", hint=PARAMS_HINT) from None
    if "\\u0000" in text.replace("\\\\", ""):
        raise OperatorMistake("--params holds \\u0000, which no text in PostgreSQL can", hint=PARAMS_HINT)
    if not isinstance(value, dict):
        raise OperatorMistake("--params is not a JSON object", hint=PARAMS_HINT)
    return value


def _with_names(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object in which a subject is a Name, as it is where --subject says it."""
    return {
        name: Name(value) if name == "subject_id" and isinstance(value, str) else value
        for name, value in pairs
    }
