"""A simulated X: a world that changes by the day, served as X's API v2 answers, with faults and a bill."""

from app.simulator.bill import Bill
from app.simulator.build import WorldFileError, seeded_world, world_from_csv
from app.simulator.days import Days
from app.simulator.faults import Fault, Faults
from app.simulator.limits import Limits
from app.simulator.server import TOKEN, Simulator
from app.simulator.serving import serve, serve_in_thread
from app.simulator.world import World

__all__ = [
    "TOKEN",
    "Bill",
    "Days",
    "Fault",
    "Faults",
    "Limits",
    "Simulator",
    "World",
    "WorldFileError",
    "seeded_world",
    "serve",
    "serve_in_thread",
    "world_from_csv",
]
