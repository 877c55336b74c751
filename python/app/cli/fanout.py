"""rookery fanout: keeps an asset fresh for every member of a segment."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from app import database
from app.cli.arguments import (
    AsJson,
    FreshWithin,
    Limit,
    Offline,
    Params,
    ReconcileDoubt,
    ReconcileWithin,
    StableKey,
    Subject,
    kind_params,
    root_options,
)
from app.cli.output import show_facts, show_rows
from app.cli.session import operator
from app.cli.subjects import with_handles, with_ids

fanouts = typer.Typer(
    help="Keep a segment or corpus fresh for every member of a segment.", no_args_is_help=True
)

COLUMNS = (
    "instance_id", "source_kind", "source_params", "target_kind", "mode", "enabled", "targets", "steps_ahead",
    "disabled_at", "root_id",
)  # fmt: skip

SourceKind = Annotated[str, typer.Argument(metavar="SOURCE_KIND", help="The kind of the source segment.")]
Target = Annotated[
    str, typer.Option("--target", metavar="KIND", help="What is made for each member of the source.")
]
Mode = Annotated[
    str,
    typer.Option(
        "--mode",
        metavar="MODE",
        help="global_per_item shares a target with all who ask for the same; scoped_by_source does not.",
    ),
]


@fanouts.command()
def enable(
    context: typer.Context,
    source_kind: SourceKind,
    target: Target,
    mode: Mode = "global_per_item",
    subject: Subject = None,
    stable_key: StableKey = None,
    params: Params = None,
    fresh_within: FreshWithin = None,
    reconcile_within: ReconcileWithin = None,
    reconcile_doubt: ReconcileDoubt = None,
    offline: Offline = False,
    as_json: AsJson = False,
) -> None:
    """Keep the source fresh from now on, and a target for each of its members."""
    given = kind_params(subject, stable_key, None, params)
    options = root_options(fresh_within, reconcile_within, reconcile_doubt)
    with operator(context) as connection:
        named = with_ids(connection, given, buy=True, offline=offline)
        which = _which(source_kind, named, target, mode)
        found = database.call(connection, "fanout_root_enable", **which, **options)
    _show(found, which, enabled=True, as_json=as_json)


@fanouts.command()
def disable(
    context: typer.Context,
    source_kind: SourceKind,
    target: Target,
    mode: Mode = "global_per_item",
    subject: Subject = None,
    stable_key: StableKey = None,
    params: Params = None,
    as_json: AsJson = False,
) -> None:
    """Let its targets rest, and the source, unless another root needs them; what is known of them stays."""
    given = kind_params(subject, stable_key, None, params)
    with operator(context) as connection:
        which = _which(source_kind, with_ids(connection, given), target, mode)
        found = database.call(connection, "fanout_root_disable", **which)
    _show(found, which, enabled=False, as_json=as_json)


@fanouts.command("list")
def list_fanouts(context: typer.Context, as_json: AsJson = False, limit: Limit = 100) -> None:
    """List the fanouts: how many targets each has, and how many steps it is behind its source."""
    with operator(context) as connection:
        found = database.read_view(connection, "fanout_roots", order=["root_id"], limit=limit)
        rows = with_handles(connection, found)
    show_rows(rows, COLUMNS, as_json=as_json, empty="no fanouts yet: rookery fanout enable")


def _which(source_kind: str, source_params: dict[str, Any], target: str, mode: str) -> dict[str, Any]:
    return {
        "p_source_kind": source_kind,
        "p_source_params": source_params,
        "p_target_kind": target,
        "p_mode": mode,
    }


def _show(instance_id: int, which: dict[str, Any], *, enabled: bool, as_json: bool) -> None:
    said = {name.removeprefix("p_"): value for name, value in which.items()}
    show_facts({"instance_id": instance_id, **said, "enabled": enabled}, as_json=as_json)
