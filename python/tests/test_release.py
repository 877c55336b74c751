"""The release's checklist: what is not as it must be stops it, and leaves the checkout as it was."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from locks import BUILD, DEV, RUNTIME, faults
from release import Release
from released import ReleaseError
from test_released import commit, git, root

__all__ = ["root"]  # a repository of a small state, released once as 0.1.0

HASH = f"    --hash=sha256:{'0' * 64}"
PROJECT = """\
[project]
name = "rookery"
version = "0.1.0"
dependencies = ["httpx>=0.27"]

[dependency-groups]
build = ["hatchling>=1.25"]
dev = [{ include-group = "build" }, "pytest>=8"]
"""
LOCKS = {
    RUNTIME: ("httpx==0.28.1",),
    BUILD: ("hatchling==1.33.0",),
    DEV: ("hatchling==1.33.0", "httpx==0.28.1", "pytest==9.2.0"),
}


class Runs:
    """What the release would have run; what it is told to fail, fails."""

    def __init__(self, failing: str = "") -> None:
        self.commands: list[str] = []
        self.failing = failing

    def __call__(self, root: Path, command: list[str]) -> None:
        assert (root / "pyproject.toml").is_file()
        line = " ".join(command)
        self.commands.append(line)
        if self.failing and self.failing in line:
            raise ReleaseError(f"{line} failed")


@pytest.fixture
def project(root: Path) -> Path:
    """The same with a project file and locks."""
    (root / "pyproject.toml").write_text(PROJECT)
    for name, versions in LOCKS.items():
        lock(root, name, *versions)
    commit(root, "a project")
    git(root, "branch", "--move", "main")
    git(root, "config", "user.name", "Rookery")
    git(root, "config", "user.email", "rookery@example.com")
    return root


def lock(root: Path, name: str, *versions: str) -> None:
    (root / name).write_text("".join(f"{each} \\\n{HASH}\n" for each in versions))


def said(root: Path, *arguments: str) -> str:
    return subprocess.run(
        ["git", "-C", str(root), *arguments], capture_output=True, text=True, check=True
    ).stdout


def test_a_release_bumps_the_version_tags_the_plan_and_the_commit_and_leaves_nothing_open(
    project: Path,
) -> None:
    runs = Runs()
    Release("0.2.0", "more", project, runs).make()
    assert 'version = "0.2.0"' in (project / "pyproject.toml").read_text()
    assert (project / "sqitch.plan").read_text().splitlines()[-1].startswith("@v0.2.0 ")
    assert said(project, "tag", "--list").split() == ["v0.1.0", "v0.2.0"]
    assert said(project, "log", "-1", "--format=%B", "v0.2.0").strip() == "Release 0.2.0\n\nmore"
    assert said(project, "status", "--porcelain") == ""
    asked = [command.split()[-1] for command in runs.commands]
    assert asked == ["drift", "test", "test-pgbouncer", "wheel", "python/tests/test_wheel.py"]


@pytest.mark.parametrize(
    ("version", "says"),
    [("0.1.0", "does not come after 0.1.0"), ("0.0.9", "does not come after"), ("1.2", "is no version")],
)
def test_a_version_that_does_not_come_next_is_refused(project: Path, version: str, says: str) -> None:
    stopped(project, says, version)


def test_what_is_not_committed_is_not_released(project: Path) -> None:
    (project / "new").write_text("x")
    stopped(project, "1 files are not committed, such as new")


def test_a_release_is_made_of_main(project: Path) -> None:
    git(project, "checkout", "--quiet", "-b", "elsewhere")
    stopped(project, "this is elsewhere, and releases are made of main")


def test_a_lock_that_is_stale_stops_it(project: Path) -> None:
    lock(project, DEV, "hatchling==1.33.0", "httpx==0.28.1")
    commit(project, "stale")
    stopped(project, "requirements-dev.lock: pytest is not in it")


def test_what_was_released_and_is_edited_stops_it(project: Path) -> None:
    script = next((project / "db/migrations/deploy").glob("*.sql"))
    script.write_text(script.read_text() + "-- later\n")
    commit(project, "edited")
    stopped(project, "is not what it was at @v0.1.0")


@pytest.mark.parametrize("failing", ["drift", "make --no-print-directory test", "wheel", "test_wheel"])
def test_whatever_fails_leaves_the_checkout_as_it_was(project: Path, failing: str) -> None:
    stopped(project, "failed", failing=failing)


def stopped(project: Path, says: str, version: str = "0.2.0", failing: str = "") -> None:
    """It stops with these words, and nothing but what was there is there."""
    before = said(project, "rev-parse", "HEAD"), said(project, "status", "--porcelain")
    with pytest.raises(ReleaseError, match=says):
        Release(version, "", project, Runs(failing)).make()
    assert (said(project, "rev-parse", "HEAD"), said(project, "status", "--porcelain")) == before
    assert said(project, "tag", "--list").split() == ["v0.1.0"]


# -- the locks ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "text", "fault"),
    [
        (
            RUNTIME,
            f"httpx==0.20.0 \\\n{HASH}\n",
            "requirements.lock: httpx is 0.20.0, and >=0.27 is asked for",
        ),
        (RUNTIME, f"httpx==0.28.0 \\\n{HASH}\n", "requirements.lock: httpx is 0.28.0, and 0.28.1 in"),
        (RUNTIME, "httpx==0.28.1\n", "requirements.lock: httpx has no hash"),
        (RUNTIME, "httpx @ file:///tmp/x\n", "requirements.lock: names a place to fetch from"),
        (BUILD, f"pluggy==1.7.0 \\\n{HASH}\n", "requirements-build.lock: hatchling is not in it"),
    ],
    ids=["too old", "not the same", "without a hash", "from a place", "missing"],
)
def test_a_lock_that_nobody_could_install_from_is_found(
    project: Path, name: str, text: str, fault: str
) -> None:
    assert list(faults(project)) == []
    (project / name).write_text(text)
    assert any(each.startswith(fault) for each in faults(project)), list(faults(project))
