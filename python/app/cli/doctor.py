"""rookery doctor: what is well, what is not, and the way to mend it."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator
from contextlib import closing
from typing import TYPE_CHECKING, Annotated

import typer

from app.checks import as_json as written
from app.checks import check, no_answer, worst
from app.cli import session
from app.cli.arguments import AsJson
from app.cli.cells import cell
from app.cli.engine import sender_options
from app.cli.output import on_terminal, print_json, show_rows
from app.database import Row
from app.errors import EmbeddedFault, RookeryError

if TYPE_CHECKING:
    from app.settings import Settings

COLUMNS = ("state", "check_name", "says", "mend")
COLORS = {"ok": "green", "warning": "yellow", "failing": "bold red"}

Live = Annotated[
    bool,
    typer.Option("--live", help="Ask X once whether it takes the token: a call that X does not charge for."),
]


def doctor(context: typer.Context, live: Live = False, as_json: AsJson = False) -> None:
    """Say what is well and what is not, with the way to mend it.

    Looks at the settings, the token, connections and their logins, the schema against the plan, clocks, the
    worker, rate windows, budgets, webhook events, overdue work, and the tables. The exit status is 1 if
    anything is failing, which warnings are not.
    """
    settings = session.settings(context)
    rows = list(_examined(settings, live=live))
    state = worst(rows)
    if as_json:
        print_json({"state": state, "checks": [written(row) for row in rows]})
    elif on_terminal():
        _print(rows)
    else:
        show_rows(rows, COLUMNS, as_json=False)
    raise typer.Exit(1 if state == "failing" else 0)


def _examined(settings: Settings, *, live: bool) -> Iterator[Row]:
    from app import doctor as looks

    yield from looks.of_settings(settings)
    if settings.embedded:
        yield looks.of_disk(settings.data_dir)
    try:
        with session.server(settings) as server:
            yield from _of_server(server, settings, live=live)
    except EmbeddedFault as fault:
        yield check("database", "failing", fault.message, fault.hint)


def _of_server(server: session.Server, settings: Settings, *, live: bool) -> Iterator[Row]:
    from app import doctor as looks

    urls = _urls(server, settings)
    try:
        with closing(session.connect_operator(server)) as connection:
            found, logins = looks.of_connections(urls)
            yield from found
            yield from looks.of_database(connection, logins)
            if live:
                yield looks.of_token(connection, sender_options(settings, 1))
    except RookeryError as fault:
        if not server.embedded:
            yield from looks.of_connections(urls)[0]
        yield no_answer(fault)


def _urls(server: session.Server, settings: Settings) -> dict[str, str]:
    """The logins that are said, by process: what stands in for one here need not elsewhere."""
    said = {
        "operator": settings.operator_url and server.operator_url,
        "worker": server.worker_url,
        "web": settings.web_url and server.web_url,
        "deploy": settings.deploy_url and server.deploy_url,
    }
    if server.embedded:  # where a superuser deploys, whom nobody else can be
        said |= {"operator": server.operator_url, "web": server.web_url}
    return {process: url for process, url in said.items() if isinstance(url, str)}


def _print(rows: Iterable[Row]) -> None:
    """For a person: a line each, and under it the way to mend it, folded to the terminal's width."""
    from rich.console import Console
    from rich.text import Text

    console = Console()
    width = max(console.width - 18, 40)
    for row in rows:
        lines = textwrap.wrap(cell(row["says"]), width) or [""]
        lines += [f"→ {line}" if not n else f"  {line}" for n, line in enumerate(_mend(row, width))]
        head = Text(f"{row['state']:<8}", COLORS[row["state"]])
        head.append(f"{row['check_name'][:9]:<10}", "default")
        console.print(head.append(lines[0], "default"), soft_wrap=True)
        for line in lines[1:]:
            console.print(" " * 18 + line, soft_wrap=True, markup=False, highlight=False)


def _mend(row: Row, width: int) -> list[str]:
    return textwrap.wrap(cell(row["mend"]), width - 2) if row["mend"] else []
