"""The simulated X as a command for people: python -m app.simulator."""

import re
import subprocess
import sys
from pathlib import Path

import httpx

from app.simulator import TOKEN

COMMAND = [sys.executable, "-m", "app.simulator"]


def test_the_command_serves_a_lived_world_and_says_what_to_type() -> None:
    arguments = ["--port", "0", "--users", "200", "--seed", "4", "--days", "2"]
    with subprocess.Popen([*COMMAND, *arguments], stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            told = [process.stdout.readline(), process.stdout.readline()]
            url = re.search(r"http://\S+", told[1])
            assert url is not None
            assert f"Bearer {TOKEN}" in told[1]
            answer = httpx.get(url[0], headers={"authorization": f"Bearer {TOKEN}"})
            assert answer.json()["data"]
        finally:
            process.terminate()


def test_a_bad_world_file_is_one_line_on_stderr(tmp_path: Path) -> None:
    path = tmp_path / "bad.csv"
    path.write_text("follower,followed\n1,1\n")
    done = subprocess.run([*COMMAND, "--world", str(path)], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "line 2" in done.stderr
