"""Benchmarks that say how much the engine costs over the bare work."""
