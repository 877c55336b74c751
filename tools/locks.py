"""Fails where a lock does not hold what pyproject.toml asks for, or holds what nobody could check."""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
# The lock of what is shipped and of what builds it; both are part of what is developed with.
RUNTIME, BUILD, DEV = "requirements.lock", "requirements-build.lock", "requirements-dev.lock"
_PINNED = re.compile(r"(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^ ;\\]+)")
_HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}")

Lock = dict[str, str]
"""Versions by canonical name."""


def faults(root: Path = ROOT) -> Iterator[str]:
    """What is wrong with the locks, a line each."""
    locks: dict[str, Lock] = {}
    for name in (RUNTIME, BUILD, DEV):
        locks[name] = {}
        yield from _read(name, (root / name).read_text(encoding="utf-8"), locks[name])
    wanted = _wanted(tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8")))
    for name, requirements in wanted.items():
        yield from _missing(name, locks[name], requirements)
    for name in (RUNTIME, BUILD):
        for package, version in locks[name].items():
            if locks[DEV].get(package) != version:
                yield f"{name}: {package} is {version}, and {locks[DEV].get(package, 'missing')} in {DEV}"


def _read(name: str, text: str, lock: Lock) -> Iterator[str]:
    """Fill the lock; whatever is no version with its hashes is a fault."""
    if "://" in text or "--index-url" in text or "--find-links" in text:
        yield f"{name}: names a place to fetch from"
    for entry in re.split(r"\n(?=\S)", text.strip()):
        found = _PINNED.match(entry)
        if found is None:
            yield f"{name}: {entry.splitlines()[0]!r} is no version"
            continue
        lock[canonicalize_name(found["name"])] = found["version"]
        if not _HASH.search(entry):
            yield f"{name}: {found['name']} has no hash"


def _wanted(project: dict[str, Any]) -> dict[str, list[Requirement]]:
    """What pyproject.toml asks for, by lock."""
    runtime = project["project"]["dependencies"]
    extras = [
        each for extra in project["project"].get("optional-dependencies", {}).values() for each in extra
    ]
    groups = project["dependency-groups"]
    return {
        RUNTIME: _requirements(runtime),
        BUILD: _requirements(_of_group(groups, "build")),
        DEV: _requirements([*runtime, *extras, *_of_group(groups, "dev")]),
    }


def _of_group(groups: dict[str, Any], name: str) -> Iterator[str]:
    for each in groups[name]:
        if isinstance(each, dict):
            yield from _of_group(groups, each["include-group"])
        else:
            yield each


def _requirements(texts: Iterable[str]) -> list[Requirement]:
    return [Requirement(each) for each in texts]


def _missing(name: str, lock: Lock, requirements: list[Requirement]) -> Iterator[str]:
    for each in requirements:
        version = lock.get(canonicalize_name(each.name))
        if version is None:
            yield f"{name}: {each.name} is not in it"
        elif not each.specifier.contains(version, prereleases=True):
            yield f"{name}: {each.name} is {version}, and {each.specifier} is asked for"


def main() -> int:
    """0 if all is well; else what is wrong, on stderr."""
    found = list(faults())
    for each in found:
        print(f"locks: {each}", file=sys.stderr)
    if found:
        print("locks: run `make lock` and commit what it writes", file=sys.stderr)
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
