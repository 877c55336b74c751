"""rookery config: what the processes are told from outside, and what the engine is told in its database."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from app import database
from app.cli import session
from app.cli.arguments import AsJson, Limit
from app.cli.output import print_json, show_facts, show_rows

config = typer.Typer(
    help="See how the processes are set up (show), and the engine (list, set, reset).", no_args_is_help=True
)

VARIABLES = ("name", "value", "from")
SETTINGS = ("name", "value", "default_value", "unit", "changed_by", "changed_at", "description")

Name = Annotated[str, typer.Argument(metavar="NAME", help="As in `rookery config list`.")]


@config.command()
def show(context: typer.Context, as_json: AsJson = False) -> None:
    """Show every variable of the processes, and where its value is from; secrets are masked."""
    from app.settings import read_settings
    from app.settings_shown import remarks, rows

    loaded = read_settings(**session.overrides(context))
    if as_json:
        print_json({"files": [str(path) for path in loaded.files], "settings": rows(loaded)})
        return
    show_rows(rows(loaded), VARIABLES, as_json=False)
    for line in remarks(loaded):
        print(line, file=sys.stderr)


@config.command("list")
def list_settings(context: typer.Context, as_json: AsJson = False, limit: Limit = 500) -> None:
    """List the engine's settings, which the database keeps: their defaults, and who changed them."""
    with session.operator(context) as connection:
        found = database.read_view(connection, "settings", order=["name"], limit=limit)
    show_rows(found, SETTINGS, as_json=as_json)


@config.command("set")
def set_setting(
    context: typer.Context,
    name: Name,
    value: Annotated[str, typer.Argument(metavar="VALUE", help="In the unit that the list names.")],
    as_json: AsJson = False,
) -> None:
    """Change one setting of the engine, from now on."""
    _set(context, name, value, as_json=as_json)


@config.command()
def reset(context: typer.Context, name: Name, as_json: AsJson = False) -> None:
    """Give one setting of the engine its default back."""
    _set(context, name, None, as_json=as_json)


def _set(context: typer.Context, name: str, value: str | None, *, as_json: bool) -> None:
    with session.operator(context) as connection:
        now_set = database.call(connection, "setting_set", p_name=name, p_value=value)
    show_facts({"name": name, "value": now_set}, as_json=as_json)
