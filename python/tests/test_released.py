"""What was released stays as it is: the plan only grows, and no script of what is deployed is edited (W6)."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from baseline import BaselineError, declared, generated, refuse_after_release, write
from released import ReleaseError, edited, tag_plan
from test_baseline import STATE


def git(root: Path, *arguments: str) -> None:
    who = ("-c", "user.name=Rookery", "-c", "user.email=rookery@example.com", "-c", "commit.gpgsign=false")
    subprocess.run(["git", "-C", str(root), *who, *arguments], check=True, capture_output=True)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A repository of a small state, with one release: tagged in the plan, committed, and tagged in git."""
    for path, text in STATE.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text + "\n", encoding="utf-8")
    write(generated(declared(tmp_path)), tmp_path)
    git(tmp_path, "init", "--quiet")
    assert tag_plan("0.1.0", "the first", tmp_path) == "@v0.1.0"
    commit(tmp_path, "0.1.0")
    git(tmp_path, "tag", "v0.1.0")
    return tmp_path


def commit(root: Path, message: str) -> None:
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message", message)


def rewrite(root: Path, path: str, old: str, new: str) -> None:
    file = root / path
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def add_change(root: Path) -> None:
    with (root / "sqitch.plan").open("a") as plan:
        plan.write("\nlater [api] 2026-03-01T00:00:00Z Rookery <rookery@example.com>\n")
    for kind in ("deploy", "revert", "verify"):
        end = "rollback" if kind == "verify" else "commit"
        (root / f"db/migrations/{kind}/later.sql").write_text(f"begin;\nselect 1;\n{end};\n")


def test_what_is_added_after_a_release_may_be_edited_until_it_is_released(root: Path) -> None:
    add_change(root)
    commit(root, "later")
    rewrite(root, "db/migrations/deploy/later.sql", "select 1", "select 2")
    assert list(edited(root)) == []
    # A verify script says what still holds, and a later change may take something away.
    rewrite(root, "db/migrations/verify/base.sql", "begin;", "begin;\nselect 1;")
    assert list(edited(root)) == []


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        ("db/migrations/deploy/base.sql", "select 3", "select 4"),
        ("db/migrations/revert/api.sql", "cascade", "restrict"),
        ("sqitch.plan", "Clock", "Watch"),
        ("sqitch.plan", "# the first", "# the very first"),
    ],
)
def test_what_was_released_and_is_edited_is_named_by_its_file(
    root: Path, path: str, old: str, new: str
) -> None:
    rewrite(root, path, old, new)
    told = f"{path} is not what it was at @v0.1.0"
    assert list(edited(root)) == [told]
    # So it is where git has no tag, as in a clone without them: the plan's history tells.
    git(root, "tag", "--delete", "v0.1.0")
    assert list(edited(root)) == [told]


def test_a_script_that_is_gone_is_named(root: Path) -> None:
    (root / "db/migrations/revert/base.sql").unlink()
    assert list(edited(root)) == ["db/migrations/revert/base.sql is gone, and was released with @v0.1.0"]


def test_every_release_is_looked_at_and_a_file_is_named_once(root: Path) -> None:
    add_change(root)
    tag_plan("0.2.0", "", root)
    commit(root, "0.2.0")
    git(root, "tag", "v0.2.0")
    assert list(edited(root)) == []
    rewrite(root, "db/migrations/deploy/later.sql", "select 1", "select 2")
    rewrite(root, "db/migrations/deploy/base.sql", "select 3", "select 4")
    told = list(edited(root))
    assert told == [
        "db/migrations/deploy/base.sql is not what it was at @v0.1.0",
        "db/migrations/deploy/later.sql is not what it was at @v0.2.0",
    ]
    with pytest.raises(ReleaseError, match=r"deploy/base\.sql is not what it was"):
        tag_plan("0.3.0", "", root)


def test_without_the_history_nobody_says_that_all_is_well(
    root: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    git(root, "tag", "--delete", "v0.1.0")
    add_change(root)
    commit(root, "later")
    shallow = tmp_path_factory.mktemp("shallow")
    git(root, "clone", "--quiet", "--depth=1", f"file://{root}", str(shallow))
    # All of it came with the one commit that is there.
    rewrite(shallow, "db/migrations/deploy/base.sql", "select 3", "select 4")
    with pytest.raises(ReleaseError, match="this clone is shallow"):
        list(edited(shallow))
    subprocess.run(["rm", "-r", str(root / ".git")], check=True)
    with pytest.raises(ReleaseError, match="no git checkout"):
        list(edited(root))


def test_the_first_release_freezes_the_baseline(root: Path, tmp_path: Path) -> None:
    with pytest.raises(BaselineError, match="has a tag"):
        refuse_after_release(root)
    with pytest.raises(Exception, match=r"@v0\.1\.0 follows no change, or is there twice"):
        tag_plan("0.1.0", "", root)
    assert (root / "sqitch.plan").read_text().count("@v0.1.0") == 1
    with pytest.raises(ReleaseError, match="no version"):
        tag_plan("one", "", root)


def test_a_release_of_what_is_not_written_yet_is_refused(root: Path) -> None:
    plan = root / "sqitch.plan"
    plan.write_text("".join(line for line in plan.open() if not line.startswith("@")), encoding="utf-8")
    rewrite(root, "db/functions/base/three.sql", "select 3", "select 4")
    with pytest.raises(ReleaseError, match="not what is declared"):
        tag_plan("0.1.0", "", root)
