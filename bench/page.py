"""Draws bench/results.html anew, from what was measured last."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    """Hand over to bench.draw, once its neighbours can be imported."""
    sys.path[:0] = [str(ROOT), str(ROOT / "tools")]
    from bench import draw

    print(draw.draw(ROOT / "bench" / "results.json"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
