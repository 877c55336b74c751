"""An X in this process: the simulator's world and answers without the HTTP, spoiled on demand."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from app.simulator import answers, problems
from app.simulator.answers import Answering, Request
from app.simulator.bill import Bill
from app.simulator.faults import Fault
from app.simulator.limits import Endpoint, Limits
from app.simulator.problems import Json, Refused
from app.simulator.world import Account, World

_ANSWERING: dict[str, tuple[Endpoint, Answering]] = {
    "followers": ("followers", answers.followers),
    "following": ("following", answers.following),
    "tweets": ("timeline", answers.timeline),
}
_BATCHED: dict[str, tuple[Endpoint, Answering]] = {
    "/2/users": ("users", answers.users_by_ids),
    "/2/users/by": ("users_by", answers.users_by_usernames),
    "/2/tweets": ("posts", answers.posts_by_ids),
    "/2/tweets/search/recent": ("search", answers.recent_search),
}

# What is said in place of an answer, with its status and what it is to be taken for.
_INSTEAD: dict[Fault, tuple[int, str, Json | str]] = {
    Fault.UNAVAILABLE: (503, "server_error", problems.UNAVAILABLE),
    Fault.BROKEN: (500, "server_error", problems.BROKEN),
    Fault.HTML_502: (502, "server_error", problems.HTML.format("502 Bad Gateway")),
    Fault.HTML_200: (200, "not_json", problems.HTML.format("Just a moment...")),
    Fault.UNAUTHORIZED: (401, "unauthorized", problems.UNAUTHORIZED),
    Fault.NO_CREDITS: (402, "credits_depleted", problems.NO_CREDITS[1]),
    Fault.FORBIDDEN: (403, "forbidden", problems.FORBIDDEN),
    Fault.EMPTY_404: (404, "not_found", ""),
    Fault.WINDOW_429: (429, "rate_limited", problems.TOO_MANY[0]),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """What a good answer shows: rows in their order, who is missing and why, and where the list goes on."""

    users: tuple[Json, ...] = ()
    posts: tuple[Json, ...] = ()
    missing: tuple[tuple[str, str], ...] = ()
    next_token: str | None = None
    says_its_end: bool = False
    is_partial: bool = False

    @property
    def ids(self) -> list[int]:
        """The ids of its rows, in their order."""
        return [int(str(row["id"])) for row in (*self.users, *self.posts)]


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer as a driver hands it over, what it is to be taken for, and when and for what X billed it."""

    status: int
    headers: dict[str, str]
    body: str
    taken_for: str
    shown: Shown | None
    answered_at: float


@dataclass
class X:
    """The world behind it lives through `world`; `limits` count calls by its own clock."""

    world: World
    limits: Limits = field(default_factory=Limits)
    bill: Bill = field(default_factory=Bill)
    says_limits: bool = True

    def answer(self, call: dict[str, Any], fault: Fault | None, now: float) -> Reply | None:
        """Answer a call that the engine handed out; None where a fault leaves it without an answer.

        A list of which nothing is known says 429 by itself when its window is used up.
        """
        moment = datetime.fromtimestamp(now, UTC)
        endpoint, answering, value = _route(call["path"])
        is_allowed, limits = self.limits.spend(endpoint, moment)
        headers = limits if self.says_limits else {}
        if fault is Fault.WINDOW_429:
            headers = {} if not self.says_limits else {**limits, "x-rate-limit-remaining": "0"}
        if not is_allowed:
            fault = Fault.WINDOW_429
        if fault in _INSTEAD:
            status, taken_for, instead = _INSTEAD[fault]
            return Reply(status, headers, _text(instead), taken_for, None, now)
        if fault is Fault.ERRORS_ONLY:
            return Reply(200, headers, _text(problems.internal_error(endpoint)), "api_error", None, now)
        try:
            found = answering(Request(self.world, "both", value, call["query"], fault, moment))
        except Refused as refused:
            taken_for = "cursor_refused" if "token" in refused.parameter else "bad_request"
            return Reply(400, headers, _text(refused.body()), taken_for, None, now)
        for kind, ids in found.charges:
            self.bill.add(kind, ids, moment)
        if fault is Fault.HANG:
            # It was answered, and billed, and nobody heard.
            return None
        return self._read(found.body, endpoint, fault, headers, now)

    def _read(
        self, body: Json, endpoint: Endpoint, fault: Fault | None, headers: dict[str, str], now: float
    ) -> Reply:
        text = _text(body)
        if fault is Fault.CUT_BODY:
            return Reply(200, headers, text[: max(1, len(text) * 2 // 3)], "not_json", None, now)
        rows: tuple[Json, ...] = tuple(body.get("data", ()))  # type: ignore[arg-type]
        errors: list[dict[str, str]] = body.get("errors", [])  # type: ignore[assignment]
        if not rows and errors and endpoint in ("followers", "following", "timeline"):
            return Reply(200, headers, text, "subject_" + _reason(errors[0]), None, now)
        meta: dict[str, Any] = body.get("meta", {})  # type: ignore[assignment]
        are_posts = endpoint in ("timeline", "posts", "search")
        shown = Shown(
            users=() if are_posts else rows,
            posts=rows if are_posts else (),
            missing=tuple((error["resource_id"], _reason(error)) for error in errors),
            next_token=meta.get("next_token"),
            says_its_end="next_token" not in meta and "result_count" in meta,
            is_partial=bool(errors),
        )
        return Reply(200, headers, text, "page", shown, now)


def profile(world: World, account: Account) -> Json:
    """A user as a webhook's payload shows one."""
    return {
        "id": str(account.id),
        "username": account.handle,
        "name": account.name,
        "protected": account.protected,
        "public_metrics": {
            "followers_count": len(world.followers.get(account.id, ())),
            "following_count": len(world.following.get(account.id, ())),
        },
    }


def _route(path: str) -> tuple[Endpoint, Answering, str]:
    if path in _BATCHED:
        return *_BATCHED[path], ""
    _, _, _, value, leaf = path.split("/")
    return *_ANSWERING[leaf], value


def _reason(error: dict[str, str]) -> str:
    if error["type"].endswith("not-authorized-for-resource"):
        return "protected"
    return "suspended" if error["title"] == "Forbidden" else "not_found"


def _text(body: Json | str) -> str:
    return body if isinstance(body, str) else json.dumps(body, ensure_ascii=False, separators=(",", ":"))
