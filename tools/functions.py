"""Reloads db/functions into the development database, in one transaction; for trying, not for deploying."""

from __future__ import annotations

import sys
from contextlib import ExitStack, closing

import psycopg

from app import database, embedded
from app.errors import RookeryError
from app.settings import load_settings
from baseline import BaselineError, Source, declared


def _reload(connection: database.Connection, sources: list[Source]) -> None:
    with database.translated(), connection.transaction():
        connection.execute("set local role rookery_owner; set local check_function_bodies = off")
        for source in sources:
            try:
                connection.execute(source.text.encode())
            except psycopg.Error as error:
                raise BaselineError(f"{source.path}: {error.diag.message_primary or error}") from error


def main() -> int:
    """Reload into ROOKERY_DEPLOY_URL, DATABASE_URL or the embedded database, whichever is set first."""
    try:
        sources = [
            source
            for room in declared().values()
            for source in room
            if source.path.startswith("db/functions/")
        ]
        settings = load_settings()
        with ExitStack() as stack:
            url = settings.url_for_deploy()
            if url is None:
                url = stack.enter_context(embedded.running(settings.data_dir)).url()
            connection = stack.enter_context(closing(database.connect(url)))
            _reload(connection, sources)
    except (BaselineError, RookeryError) as error:
        print(f"functions: {error}", file=sys.stderr)
        return 1
    print(f"functions: {len(sources)} files reloaded")
    return 0


if __name__ == "__main__":
    sys.exit(main())
