"""Members, events and differences as whole lists: CSV for spreadsheets, NDJSON and Parquet for programs."""

from __future__ import annotations

import csv
import importlib
import io
import json
import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from app import cli, copying, lists
from app.cli.progress import counted
from app.web import models
from conftest import Database
from test_cli import Outcome
from throwaway import Throwaway
from web_client import played_database

BIG = 9223372036854775807
PARQUET: Any = importlib.import_module("pyarrow.parquet")  # it has no types
FOLLOWERS = ("segment_followers", "--subject", "1")
OF_1 = """instance_id('segment_followers', '{"subject_id": "1"}')"""
CORPUS = ("post_corpus_for_segment", "--source", "segment_mutuals", "--subject", "1")
EVIL = {2: "=1+1", 5: "+a", 6: "-a", 7: "@a", 8: "\ta", 9: "'a", 10: 'a "quoted", name\nof two lines', 11: ""}
Rookery = Callable[..., Outcome]


@pytest.fixture(scope="module")
def world(server: Throwaway, clocked_template: str) -> Iterator[Database]:
    """The small world, in which some have names that a spreadsheet would take for something else."""
    with played_database(server, clocked_template) as found:
        with found.connect() as owner:
            owner.execute("update graph.users set deleted_at = null, name = null where user_id = 12")
            for user_id, name in EVIL.items():
                owner.execute("update graph.users set name = %s where user_id = %s", [name, user_id])
            owner.execute("update graph.posts set text = '=evil()' where post_id = 1001")
        yield found


@pytest.fixture
def rookery(
    world: Database, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> Rookery:
    """Runs one command as the operator."""
    monkeypatch.setenv("DATABASE_URL", world.url("rookery_worker"))
    monkeypatch.setenv("ROOKERY_OPERATOR_URL", world.url("rookery_operator"))

    def run(*arguments: str) -> Outcome:
        with pytest.raises(SystemExit) as stopped:
            cli.main(arguments)
        out, err = capfdbinary.readouterr()
        assert isinstance(stopped.value.code, int)
        return Outcome(stopped.value.code, out.decode(), err.decode())

    return run


def rows_of(world: Database, statement: str) -> list[tuple[Any, ...]]:
    with world.connect("rookery_reader") as reader:
        return reader.execute(statement.encode()).fetchall()


def records(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


@pytest.mark.parametrize("page", [1, 7, 1000])
def test_every_format_holds_the_whole_list(
    world: Database, rookery: Rookery, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, page: int
) -> None:
    monkeypatch.setattr(copying.copy_list, "__kwdefaults__", {"limit": None, "page": page})
    monkeypatch.setattr("app.cli.exports.ROWS_IN_GROUP", 10)
    expected = rows_of(world, f"select item_id, since from members({OF_1}) order by item_id")
    assert len(expected) == 38
    members = rookery("segment", "members", *FOLLOWERS, "--format", "csv")
    assert [each["item_id"] for each in records(members.out)] == [f"'{item}" for item, _ in expected]
    lines = rookery("segment", "members", *FOLLOWERS, "--format", "ndjson").out.splitlines()
    assert [json.loads(each)["item_id"] for each in lines] == [str(item) for item, _ in expected]
    rookery("segment", "members", *FOLLOWERS, "--output", str(tmp_path / "m.parquet"))
    table = PARQUET.read_table(tmp_path / "m.parquet").to_pylist()
    assert [(int(each["item_id"]), each["since"]) for each in table] == expected


def test_events_and_differences_are_exported_too(world: Database, rookery: Rookery) -> None:
    events = records(rookery("segment", "events", *FOLLOWERS, "--format", "csv").out)
    expected = rows_of(
        world, f"select materialization_id::text, '''' || item_id, event from events({OF_1}, 1000)"
    )
    assert [(e["materialization_id"], e["item_id"], e["event"]) for e in events] == expected
    assert {each["is_first_appearance"] for each in events} == {"true", "false", ""}
    found = rookery("segment", "diff", *FOLLOWERS, "--since", "7d", "--format", "ndjson")
    changes = [json.loads(each) for each in found.out.splitlines()]
    assert [(c["item_id"], c["change"], c["reason"], c["handle"]) for c in changes] == [
        ("3", "entered", "followed", "user_3")
    ]


def test_a_corpus_is_exported_with_its_posts(rookery: Rookery) -> None:
    found = records(rookery("segment", "members", *CORPUS, "--profiles", "--format", "csv").out)
    assert found[0]["item_id"] == "'1001"
    assert found[0]["author_id"].startswith("'")
    assert found[0]["text"] == "'=evil()"
    assert found[0]["handle"]
    assert datetime.fromisoformat(found[0]["posted_at"])
    assert [
        c["handle"]
        for c in records(rookery("segment", "diff", *CORPUS, "--since", "99d", "--format", "csv").out)
    ]


def test_nothing_in_a_csv_is_a_number_or_a_formula_to_a_spreadsheet(rookery: Rookery) -> None:
    found = rookery("segment", "members", *FOLLOWERS, "--profiles", "--format", "csv").out
    names = {int(each["item_id"].removeprefix("'")): each["name"] for each in records(found)}
    for user_id, name in EVIL.items():
        guarded = bool(name) and name[0] in "=+-@\t'"
        assert names[user_id] == (f"'{name}" if guarded else name)
    assert all(each["item_id"].startswith("'") for each in records(found))


def test_a_program_gets_every_text_as_it_is_and_null_for_none(rookery: Rookery, tmp_path: Path) -> None:
    file = tmp_path / "m.parquet"
    rookery("segment", "members", *FOLLOWERS, "--profiles", "-o", str(file))
    found = {int(each["item_id"]): each for each in PARQUET.read_table(file).to_pylist()}
    lines = rookery("segment", "members", *FOLLOWERS, "--profiles", "--format", "ndjson").out.splitlines()
    told = {int(each["item_id"]): each for each in map(json.loads, lines)}
    for user_id, name in EVIL.items():
        assert found[user_id]["name"] == told[user_id]["name"] == name
    assert found[12]["name"] is told[12]["name"] is None
    types = {each.name: str(each.type) for each in PARQUET.read_schema(file)}
    assert (types["item_id"], types["since"], types["followers_count"], types["is_protected"]) == (
        "string", "timestamp[us, tz=UTC]", "int64", "bool",
    )  # fmt: skip


def test_members_are_those_of_the_moment_that_is_named(world: Database, rookery: Rookery) -> None:
    first = rows_of(
        world, f"select min(materialization_id) from materializations where instance_id = {OF_1}"
    )[0][0]
    expected = rows_of(world, f"select item_id from members_as_of({OF_1}, {first}) order by item_id")
    for moment in (("--as-of", str(first)), ("--at", "16d"), ("--at", "2026-03-02")):
        found = rookery("segment", "members", *FOLLOWERS, *moment, "--format", "csv")
        assert [each["item_id"] for each in records(found.out)] == [f"'{item}" for (item,) in expected], (
            moment
        )
    assert (
        rookery("segment", "members", *FOLLOWERS, "--at", "9 years", "--format", "csv").out
        == "item_id,since\n"
    )
    wrong = rookery("segment", "members", *FOLLOWERS, "--at", "soon")
    assert (wrong.status, wrong.err.count("\n")) == (2, 1)
    assert "that is no moment: 'soon'" in wrong.err


def test_a_difference_is_a_table_and_says_what_it_would_cost_to_know_more(
    rookery: Rookery,
) -> None:
    shown = rookery("segment", "diff", *FOLLOWERS, "--since", "16d", "--to", "7d")
    lines = [each.split("\t") for each in shown.out.splitlines()]
    assert lines[0][:6] == ["change", "handle", "name", "followers_count", "reason", "by_whom"]
    assert [lines[1][column] for column in (0, 1, 4, 5)] == ["left", "user_3", "unfollowed", "item"]
    assert shown.err == ""


def test_an_unknown_leaver_is_looked_up_for_a_price_that_is_said(
    server: Throwaway, clocked_template: str, monkeypatch: pytest.MonkeyPatch, rookery: Rookery
) -> None:
    with played_database(server, clocked_template) as other:
        with other.connect() as owner:
            owner.execute("select simulation.advance('8 days')")
            owner.execute("delete from test.world_follows where target_id = 1 and follower_id in (30, 31)")
            owner.execute("select test.play()")
        monkeypatch.setenv("ROOKERY_OPERATOR_URL", other.url("rookery_operator"))
        asked = rookery("segment", "diff", *FOLLOWERS, "--since", "7d", "--json")
        assert [each["reason"] for each in json.loads(asked.out)] == ["unknown", "unknown"]
        assert "of 2 who left nothing says why; --find-out has them looked up, for at most $0.02" in asked.err
        told = rookery("segment", "diff", *FOLLOWERS, "--since", "7d", "--find-out").err
        assert "2 who left are looked up, for at most $0.02" in told
        with other.connect() as owner:
            owner.execute("select test.play()")
        again = rookery("segment", "diff", *FOLLOWERS, "--since", "7d", "--json")
        assert [each["reason"] for each in json.loads(again.out)] == ["unfollowed", "unfollowed"]
        assert again.err == ""


# -- files ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ending", ["csv", "ndjson", "parquet"])
def test_a_broken_export_leaves_nothing_and_what_was_there_before(
    rookery: Rookery, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ending: str
) -> None:
    file = tmp_path / f"m.{ending}"
    file.write_text("as it was")
    pages = copying.copy_list

    def broken(*arguments: Any, **options: Any) -> Iterator[list[bytes]]:
        yield from pages(*arguments, **options)
        raise KeyboardInterrupt

    monkeypatch.setattr(copying, "copy_list", broken)
    assert rookery("segment", "members", *FOLLOWERS, "-o", str(file)).status == 130
    assert [each.name for each in tmp_path.iterdir()] == [file.name]
    assert file.read_text() == "as it was"
    monkeypatch.undo()


def test_a_csv_file_says_that_it_is_utf_8_and_a_pipe_does_not(rookery: Rookery, tmp_path: Path) -> None:
    file = tmp_path / "m.csv"
    assert rookery("segment", "members", *FOLLOWERS, "-o", str(file)).out == ""
    piped = rookery("segment", "members", *FOLLOWERS, "--format", "csv").out
    assert file.read_bytes() == b"\xef\xbb\xbf" + piped.encode()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["-o", "list.xlsx"], "list.xlsx does not say what it is to be"),
        (["-o", "/tmp", "--format", "csv"], "/tmp is a folder"),
        (["-o", "/no/such/folder/m.csv"], "there is no folder /no/such/folder"),
        (["--format", "csv", "--json"], "--json was given beside --format"),
        (["--format", "xml"], "xml"),
    ],
)
def test_what_cannot_be_written_is_one_line(rookery: Rookery, options: list[str], said: str) -> None:
    outcome = rookery("segment", "members", *FOLLOWERS, *options)
    assert outcome.status in (1, 2)
    assert outcome.err.count("\n") == 1
    assert said in outcome.err


def test_parquet_without_pyarrow_says_how_to_get_it(
    rookery: Rookery, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    outcome = rookery("segment", "members", *FOLLOWERS, "-o", str(tmp_path / "m.parquet"))
    assert (
        outcome.err
        == "rookery: Parquet needs pyarrow, which is not installed; pip install 'rookery[parquet]'\n"
    )
    assert list(tmp_path.iterdir()) == []


def test_a_limit_ends_an_export(rookery: Rookery) -> None:
    assert len(records(rookery("segment", "events", *FOLLOWERS, "--format", "csv", "--limit", "3").out)) == 3


# -- the list itself -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("listed", "shape"),
    [
        (lists.members(1, 1), models.Member),
        (lists.events(1), models.Event),
        (lists.changes(1, 1, 1), models.Change),
    ],
)
def test_a_stream_over_http_has_the_fields_of_its_pages(
    listed: copying.Listed, shape: type[models.Shape]
) -> None:
    assert list(listed.sorts) == list(shape.model_fields)


@pytest.mark.parametrize("form", ["csv", "ndjson", "plain"])
def test_the_next_page_begins_behind_the_last_row_whatever_that_holds(form: copying.Form) -> None:
    line = {
        "csv": f'\'{BIG},"a\nb"\n',
        "plain": f'{BIG},"a\nb"\n',
        "ndjson": json.dumps({"item_id": str(BIG), "since": "a\nb"}),
    }[form]
    assert lists.members(1, 2).behind_line(line.encode(), form).arguments["p_after_item_id"] == BIG


# -- progress ------------------------------------------------------------------------------------------------


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("err", "out", "to_stdout", "is_shown"),
    [
        (Terminal, io.StringIO, True, True),
        (Terminal, Terminal, True, False),
        (Terminal, Terminal, False, True),
        (io.StringIO, Terminal, False, False),
    ],
    ids=["piped", "rows on the terminal", "to a file", "nobody watches"],
)
def test_a_bar_is_shown_to_whoever_watches_and_stands_in_no_way(
    monkeypatch: pytest.MonkeyPatch,
    err: type[io.StringIO],
    out: type[io.StringIO],
    to_stdout: bool,
    is_shown: bool,
) -> None:
    monkeypatch.setenv("TERM", "xterm")
    told, rows = err(), out()
    monkeypatch.setattr(sys, "stderr", told)
    monkeypatch.setattr(sys, "stdout", rows)
    with counted("rows", 10, to_stdout=to_stdout) as count:
        count(4)
        count(6)
    assert ("10/10" in told.getvalue()) == is_shown
    assert bool(told.getvalue()) == is_shown
    assert rows.getvalue() == ""
