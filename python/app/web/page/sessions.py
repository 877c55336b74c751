"""Who is logged in: a signed cookie in place of the token, the mark of a form, how often one may guess."""

from __future__ import annotations

import hashlib
import secrets
import time
from collections import OrderedDict, deque
from dataclasses import dataclass
from typing import Literal, get_args
from urllib.parse import urlsplit

from itsdangerous import BadSignature, Signer, URLSafeTimedSerializer
from pydantic import SecretStr
from starlette.requests import Request
from starlette.responses import Response

from app.web.guard import same_secret

COOKIE = "rookery_session"
SESSION_SECONDS = 12 * 3600

Role = Literal["operator", "reader"]
ROLES: tuple[Role, ...] = get_args(Role)


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody who brought a token: as what, and under which random name."""

    role: Role
    name: str


class Sessions:
    """Opens, reads and ends sessions. Nothing is kept here: the cookie says all, and is signed.

    Keys are made from the tokens, so a token that is changed logs out whoever came with it.
    """

    def __init__(self, tokens: dict[Role, SecretStr]) -> None:
        self._tokens = tokens
        self._keys = {role: _key_of(role, token) for role, token in tokens.items()}

    def open(self, given: str) -> Session | None:
        """A new session for whoever brings a token; all are compared, whichever fits."""
        fits = {role: same_secret(given, token) for role, token in self._tokens.items()}
        role = next((role for role in ROLES if fits.get(role)), None)
        return None if role is None else Session(role, secrets.token_urlsafe(16))

    def read(self, request: Request) -> Session | None:
        """The session that the request's cookie proves, unless it is over."""
        cookie = request.cookies.get(COOKIE, "")
        for role in self._keys:
            try:
                name = self._serializer(role).loads(cookie, max_age=SESSION_SECONDS)
            except BadSignature:
                continue
            return Session(role, str(name))
        return None

    def keep(self, response: Response, session: Session, *, secure: bool) -> None:
        """Let the browser remember a session: no script sees it, and no other site's form sends it."""
        value = self._serializer(session.role).dumps(session.name)
        response.set_cookie(
            COOKIE, value, max_age=SESSION_SECONDS, httponly=True, secure=secure, samesite="lax", path="/"
        )

    def end(self, response: Response) -> None:
        """Let the browser forget it."""
        response.delete_cookie(COOKIE, path="/", httponly=True, samesite="lax")

    def mark(self, session: Session) -> str:
        """What a form of this session's pages carries, and no other site can know."""
        return self._signer(session).get_signature(session.name).decode("ascii")

    def is_marked(self, session: Session, given: str) -> bool:
        """Whether a form came from a page of this session."""
        return self._signer(session).verify_signature(session.name, given.encode(errors="replace"))

    def _serializer(self, role: Role) -> URLSafeTimedSerializer:
        return URLSafeTimedSerializer(
            self._keys[role], salt="session", signer_kwargs={"digest_method": hashlib.sha256}
        )

    def _signer(self, session: Session) -> Signer:
        return Signer(self._keys[session.role], salt="form", digest_method=hashlib.sha256)


class Attempts:
    """Counts refused tokens by where they came from: after some, none from there is looked at for a while."""

    MOST = 10
    WITHIN_SECONDS = 60.0
    _PLACES = 10_000

    def __init__(self) -> None:
        self._refused: OrderedDict[str, deque[float]] = OrderedDict()

    def wait_seconds(self, place: str) -> int:
        """For how long nobody from there may try; 0: they may."""
        times = self._refused.get(place, deque())
        left = times[0] + self.WITHIN_SECONDS - time.monotonic() if len(times) == self.MOST else 0.0
        return max(0, int(left) + 1) if left > 0 else 0

    def refuse(self, place: str) -> None:
        """Count one more."""
        self._refused.setdefault(place, deque(maxlen=self.MOST)).append(time.monotonic())
        self._refused.move_to_end(place)
        if len(self._refused) > self._PLACES:
            self._refused.popitem(last=False)


def is_secure(request: Request) -> bool:
    """Whether the browser came by https, here or at a proxy before us: then the cookie goes no other way."""
    return "https" in (request.scope["scheme"], request.headers.get("x-forwarded-proto", "").lower())


def is_own(request: Request) -> bool:
    """Whether a form was sent by a page of this very host.

    Browsers say so with every POST, in one header over https and in another over plain http.
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    try:
        origin = urlsplit(request.headers.get("origin", "")).netloc.lower()
    except ValueError:  # no URL at all
        return False
    return origin == request.headers.get("host", "").lower() != ""


def _key_of(role: Role, token: SecretStr) -> bytes:
    return hashlib.sha256(f"rookery page {role} {token.get_secret_value()}".encode()).digest()
