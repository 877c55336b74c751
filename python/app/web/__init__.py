"""The web process: lets others read what the database knows, and takes webhooks in.

It logs in as rookery_web, and holds no rule and no SQL.
"""

from app.web.application import Doors, create_app

__all__ = ["Doors", "create_app"]
