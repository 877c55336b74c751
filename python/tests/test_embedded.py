"""The embedded PostgreSQL: its start and stop, what it survives, and whose folders it leaves closed."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path

import pytest

from app import embedded
from app.database import connect
from app.embedded.files import MAJOR, PACKAGE, SERVICE_USER, socket_dir
from app.embedded.server import Server
from app.errors import DatabaseUnavailable, EmbeddedFault

ROOT = os.geteuid() == 0
CLOSED_FOR_ROOT = "lies under .* which is closed to other users"

# Another process that uses the server until its standard input ends.
ANOTHER = """
import sys
from pathlib import Path
from app import embedded
with embedded.running(Path(sys.argv[1]), durable=False) as server:
    print(server.program_dir, flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder that other users can pass, as pytest's own is not."""
    folder = Path(tempfile.mkdtemp(prefix="rk-", dir="/tmp"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def data(place: Path) -> Path:
    return place / "data"


def ask(server: Server, statement: bytes, role: str = "postgres") -> object:
    with closing(connect(server.url(role))) as connection:
        row = connection.execute(statement).fetchone()
    return None if row is None else row[0]


def do(server: Server, statement: bytes) -> None:
    with closing(connect(server.url())) as connection:
        connection.execute(statement)


def is_down(server: Server) -> bool:
    try:
        connect(server.url()).close()
    except DatabaseUnavailable:
        return not (server.cluster / "postmaster.pid").exists()
    return False


def postmaster_pid(server: Server) -> int:
    return int((server.cluster / "postmaster.pid").read_text().split("\n")[0])


def modes(*places: Path) -> dict[Path, tuple[int, int]]:
    folders = {folder for place in places for folder in (place, *place.parents)}
    return {folder: (folder.stat().st_mode, folder.stat().st_uid) for folder in folders}


def start_another(data: Path, **environment: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", ANOTHER, str(data)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | environment,
    )


def leave(process: subprocess.Popen[str]) -> None:
    process.communicate(timeout=60)
    assert process.returncode == 0


def test_it_runs_18_in_utf8_for_the_length_of_the_block(data: Path) -> None:
    with embedded.running(data, durable=False) as server:
        assert str(ask(server, b"show server_version")).startswith(f"{MAJOR}.")
        assert ask(server, b"show server_encoding") == "UTF8"
        assert ask(server, b"select upper('\xc3\xa4') collate \"default\"") == "Ä"
        assert ask(server, b"select current_database()") == "rookery"
        assert ask(server, b"show listen_addresses") == ""
    assert is_down(server)


def test_it_lets_in_any_role_by_name_and_only_through_a_closed_folder(data: Path) -> None:
    with embedded.running(data, durable=False) as server:
        do(server, b"create role rookery_trial login")
        assert ask(server, b"select current_user", role="rookery_trial") == "rookery_trial"
        assert stat.S_IMODE(server.socket_dir.stat().st_mode) == 0o700
        assert stat.S_IMODE(server.cluster.stat().st_mode) == 0o700
        shown = subprocess.run(
            [*server.psql("rookery_trial"), "-Atc", "select 1"], capture_output=True, text=True, check=True
        )
        assert shown.stdout == "1\n"


def test_data_is_there_again_at_the_next_start(data: Path) -> None:
    with embedded.running(data) as server:
        assert ask(server, b"show fsync") == "on"
        do(server, b"create table kept as select 7 as n")
    with embedded.running(data) as server:
        assert ask(server, b"select n from kept") == 7


def test_a_second_block_in_the_same_process_stops_nothing(data: Path) -> None:
    with embedded.running(data, durable=False) as server:
        with embedded.running(data) as again:
            assert again.url() == server.url()
        assert ask(server, b"select 1") == 1
    assert is_down(server)


def test_the_last_process_to_leave_stops_it(data: Path) -> None:
    with embedded.running(data, durable=False) as server:
        another = start_another(data)
        assert another.stdout is not None
        assert another.stdout.readline()
    assert ask(server, b"select 1") == 1
    leave(another)
    assert is_down(server)


def test_processes_that_start_it_at_once_share_one_server(data: Path) -> None:
    others = [start_another(data) for _ in range(3)]
    for other in others:
        assert other.stdout is not None
        assert other.stdout.readline()
    with embedded.running(data) as server:
        for other in others:
            leave(other)
        assert ask(server, b"select 1") == 1
    assert is_down(server)


def test_a_process_that_was_killed_does_not_count_as_a_user(data: Path) -> None:
    another = start_another(data)
    assert another.stdout is not None
    assert another.stdout.readline()
    another.kill()
    another.communicate(timeout=60)
    with embedded.running(data, durable=False) as server:
        assert ask(server, b"select 1") == 1
    assert is_down(server)


def test_kept_running_it_stays_until_it_is_stopped(data: Path) -> None:
    with embedded.running(data, durable=False, keep=True) as server:
        pass
    with embedded.running(data):
        pass
    assert ask(server, b"select 1") == 1
    embedded.stop(data)
    assert is_down(server)
    embedded.stop(data)


def test_it_starts_again_after_its_server_was_killed(data: Path) -> None:
    with embedded.running(data) as server:
        do(server, b"create table kept as select 7 as n")
        os.kill(postmaster_pid(server), signal.SIGKILL)
        with embedded.running(data) as again:
            assert ask(again, b"select n from kept") == 7


def test_a_pid_file_that_now_names_a_stranger_is_no_obstacle(data: Path) -> None:
    with embedded.running(data, durable=False) as server:
        pid_file = server.cluster / "postmaster.pid"
        lines = pid_file.read_text().split("\n")
    account = server.cluster.stat()
    # A living process of the server's own user, as after a reboot; only such a one would PostgreSQL believe.
    stranger = subprocess.Popen(
        ["sleep", "600"], user=account.st_uid if ROOT else None, group=account.st_gid if ROOT else None
    )
    try:
        for lock in (pid_file, server.socket_dir / ".s.PGSQL.5432.lock"):
            lock.write_text("\n".join([str(stranger.pid), *lines[1:]]))
            os.chown(lock, account.st_uid, account.st_gid)
        with embedded.running(data, durable=False) as server:
            assert ask(server, b"select 1") == 1
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_a_path_too_long_for_a_socket_gets_one_elsewhere(place: Path) -> None:
    with embedded.running(place / ("long" * 25), durable=False) as server:
        assert place not in server.socket_dir.parents
        assert ask(server, b"select 1") == 1
        sockets = server.socket_dir
    sockets.rmdir()


def test_a_socket_folder_that_is_another_users_is_refused(place: Path) -> None:
    data = place / "data"
    (data / "socket").mkdir(parents=True)
    (data / "socket").chmod(0o777)
    alone = r"socket is not a folder of \w+'s alone"
    with pytest.raises(EmbeddedFault, match=alone), embedded.running(data):
        pass
    assert not (data / f"postgresql-{MAJOR}").exists()


def test_data_of_another_version_is_refused(data: Path) -> None:
    with embedded.running(data, durable=False) as server:
        pass
    (server.cluster / "PG_VERSION").write_text("16\n")
    with pytest.raises(EmbeddedFault, match="holds data of PostgreSQL 16") as caught, embedded.running(data):
        pass
    assert "\n" not in caught.value.line()


def test_a_relative_path_is_taken_from_here(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(place)
    with embedded.running(Path("here/data"), durable=False) as server:
        assert server.data_dir == place / "here/data"
        assert ask(server, b"select 1") == 1


def test_root_is_refused_a_closed_place_and_it_stays_closed(place: Path) -> None:
    closed = place / "closed"
    closed.mkdir(mode=0o700)
    before = modes(closed)
    data = closed / "deep" / "data"
    if not ROOT:  # who is not root runs the server as himself, and reaches his own folders
        with embedded.running(data, durable=False) as server:
            assert ask(server, b"select 1") == 1
    else:
        with pytest.raises(EmbeddedFault, match=CLOSED_FOR_ROOT) as caught, embedded.running(data):
            pass
        assert "\n" not in caught.value.line()
        assert list(closed.iterdir()) == []
    assert modes(closed) == before


def test_programs_in_a_closed_environment_run_and_it_stays_closed(place: Path) -> None:
    closed = place / "closed"
    site = closed / "site"
    closed.mkdir(mode=0o700)
    copy_package(site)
    data = place / "data"
    installed = site / PACKAGE / f"pginstall{MAJOR}" / "bin"
    before = modes(installed, place, Path.home())
    with embedded.running(data, durable=False):
        pass
    shutil.rmtree(data)
    another = start_another(data, PYTHONPATH=f"{site}:{os.environ.get('PYTHONPATH', '')}")
    assert another.stdout is not None
    programs = Path(another.stdout.readline().strip())
    leave(another)
    assert modes(installed, place, Path.home()) == before
    assert (programs == installed) is not ROOT
    assert (data in programs.parents) is ROOT
    if ROOT:
        assert pwd.getpwuid((data / f"postgresql-{MAJOR}").stat().st_uid).pw_name == SERVICE_USER


def copy_package(site: Path) -> None:
    """The installed package, as far as it is needed, with the modes of a strict umask."""
    spec = find_spec(PACKAGE)
    assert spec is not None
    assert spec.submodule_search_locations is not None
    package = Path(spec.submodule_search_locations[0])
    (site / PACKAGE).mkdir(parents=True)
    (site / PACKAGE / "__init__.py").touch()
    shutil.copytree(
        package / f"pginstall{MAJOR}",
        site / PACKAGE / f"pginstall{MAJOR}",
        ignore=shutil.ignore_patterns("include", "*.a"),
    )
    shutil.copytree(package.parent / f"{PACKAGE}.libs", site / f"{PACKAGE}.libs")
    for each in (site, *site.rglob("*")):
        each.chmod(each.stat().st_mode & ~0o077)


def test_the_folder_for_sockets_is_the_same_at_each_start(place: Path) -> None:
    data = place / ("long" * 25)
    with embedded.running(data, durable=False) as server:
        assert socket_dir(data, server.account) == server.socket_dir
    server.socket_dir.rmdir()
