"""Makes a release: looks at all that must be so, bumps the version, tags plan and commit, pushes nothing.

`make release VERSION=1.2.0 NOTE="what it brings"`. What stops it leaves the checkout as it was.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import locks
from app.errors import MigrationFault
from baseline import ROOT, BaselineError
from released import ReleaseError, edited, tag_plan

BRANCH = "main"
_VERSION = re.compile(r'^version = "([^"]+)"$', re.MULTILINE)

Run = Callable[[Path, list[str]], None]
"""Runs a command there, its output to the terminal; raises ReleaseError unless it ends well."""


def run(root: Path, command: list[str]) -> None:
    """See Run."""
    if subprocess.run(command, cwd=root, check=False).returncode != 0:
        raise ReleaseError(f"{' '.join(command)} failed")


@dataclass(frozen=True, slots=True)
class Release:
    """One release of a checkout."""

    version: str
    note: str = ""
    root: Path = ROOT
    run: Run = run

    @property
    def tag(self) -> str:
        """Its name in git, and with an @ in the plan."""
        return f"v{self.version}"

    def make(self) -> None:
        """Everything, in the order of the checklist. Raises ReleaseError for what is not as it must be."""
        for says, step in (
            ("the version is a new one", self.check_version),
            ("the checkout is clean and on main", self.check_tree),
            ("the locks hold what is asked for", self.check_locks),
            ("nothing that was released is edited", self.check_history),
            ("the plan deploys what is declared", lambda: self.make_target("drift")),
            ("all tests pass", lambda: self.make_target("test")),
            (
                "all that faces the database passes behind PgBouncer",
                lambda: self.make_target("test-pgbouncer"),
            ),
        ):
            print(f"release: {says} ...", flush=True)
            step()
        with self._undone_on_failure():
            self.bump()
            tag_plan(self.version, self.note, self.root)
            print("release: the wheel works where there is no checkout ...", flush=True)
            self.make_target("wheel")
            self.run(self.root, [sys.executable, "-m", "pytest", "-q", "python/tests/test_wheel.py"])
        self.commit()

    def check_version(self) -> None:
        """Three numbers, more than those of today."""
        if not re.fullmatch(r"\d+\.\d+\.\d+", self.version):
            raise ReleaseError(f"{self.version!r} is no version; write it as in 1.2.0")
        today = self._version_of_today()
        if self._tags() and _numbers(self.version) <= _numbers(today):
            raise ReleaseError(f"{self.version} does not come after {today}, which pyproject.toml has")
        if self.tag in self._tags():
            raise ReleaseError(f"git has a tag {self.tag}")

    def check_tree(self) -> None:
        """Nothing uncommitted, and the branch that is released from."""
        changed = self._git("status", "--porcelain").splitlines()
        if changed:
            raise ReleaseError(f"{len(changed)} files are not committed, such as {changed[0][3:]}")
        branch = self._git("rev-parse", "--abbrev-ref", "HEAD")
        if branch != BRANCH:
            raise ReleaseError(f"this is {branch}, and releases are made of {BRANCH}")

    def check_locks(self) -> None:
        """See tools/locks.py."""
        for each in locks.faults(self.root):
            raise ReleaseError(each)

    def check_history(self) -> None:
        """See tools/released.py."""
        for each in edited(self.root):
            raise ReleaseError(each)

    def make_target(self, target: str) -> None:
        """`make target`."""
        self.run(self.root, ["make", "--no-print-directory", target])

    def bump(self) -> None:
        """Write the version into pyproject.toml."""
        path = self.root / "pyproject.toml"
        text = path.read_text(encoding="utf-8")
        path.write_text(_VERSION.sub(f'version = "{self.version}"', text, count=1), encoding="utf-8")

    def commit(self) -> None:
        """Commit what was bumped and tagged, and tag it."""
        title = f"Release {self.version}"
        self._git(
            "commit", "--quiet", "--all", "--message", title + (f"\n\n{self.note}" if self.note else "")
        )
        self._git("tag", "--annotate", self.tag, "--message", self.note or title)

    @contextmanager
    def _undone_on_failure(self) -> Iterator[None]:
        try:
            yield
        except BaseException:
            self._git("checkout", "--quiet", "--", "pyproject.toml", "sqitch.plan")
            raise

    def _version_of_today(self) -> str:
        found = _VERSION.search((self.root / "pyproject.toml").read_text(encoding="utf-8"))
        if found is None:
            raise ReleaseError("pyproject.toml has no version")
        return found[1]

    def _tags(self) -> list[str]:
        return self._git("tag", "--list", "v*").split()

    def _git(self, *arguments: str) -> str:
        command = ["git", "-C", str(self.root), *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise ReleaseError(f"git {arguments[0]}: {done.stderr.strip()}")
        return done.stdout.strip()


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(each) for each in version.split("."))


def main() -> int:
    """Make the release that is asked for, and say what is left to a person; 0 if it was made."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("version", help="as in 1.2.0")
    parser.add_argument("--note", default="", help="what it brings, for the plan and for git")
    arguments = parser.parse_args()
    release = Release(arguments.version, arguments.note)
    try:
        release.make()
    except (BaselineError, MigrationFault, ReleaseError) as error:
        print(f"release: stopped: {error}", file=sys.stderr)
        return 1
    print(f"""
release: {release.tag} is committed and tagged, and dist/ has its wheel. Left to you:
  deploy/rehearse                                                 the image, where no engine runs
  docker build -f deploy/Dockerfile -t rookery:{release.version} .          the image, where one does
  git push --follow-tags origin {BRANCH}""")
    return 0


if __name__ == "__main__":
    sys.exit(main())
