"""rookery decision, metrics: why the engine held back, and what can be watched."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from app import database
from app.cli.arguments import AsJson, Limit
from app.cli.output import show_rows
from app.cli.session import operator
from app.errors import OperatorMistake

decisions = typer.Typer(help="Look at why the engine held back.", no_args_is_help=True)

DECISIONS = ("decision_id", "kind", "about", "reason", "repeats", "last_at", "until_at")
DECISIONS_FIRST = ("kind", "about", "reason", "until_at", "last_at")

DecisionKind = Annotated[str | None, typer.Option("--kind", metavar="KIND", help="Only those of that kind.")]
About = Annotated[
    str | None, typer.Option("--about", metavar="TEXT", help="Only those about that, such as 'instance 5'.")
]


@decisions.command("list")
def list_decisions(
    context: typer.Context,
    kind: DecisionKind = None,
    about: About = None,
    as_json: AsJson = False,
    limit: Limit = 50,
) -> None:
    """List the latest decisions, newest first."""
    asked = {"kind": kind, "about": about}
    where: dict[str, Any] = {name: value for name, value in asked.items() if value is not None}
    with operator(context) as connection:
        rows = database.read_view(connection, "decisions", where=where, order=["-last_at"], limit=limit)
        if not rows and kind and not database.read_view(connection, "decision_kinds", where={"kind": kind}):
            raise OperatorMistake(
                f"there is no decision kind {kind!r}", hint="rookery decision kinds lists them"
            )
    show_rows(rows, DECISIONS, as_json=as_json, empty="nothing was held back", first=DECISIONS_FIRST)


@decisions.command("kinds")
def list_decision_kinds(context: typer.Context, as_json: AsJson = False, limit: Limit = 100) -> None:
    """List every way in which the engine holds back or steps in, and what it means."""
    with operator(context) as connection:
        rows = database.read_view(connection, "decision_kinds", order=["kind"], limit=limit)
    show_rows(rows, ("kind", "needs_a_person", "meaning"), as_json=as_json)


def metrics(context: typer.Context, as_json: AsJson = False, limit: Limit = 1000) -> None:
    """List what can be watched: counters and gauges, as /metrics has them."""
    with operator(context) as connection:
        rows = database.call(connection, "metrics")
    show_rows(rows[:limit], ("metric", "labels", "value"), as_json=as_json)
