"""Who may come in: shared secrets, compared in a time that tells nothing about them."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Awaitable, Callable

from pydantic import SecretStr
from starlette.requests import Request
from starlette.responses import Response

from app.web.problems import problem

Endpoint = Callable[[Request], Awaitable[Response]]


def same_secret(given: str, secret: SecretStr) -> bool:
    """Whether both are the same. Digests are compared, so the time depends on neither, nor on a length."""
    both = (given, secret.get_secret_value())
    return hmac.compare_digest(*(hashlib.sha256(each.encode(errors="replace")).digest() for each in both))


def bearer(request: Request) -> str | None:
    """The token of an `Authorization: Bearer` header."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def guarded(token: SecretStr, endpoint: Endpoint) -> Endpoint:
    """The endpoint, for those alone who bring the token in their header."""

    async def guard(request: Request) -> Response:
        if not same_secret(bearer(request) or "", token):
            return refused()
        return await endpoint(request)

    return guard


def refused(why: str = "the token is missing or wrong") -> Response:
    """The answer for whoever brought a wrong secret, or none."""
    return problem(401, why, headers={"WWW-Authenticate": "Bearer"})
