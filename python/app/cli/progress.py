"""How far long work is: a bar on stderr for whoever watches a terminal, nothing at all for anybody else."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

Count = Callable[[int], None]


@contextmanager
def counted(what: str, expected: int | None, *, to_stdout: bool = False) -> Iterator[Count]:
    """Gives what is called with each further number of things done, of `expected` ones if that is known.

    `to_stdout`: what is done is written there meanwhile, so that on a terminal a bar would stand in its way.
    """
    if not sys.stderr.isatty() or (to_stdout and sys.stdout.isatty()):
        yield lambda _: None
        return
    columns = (TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=expected)
        yield lambda done: bar.advance(task, done)
