"""The way in and out: a form that takes a token, and gives a cookie for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from app.web.bodies import TooLarge
from app.web.page.sessions import Attempts, is_own, is_secure

if TYPE_CHECKING:
    from app.web.page.site import Site

log = structlog.get_logger("rookery.web")

LARGEST_FIELD = 4096


class Login:
    """Opens and ends sessions."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._attempts = Attempts()

    async def ask(self, request: Request) -> Response:
        """The form; who is logged in needs none."""
        place = local_place(request.query_params.get("next"))
        if self._site.sessions.read(request) is not None:
            return RedirectResponse(place, 303)
        return self._form(place)

    async def enter(self, request: Request) -> Response:
        """A session for whoever brings a token; anybody else is told no more than that it is wrong."""
        from_where = request.client.host if request.client else ""
        fields = await read_form(request)
        place = local_place(fields.get("next"))
        if not is_own(request):
            return self._form(place, 403, "That form was not sent by this page. Try again here.")
        if wait := self._attempts.wait_seconds(from_where):
            refusal = self._form(place, 429, f"Too many wrong tokens. Try again in {wait} s.")
            refusal.headers["Retry-After"] = str(wait)
            return refusal
        session = self._site.sessions.open(fields.get("token", "").strip())
        if session is None:
            self._attempts.refuse(from_where)
            log.warning("login refused", place=from_where)
            return self._form(place, 403, "That token is not the one. Nothing else is known of it.")
        log.info("login", role=session.role)
        answer = RedirectResponse(place, 303)
        self._site.sessions.keep(answer, session, secure=is_secure(request))
        return answer

    async def leave(self, request: Request) -> Response:
        """Forget the session. A form of another site cannot bring it along, so it needs no mark."""
        answer = RedirectResponse("/login", 303)
        if is_own(request):
            self._site.sessions.end(answer)
        return answer

    def _form(self, place: str, status: int = 200, refusal: str | None = None) -> Response:
        return self._site.render("login.html", None, status, next=place, refusal=refusal, path="/login")


async def read_form(request: Request) -> dict[str, str]:
    """The fields of a form, the last of each name. Raises TooLarge; files are no fields."""
    length = request.headers.get("content-length", "")
    if not length.isdecimal() or int(length) > 16 * LARGEST_FIELD:
        raise TooLarge("the form is too large, or does not say how long it is")
    async with request.form(max_files=0, max_fields=32) as form:
        return {name: value for name, value in form.multi_items() if isinstance(value, str)}


def local_place(wanted: str | None) -> str:
    """Where to go after the login: a place of this page, or its front."""
    if not wanted or not wanted.startswith("/") or wanted.startswith("//") or "\\" in wanted:
        return "/"
    return wanted if wanted.isprintable() else "/"
