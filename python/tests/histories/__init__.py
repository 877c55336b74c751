"""Histories: random lives of the engine, held step by step against a model of the rules."""
