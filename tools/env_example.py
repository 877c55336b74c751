"""Writes .env.example from the settings: every variable, its default, and what it is for."""

from __future__ import annotations

from pathlib import Path

from app.settings_shown import env_example

EXAMPLE = Path(__file__).resolve().parents[1] / ".env.example"


def main() -> None:
    """Write it anew."""
    EXAMPLE.write_text(env_example(), encoding="utf-8")
    print(f"env_example: wrote: {EXAMPLE.name}")


if __name__ == "__main__":
    main()
