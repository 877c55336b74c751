"""The throwaway database of a demo: an embedded server in a folder of its own, or an empty database given."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from app import database, embedded, migrate
from app.embedded.files import prepare_data_dir
from app.errors import OperatorMistake
from app.resources import sql_text


@dataclass(frozen=True, slots=True)
class Stage:
    """A deployed database with a simulated clock, as each of the logins; no `data_dir` if it was given."""

    deploy_url: str
    worker_url: str
    operator_url: str
    data_dir: Path | None = None
    psql: tuple[str, ...] = ()
    pid_file: Path | None = None


@contextmanager
def raised(data_dir: Path | None, database_url: str | None, *, keep: bool) -> Iterator[Stage]:
    """Raise a stage for the length of the block, and strike it afterwards unless `keep`."""
    if database_url is not None:
        stage = Stage(
            database_url, _as(database_url, "rookery_worker"), _as(database_url, "rookery_operator")
        )
        _prepare(stage)
        yield stage
        return
    folder = _new_folder(data_dir)
    try:
        with embedded.running(folder, durable=False, keep=keep) as server:
            psql = tuple(server.psql("rookery_operator"))
            urls = (server.url(), server.url("rookery_worker"), server.url("rookery_operator"))
            stage = Stage(*urls, data_dir=folder, psql=psql, pid_file=server.cluster / "postmaster.pid")
            _prepare(stage)
            yield stage
    except BaseException:
        embedded.stop(folder)
        shutil.rmtree(folder, ignore_errors=True)
        raise
    if not keep:
        shutil.rmtree(folder, ignore_errors=True)


def _new_folder(place: Path | None) -> Path:
    if place is not None:
        place = place.expanduser().absolute()
        prepare_data_dir(place)
    folder = Path(tempfile.mkdtemp(prefix="rookery-demo-", dir=place))
    if os.geteuid() == 0:
        folder.chmod(0o755)  # root's server runs as another user, and must pass; the data inside is its own
    return folder


def _prepare(stage: Stage) -> None:
    with closing(database.connect(stage.deploy_url, application="rookery demo")) as connection:
        if migrate.status(connection).deployed:
            raise OperatorMistake(
                "the demo sets the clock of its database, and this one is in use", hint="give it an empty one"
            )
        migrate.deploy(connection)
        migrate.run_script(connection, sql_text("db/simulated_clock.sql"))


def _as(url: str, role: str) -> str:
    return make_conninfo("", **{**conninfo_to_dict(url), "user": role})
