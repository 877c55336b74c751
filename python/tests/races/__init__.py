"""Races: many workers at once in a simulated world that moves, with operators and webhooks beside them."""
