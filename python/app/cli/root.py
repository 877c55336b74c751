"""rookery root: says which assets are kept fresh."""

from __future__ import annotations

import typer

from app import database
from app.cli.arguments import AsJson, Kind, Limit, Params, Source, StableKey, Subject, kind_params
from app.cli.output import show_facts, show_rows
from app.cli.session import operator

roots = typer.Typer(help="Say which segments and corpora are kept fresh.", no_args_is_help=True)

COLUMNS = ("instance_id", "kind", "params", "enabled", "members", "revision", "enabled_at", "disabled_at")


@roots.command()
def enable(
    context: typer.Context,
    kind: Kind,
    subject: Subject = None,
    stable_key: StableKey = None,
    source: Source = None,
    params: Params = None,
    as_json: AsJson = False,
) -> None:
    """Keep a segment or corpus fresh from now on."""
    _switch(context, "root_enable", kind, kind_params(subject, stable_key, source, params), as_json)


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
