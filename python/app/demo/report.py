"""What a demo is asked for, and what it reports."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class DemoOptions:
    """How to run a demo.

    `world` is a CSV of follows, or None for a world from the seed. `data_dir` is where the throwaway database
    gets a folder of its own (None: the place for temporary files). `database_url` names an empty database to
    use instead of the embedded one, as a login that may deploy. With `json`, stdout gets one JSON object and
    nothing else.
    """

    world: Path | None = None
    days: int = 7
    seed: int = 1
    faults: bool = False
    json: bool = False
    keep: bool = False
    data_dir: Path | None = None
    database_url: str | None = None


@dataclass(slots=True)
class SegmentReport:
    """One segment or corpus at the end; `entered` and `left` count its events, the first members included.

    `equals_truth` holds if at the end of every day its members were what X would show.
    """

    kind: str
    params: dict[str, Any]
    instance_id: int
    members: int
    revision: int
    entered: int
    left: int
    equals_truth: bool
    examples: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """The segment as it stands in the JSON report."""
        return {
            "kind": self.kind,
            "params": self.params,
            "instance_id": self.instance_id,
            "members": self.members,
            "revision": self.revision,
            "entered": self.entered,
            "left": self.left,
            "equals_truth": self.equals_truth,
        }


@dataclass(slots=True)
class DemoReport:
    """The outcome of a demo: `bill` is in resources and US dollars, `seconds` is real time.

    `faults` counts what went wrong on purpose, by name; it is told to people only.
    """

    segments: list[SegmentReport]
    bill: dict[str, int | float]
    calls: int
    runs: int
    days: int
    seconds: float
    faults: dict[str, int] = field(default_factory=dict)

    @property
    def equals_truth(self) -> bool:
        """Whether every segment equalled the truth at the end of every day."""
        return all(segment.equals_truth for segment in self.segments)

    def as_json(self) -> dict[str, Any]:
        """The report as one JSON object."""
        return {
            "segments": [segment.as_json() for segment in self.segments],
            "bill": {"resources": self.bill["resources"], "usd": self.bill["usd"]},
            "calls": self.calls,
            "runs": self.runs,
            "days": self.days,
            "seconds": self.seconds,
        }
