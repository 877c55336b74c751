"""The one place where a fault becomes an exception, an exit status and an HTTP status."""

from __future__ import annotations

from typing import ClassVar

import psycopg
from psycopg_pool import PoolClosed, PoolTimeout, TooManyRequests


class RookeryError(Exception):
    """A fault that a person can read: a message, the way out as `hint`, and how to report it.

    `exit_status` is 2 where the operator can mend the command or the settings, else 1.
    """

    exit_status: ClassVar[int] = 1
    http_status: int = 500

    def __init__(
        self, message: str, *, hint: str | None = None, detail: str | None = None, code: str | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.detail = detail
        self.code = code

    def line(self) -> str:
        """Message and hint as one line, for stderr. A hint that is a sentence goes on in small letters."""
        hint = self.hint or ""
        if hint[1:2].islower():
            hint = hint[0].lower() + hint[1:]
        return " ".join("; ".join(part for part in (self.message, hint) if part).split())

    def __str__(self) -> str:
        return self.line()


class OperatorMistake(RookeryError):
    """What was asked cannot be done as it was said (an RK code of the database, or an ill-typed value)."""

    exit_status = 2
    http_status = 422


class SettingsFault(RookeryError):
    """One or more settings are missing or wrong; the message names them all."""

    exit_status = 2


class InstallationFault(RookeryError):
    """A part of the product is missing from this installation."""


class DatabaseUnavailable(RookeryError):
    """The database does not answer, or refuses the connection; trying again later may help."""

    http_status = 503


class ServerUnsuitable(RookeryError):
    """The server answers but cannot hold Rookery: older than 15, or a database that is not UTF8."""

    exit_status = 2
    http_status = 503


class SchemaMissing(RookeryError):
    """The database lacks an object that this version calls: not deployed, or behind."""

    http_status = 503


class NotPermitted(RookeryError):
    """The login may not do this."""

    http_status = 403


class NothingHeard(RookeryError):
    """A pooler stands before the database, and keeps notifications back."""

    http_status = 503


class ConstraintBroken(RookeryError):
    """A row was refused; `constraint` is the proposition that it breaks."""

    http_status = 409
    constraint: str | None = None


class TryAgain(RookeryError):
    """Another transaction was in the way (deadlock, serialization, lock timeout, cancelled statement)."""

    http_status = 503


class DatabaseFault(RookeryError):
    """Any other error of the database."""


class MigrationFault(RookeryError):
    """The plan, or one of its scripts, cannot be deployed; nothing of the failing change remains."""


class EmbeddedFault(RookeryError):
    """The embedded PostgreSQL cannot be set up, started or stopped."""


# HTTP statuses of RK codes that are not 422, as base.error_codes has them (a test compares the two).
HTTP_STATUS_BY_CODE: dict[str, int] = {
    **dict.fromkeys(("RK004", "RK005", "RK010", "RK016", "RK017", "RK018", "RK029"), 404),
    **dict.fromkeys(("RK021", "RK022", "RK028"), 409),
    "RK032": 500,
    "RK051": 503,
}

# What a broken constraint means to the person who broke it, where its name does not say it well enough.
MEANING_BY_CONSTRAINT: dict[str, str] = {}

_SCHEMA_HINT = "run `rookery db deploy`, or point DATABASE_URL at the right database"
_GONE_HINT = "check that the server runs and that the URL names it"

# Longest prefix first wins: (sqlstate prefix, exception, hint).
_BY_SQLSTATE: tuple[tuple[str, type[RookeryError], str | None], ...] = (
    ("RK", OperatorMistake, None),
    ("42501", NotPermitted, "use a login that has the role for it"),
    ("42883", SchemaMissing, _SCHEMA_HINT),
    ("42P01", SchemaMissing, _SCHEMA_HINT),
    ("42703", SchemaMissing, _SCHEMA_HINT),
    ("3F000", SchemaMissing, _SCHEMA_HINT),
    ("57014", TryAgain, None),
    ("55P03", TryAgain, None),
    ("57P", DatabaseUnavailable, _GONE_HINT),
    ("08", DatabaseUnavailable, _GONE_HINT),
    ("28", DatabaseUnavailable, "check the user and the password in the URL"),
    ("3D000", DatabaseUnavailable, "create the database first, or mend its name in the URL"),
    ("53", DatabaseUnavailable, None),
    ("40", TryAgain, None),
    ("22007", OperatorMistake, "write a span of time like '6 hours', a time like 2026-11-01T12:00:00Z"),
    ("22", OperatorMistake, None),
    ("23", ConstraintBroken, None),
)


def from_database(error: psycopg.Error) -> RookeryError:
    """The exception for what psycopg raised: by its SQLSTATE, else by the constraint that it names."""
    if error.sqlstate is None:
        return _without_sqlstate(error)
    kind, hint = _kind_of(error.sqlstate)
    diag = error.diag
    found = kind(
        diag.message_primary or _first_line(error),
        # The server's own hints are meant for whoever wrote the SQL.
        hint=(diag.message_hint or hint) if kind is OperatorMistake else hint,
        detail=diag.message_detail,
        code=error.sqlstate,
    )
    found.http_status = HTTP_STATUS_BY_CODE.get(error.sqlstate, kind.http_status)
    if isinstance(found, ConstraintBroken) and diag.constraint_name is not None:
        found.constraint = diag.constraint_name
        found.message = MEANING_BY_CONSTRAINT.get(diag.constraint_name, found.message)
    return found


def _kind_of(sqlstate: str) -> tuple[type[RookeryError], str | None]:
    for prefix, kind, hint in _BY_SQLSTATE:
        if sqlstate.startswith(prefix):
            return kind, hint
    return DatabaseFault, None


def _without_sqlstate(error: psycopg.Error) -> RookeryError:
    if isinstance(error, PoolTimeout | PoolClosed | TooManyRequests | psycopg.OperationalError):
        return DatabaseUnavailable(f"the database does not answer: {_first_line(error)}", hint=_GONE_HINT)
    if isinstance(error, psycopg.DataError):
        return OperatorMistake(_first_line(error))
    return DatabaseFault(_first_line(error))


def _first_line(error: psycopg.Error) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[0] if lines else type(error).__name__
