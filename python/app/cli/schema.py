"""Brings the schema up to date before a worker works, or keeps a process from one that is behind (W6)."""

from __future__ import annotations

from contextlib import closing

import structlog

from app import database
from app.cli import session
from app.errors import DatabaseUnavailable, NotPermitted, SchemaMissing
from app.plan import read_plan
from app.resources import db_root

log = structlog.get_logger("rookery.schema")


def bring_up_to_date(server: session.Server, *, may_deploy: bool) -> None:
    """Deploy what this version needs and the database lacks, or raise SchemaMissing where that may not be.

    One of many that start at once deploys, the others wait for it. A schema that is ahead is left as it is.
    """
    if may_deploy and not _suits(server.worker_url):
        from app import migrate  # only here: nothing else that a worker does needs it

        try:
            with session.deployer(server) as connection:
                changes = migrate.deploy(connection)
        except NotPermitted as fault:
            hint = "this login may not deploy it: set ROOKERY_DEPLOY_URL, or run `rookery db deploy`"
            raise SchemaMissing(f"a migration is behind: {fault.message}", hint=hint) from fault
        log.info("deployed", changes=changes)
    require(server.worker_url)


def require(url: str) -> None:
    """Raise SchemaMissing, in the words of /readyz, where the database lacks the last change of our plan."""
    change = read_plan(db_root()).changes[-1].name
    with closing(database.connect(url, application="rookery schema")) as connection:
        try:
            has = database.call(connection, "has_change", p_change=change)
        except SchemaMissing:  # older than the function that could say so
            has = False
    if has is None:
        log.warning("unknown_schema", reason="nobody keeps a registry of deployed changes here")
    elif not has:
        reason = f"a migration is behind: change {change} is not deployed"
        raise SchemaMissing(reason, hint="rookery db deploy does it")


def _suits(url: str) -> bool:
    """Whether there is nothing to deploy. Before the first deployment not even the login need exist."""
    try:
        require(url)
    except (SchemaMissing, NotPermitted, DatabaseUnavailable):
        return False
    return True
