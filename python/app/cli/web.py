"""rookery web: lets others read over HTTP, and takes webhooks in."""

from __future__ import annotations

from typing import Annotated

import typer

from app import database
from app.cli import session

Host = Annotated[
    str | None, typer.Option("--host", metavar="ADDRESS", help="Where to listen [ROOKERY_WEB_HOST].")
]
Port = Annotated[
    int | None, typer.Option("--port", min=0, max=65535, help="And on which port [ROOKERY_WEB_PORT].")
]
Inherited = Annotated[
    int | None,
    typer.Option("--fd", min=3, metavar="NUMBER", help="Listen on this open socket instead.", hidden=True),
]


def web(context: typer.Context, host: Host = None, port: Port = None, fd: Inherited = None) -> None:
    """Serve the page, the reading API and the webhooks until stopped, each behind a secret of its own.

    ROOKERY_API_TOKEN opens /, /v1 and /metrics to read, ROOKERY_OPERATOR_TOKEN the forms of the page,
    ROOKERY_WEBHOOK_TOKEN /webhooks/new-follower, X_CONSUMER_SECRET /webhooks/x. What has no secret is not
    served.
    """
    from app import logs, tracing
    from app.cli import schema
    from app.web import Doors, create_app  # only here: it is half of what starting any command would cost
    from app.web.service import serve

    settings = session.settings(context, serving=True)
    doors = Doors(
        settings.api_token, settings.operator_token, settings.webhook_token, settings.consumer_secret
    )
    logs.configure(settings.log_level, settings.log_format)
    with tracing.running("rookery-web", session.version()), session.web_server(settings) as found:
        if settings.migrate:  # a worker brings the schema up to date; until then, /readyz says so
            database.connect(found.web_url, application="rookery web").close()
        else:
            schema.require(found.web_url)
        app = create_app(
            found.web_url,
            doors,
            connections=settings.web_connections,
            version=session.version(),
            operator_url=found.operator_url,
            listen_url=settings.url_for_listening(),
        )
        port = settings.web_port if port is None else port
        serve(app, host=host or settings.web_host, port=port, descriptor=fd)
