"""Plays histories by their seeds; what breaks a rule is shrunk and told."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from traceback import extract_tb

from app.errors import RookeryError
from histories import acts, generate, operators, outside, tampering
from histories.engine import Engine
from histories.history import History
from histories.operations import Operation
from histories.shrink import shrink
from histories.watch import Broken


@dataclass(frozen=True)
class Outcome:
    """How a history ended: with a hash of all that the engine held, or with the rule that did not hold."""

    seed: int
    state: str
    broken: str | None = None


def do(history: History, operation: Operation) -> None:
    """Do one operation and judge what came of it; Broken where a rule does not hold."""
    module = next(m for m in (acts, operators, outside, tampering) if hasattr(m, operation.name))
    getattr(module, operation.name)(history, operation)


def play(engine: Engine, seed: int, operations: list[Operation]) -> Outcome:
    """Play these operations in the world and with the settings of a seed."""
    history = History(engine, seed, generate.settings(seed))
    where = ""
    try:
        for place, operation in enumerate(operations):
            where = f"at step {place}, {operation.name}"
            do(history, operation)
        where = "at the end"
        acts.settle(history, Operation("settle"))
        return Outcome(seed, history.finish())
    except (Broken, RookeryError) as error:
        return Outcome(seed, history.state(), f"{where}: {error}")
    except Exception as error:
        # A judge that falls over has judged nothing: that is no reason to stop, and none to be silent.
        at = extract_tb(error.__traceback__)[-1]
        told = f"{type(error).__name__} at {Path(at.filename).name}:{at.lineno}: {error}"
        return Outcome(seed, history.state(), f"{where}: {told}")


def replay(engine: Engine, seed: int, length: int = generate.LENGTH) -> Outcome:
    """Play the history of a seed."""
    return play(engine, seed, generate.operations(seed, length))


def explain(engine: Engine, outcome: Outcome, seconds: float = 60.0, length: int = generate.LENGTH) -> str:
    """What broke, the shortest history that breaks the same rule, and how to see it again."""
    rule = _rule_of(outcome.broken)

    def breaks(tried: list[Operation]) -> bool:
        return _rule_of(play(engine, outcome.seed, tried).broken) == rule

    operations = shrink(generate.operations(outcome.seed, length), breaks, seconds)
    lines = [
        f"seed {outcome.seed} breaks a rule {outcome.broken}",
        f"state {outcome.state}; again: make replay SEED={outcome.seed}",
        f"the shortest history found that breaks it, of {len(operations)} operations:",
        *(
            f"  {operation.name} {operation.a} {operation.b} {operation.c}{' undone' * operation.is_undone}"
            for operation in operations
        ),
        f"  {play(engine, outcome.seed, operations).broken}",
    ]
    return "\n".join(lines)


def _rule_of(broken: str | None) -> str | None:
    """`A5: …` breaks the same rule as another A5, wherever and with whatever ids."""
    return None if broken is None else " ".join(broken.partition(": ")[2].split()[:3])
