"""W4: every command is traced to what it names of the database, and all that an operator may call has one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import psycopg
import pytest
import typer
from psycopg import sql

from app import cli
from conftest import Database, fresh_database
from played_worker import an_x_with, work_until_idle
from throwaway import Throwaway

FOUND = {"users_find"}  # whom a name means
TARGET = FOUND | {"instance_id"}  # which instance is meant by kind and params
SOURCE = '{"source": {"kind": "segment_specified_users", "params": {"stable_key": "vip"}}}'
VIP = "segment_specified_users --stable-key vip"

# Each command, as one would type it, with the functions and views of `api` that it names, and no others.
SURFACE: Mapping[str, tuple[str, set[str]]] = {
    "root enable": ("segment_followers --subject @ada", FOUND | {"root_enable"}),
    "root enable --dry-run": ("segment_followers --subject @ada", FOUND | {"root_estimate"}),
    "root disable": ("segment_followers --subject @ada", FOUND | {"root_disable"}),
    "root list": ("", {"roots"}),
    "fanout enable": (f"{VIP} --target segment_followed", {"fanout_root_enable"}),
    "fanout disable": (f"{VIP} --target segment_followed", {"fanout_root_disable"}),
    "fanout list": ("", {"fanout_roots"}),
    "kind list": ("", {"kinds"}),
    "subscription set": ("@ada follow.follow follow.unfollow", FOUND | {"subscription_set"}),
    "subscription list": ("", {"subscriptions"}),
    "subscription remove": ("@ada", FOUND | {"subscription_set"}),
    "sync": ("users @ada", FOUND | {"sync_request"}),
    "sync handles": ("nobody", {"sync_handles"}),
    "segment list": ("", {"instances"}),
    "segment show": (VIP, {"instance_id", "instances", "materializations"}),
    "segment members": (VIP, {"instance_id", "instances", "members", "users"}),
    "segment members --at 2026-01-01": (VIP, {"instance_id", "instances", "members_at", "users"}),
    "segment members --as-of 1": (VIP, {"instance_id", "instances", "members_as_of", "users"}),
    "segment members --at 7d": (VIP, {"instance_id", "instances", "moment_id", "users"}),
    "segment members --format csv": (VIP, {"instance_id", "instances", "moment_id", "members_page"}),
    "segment members --format csv --profiles": (
        VIP,
        {"instance_id", "instances", "moment_id", "members_page", "users"},
    ),
    "segment diff --since 7d": (VIP, {"instance_id", "instances", "moment_id", "diff", "leavers_unknown"}),
    "segment diff --find-out --since 7d": (
        VIP,
        {"instance_id", "instances", "moment_id", "diff", "leavers_look_up"},
    ),
    "segment events": (VIP, {"instance_id", "instances", "events", "users"}),
    "segment set": ("vip @ada", FOUND | {"specified_users_set"}),
    "segment add": ("vip 8", FOUND | {"specified_users_add"}),
    "segment remove": ("vip 8", FOUND | {"specified_users_remove"}),
    "corpus list": ("", {"instances"}),
    "corpus show": ("2", {"instances", "materializations"}),
    "corpus posts": ("2", {"instances", "members", "posts"}),
    "corpus diff --since 7d": ("2", {"instances", "moment_id", "diff", "leavers_unknown"}),
    "corpus posts --profiles": ("2", {"instances", "moment_id", "members_page", "posts", "users"}),
    "corpus events": ("2", {"instances", "events", "posts"}),
    "user show": ("@ada", FOUND | {"users", "handle_changes", "memberships"}),
    "user show @new --": ("", FOUND | {"users_look_up"}),
    "user segments": ("@ada", FOUND | {"memberships"}),
    "user handles": ("@ada", FOUND | {"handle_changes"}),
    "user provenance": ("@ada", FOUND | {"provenance", "tree"}),
    "run list": ("", {"runs"}),
    "run list --subject": ("@ada", FOUND | {"runs"}),
    "run show": ("1", {"runs", "calls"}),
    "run why": ("1", {"why_run", "tree"}),
    "run rejects": ("", {"rejects"}),
    "run cancel": ("CANCELLED", {"run_cancel"}),
    "decision list": ("", {"decisions"}),
    "decision kinds": ("", {"decision_kinds"}),
    "webhook list": ("", {"webhook_events"}),
    "webhook show": ("EVENT", {"webhook_events"}),
    "why run": ("1", {"why_run", "tree"}),
    "why materialization": ("1", {"why", "tree"}),
    "why segment": (VIP, {"instance_id", "instances", "why", "tree"}),
    "why user": ("@ada", FOUND | {"provenance", "tree"}),
    "why handle": ("ada", {"provenance", "tree"}),
    "why post": ("77", {"provenance"}),
    "why follow": ("@ada @bob", FOUND | {"provenance"}),
    "why-not": (VIP, {"instance_id", "why_not", "tree"}),
    "verify": (VIP, {"instance_id", "verify"}),
    "repair": (VIP, {"instance_id", "repair"}),
    "metrics": ("", {"metrics"}),
    "cost": ("", {"cost"}),
    "spend": ("", {"spend"}),
    "spend --by root": ("", {"spend_by_root"}),
    "budget list": ("", {"budgets"}),
    "budget set": ("everything month 100", {"budget_set"}),
    "budget remove": ("everything month", {"budget_set"}),
    "price list": ("", {"prices"}),
    "price set": ("post 0.005", {"price_set"}),
    "provider list": ("", {"windows"}),
    "provider resume": ("", {"provider_resume"}),
    "config list": ("", {"settings"}),
    "config set": ("tick.items 500", {"setting_set"}),
    "config reset": ("tick.items", {"setting_set"}),
    "config show": ("", set()),
    "doctor": ("", {"doctor"}),
    "db size": ("", {"table_sizes"}),
    "tick": ("", {"engine_tick"}),
    "user forget": ("@bob --yes", FOUND | {"user_forget"}),  # last, since the others speak of them
}

# What is said here cannot be done: nothing was found, or nobody works.
REFUSED = {"user show @new --", "why post", "why follow"}

# Commands that are no operator's: they work, serve, or change the schema, as another login.
OF_OTHERS = {"up", "worker", "web", "demo", "db deploy", "db revert", "db roles", "db status", "db verify"}

# What an operator may call and no command names, and why not.
WITHOUT_A_COMMAND = {
    "user_id": "users_find finds by handle too; this one is for psql",
    "run_progress": "sync --wait, which a worker has to answer: test_cli_subjects",
    "token_check": "doctor --live, which X has to answer: test_doctor",
    "checks": "doctor",
    "has_change": "asked by worker and web before they start",
    "follows": "why follow asks about one; all of them are for psql",
    "error_codes": "an error says what it means",
    "workers": "doctor says whether one ticks",
    "due": "doctor and metrics say how much is due",
    # What the page draws, and a terminal does not.
    "days": "the page: entered and left, and members, day by day",
    "held_back": "the page: what waits now; here, why-not and decision list",
    "moves": "the page: what changed today; here, segment events",
    "pages": "the page: what a run read; here, run show",
    "read_clock": "the page, which shows the database's time and not its own",
    "runs_of": "the page: the runs behind an asset; here, why",
    "standings": "the page: how fresh each asset is; here, segment list",
    "surroundings": "the page: the graph around an asset; here, why",
    "forgotten_users": "user show shows nothing of them",
    "help": "--help",
}


@pytest.fixture(scope="module")
def world(server: Throwaway, deployed_template: str) -> Iterator[Database]:
    """A database with a set of one user who was looked up, a run to cancel, and a webhook event."""
    with fresh_database(server, deployed_template) as place:
        with place.connect("rookery_operator") as operator:
            operator.execute("select specified_users_set('vip', array[7]::bigint[])")
            operator.execute("""select root_enable('segment_specified_users', '{"stable_key": "vip"}')""")
            operator.execute("select root_enable('post_corpus_for_segment', %s)", [SOURCE])
            operator.execute("select sync_handles('{ada,bob}')")
            work_until_idle(place, an_x_with({7: "ada", 8: "bob"}))
            operator.execute("select sync_request('posts', 7)")
        with place.connect("rookery_web") as web:
            event = (
                """[{"source": "new_follower", "body": "{\\"follower\\": \\"8\\", \\"target\\": \\"7\\"}"}]"""
            )
            web.execute("select webhook_receive(%s)", [event])
        with place.connect() as owner:  # so that no command finds a worker, whenever it runs
            owner.execute("update engine.workers set seen_at = seen_at - interval '1 day'")
        yield place


@pytest.fixture
def said(world: Database, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every statement that a command sends."""
    monkeypatch.setenv("DATABASE_URL", world.url("rookery_worker"))
    monkeypatch.setenv("ROOKERY_OPERATOR_URL", world.url("rookery_operator"))
    statements: list[str] = []
    execute = psycopg.Cursor.execute

    def recorded(cursor: psycopg.Cursor[Any], query: Any, *rest: Any, **options: Any) -> Any:
        statements.append(query.as_string(cursor) if isinstance(query, sql.Composable) else str(query))
        return execute(cursor, query, *rest, **options)

    copy = psycopg.Cursor.copy

    def copied(cursor: psycopg.Cursor[Any], query: sql.Composed, *rest: Any, **options: Any) -> Any:
        statements.append(query.as_string(cursor))
        return copy(cursor, query, *rest, **options)

    monkeypatch.setattr(psycopg.Cursor, "execute", recorded)
    monkeypatch.setattr(psycopg.Cursor, "copy", copied)
    return statements


@pytest.mark.parametrize("command", SURFACE)
def test_a_command_names_what_the_table_says_and_nothing_else(
    world: Database, said: list[str], command: str
) -> None:
    words, expected = SURFACE[command]
    arguments = [*command.removesuffix(" --").split(), *_filled_in(world, words).split()]
    said.clear()
    with pytest.raises(SystemExit) as stopped:
        cli.main(arguments)
    assert (stopped.value.code == 0) == (command not in REFUSED)
    named = set[str]().union(*(_objects_of(statement) for statement in said))
    assert named == expected


def test_every_command_is_in_the_table() -> None:
    listed = {_command_of(words) for words in SURFACE}
    assert listed | OF_OTHERS == _leaves()
    assert not listed & OF_OTHERS


def test_everything_that_an_operator_may_call_has_a_command(world: Database) -> None:
    reached = set[str]().union(*(named for _, named in SURFACE.values()))
    with world.connect() as connection:
        granted = {
            name
            for (name,) in connection.execute(
                "select proname from pg_proc where pronamespace = 'api'::regnamespace"
                " and has_function_privilege('rookery_operator', oid, 'execute')"
                " union select relname from pg_class where relnamespace = 'api'::regnamespace"
                " and relkind = 'v' and has_table_privilege('rookery_operator', oid, 'select')"
            )
        }
    assert granted - reached == set(WITHOUT_A_COMMAND)
    assert reached <= granted


def _filled_in(world: Database, words: str) -> str:
    with world.connect() as connection:
        for word, query in {
            "CANCELLED": "select max(run_id) from api.runs where status = 'in_progress'",
            "EVENT": "select max(event_id) from api.webhook_events",
        }.items():
            if word in words:
                words = words.replace(word, str(connection.execute(query).fetchall()[0][0]))
    return words


def _objects_of(statement: str) -> set[str]:
    """The one function or view that a statement reads, which must be of api; of a COPY also what it joins."""
    if statement.startswith("copy "):
        sources = re.findall(r'(?:from|join) (\w+)\."(\w+)"', statement)
        assert {schema for schema, _ in sources} == {"api"}, statement
        return {name for _, name in sources}
    found = re.fullmatch(
        r'select \* from "api"\."(\w+)"(\((?:"p_\w+" => %\(p_\w+\)s(?:, )?)*\))?'
        r"(?: where [^.]*)?(?: order by [^.]*)?(?: limit \d+)?",
        statement,
    )
    assert found is not None, statement
    return {found[1]}


def _command_of(words: str) -> str:
    """The command in the words of the table: its group and verb, or its only word."""
    leaves = _leaves()
    parts = words.split()
    return next(each for each in (" ".join(parts[:2]), parts[0]) if each in leaves)


@cache
def _leaves() -> set[str]:
    def walk(command: Any, path: tuple[str, ...]) -> Iterator[str]:
        children = getattr(command, "commands", None)
        if children is None:
            yield " ".join(path)
        else:
            for name, child in children.items():
                yield from walk(child, (*path, name))

    return set(walk(typer.main.get_command(cli.app), ()))
