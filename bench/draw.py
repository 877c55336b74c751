"""Draws results.html from results.json, and from endure.json where there is one: it needs no other file."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bench import record, shapes
from bench.figures import said, said_ratio

FOLDER = Path(__file__).resolve().parent
MIB = 2.0**20
# Of a goal: as far as the overview shows, so that all goals stand in one place.
REACH = 1.3
MOST_TIMES_THE_FIRST = 2.0


def draw(results_path: Path) -> Path:
    """Write the page beside the results; returns where it is."""
    environment = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    environment.filters.update(_filters())
    benchmarks = record.read(results_path)
    written = environment.get_template("page.html").render(
        benchmarks=[_prepared(name, entry) for name, entry in benchmarks.items()],
        endured=_endured(results_path.with_name("endure.json")),
    )
    target = results_path.with_suffix(".html")
    target.write_text(written, encoding="utf-8")
    return target


def _filters() -> dict[str, Any]:
    return {
        "said": said,
        "ratio": said_ratio,
        "words": lambda name: name.replace("_", " "),
        "day": lambda moment: f"{datetime.fromisoformat(moment):%-d %B %Y, %H:%M} UTC",
    }


def _prepared(name: str, entry: dict[str, Any]) -> dict[str, Any]:
    """An entry with the shapes of its plots."""
    for line in entry["comparisons"]:
        ratios = shapes.ratios_of(line["samples"]["ours"], line["samples"]["bare"])
        line["strip"] = shapes.strip(ratios, line["ratio"], line["goal"])
        line["spread"] = shapes.spread(ratios) if len(ratios) > 1 else None
        line["of_goal"] = None
        if line["goal"]:
            parts = [each / line["goal"] for each in ratios]
            line["of_goal"] = shapes.strip(parts, line["ratio"] / line["goal"], 1.0, REACH)
    for plot in entry["plots"]:
        plot["chart"] = shapes.chart(plot["lines"], by_powers=plot["by_powers"])
    missed = sum(not line["ok"] for line in (*entry["comparisons"], *entry["measures"]))
    return {"name": name, "missed": missed, **entry}


def _endured(path: Path) -> dict[str, Any] | None:
    """The year's parts, and its lines."""
    try:
        parts = json.loads(path.read_text(encoding="utf-8"))
    except OSError:
        return None

    def over(*columns: tuple[str, str, float]) -> dict[str, list[tuple[float, float]]]:
        return {
            name: [(part["day"], part[column] / unit) for part in parts] for name, column, unit in columns
        }

    most = MOST_TIMES_THE_FIRST * parts[0]["p99_ms"]
    ticks = over(("99 of 100 within", "p99_ms", 1), ("half within", "median_ms", 1))
    sizes = over(("all tables", "bytes", MIB), ("of them what is cleared away", "level_bytes", MIB))
    dead = over(("dead rows", "dead", 1))
    end = parts[-1]["day"]
    starts = [0, *(part["day"] for part in parts)]
    held = [
        (100 * start / end, 100 * (part["day"] - start) / end)
        for start, part in zip(starts, parts, strict=False)
        if part["has_snapshot"]
    ]
    return {
        "parts": parts,
        "held": held,
        "ticks": sum(part["ticks"] for part in parts),
        "most": most,
        "plots": [
            {"title": "A tick", "unit": "ms", "lines": ticks, "chart": shapes.chart(ticks, limit=most)},
            {"title": "The tables", "unit": "MiB", "lines": sizes, "chart": shapes.chart(sizes)},
            {"title": "Dead rows", "unit": "rows", "lines": dead} | {"chart": shapes.chart(dead)},
        ],
    }
