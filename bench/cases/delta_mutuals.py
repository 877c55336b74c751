"""Ten who come or go on one of two large sides, against the same ten of small ones."""

from __future__ import annotations

from bench import deltas
from bench.result import Result
from throwaway import Throwaway

NAME = "delta_mutuals"
NOTE = (
    "The tick's fixed part, twice. The ten are a range of follow_changes_pkey, then one of "
    "segment_events_pkey, and probes of both sides in segment_members_pkey."
)


def run(server: Throwaway) -> Result:
    """Measured are ticks that materialize the side that changed, and the mutuals made from it."""
    return deltas.measure(
        server, NAME, "segment_mutuals", ("followers", "following"), materialized=2, note=NOTE
    )
