"""Where the conversation of worker and database can break: before, while and after a statement is done."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, get_args

Side = Literal["asked", "sent", "done"]
"""`asked`: nothing of it has reached the server. `sent`: it has. `done`: and the worker is not told so."""

Victim = Literal["worker", "postgres", "both"]
SIDES: tuple[Side, ...] = get_args(Side)
VICTIMS: tuple[Victim, ...] = get_args(Victim)

_OUR_FUNCTION = re.compile(rb'"(?:api|pg_catalog)"\."(\w+)"')


@dataclass(frozen=True, order=True)
class Boundary:
    """One side of the `number`-th of the statements of that name, counted from 1."""

    statement: str
    number: int
    side: Side

    def __str__(self) -> str:
        return f"{self.statement}:{self.number}:{self.side}"


@dataclass(frozen=True, order=True)
class Strike:
    """Who dies at which boundary."""

    at: Boundary
    victim: Victim

    def __str__(self) -> str:
        return f"{self.at}:{self.victim}"


def read_strike(text: str) -> Strike:
    """A strike as it is printed: engine_tick:7:done:worker. ValueError for anything else."""
    statement, number, side, victim = text.split(":")
    if side not in SIDES or victim not in VICTIMS:
        raise ValueError(f"{text!r} is no strike: SIDE is one of {SIDES}, VICTIM one of {VICTIMS}")
    return Strike(Boundary(statement, int(number), side), victim)


def name_of(statement: bytes) -> str:
    """What a statement is called: the function that it calls, else its first word."""
    found = _OUR_FUNCTION.search(statement)
    return (found[1] if found else statement.strip(b"\0").split()[0]).decode()
