"""The wheel, installed where there is no checkout: it holds plan and SQL, and works in an empty folder."""

from __future__ import annotations

import json
import os
import site
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built as `make wheel` builds it."""
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    (found,) = folder.glob("rookery-*.whl")
    return found


@pytest.fixture(scope="module")
def place() -> Iterator[Path]:
    """A folder that PostgreSQL's user can reach, whoever runs the tests."""
    with tempfile.TemporaryDirectory(prefix="rk-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.fixture(scope="module")
def installed(wheel: Path, place: Path) -> Path:
    """The `rookery` of an environment of its own, which sees the locked packages and no checkout."""
    home = place / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", home], check=True)
    python = home / "bin" / "python"
    says = [str(python), "-c", "import site; print(site.getsitepackages()[0])"]
    packages = Path(subprocess.run(says, capture_output=True, text=True, check=True).stdout.strip())
    # A folder that is named in a .pth has its own .pth files left alone: what is editable here is not there.
    (packages / "locked.pth").write_text("\n".join(site.getsitepackages()) + "\n")
    subprocess.run(
        [sys.executable, "-m", "pip", "--python", python, "install", "--no-deps", "--no-index", "-q", wheel],
        check=True,
    )
    where = [str(python), "-c", "import app; print(app.__file__)"]
    found = subprocess.run(where, cwd=place, env={}, capture_output=True, text=True, check=True).stdout
    assert found.startswith(str(packages)), "it is the checkout that would be tried"
    return home / "bin" / "rookery"


def rookery(installed: Path, *arguments: str) -> str:
    """What it says in an empty folder, with an embedded database and nothing in the environment."""
    place = installed.parents[2]
    (place / "empty").mkdir(exist_ok=True)
    done = subprocess.run(
        [installed, "--data-dir", place / "data", *arguments],
        cwd=place / "empty",
        env={"PATH": os.environ["PATH"], "HOME": str(place / "home")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_wheel_holds_what_deploys_and_what_serves_and_no_test(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    held = {
        "app/_db/sqitch.plan",
        "app/_db/db/sqitch_registry.sql",
        "app/_db/db/schema/10_roles.sql",
        "app/_db/db/migrations/deploy/api.sql",
        "app/_db/db/migrations/revert/api.sql",
        "app/_db/db/migrations/verify/api.sql",
        "app/web/page/templates/layout.html",
        "app/py.typed",
    }
    assert held - set(names) == set()
    assert [name for name in names if "tests" in name or name.endswith(".pyc")] == []
    assert [name for name in names if name.split("/")[0] != "app" and ".dist-info/" not in name] == []


def test_an_installed_wheel_deploys_and_ticks_in_an_empty_folder(installed: Path) -> None:
    assert "rookery" in rookery(installed, "--version")
    planned = [each["change"] for each in json.loads(rookery(installed, "db", "status", "--json"))]
    deployed = json.loads(rookery(installed, "db", "deploy", "--json"))
    assert [each["change"] for each in deployed] == planned
    assert json.loads(rookery(installed, "tick", "--json"))["calls"] == []


def test_an_installed_wheel_lives_through_a_day_of_the_demo(installed: Path) -> None:
    report = json.loads(rookery(installed, "demo", "--days", "1", "--json"))
    assert all(each["equals_truth"] for each in report["segments"])
