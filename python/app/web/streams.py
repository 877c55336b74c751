"""Whole lists as NDJSON or CSV: read a page at a time and passed on, so memory does not grow with them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Literal

import structlog
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from app import database
from app.copying import Listed, copy_page_async, header
from app.errors import RookeryError

log = structlog.get_logger("rookery.web")

StreamForm = Literal["ndjson", "csv"]
Form = Literal["json"] | StreamForm

MEDIA_TYPES: Mapping[Form, str] = {
    "json": "application/json",
    "ndjson": "application/x-ndjson",
    "csv": "text/csv",
}
ROWS_AT_ONCE = 5000


def form_for(request: Request, asked: Form | None) -> Form:
    """What the query asks for, else the first that the Accept header names, else JSON."""
    if asked is not None:
        return asked
    forms: dict[str, Form] = {media_type: form for form, media_type in MEDIA_TYPES.items()}
    for each in request.headers.get("accept", "").split(","):
        if (form := forms.get(each.partition(";")[0].strip().lower())) is not None:
            return form
    return "json"


async def respond(request: Request, listed: Listed, form: StreamForm, headers: Mapping[str, str]) -> Response:
    """The list to its end. Whatever can be refused is refused before the first byte."""
    if request.method == "HEAD":
        return Response(headers=headers, media_type=MEDIA_TYPES[form])

    async def read(rest: Listed) -> list[bytes]:
        # Lent for a page at a time: however slow the reader, no connection and no snapshot waits.
        async with database.lent(request.state.pool) as connection:
            return await copy_page_async(connection, rest, form, ROWS_AT_ONCE)

    first = [] if listed.is_empty else await read(listed)

    async def parts() -> AsyncIterator[bytes]:
        if form == "csv":
            yield header(listed)
        lines, rest = first, listed
        while lines:
            yield b"".join(lines)
            if len(lines) < ROWS_AT_ONCE:
                return
            try:
                rest = rest.behind_line(lines[-1], form)
                lines = await read(rest)
            except RookeryError as fault:
                log.error("stream broken off", path=request.scope["path"], reason=fault.line())
                raise  # the reader sees a body that is cut short, which is what it is

    return StreamingResponse(parts(), headers=headers, media_type=MEDIA_TYPES[form])
