"""Plays lives: one that nobody strikes tells where the boundaries are, the others are struck there."""

from __future__ import annotations

import random
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import product

from app.errors import RookeryError
from crashes.boundaries import VICTIMS, Boundary, Strike
from crashes.house import House
from crashes.judge import Slow, judge
from crashes.life import Broken, play
from crashes.worker import Worker

# A machine that is too busy says nothing: the same is tried again, so often.
_TRIES = 5
# A life after a strike has fewer statements than one from the beginning.
_SECOND_LIFE = 6

Strikes = tuple[Strike, ...]


@dataclass(frozen=True)
class Outcome:
    """How a life ended: how many of its strikes hit, how long calls were overdue at most, what was broken."""

    strikes: Strikes
    hit_count: int = 0
    overdue: float = 0.0
    broken: str | None = None

    def __str__(self) -> str:
        strikes = " ".join(map(str, self.strikes))
        return (
            f"{strikes}: {self.broken or 'nothing is broken'}; again: make prove-crashes STRIKES='{strikes}'"
        )


async def census(house: House, worker: Worker, count: int = 1) -> list[Boundary]:
    """Every boundary of some lives that nobody strikes, which are judged like the others."""
    found, left = set[Boundary](), count
    for _ in range(count + _TRIES):
        async with play(house, worker) as life:
            with suppress(Slow):
                judge(life)
                found.update(life.passed)
                left -= 1
        if left == 0:
            return sorted(found)
    raise Broken("the machine is too slow: leases run out before their calls are answered")


async def outcome_of(house: House, worker: Worker, strikes: Strikes) -> Outcome:
    """Live a life with these strikes, and judge it."""
    outcome = Outcome(strikes, broken="the machine is too slow")
    for _ in range(_TRIES):
        try:
            async with play(house, worker, strikes) as life:
                outcome = Outcome(strikes, len(life.struck), judge(life))
        except Slow:
            continue
        except (Broken, RookeryError) as fault:
            return Outcome(strikes, broken=str(fault))
        # A tick more or less is a matter of moments: a boundary may be missed.
        if outcome.hit_count:
            break
    return outcome


def singles(boundaries: Sequence[Boundary]) -> list[Strikes]:
    """Every victim at every boundary."""
    return [(Strike(at, victim),) for at, victim in product(boundaries, VICTIMS)]


def pairs(boundaries: Sequence[Boundary], count: int, seed: int) -> list[Strikes]:
    """So many lives that are struck once anywhere, and once more while they recover."""
    chance = random.Random(seed)
    early = [each for each in boundaries if each.number <= _SECOND_LIFE]
    return [
        tuple(Strike(chance.choice(some), chance.choice(VICTIMS)) for some in (boundaries, early))
        for _ in range(count)
    ]


def handful(boundaries: Sequence[Boundary], seed: int) -> list[Strikes]:
    """A few of all those, by a seed: each victim once, at a statement of each kind, and a pair."""
    chance = random.Random(seed)
    some = [
        chance.choice([each for each in boundaries if each.statement == name and each.number > 1])
        for name in ("engine_tick", "engine_response", "connect")
    ]
    victims = chance.sample(VICTIMS, len(VICTIMS))
    return [
        *((Strike(at, victim),) for at, victim in zip(some, victims, strict=True)),
        *pairs(boundaries, 1, seed),
    ]
