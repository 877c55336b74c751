"""rookery sync, tick, worker: asks for work, and does it."""

from __future__ import annotations

import asyncio
from contextlib import closing
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app import database
from app.cli import session
from app.cli.arguments import AsJson, Offline
from app.cli.output import presentable, print_json, show_facts, show_rows
from app.cli.subjects import ids
from app.cli.waiting import wait_for_runs
from app.database import Connection
from app.errors import NotPermitted, SettingsFault

if TYPE_CHECKING:
    from app.driver import SenderOptions
    from app.settings import Settings

SyncKind = Annotated[
    str, typer.Argument(metavar="KIND", help="followers, following, posts, users, or handles.")
]
Subjects = Annotated[
    list[str],
    typer.Argument(metavar="USER...", help="@handles, handles, links or ids; for handles, handles alone."),
]
Full = Annotated[bool, typer.Option("--full", help="Read the list to its end, so that removals are found.")]
Wait = Annotated[
    bool,
    typer.Option("--wait", help="Wait until a worker has done it; Ctrl-C leaves off, and harms nothing."),
]
Claim = Annotated[
    int, typer.Option("--slots", min=0, help="Calls to claim. They are printed and nobody sends them.")
]
Slots = Annotated[
    int | None, typer.Option("--slots", min=1, max=256, help="Calls in flight at once [ROOKERY_SLOTS].")
]
Once = Annotated[bool, typer.Option("--once", help="Stop as soon as nothing is due.")]
WithoutToken = Annotated[
    bool, typer.Option("--without-token", help="Work also without X_BEARER_TOKEN, and buy nothing then.")
]

PROGRESS = (
    "run_id", "sync_kind", "subject_id", "mode", "status", "pages", "resources", "expected", "cost_usd",
    "says",
)  # fmt: skip


def sync(
    context: typer.Context,
    kind: SyncKind,
    subjects: Subjects,
    full: Full = False,
    wait: Wait = False,
    offline: Offline = False,
    as_json: AsJson = False,
) -> None:
    """Ask for a sync now, however fresh the subject is; a worker does it."""
    with session.operator(context) as connection:
        requests = _requests(connection, kind, subjects, full=full, offline=offline)
        with database.translated(), connection.transaction():
            runs = [database.call(connection, function, **arguments) for function, arguments in requests]
        if not wait:
            show_rows([{"run_id": each} for each in runs], ("run_id",), as_json=as_json)
            return
        ended = wait_for_runs(connection, runs)
    show_rows(ended, PROGRESS, as_json=as_json)
    if any(row["status"] != "success" for row in ended):
        raise typer.Exit(1)


def _requests(
    connection: Connection, kind: str, subjects: list[str], *, full: bool, offline: bool
) -> list[tuple[str, dict[str, Any]]]:
    """What is asked of the database: a look-up of all handles, or a sync of each subject."""
    if kind == "handles":
        return [("sync_handles", {"p_handles": [each.removeprefix("@") for each in subjects]})]
    mode = "full" if full else "incremental"
    return [
        ("sync_request", {"p_sync_kind": kind, "p_subject_id": each, "p_mode": mode})
        for each in ids(connection, subjects, offline=offline)
    ]


def tick(context: typer.Context, slots: Claim = 0, as_json: AsJson = False) -> None:
    """Let the engine take one step, as SELECT engine_tick() does, and show what it did."""
    with session.operator(context) as connection:
        result = database.call(connection, "engine_tick", p_worker="rookery tick", p_slots=slots)
    if as_json:
        print_json(presentable(result))
        return
    counts = {name: count for name, count in result["done"].items() if count}
    show_facts({**counts, **{name: result[name] for name in ("again", "next_at")}}, as_json=False)
    for each in result["calls"]:
        show_facts(each, as_json=False)


def worker(
    context: typer.Context, slots: Slots = None, once: Once = False, without_token: WithoutToken = False
) -> None:
    """Work until stopped: tick, call X, record the answers. Deploys what is pending first (ROOKERY_MIGRATE).

    Stops on SIGTERM or SIGINT once the calls in flight are recorded; on a second signal, at once.
    """
    from app import logs, tracing  # with the driver: most of what starting any command would cost

    settings = session.settings(context, buying=not without_token)
    sender = sender_options(settings, slots or settings.slots)
    logs.configure(settings.log_level, settings.log_format)
    with tracing.running("rookery-worker", session.version()), session.server(settings) as server:
        prepare(settings, server)
        status = asyncio.run(_work(server.worker_url, sender, settings, once=once))
    raise typer.Exit(status)


def prepare(settings: Settings, server: session.Server) -> None:
    """Deploy what is pending, and have X asked as the settings say: what precedes all work."""
    from app.cli import schema  # with what deploys: a command that looks needs none of it

    schema.bring_up_to_date(server, may_deploy=settings.migrate)
    if settings.vocabulary != "auto":
        _choose_vocabulary(server, settings.vocabulary)


async def _work(url: str, sender: SenderOptions, settings: Settings, *, once: bool) -> int:
    from app.driver import Patience
    from app.driver.service import open_driver, run_until_signal

    async with open_driver(
        url,
        sender,
        listen_url=settings.url_for_listening(),
        slots=sender.connections,
        patience=Patience(grace=settings.grace_period),
        heartbeat_file=settings.heartbeat_file,
    ) as driver:
        if once:
            await driver.run_until_idle()
            driver.stop()
        return await run_until_signal(driver)


def _choose_vocabulary(server: session.Server, vocabulary: str) -> None:
    """Have X asked in this vocabulary; that is a setting of the engine's, so the operator's login sets it."""
    with closing(database.connect(server.operator_url)) as connection:
        try:
            database.call(connection, "setting_set", p_name="x_v2.vocabulary", p_value=vocabulary)
        except NotPermitted as fault:
            raise SettingsFault(
                f"ROOKERY_X_VOCABULARY is {vocabulary}, and this login may change no setting",
                hint="set ROOKERY_OPERATOR_URL, or say once: rookery config set x_v2.vocabulary VALUE",
            ) from fault


def sender_options(settings: Settings, slots: int) -> SenderOptions:
    """Where calls go, with what token, and for how long."""
    from app.driver import SenderOptions
    from app.variables import reveal

    return SenderOptions(
        base_url=settings.api_base_url,
        token=None if settings.lacks_token else reveal(settings.bearer_token) or "",
        connect_timeout=settings.connect_timeout,
        read_timeout=settings.read_timeout,
        total_timeout=settings.call_timeout,
        connections=slots,
        user_agent=f"rookery/{session.version()}",
    )
