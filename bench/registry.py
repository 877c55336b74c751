"""The benchmarks by name: a new one is a module in bench/cases with a function `run`, and a line here."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bench.cases import page_flat, page_new, page_unchanged
from bench.result import Result
from throwaway import Throwaway

Case = Callable[[Throwaway], Result]

CASES: Mapping[str, Case] = {
    "page_new": page_new.run,
    "page_unchanged": page_unchanged.run,
    "page_flat": page_flat.run,
}
