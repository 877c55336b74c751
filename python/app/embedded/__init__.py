"""PostgreSQL 18 from a Python package, run for this product alone; what is used without DATABASE_URL."""

from app.embedded.server import Server, running, stop

__all__ = ["Server", "running", "stop"]
