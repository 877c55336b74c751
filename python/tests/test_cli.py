"""The command line: what it asks of the database, how it shows the answer, and how it refuses."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from app import cli, database
from app.cli import cells, fanout, money, output, records, root, run, segment, session, sources, user, why
from app.errors import OperatorMistake

BIG = 9223372036854775807


class NoTransaction:
    """Stands in for a connection where only its transaction block is used."""

    @contextmanager
    def transaction(self) -> Iterator[None]:
        yield


@dataclass
class PlayedDatabase:
    """Remembers what is asked of it; answers what is planned."""

    results: dict[str, Any] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def call(self, _connection: object, name: str, **arguments: Any) -> Any:
        if name == "users_find" and name not in self.results:  # whom one names by an id is that id
            return [{"name": each, "user_id": int(each), "handle": None} for each in arguments["p_names"]]
        self.asked.append((name, arguments))
        result = self.results.get(name)
        if isinstance(result, Exception):
            raise result
        return result

    def read_view(self, connection: object, name: str, **options: Any) -> Any:
        return self.call(connection, name, **options) or []


@pytest.fixture
def played(monkeypatch: pytest.MonkeyPatch) -> PlayedDatabase:
    """A database that is played, for every command."""
    it = PlayedDatabase()

    @contextmanager
    def connected(_context: object) -> Iterator[NoTransaction]:
        yield NoTransaction()

    for module in (root, fanout, segment, records, money, run, sources, user, why):
        monkeypatch.setattr(module, "operator", connected)
    monkeypatch.setattr(session, "operator", connected)
    monkeypatch.setattr(database, "call", it.call)
    monkeypatch.setattr(database, "read_view", it.read_view)
    return it


@dataclass
class Outcome:
    """What a command left."""

    status: int
    out: str
    err: str


Run = Callable[..., Outcome]


@pytest.fixture
def rookery(capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs one command inside this process."""

    def run(*arguments: str) -> Outcome:
        with pytest.raises(SystemExit) as stopped:
            cli.main(arguments)
        captured = capsys.readouterr()
        assert isinstance(stopped.value.code, int)
        return Outcome(stopped.value.code, captured.out, captured.err)

    return run


# -- params ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "kind", "params"),
    [
        (["segment_followers", "--subject", "123"], "segment_followers", {"subject_id": "123"}),
        (
            ["segment_specified_users", "--stable-key", "vip"],
            "segment_specified_users",
            {"stable_key": "vip"},
        ),
        (["segment_mutuals", "--params", '{"subject_id": 5}'], "segment_mutuals", {"subject_id": 5}),
        (["no_such_kind"], "no_such_kind", {}),
        (
            ["post_corpus_for_segment", "--source", "segment_mutuals", "--subject", "9"],
            "post_corpus_for_segment",
            {"source": {"kind": "segment_mutuals", "params": {"subject_id": "9"}}},
        ),
        (
            ["post_corpus_for_segment", "--source", "segment_specified_users", "--stable-key", "vip"],
            "post_corpus_for_segment",
            {"source": {"kind": "segment_specified_users", "params": {"stable_key": "vip"}}},
        ),
    ],
)
def test_a_root_is_enabled_with_the_params_that_the_options_say(
    played: PlayedDatabase, rookery: Run, arguments: list[str], kind: str, params: dict[str, Any]
) -> None:
    played.results["root_enable"] = 12
    outcome = rookery("root", "enable", *arguments, "--json")
    assert played.asked == [("root_enable", {"p_kind": kind, "p_params": params})]
    shown = json.loads(outcome.out)
    assert (shown["instance_id"], shown["kind"], shown["enabled"]) == (12, kind, True)
    assert shown["params"] == output.presentable(params)


def test_a_root_is_disabled_by_the_same_params(played: PlayedDatabase, rookery: Run) -> None:
    played.results["root_disable"] = 12
    outcome = rookery("root", "disable", "segment_followed", "--subject", "1")
    assert played.asked[0][0] == "root_disable"
    assert "enabled\tno\n" in outcome.out


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--params", "{"], "--params is not JSON"),
        (["--params", "[1]"], "--params is not a JSON object"),
        (["--params", "[" * 100_000], "--params is not JSON"),
        (["--params", r'{"stable_key": "a\u0000"}'], r"--params holds \u0000"),
        (["--params", "{}", "--subject", "1"], "--params was given beside"),
    ],
)
def test_params_that_are_none_are_refused_before_the_database_is_asked(
    played: PlayedDatabase, rookery: Run, arguments: list[str], complaint: str
) -> None:
    outcome = rookery("root", "enable", "segment_followers", *arguments)
    assert (outcome.status, played.asked) == (2, [])
    assert outcome.err.startswith(f"rookery: {complaint}")
    assert outcome.err.count("\n") == 1


def test_what_the_database_refuses_is_one_line_with_the_way_out(played: PlayedDatabase, rookery: Run) -> None:
    played.results["root_enable"] = OperatorMistake("unknown kind segment_x", hint="the kinds are\na, b")
    outcome = rookery("root", "enable", "segment_x")
    assert (outcome.status, outcome.out) == (2, "")
    assert outcome.err == "rookery: unknown kind segment_x; the kinds are a, b\n"


# -- money -------------------------------------------------------------------------------------------------


def test_what_a_root_will_cost_is_said_and_nothing_is_made(played: PlayedDatabase, rookery: Run) -> None:
    played.results["root_estimate"] = {
        "now_usd": 102.01,
        "month_usd": 431.57,
        "is_whole": False,
        "syncs": [{"sync_kind": "followers", "subjects": 1, "needed_already": 0, "unknown": 0}],
        "unknown": [{"made_of": "segment_mutuals 1", "members": 200, "kind": "x", "params": {}}],
    }
    outcome = rookery("root", "enable", "segment_mutuals", "--subject", "1", "--dry-run")
    assert played.asked == [("root_estimate", {"p_kind": "segment_mutuals", "p_params": {"subject_id": "1"}})]
    assert "followers\t1\t0\t0" in outcome.out
    assert "now_usd\t102.01\nmonth_usd\t431.57\nis_whole\tno\n" in outcome.out
    assert "not_counted\tthe posts of perhaps 200 members of segment_mutuals 1" in outcome.out
    said = rookery("root", "enable", "segment_mutuals", "--subject", "1", "--dry-run", "--json")
    assert json.loads(said.out)["month_usd"] == 431.57


def test_costs_are_shown_with_their_sum(played: PlayedDatabase, rookery: Run) -> None:
    rows = [
        {"what": "root:1", "spent_usd": Decimal("1.50"), "expected_usd": Decimal("2.25")},
        {"what": "nobody", "spent_usd": Decimal("0.01"), "expected_usd": Decimal(0)},
    ]
    played.results["cost"] = rows
    assert rookery("cost", "--by", "root").out.splitlines()[1:] == [
        "root:1\t1.50\t2.25",
        "nobody\t0.01\t0",
        "total\t1.51\t2.25",
    ]
    assert played.asked == [("cost", {"p_by": "root"})]
    assert json.loads(rookery("cost", "--json").out)[0] == {
        "what": "root:1",
        "spent_usd": 1.5,
        "expected_usd": 2.25,
    }


def test_a_budget_is_set_removed_and_listed(played: PlayedDatabase, rookery: Run) -> None:
    played.results["budgets"] = [{"scope": "everything", "period": "month", "cap_usd": Decimal("99.50")}]
    assert rookery("budget", "set", "everything", "month", "99.50").status == 0
    assert rookery("budget", "remove", "root:3", "day").status == 0
    assert "everything\tmonth\t99.50" in rookery("budget", "list").out
    scope = {"p_scope": "everything", "p_period": "month", "p_usd": Decimal("99.50")}
    assert played.asked[:2] == [
        ("budget_set", scope),
        ("budget_set", {"p_scope": "root:3", "p_period": "day", "p_usd": None}),
    ]


def test_what_is_no_amount_is_refused_before_the_database_is_asked(
    played: PlayedDatabase, rookery: Run
) -> None:
    outcome = rookery("budget", "set", "everything", "month", "a lot")
    assert (outcome.status, played.asked) == (2, [])
    assert outcome.err == "rookery: 'a lot' is no number; write US dollars, such as 99.50\n"


# -- ids ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("command", "asked"),
    [
        (("root", "enable", "segment_followers", "--subject", "@Ada"), ["@Ada"]),
        (("root", "enable", "segment_followers", "--params", '{"subject_id": "@Ada"}'), ["@Ada"]),
        (("root", "disable", "segment_followers", "--subject", "@Ada"), ["@Ada"]),
        (("fanout", "enable", "segment_mutuals", "--target", "x", "--subject", "@Ada"), ["@Ada"]),
        (("segment", "add", "vip", "@Ada", "x.com/bob"), ["@Ada", "x.com/bob"]),
        (("segment", "members", "segment_followers", "--subject", "@Ada"), ["@Ada"]),
        (("sync", "followers", "@Ada", "bob"), ["@Ada", "bob"]),
        (("run", "list", "--subject", "@Ada"), ["@Ada"]),
        (("user", "show", "@Ada"), ["@Ada"]),
        (("why", "follow", "@Ada", "bob"), ["@Ada", "bob"]),
        (("subscription", "remove", "@Ada"), ["@Ada"]),
    ],
    ids=lambda value: " ".join(value),
)
def test_the_database_says_whom_a_name_means(
    played: PlayedDatabase, rookery: Run, command: tuple[str, ...], asked: list[str]
) -> None:
    played.results["users_find"] = OperatorMistake("this names no user")
    outcome = rookery(*command)
    assert (outcome.status, outcome.err) == (2, "rookery: this names no user\n")
    assert played.asked == [("users_find", {"p_names": asked})]


@pytest.mark.parametrize(
    "command",
    [
        ("root", "enable", "segment_followers", "--subject", "@Ghost", "--dry-run"),
        ("root", "enable", "segment_followers", "--subject", "@Ghost", "--offline"),
        ("segment", "set", "vip", "@Ghost", "--offline"),
        ("segment", "members", "segment_followers", "--subject", "@Ghost"),
        ("why", "user", "@Ghost"),
    ],
    ids=" ".join,
)
def test_whoever_only_looks_and_whoever_is_offline_buys_nothing(
    played: PlayedDatabase, rookery: Run, command: tuple[str, ...]
) -> None:
    unknown = {"name": "@Ghost", "user_id": None, "handle": "ghost", "look_up_usd": Decimal("0.010000")}
    played.results["users_find"] = [unknown]
    outcome = rookery(*command)
    assert outcome.status == 2
    assert outcome.err == (
        "rookery: nobody here is known as @ghost;"
        " give the id, or ask X first, for $0.010: rookery sync handles ghost\n"
    )
    assert {name for name, _ in played.asked} == {"users_find"}


def test_ids_are_taken_from_the_line_and_from_standard_input(
    played: PlayedDatabase, rookery: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    played.results["specified_users_set"] = 4
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"2, 3\n{BIG}\n\n"))
    outcome = rookery("segment", "set", "vip", "1", "-", "--json")
    assert played.asked == [("specified_users_set", {"p_stable_key": "vip", "p_user_ids": [1, 2, 3, BIG]})]
    assert json.loads(outcome.out) == {"stable_key": "vip", "users": 4}


def test_a_set_is_emptied_by_no_ids_on_standard_input(
    played: PlayedDatabase, rookery: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))
    assert rookery("segment", "set", "vip", "-").status == 0
    assert played.asked == [("specified_users_set", {"p_stable_key": "vip", "p_user_ids": []})]


# -- instances ---------------------------------------------------------------------------------------------


def test_an_instance_is_found_by_kind_and_params(played: PlayedDatabase, rookery: Run) -> None:
    played.results |= {
        "instance_id": 5,
        "instances": [{"instance_id": 5, "item_kind": "user"}],
        "users": [{"user_id": BIG, "handle": "ada", "name": "Ada", "followers_count": 3}],
        "members": [{"item_id": BIG, "since": datetime(2026, 3, 1, tzinfo=UTC)}],
    }
    outcome = rookery("segment", "members", "segment_followers", "--subject", "1", "--json")
    ada = {"handle": "ada", "name": "Ada", "followers_count": 3}
    assert json.loads(outcome.out) == [{"item_id": str(BIG), "since": "2026-03-01T00:00:00+00:00", **ada}]
    assert played.asked[1] == ("members", {"p_instance_id": 5, "p_limit": 100})


@pytest.mark.parametrize(
    "arguments", [["7"], ["9" * 400], ["0"], ["segment_followers", "--subject", "1"], ["5", "--subject", "1"]]
)
@pytest.mark.usefixtures("played")
def test_an_instance_that_is_not_there_is_named(rookery: Run, arguments: list[str]) -> None:
    outcome = rookery("segment", "show", *arguments)
    assert outcome.status == 2
    assert arguments[0][:40] in outcome.err


def test_events_are_asked_for_with_their_limit(played: PlayedDatabase, rookery: Run) -> None:
    played.results |= {"instances": [{"instance_id": 5, "item_kind": "user"}], "events": []}
    assert rookery("segment", "events", "5", "--limit", "3", "--json").out == "[]\n"
    assert played.asked[1] == ("events", {"p_instance_id": 5, "p_limit": 3})


def test_one_segment_is_shown_with_its_history(played: PlayedDatabase, rookery: Run) -> None:
    played.results |= {
        "instances": [{"instance_id": 5, "params": {"subject_id": 12}, "members": 3}],
        "materializations": [{"materialization_id": 9, "status": "success"}],
    }
    shown = json.loads(rookery("segment", "show", "5", "--json").out)
    assert shown["members"] == 3
    assert shown["params"] == {"subject_id": "12"}
    assert shown["materializations"] == [{"materialization_id": 9, "status": "success"}]
    assert "success" in rookery("segment", "show", "5").out


# -- lists -------------------------------------------------------------------------------------------------

LISTS = [
    ("root", "list"), ("fanout", "list"), ("kind", "list"), ("segment", "list"), ("corpus", "list"),
    ("run", "list"), ("run", "rejects"), ("decision", "list"), ("decision", "kinds"), ("config", "list"),
    ("webhook", "list"), ("subscription", "list"), ("provider", "list"), ("price", "list"), ("spend",),
]  # fmt: skip


@pytest.mark.parametrize("command", LISTS, ids=" ".join)
def test_every_list_is_json_when_asked_and_has_a_limit(
    played: PlayedDatabase, rookery: Run, command: tuple[str, ...]
) -> None:
    outcome = rookery(*command, "--json", "--limit", "7")
    assert (outcome.status, outcome.out) == (0, "[]\n")
    assert played.asked[0][1]["limit"] == 7


@pytest.mark.parametrize("command", LISTS, ids=" ".join)
@pytest.mark.usefixtures("played")
def test_every_list_is_tab_separated_when_piped(rookery: Run, command: tuple[str, ...]) -> None:
    header, end = rookery(*command).out.split("\n")
    assert header.count("\t") >= 2
    assert end == ""


def test_rows_that_could_break_columns_or_steer_a_terminal_stay_one_line() -> None:
    assert cells.cell("a\tb\nc\x1b[31m\x00") == "a b c\ufffd[31m\ufffd"


def test_json_keeps_ids_whole_and_money_a_number() -> None:
    row = {
        "run_id": 3,
        "subject_id": BIG,
        "item_ids": [1, BIG],
        "cost_usd": Decimal("0.015"),
        "pages": Decimal(2),
        "at": None,
    }
    assert output.presentable(row) == {
        "run_id": 3,
        "subject_id": str(BIG),
        "item_ids": ["1", str(BIG)],
        "cost_usd": 0.015,
        "pages": 2,
        "at": None,
    }


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Standard output is a terminal of 120 columns that wants no colour."""
    monkeypatch.setattr(output, "on_terminal", lambda: True)
    for name, value in {"NO_COLOR": "1", "TERM": "dumb", "COLUMNS": "120"}.items():
        monkeypatch.setenv(name, value)


@pytest.mark.usefixtures("terminal")
def test_a_terminal_gets_a_table_of_what_there_is(capsys: pytest.CaptureFixture[str]) -> None:
    source = {"source": {"kind": "segment_mutuals", "params": {"subject_id": "5"}}}
    at = datetime(2026, 3, 1, tzinfo=UTC)
    row = {"instance_id": 7, "params": source, "note": "[bold]x[/bold]", "at": at, "never": None}
    output.show_rows([row], tuple(row), as_json=False)
    header, line = (each.split() for each in capsys.readouterr().out.splitlines())
    assert header == ["instance", "id", "params", "note", "at"]
    assert line == [
        "7",
        "source=segment_mutuals",
        "5",
        "[bold]x[/bold]",
        "03-01",
        "00:00Z",
    ]


@pytest.mark.usefixtures("terminal")
def test_a_narrow_terminal_gets_the_columns_that_matter_most_and_each_of_them_whole(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    at = datetime(2026, 3, 1, tzinfo=UTC)
    row = {name: BIG if name == "subject_id" else name for name in run.RUNS} | {"started_at": at}
    prose = {**row, "status": "a sentence that is far longer than the room that there is for it on a line"}
    output.show_rows([row, prose], run.RUNS, as_json=False, first=run.RUNS_FIRST)
    out = capsys.readouterr().out
    assert all(len(line) <= 80 for line in out.splitlines())
    assert str(BIG) in out
    assert "longer" in out
    assert "error_class" not in out


@pytest.mark.usefixtures("terminal")
def test_a_terminal_shows_kind_and_params_as_people_say_them(capsys: pytest.CaptureFixture[str]) -> None:
    corpus = {"source": {"kind": "segment_mutuals", "params": {"subject_id": "@ada"}}}
    output.show_rows(
        [{"kind": "post_corpus_for_segment", "params": corpus}], ("kind", "params"), as_json=False
    )
    assert capsys.readouterr().out.split("\n")[1].strip() == "post_corpus_for_segment segment_mutuals @ada"


def test_money_has_cents_and_no_exponent() -> None:
    shown = [cells.cell(Decimal(text)) for text in ("0E-9", "4.600000", "0.0050", "900.000000", "7")]
    assert shown == ["0.00", "4.60", "0.005", "900.00", "7"]


@pytest.mark.usefixtures("terminal")
def test_a_terminal_is_told_on_stderr_that_there_is_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    output.show_rows([], ("a",), as_json=False, empty="no roots yet")
    assert capsys.readouterr() == ("", "no roots yet\n")


# -- syncs, ticks, settings --------------------------------------------------------------------------------


def test_a_sync_is_asked_for_each_subject(played: PlayedDatabase, rookery: Run) -> None:
    played.results["sync_request"] = 4
    outcome = rookery("sync", "followers", "1", "2", "--full", "--json")
    assert json.loads(outcome.out) == [{"run_id": 4}, {"run_id": 4}]
    assert played.asked[1] == (
        "sync_request",
        {"p_sync_kind": "followers", "p_subject_id": 2, "p_mode": "full"},
    )


def test_handles_are_looked_up_with_or_without_their_at_sign(played: PlayedDatabase, rookery: Run) -> None:
    rookery("sync", "handles", "@Ada", "bob")
    assert played.asked == [("sync_handles", {"p_handles": ["Ada", "bob"]})]


def test_a_tick_claims_no_call_unless_told(played: PlayedDatabase, rookery: Run) -> None:
    played.results["engine_tick"] = {
        "done": {"planned": 2, "reaped": 0},
        "calls": [],
        "again": True,
        "now": "2026-03-01T00:00:00+00:00",
        "next_at": "2026-03-01T00:00:10+00:00",
    }
    outcome = rookery("tick")
    assert played.asked[0][1]["p_slots"] == 0
    assert outcome.out == "planned\t2\nagain\tyes\nnext_at\t2026-03-01T00:00:10+00:00\n"
    assert json.loads(rookery("tick", "--json").out)["done"] == {"planned": 2, "reaped": 0}


def test_a_setting_is_set_and_shown_as_it_now_is(played: PlayedDatabase, rookery: Run) -> None:
    played.results["setting_set"] = "post"
    outcome = rookery("config", "set", "x_v2.vocabulary", "post")
    assert played.asked == [("setting_set", {"p_name": "x_v2.vocabulary", "p_value": "post"})]
    assert outcome.out == "name\tx_v2.vocabulary\nvalue\tpost\n"


# -- refusals ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments",
    [
        ["nonsense"],
        ["root", "enable"],
        ["run", "list", "--limit", "0"],
        ["sync", "--nope"],
        ["root", "list", "x"],
    ],
    ids=" ".join,
)
def test_wrong_usage_is_one_line_and_status_2(rookery: Run, arguments: list[str]) -> None:
    outcome = rookery(*arguments)
    assert (outcome.status, outcome.out) == (2, "")
    assert outcome.err.startswith("rookery: ")
    assert outcome.err.endswith(" --help`\n")
    assert outcome.err.count("\n") == 1


def test_the_version_is_printed(rookery: Run) -> None:
    outcome = rookery("--version")
    assert outcome.status == 0
    assert outcome.out.startswith("rookery ")


def test_the_help_says_what_an_exit_status_means(rookery: Run) -> None:
    outcome = rookery("--help")
    assert outcome.status == 0
    said = " ".join(outcome.out.split())
    assert "Exit status: 0 done. 1 a fault" in said
    assert "130 interrupted." in said


@pytest.mark.parametrize(("line", "words"), [("rookery seg", ["segment"]), ("rookery why-", ["why-not"])])
def test_a_shell_completes_commands_without_a_database_or_settings(line: str, words: list[str]) -> None:
    done = run_process(
        _ROOKERY_COMPLETE="complete_bash",
        COMP_WORDS=line,
        COMP_CWORD=str(line.count(" ")),
        DATABASE_URL="no url at all",
    )
    assert (done.returncode, done.stdout.split(), done.stderr) == (0, words, "")


def test_what_only_some_commands_need_is_not_loaded_to_complete_a_word() -> None:
    script = "import sys, app.cli; print([each for each in sys.argv[1:] if each in sys.modules])"
    heavy = ("pydantic", "httpx", "structlog", "starlette", "app.simulator")
    done = subprocess.run([sys.executable, "-c", script, *heavy], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


@pytest.mark.parametrize(
    ("given", "hoisted"),
    [
        (["segment", "list", "--data-dir", "x", "--json"], ["--data-dir", "x", "segment", "list", "--json"]),
        (["segment", "list", "--data-dir=x"], ["--data-dir=x", "segment", "list"]),
        (["segment", "add", "k", "--", "--data-dir", "x"], ["segment", "add", "k", "--", "--data-dir", "x"]),
    ],
)
def test_the_data_folder_may_be_named_anywhere(given: list[str], hoisted: list[str]) -> None:
    assert cli.hoisted(given) == hoisted


# -- real processes ----------------------------------------------------------------------------------------


OURS = ("X_", "ROOKERY_", "DATABASE_")


def run_process(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    return subprocess.run(
        [sys.executable, "-m", "app", *arguments],
        env={**inherited, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize(
    "arguments", [["root", "list"], ["db", "deploy"], ["worker"]], ids=["list", "deploy", "worker"]
)
def test_a_database_that_does_not_answer_is_one_line(arguments: list[str]) -> None:
    done = run_process(
        *arguments,
        DATABASE_URL="postgresql://nobody@127.0.0.1:1/nowhere",
        X_API_BASE_URL="http://127.0.0.1:1",
    )
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith("rookery: the database does not answer")
    assert done.stderr.count("\n") == 1


def test_a_missing_token_for_the_real_x_is_said_before_anything_starts() -> None:
    done = run_process("worker", DATABASE_URL="postgresql://nobody@127.0.0.1:1/nowhere")
    assert done.returncode == 2
    assert done.stderr.startswith("rookery: X_BEARER_TOKEN is not set")
    assert done.stderr.count("\n") == 1


def test_a_url_that_is_none_is_refused_without_showing_it() -> None:
    done = run_process("root", "list", DATABASE_URL="postgresql://u:secret@h:port/d")
    assert done.returncode in (1, 2)
    assert done.stderr.startswith("rookery: ")
    assert "secret" not in done.stderr


def test_an_argument_that_is_no_text_is_refused(played: PlayedDatabase, rookery: Run) -> None:
    played.results["specified_users_set"] = UnicodeEncodeError(
        "utf-8", "\udcff", 0, 1, "surrogates not allowed"
    )
    outcome = rookery("segment", "set", "\udcff", "1")
    assert outcome.status == 2
    assert outcome.err == "rookery: an argument holds bytes that are not UTF-8; write it in UTF-8\n"


def test_a_reader_that_has_seen_enough_ends_the_output_quietly() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [sys.executable, "-m", "app", "--version"],
        stdout=writing,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    os.close(writing)
    assert done.stderr == ""
