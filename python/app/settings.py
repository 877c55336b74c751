"""What the environment says: where the database and X are, and how hard to work."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict
from pydantic import AfterValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from app.errors import SettingsFault
from app.logs import LogFormat

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
Token = Annotated[SecretStr, AfterValidator(_header_value)]
Seconds = Annotated[float, Field(gt=0, le=600)]


def default_data_dir() -> Path:
    """Where the embedded database lives unless told: open to a service user as root, else in the home."""
    if os.geteuid() == 0:
        return Path("/var/lib/rookery")
    base = os.environ.get("XDG_DATA_HOME") or "~/.local/share"
    return Path(base).expanduser() / "rookery"


class Settings(BaseSettings):
    """Everything read from the environment; times in seconds.

    `database_url` None means the embedded PostgreSQL under `data_dir`. `operator_url`, `deploy_url` and
    `web_url` stand in for it where they are set: see `url_for_operator` and its like.
    """

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


def load_settings(**overrides: Any) -> Settings:
    """The settings, `overrides` (by field name) before the environment.

    One SettingsFault names every fault that there is.
    """
    try:
        settings = Settings(**overrides)
    except ValidationError as error:
        faults = [_fault(detail) for detail in error.errors(include_url=False)]
        raise SettingsFault("; ".join(faults), hint="nothing was started") from None
    if settings.embedded and (settings.operator_url or settings.deploy_url):
        raise SettingsFault(
            "ROOKERY_OPERATOR_URL or ROOKERY_DEPLOY_URL is set, but DATABASE_URL is not",
            hint="set DATABASE_URL too, or unset them to use the embedded database",
        )
    return settings


def _fault(detail: Mapping[str, Any]) -> str:
    field = str(detail["loc"][0]) if detail["loc"] else "settings"
    name = next((f.validation_alias for n, f in Settings.model_fields.items() if n == field), None) or field
    reason = str(detail["msg"]).removeprefix("Value error, ")
    secret = isinstance(detail["input"], SecretStr) or str(name).endswith(("URL", "TOKEN", "SECRET"))
    shown = "" if secret and name != "X_API_BASE_URL" else f" ({detail['input']!r})"
    return f"{name}{shown}: {reason[:1].lower()}{reason[1:]}"


def _reveal(secret: SecretStr | None) -> str | None:
    return None if secret is None else secret.get_secret_value()
