"""The driver: carries calls from the database to X and answers back, and knows nothing of what they mean."""

from app.driver.engine import Call, Engine, PostgresEngine, Tick
from app.driver.loop import Driver, Patience, Wait, wait_or_wake
from app.driver.sender import Failure, Response, Sender, SenderOptions

__all__ = [
    "Call",
    "Driver",
    "Engine",
    "Failure",
    "Patience",
    "PostgresEngine",
    "Response",
    "Sender",
    "SenderOptions",
    "Tick",
    "Wait",
    "wait_or_wake",
]
