"""Puts the page together: its places, who may see them, and how a fault looks to a person."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined
from pydantic import SecretStr
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from app import database
from app.errors import RookeryError
from app.web.page import actions, lists, things, users
from app.web.page.asking import Ask, Shown, View
from app.web.page.assets import Assets
from app.web.page.live import Live
from app.web.page.login import Login
from app.web.page.mentions import linked, person
from app.web.page.overview import Overview
from app.web.page.sessions import Role, Session, Sessions
from app.web.page.words import FILTERS
from app.web.problems import RETRY_AFTER, describe

# Nothing from anywhere else, nothing inline, no frame around it. The referrer goes to this very host alone:
# with `no-referrer`, browsers send a form's origin as null, and over plain http nothing else says whose.
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
    "Vary": "Cookie",
}
# Where others answer, in their own form.
NOT_OURS = ("/v1/", "/webhooks/", "/metrics", "/healthz", "/readyz", "/openapi.json", "/static/")

VIEWS: dict[str, View] = {
    "/roots": lists.roots,
    "/roots/new": actions.consider,
    "/runs": lists.runs,
    "/decisions": lists.decisions,
    "/cost": lists.cost,
    "/users": users.show,
    "/instances/{instance_id}": things.instance,
    "/materializations/{materialization_id}": things.materialization,
    "/runs/{run_id}": things.run,
}


class Site:
    """The page for those who bring one of these tokens; with `acts`, operators can change things."""

    def __init__(self, tokens: dict[Role, SecretStr], live: Live, change: str, *, acts: bool) -> None:
        self.sessions = Sessions(tokens)
        self.live = live
        self._assets = Assets()
        self._views = {"/": Overview(change).show, **VIEWS}
        self._acts = acts
        self._environment = Environment(
            loader=PackageLoader("app.web.page"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.filters.update(FILTERS, linked=linked, person=person)
        self._environment.globals.update(static=self._assets.urls, has_api="reader" in tokens)

    def routes(self) -> list[BaseRoute]:
        """Every place of the page."""
        login = Login(self)
        routes: list[BaseRoute] = [Route(path, self._guarded(view)) for path, view in self._views.items()]
        routes += [
            Route("/login", login.ask, methods=["GET"]),
            Route("/login", login.enter, methods=["POST"]),
            Route("/logout", login.leave, methods=["POST"]),
            Route("/live", self._stream),
            Route("/static/{name}", self._assets.show),
        ]
        if self._acts:
            routes += [
                Route(f"/actions/{action.name}", self._acting(action), methods=["POST"])
                for action in actions.ACTIONS
            ]
        return routes

    def render(
        self, template: str, session: Session | None, http_status: int = 200, **content: Any
    ) -> Response:
        """A page for somebody, or for nobody yet."""
        operates = self._acts and session is not None and session.role == "operator"
        text = self._environment.get_template(template).render(
            session=session,
            operates=operates,
            mark=self.sessions.mark(session) if session is not None else "",
            **content,
        )
        headers = HEADERS | ({"Retry-After": RETRY_AFTER} if http_status == 503 else {})
        return HTMLResponse(text, http_status, headers=headers)

    def wants_page(self, request: Request) -> bool:
        """Whether a fault at a place that is not there is to be told to a person."""
        path = path_of(request)
        return not path.startswith(NOT_OURS) and "text/html" in request.headers.get("accept", "")

    def render_fault(self, request: Request, fault: Exception) -> Response:
        """A fault as a page; the same words as everywhere."""
        session = self.sessions.read(request)
        told = describe(fault)
        return self.render("fault.html", session, told.status, fault=told, path=path_of(request))

    def _guarded(self, view: View) -> Callable[[Request], Awaitable[Response]]:
        async def respond(request: Request) -> Response:
            session = self.sessions.read(request)
            if session is None:
                return to_login(request)
            try:
                async with database.lent(request.state.pool) as connection:
                    now = await database.call_async(connection, "read_clock")
                    shown = await view(Ask(request, connection, session, now))
            except (RookeryError, HTTPException) as fault:
                return self.render_fault(request, fault)
            return self._show(request, session, shown, now)

        return respond

    def _show(self, request: Request, session: Session, shown: Shown, now: Any) -> Response:
        path = path_of(request)
        notice = actions.NOTICES.get(request.query_params.get("done", ""))
        return self.render(shown.template, session, now=now, path=path, notice=notice, **shown.content)

    def _acting(self, action: actions.Action) -> Callable[[Request], Awaitable[Response]]:
        async def respond(request: Request) -> Response:
            session = self.sessions.read(request)
            if session is None:
                return to_login(request, "/")
            try:
                return await actions.carry_out(action, request, session, self.sessions)
            except (RookeryError, HTTPException) as fault:
                return self.render_fault(request, fault)

        return respond

    async def _stream(self, request: Request) -> Response:
        if self.sessions.read(request) is None:
            return Response(status_code=401, headers=HEADERS)
        if self.live.is_full:
            return Response(status_code=503, headers=HEADERS | {"Retry-After": RETRY_AFTER})
        headers = HEADERS | {"X-Accel-Buffering": "no"}
        if request.method == "HEAD":
            return Response(media_type="text/event-stream", headers=headers)
        return StreamingResponse(self.live.stream(), media_type="text/event-stream", headers=headers)


def to_login(request: Request, place: str | None = None) -> Response:
    """The way to the login, and from there to where one wanted to be."""
    query = request.scope["query_string"].decode(errors="replace")
    wanted = place or path_of(request) + (f"?{query}" if query else "")
    to = "/login" if wanted == "/" else f"/login?next={quote(wanted)}"
    return RedirectResponse(to, 303, headers=HEADERS)


def path_of(request: Request) -> str:
    """Where the request goes. `request.url` is made of its Host and its query, which may be anything."""
    return str(request.scope["path"])
