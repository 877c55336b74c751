"""Whole lists as NDJSON or CSV: read a page at a time and passed on, so memory does not grow with them."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any, Literal

import structlog
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from app.database import Row
from app.errors import RookeryError
from app.web.keys import Key
from app.web.models import Shape

log = structlog.get_logger("rookery.web")

Form = Literal["json", "ndjson", "csv"]
Read = Callable[[tuple[Any, ...] | None, int], Awaitable[list[Row]]]

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


async def respond(
    request: Request,
    shape: type[Shape],
    key: Key,
    read: Read,
    after: tuple[Any, ...] | None,
    form: Form,
    headers: Mapping[str, str],
) -> Response:
    """The list from `after` to its end. Whatever can be refused is refused before the first byte."""
    encode = {"ndjson": _lines, "csv": _records}[form]
    if request.method == "HEAD":
        return Response(headers=headers, media_type=MEDIA_TYPES[form])
    first = await read(after, ROWS_AT_ONCE)

    async def parts() -> AsyncIterator[str]:
        if form == "csv":
            yield ",".join(shape.model_fields) + "\r\n"
        rows = first
        while rows:
            yield encode(shape, rows)
            if len(rows) < ROWS_AT_ONCE:
                return
            try:
                rows = await read(tuple(rows[-1][column] for column in key.columns), ROWS_AT_ONCE)
            except RookeryError as fault:
                log.error("stream broken off", path=request.url.path, reason=fault.line())
                raise  # the reader sees a body that is cut short, which is what it is

    return StreamingResponse(parts(), headers=headers, media_type=MEDIA_TYPES[form])


def _lines(shape: type[Shape], rows: list[Row]) -> str:
    return "".join(shape.model_validate(row).model_dump_json() + "\n" for row in rows)


def _records(shape: type[Shape], rows: list[Row]) -> str:
    text = io.StringIO()
    writer = csv.writer(text)
    for row in rows:
        writer.writerow(_cell(each) for each in shape.model_validate(row).model_dump(mode="json").values())
    return text.getvalue()


def _cell(value: object) -> object:
    return str(value).lower() if isinstance(value, bool) else value
