"""Log lines: JSON away from a terminal, on stderr, with nothing below the level."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from app.logs import Bound, configure, get_logger


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    """Logging as it was, for it was set up to write where this test alone looks."""
    handlers = list(logging.getLogger().handlers)
    yield
    structlog.reset_defaults()
    logging.getLogger().handlers = handlers


def test_lines_are_json_on_stderr_with_level_time_and_context(capsys: pytest.CaptureFixture[str]) -> None:
    configure("info", "json")
    log = get_logger(worker="w1")
    log.debug("not shown")
    log.info("tick", calls=2)
    shown = capsys.readouterr()
    assert shown.out == ""
    line = json.loads(shown.err)
    assert (line["event"], line["level"], line["worker"], line["calls"]) == ("tick", "info", "w1", 2)
    assert line["timestamp"].endswith("Z")


def test_an_exception_stays_on_its_line(capsys: pytest.CaptureFixture[str]) -> None:
    configure("info", "json")
    try:
        raise ValueError("no good")
    except ValueError:
        get_logger().exception("failed")
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1
    assert "no good" in json.loads(lines[0])["exception"]


def test_an_exception_on_a_terminal_shows_no_variables(capsys: pytest.CaptureFixture[str]) -> None:
    configure("info", "console")
    token = "s3cret"
    try:
        raise ValueError(f"a token of {len(token)} letters")
    except ValueError:
        get_logger().exception("failed")
    shown = capsys.readouterr().err
    assert "a token of 6 letters" in shown
    assert token not in shown


def test_a_library_logs_lines_of_the_same_form(capsys: pytest.CaptureFixture[str]) -> None:
    configure("info", "json")
    logging.getLogger("psycopg.pool").warning("error connecting in %s", "pool-1")
    logging.getLogger("httpx").info("GET https://x.example/?cursor=abc")
    (shown,) = capsys.readouterr().err.splitlines()
    line = json.loads(shown)
    assert (line["event"], line["level"], line["logger"]) == (
        "error connecting in pool-1",
        "warning",
        "psycopg.pool",
    )


def test_a_storm_of_failures_is_counted_and_not_told_line_by_line() -> None:
    now = 0.0
    bound = Bound(most=2, clock=lambda: now)

    def told(event: str) -> dict[str, object] | None:
        try:
            return dict(bound(None, "error", {"event": event, "level": "error"}))
        except structlog.DropEvent:
            return None

    assert [told("lost") is not None for _ in range(5)] == [True, True, False, False, False]
    assert told("another") == {"event": "another", "level": "error"}
    now = 1.0
    assert told("lost") == {"event": "lost", "level": "error", "unsaid": 3}
    assert told("lost") == {"event": "lost", "level": "error"}
