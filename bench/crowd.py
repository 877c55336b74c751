"""A simulated X of a few accounts with followers who come and go: answers in process, bills what it shows."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from app.simulator import Bill, Limits, World, parameters
from app.simulator.answers import Request, users_by_ids
from app.simulator.cursors import NEWEST, read_cursor, write_cursor
from app.simulator.pages import follows_page
from app.simulator.shapes import user_object
from app.simulator.snowflakes import user_id_of, user_made_ms
from app.simulator.world import Account

DAY = timedelta(days=1)
_SEED = 20_260_601
_HIDDEN_EVERY = 100
_LIST_NUMBER = 1


@dataclass
class Crowd:
    """`subjects` accounts with `followers` each, of whom X hides one in a hundred; nobody follows two.

    Each day so many new ones come, and so many go, spread over the day.
    """

    subjects: int
    followers: int
    new_a_day: int
    lost_a_day: int
    world: World = field(default_factory=lambda: World(_SEED))
    bill: Bill = field(default_factory=Bill)
    subject_ids: list[int] = field(default_factory=list)
    _limits: Limits = field(default_factory=Limits)
    _texts: dict[int, str] = field(default_factory=dict)
    _rng: random.Random = field(default_factory=lambda: random.Random(_SEED))
    _planned_until: datetime = field(init=False)
    _ahead: list[tuple[datetime, Literal["follow", "unfollow"], int, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._planned_until = self.world.start
        self.subject_ids = [self._settle().id for _ in range(self.subjects)]
        for subject_id in self.subject_ids:
            for number in range(self.followers):
                fan = self._settle()
                if number % _HIDDEN_EVERY == 0:
                    fan.state = "suspended"
                self.world.link(fan.id, subject_id)

    def advance_to(self, moment: datetime) -> None:
        """Let happen whatever happens up to a moment."""
        while self._planned_until < moment:
            self._plan_day()
        while self._ahead and self._ahead[-1][0] <= moment:
            at, what, fan_id, subject_id = self._ahead.pop()
            if what == "follow":
                self.world.follow(at, fan_id, subject_id)
            else:
                self.world.unfollow(at, fan_id, subject_id)

    def answer(
        self, now: datetime, path: str, query: Mapping[str, str | int]
    ) -> tuple[int, dict[str, str], str]:
        """Status, headers and body of the answer to one request; who is shown is billed."""
        asked = {name: str(value) for name, value in query.items()}
        allowed, headers = self._limits.spend("users" if path == "/2/users" else "followers", now)
        if not allowed:
            return 429, headers, "{}"
        if path != "/2/users":
            return 200, headers, self._followers(now, int(path.split("/")[3]), asked)
        found = users_by_ids(Request(self.world, "both", "", asked, None, now))
        for kind, ids in found.charges:
            self.bill.add(kind, ids, now)
        return 200, headers, json.dumps(found.body)

    def _followers(self, now: datetime, subject_id: int, query: Mapping[str, str]) -> str:
        """As the simulated X has it, but for profiles that are written once: they do not change here."""
        asked = parameters.read_asked(query, parameters.ON_LISTS, "both", about_posts=False)
        size = parameters.read_max_results(query, 1, 1000, 100)
        token = query.get("pagination_token")
        before = NEWEST if token is None else read_cursor(_SEED, _LIST_NUMBER, subject_id, token)
        page = follows_page(self.world, self.world.followers[subject_id], before, size)
        self.bill.add("follow", page.items, now)
        for fan_id in page.items:
            if fan_id not in self._texts:
                shown = user_object(self.world, self.world.accounts[fan_id], asked)
                self._texts[fan_id] = json.dumps(shown)
        meta: dict[str, object] = {"result_count": len(page.items)}
        if page.next_before is not None:
            meta["next_token"] = write_cursor(_SEED, _LIST_NUMBER, subject_id, page.next_before)
        data = ",".join(self._texts[fan_id] for fan_id in page.items)
        return f'{{"data":[{data}],"meta":{json.dumps(meta)}}}' if page.items else json.dumps({"meta": meta})

    def _plan_day(self) -> None:
        midnight, self._planned_until = self._planned_until, self._planned_until + DAY
        for subject_id in self.subject_ids:
            fans = [fan for fan in self.world.followers[subject_id] if self.world.visible(fan)]
            for fan_id in self._rng.sample(fans, min(self.lost_a_day, len(fans))):
                self._ahead.append((self._some_time(midnight), "unfollow", fan_id, subject_id))
            for _ in range(self.new_a_day):
                self._ahead.append((self._some_time(midnight), "follow", self._settle().id, subject_id))
        self._ahead.sort(reverse=True)

    def _some_time(self, midnight: datetime) -> datetime:
        return midnight + DAY * self._rng.random()

    def _settle(self) -> Account:
        index = len(self.world.by_index)
        user_id = user_id_of(index)
        account = Account(user_id, index, f"user_{index}", f"User {index}", user_made_ms(user_id))
        self.world.add(account)
        return account
