"""What the benchmarks keep of their runs, and the page that they draw of it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from bench import draw, record
from bench.record import About
from bench.result import Comparison, Measure, Plot, Result

from page_world import PHONE, WIDE, chromium, hindrances

CASES = ["page_new", "idle_tick", "spend"]
ABOUT = About("15.8", {"fsync": "on"}, 1.0, "abc1234", "2026-01-02T03:04:05+00:00", 12.5, "2 cores")
NEW = Result(
    "page_new",
    [Comparison("from empty", "ms/page", [60, 66, 63], [30, 33, 30], 2.0)],
    "Three indexes <of users>.",
    [Measure("WAL of a page", 12_345.6, "bytes", 10_000)],
)
IDLE = Result(
    "idle_tick",
    [Comparison("among 1,000", "ms/tick", [1.0, 1.1, 1.2, 1.0], [1.0, 1.0, 1.0, 1.1], 1.5)],
    "A probe for each queue.",
    plots=[Plot("By size", "assets", "ms", {"ours": [(100, 1.0), (100_000, 1.2)]}, by_powers=True)],
)
PARTS = [
    {"day": day, "ticks": 25_000, "median_ms": 1.0, "p99_ms": 4.0, "dead": 0, "bytes": 2**27}
    | {"level_bytes": 2**24, "has_snapshot": day == 20}
    for day in (10, 20, 30)
]


@pytest.fixture
def results(tmp_path: Path) -> Path:
    path = tmp_path / "results.json"
    for result in (IDLE, NEW):
        record.keep(path, "What is compared.", result, ABOUT, CASES)
    return path


def test_a_run_takes_the_place_of_the_last_of_its_name_and_of_no_other(results: Path) -> None:
    again = Result("page_new", [Comparison("from empty", "ms/page", [90], [30], 2.0)], "")
    record.keep(results, "Another title.", again, ABOUT, CASES)
    found = record.read(results)
    assert list(found) == ["page_new", "idle_tick"], "in the order in which they are run"
    assert (found["page_new"]["title"], found["page_new"]["ok"]) == ("Another title.", False)
    assert found["idle_tick"]["comparisons"][0]["samples"]["ours"] == [1.0, 1.1, 1.2, 1.0]
    assert found["idle_tick"]["about"]["commit"] == "abc1234"


def test_what_is_not_a_benchmark_any_more_is_forgotten(results: Path) -> None:
    record.keep(results, "", IDLE, ABOUT, ["idle_tick"])
    assert list(record.read(results)) == ["idle_tick"]


def test_results_of_another_shape_are_none(tmp_path: Path) -> None:
    path = tmp_path / "results.json"
    assert record.read(path) == {}
    path.write_text('[{"name": "page_new"}]', encoding="utf-8")
    assert record.read(path) == {}


def test_a_result_is_well_when_each_goal_is_met() -> None:
    assert NEW.comparisons[0].ratio == 2.1
    assert not NEW.ok
    assert IDLE.ok


def test_the_page_needs_no_other_file_and_says_what_was_missed(results: Path) -> None:
    written = draw.draw(results).read_text(encoding="utf-8")
    assert not re.search(r"<script|<link|src=|https?://|@import", written)
    assert "2 goals missed" in written
    assert "within its goals" in written
    assert "Three indexes &lt;of users&gt;." in written


def test_a_page_of_nothing_says_how_to_measure(tmp_path: Path) -> None:
    assert "make bench" in draw.draw(tmp_path / "results.json").read_text(encoding="utf-8")


def test_the_page_can_be_read_by_everybody_on_a_phone_and_in_the_dark(results: Path) -> None:
    results.with_name("endure.json").write_text(json.dumps(PARTS), encoding="utf-8")
    page_url = draw.draw(results).as_uri()
    with chromium() as browser:
        for (width, height), scheme in ((WIDE, "light"), (PHONE, "dark")):
            page = browser.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)  # type: ignore[arg-type]
            page.goto(page_url)
            assert page.evaluate("document.documentElement.scrollWidth") == width
            assert page.locator("#endured svg.chart").count() == 3
            assert hindrances(page) == []
