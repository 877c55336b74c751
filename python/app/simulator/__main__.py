"""Runs the simulated X for people: python -m app.simulator --seed 1 --port 8080."""

import argparse
import asyncio
import sys
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

from app.simulator import (
    TOKEN,
    Days,
    Faults,
    Simulator,
    World,
    WorldFileError,
    seeded_world,
    serve,
    world_from_csv,
)


def main() -> int:
    """Serve a world until interrupted; returns the exit status."""
    options = _parser().parse_args()
    try:
        world = _world(options)
    except (WorldFileError, ValueError) as fault:
        print(f"simulator: {fault}", file=sys.stderr)
        return 2
    try:
        asyncio.run(_serve(world, options))
    except OSError as fault:
        print(f"simulator: cannot listen on port {options.port}: {fault.strerror}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        pass
    return 0


def _world(options: argparse.Namespace) -> World:
    today = datetime.combine(datetime.now(UTC).date(), time(), UTC)
    start = today - timedelta(days=options.days)
    if options.world is not None:
        return world_from_csv(options.world, options.seed, start=start)
    return seeded_world(options.users, options.seed, start=start)


async def _serve(world: World, options: argparse.Namespace) -> None:
    days = Days(world)
    days.advance_day(options.days)
    faults = Faults(options.seed, options.faults)
    simulator = Simulator(world, token=options.token, faults=faults, before_answer=days.advance_to)
    async with serve(simulator.app(), port=options.port) as url:
        subject = world.accounts[world.most_followed(1)[0]]
        print(f"{len(world.accounts)} users, {len(world.log)} happenings so far. Try:")
        print(
            f"curl -H 'Authorization: Bearer {options.token}' {url}/2/users/{subject.id}/followers",
            flush=True,
        )
        await asyncio.Event().wait()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m app.simulator", description=__doc__)
    parser.add_argument("--world", type=Path, help="a CSV of follows with the header follower,followed")
    parser.add_argument(
        "--users", type=int, default=2_000, help="users of a world from the seed (default 2000)"
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--days", type=int, default=0, help="days that the world has lived already")
    parser.add_argument("--port", type=int, default=8080, help="0 is any free port")
    parser.add_argument("--token", default=TOKEN, help="the bearer token to ask for")
    parser.add_argument("--faults", type=float, default=0.0, help="share of requests that go wrong, 0 to 1")
    return parser


if __name__ == "__main__":
    sys.exit(main())
