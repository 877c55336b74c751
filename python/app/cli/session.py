"""What every command stands on: the settings, and a connection as the role that the command acts in."""

from __future__ import annotations

import importlib.metadata
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from app import database
from app.database import Connection
from app.errors import DatabaseUnavailable, SchemaMissing, SettingsFault

if TYPE_CHECKING:
    from psycopg.errors import Diagnostic

    from app.settings import Settings

# What only some commands need is imported where they need it: a shell that completes a word starts this too.


@dataclass(frozen=True, slots=True)
class Server:
    """A server to talk to, as each of the logins that there are."""

    worker_url: str
    operator_url: str
    deploy_url: str
    web_url: str
    embedded: bool = False


def version() -> str:
    """This installation's version."""
    try:
        return importlib.metadata.version("rookery")
    except importlib.metadata.PackageNotFoundError:
        return "unknown"


def settings(context: typer.Context, *, buying: bool = False, serving: bool = False) -> Settings:
    """The settings, with --data-dir before them; see load_settings. Raises SettingsFault."""
    from app.settings import load_settings

    return load_settings(buying=buying, serving=serving, **overrides(context))


def overrides(context: typer.Context) -> dict[str, Any]:
    """What was said on the command line, by the field of the settings that it comes before."""
    data_dir: Path | None = context.find_root().obj
    return {} if data_dir is None else {"data_dir": data_dir}


@contextmanager
def server(chosen: Settings) -> Iterator[Server]:
    """The server that the settings name, or the embedded one, started if it does not run yet."""
    if chosen.embedded:
        from app import embedded

        with embedded.running(chosen.data_dir) as running:
            yield Server(
                worker_url=running.url("rookery_worker"),
                operator_url=running.url("rookery_operator"),
                deploy_url=running.url(),
                web_url=running.url("rookery_web"),
                embedded=True,
            )
    else:
        yield Server(
            worker_url=chosen.url_for_worker() or "",
            operator_url=chosen.url_for_operator() or "",
            deploy_url=chosen.url_for_deploy() or "",
            web_url=chosen.url_for_web() or "",
        )


@dataclass(frozen=True, slots=True)
class WebServer:
    """What the web process connects to: its own login, and the operator's for its forms, if any (W5)."""

    web_url: str
    operator_url: str | None


@contextmanager
def web_server(chosen: Settings) -> Iterator[WebServer]:
    """The web's login; a web process that is told it needs to know no other.

    The forms act through ROOKERY_OPERATOR_URL and nothing that stands in for it; only the embedded server's
    operator, whom nobody else could name, needs no URL. Raises SettingsFault for a token without a login.
    """
    operator_url = None if chosen.operator_url is None else chosen.operator_url.get_secret_value()
    is_embedded = chosen.embedded and chosen.web_url is None
    if chosen.operator_token is not None and operator_url is None and not is_embedded:
        raise SettingsFault(
            "ROOKERY_OPERATOR_TOKEN is set, but ROOKERY_OPERATOR_URL is not: the forms would act as nobody",
            hint="set both, or neither for a page that is only read",
        )
    if chosen.web_url is not None:
        yield WebServer(chosen.url_for_web() or "", operator_url)
    else:
        with server(chosen) as found:
            yield WebServer(found.web_url, found.operator_url if found.embedded else operator_url)


@contextmanager
def operator(context: typer.Context) -> Iterator[Connection]:
    """A connection as the operator; what the database warns of goes to stderr."""
    with server(settings(context)) as found, closing(connect_operator(found)) as connection:
        connection.add_notice_handler(_tell_warning)
        yield connection


@contextmanager
def deployer(found: Server) -> Iterator[Connection]:
    """A connection as the login that may change the schema."""
    with closing(database.connect(found.deploy_url, application="rookery deploy")) as connection:
        yield connection


def connect_operator(found: Server) -> Connection:
    """A connection as the operator; an embedded server refuses that only while nothing is deployed."""
    try:
        return database.connect(found.operator_url)
    except DatabaseUnavailable:
        if not found.embedded:
            raise
        database.connect(found.deploy_url).close()
        raise SchemaMissing(
            "the embedded database holds no schema yet", hint="run `rookery db deploy`, or start the worker"
        ) from None


def _tell_warning(notice: Diagnostic) -> None:
    if notice.severity_nonlocalized == "WARNING":
        parts = (notice.message_primary, notice.message_hint)
        print(f"rookery: warning: {'; '.join(part for part in parts if part)}", file=sys.stderr)
