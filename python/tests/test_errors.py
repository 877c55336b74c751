"""The one place that turns faults of the database into exceptions and statuses."""

from __future__ import annotations

import pytest

from app.errors import HTTP_STATUS_BY_CODE, OperatorMistake, RookeryError
from conftest import Database


def test_a_line_is_one_line_with_the_way_out() -> None:
    fault = RookeryError("no such\n  thing", hint="make one\nfirst")
    assert fault.line() == "no such thing; make one first"
    assert RookeryError("alone").line() == "alone"


@pytest.mark.parametrize("kind", [OperatorMistake])
def test_an_operators_mistake_exits_with_2_and_any_other_fault_with_1(kind: type[RookeryError]) -> None:
    assert kind.exit_status == 2
    assert RookeryError.exit_status == 1


def test_http_statuses_are_those_of_the_registry_in_the_database(database: Database) -> None:
    with database.connect() as connection:
        rows = connection.execute("select code, http_status from base.error_codes").fetchall()
    registry: dict[str, int] = dict(rows)
    assert registry
    known = {code: HTTP_STATUS_BY_CODE.get(code, OperatorMistake.http_status) for code in registry}
    assert known == registry
    assert set(HTTP_STATUS_BY_CODE) <= set(registry)
