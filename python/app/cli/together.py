"""What `rookery up` runs: a worker and a web process, each with no secret but its own."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Awaitable, Callable

import httpx
import structlog

from app.cli.output import on_terminal
from app.cli.session import Server
from app.household import Member
from app.page_token import Made, kept_token
from app.settings import Settings
from app.variables import names, reveal, variable

log = structlog.get_logger("rookery.up")

NO_TOKEN = "X_BEARER_TOKEN is not set: nothing is bought from X until it is"
ROOKERY = (sys.executable, "-m", "app")
SECONDS_TO_START = 60
# What the worker itself takes beyond its grace, to give its leases back.
LAST_WORDS = 3.0


def worker(settings: Settings, server: Server, slots: int) -> Member:
    """The worker, with the token for X and its own login; it gives its leases back within its time."""
    seconds = 0.7 * settings.grace_period
    own = {
        "DATABASE_URL": server.worker_url,
        variable("grace_period"): str(max(0.1, seconds - LAST_WORDS)),
        # What is to be deployed or set has been, by a login that may.
        variable("migrate"): "false",
        variable("vocabulary"): "auto",
    }
    command = (*ROOKERY, "worker", "--without-token", "--slots", str(slots))
    return Member("worker", command, _environment({"X_BEARER_TOKEN", "ROOKERY_LISTEN_URL"}, own), seconds)


def web(settings: Settings, server: Server, tokens: dict[str, str], descriptor: int) -> Member:
    """The web process, with its own login, and the operator's where its forms may act."""
    own = {variable("web_url"): server.web_url, **tokens}
    if _may_act(settings):
        own[variable("operator_url")] = server.operator_url
    inherited = {"ROOKERY_WEBHOOK_TOKEN", "X_CONSUMER_SECRET"}
    command = (*ROOKERY, "web", "--fd", str(descriptor))
    return Member("web", command, _environment(inherited, own), 0.3 * settings.grace_period, [descriptor])


def _environment(secrets: set[str], own: dict[str, str]) -> dict[str, str]:
    """This process' environment with those of its secrets alone that are named, and what is `own`."""
    hidden = names().secret - secrets
    return {name: value for name, value in os.environ.items() if name not in hidden} | own


def tokens_of(settings: Settings) -> tuple[dict[str, str], Made | None]:
    """The page's tokens by variable; one that was made stands for those that nobody has set."""
    fields = ("api_token", "operator_token") if _may_act(settings) else ("api_token",)
    given = {variable(each): reveal(getattr(settings, each)) for each in fields}
    tokens = {name: token for name, token in given.items() if token}
    if tokens.keys() == given.keys():
        return tokens, None
    made = kept_token(settings.data_dir)
    return {name: token or made.token for name, token in given.items()}, made


def _may_act(settings: Settings) -> bool:
    """Whether the page has forms: on the embedded database, which is one person's; else if that is said."""
    return settings.embedded or settings.operator_url is not None


def telling(listening: socket.socket, settings: Settings, made: Made | None) -> Callable[[], Awaitable[None]]:
    """Says, once the page answers, where it is and how to come in; a token on a terminal alone."""
    url = _url(listening)

    async def tell() -> None:
        async with httpx.AsyncClient(trust_env=False, timeout=SECONDS_TO_START) as client:
            (await client.get(f"{url}/healthz")).raise_for_status()
        if on_terminal():
            way_in = f"{made.token} (kept in {made.file})" if made else "your own token"
            print(f"Rookery is at {url} - log in with {way_in}", flush=True)
            if settings.lacks_token:
                print(NO_TOKEN, flush=True)
            return
        log.info("up", url=url, token_file=str(made.file) if made else None)
        if settings.lacks_token:
            log.warning("no token", says=NO_TOKEN)

    return tell


def _url(listening: socket.socket) -> str:
    host, port = listening.getsockname()[:2]
    open_to_all = {"0.0.0.0": "127.0.0.1", "::": "::1"}
    host = open_to_all.get(host, host)
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
