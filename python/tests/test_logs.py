"""Log lines: JSON away from a terminal, on stderr, with nothing below the level."""

from __future__ import annotations

import json

import pytest

from app.logs import configure, get_logger


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
