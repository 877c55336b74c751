"""Ten changed edges of a large segment, against the same ten of a small one."""

from __future__ import annotations

from bench import deltas
from bench.result import Result
from throwaway import Throwaway

NAME = "delta_materialization"
NOTE = (
    "The tick's fixed part. The ten are a range of follow_changes_pkey and ten probes of "
    "segment_members_pkey, in a segment of any size."
)


def run(server: Throwaway) -> Result:
    """Measured are ticks that read the log, plan, and materialize the one segment."""
    return deltas.measure(server, NAME, "segment_followers", ("followers",), materialized=1, note=NOTE)
