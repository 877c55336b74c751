"""What happens in the world on each day, told by the seed and the world as the day begins."""

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from app.simulator.build import unused_handle
from app.simulator.world import World

DAY = timedelta(days=1)
FIRST_HOUR, LAST_HOUR = 0.5, 20.0
Action = Callable[[datetime], object]


class Days:
    """Lets a world live: asked to go to a moment, applies all that happens until then.

    Everything happens between 00:30 and 20:00 of a day, so each day ends with the world standing still. The
    world's `focus` users see the most of it, and are never suspended or deactivated themselves.
    """

    def __init__(self, world: World) -> None:
        self.world = world
        self._planned = 0
        self._ahead: list[tuple[datetime, int, Action]] = []

    @property
    def day(self) -> int:
        """The number of whole days that the world has lived."""
        return (self.world.moment - self.world.start) // DAY

    def advance_day(self, count: int = 1) -> None:
        """Live to the end of the current day, and of `count - 1` more."""
        self.advance_to(self.world.start + (self.day + count) * DAY)

    def advance_to(self, moment: datetime) -> None:
        """Live up to `moment`; a moment in the past changes nothing."""
        while self.world.start + self._planned * DAY < moment:
            self._apply(self.world.start + self._planned * DAY)
            self._ahead = _Plan(self.world, self._planned).events()
            self._planned += 1
        self._apply(moment)
        self.world.moment = max(self.world.moment, moment)

    def _apply(self, moment: datetime) -> None:
        due = 0
        while due < len(self._ahead) and self._ahead[due][0] <= moment:
            at, _, action = self._ahead[due]
            action(at)
            due += 1
        del self._ahead[:due]


class _Plan:
    def __init__(self, world: World, day: int) -> None:
        self.world, self.day = world, day
        self.rng = random.Random(f"{world.seed}/day/{day}")
        self.midnight = world.start + day * DAY
        self.focus = world.focus or world.most_followed(3)
        self.everyone = list(world.accounts)
        self.near = self._neighbours()
        self.planned: list[tuple[datetime, int, Action]] = []

    def events(self) -> list[tuple[datetime, int, Action]]:
        for subject_id in self.focus:
            self._churn_followers(subject_id)
            self._churn_following(subject_id)
        self._churn_elsewhere()
        self._posts()
        self._handles()
        self._states()
        return sorted(self.planned, key=lambda event: event[:2])

    def _at(self, action: Action, earliest: float = FIRST_HOUR) -> float:
        hour = self.rng.uniform(earliest, LAST_HOUR)
        self.planned.append((self.midnight + timedelta(hours=hour), len(self.planned), action))
        return hour

    def _some(self, pool: list[int], wanted: int) -> list[int]:
        return self.rng.sample(pool, min(wanted, len(pool)))

    def _neighbours(self) -> list[int]:
        near: dict[int, None] = {}
        for subject_id in self.focus:
            near.update(dict.fromkeys(self.world.followers.get(subject_id, {})))
            near.update(dict.fromkeys(self.world.following.get(subject_id, {})))
        return [user_id for user_id in near if self.world.visible(user_id)]

    def _churn_followers(self, subject_id: int) -> None:
        fans = list(self.world.followers.get(subject_id, {}))
        for user_id in self._some(self.everyone, 2 + len(fans) // 100):
            self._at(partial(_follow, self.world, user_id, subject_id))
        for user_id in self._some(fans, 1 + len(fans) // 150):
            hour = self._at(partial(_unfollow, self.world, user_id, subject_id))
            if self.rng.random() < 0.2:
                self._at(partial(_follow, self.world, user_id, subject_id), earliest=hour)
        lost = [
            entry.user_id
            for entry in self.world.log
            if entry.what == "unfollow" and entry.other_id == subject_id
        ]
        for user_id in self._some(lost, 1 + len(lost) // 4):
            self._at(partial(_follow, self.world, user_id, subject_id))

    def _churn_following(self, subject_id: int) -> None:
        followed = list(self.world.following.get(subject_id, {}))
        fans = list(self.world.followers.get(subject_id, {}))
        strangers = self._some(self.everyone, 1 + len(followed) // 200)
        for user_id in [*strangers, *self._some(fans, 1 + len(fans) // 150)]:
            self._at(partial(_follow, self.world, subject_id, user_id))
        for user_id in self._some(followed, 1 + len(followed) // 150):
            self._at(partial(_unfollow, self.world, subject_id, user_id))

    def _churn_elsewhere(self) -> None:
        for user_id in self._some(self.everyone, min(200, 1 + self.world.sequence // 500)):
            followed = list(self.world.following.get(user_id, {}))
            if followed and self.rng.random() < 0.4:
                self._at(partial(_unfollow, self.world, user_id, self.rng.choice(followed)))
            else:
                self._at(partial(_follow, self.world, user_id, self.rng.choice(self.everyone)))

    def _posts(self) -> None:
        authors = self._some(self.near, min(400, 3 + len(self.near) // 10))
        for user_id in [*authors, *self._some(self.everyone, 5)]:
            for _ in range(self.rng.choice((1, 1, 1, 2, 4))):
                self._at(partial(_publish, self.world, user_id))
        for user_id in self._some(self.near, min(60, 2 + len(self.near) // 40)):
            oldest = self.rng.random() < 0.25
            self._at(partial(_delete, self.world, user_id, 0.0 if oldest else self.rng.random()))

    def _handles(self) -> None:
        for user_id in self._some(self.near, min(20, 1 + len(self.near) // 200)):
            self._at(partial(_rename, self.world, user_id, self.day))
        for user_id in self._some(self.near, 1):
            self._at(partial(_change_case, self.world, user_id))
        pair = self._some(self.near, 2)
        if len(pair) == 2:
            self._at(partial(_rotate, self.world, pair))
        three = self._some(self.near, 3)
        if len(three) == 3 and self.day % 2 == 0:
            self._at(partial(_rotate, self.world, three))
        heirs = self._some(self.near, 2)
        if len(heirs) == 2 and self.day % 3 == 1:
            self._at(partial(_inherit, self.world, heirs[0], heirs[1], self.day))

    def _states(self) -> None:
        spared = set(self.focus)
        pool = [user_id for user_id in self.near if user_id not in spared]
        unlucky = self._some(pool, min(20, 2 + 2 * (len(pool) // 400)) if len(pool) > 9 else 0)
        for number, user_id in enumerate(unlucky):
            state = partial(self.world.set_state, user_id=user_id)
            self._at(partial(state, state="suspended" if number % 2 == 0 else "deactivated"))
        for account in self.world.away():
            if self.rng.random() < 0.3:
                self._at(partial(self.world.set_state, user_id=account.id, state="active"))


def _follow(world: World, follower_id: int, followed_id: int, at: datetime) -> None:
    world.follow(at, follower_id, followed_id)


def _unfollow(world: World, follower_id: int, followed_id: int, at: datetime) -> None:
    world.unfollow(at, follower_id, followed_id)


def _publish(world: World, user_id: int, at: datetime) -> None:
    world.publish(at, user_id)


def _delete(world: World, user_id: int, share: float, at: datetime) -> None:
    world.delete(at, user_id, int(share * len(world.posts(user_id))))


def _rename(world: World, user_id: int, day: int, at: datetime) -> None:
    world.set_handles(at, {user_id: unused_handle(world, user_id, day + 1)})


def _change_case(world: World, user_id: int, at: datetime) -> None:
    world.set_handles(at, {user_id: world.accounts[user_id].handle.swapcase()})


def _rotate(world: World, users: list[int], at: datetime) -> None:
    handles = [world.accounts[user_id].handle for user_id in users]
    world.set_handles(at, dict(zip(users, [*handles[1:], handles[0]], strict=True)))


def _inherit(world: World, user_id: int, heir_id: int, day: int, at: datetime) -> None:
    left = world.accounts[user_id].handle
    world.set_handles(at, {user_id: unused_handle(world, user_id, day + 1), heir_id: left})
