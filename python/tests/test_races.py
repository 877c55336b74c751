"""Eight workers, two operators and a webhook at once: it ends as X has it, and nobody waits for ever."""

from __future__ import annotations

import pytest

from conftest import wanted_server
from races.race import run
from races.stage import staged

SECONDS, SEED = 5.0, 1


@pytest.mark.db
async def test_eight_workers_at_once_end_at_the_truth_without_a_deadlock(
    request: pytest.FixtureRequest,
) -> None:
    with wanted_server(request.config) as server, staged(server, SEED) as stage:
        report = await run(stage, SECONDS, processes=2, drivers=4)
        assert report.wrong == [], report
        assert report.done["materializations"] > 50, report
