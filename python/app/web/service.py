"""Runs the web process until a signal says stop."""

from __future__ import annotations

import gc
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import structlog
import uvicorn
from starlette.applications import Starlette

from app.alive import say_ready
from app.errors import InstallationFault

log = structlog.get_logger("rookery.web")

# A reader or a sender who has not been served when we are asked to stop gets this long.
GRACE_SECONDS = 10


def serve(app: Starlette, *, host: str, port: int, descriptor: int | None = None) -> None:
    """Serve the app on a TCP port (0: any that is free), until SIGTERM or SIGINT.

    `descriptor` is an open socket that listens already, to be used in place of that port.
    uvicorn's own access log is off: it would write down queries, and a query may hold a token.
    """
    config = uvicorn.Config(
        app, access_log=False, log_config=None, server_header=False, timeout_graceful_shutdown=GRACE_SECONDS
    )
    with listen(host, port) if descriptor is None else _inherited(descriptor) as listening:
        _Server(config, app).run(sockets=[listening])
    log.info("stopped")


class _Server(uvicorn.Server):
    """A server that a signal stops and does not kill: what was opened around it is to be closed after it."""

    def __init__(self, config: uvicorn.Config, app: Starlette) -> None:
        super().__init__(config)
        self._app = app

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, and say so: from here on it answers, and heeds signals."""
        await super().startup(sockets)
        # What is there by now stays. To look through it for garbage takes longer than anything else here, and
        # happened every few seconds when many events came: nobody was answered meanwhile.
        gc.collect()
        gc.freeze()
        for each in sockets or []:
            host, port = each.getsockname()[:2]
            log.info("serving", host=host, port=port)
        say_ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop; streams without an end are ended first, since what is being answered is waited for."""
        if (close := getattr(self._app.state, "close", None)) is not None:
            close()
        await super().shutdown(sockets)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Heed SIGTERM and SIGINT; uvicorn itself would raise them once more at the end."""
        before = {each: signal.signal(each, self.handle_exit) for each in (signal.SIGTERM, signal.SIGINT)}
        try:
            yield
        finally:
            for each, handler in before.items():
                signal.signal(each, handler)


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens there. Raises InstallationFault."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        raise InstallationFault(
            f"{host}:{port} cannot be listened on: {error.strerror or error}",
            hint="name another with --host and --port",
        ) from None


def _inherited(descriptor: int) -> socket.socket:
    try:
        return socket.socket(fileno=descriptor)
    except OSError as error:
        raise InstallationFault(f"file descriptor {descriptor} is no socket: {error.strerror}") from None
