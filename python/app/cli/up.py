"""rookery up: everything at once, the worker, the web process and a database for them."""

from __future__ import annotations

import asyncio
import sys

import typer

from app.cli import session
from app.cli.engine import Slots, prepare
from app.cli.web import Host, Port


def up(context: typer.Context, host: Host = None, port: Port = None, slots: Slots = None) -> None:
    """Run the worker and the web process together, with the embedded database if DATABASE_URL is not set.

    Says where the page is, and with which token to log in: ROOKERY_API_TOKEN, or one that is made and kept in
    the data folder. Ctrl-C or SIGTERM stops the web process, then the worker, within ROOKERY_GRACE_PERIOD.
    If one of them ends by itself, the other is stopped, and the exit status is that of the first.
    """
    from app import logs  # with what serves: half of what starting any command would cost
    from app.cli import together
    from app.household import live
    from app.web.service import listen

    settings = session.settings(context)
    logs.configure(settings.log_level, settings.log_format)
    at = (host or settings.web_host, settings.web_port if port is None else port)
    with listen(*at) as listening, session.server(settings) as server:
        tokens, made = together.tokens_of(settings)
        prepare(settings, server)
        members = [
            together.worker(settings, server, slots or settings.slots),
            together.web(settings, server, tokens, listening.fileno()),
        ]
        ended = asyncio.run(live(members, together.telling(listening, settings, made)))
    if ended.first is not None:
        line = f"the {ended.first} process ended by itself (status {ended.status}), so all was stopped"
        print(f"rookery: {line}", file=sys.stderr)
    raise typer.Exit(ended.status)
