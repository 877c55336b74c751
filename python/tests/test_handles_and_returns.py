"""A week of renames, departures and returns, as the engine knows it, against the world's own log (G3, G4)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest

from app.database import call_async, connect_async
from app.demo.clock import SimulatedClock
from app.demo.turns import open_driver
from app.driver import SenderOptions
from app.simulator import TOKEN, Days, Simulator, World, seeded_world, serve, truth
from conftest import Database

WEEK = timedelta(days=7)
SETTINGS = {
    "worker.heartbeat": "3600 s",
    "tick.budget": "60 s",
    # Every look reads everything, so that what could be seen is told by the hour alone.
    "reconcile.after": "8 hours",
    **dict.fromkeys(("freshness.followers", "freshness.following", "freshness.users"), "8 hours"),
    "subject.recheck": "8 hours",
}
# X does not say that a user left by choice.
REASONS = {"active": None, "suspended": "suspended", "deactivated": "not_found"}

HandleRow = tuple[int, str | None, str | None, datetime]
StateRow = tuple[int, str, datetime]
FollowRow = tuple[int, int, str, datetime]
Json = dict[str, Any]


class Past:
    """A world as it was at a moment, told by how it began and by its log; never by how it is now."""

    def __init__(self, world: World) -> None:
        self._log, self._read = world.log, 0
        self.handles = {account.id: account.handle for account in world.by_index}
        self.states: dict[int, str] = {account.id: account.state for account in world.by_index}
        self.follows = {(user, fan) for user, fans in world.followers.items() for fan in fans}

    def advance_to(self, moment: datetime) -> None:
        while self._read < len(self._log) and self._log[self._read].at <= moment:
            entry = self._log[self._read]
            self._read += 1
            match entry.what:
                case "handle":
                    self.handles[entry.user_id] = entry.new or ""
                case "suspended" | "deactivated" | "active":
                    self.states[entry.user_id] = entry.what
                case "follow":
                    self.follows.add((entry.other_id or 0, entry.user_id))
                case "unfollow":
                    self.follows.remove((entry.other_id or 0, entry.user_id))


@dataclass
class Chronicle:
    """What somebody writes down who is told whom each answer was about, and looks all else up in the log.

    `handles`, `states` and `follows` are what is known now, the rows what changed and when: G3 and G4, said
    in Python.
    """

    past: Past
    handles: dict[int, str | None] = field(default_factory=dict)
    states: dict[int, str | None] = field(default_factory=dict)
    follows: dict[tuple[int, int], bool] = field(default_factory=dict)
    handle_rows: list[HandleRow] = field(default_factory=list)
    state_rows: list[StateRow] = field(default_factory=list)
    follow_rows: list[FollowRow] = field(default_factory=list)
    _swept: dict[str, set[tuple[int, int]]] = field(default_factory=dict)

    def take(self, now: datetime, path: str, query: Mapping[str, str], body: Json) -> None:
        """An answer was given: to /2/users, or a page of a list."""
        self.past.advance_to(now)
        shown = [int(user["id"]) for user in body.get("data", [])]
        hidden = [int(error["value"]) for error in body.get("errors", [])]
        self._see(now, shown)
        for user in shown + [user for user in hidden if user in self.handles]:
            self._settle(now, user, REASONS[self.past.states[user]])
        if path != "/2/users":
            owner, kind = path.split("/")[3:]
            edges = [(int(owner), user) if kind == "followers" else (user, int(owner)) for user in shown]
            self._list(now, path, edges, first="pagination_token" not in query, last=not _leads_on(body))

    def _see(self, now: datetime, shown: list[int]) -> None:
        """Everybody on a page is seen at once, so a swap on it is a swap and no loss."""
        new = {user: self.past.handles[user] for user in shown}
        taken = {handle.lower() for handle in new.values()}
        for user, handle in self.handles.items():
            if user not in new and handle is not None and handle.lower() in taken:
                self.handle_rows.append((user, handle, None, now))
                self.handles[user] = None
        for user, handle in new.items():
            if user in self.handles and self.handles[user] != handle:
                self.handle_rows.append((user, self.handles[user], handle, now))
            self.handles[user] = handle

    def _settle(self, now: datetime, user: int, reason: str | None) -> None:
        if self.states.get(user) != reason:
            self.state_rows.append((user, "revived" if reason is None else "removed", now))
        self.states[user] = reason

    def _list(
        self, now: datetime, path: str, edges: list[tuple[int, int]], *, first: bool, last: bool
    ) -> None:
        if first:
            self._swept[path] = set()
        self._swept[path].update(edges)
        for edge in edges:
            if not self.follows.get(edge):
                self.follow_rows.append((*edge, "revived" if edge in self.follows else "added", now))
            self.follows[edge] = True
        if last:
            owner, kind = int(path.split("/")[3]), path.split("/")[4]
            gone = [
                edge
                for edge, alive in self.follows.items()
                if alive and edge[kind != "followers"] == owner and edge not in self._swept[path]
            ]
            for edge in gone:
                self.follow_rows.append((*edge, "removed", now))
                self.follows[edge] = False


def _leads_on(body: Json) -> bool:
    return "next_token" in body.get("meta", {})


async def live_a_week(database: Database, world: World, page_size: int) -> Chronicle:
    """Two users' lists and everybody in them are read three times a day, one call after the other."""
    days, chronicle = Days(world), Chronicle(Past(world))
    async with AsyncExitStack() as stack:
        clock = SimulatedClock(await stack.enter_async_context(await connect_async(database.url())), days)
        operator = await stack.enter_async_context(await connect_async(database.url("rookery_operator")))
        await clock.set(world.start)
        simulator = Simulator(world, clock=lambda: clock.now, after_answer=chronicle.take)
        url = await stack.enter_async_context(serve(simulator.app()))
        worker_url = database.url("rookery_worker")
        driver = await stack.enter_async_context(
            open_driver(worker_url, SenderOptions(url, TOKEN), slots=1, wait=clock.wait)
        )
        for name, value in {**SETTINGS, "page.follows": str(page_size)}.items():
            await call_async(operator, "setting_set", p_name=name, p_value=value)
        await call_async(operator, "specified_users_set", p_stable_key="all", p_user_ids=near(world))
        for kind, params in roots(world):
            await call_async(operator, "root_enable", p_kind=kind, p_params=params)
        await driver.run_until_idle(until=world.start + WEEK + timedelta(hours=1))
    chronicle.past.advance_to(clock.now)
    return chronicle


def roots(world: World) -> Iterable[tuple[str, dict[str, str]]]:
    yield "segment_specified_users", {"stable_key": "all"}
    for user in world.focus:
        yield "segment_mutuals", {"subject_id": str(user)}


def near(world: World) -> list[int]:
    """Whoever is in one of the lists as the week begins."""
    lists = [owned.get(user, {}) for owned in (world.followers, world.following) for user in world.focus]
    return sorted({*world.focus, *(user for each in lists for user in each)})


def cycles(rows: Iterable[HandleRow]) -> set[int]:
    """Among how many users handles went round at one moment: 2 is a swap, 3 a rotation."""
    passed = {(at, old): new for _, old, new, at in rows if old is not None and new is not None}
    found = set()
    for at, first in passed:
        handle, length = passed[at, first], 1
        while handle != first and (at, handle) in passed and length < len(passed):
            handle, length = passed[at, handle], length + 1
        if handle == first:
            found.add(length)
    return found


def changes_case(row: HandleRow) -> bool:
    _, old, new, _ = row
    return old is not None and new is not None and old.lower() == new.lower()


@pytest.mark.parametrize(
    ("users", "seed", "page_size"), [(160, 1, 1_000), (500, 5, 40)], ids=["one page", "small pages"]
)
async def test_a_week_ends_with_the_history_states_and_edges_of_the_worlds_own_log(
    clocked_database: Database, users: int, seed: int, page_size: int
) -> None:
    world = seeded_world(users, seed)
    world.focus = world.most_followed(2)
    seen = await live_a_week(clocked_database, world, page_size)

    with clocked_database.connect() as owner:

        def same(rows: Iterable[tuple[Any, ...]], statement: str) -> bool:
            return sorted(rows, key=repr) == sorted(owner.execute(statement.encode()).fetchall(), key=repr)

        assert same(
            seen.handle_rows, "select user_id, old_handle, new_handle, changed_at from graph.handle_changes"
        ), "G3: every transition that could be seen is one row of history, and nothing else is"
        assert same(
            seen.state_rows,
            "select user_id, change, changed_at from graph.user_changes"
            " where change in ('removed', 'revived')",
        ), "G4: users go and come back"
        assert same(
            seen.follow_rows, "select target_id, follower_id, change, changed_at from graph.follow_changes"
        ), "G4: follows end and are taken up again"
        assert same(seen.handles.items(), "select user_id, handle from graph.users")
        assert same(seen.states.items(), "select user_id, gone_reason from graph.users")
        assert same(
            [(*edge, alive) for edge, alive in seen.follows.items()],
            "select target_id, follower_id, deleted_at is null from graph.follows",
        )
    for user in world.focus:
        alive = {fan for (target, fan), is_alive in seen.follows.items() if is_alive and target == user}
        assert alive == truth.followers(world, user), "the last look was at a world that stood still"
    expect_a_full_week(seen, has_losses=page_size < 1_000)


def expect_a_full_week(seen: Chronicle, *, has_losses: bool) -> None:
    """Whatever this test is about has happened, and was seen."""
    assert {2, 3} <= cycles(seen.handle_rows)
    assert any(changes_case(row) for row in seen.handle_rows)
    assert any(new is None for _, _, new, _ in seen.handle_rows) or not has_losses
    assert {"removed", "revived"} == {change for _, change, _ in seen.state_rows}
    assert {"added", "removed", "revived"} == {change for _, _, change, _ in seen.follow_rows}
