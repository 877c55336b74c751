"""Faults as an answer: problem+json (RFC 9457), the same for every door."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import structlog
from pydantic import BaseModel, ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from app.errors import DatabaseFault, NotPermitted, OperatorMistake, RookeryError

log = structlog.get_logger("rookery.web")

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER = "5"


class FieldFault(BaseModel):
    """What is wrong with one field."""

    field: str
    message: str


class Problem(BaseModel):
    """What went wrong, what to do about it, and which fields are at fault."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    code: str | None = None
    hint: str | None = None
    errors: list[FieldFault] | None = None


class NotNow(RookeryError):
    """It cannot be taken just now; the message says why, and whoever asked may know."""

    http_status = 503


class BadRequest(RookeryError):
    """What was asked is not what this door takes; `faults` are the fields."""

    http_status = 422

    def __init__(self, faults: list[FieldFault]) -> None:
        super().__init__("; ".join(f"{fault.field}: {fault.message}" for fault in faults))
        self.faults = faults


def bad_field(field: str, message: str) -> BadRequest:
    """The fault of a single field."""
    return BadRequest([FieldFault(field=field, message=message)])


def bad_fields(error: ValidationError) -> BadRequest:
    """The faults that pydantic found."""
    return BadRequest(
        [
            FieldFault(
                field=".".join(map(str, fault["loc"])) or "body",
                message=str(fault["msg"]).removeprefix("Value error, "),
            )
            for fault in error.errors(include_url=False, include_context=False, include_input=False)
        ]
    )


def problem(
    status: int,
    detail: str,
    *,
    code: str | None = None,
    hint: str | None = None,
    errors: list[FieldFault] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """The answer for a fault; a 503 says when to come again."""
    return _answer(_problem(status, detail, code=code, hint=hint, errors=errors), headers)


def _problem(
    status: int,
    detail: str,
    *,
    code: str | None = None,
    hint: str | None = None,
    errors: list[FieldFault] | None = None,
) -> Problem:
    title = HTTPStatus(status).phrase
    return Problem(title=title, status=status, detail=detail, code=code, hint=hint, errors=errors)


def _answer(content: Problem, headers: Mapping[str, str] | None = None) -> Response:
    return JSONResponse(
        content.model_dump(exclude_none=True),
        content.status,
        headers={**({"Retry-After": RETRY_AFTER} if content.status == 503 else {}), **(headers or {})},
        media_type=MEDIA_TYPE,
    )


def describe(fault: Exception) -> Problem:
    """Any fault, in words for whoever asked. What only concerns this installation is logged, and not told."""
    if isinstance(fault, HTTPException):
        return _problem(fault.status_code, fault.detail)
    if not isinstance(fault, RookeryError):
        log.error("request failed", kind=type(fault).__name__, exc_info=fault)
        return _problem(500, "something is wrong here, and was logged")
    is_mistake = isinstance(fault, OperatorMistake)
    if isinstance(fault, DatabaseFault | NotPermitted) or (fault.http_status >= 500 and not is_mistake):
        log.error("request failed", reason=fault.line(), code=fault.code, kind=type(fault).__name__)
    if isinstance(fault, BadRequest):
        return _problem(422, fault.message, errors=fault.faults)
    if isinstance(fault, DatabaseFault | NotPermitted):
        return _problem(500, "something is wrong here, and was logged")
    if fault.http_status == 503 and not is_mistake:
        told = isinstance(fault, NotNow)
        return _problem(503, fault.message if told else "the database cannot be asked just now")
    return _problem(fault.http_status, fault.message, code=fault.code, hint=fault.hint)


def for_fault(request: Request, fault: Exception) -> Response:
    """The answer for a fault: ours, Starlette's (no such place, no such method), or a defect."""
    del request
    return _answer(describe(fault), getattr(fault, "headers", None))


HANDLERS: Mapping[Any, Any] = dict.fromkeys((RookeryError, HTTPException, Exception), for_fault)
