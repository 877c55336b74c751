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
from histories import oddities
from histories.oddities import Odd, Row
from histories.words import Page, Profile, Reply, Status

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
_OF_ONE = ("followers", "following", "timeline")

# What is said in place of an answer, with its status and what it is to be taken for.
_INSTEAD: dict[Fault | Odd, tuple[int, str, Row | str]] = {
    Fault.UNAVAILABLE: (503, "server_error", problems.UNAVAILABLE),
    Fault.BROKEN: (500, "server_error", problems.BROKEN),
    Fault.HTML_502: (502, "server_error", problems.HTML.format("502 Bad Gateway")),
    Fault.HTML_200: (200, "not_json", problems.HTML.format("Just a moment...")),
    Fault.UNAUTHORIZED: (401, "unauthorized", problems.UNAUTHORIZED),
    Fault.NO_CREDITS: (402, "credits_depleted", problems.NO_CREDITS[0]),
    Fault.FORBIDDEN: (403, "forbidden", problems.FORBIDDEN),
    Fault.EMPTY_404: (404, "not_found", ""),
    Fault.WINDOW_429: (429, "rate_limited", problems.TOO_MANY[0]),
    **oddities.INSTEAD,
}


@dataclass
class X:
    """The world behind it lives through `world`; `limits` count calls by its own clock."""

    world: World
    limits: Limits = field(default_factory=Limits)
    bill: Bill = field(default_factory=Bill)
    last_rows: dict[str, Row] = field(default_factory=dict)

    def answer(self, call: dict[str, Any], fault: Fault | Odd | None, now: float) -> Reply | None:
        """Answer a call that the engine handed out; None where a fault leaves it without an answer."""
        moment = datetime.fromtimestamp(now, UTC)
        endpoint, answering, value = _route(call["path"])
        is_allowed, headers = self.limits.spend(endpoint, moment)
        fault = fault if is_allowed else Fault.WINDOW_429
        if fault is Fault.WINDOW_429:
            headers = {**headers, "x-rate-limit-remaining": "0"}
        instead = _in_place(fault, endpoint, value, call["query"])
        if instead is not None:
            status, taken_for, body = instead
            headers = headers | oddities.HEADERS.get(fault, {})
            return Reply(status, headers, _text(body), taken_for, None)
        known = fault if isinstance(fault, Fault) else None
        try:
            found = answering(Request(self.world, "both", value, call["query"], known, moment))
        except Refused as refused:
            taken_for = "cursor_refused" if "token" in refused.parameter else "bad_request"
            return Reply(400, headers, _text(refused.body()), taken_for, None)
        for kind, ids in found.charges:
            self.bill.add(kind, ids, moment)
        if fault is Fault.HANG:
            # It was answered, and billed, and nobody heard.
            return None
        if isinstance(fault, Odd):
            oddities.spoil(found.body, fault, self.last_rows.get(call["path"]))
        for row in found.body.get("data", ()):  # type: ignore[attr-defined]
            self.last_rows[call["path"]] = row
        return _read(found.body, endpoint, fault, headers)


def _in_place(
    fault: Fault | Odd | None, endpoint: Endpoint, value: str, query: dict[str, str]
) -> tuple[int, str, Row | str] | None:
    """What is said in place of an answer, with its status and what it is to be taken for."""
    words = next((name for name in query if name in ("post.fields", "tweet.fields")), None)
    if fault is Fault.ERRORS_ONLY:
        return 200, "api_error", problems.internal_error(endpoint)
    if fault is Odd.OTHER_WORDS and words is not None:
        return 400, "vocabulary_refused", Refused(words, query[words], "is no parameter").body()
    if fault is Odd.HIDDEN_403:
        taken_for = "subject_protected" if endpoint in _OF_ONE else "forbidden"
        return 403, taken_for, problems.protected_user(value, "post")
    return None if fault is None else _INSTEAD.get(fault)


def _read(body: Json, endpoint: Endpoint, fault: Fault | Odd | None, headers: dict[str, str]) -> Reply:
    text = _text(body)
    if fault in (Fault.CUT_BODY, Odd.NO_BODY):
        cut = text[: len(text) * 2 // 3] if fault is Fault.CUT_BODY else ""
        return Reply(200, headers, cut, "not_json", None)
    rows: list[Row] = body.get("data", [])  # type: ignore[assignment]
    errors: list[Row] = [e for e in body.get("errors", ()) if e.get("section", "data") == "data"]  # type: ignore[attr-defined]
    if not rows and errors and endpoint in _OF_ONE:
        return Reply(200, headers, text, "subject_" + _reason(errors[0]), None)
    meta: dict[str, Any] = body.get("meta", {})  # type: ignore[assignment]
    is_list = endpoint in (*_OF_ONE, "search")
    are_posts = endpoint in ("timeline", "posts", "search")
    whole = [row for row in rows if "id" in row and ("text" if are_posts else "username") in row]
    ids = [int(row["id"]) for row in rows if "id" in row]
    shown = Page(
        profiles=() if are_posts else tuple(map(profile_of, whole)),
        posts=tuple(map(status_of, whole)) if are_posts else (),
        ids=tuple(ids),
        row_count=len(rows),
        missing={e["resource_id"].lower(): _reason(e) for e in errors if "resource_id" in e},
        next_token=meta.get("next_token"),
        says_its_end="next_token" not in meta and meta.get("result_count", len(rows) + 1) <= len(rows),
        is_partial=is_list and (len(ids) < len(rows) or any(map(_is_missing_row, errors))),
        sick=tuple(is_retweet(row) for row in rows if row not in whole),
    )
    return Reply(200, headers, text, "page", shown)


def profile_of(row: Row) -> Profile:
    """A user as X shows one, in words of the model."""
    metrics = row.get("public_metrics", {})
    counts = metrics.get("followers_count"), metrics.get("following_count")
    return Profile(int(row["id"]), row["username"], row.get("protected"), *counts)


def status_of(row: Row) -> Status:
    """A post as X shows one: its whole text, as far as PostgreSQL can store it."""
    note = row.get("note_tweet") or row.get("note_post") or row
    text = str(note["text"]).replace("\0", "\ufffd").replace("\ud83d ", "\ufffd ")
    author = int(row["author_id"]) if "author_id" in row else None
    return Status(int(row["id"]), author, text, is_retweet(row))


def is_retweet(row: Row) -> bool:
    """Whether a post says that it is another's, shown once more."""
    references = row.get("referenced_tweets") or row.get("referenced_posts") or []
    return any(reference["type"] in ("retweeted", "reposted") for reference in references)


def profile_row(world: World, account: Account) -> Row:
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


def _is_missing_row(error: dict[str, str]) -> bool:
    return not error["type"].endswith("hydration-failure")


def _reason(error: dict[str, str]) -> str:
    if error["type"].endswith("not-authorized-for-resource"):
        return "protected"
    return "suspended" if error["title"] == "Forbidden" else "not_found"


def _text(body: Row | str) -> str:
    return body if isinstance(body, str) else json.dumps(body, ensure_ascii=False, separators=(",", ":"))
