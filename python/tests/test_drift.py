"""The plan deploys what is declared, and a change is drafted from what it does not deploy yet (W6)."""

from __future__ import annotations

import shutil
from contextlib import closing
from pathlib import Path

import pytest

from app import database, migrate
from baseline import ROOT, declared, generated, write
from change import ChangeError, make_change
from drift import drift
from dumps import differences, objects
from released import tag_plan
from states import scratch
from throwaway import VERSIONS, Throwaway
from throwaway import server as throwaway_server


@pytest.mark.parametrize("version", VERSIONS)
def test_the_plan_deploys_what_is_declared_object_for_object(version: str) -> None:
    with throwaway_server(version) as running:
        assert [str(each) for each in drift(running)] == []


WRONG = (
    ("comment on table base.settings is 'other'", "differs: COMMENT of base.TABLE settings"),
    ("comment on column base.settings.unit is 'new'", "too much: COMMENT of base.COLUMN settings.unit"),
    ("grant select on base.metrics to rookery_web", "too much: ACL of base.TABLE metrics"),
    ("revoke select on api.roots from rookery_web", "differs: ACL of api.TABLE roots"),
    ("alter table base.metrics owner to postgres", "missing: TABLE of base.metrics (owner rookery_owner)"),
    ("delete from base.settings where name = 'tick.items'", "differs: TABLE DATA of base.settings"),
    ("alter table graph.users set (fillfactor = 50)", "differs: TABLE of graph.users"),
    ("alter table graph.posts alter lang set not null", "differs: TABLE of graph.posts"),
    ("alter view api.users set (security_barrier)", "differs: VIEW of api.users"),
    ("drop index graph.a_handle_has_one_holder", "missing: INDEX of graph.a_handle_has_one_holder"),
    ("create function base.f() returns void language sql as ''", "too much: FUNCTION of base.f()"),
    ("alter function base.now() volatile", "differs: FUNCTION of base.now()"),
    ("drop function api.user_id(text)", "missing: FUNCTION of api.user_id(text)"),
    (
        "alter default privileges for role rookery_owner grant execute on functions to public",
        "missing: DEFAULT ACL of DEFAULT PRIVILEGES FOR FUNCTIONS",
    ),
)


def test_whatever_is_not_so_is_told_by_its_name(server: Throwaway, deployed_template: str) -> None:
    program = server.programs / "pg_dump"
    with scratch(server, template=deployed_template) as name:
        url = server.url(dbname=name)
        wanted = objects(program, url)
        with closing(database.connect(url)) as connection:
            for statement, _ in WRONG:
                connection.execute(statement.encode())
        told = [str(each) for each in differences(objects(program, url), wanted)]
    assert [expected for _, expected in WRONG if not any(expected in each for each in told)] == []


# --- drafting --------------------------------------------------------------------------------------


@pytest.fixture
def released(tmp_path: Path) -> Path:
    """A copy of what is declared and planned, as it is right after its first release."""
    shutil.copytree(ROOT / "db", tmp_path / "db", ignore=shutil.ignore_patterns("tests"))
    shutil.copy(ROOT / "sqitch.plan", tmp_path)
    write(generated(declared(tmp_path)), tmp_path)
    tag_plan("9.0.0", "the release of this test", tmp_path)
    return tmp_path


def edit(root: Path, path: str, old: str, new: str) -> None:
    file = root / "db" / path
    text = file.read_text(encoding="utf-8")
    assert old in text, (path, old)
    file.write_text(text.replace(old, new), encoding="utf-8")


NOTES = """
create type base.mood as enum ('calm', 'cross');
comment on type base.mood is 'How it was said.';
create table base.notes (
  note_id bigint generated always as identity,
  mood base.mood not null default 'calm',
  said text collate "C" not null,
  constraint notes_pkey primary key (note_id),
  constraint something_is_said check (said <> '')
);
comment on table base.notes is 'What was said.';
create index notes_said_idx on base.notes (said) where mood = 'cross';
insert into base.settings (name, value, unit, pattern, description)
values ('notes.kept', '3 days', 'interval', '\\d+ days', 'Notes are kept so long; it''s a setting.');
update base.settings set value = '7' where name = 'call.attempts';
delete from base.settings where name = 'tick.items';
"""
COUNTS_END = "  constraint user_counts_pkey"
COUNT_MORE = """  media_count bigint not null default 0,
  constraint media_is_counted check (media_count >= 0),
"""
SAY = """create or replace function base.say_note(p_said text)
  returns bigint
  language sql
  volatile
as $$
  insert into base.notes (said) values (p_said) returning note_id;  -- as it was said
$$;
comment on function base.say_note(text) is 'Says it.';
"""


def test_a_change_is_drafted_and_what_the_draft_lacks_is_named(server: Throwaway, released: Path) -> None:
    pytest.importorskip("results")
    schema = released / "db/schema/20_base.sql"
    schema.write_text(schema.read_text() + NOTES, encoding="utf-8")
    (released / "db/functions/base/say_note.sql").write_text(SAY, encoding="utf-8")
    edit(released, "schema/30_graph.sql", COUNTS_END, COUNT_MORE + COUNTS_END)
    views, asked = "schema/95_api_views.sql", "functions/api/has_change.sql"
    edit(released, views, "d.detail, k.meaning\n", "d.detail, k.meaning, d.last_at - d.first_at as span\n")
    edit(released, asked, "(p_change text)", "(p_change text, p_loud boolean default false)")
    for path in (asked, "schema/99_grants.sql"):
        edit(released, path, "api.has_change(text)", "api.has_change(text, boolean)")

    edit(released, "schema/30_graph.sql", "with (fillfactor = 70,", "with (fillfactor = 60,")

    forth, back, contract = make_change(server, "say_notes", "what is said is kept", released)

    # What the tools cannot do is told, and nothing else; the author does it.
    assert forth.startswith("the deploy draft leaves to you: differs: TABLE of graph.user_counts"), forth
    assert "fillfactor='60'" in forth.splitlines()[-1]
    assert back.startswith("the revert draft leaves to you: differs: TABLE of graph.user_counts"), back
    assert "a worker of the version before may still need what this takes away: drop function" in contract
    (drifted,) = drift(server, released)
    assert drifted.object == "TABLE of graph.user_counts (owner rookery_owner)"
    for kind, number in (("deploy", 60), ("revert", 70)):
        mended = f"alter table graph.user_counts set (fillfactor = {number});\ncommit;"
        edit(released, f"migrations/{kind}/say_notes.sql", "\ncommit;", f"\n{mended}")
    assert drift(server, released) == []
    deploy = (released / "db/migrations/deploy/say_notes.sql").read_text()
    assert SAY.strip() in deploy, "a function comes as its file has it"
    plan = (released / "sqitch.plan").read_text().splitlines()
    assert (plan[-2], plan[-1].split()[:2]) == ("", ["say_notes", "[api]"])
    goes_back_and_forth(server, released)


def goes_back_and_forth(server: Throwaway, root: Path) -> None:
    program = server.programs / "pg_dump"
    with scratch(server) as name, closing(database.connect(server.url(dbname=name))) as connection:
        url = server.url(dbname=name)
        migrate.deploy(connection, root, to="@v9.0.0")
        before = objects(program, url)
        migrate.deploy(connection, root)
        after = objects(program, url)
        migrate.revert(connection, root, to="@v9.0.0")
        assert [str(each) for each in differences(objects(program, url), before)] == []
        migrate.deploy(connection, root)
        assert objects(program, url) == after
        assert [each.problem for each in migrate.verify(connection, root) if each.problem] == []


def test_nothing_is_drafted_where_nothing_may_be(server: Throwaway, released: Path) -> None:
    with pytest.raises(ChangeError, match="nothing to change"):
        make_change(server, "nothing_new", "", released)
    with pytest.raises(ChangeError, match="change api is planned already"):
        make_change(server, "api", "", released)
    with pytest.raises(ChangeError, match="no name for a change"):
        make_change(server, "Add-It", "", released)
    plan = released / "sqitch.plan"
    plan.write_text("".join(line for line in plan.open() if not line.startswith("@")), encoding="utf-8")
    with pytest.raises(ChangeError, match="nothing is released yet"):
        make_change(server, "too_early", "", released)
