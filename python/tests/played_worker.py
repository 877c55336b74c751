"""A worker that is played: it ticks on a thread of its own, and answers calls from a table."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from app import database
from conftest import Database

Answer = Callable[[dict[str, Any]], object]


def profile(user_id: int, handle: str) -> dict[str, Any]:
    """A user as X shows one."""
    counts = {"followers_count": 1, "following_count": 0, "tweet_count": 0, "listed_count": 0}
    return {"id": str(user_id), "username": handle, "name": handle.title(), "public_metrics": counts}


def an_x_with(users: dict[int, str]) -> Answer:
    """Answers look-ups of these users by id or handle; lists are empty."""

    def answer(call: dict[str, Any]) -> object:
        query = call["query"]
        keys = str(query.get("ids") or query.get("usernames") or "").split(",")
        found = [
            profile(user_id, handle)
            for user_id, handle in users.items()
            if str(user_id) in keys or handle.lower() in keys
        ]
        named = {each["id"] for each in found} | {each["username"].lower() for each in found}
        missing = [
            {
                "resource_id": key,
                "value": key,
                "type": "https://api.twitter.com/2/problems/resource-not-found",
                "title": "Not Found Error",
                "detail": f"Could not find {key}.",
            }
            for key in keys
            if key and key not in named
        ]
        body: dict[str, Any] = {"meta": {"result_count": len(found)}}
        return body | ({"data": found} if found else {}) | ({"errors": missing} if missing else {})

    return answer


def work(connection: database.Connection, answer: Answer) -> bool:
    """One tick, and an answer to each call that it hands out; whether there is more to do."""
    tick = database.call(connection, "engine_tick", p_worker="played", p_slots=10)
    for call in tick["calls"]:
        body = json.dumps(answer(call))
        database.call(
            connection, "engine_response", p_call_id=call["call_id"], p_status=200, p_headers={}, p_body=body
        )
    return bool(tick["again"] or tick["calls"])


def work_until_idle(place: Database, answer: Answer) -> None:
    """Tick and answer until nothing is left to do."""
    with place.connect("rookery_worker") as connection:
        while work(connection, answer):
            pass


@contextmanager
def working(place: Database, answer: Answer) -> Iterator[None]:
    """A worker for the length of the block, which has ticked once when the block begins."""
    stop, ticked = threading.Event(), threading.Event()

    def run() -> None:
        with place.connect("rookery_worker") as connection:
            while not stop.is_set():
                again = work(connection, answer)
                ticked.set()
                if not again:
                    stop.wait(0.02)

    thread = threading.Thread(target=run)
    thread.start()
    assert ticked.wait(60)
    try:
        yield
    finally:
        stop.set()
        thread.join()
