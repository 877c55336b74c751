"""The README does what it says: every command in it is run here, in its order, as a newcomer would."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.simulator import TOKEN, Simulator, seeded_world
from app.simulator.serving import serve_in_thread
from conftest import Database

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
PATIENCE = 180

# What runs until it is stopped, and the log line from which one sees that it works.
LASTING = {"worker": "recorded", "web": "serving"}


def _commands() -> list[str]:
    blocks = re.findall(r"^```sh\n(.*?)^```", README.read_text(), re.MULTILINE | re.DOTALL)
    return [line for block in blocks for line in block.splitlines() if line.strip()]


@pytest.fixture
def environment() -> Iterator[dict[str, str]]:
    """A newcomer's environment: an own data folder, and an X that answers (the simulated one)."""
    # Under /tmp, whose parents are open: as root the embedded server runs as another user.
    data_dir = Path(tempfile.mkdtemp(prefix="rk-readme-", dir="/tmp"))
    data_dir.chmod(0o755)
    world = seeded_world(200, 1, start=datetime(2026, 3, 2, tzinfo=UTC))
    with serve_in_thread(Simulator(world).app()) as url:
        yield {
            **{
                name: value
                for name, value in os.environ.items()
                if not name.startswith(("ROOKERY_", "DATABASE_"))
            },
            "ROOKERY_DATA_DIR": str(data_dir),
            "X_API_BASE_URL": url,
            "X_BEARER_TOKEN": TOKEN,
            "ROOKERY_API_TOKEN": TOKEN,
            "ROOKERY_WEB_PORT": "0",
        }
    shutil.rmtree(data_dir, ignore_errors=True)


def test_every_command_of_the_readme_works(environment: dict[str, str]) -> None:
    commands = _commands()
    assert commands[:2] == ["make demo", "make test"]
    assert "make test" in (ROOT / ".ci/run").read_text()  # which runs this, and need not be run by it
    assert len(commands) > 8
    for command in commands[2:]:
        words = shlex.split(command)
        if words[1] in LASTING:
            _run_until_it_works(words, environment, LASTING[words[1]])
        else:
            done = subprocess.run(
                words,
                cwd=ROOT,
                env=environment,
                capture_output=True,
                text=True,
                timeout=PATIENCE,
                check=False,
            )
            assert done.returncode == 0, (command, done.stderr)


def test_make_demo_ends_with_the_truth(environment: dict[str, str]) -> None:
    done = subprocess.run(
        ["make", "demo"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("yes") >= 6
    assert "The bill of 7 simulated days" in done.stdout


def _run_until_it_works(words: list[str], environment: dict[str, str], sign: str) -> None:
    """What runs until it is stopped: here, once it has said that it works."""
    with subprocess.Popen(
        words, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as worker:
        assert worker.stdout is not None
        said = []
        for line in worker.stdout:
            said.append(line)
            if sign in line:
                break
        worker.send_signal(signal.SIGTERM)
        rest, _ = worker.communicate(timeout=PATIENCE)
        assert worker.returncode == 0, "".join(said) + rest


def test_every_statement_of_the_readme_can_be_typed(database: Database) -> None:
    statements = re.findall(
        r"`(select [^`]+|(?:why_not|members_at|diff|provenance)\([^`]+\))`", README.read_text()
    )
    assert len(statements) >= 8
    with database.connect("rookery_operator") as connection:
        for statement in statements:
            typed = statement if statement.startswith("select") else f"select {statement}"
            connection.execute(f"explain {typed}")
