"""A few of the boundaries at which worker and server may die: the sync goes on, and buys nothing in vain.

`make prove-crashes` goes through all of them.
"""

from __future__ import annotations

import pytest

from conftest import wanted_server
from crashes.boundaries import Boundary, Strike, name_of, read_strike
from crashes.house import furnish
from crashes.prove import census, handful, outcome_of
from crashes.worker import nursery

SEED = 1


@pytest.mark.db
async def test_whoever_dies_at_a_boundary_of_a_statement_the_sync_goes_on_by_itself(
    request: pytest.FixtureRequest,
) -> None:
    with wanted_server(request.config) as server:
        house = furnish(server)
        async with nursery() as worker:
            boundaries = await census(house, worker)
            assert {"connect", "listen", "engine_tick", "engine_response", "engine_release"} <= {
                each.statement for each in boundaries
            }
            for strikes in handful(boundaries, SEED):
                outcome = await outcome_of(house, worker, strikes)
                assert outcome.broken is None, outcome
                assert outcome.hit_count, f"no {strikes[0].at} came"


def test_a_strike_is_read_as_it_is_printed() -> None:
    strike = Strike(Boundary("engine_tick", 7, "done"), "both")
    assert str(strike) == "engine_tick:7:done:both"
    assert read_strike(str(strike)) == strike
    with pytest.raises(ValueError, match="is no strike"):
        read_strike("engine_tick:7:later:worker")


def test_a_statement_is_called_by_the_function_that_it_calls() -> None:
    assert name_of(b'select * from "api"."engine_tick"("p_worker" => $1)\0') == "engine_tick"
    assert name_of(b'listen "rookery_wake"\0') == "listen"
