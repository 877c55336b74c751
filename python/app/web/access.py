"""A log line and a span for each request: place and outcome, no header and no query (it may hold a token)."""

from __future__ import annotations

import time

import structlog
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app import tracing

log = structlog.get_logger("rookery.web")

# Asked every few seconds by machines: whoever collects spans does not want these.
PROBES = frozenset({"/healthz", "/readyz", "/metrics"})


class AccessLog:
    """ASGI middleware: `request` at debug where all went well, at info where somebody was refused."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve, and tell."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif scope["path"] in PROBES:
            await self._serve(scope, receive, send)
        else:
            method, path = scope["method"], scope["path"]
            with tracing.span(
                method,
                kind="server",
                headers=Headers(scope=scope),
                **{"http.request.method": method, "url.path": path},
            ) as span:
                status = await self._serve(scope, receive, send)
                span.rename(f"{method} {_route(scope)}")
                span.tell(**{"http.response.status_code": status})

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> int:
        """The status that was answered."""
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
        return status


def _route(scope: Scope) -> str:
    """The path with names for what it names; what is nowhere has no name of its own."""
    if "endpoint" not in scope:
        return "nowhere"
    path = str(scope["path"])
    for name, value in scope.get("path_params", {}).items():
        path = path.replace(f"/{value}", f"/{{{name}}}", 1)
    return path
