"""`python -m crashes` strikes a full sync at every boundary, and some twice; or just where it is told to."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import time
from contextlib import ExitStack

from crashes.boundaries import read_strike
from crashes.house import House, furnish
from crashes.prove import Outcome, Strikes, census, outcome_of, pairs, singles
from crashes.worker import nursery
from throwaway import VERSIONS, server

# No two lives have just as many ticks.
_CENSUS = 3


def main() -> int:
    """Run what the command line asks for; 0 if no rule was broken."""
    parser = argparse.ArgumentParser(prog="crashes", description=__doc__)
    parser.add_argument("strikes", nargs="*", type=read_strike, metavar="STATEMENT:NUMBER:SIDE:VICTIM")
    parser.add_argument("--pairs", type=int, default=100, help="how many lives are struck twice")
    parser.add_argument("--seed", type=int, default=1, help="of these")
    parser.add_argument("--pg", choices=VERSIONS, default="15")
    asked = parser.parse_args()
    with ExitStack() as stack:
        cores = 1 if asked.strikes else min(os.cpu_count() or 1, 8)
        houses = [furnish(stack.enter_context(server(asked.pg))) for _ in range(cores)]
        if asked.strikes:
            outcomes = asyncio.run(_play_all(houses, [tuple(asked.strikes)]))
            print(f"struck {outcomes[0].hit_count} times: {outcomes[0].broken or 'nothing is broken'}")
        else:
            outcomes = asyncio.run(_prove(houses, asked.pairs, asked.seed))
    return 1 if any(outcome.broken for outcome in outcomes) else 0


async def _prove(houses: list[House], count: int, seed: int) -> list[Outcome]:
    began = time.monotonic()
    async with nursery() as worker:
        boundaries = await census(houses[0], worker, _CENSUS)
    lives = [*singles(boundaries), *pairs(boundaries, count, seed)]
    print(f"{len(boundaries)} boundaries; {len(lives)} lives, {count} of them struck twice", flush=True)
    outcomes = await _play_all(houses, lives)
    missed = sum(not outcome.hit_count for outcome in outcomes)
    twice = sum(outcome.hit_count > 1 for outcome in outcomes)
    print(
        f"{len(outcomes)} lives in {(time.monotonic() - began) / 60:.1f} minutes, {missed} not struck,"
        f" {twice} struck twice; no call was overdue for longer than"
        f" {max(outcome.overdue for outcome in outcomes):.2f} s"
    )
    return outcomes


async def _play_all(houses: list[House], lives: list[Strikes]) -> list[Outcome]:
    """Each house plays one life at a time; what is broken is told at once."""
    waiting, outcomes = lives[::-1], list[Outcome]()

    async def keep_playing(house: House) -> None:
        async with nursery() as worker:
            while waiting:
                outcomes.append(outcome := await outcome_of(house, worker, waiting.pop()))
                if outcome.broken:
                    print(outcome, flush=True)
                if len(outcomes) % 50 == 0:
                    broken = sum(outcome.broken is not None for outcome in outcomes)
                    print(f"{len(outcomes)} of {len(lives)} lives, {broken} broken", flush=True)

    async with asyncio.TaskGroup() as group:
        for house in houses:
            group.create_task(keep_playing(house))
    return outcomes


if __name__ == "__main__":
    sys.exit(main())
