"""The plan as sqitch reads it, with the real sqitch as the judge of ids."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from app.changes import Plan
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


class Judge:
    """Sqitch's own reader of plans, kept running: starting it costs more than reading."""

    def __init__(self) -> None:
        script = Path(__file__).with_name("sqitch_plans.pl")
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(["perl", str(script)], stdin=pipe, stdout=pipe, encoding="utf-8")

    def read(self, root: Path, references: list[str]) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(
            json.dumps({"path": str(root / "sqitch.plan"), "references": references}) + "\n"
        )
        self._process.stdin.flush()
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        return answer

    def close(self) -> None:
        self._process.communicate(timeout=30)


@pytest.fixture(scope="module")
def judge() -> Iterator[Judge]:
    with closing(Judge()) as found:
        yield found


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
    assert [str(each) for each in plan.changes[2].requires] == ["first", "second@v1"]
    assert [str(each) for each in plan.changes[2].conflicts] == ["later"]
    assert plan.changes[2].note == "two lines:\nand \\n as it stands"
    assert [tag.name for change in plan.changes for tag in change.tags] == ["@v1", "@v2.0-rc1"]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (f"second {SIGNED[:10]}", "line 5: neither a change nor a tag"),
        (f"sec:ond {SIGNED}", "line 5: neither a change nor a tag"),
        (f"x^2 {SIGNED}", "line 5: neither a change nor a tag"),
        (f"HEAD {SIGNED}", "line 5: HEAD is a name that sqitch keeps"),
        (f"{'a' * 40} {SIGNED}", "line 5: a+ is a name that sqitch keeps"),
        (f"second [third] {SIGNED}", "line 5: change second requires third"),
        (f"second [second] {SIGNED}", "line 5: change second requires second"),
        (f"second [first@v1] {SIGNED}", "line 5: change second requires first@v1"),
        (
            f"second [first first] {SIGNED}",
            "line 5: change second: 'first' is no dependency, or is there twice",
        ),
        (f"second [first^] {SIGNED}", "line 5: change second: 'first^' is no dependency"),
        (f"second [@HEAD] {SIGNED}", "line 5: change second requires @HEAD"),
        (f"first {SIGNED}", "line 5: change first is there twice, on line 4"),
        (f"@v1 [first] {SIGNED}", "line 5: tag @v1 holds a /, or requires something"),
        ("second 2026-13-01T00:00:00Z R <r@example.com>", "line 5: 2026-13-01T00:00:00Z is no time"),
        ("second 2026-01-01T00:00:00Z R", "line 5: neither a change nor a tag"),
        (f"second {SIGNED[:-1]}", "line 5: neither a change nor a tag"),
        ("#", "line 5: neither a change nor a tag"),
    ],
)
def test_a_bad_line_is_named_by_its_number_and_sqitch_does_not_take_it_either(
    tmp_path: Path, judge: Judge, line: str, reason: str
) -> None:
    write_plan(tmp_path, [f"first {SIGNED}", line])
    with pytest.raises(MigrationFault, match=re.escape(reason).replace(r"a\+", "a+")):
        read_plan(tmp_path)
    assert "error" in judge.read(tmp_path, [])


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        # Sqitch never ends over such a dependency, so that it cannot be asked.
        ([f"second [{'0' * 40}] {SIGNED}"], "line 5: change second: 0+ .* not supported"),
        ([f"-second {SIGNED}"], "line 5: changes that revert others are not supported"),
        (
            [f"@v1 {SIGNED}", f"first [first@v1] {SIGNED}"],
            "line 6: change first is a reworked one, of line 4",
        ),
    ],
)
def test_what_sqitch_takes_and_we_do_not_is_refused_in_clear_words(
    tmp_path: Path, judge: Judge, lines: list[str], reason: str
) -> None:
    write_plan(tmp_path, [f"first {SIGNED}", *lines])
    assert "0" * 40 in lines[0] or "error" not in judge.read(tmp_path, [])
    with pytest.raises(MigrationFault, match=reason):
        read_plan(tmp_path)


def test_a_change_that_came_after_a_tag_is_not_required_as_of_it(tmp_path: Path, judge: Judge) -> None:
    head = [f"first {SIGNED}", f"@v1 {SIGNED}", f"second {SIGNED}", f"@v2 {SIGNED}"]
    write_plan(tmp_path, [*head, f"third [second@v2 first@v1] {SIGNED}"])
    assert (len(read_plan(tmp_path).changes), "error" in judge.read(tmp_path, [])) == (3, False)
    write_plan(tmp_path, [*head, f"third [second@v1] {SIGNED}"])
    assert "error" in judge.read(tmp_path, [])
    with pytest.raises(MigrationFault, match="line 8: change third requires second@v1"):
        read_plan(tmp_path)


def test_references_find_the_changes_that_sqitch_finds(tmp_path: Path, judge: Judge) -> None:
    lines = [f"first {SIGNED}", f"second {SIGNED}", f"@v1 {SIGNED}", f"third {SIGNED}", f"fourth {SIGNED}"]
    write_plan(tmp_path, lines)
    plan = read_plan(tmp_path)
    wanted = {
        "first": 0, "HEAD": 3, "@HEAD": 3, "ROOT": 0, "@ROOT": 0, "@v1": 1, "@v1^": 0, "@v1~": 2, "@v1~~": 3,
        "HEAD^": 2, "@HEAD^^": 1, "@HEAD^3": 0, "HEAD^4": None, "first~2": 2, "first@v1": 0, "third@v1": None,
        "third@HEAD": 2, "second@v1~1": 2, "@v2": None, "nobody": None, plan.changes[2].id: 2, "HEAD~": None,
    }  # fmt: skip
    assert {each: plan.index_of(each) for each in wanted} == wanted
    assert judge.read(tmp_path, list(wanted))["references"] == wanted


# --- the same, of plans that nobody thought of -----------------------------------------------------

BLANKS = st.sampled_from([" ", " ", " ", "  ", "\t", "\u00a0"])
NAMES = st.sampled_from(
    [
        "first",
        "second",
        "th/ird",
        "x^2",
        "a.b",
        "été",
        "n-1",
        "_u",
        "a~1b",
        "40",
        "HEAD",
        "é^",
        "-a",
        "a=1",
        "b" * 41,
    ]
)
NOTES = st.sampled_from(
    ["", "", " # note", "# a \\n b \\\\ c\\r", " #", " # 0", " # ünï # twice  ", "#\ttab"]
)
DEPENDENCIES = st.builds(
    lambda no, project, name, tag: no + project + name + tag,
    st.sampled_from(["", "", "", "!"]),
    st.sampled_from(["", "", "", "trial:", "other:"]),
    st.sampled_from(["first", "second", "th/ird", "été", "", "first^"]),
    st.sampled_from(["", "", "@v1", "@v2.0", "@HEAD"]),
)
STAMPS = st.sampled_from(["2026-01-01T00:00:00Z"] * 6 + ["2026-02-30T00:00:00Z", "2026-01-01 00:00:00", ""])
PLANNERS = st.sampled_from(
    ["Rookery <rookery@example.com>"] * 6 + ["A  B  <a@b>", "Zoë\t<z@example.com>", "Nobody", "<a@b>"]
)


@st.composite
def lines_of_plans(draw: st.DrawFn) -> list[str]:
    """Up to six lines; half of the time none of them is wrong by itself."""
    number = draw(st.integers(1, 6))
    if draw(st.booleans()):
        names = draw(st.permutations(["first", "second", "th/ird", "été", "a.b", "n-1"]))
        return [_sound_line(draw, names[: each + 1], each) for each in range(number)]
    return [_any_line(draw) for _ in range(number)]


def _sound_line(draw: st.DrawFn, names: list[str], number: int) -> str:
    rest = f"{draw(BLANKS)}2026-01-01T00:00:0{number}Z{draw(BLANKS)}A  B {draw(BLANKS)}<a@b>{draw(NOTES)}"
    if number and draw(st.integers(0, 3)) == 0:
        return f"@v{number}.0{rest}"
    needs = draw(
        st.lists(
            st.sampled_from(["!zeta", "other:a@b", "other:" + "0" * 40, *names[:-1]]), max_size=3, unique=True
        )
    )
    if number and draw(st.integers(0, 5)) == 0:
        needs.append(f"{names[0]}@v{number - 1}.0")
    return names[-1] + (f"{draw(BLANKS)}[{draw(BLANKS).join(needs)}]" if needs else "") + rest


def _any_line(draw: st.DrawFn) -> str:
    sort = draw(st.sampled_from(["change"] * 6 + ["tag"] * 3 + ["other"]))
    if sort == "other":
        return draw(st.sampled_from(["", "  ", "# remark", "#", "# ", "%late=1", "\r", "first"]))
    if sort == "tag":
        head = draw(st.sampled_from(["@v1", "@v2.0", "@v1-a", "@a/b", " @v3", "@HEAD", "@", "@v1 [first]"]))
    else:
        needs = draw(st.lists(DEPENDENCIES, max_size=3))
        head = draw(st.sampled_from(["", "", "", "", "+", "-", " "])) + draw(NAMES)
        head += f"{draw(st.sampled_from(['', draw(BLANKS)]))}[{draw(BLANKS).join(needs)}]" if needs else ""
    rest = draw(STAMPS) + draw(BLANKS) + draw(PLANNERS)
    return head + draw(BLANKS) + rest + draw(NOTES) + draw(st.sampled_from(["", "", "", " ", "\r"]))


HEADERS = st.sampled_from(
    [HEADER] * 12
    + [
        HEADER + "%uri=https://example.com/trial\n",
        "# remark\n% project = trial  # why\n%a.b\n",
        "%project=trial\n%project\n",
        "# 0\n%project=trial\n",
        "%project=a@b\n",
        "",
    ]
)


def read_or_fault(root: Path) -> Plan | MigrationFault:
    try:
        return read_plan(root)
    except MigrationFault as fault:
        return fault


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(header=HEADERS, lines=lines_of_plans())
def test_a_plan_reads_the_same_here_and_there(
    tmp_path: Path, judge: Judge, header: str, lines: list[str]
) -> None:
    (tmp_path / "sqitch.plan").write_bytes((header + "\n" + "\n".join(lines) + "\n").encode())
    references = ["HEAD", "@v1^", "first~", "second@v1", "@HEAD^^", "ROOT~2"]
    theirs = judge.read(tmp_path, references)
    plan = read_or_fault(tmp_path)
    event(f"{'no plan' if isinstance(plan, MigrationFault) else len(plan.changes)}")
    if isinstance(plan, MigrationFault):
        assert "error" in theirs or "not supported" in str(plan), (plan, theirs)
        return
    assert "error" not in theirs, theirs["error"].splitlines()[0]
    ours = {
        "project": plan.project,
        "changes": [
            {name: getattr(change, name) for name in ("id", "name", "note", "planner", "email", "date")}
            | {"requires": [str(each) for each in change.requires]}
            | {"conflicts": [str(each) for each in change.conflicts]}
            | {"tags": [[tag.id, tag.name, tag.note] for tag in change.tags]}
            for change in plan.changes
        ],
        "references": {each: plan.index_of(each) for each in references},
    }
    if not plan.changes:
        ours["references"] = theirs["references"]
    assert ours == theirs


# --- what is no plan at all ------------------------------------------------------------------------


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
