"""Histories: random lives of the engine, held against the model of the rules after every statement."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from conftest import fresh_database
from histories import generate
from histories.engine import Engine, engine, prepare
from histories.history import History
from histories.operations import Operation
from histories.prove import do, explain, play, replay
from histories.shrink import shrink
from throwaway import Throwaway, deploy_into
from throwaway import server as throwaway_server

HISTORIES = 200
PIECE = 10


@pytest.fixture(scope="module")
def prepared(server: Throwaway, clocked_template: str) -> Iterator[str]:
    """The URL of a database that can begin anew."""
    with fresh_database(server, clocked_template) as found:
        prepare(found.url())
        yield found.url()


@pytest.fixture(scope="module")
def played(prepared: str) -> Iterator[Engine]:
    """An engine that begins anew with every history."""
    with engine(prepared) as ready:
        yield ready


@pytest.mark.parametrize("piece", range(HISTORIES // PIECE))
def test_every_rule_holds_in_every_history(played: Engine, server: Throwaway, piece: int) -> None:
    first = int(server.version) * 1000 + piece * PIECE
    for seed in range(first, first + PIECE):
        outcome = replay(played, seed)
        assert outcome.broken is None, explain(played, outcome)


def test_the_same_seed_leads_to_the_same_state_whatever_the_plans(prepared: str, played: Engine) -> None:
    with engine(prepared, plans="force_custom_plan") as planning_anew:
        anew = [replay(planning_anew, seed) for seed in range(3)]
    assert [replay(played, seed) for seed in range(3)] == anew


def test_every_version_of_postgresql_comes_to_the_same_state(played: Engine, server: Throwaway) -> None:
    if server.version == "18":
        pytest.skip("15 has compared itself with it")
    with throwaway_server("18") as other:
        deploy_into(other.url(), clocked=True)
        prepare(other.url())
        with engine(other.url()) as on_18:
            assert [replay(played, seed) for seed in range(3)] == [replay(on_18, seed) for seed in range(3)]


def test_a_history_is_one_whatever_is_left_out(played: Engine) -> None:
    operations = generate.operations(5)
    for left_out in range(3):
        outcome = play(played, 5, [o for place, o in enumerate(operations) if place % 3 != left_out])
        assert outcome.broken is None, outcome.broken


def test_a_run_that_is_widened_while_its_page_is_out_reads_from_the_top(played: Engine) -> None:
    history, read = History(played, 1, generate.settings(1)), [Operation("tick", 0, 3), Operation("answers")]
    widened = [Operation("enable"), *read * 4, Operation("advance", 10), *read, Operation("tick", 0, 3)]
    for operation in [*widened, Operation("request"), *read * 3]:
        do(history, operation)
    assert any(len(run.reads) > 1 for run in history.judge.ingest.runs.values())


def test_what_breaks_is_shrunk_to_what_it_takes() -> None:
    operations = [Operation("tick", place, place, place) for place in range(60)]

    def breaks(tried: list[Operation]) -> bool:
        return {17, 43} <= {operation.a for operation in tried}

    assert shrink(operations, breaks, seconds=10) == [Operation("tick", 17), Operation("tick", 43)]
