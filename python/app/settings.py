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
<<<<<<< HEAD
    return read_settings(buying=buying, serving=serving, **overrides).settings
=======

    model_config = SettingsConfigDict(env_ignore_empty=True, extra="ignore", populate_by_name=True)

    database_url: PostgresUrl | None = Field(None, validation_alias="DATABASE_URL")
    operator_url: PostgresUrl | None = Field(None, validation_alias="ROOKERY_OPERATOR_URL")
    deploy_url: PostgresUrl | None = Field(None, validation_alias="ROOKERY_DEPLOY_URL")
    web_url: PostgresUrl | None = Field(None, validation_alias="ROOKERY_WEB_URL")
    listen_url: PostgresUrl | None = Field(None, validation_alias="ROOKERY_LISTEN_URL")
    data_dir: Path = Field(default_factory=default_data_dir, validation_alias="ROOKERY_DATA_DIR")

    bearer_token: Token | None = Field(None, validation_alias="X_BEARER_TOKEN")
    api_base_url: Annotated[str, AfterValidator(_http_url)] = Field(REAL_X, validation_alias="X_API_BASE_URL")
    vocabulary: Literal["auto", "post", "tweet"] = Field("auto", validation_alias="ROOKERY_X_VOCABULARY")

    slots: int = Field(8, ge=1, le=256, validation_alias="ROOKERY_SLOTS")
    # A call that is given up before its lease (call.lease, 25 s) runs out is never sent twice at once.
    connect_timeout: Seconds = Field(5.0, validation_alias="ROOKERY_CONNECT_TIMEOUT")
    read_timeout: Seconds = Field(15.0, validation_alias="ROOKERY_READ_TIMEOUT")
    call_timeout: Seconds = Field(20.0, validation_alias="ROOKERY_CALL_TIMEOUT")
    grace_period: Seconds = Field(10.0, validation_alias="ROOKERY_GRACE_PERIOD")
    migrate: bool = Field(True, validation_alias="ROOKERY_MIGRATE")

    api_token: Token | None = Field(None, validation_alias="ROOKERY_API_TOKEN")
    operator_token: Token | None = Field(None, validation_alias="ROOKERY_OPERATOR_TOKEN")
    webhook_token: Token | None = Field(None, validation_alias="ROOKERY_WEBHOOK_TOKEN")
    consumer_secret: Token | None = Field(None, validation_alias="X_CONSUMER_SECRET")
    web_host: str = Field("127.0.0.1", validation_alias="ROOKERY_WEB_HOST")
    web_port: int = Field(8080, ge=0, le=65535, validation_alias="ROOKERY_WEB_PORT")
    web_connections: int = Field(4, ge=1, le=64, validation_alias="ROOKERY_WEB_CONNECTIONS")

    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", validation_alias="ROOKERY_LOG_LEVEL"
    )
    log_format: LogFormat = Field("auto", validation_alias="ROOKERY_LOG_FORMAT")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments, then the environment; no file is read behind the operator's back."""
        del settings_cls, dotenv_settings, file_secret_settings
        return init_settings, env_settings

    @property
    def embedded(self) -> bool:
        """Whether the embedded PostgreSQL is what to use."""
        return self.database_url is None

    def url_for_worker(self) -> str | None:
        """DATABASE_URL, or None for the embedded server."""
        return _reveal(self.database_url)

    def url_for_operator(self) -> str | None:
        """ROOKERY_OPERATOR_URL, else DATABASE_URL, else None for the embedded server."""
        return _reveal(self.operator_url or self.database_url)

    def url_for_deploy(self) -> str | None:
        """ROOKERY_DEPLOY_URL, else DATABASE_URL, else None for the embedded server."""
        return _reveal(self.deploy_url or self.database_url)

    def url_for_web(self) -> str | None:
        """ROOKERY_WEB_URL, else DATABASE_URL, else None for the embedded server."""
        return _reveal(self.web_url or self.database_url)

    def url_for_listening(self) -> str | None:
        """ROOKERY_LISTEN_URL: a way past a pooler, which keeps notifications back; else None."""
        return _reveal(self.listen_url)

    def token_for_x(self) -> str:
        """The bearer token; empty for a simulated X without one, a SettingsFault for the real X."""
        token = _reveal(self.bearer_token) or ""
        if not token and urlsplit(self.api_base_url).hostname == urlsplit(REAL_X).hostname:
            raise SettingsFault(
                f"X_BEARER_TOKEN is not set, and {self.api_base_url} answers nobody without one",
                hint="set it, or point X_API_BASE_URL at a simulated X",
            )
        return token
>>>>>>> s7


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
    others = {"ROOKERY_OPERATOR_URL", "ROOKERY_DEPLOY_URL"} & given
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
