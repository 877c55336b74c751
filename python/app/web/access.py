"""A log line for each request: place and outcome, never the query (it may hold a token) nor a header."""

from __future__ import annotations

import time

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = structlog.get_logger("rookery.web")


class AccessLog:
    """ASGI middleware: `request` at debug where all went well, at info where somebody was refused."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve, and tell."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        status = 500

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, noting)
        finally:
            tell = log.debug if status < 400 else log.info
            took = round((time.perf_counter() - began) * 1000, 1)
            tell("request", method=scope["method"], path=scope["path"], status=status, milliseconds=took)
