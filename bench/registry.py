"""The benchmarks by name: a new one is a module in bench/cases with a function `run`, and a line here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import ModuleType

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


@dataclass(frozen=True, slots=True)
class Case:
    """What is compared with what, in a sentence (the module's first), and what measures it."""

    title: str
    run: Callable[[Throwaway], Result]


def _case(module: ModuleType) -> Case:
    return Case((module.__doc__ or "").splitlines()[0], module.run)


CASES: Mapping[str, Case] = {
    module.NAME: _case(module)
    for module in (
        page_new,
        page_unchanged,
        page_flat,
        full_sync,
        first_materialization,
        delta_materialization,
        delta_mutuals,
        as_of,
        idle_tick,
        one_change,
        root_enable,
        fanout,
        memory,
        export,
        large,
        spend,
        webhook,
    )
}
