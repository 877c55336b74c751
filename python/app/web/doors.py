"""The doors for webhooks: new followers from whoever has the token, and what X itself sends and signs."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re

import structlog
from pydantic import SecretStr
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from app import tracing
from app.web.bodies import read_body, storable_text
from app.web.guard import bearer, refused, same_secret
from app.web.inbox import Result
from app.web.problems import FieldFault, bad_field, problem

log = structlog.get_logger("rookery.web")

SIGNATURE = "x-twitter-webhooks-signature"
# What the log and a span tell of an event: nothing of what it holds.
TOLD = ("event_id", "is_duplicate", "code", "field")
# The answer to X's challenge is the token, signed with the secret that signs deliveries. So nothing is signed
# here that a delivery could be: a JSON object has a brace in it.
CHALLENGE = re.compile(r"[A-Za-z0-9_.:=+/-]{1,200}")


def new_follower(token: SecretStr) -> list[BaseRoute]:
    """The door for new followers; the token comes in the Authorization header, or as ?token=."""

    async def receive(request: Request) -> Response:
        given = bearer(request)
        if not same_secret(given if given is not None else request.query_params.get("token", ""), token):
            return refused()
        if not _says_json(request):
            return problem(415, "the body has to be JSON", hint="send it with Content-Type: application/json")
        with request.state.room.share() as share:
            return _answer(await _store(request, "new_follower", await read_body(request, share)), 202)

    return [Route("/webhooks/new-follower", receive, methods=["POST"])]


def x_activity(secret: SecretStr) -> list[BaseRoute]:
    """X's door: it challenges by GET, and delivers by POST with a signature over the body as it is."""

    async def meet_challenge(request: Request) -> Response:
        challenge = request.query_params.get("crc_token", "")
        if not CHALLENGE.fullmatch(challenge):
            raise bad_field("crc_token", "is missing, or no challenge of X's")
        return JSONResponse({"response_token": signature(secret, challenge.encode())})

    async def receive(request: Request) -> Response:
        given = request.headers.get(SIGNATURE)
        if given is None:
            return refused("the signature is missing or wrong")
        with request.state.room.share() as share:
            body = await read_body(request, share)
            if not hmac.compare_digest(given.encode(errors="replace"), signature(secret, body).encode()):
                return refused("the signature is missing or wrong")
            return _answer(await _store(request, "x_activity", body), 200)

    return [
        Route("/webhooks/x", meet_challenge, methods=["GET"]),
        Route("/webhooks/x", receive, methods=["POST"]),
    ]


def signature(secret: SecretStr, message: bytes) -> str:
    """X's signature of a message: sha256= and the HMAC in base 64."""
    digest = hmac.digest(secret.get_secret_value().encode(), message, hashlib.sha256)
    return "sha256=" + base64.b64encode(digest).decode("ascii")


async def _store(request: Request, source: str, body: bytes) -> Result:
    with tracing.span("webhook", source=source, length=len(body)) as span:
        result: Result = await request.state.inbox.receive(source, storable_text(body))
        told = {name: result[name] for name in TOLD if result.get(name)}
        span.tell(**told)
        log.info("event received", source=source, **told)
    return result


def _answer(result: Result, status: int) -> Response:
    if "event_id" in result:
        return JSONResponse({"event_id": str(result["event_id"])}, status)
    fault = FieldFault(field=result["field"], message=result["message"])
    return problem(422, fault.message, code=result["code"], errors=[fault])


def _says_json(request: Request) -> bool:
    kind = request.headers.get("content-type", "application/json").partition(";")[0].strip().lower()
    return kind == "application/json" or (kind.startswith("application/") and kind.endswith("+json"))
