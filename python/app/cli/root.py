"""rookery root, fanout, kind: says which assets are kept fresh."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from app import database
from app.cli.arguments import (
    AsJson,
    FreshWithin,
    Kind,
    Limit,
    Offline,
    Params,
    ReconcileDoubt,
    ReconcileWithin,
    Source,
    StableKey,
    Subject,
    kind_params,
    root_options,
)
from app.cli.output import presentable, print_json, show_facts, show_rows
from app.cli.session import operator
from app.cli.subjects import with_handles, with_ids

roots = typer.Typer(help="Say which segments and corpora are kept fresh.", no_args_is_help=True)
kinds = typer.Typer(help="Look at the kinds of segments and corpora that there are.", no_args_is_help=True)

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
    fresh_within: FreshWithin = None,
    reconcile_within: ReconcileWithin = None,
    reconcile_doubt: ReconcileDoubt = None,
    dry_run: DryRun = False,
    offline: Offline = False,
    as_json: AsJson = False,
) -> None:
    """Keep a segment or corpus fresh from now on."""
    given = kind_params(subject, stable_key, source, params)
    options = root_options(fresh_within, reconcile_within, reconcile_doubt)
    with operator(context) as connection:
        named = with_ids(connection, given, buy=not dry_run, offline=offline)
        function = "root_estimate" if dry_run else "root_enable"
        found = database.call(connection, function, p_kind=kind, p_params=named, **options)
    if dry_run:
        _show_estimate(found, as_json)
    else:
        show_facts({"instance_id": found, "kind": kind, "params": named, "enabled": True}, as_json=as_json)


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
    given = kind_params(subject, stable_key, source, params)
    with operator(context) as connection:
        named = with_ids(connection, given)
        found = database.call(connection, "root_disable", p_kind=kind, p_params=named)
    show_facts({"instance_id": found, "kind": kind, "params": named, "enabled": False}, as_json=as_json)


@roots.command("list")
def list_roots(context: typer.Context, as_json: AsJson = False, limit: Limit = 100) -> None:
    """List the roots, enabled ones and disabled ones."""
    with operator(context) as connection:
        found = database.read_view(connection, "roots", order=["instance_id"], limit=limit)
        rows = with_handles(connection, found)
    show_rows(rows, COLUMNS, as_json=as_json, empty="no roots yet: rookery root enable KIND --subject USER")


@kinds.command("list")
def list_kinds(context: typer.Context, as_json: AsJson = False, limit: Limit = 100) -> None:
    """List the kinds of segments and corpora, and the params that each takes."""
    with operator(context) as connection:
        rows = database.read_view(connection, "kinds", order=["kind"], limit=limit)
    show_rows(rows, ("kind", "item_kind", "params", "description"), as_json=as_json)


def _show_estimate(estimate: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print_json(presentable(estimate))
        return
    show_rows(estimate["syncs"], SYNCS, as_json=False)
    print()
    show_facts({name: estimate[name] for name in ("now_usd", "month_usd", "is_whole")}, as_json=False)
    for each in estimate["unknown"]:
        authors = "an unknown number of" if each["members"] is None else f"perhaps {each['members']}"
        show_facts({"not_counted": f"the posts of {authors} members of {each['made_of']}"}, as_json=False)
