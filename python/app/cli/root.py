"""rookery root: says which assets are kept fresh."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from app import database
from app.cli.arguments import AsJson, Kind, Limit, Params, Source, StableKey, Subject, kind_params
from app.cli.output import presentable, print_json, show_facts, show_rows
from app.cli.session import operator

roots = typer.Typer(help="Say which segments and corpora are kept fresh.", no_args_is_help=True)

COLUMNS = (
    "instance_id", "kind", "params", "enabled", "members", "revision", "enabled_at", "disabled_at", "root_id",
)  # fmt: skip
SYNCS = ("sync_kind", "subjects", "needed_already", "unknown", "now_usd", "month_usd")

DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Make nothing: say what it will cost now and in 30 days.")
]


@roots.command()
def enable(
    context: typer.Context,
    kind: Kind,
    subject: Subject = None,
    stable_key: StableKey = None,
    source: Source = None,
    params: Params = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Keep a segment or corpus fresh from now on."""
    given = kind_params(subject, stable_key, source, params)
    if dry_run:
        _estimate(context, kind, given, as_json)
    else:
        _switch(context, "root_enable", kind, given, as_json)


@roots.command()
def disable(
    context: typer.Context,
    kind: Kind,
    subject: Subject = None,
    stable_key: StableKey = None,
    source: Source = None,
    params: Params = None,
    as_json: AsJson = False,
) -> None:
    """Stop keeping it fresh; what is known of it stays."""
    _switch(context, "root_disable", kind, kind_params(subject, stable_key, source, params), as_json)


@roots.command("list")
def list_roots(context: typer.Context, as_json: AsJson = False, limit: Limit = 100) -> None:
    """List the roots, enabled ones and disabled ones."""
    with operator(context) as connection:
        rows = database.read_view(connection, "roots", order=["instance_id"], limit=limit)
    show_rows(rows, COLUMNS, as_json=as_json, empty="no roots yet: rookery root enable KIND --subject ID")


def _switch(
    context: typer.Context, function: str, kind: str, params: dict[str, object], as_json: bool
) -> None:
    with operator(context) as connection:
        instance_id = database.call(connection, function, p_kind=kind, p_params=params)
    root = {"instance_id": instance_id, "kind": kind, "params": params}
    show_facts({**root, "enabled": function == "root_enable"}, as_json=as_json)


def _estimate(context: typer.Context, kind: str, params: dict[str, object], as_json: bool) -> None:
    with operator(context) as connection:
        estimate: dict[str, Any] = database.call(connection, "root_estimate", p_kind=kind, p_params=params)
    if as_json:
        print_json(presentable(estimate))
        return
    show_rows(estimate["syncs"], SYNCS, as_json=False)
    print()
    show_facts({name: estimate[name] for name in ("now_usd", "month_usd", "is_whole")}, as_json=False)
    for each in estimate["unknown"]:
        authors = "an unknown number of" if each["members"] is None else f"perhaps {each['members']}"
        show_facts({"not_counted": f"the posts of {authors} members of {each['made_of']}"}, as_json=False)
