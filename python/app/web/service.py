"""Runs the web process until a signal says stop."""

from __future__ import annotations

import uvicorn
from starlette.applications import Starlette

# A reader or a sender who has not been served when we are asked to stop gets this long.
GRACE_SECONDS = 10


def serve(app: Starlette, *, host: str, port: int) -> None:
    """Serve the app on a TCP port (0: any that is free), until SIGTERM or SIGINT.

    uvicorn's own access log is off: it would write down queries, and a query may hold a token.
    """
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        access_log=False,
        log_config=None,
        server_header=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    uvicorn.Server(config).run()
