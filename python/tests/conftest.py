"""Servers and databases for the tests: PostgreSQL 15, or with --pg=18 the embedded 18, bare or pooled."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext
from dataclasses import dataclass
from itertools import count

import pytest
import structlog
from pytest_postgresql.janitor import DatabaseJanitor

from app.database import Connection, connect
from pooler import pooled
from throwaway import SUPERUSER, VERSIONS, Throwaway, deploy_into
from throwaway import server as throwaway_server

_numbers = count(1)


@dataclass(frozen=True)
class Database:
    """A database of the test's own; `url` is of the role that would connect in production."""

    name: str
    server: Throwaway

    def url(self, role: str = SUPERUSER, *, pooled: bool = True) -> str:
        """The URL to connect as `role`: the superuser, or rookery_worker, rookery_operator and so on.

        A pooler, where there is one, stands before everybody but the superuser.
        """
        return self.server.url(role, self.name, pooled=pooled and role != SUPERUSER)

    def connect(self, role: str = SUPERUSER, *, pooled: bool = True) -> closing[Connection]:
        """A connection as `role`, closed at the end of the `with` block."""
        return closing(connect(self.url(role, pooled=pooled)))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--pg", choices=VERSIONS, default="15", help="which PostgreSQL the tests use")
    parser.addoption("--pgbouncer", action="store_true", help="the product's logins go through PgBouncer")


# What takes minutes and asks nothing of the server's version: processes that die or are replaced, and what is
# told to people. All SQL is tested on each version, by pgTAP.
_ONLY_ON_15 = {
    *("backup", "boundaries", "cli_exports", "cli_subjects", "cli_surface", "crashes", "deploying_worker"),
    *("docs", "drift", "fuzz_engine", "fuzz_web", "handles_and_returns", "histories", "page", "page_browser"),
    *("page_live", "pgbouncer", "races", "reference", "rolling_restart", "searched_posts", "take_over"),
    *("tracing", "up", "upgrades", "wheel", "why_they_left", "x_contract"),
}

# Those of them that `make prove` does at length.
_PROOF = {"boundaries", "crashes", "histories", "races"}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Whatever uses the server is marked `db`, so that it can run on another version too."""
    for item in items:
        if isinstance(item, pytest.Function) and "server" in item.fixturenames:
            item.add_marker("db")
        name = item.path.stem.removeprefix("test_")
        if name in _ONLY_ON_15:
            item.add_marker("slow")
        if name in _PROOF:
            item.add_marker("proof")
        if config.getoption("pg") != "15" and name in _ONLY_ON_15 and not config.getoption("file_or_dir"):
            item.add_marker(pytest.mark.skip(reason="runs on 15 only, unless it is named"))


@pytest.fixture(autouse=True)
def _logging_as_it_was() -> Iterator[None]:
    """A command run inside a test sets the level of all that follow, unless it is set back."""
    yield
    structlog.reset_defaults()


@pytest.fixture(scope="session")
def server(request: pytest.FixtureRequest) -> Iterator[Throwaway]:
    """A server for the whole session, with the superuser postgres and no database of ours."""
    with wanted_server(request.config) as running:
        yield running


@contextmanager
def wanted_server(config: pytest.Config) -> Iterator[Throwaway]:
    """A server such as the options ask for."""
    before = pooled if config.getoption("--pgbouncer") else nullcontext
    with throwaway_server(config.getoption("--pg")) as running, before(running) as reached:
        yield reached


@pytest.fixture
def empty_database(server: Throwaway) -> Iterator[Database]:
    """A fresh database with nothing deployed."""
    with fresh_database(server) as found:
        yield found


@pytest.fixture(scope="session")
def deployed_template(server: Throwaway) -> Iterator[str]:
    """The name of a template with the plan deployed."""
    with _template(server, "rookery_template", clocked=False) as name:
        yield name


@pytest.fixture(scope="session")
def clocked_template(server: Throwaway) -> Iterator[str]:
    """The name of a template with the plan deployed and the simulated clock."""
    with _template(server, "rookery_clocked_template", clocked=True) as name:
        yield name


@pytest.fixture
def database(server: Throwaway, deployed_template: str) -> Iterator[Database]:
    """A fresh database with the plan deployed."""
    with fresh_database(server, deployed_template) as found:
        yield found


@pytest.fixture
def clocked_database(server: Throwaway, clocked_template: str) -> Iterator[Database]:
    """A fresh database with the plan deployed, whose clock stands until `simulation.set_now` or `advance`."""
    with fresh_database(server, clocked_template) as found:
        yield found


@contextmanager
def _template(server: Throwaway, name: str, *, clocked: bool) -> Iterator[str]:
    with _janitor(server, name, "template0", as_template=True):
        deploy_into(server.url(dbname=name), clocked=clocked)
        yield name


@contextmanager
def fresh_database(server: Throwaway, template: str = "template0") -> Iterator[Database]:
    """A database of that template, dropped after the block; for a test that needs more than one."""
    name = f"rookery_test_{next(_numbers)}"
    with _janitor(server, name, template):
        yield Database(name, server)


def _janitor(server: Throwaway, name: str, template: str, *, as_template: bool = False) -> DatabaseJanitor:
    return DatabaseJanitor(
        user=SUPERUSER,
        host=server.host,
        port=server.port,
        dbname=name,
        template_dbname=template,
        as_template=as_template,
    )
