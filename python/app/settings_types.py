"""What a setting can be: URLs, tokens, seconds; each is checked where it is read."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict
from pydantic import AfterValidator, Field, SecretStr

REAL_X = "https://api.x.com"


def _postgres_url(value: SecretStr) -> SecretStr:
    try:
        conninfo_to_dict(value.get_secret_value())
    except ProgrammingError:
        raise ValueError("is no PostgreSQL URL; write postgresql://user@host:5432/database") from None
    return value


def _http_url(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
        raise ValueError("is no http(s) URL without query; write for example " + REAL_X)
    return value.rstrip("/")


def _header_value(value: SecretStr) -> SecretStr:
    text = value.get_secret_value()
    if not text.isascii() or not text.isprintable() or " " in text:
        raise ValueError("holds a blank, a line end or a sign that no token has; copy it again")
    return value


PostgresUrl = Annotated[SecretStr, AfterValidator(_postgres_url)]
HttpUrl = Annotated[str, AfterValidator(_http_url)]
Token = Annotated[SecretStr, AfterValidator(_header_value)]
Seconds = Annotated[float, Field(gt=0, le=600)]
EnvironmentName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,30}$")]


def is_real_x(url: str) -> bool:
    """Whether this is where the real X answers, which it does to nobody without a token."""
    return urlsplit(url).hostname == urlsplit(REAL_X).hostname


def default_data_dir() -> Path:
    """Where the embedded database lives unless told: open to a service user as root, else in the home."""
    if os.geteuid() == 0:
        return Path("/var/lib/rookery")
    base = os.environ.get("XDG_DATA_HOME") or "~/.local/share"
    return Path(base).expanduser() / "rookery"
