"""The benchmarks by name: a new one is a module in bench/cases with a function `run`, and a line here."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bench.cases import (
    as_of,
    delta_materialization,
    delta_mutuals,
    export,
    fanout,
    first_materialization,
    full_sync,
    idle_tick,
    large,
    memory,
    one_change,
    page_flat,
    page_new,
    page_unchanged,
    root_enable,
    spend,
    webhook,
)
from bench.result import Result
from throwaway import Throwaway

Case = Callable[[Throwaway], Result]

CASES: Mapping[str, Case] = {
    "page_new": page_new.run,
    "page_unchanged": page_unchanged.run,
    "page_flat": page_flat.run,
    "full_sync": full_sync.run,
    "first_materialization": first_materialization.run,
    "delta_materialization": delta_materialization.run,
    "delta_mutuals": delta_mutuals.run,
    "as_of": as_of.run,
    "idle_tick": idle_tick.run,
    "one_change": one_change.run,
    "root_enable": root_enable.run,
    "fanout": fanout.run,
    "memory": memory.run,
    "export": export.run,
    "large": large.run,
    "spend": spend.run,
    "webhook": webhook.run,
}
