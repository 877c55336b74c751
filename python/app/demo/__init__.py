"""The demo: a simulated X, a throwaway database, and days lived in seconds."""

from app.demo.report import DemoOptions, DemoReport
from app.demo.run import run_demo

__all__ = ["DemoOptions", "DemoReport", "run_demo"]
