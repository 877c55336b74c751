"""The plan as sqitch reads it, with the real sqitch as the judge of ids."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from app.errors import MigrationFault
from app.plan import read_plan

SIGNED = "2026-01-01T00:00:00Z Rookery <rookery@example.com>"
HEADER = "%syntax-version=1.0.0\n%project=trial\n"
CONF = "[core]\n\tengine = pg\n\ttop_dir = db/migrations\n\tplan_file = sqitch.plan\n"


def write_plan(root: Path, lines: list[str], header: str = HEADER) -> None:
    (root / "sqitch.plan").write_text(header + "\n" + "\n".join(lines) + "\n", encoding="utf-8")
    (root / "sqitch.conf").write_text(CONF, encoding="utf-8")


def sqitch(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("PG", "SQITCH"))}
    home = {"HOME": str(root), "SQITCH_FULLNAME": "Rookery", "SQITCH_EMAIL": "rookery@example.com"}
    return subprocess.run(
        ["sqitch", *arguments],
        cwd=root,
        env=environment | home | {"LC_ALL": "C.UTF-8"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_ids_are_those_that_sqitch_computes(tmp_path: Path) -> None:
    write_plan(
        tmp_path,
        [
            "# a line that is only a remark",
            f"first {SIGNED} # Ünïcode, and a # inside",
            f"second [first] {SIGNED}# no blank before the note",
            f"@v1 {SIGNED} # the first tag",
            "",
            f"third [first second@v1 !later] {SIGNED} # two lines:\\nand \\\\n as it stands",
            f"  with/folder-2 {SIGNED}   ",
            f"@v2.0-rc1 {SIGNED}",
            f"later {SIGNED}",
        ],
        header=HEADER + "%uri=https://example.com/trial\n",
    )
    shown = sqitch(tmp_path, "plan", "--no-headers", "--format", "format:%h %n", "--abbrev", "0")
    assert shown.returncode == 0, shown.stderr
    plan = read_plan(tmp_path)
    assert [f"{change.id} {change.name}" for change in plan.changes] == shown.stdout.split("\n")[:-1]
    assert plan.changes[2].requires == ("first", "second@v1")
    assert plan.changes[2].conflicts == ("later",)
    assert plan.changes[2].note == "two lines:\nand \\n as it stands"
    assert [tag.name for change in plan.changes for tag in change.tags] == ["@v1", "@v2.0-rc1"]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (f"second {SIGNED[:10]}", "line 5: neither a change nor a tag"),
        (f"sec:ond {SIGNED}", "line 5: neither a change nor a tag"),
        (f"x^2 {SIGNED}", "line 5: neither a change nor a tag"),
        (f"HEAD {SIGNED}", "line 5: neither a change nor a tag"),
        (f"second [third] {SIGNED}", "line 5: change second requires third"),
        (f"second [!first] {SIGNED}", "line 5: change second conflicts with first"),
        (f"second [!third] {SIGNED}", "change second conflicts with third, which is not planned"),
        (f"first {SIGNED}", "line 5: change first is there twice"),
        (f"-first {SIGNED}", "line 5: changes that revert"),
    ],
)
def test_a_bad_line_is_named_by_its_number(tmp_path: Path, line: str, reason: str) -> None:
    write_plan(tmp_path, [f"first {SIGNED}", line])
    with pytest.raises(MigrationFault, match=reason):
        read_plan(tmp_path)


def test_a_tag_without_a_change_is_refused(tmp_path: Path) -> None:
    write_plan(tmp_path, [f"@v1 {SIGNED}"])
    with pytest.raises(MigrationFault, match="tag @v1 follows no change"):
        read_plan(tmp_path)


def test_a_plan_without_a_project_is_refused(tmp_path: Path) -> None:
    write_plan(tmp_path, [], header="%syntax-version=1.0.0\n")
    with pytest.raises(MigrationFault, match="has no %project"):
        read_plan(tmp_path)


def test_a_missing_plan_is_named(tmp_path: Path) -> None:
    with pytest.raises(MigrationFault, match=r"sqitch\.plan cannot be read"):
        read_plan(tmp_path)
