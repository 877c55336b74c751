"""rookery run: what was synced, how that went, and what came of it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import typer

from app import database
from app.cli.arguments import AsJson, Limit
from app.cli.output import presentable, print_json, show_facts, show_rows
from app.cli.reasons import show_reason
from app.cli.session import operator
from app.cli.subjects import known_ids, with_handles
from app.errors import OperatorMistake

runs = typer.Typer(help="Look at syncs: what was read, and at what cost.", no_args_is_help=True)

RUNS = (
    "run_id", "sync_kind", "subject_id", "mode", "reason", "status", "pages", "resources", "cost_usd",
    "started_at", "completed_at", "error_class",
)  # fmt: skip
RUNS_FIRST = ("run_id", "sync_kind", "subject_id", "status", "resources", "cost_usd", "started_at")
CALLS = ("call_id", "endpoint", "page", "state", "attempts", "worker", "http_status", "class", "answered_at")
REJECTS = ("reject_id", "run_id", "page", "reason", "rejected_at")

RunId = Annotated[int, typer.Argument(metavar="RUN", min=1, help="The id of a run.")]
Status = Annotated[
    Literal["in_progress", "success", "error", "cancelled"] | None,
    typer.Option("--status", help="Only those with that status."),
]
SyncKind = Annotated[
    str | None, typer.Option("--kind", metavar="KIND", help="Only those of that kind, such as followers.")
]
Subject = Annotated[str | None, typer.Option("--subject", metavar="USER", help="Only those of that user.")]


@runs.command("list")
def list_runs(
    context: typer.Context,
    status: Status = None,
    kind: SyncKind = None,
    subject: Subject = None,
    as_json: AsJson = False,
    limit: Limit = 50,
) -> None:
    """List the latest syncs, newest first."""
    asked = {"status": status, "sync_kind": kind}
    where: dict[str, Any] = {name: value for name, value in asked.items() if value is not None}
    with operator(context) as connection:
        if subject is not None:
            (where["subject_id"],) = known_ids(connection, [subject])
        found = database.read_view(connection, "runs", where=where, order=["-run_id"], limit=limit)
        rows = with_handles(connection, found)
    show_rows(rows, RUNS, as_json=as_json, empty="no runs yet", first=RUNS_FIRST)


@runs.command()
def show(context: typer.Context, run_id: RunId, as_json: AsJson = False, limit: Limit = 50) -> None:
    """Show one sync and its calls, the latest first."""
    which = {"run_id": run_id}
    with operator(context) as connection:
        found = database.read_view(connection, "runs", where=which)
        if not found:
            raise OperatorMistake(f"there is no run {run_id}", hint="rookery run list shows the latest")
        calls = database.read_view(connection, "calls", where=which, order=["-call_id"], limit=limit)
    if as_json:
        print_json(presentable({**found[0], "calls": [presentable(each) for each in calls]}))
        return
    show_facts({name: value for name, value in found[0].items() if value is not None}, as_json=False)
    print()
    show_rows(calls, CALLS, as_json=False, empty="no calls")


@runs.command()
def cancel(context: typer.Context, run_id: RunId, as_json: AsJson = False) -> None:
    """End a sync that is in progress; what it brought stays, and nothing is taken for gone."""
    with operator(context) as connection:
        due_at = database.call(connection, "run_cancel", p_run_id=run_id)
    show_facts({"run_id": run_id, "status": "cancelled", "next_at": due_at}, as_json=as_json)


@runs.command()
def why(context: typer.Context, run_id: RunId, as_json: AsJson = False) -> None:
    """Say why it was started and for whom, how it went, and when its subject is due next."""
    with operator(context) as connection:
        show_reason(connection, database.call(connection, "why_run", p_run_id=run_id), as_json=as_json)


@runs.command()
def rejects(
    context: typer.Context,
    run_id: Annotated[int | None, typer.Argument(metavar="[RUN]", help="Only those of that run.")] = None,
    as_json: AsJson = False,
    limit: Limit = 50,
) -> None:
    """List rows that X sent and that could not be stored, newest first."""
    where = {} if run_id is None else {"run_id": run_id}
    with operator(context) as connection:
        rows = database.read_view(connection, "rejects", where=where, order=["-reject_id"], limit=limit)
    show_rows(rows, REJECTS, as_json=as_json, empty="everything could be stored")
