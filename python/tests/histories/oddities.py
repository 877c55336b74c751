"""What X does now and then and the simulator does not play: other answers, and odd pages."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from app.simulator import problems
from app.simulator.faults import Fault

Row = dict[str, Any]


class Odd(StrEnum):
    """One way in which an answer is odd."""

    TOO_FAST = "429 though the window has calls left"
    DAY_IS_OVER = "429 of a limit of 24 hours"
    CODE_88 = "429 as it was once written"
    USAGE_CAPPED = "429 of the usage cap"
    PAYMENT_REQUIRED = "402 as it is written since 2026"
    SPEND_CAPPED = "403 of the spending limit"
    HIDDEN_403 = "403 about a user who is protected"
    OTHER_WORDS = "400 about the names of fields"
    BAD_REQUEST = "400 about something else"
    CONFLICT = "409"
    NO_BODY = "200 without a body"
    DATA_IS_TEXT = "200 whose data is no list"
    REPEATED_ROWS = "rows that came before, in this page and in the last one"
    TWINS = "a user, and a handle, twice in a page and differently"
    SICK_ROW = "a row that lacks what it must have"
    NAMELESS_ROW = "a row without an id"
    COUNTS_MORE = "a last page that says to have more rows than it has"
    INCLUDED_ERROR = "an error about an object that was only included"
    OWN_ERROR = "rows beside an error of X's own"
    MISSING_FIELD = "rows beside an error about one of their fields"


# What is said in place of an answer: its status, what it is to be taken for, and its body.
INSTEAD: dict[Fault | Odd, tuple[int, str, Row | str]] = {
    Odd.TOO_FAST: (429, "too_fast", problems.TOO_MANY[0]),
    Odd.DAY_IS_OVER: (429, "rate_limited", problems.TOO_MANY[0]),
    Odd.CODE_88: (429, "rate_limited", problems.TOO_MANY[1]),
    Odd.USAGE_CAPPED: (
        429, "usage_capped",
        {"title": "UsageCapExceeded", "type": "https://api.x.com/usage-capped"},
    ),
    Odd.PAYMENT_REQUIRED: (402, "credits_depleted", problems.NO_CREDITS[1]),
    Odd.SPEND_CAPPED: (403, "spend_capped", {"title": "SpendCapReached", "reset_date": "2026-04-01"}),
    Odd.BAD_REQUEST: (400, "bad_request", problems.Refused("max_results", "0", "it is too small").body()),
    Odd.CONFLICT: (409, "unexpected", {"title": "Conflict", "status": 409}),
    Odd.DATA_IS_TEXT: (200, "api_error", {"data": "rows", "meta": {"result_count": 1}}),
}  # fmt: skip
HEADERS: dict[Fault | Odd | None, dict[str, str]] = {
    Odd.TOO_FAST: {"x-rate-limit-remaining": "7"},
    Odd.DAY_IS_OVER: {"x-rate-limit-remaining": "7", "x-app-limit-24hour-remaining": "0"},
    Odd.CODE_88: {"x-rate-limit-remaining": "0"},
    Odd.USAGE_CAPPED: {"x-rate-limit-remaining": "7"},
}
_ERRORS = {
    Odd.INCLUDED_ERROR: {**problems.missing_user("1", "id", "post"), "section": "includes"},
    Odd.OWN_ERROR: {"title": "Internal Error", "type": "https://api.x.com/2/problems/internal-error"},
    Odd.MISSING_FIELD: {"title": "Field", "type": "https://api.x.com/2/problems/field-hydration-failure"},
}


def spoil(body: Row, odd: Odd, before: Row | None) -> None:
    """Make a good page odd, of no more rows; `before` is the last row of the page before."""
    rows: list[Row] = body.get("data", [])
    if odd in _ERRORS and rows:
        body["errors"] = [*body.get("errors", []), _ERRORS[odd]]
    elif odd is Odd.COUNTS_MORE and "next_token" not in body.get("meta", {"next_token": ""}):
        body["meta"]["result_count"] = len(rows) + 1
    elif odd is Odd.REPEATED_ROWS and rows:
        rows[:] = [before or rows[-1], *rows][: len(rows)]
        rows[-1] = rows[0]
    elif odd is Odd.TWINS and len(rows) > 2 and "username" in rows[0]:
        rows[-1] = {**rows[0], "username": rows[1]["username"].swapcase()}
    elif odd is Odd.SICK_ROW and rows:
        rows[-1] = {key: value for key, value in rows[-1].items() if key not in ("username", "text")}
    elif odd is Odd.NAMELESS_ROW and rows:
        rows[-1] = {key: value for key, value in rows[-1].items() if key != "id"}
