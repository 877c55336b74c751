"""Every variable that there is: its type, its default, and what it is for."""

from __future__ import annotations

from contextvars import ContextVar
from pathlib import Path
from typing import Any, Literal, get_args

from pydantic import Field, SecretStr
from pydantic_settings import (
    BaseSettings,
    InitSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from app.logs import LogFormat
from app.settings_files import Files, Names
from app.settings_types import (
    REAL_X,
    EnvironmentName,
    HttpUrl,
    PostgresUrl,
    Seconds,
    Token,
    default_data_dir,
    is_real_x,
)

# What the files say, for as long as settings are made of it.
files_read: ContextVar[Files | None] = ContextVar("files_read", default=None)


class Settings(BaseSettings):
    """Each is a variable of the environment or, unless it is a secret, of a file; times in seconds."""

    model_config = SettingsConfigDict(
        env_ignore_empty=True,
        extra="ignore",
        populate_by_name=True,
        case_sensitive=True,
        use_attribute_docstrings=True,
    )

    config: Path | None = Field(None, validation_alias="ROOKERY_CONFIG")
    """The file with what is no secret; unless set, rookery.toml in the working directory, if it is there."""
    environment: EnvironmentName | None = Field(None, validation_alias="ROOKERY_ENVIRONMENT")
    """A name such as production: of rookery.production.toml, beside that file, which is read over it."""

    database_url: PostgresUrl | None = Field(None, validation_alias="DATABASE_URL")
    """Your PostgreSQL, 15 or newer, as the worker's login; unless set, an embedded one."""
    operator_url: PostgresUrl | None = Field(None, validation_alias="ROOKERY_OPERATOR_URL")
    """The same database as the operator's login, for commands and the page's forms; else DATABASE_URL."""
    deploy_url: PostgresUrl | None = Field(None, validation_alias="ROOKERY_DEPLOY_URL")
    """The same database as a login that may become its owner, to change the schema; else DATABASE_URL."""
    web_url: PostgresUrl | None = Field(None, validation_alias="ROOKERY_WEB_URL")
    """The same database as the login of the web process; else DATABASE_URL."""
    listen_url: PostgresUrl | None = Field(None, validation_alias="ROOKERY_LISTEN_URL")
    """The same database past a pooler such as PgBouncer, which keeps notifications back."""
    data_dir: Path = Field(default_factory=default_data_dir, validation_alias="ROOKERY_DATA_DIR")
    """The folder of the embedded PostgreSQL: ~/.local/share/rookery, or as root /var/lib/rookery."""
    migrate: bool = Field(True, validation_alias="ROOKERY_MIGRATE")
    """Whether the worker deploys what is pending before it works."""

    bearer_token: Token | None = Field(None, validation_alias="X_BEARER_TOKEN")
    """The bearer token of your X app; without one nothing is bought."""
    api_base_url: HttpUrl = Field(REAL_X, validation_alias="X_API_BASE_URL")
    """Where X is, if not at X."""
    vocabulary: Literal["auto", "post", "tweet"] = Field("auto", validation_alias="ROOKERY_X_VOCABULARY")
    """Which field names X is asked in: those of post.fields, of tweet.fields, or whichever it takes."""
    slots: int = Field(8, ge=1, le=256, validation_alias="ROOKERY_SLOTS")
    """How many calls a worker has in flight at once."""
    connect_timeout: Seconds = Field(5.0, validation_alias="ROOKERY_CONNECT_TIMEOUT")
    """Seconds until a connection to X is given up."""
    read_timeout: Seconds = Field(15.0, validation_alias="ROOKERY_READ_TIMEOUT")
    """Seconds that X may be silent within a call."""
    call_timeout: Seconds = Field(20.0, validation_alias="ROOKERY_CALL_TIMEOUT")
    """Seconds until a call is given up; below call.lease (25 s), so that none is sent twice at once."""
    grace_period: Seconds = Field(10.0, validation_alias="ROOKERY_GRACE_PERIOD")
    """Seconds that what is under way has to end, once a stop was asked for."""

    heartbeat_file: Path | None = Field(None, validation_alias="ROOKERY_HEARTBEAT_FILE")
    """A file that the worker touches after each tick, for whoever watches over it."""

    api_token: Token | None = Field(None, validation_alias="ROOKERY_API_TOKEN")
    """Opens the page and the reading API to whoever has it."""
    operator_token: Token | None = Field(None, validation_alias="ROOKERY_OPERATOR_TOKEN")
    """Opens the page with its forms to whoever has it; needs ROOKERY_OPERATOR_URL."""
    webhook_token: Token | None = Field(None, validation_alias="ROOKERY_WEBHOOK_TOKEN")
    """Opens the door for new followers."""
    consumer_secret: Token | None = Field(None, validation_alias="X_CONSUMER_SECRET")
    """Opens the door for what X itself delivers."""
    web_host: str = Field("127.0.0.1", validation_alias="ROOKERY_WEB_HOST")
    """Where the web process listens."""
    web_port: int = Field(8080, ge=0, le=65535, validation_alias="ROOKERY_WEB_PORT")
    """And on which port; 0 is any that is free."""
    web_connections: int = Field(4, ge=1, le=64, validation_alias="ROOKERY_WEB_CONNECTIONS")
    """How many connections to the database its readers share."""

    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", validation_alias="ROOKERY_LOG_LEVEL"
    )
    """What is logged: this, and what is worse."""
    log_format: LogFormat = Field("auto", validation_alias="ROOKERY_LOG_FORMAT")
    """How: console for reading, json for machines; auto is console on a terminal."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments, the environment, the environment's file, the base file: who comes first is believed."""
        del dotenv_settings, file_secret_settings
        files = files_read.get() or Files()
        layers = (InitSettingsSource(settings_cls, init_kwargs=values) for _, values in files.layers)
        return init_settings, env_settings, *layers

    @property
    def embedded(self) -> bool:
        """Whether the embedded PostgreSQL is what to use."""
        return self.database_url is None

    def url_for_worker(self) -> str | None:
        """DATABASE_URL, or None for the embedded server."""
        return reveal(self.database_url)

    def url_for_operator(self) -> str | None:
        """ROOKERY_OPERATOR_URL, else DATABASE_URL, else None for the embedded server."""
        return reveal(self.operator_url or self.database_url)

    def url_for_deploy(self) -> str | None:
        """ROOKERY_DEPLOY_URL, else DATABASE_URL, else None for the embedded server."""
        return reveal(self.deploy_url or self.database_url)

    def url_for_web(self) -> str | None:
        """ROOKERY_WEB_URL, else DATABASE_URL, else None for the embedded server."""
        return reveal(self.web_url or self.database_url)

    def url_for_listening(self) -> str | None:
        """ROOKERY_LISTEN_URL: a way past a pooler, which keeps notifications back; else None."""
        return reveal(self.listen_url)

    @property
    def lacks_token(self) -> bool:
        """Whether calls would go to the real X, and there is no token to send with them."""
        return self.bearer_token is None and is_real_x(self.api_base_url)


def variable(field: str) -> str:
    """The variable of a field of Settings."""
    return str(Settings.model_fields[field].validation_alias)


def is_secret(field: str) -> bool:
    """Whether a field may only be said in the environment, and is never shown."""
    return _holds(Settings.model_fields[field].annotation, SecretStr)


def names() -> Names:
    """The variables that there are."""
    fields = Settings.model_fields
    secret = (variable(each) for each in fields if is_secret(each))
    return Names(frozenset(map(variable, fields)), frozenset(secret))


def reveal(secret: SecretStr | None) -> str | None:
    """A secret in the open, for whom it is meant for."""
    return None if secret is None else secret.get_secret_value()


def _holds(annotation: Any, kind: type) -> bool:
    return annotation is kind or any(_holds(each, kind) for each in get_args(annotation))
