"""rookery db: brings the schema up to date, and says how far it is."""

from __future__ import annotations

import typer

from app.cli import session
from app.cli.arguments import AsJson
from app.cli.output import show_rows

db = typer.Typer(help="Deploy the schema, and see how far it is.", no_args_is_help=True)


@db.command()
def deploy(context: typer.Context, as_json: AsJson = False) -> None:
    """Deploy the changes that are pending, each in a transaction of its own; none if there are none."""
    from app import migrate

    with session.server(session.settings(context)) as server, session.deployer(server) as connection:
        names = migrate.deploy(connection)
    rows = [{"change": name, "state": "deployed"} for name in names]
    show_rows(rows, ("change", "state"), as_json=as_json, empty="nothing to deploy")


@db.command()
def status(context: typer.Context, as_json: AsJson = False) -> None:
    """List the plan's changes, deployed or pending."""
    from app import migrate

    with session.server(session.settings(context)) as server, session.deployer(server) as connection:
        found = migrate.status(connection)
    rows = [{"change": name, "state": "deployed"} for name in found.deployed]
    rows += [{"change": name, "state": "pending"} for name in found.pending]
    show_rows(rows, ("change", "state"), as_json=as_json, empty="the plan is empty")
