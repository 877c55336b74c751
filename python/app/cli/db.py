"""rookery db: brings the schema up to date or back, checks it, and says how far it is; sqitch's words."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from app.cli import session
from app.cli.arguments import AsJson
from app.cli.output import show_rows
from app.errors import MigrationFault, OperatorMistake

db = typer.Typer(help="Deploy the schema, and see how far it is.", no_args_is_help=True)

To = Annotated[
    str | None,
    typer.Option(
        "--to",
        metavar="CHANGE",
        help="A change, name@tag, @tag, HEAD or ROOT; behind it ^ for the one before.",
    ),
]
Yes = Annotated[bool, typer.Option("-y", "--yes", help="Do not ask.")]


@db.command()
def deploy(context: typer.Context, to: To = None, as_json: AsJson = False) -> None:
    """Deploy the changes that are pending, each verified and in a transaction of its own."""
    from app import migrate

    with session.server(session.settings(context)) as server, session.deployer(server) as connection:
        names = migrate.deploy(connection, to=to)
    rows = [{"change": name, "state": "deployed"} for name in names]
    show_rows(rows, ("change", "state"), as_json=as_json, empty="nothing to deploy")


@db.command()
def revert(context: typer.Context, to: To = None, yes: Yes = False, as_json: AsJson = False) -> None:
    """Revert what was deployed after a change, last first; without --to, everything, and all data with it."""
    from app import migrate

    _ask("revert everything, and lose all data" if to is None else f"revert what is deployed after {to}", yes)
    with session.server(session.settings(context)) as server, session.deployer(server) as connection:
        names = migrate.revert(connection, to=to)
    rows = [{"change": name, "state": "reverted"} for name in names]
    show_rows(rows, ("change", "state"), as_json=as_json, empty="nothing to revert")


@db.command()
def verify(context: typer.Context, as_json: AsJson = False) -> None:
    """Run the verify script of every deployed change; a fault if one fails, or was edited since."""
    from app import migrate

    with session.server(session.settings(context)) as server, session.deployer(server) as connection:
        found = migrate.verify(connection)
    rows = [{"change": each.change, "state": each.problem or "ok"} for each in found]
    show_rows(rows, ("change", "state"), as_json=as_json, empty="nothing is deployed")
    bad = [each.change for each in found if each.problem]
    if bad:
        raise MigrationFault(
            f"{len(bad)} of {len(found)} changes are not as they should be: {', '.join(bad)}"
        )


@db.command()
def status(context: typer.Context, as_json: AsJson = False) -> None:
    """List the plan's changes: deployed, edited since they were deployed, or pending."""
    from app import migrate

    with session.server(session.settings(context)) as server, session.deployer(server) as connection:
        found = migrate.status(connection)
    rows = [
        {"change": name, "state": "edited" if name in found.edited else "deployed"} for name in found.deployed
    ]
    rows += [{"change": name, "state": "pending"} for name in found.pending]
    show_rows(rows, ("change", "state"), as_json=as_json, empty="the plan is empty")


@db.command()
def roles(context: typer.Context) -> None:
    """Make what no dump of a database carries: the roles, and what they may do with it. Twice is as once.

    For a new server, before a dump is restored there; `deploy` does it by itself.
    """
    from app import migrate
    from app.resources import sql_text

    with session.server(session.settings(context)) as server, session.deployer(server) as connection:
        migrate.run_script(connection, sql_text("db/schema/10_roles.sql"))


def _ask(what: str, yes: bool) -> None:
    """Go on if a person says so, or said so before; where nobody sits at the terminal, nobody can."""
    if not yes and not (sys.stdin.isatty() and typer.confirm(f"{what[0].upper()}{what[1:]}?", err=True)):
        raise OperatorMistake("nothing was reverted", hint=f"--yes says so beforehand: {what}")
