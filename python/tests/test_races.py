"""Eight workers, two operators and a webhook at once: it ends as X has it, and nobody waits for ever."""

from __future__ import annotations

import pytest

from conftest import wanted_server
from races.race import run
from races.stage import staged, unasked_errors

SECONDS, SEED = 5.0, 1


@pytest.mark.db
async def test_eight_workers_at_once_end_at_the_truth_without_a_deadlock(
    request: pytest.FixtureRequest,
) -> None:
    with wanted_server(request.config) as server, staged(server, SEED) as stage:
        report = await run(stage, SECONDS, processes=2, drivers=4)
        assert report.wrong == [], report
        assert report.done["materializations"] > 50, report


def test_what_a_client_asked_for_is_no_error_and_a_deadlock_is() -> None:
    log = """
2026-11-23 23:59:14.869 UTC [1] RK005 rookery ERROR:  that is no enabled root
2026-11-23 23:59:14.870 UTC [2] 08006 rookery worker FATAL:  connection to client lost
2026-11-23 23:59:14.871 UTC [3] 00000 rookery worker LOG:  statement: select 'ERROR'
2026-11-23 23:59:14.872 UTC [4] 40P01 rookery worker ERROR:  deadlock detected
"""
    assert unasked_errors(log) == ["[4] 40P01 rookery worker ERROR:  deadlock detected"]
