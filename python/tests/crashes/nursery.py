"""Has imported all that a worker needs, and forks one for each line that it reads: as real, and sooner there.

A line is the worker's environment, as JSON. It answers with the worker's process id, and once that has ended
with its exit status: below zero the signal that killed it. One worker lives at a time.
"""

from __future__ import annotations

import json
import os
import sys
from importlib import import_module

_WARM = ("app.cli", "app.cli.schema", "app.driver.service", "app.logs", "app.settings", "app.tracing")


def main() -> None:
    """Fork until there is nothing more to read."""
    for module in _WARM:
        import_module(module)
    for line in sys.stdin:
        worker = os.fork()
        if worker == 0:
            _work(json.loads(line))
        print(worker, flush=True)
        _, status = os.waitpid(worker, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


def _work(environment: dict[str, str]) -> None:
    """What the command `rookery worker` does; this process never returns from it."""
    status: object = 70
    try:
        os.dup2(os.open(os.devnull, os.O_RDONLY), sys.stdin.fileno())
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
        os.environ.update(environment)
        sys.argv = ["rookery", "worker"]
        import_module("app.cli").main()
    except SystemExit as end:
        status = 0 if end.code is None else end.code
    finally:
        os._exit(status if isinstance(status, int) else 1)


if __name__ == "__main__":
    main()
