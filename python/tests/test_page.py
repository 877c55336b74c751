"""The page as HTML: what each place shows, to whom, and what it does with names that mean harm."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from typing import NoReturn

import httpx
import pytest
from pydantic import SecretStr

from app import database as db
from app.errors import DatabaseUnavailable
from app.web import Doors, create_app
from app.web.page import words
from app.web.page.actions import ACTIONS, NOTICES
from app.web.page.around import made_from
from app.web.page.charts import bars, line
from app.web.page.login import local_place
from app.web.page.mentions import linked, users_in
from app.web.page.sessions import COOKIE, Attempts, Session, Sessions
from app.web.page.site import HEADERS
from conftest import Database
from throwaway import Throwaway
from web_client import client_of, played_database

READER, OPERATOR = "the-token-to-read", "the-token-to-act"
DOORS = Doors(api_token=SecretStr(READER), operator_token=SecretStr(OPERATOR))
HOSTILE = """<script>alert("1")</script> & '"""
PERSON = {"Accept": "text/html,application/xhtml+xml", "Sec-Fetch-Site": "same-origin"}


@pytest.fixture(scope="module")
def world(server: Throwaway, clocked_template: str) -> Iterator[Database]:
    with played_database(server, clocked_template) as found:
        with found.connect() as connection:
            connection.execute("update graph.users set name = %s, description = %s", [HOSTILE, HOSTILE])
            connection.execute("update graph.posts set text = %s", [HOSTILE])
            db.call(connection, "specified_users_set", p_stable_key=HOSTILE, p_user_ids=[2])
            db.call(
                connection, "root_enable", p_kind="segment_specified_users", p_params={"stable_key": HOSTILE}
            )
            connection.execute("select base.decide('empty_set', 'set ' || %s, %s)", [HOSTILE, HOSTILE])
            connection.execute("select test.play()")
        yield found


@pytest.fixture
async def site(world: Database) -> AsyncIterator[httpx.AsyncClient]:
    """A client of a page whose operators can act; nobody is logged in."""
    app = create_app(
        world.url("rookery_web"), DOORS, connections=2, operator_url=world.url("rookery_operator")
    )
    async with client_of(app, None) as client:
        client.headers.update(PERSON)
        yield client


async def log_in(site: httpx.AsyncClient, token: str = READER) -> httpx.AsyncClient:
    answer = await site.post("/login", data={"token": token})
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    return site


@pytest.fixture
async def reader(site: httpx.AsyncClient) -> httpx.AsyncClient:
    return await log_in(site)


@pytest.fixture
async def operator(site: httpx.AsyncClient) -> httpx.AsyncClient:
    return await log_in(site, OPERATOR)


def instance_of(world: Database, kind: str, **params: str) -> int:
    with world.connect() as connection:
        found: int = db.call(connection, "instance_id", p_kind=kind, p_params=params)
        return found


# Links that lead to no page of this sort.
OTHERS = ("/static", "/docs")


class Outline(HTMLParser):
    """What a page is made of: tags that are open when they should not be, ids, links and headings."""

    VOID = frozenset(("meta", "link", "img", "input", "br", "wbr"))

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.tags: list[str] = []
        self.attributes: set[str] = set()
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes.update(name for name, _ in attrs)
        said = dict(attrs)
        self.ids += [said["id"] or ""] if "id" in said else []
        self.links += [said["href"] or ""] if "href" in said else []
        if tag not in self.VOID and not self.get_starttag_text().endswith("/>"):  # type: ignore[union-attr]
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.VOID:
            assert self.open, f"</{tag}> closes nothing"
            if self.open[-1] == tag:
                self.open.pop()


def places(world: Database) -> list[str]:
    """A place of every sort."""
    with world.connect() as connection:
        runs = db.read_view(connection, "runs", order=["run_id"])
        last = db.read_view(connection, "materializations", order=["-materialization_id"], limit=1)[0]
        instances = db.read_view(connection, "instances")
    sorts = {row["sync_kind"]: row["run_id"] for row in runs}
    return [
        *("/", "/roots", "/runs", "/runs?status=error", "/decisions", "/decisions?kind=empty_set", "/cost"),
        *("/users", "/users?q=@renamed", "/users?q=nobody", "/users?q=9"),
        *(f"/instances/{row['instance_id']}" for row in instances),
        *(f"/runs/{run_id}" for run_id in sorts.values()),
        f"/materializations/{last['materialization_id']}",
    ]


# --- every page ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("token", [READER, OPERATOR])
async def test_every_place_is_a_whole_page_and_its_links_lead_somewhere(
    site: httpx.AsyncClient, world: Database, token: str
) -> None:
    client = await log_in(site, token)
    todo, done = places(world), set[str]()
    while todo:
        path = todo.pop()
        answer = await client.get(path)
        assert answer.status_code == 200, (path, answer.text)
        assert {name: answer.headers[name] for name in HEADERS} == dict(HEADERS)
        outline = Outline(answer.text)
        assert outline.open == [], path
        assert len(outline.ids) == len(set(outline.ids)), path
        assert outline.tags.count("h1") == outline.tags.count("main") == 1, path
        assert outline.attributes.isdisjoint({"style", "onclick", "onload"})
        assert outline.tags.count("script") == 1, "the only script is our own"
        assert HOSTILE not in answer.text
        assert "<script>" not in answer.text
        done.add(path)
        inner = (each for each in outline.links if each.startswith("/") and not each.startswith(OTHERS))
        todo += [each for each in inner if each not in done and each not in todo and len(done) < 45]
    assert len(done) > 30


async def test_without_a_session_there_is_nothing_but_the_way_in(
    site: httpx.AsyncClient, world: Database
) -> None:
    for path in places(world):
        answer = await site.get(path)
        assert answer.status_code == 303
        assert answer.headers["location"].startswith("/login")
    assert (await site.get("/live")).status_code == 401
    wanted = (await site.get("/users?q=@a%20b&x=1")).headers["location"]
    answer = await site.post(
        wanted.replace("/login?next=", "/login?"), data={"token": READER, "next": "/users?q=@a"}
    )
    assert answer.headers["location"] == "/users?q=@a"


async def test_who_asks_for_the_head_alone_gets_it(reader: httpx.AsyncClient) -> None:
    for path in ("/", "/runs", "/live", "/login"):
        answer = await reader.head(path)
        assert answer.status_code in (200, 303)
        assert answer.content == b""


async def test_what_is_not_there_is_a_404_in_words(reader: httpx.AsyncClient) -> None:
    for path in (
        "/instances/404404",
        "/runs/404404",
        "/materializations/404404",
        "/instances/0",
        "/runs/x",
        "/nowhere",
    ):
        answer = await reader.get(path)
        assert (answer.status_code, answer.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert "There is no instance 404404" in (await reader.get("/instances/404404")).text


async def test_a_bad_cursor_is_refused_in_words(reader: httpx.AsyncClient) -> None:
    answer = await reader.get("/runs?cursor=xxxx")
    assert answer.status_code == 422
    assert "is none that was given out here" in answer.text


async def test_other_doors_go_on_answering_in_their_own_form(reader: httpx.AsyncClient) -> None:
    for path, status in (("/v1/nowhere", 404), ("/v1/roots", 401), ("/metrics", 401)):
        answer = await reader.get(path)
        assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    answer = await reader.get("/nowhere", headers={"Accept": "application/json"})
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_list_goes_on_page_by_page(reader: httpx.AsyncClient, world: Database) -> None:
    with world.connect() as connection:
        expected = [row["run_id"] for row in db.read_view(connection, "runs", order=["-run_id"])]
    seen: list[int] = []
    path: str | None = "/runs"
    while path:
        text = (await reader.get(path)).text
        seen += [int(each) for each in re.findall(r'<td class="n"><a href="/runs/(\d+)">', text)]
        older = re.search(r'<a href="(/runs\?cursor=[^"]+)" rel="next">', text)
        path = older[1] if older else None
    assert seen == expected


async def test_events_go_on_page_by_page(reader: httpx.AsyncClient, world: Database) -> None:
    followers = instance_of(world, "segment_followers", subject_id="1")
    with world.connect() as connection:
        expected = [row["item_id"] for row in db.call(connection, "events", p_instance_id=followers)]
    seen = 0
    path: str | None = f"/instances/{followers}"
    while path:
        text = (await reader.get(path)).text
        seen += len(re.findall(r">on X<", text))
        older = re.search(r'<a href="([^"]+)" rel="next">', text)
        path = older[1] if older else None
    assert seen == len(expected) > 20


# --- what it says -------------------------------------------------------------------------------------


async def test_the_first_page_answers_the_five_questions(reader: httpx.AsyncClient, world: Database) -> None:
    text = (await reader.get("/")).text
    with world.connect() as connection:
        checks = db.call(connection, "checks")
        budget = next(row for row in db.call(connection, "budgets") if row["scope"] == "everything")
    plain = re.sub(r"<[^>]+>", "", text)
    for check in checks:
        assert check["check_name"] in plain
    assert "x_v2 sells" in plain
    assert f"of {words.money(budget['cap_usd'])} allowed" in plain
    for heading in ("Held back, and why", "Changed today", "Under way, and next", "Kept fresh"):
        assert heading in text


async def test_an_asset_says_how_it_moved_and_what_it_is_made_from(
    reader: httpx.AsyncClient, world: Database
) -> None:
    mutuals = instance_of(world, "segment_mutuals", subject_id="1")
    followers = instance_of(world, "segment_followers", subject_id="1")
    text = (await reader.get(f"/instances/{mutuals}")).text
    assert "@user_1" in text
    assert f'href="/instances/{followers}"' in text
    assert "followers of" in text
    assert "began with" in text
    assert "Used by" in text, "the corpus of its members' posts"


async def test_a_user_is_found_by_handle_link_and_id(reader: httpx.AsyncClient) -> None:
    for asked in ("@renamed", "Renamed", "https://x.com/renamed", "twitter.com/renamed/", "2"):
        text = (await reader.get("/users", params={"q": asked})).text
        assert "<h1>@Renamed" in text, asked
        assert "@user_2" in text, "the history of the handle"
        assert "segment_" in text
    for asked, says in (
        ("@no_such_one", "Nobody here is known as"),
        ("404404", "Nobody here is known as"),
        ("@user_2", "Renamed"),
        ("a b", "hint"),
        ("<b>", "&lt;b&gt;"),
        ("12345678901234567890", "12345678901234567890"),
        ("\u0000x", 'class="empty"'),
    ):
        answer = await reader.get("/users", params={"q": asked})
        assert (answer.status_code, 'class="empty"' in answer.text) == (200, True), (asked, answer.text)
        assert says in answer.text or says == "hint", asked


async def test_an_empty_database_says_what_to_do_next(database: Database) -> None:
    app = create_app(
        database.url("rookery_web"), DOORS, connections=1, operator_url=database.url("rookery_operator")
    )
    async with client_of(app, None) as site:
        site.headers.update(PERSON)
        await log_in(site)
        assert "rookery root enable" in (await site.get("/")).text
        for path in ("/roots", "/runs", "/decisions", "/cost", "/users"):
            answer = await site.get(path)
            assert (answer.status_code, 'class="empty"' in answer.text) == (200, True), path
    async with client_of(app, None) as site:
        site.headers.update(PERSON)
        await log_in(site, OPERATOR)
        assert "/roots/new" in (await site.get("/")).text


async def test_a_database_that_is_away_is_told_to_a_person(
    reader: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(_: object) -> NoReturn:
        raise DatabaseUnavailable("the database at db.example.com does not answer")

    monkeypatch.setattr("app.web.page.site.database.lent", away)
    answer = await reader.get("/")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert "The database cannot be asked just now" in answer.text
    assert "example.com" not in answer.text


# --- who may ------------------------------------------------------------------------------------------


async def test_a_wrong_token_opens_nothing_and_few_may_be_tried(site: httpx.AsyncClient) -> None:
    for _ in range(Attempts.MOST):
        answer = await site.post("/login", data={"token": "guess"})
        assert (answer.status_code, "set-cookie" in answer.headers) == (403, False)
    answer = await site.post("/login", data={"token": READER})
    assert answer.status_code == 429, "W1: not even the right one is looked at"
    assert int(answer.headers["retry-after"]) > 0


async def test_the_cookie_is_http_only_and_goes_by_https_alone_where_there_is_https(
    site: httpx.AsyncClient,
) -> None:
    cookie = (await site.post("/login", data={"token": READER})).headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Secure" not in cookie
    assert READER not in cookie
    behind = {"X-Forwarded-Proto": "https"}
    assert (
        "Secure" in (await site.post("/login", data={"token": READER}, headers=behind)).headers["set-cookie"]
    )


async def test_a_changed_token_logs_everybody_out(world: Database, reader: httpx.AsyncClient) -> None:
    cookie = reader.cookies[COOKIE]
    for token, status in ((READER, 200), ("another", 303)):
        app = create_app(world.url("rookery_web"), Doors(api_token=SecretStr(token)), connections=1)
        async with client_of(app, None) as other:
            other.cookies.set(COOKIE, cookie)
            assert (await other.get("/")).status_code == status


async def test_logging_out_forgets_the_session(reader: httpx.AsyncClient) -> None:
    assert (await reader.get("/")).status_code == 200
    answer = await reader.post("/logout")
    assert (answer.status_code, answer.headers["location"]) == (303, "/login")
    assert (await reader.get("/")).status_code == 303


def test_a_session_ends_and_is_of_one_role(monkeypatch: pytest.MonkeyPatch) -> None:
    sessions = Sessions({"reader": SecretStr("r"), "operator": SecretStr("o")})
    assert sessions.open("x") is None
    found = sessions.open("o")
    assert found is not None
    assert found.role == "operator"
    reader = Session("reader", found.name)
    assert sessions.is_marked(found, sessions.mark(found))
    assert not sessions.is_marked(found, sessions.mark(reader)), "a reader's mark is no operator's"
    assert not sessions.is_marked(found, "")
    assert not sessions.is_marked(found, "\u00e4\udc80")


def test_old_failures_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    attempts = Attempts()
    for _ in range(Attempts.MOST):
        attempts.refuse("here")
    assert attempts.wait_seconds("here") > 0
    assert attempts.wait_seconds("there") == 0
    later = __import__("time").monotonic() + Attempts.WITHIN_SECONDS + 1
    monkeypatch.setattr("app.web.page.sessions.time.monotonic", lambda: later)
    assert attempts.wait_seconds("here") == 0


@pytest.mark.parametrize(
    "wanted", [None, "", "//evil.example", "/\\evil.example", "https://evil.example", "/\t/evil.example", "x"]
)
def test_the_login_leads_nowhere_else(wanted: str | None) -> None:
    assert local_place(wanted) == "/"


# --- what an operator does ----------------------------------------------------------------------------


def mark_in(text: str) -> str:
    found = re.search(r'name="mark" value="([^"]+)"', text)
    assert found is not None
    return found[1]


async def test_a_reader_sees_no_form_and_may_send_none(reader: httpx.AsyncClient, world: Database) -> None:
    for path in places(world):
        assert "/actions/" not in (await reader.get(path)).text
    answer = await reader.post("/actions/sync_request", data={"sync_kind": "followers", "subject_id": "1"})
    assert (answer.status_code, "takes an operator" in answer.text) == (403, True)
    assert (await reader.get("/roots/new")).status_code == 403


async def test_without_the_operators_login_there_is_no_form_for_anybody(world: Database) -> None:
    async with client_of(create_app(world.url("rookery_web"), DOORS, connections=1), None) as site:
        site.headers.update(PERSON)
        await log_in(site, OPERATOR)
        assert "/actions/" not in (await site.get("/roots")).text
        assert (await site.post("/actions/root_disable", data={})).status_code == 404


async def test_a_form_of_another_site_is_refused(operator: httpx.AsyncClient, world: Database) -> None:
    followers = instance_of(world, "segment_followers", subject_id="1")
    mark = mark_in((await operator.get(f"/instances/{followers}")).text)
    form = {"sync_kind": "followers", "subject_id": "1", "mode": "full", "mark": mark}
    for headers in (
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
    ):
        assert (await operator.post("/actions/sync_request", data=form, headers=headers)).status_code == 403
    del operator.headers["Sec-Fetch-Site"]
    for headers in ({}, {"Origin": "null"}, {"Origin": "http://evil.test"}):
        assert (await operator.post("/actions/sync_request", data=form, headers=headers)).status_code == 403
    own = {"Origin": "http://rookery.test"}
    for wrong in ({}, {"mark": "forged"}):
        answer = await operator.post("/actions/sync_request", data={**form, "mark": "", **wrong}, headers=own)
        assert (answer.status_code, "not sent by a page of this session" in answer.text) == (403, True)
    assert (await operator.post("/actions/sync_request", data=form, headers=own)).status_code == 303


def test_a_form_is_a_function_that_an_operator_may_call_and_the_web_itself_may_not(world: Database) -> None:
    """W4, W5: whatever the page can do, psql can; and it does it as the operator."""
    with world.connect() as connection:
        for action in ACTIONS:
            found = connection.execute(
                "select pg_get_function_arguments(oid),"
                " has_function_privilege('rookery_operator', oid, 'execute'),"
                " has_function_privilege('rookery_web', oid, 'execute')"
                " from pg_proc where pronamespace = 'api'::regnamespace and proname = %s",
                [action.name],
            ).fetchall()
            ((arguments, operator_may, web_may),) = found
            assert (operator_may, web_may) == (True, False), action.name
            assert all(f"p_{name} " in arguments for name in action.fields.model_fields)
            assert action.name in NOTICES


async def test_each_form_does_what_its_function_does(operator: httpx.AsyncClient, world: Database) -> None:
    """W4: a form is one function; what comes of it shows where it leads."""
    mark = mark_in((await operator.get("/roots/new?kind=segment_followers&of=@user_9")).text)

    async def send(action: str, **fields: str) -> str:
        answer = await operator.post(f"/actions/{action}", data={"mark": mark, **fields})
        assert answer.status_code == 303, answer.text
        assert f"done={action}" in answer.headers["location"]
        shown = await operator.get(answer.headers["location"])
        assert (shown.status_code, 'role="status"' in shown.text) == (200, True)
        return shown.text

    asset = {"kind": "segment_followers", "params": '{"subject_id": "9"}'}
    assert "Stop keeping it fresh" in await send("root_enable", **asset)
    assert "Keep it fresh" in await send("root_disable", **asset)
    run = await send("sync_request", sync_kind="following", subject_id="9", mode="full")
    assert "Cancel this run" in run
    run_id = re.search(r"<h1>Run (\d+)", run)
    assert run_id is not None
    assert "cancelled" in await send("run_cancel", run_id=run_id[1])
    assert "handles of @somebody" in await send("users_look_up", names="@somebody")
    await send("provider_resume", provider="x_v2")


async def test_what_it_would_cost_is_said_before_anything_is_made(
    operator: httpx.AsyncClient, world: Database
) -> None:
    text = (await operator.get("/roots/new", params={"kind": "segment_followers", "of": "@user_8"})).text
    assert "What it would cost" in text
    assert "&#34;subject_id&#34;: &#34;8&#34;" in text
    with world.connect() as connection:
        made = db.read_view(connection, "instances", where={"kind": "segment_followers"})
    assert {"subject_id": "8"} not in [row["params"] for row in made]
    of = '{"source": {"kind": "segment_followers", "params": {"subject_id": "1"}}}'
    answer = await operator.get("/roots/new", params={"kind": "post_corpus_for_segment", "of": of})
    assert "At first" in answer.text


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ({"kind": "segment_followers", "of": "@no_such"}, "Nobody here is known as"),
        ({"kind": "post_corpus_for_segment", "of": "x"}, "no JSON object"),
        ({"kind": "post_corpus_for_segment", "of": '{"source": 1}'}, "RK00"),
    ],
)
async def test_a_mistake_is_told_in_one_line_with_the_way_out(
    operator: httpx.AsyncClient, query: dict[str, str], says: str
) -> None:
    answer = await operator.get("/roots/new", params=query)
    assert (answer.status_code, says in answer.text) == (422, True), answer.text


async def test_the_database_says_what_is_wrong_with_a_form(operator: httpx.AsyncClient) -> None:
    mark = mark_in((await operator.get("/roots/new?kind=segment_followers&of=@user_9")).text)
    for action, fields, status, says in (
        ("run_cancel", {"run_id": "404404"}, 404, "RK017"),
        ("run_cancel", {"run_id": "x"}, 422, "run_id"),
        ("root_enable", {"kind": "no_kind", "params": "{}"}, 422, "RK001"),
        ("root_enable", {"kind": "segment_followers", "params": "{"}, 422, "is no JSON"),
        ("sync_request", {"sync_kind": "x", "subject_id": "1", "mode": "full"}, 422, "RK008"),
        ("users_look_up", {"names": "a b"}, 422, "RK011"),
    ):
        answer = await operator.post(f"/actions/{action}", data={"mark": mark, **fields})
        assert (answer.status_code, says in answer.text) == (status, True), answer.text


async def test_a_form_is_small(operator: httpx.AsyncClient) -> None:
    answer = await operator.post("/actions/root_enable", data={"params": "x" * 100_000})
    assert answer.status_code == 413


# --- small parts --------------------------------------------------------------------------------------

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("at", "says"),
    [
        (None, "never"),
        (NOON, "now"),
        (NOON - timedelta(seconds=59), "59 s ago"),
        (NOON - timedelta(minutes=59), "59 min ago"),
        (NOON - timedelta(hours=71), "71 h ago"),
        (NOON - timedelta(days=4), "4 d ago"),
        (NOON + timedelta(hours=2), "in 2 h"),
    ],
)
def test_times_are_said_beside_now(at: datetime | None, says: str) -> None:
    assert words.ago(at, NOON) == says


def test_sentences_link_to_what_they_name() -> None:
    people = {12: {"handle": "a_user"}, 1234567: {"handle": "other"}}
    said = "instance 5 waits for followers of 12; run 7 <b>, page 3 of 20, segment_followers 1234567, 7654321"
    shown = str(linked(said, people))
    assert '<a href="/instances/5">instance 5</a>' in shown
    assert '<a href="/runs/7">run 7</a>' in shown
    assert 'followers of <a href="/users?q=@a_user" class="name">@a_user</a>' in shown
    assert "&lt;b&gt;, page 3 of 20, segment_followers <a" in shown
    assert shown.endswith("@other</a>, 7654321")
    assert users_in([said]) == {12, 1234567, 7654321}


def test_a_graph_is_laid_out_once_however_it_is_reached() -> None:
    def edge(instance_id: int, role: str, other_id: int) -> dict[str, object]:
        return {"edge": "made_from", "instance_id": instance_id, "role": role, "other_id": other_id}

    diamond = [edge(1, "a", 2), edge(1, "b", 3), edge(2, "x", 4), edge(3, "y", 4), edge(3, "y", 4)]
    found = made_from(1, diamond)
    assert [node.instance_id for node in found.nodes] == [2, 3]
    assert [(node.instance_id, node.is_again) for node in found.nodes[0].nodes] == [(4, False)]
    assert [(node.instance_id, node.is_again) for node in found.nodes[1].nodes] == [(4, True)]


def test_shapes_stay_inside_their_chart() -> None:
    days = [{"entered": 3, "left": 1}, {"entered": 0, "left": 0}, {"entered": 5, "left": 9}]
    for slot in bars(days).slots:
        for bar in (slot.hit, slot.entered, slot.left):
            assert 0 <= bar.x <= bar.x + bar.width <= 600.001
            assert -0.001 <= bar.y <= bar.y + bar.height <= 100.001
    assert bars([{"entered": 0, "left": 0}]).axis == 50
    for values in ([7], [3, 3, 3], [1, 1_000_000]):
        points = [float(y) for y in re.findall(r",([\d.]+)", line(values).points)]
        assert all(0 <= y <= 100 for y in points)
