"""rookery run, decision, config: what the engine did, why it held back, and what it is set to."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from app import database
from app.cli.arguments import AsJson, Limit
from app.cli.output import show_facts, show_rows
from app.cli.session import operator

runs = typer.Typer(help="Look at syncs: what was read, and at what cost.", no_args_is_help=True)
decisions = typer.Typer(help="Look at why the engine held back.", no_args_is_help=True)
config = typer.Typer(help="Look at the engine's settings, and change them.", no_args_is_help=True)

RUNS = (
    "run_id", "sync_kind", "subject_id", "mode", "reason", "status", "pages", "resources", "cost_usd",
    "started_at", "completed_at", "error_class",
)  # fmt: skip
DECISIONS = ("decision_id", "kind", "about", "reason", "repeats", "last_at", "until_at")
SETTINGS = ("name", "value", "unit", "description")

Status = Annotated[
    str | None,
    typer.Option("--status", metavar="STATUS", help="Only those in_progress, success, error or cancelled."),
]


@runs.command("list")
def list_runs(
    context: typer.Context, status: Status = None, as_json: AsJson = False, limit: Limit = 50
) -> None:
    """List the latest syncs, newest first."""
    where: dict[str, Any] = {} if status is None else {"status": status}
    with operator(context) as connection:
        rows = database.read_view(connection, "runs", where=where, order=["-run_id"], limit=limit)
    show_rows(rows, RUNS, as_json=as_json, empty="no runs yet")


@decisions.command("list")
def list_decisions(context: typer.Context, as_json: AsJson = False, limit: Limit = 50) -> None:
    """List the latest decisions, newest first."""
    with operator(context) as connection:
        rows = database.read_view(connection, "decisions", order=["-last_at"], limit=limit)
    show_rows(rows, DECISIONS, as_json=as_json, empty="nothing was held back")


@config.command("list")
def list_settings(context: typer.Context, as_json: AsJson = False, limit: Limit = 500) -> None:
    """List the engine's settings."""
    with operator(context) as connection:
        rows = database.read_view(connection, "settings", order=["name"], limit=limit)
    show_rows(rows, SETTINGS, as_json=as_json)


@config.command("set")
def set_setting(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME")],
    value: Annotated[str, typer.Argument(metavar="VALUE")],
    as_json: AsJson = False,
) -> None:
    """Change one setting of the engine."""
    with operator(context) as connection:
        now_set = database.call(connection, "setting_set", p_name=name, p_value=value)
    show_facts({"name": name, "value": now_set}, as_json=as_json)
