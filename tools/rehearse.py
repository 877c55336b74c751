"""Does what deploy/Dockerfile says without a container engine, in chroots of Debian, and tries the result.

Needs root, debootstrap and the registries. What begins as Python's image begins as Debian's own Python here.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from dockerfile import Instruction, Stage, read_dockerfile

ROOT = Path(__file__).resolve().parent.parent
DOCKERFILE = ROOT / "deploy" / "Dockerfile"
PACKAGES = "ca-certificates,python3,python3-venv"
COMPILERS = ("cc", "gcc", "g++", "c++", "clang", "ld", "as", "make")
PLAIN = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
SOON = 90.0


class RehearsalError(Exception):
    """The image would not be what it should; the message says in what."""


class Root:
    """The tree of one stage, and what the stage has said so far."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.environment = {"PATH": PLAIN}
        self.folder = "/"
        self.user: str | None = None

    def inside(self, path: str) -> Path:
        """Where a path of the stage is here."""
        return self.path / (path if path.startswith("/") else f"{self.folder}/{path}").lstrip("/")

    def command(self, words: list[str]) -> list[str]:
        """What runs words in it, as the first process of its own."""
        away = ["unshare", "--fork", "--pid", "--kill-child", "--mount", "--mount-proc", "--ipc", "--uts"]
        away += [f"--root={self.path}", f"--wd={self.folder}"]
        if self.user is not None:
            uid, _, gid = self.user.partition(":")
            away += [f"--setuid={uid}", f"--setgid={gid or uid}"]
        return [*away, *words]

    def run(self, words: list[str], **more: str) -> subprocess.CompletedProcess[str]:
        """Run words in it to their end; what they said."""
        return subprocess.run(
            self.command(words),
            env={**self.environment, **more},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

    def expect(self, words: list[str], **more: str) -> str:
        """As `run`, and RehearsalError unless it ends well."""
        done = self.run(words, **more)
        if done.returncode != 0:
            raise RehearsalError(f"{' '.join(words)}: status {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout


# --- building --------------------------------------------------------------------------------------


def make_base(image: str, folder: Path) -> Path:
    """A tree such as that image has: Debian of its suite, with Debian's own Python in it."""
    found = re.fullmatch(r"python:[\d.]+-slim-([a-z]+)", image)
    if found is None:
        raise RehearsalError(f"{image} is none that can be stood in for: python:VERSION-slim-SUITE")
    tree = folder / f"base-{found[1]}"
    if not tree.exists():
        unfinished = tree.with_suffix(".unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        subprocess.run(
            ["debootstrap", "--variant=minbase", f"--include={PACKAGES}", found[1], str(unfinished)],
            stdout=subprocess.DEVNULL,
            check=True,
        )
        (unfinished / "usr/local/bin/python").symlink_to("/usr/bin/python3")
        unfinished.rename(tree)
    return tree


def build(stage: Stage, bases: Path, done: dict[str, Root], path: Path) -> Root:
    """Do what the stage says to a copy of what it begins as."""
    subprocess.run(["cp", "-a", "--reflink=auto", make_base(stage.base, bases), path], check=True)
    root = Root(path)
    # As this machine reaches the registries, so does the stage.
    for name in ("etc/resolv.conf", "etc/pip.conf", "etc/ssl/certs/ca-certificates.crt"):
        if Path("/", name).exists():
            shutil.copy(Path("/", name), path / name)
    for each in stage.instructions:
        began = time.monotonic()
        _do(root, each, done)
        spent = time.monotonic() - began
        if spent > 1:
            print(f"  {stage.name} line {each.line}: {each.keyword} took {spent:.0f} s", flush=True)
    return root


def _do(root: Root, each: Instruction, done: dict[str, Root]) -> None:
    match each.keyword:
        case "ENV":
            for word in each.words:
                name, _, value = word.partition("=")
                root.environment[name] = re.sub(
                    r"\$(\w+)", lambda found: root.environment.get(found[1], ""), value
                )
        case "WORKDIR":
            root.folder = each.text
            root.inside(each.text).mkdir(parents=True, exist_ok=True)
        case "USER":
            root.user = each.text
        case "COPY":
            _copy(root, each, done)
        case "RUN":
            ours = {name: value for name, value in os.environ.items() if name.startswith("PIP_")}
            root.expect(["/bin/sh", "-c", each.text], **ours, PIP_QUIET="1")


def _copy(root: Root, each: Instruction, done: dict[str, Root]) -> None:
    *sources, target = each.words
    source_root = done[each.flags["from"]].path if "from" in each.flags else context()
    into = root.inside(target)
    for source in sources:
        origin = source_root / source.lstrip("/")
        if origin.is_dir():
            shutil.copytree(origin, into, symlinks=True, dirs_exist_ok=True)
        else:
            place = into / origin.name if target.endswith("/") else into
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(origin, place)


def context() -> Path:
    """What .dockerignore leaves of the checkout: a copy, so that what it hides cannot be copied."""
    if not _CONTEXT.exists():
        rules = [
            line for line in (ROOT / ".dockerignore").read_text().splitlines() if line and line[0] != "#"
        ]
        kept = [line[1:] for line in rules if line.startswith("!")]
        hidden = [line.removeprefix("**/") for line in rules if not line.startswith("!")]
        for name in kept:
            source, target = ROOT / name, _CONTEXT / name
            target.parent.mkdir(parents=True, exist_ok=True)
            if source.is_dir():
                shutil.copytree(source, target, ignore=_ignoring(hidden))
            else:
                shutil.copy(source, target)
    return _CONTEXT


def _ignoring(hidden: list[str]) -> Callable[[str, list[str]], set[str]]:
    def ignore(folder: str, names: list[str]) -> set[str]:
        inside = Path(folder).relative_to(ROOT)
        return {name for name in names if name in hidden or str(inside / name) in hidden}

    return ignore


_CONTEXT = Path(tempfile.gettempdir()) / f"rookery-context-{os.getpid()}"


# --- trying ----------------------------------------------------------------------------------------


def try_image(stage: Stage, root: Root) -> None:
    """See that the last stage holds what it should and nothing else, and that it does its work."""
    entrypoint = stage.last("ENTRYPOINT").words
    check = stage.last("HEALTHCHECK").text.partition("CMD ")[2]
    health = Instruction("CMD", check, {}, 0).words
    what_is_there(root)
    print(" ", root.expect([*entrypoint, "--version"]).strip())
    print(" ", root.expect([*entrypoint, *stage.last("CMD").words]).splitlines()[1].strip())
    quiet = {"X_API_BASE_URL": "http://127.0.0.1:1", "ROOKERY_WEB_PORT": str(_free_port())}
    for command in ("db deploy", "tick --json", "root list"):
        root.expect([*entrypoint, *command.split()], **quiet)
        print(f"  rookery {command}: done")
    if root.run(health, **quiet).returncode == 0:
        raise RehearsalError("the health check is content where nothing runs")
    secret = {"ROOKERY_API_TOKEN": "a-token-of-the-rehearsal"}
    for command in ("worker", "web", "up"):
        with running(root, [*entrypoint, command], quiet | secret, health):
            print(f"  rookery {command}: healthy")
        print(f"  rookery {command}: stopped by SIGTERM")


def what_is_there(root: Root) -> None:
    """No root, no compiler, no pip and no test in what is shipped."""
    if root.user is None or root.user.split(":")[0] in {"0", "root"}:
        raise RehearsalError("it runs as root")
    compilers = [name for name in COMPILERS if root.run(["which", name]).returncode == 0]
    if compilers:
        raise RehearsalError(f"it holds {', '.join(compilers)}")
    shipped = root.path / "opt/rookery"
    forbidden = [*shipped.rglob("bin/pip*"), *shipped.rglob("app/_db/db/tests"), *root.path.glob("src/*")]
    if forbidden:
        raise RehearsalError(f"it holds {forbidden[0].relative_to(root.path)}")
    writable = root.run(["find", "/opt/rookery", "-writable", "-not", "-type", "l"]).stdout.split()
    if writable:
        raise RehearsalError(f"its user may write {writable[0]}")
    size = sum(each.lstat().st_size for each in shipped.rglob("*") if each.is_file())
    print(f"  user {root.user}, no compiler, {size / 1e6:.0f} MB over the image that it begins as")


@contextmanager
def running(root: Root, words: list[str], more: dict[str, str], health: list[str]) -> Iterator[None]:
    """A container that runs until it is healthy, and is then stopped as an engine would."""
    shutil.rmtree(root.inside("/run/rookery") / "heartbeat", ignore_errors=True)
    log = root.path.with_suffix(".log")
    with log.open("w+") as output:
        process = subprocess.Popen(
            root.command(words), env={**root.environment, **more}, stdout=output, stderr=output
        )
        try:
            deadline = time.monotonic() + SOON
            while root.run(health, **more).returncode != 0:
                if process.poll() is not None or time.monotonic() > deadline:
                    raise RehearsalError(f"{' '.join(words)} does not get healthy:\n{log.read_text()}")
                time.sleep(0.5)
            yield
            (first,) = _children(process.pid)
            os.kill(first, 15)
            status = process.wait(timeout=SOON)
            if status != 0:
                raise RehearsalError(f"{' '.join(words)} ends with {status}:\n{log.read_text()}")
        finally:
            process.kill()
            process.wait()
    heartbeat = root.inside("/run/rookery/heartbeat")
    heartbeat.unlink(missing_ok=True)


def _children(pid: int) -> list[int]:
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


def main() -> int:
    """Build and try; 0 if the image would be as it should."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bases", type=Path, help="a folder that keeps what debootstrap fetched")
    parser.add_argument("--keep", action="store_true", help="keep the trees, and say where they are")
    arguments = parser.parse_args()
    if os.geteuid() != 0 or shutil.which("debootstrap") is None:
        print("rehearse: this needs root and debootstrap (apt-get install debootstrap)", file=sys.stderr)
        return 2
    folder = Path(tempfile.mkdtemp(prefix="rookery-rehearsal-", dir="/var/tmp"))
    folder.chmod(0o755)
    bases = arguments.bases or folder
    try:
        done: dict[str, Root] = {}
        stages = read_dockerfile(DOCKERFILE)
        for stage in stages:
            print(f"stage {stage.name}, from {stage.base}", flush=True)
            done[stage.name] = build(stage, bases, done, folder / stage.name)
        print("the image", flush=True)
        try_image(stages[-1], done[stages[-1].name])
    except (RehearsalError, subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        print(f"rehearse: {error}", file=sys.stderr)
        return 1
    finally:
        shutil.rmtree(_CONTEXT, ignore_errors=True)
        if arguments.keep:
            print(f"kept in {folder}")
        else:
            shutil.rmtree(folder, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
