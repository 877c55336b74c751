"""rookery demo: a simulated X, a throwaway database and a week in seconds."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path
from typing import Annotated

import typer

from app.cli.arguments import AsJson

World = Annotated[
    Path | None,
    typer.Option("--world", metavar="FILE.csv", help="Who follows whom at first: follower,followed."),
]
Days = Annotated[int, typer.Option("--days", min=1, max=366, help="Simulated days.")]
Seed = Annotated[int, typer.Option("--seed", min=0, help="The same seed lives the same days.")]
Faults = Annotated[bool, typer.Option("--faults", help="Let the simulated X misbehave.")]
Keep = Annotated[bool, typer.Option("--keep", help="Keep the database, and say how to look at it.")]


def demo(
    context: typer.Context,
    world: World = None,
    days: Days = 7,
    seed: Seed = 1,
    faults: Faults = False,
    keep: Keep = False,
    as_json: AsJson = False,
) -> None:
    """Watch segments follow a simulated X through some days; --json prints one object and nothing else.

    Ends with status 1 if a segment is not what the simulated X would show.
    """
    from app.demo import DemoOptions, run_demo  # the simulator and its server are nobody else's burden

    chosen = DemoOptions(
        world=world,
        days=days,
        seed=seed,
        faults=faults,
        json=as_json,
        keep=keep,
        data_dir=context.find_root().obj,
    )
    # Whoever stops it, its server is stopped and its folder removed.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    report = asyncio.run(run_demo(chosen))
    if not report.equals_truth:
        raise typer.Exit(1)
