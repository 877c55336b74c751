"""What the environment and the files say, or all that is wrong with it at once."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from app.errors import SettingsFault
from app.settings_files import Files, read_files
from app.settings_types import REAL_X
from app.variables import Settings, files_read, is_secret, names, variable

__all__ = ["Loaded", "Settings", "load_settings", "read_settings"]


@dataclass(frozen=True, slots=True)
class Loaded:
    """Settings, and by field where each is from: `--option`, `environment`, a file's path, `default`."""

    settings: Settings
    origins: Mapping[str, str]
    files: tuple[Path, ...]


def load_settings(*, buying: bool = False, serving: bool = False, **overrides: Any) -> Settings:
    """The settings, `overrides` (by field name) before all else.

    One SettingsFault names every fault that there is: for a worker (`buying`) also that the token is missing,
    for the web process (`serving`) that no door has a secret.
    """
    return read_settings(buying=buying, serving=serving, **overrides).settings


def read_settings(*, buying: bool = False, serving: bool = False, **overrides: Any) -> Loaded:
    """As `load_settings`, with where each came from."""
    files = read_files(os.environ, names())
    origins = {field: _origin(field, overrides, files) for field in Settings.model_fields}
    given = {variable(field) for field, origin in origins.items() if origin != "default"}
    faults = list(files.faults)
    token = files_read.set(files)
    settings: Settings | None = None
    try:
        settings = Settings(**overrides)
    except ValidationError as error:
        faults += [_fault(detail, origins) for detail in error.errors(include_url=False)]
    finally:
        files_read.reset(token)
    faults += _absences(given, serving=serving)
    if buying and (settings.lacks_token if settings else not given & {"X_BEARER_TOKEN", "X_API_BASE_URL"}):
        faults.append(f"X_BEARER_TOKEN is not set, and {REAL_X} answers nobody without one")
    if faults or settings is None:
        raise SettingsFault("; ".join(faults), hint="nothing was started")
    return Loaded(settings, origins, tuple(path for path, _ in files.layers))


def _origin(field: str, overrides: Mapping[str, Any], files: Files) -> str:
    if field in overrides:
        return "--" + field.replace("_", "-")
    name = variable(field)
    if os.environ.get(name):
        return "environment"
    return next((str(path) for path, values in files.layers if name in values), "default")


def _absences(given: set[str], *, serving: bool) -> list[str]:
    """What is missing beside what was given."""
    faults = []
    others = {"ROOKERY_OPERATOR_URL", "ROOKERY_DEPLOY_URL", "ROOKERY_LISTEN_URL"} & given
    # A web process that is told its own login needs to know of no worker's.
    if others and "DATABASE_URL" not in given and not (serving and "ROOKERY_WEB_URL" in given):
        names_set = f"{' and '.join(sorted(others))} {'is' if len(others) == 1 else 'are'} set"
        faults.append(f"{names_set}, but DATABASE_URL is not: set it too, or none of them")
    doors = ("ROOKERY_API_TOKEN", "ROOKERY_OPERATOR_TOKEN", "ROOKERY_WEBHOOK_TOKEN", "X_CONSUMER_SECRET")
    if serving and not given.intersection(doors):
        faults.append(f"none of {', '.join(doors)} is set: set those whose doors are to be open")
    return faults


def _fault(detail: Mapping[str, Any], origins: Mapping[str, str]) -> str:
    said = str(detail["loc"][0]) if detail["loc"] else "settings"
    field = next((each for each in Settings.model_fields if said in {each, variable(each)}), None)
    reason = str(detail["msg"]).removeprefix("Value error, ")
    reason = f"{reason[:1].lower()}{reason[1:]}"
    if field is None:
        return f"{said}: {reason}"
    shown = "" if is_secret(field) else f" ({detail['input']!r})"
    origin = origins[field]
    place = f" in {origin}" if origin.startswith("/") else ""
    return f"{variable(field)}{shown}{place}: {reason}"
