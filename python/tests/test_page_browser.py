"""The page in Chromium: what one sees, types and presses, on a screen, a phone, in the dark, by keyboard."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from app import database as db
from conftest import Database
from page_world import OPERATOR, PHONE, READER, WIDE, chromium, hindrances, opened, served
from throwaway import Throwaway
from web_client import played_database


@pytest.fixture(scope="module")
def world(server: Throwaway, clocked_template: str) -> Iterator[Database]:
    if server.version != "15":
        pytest.skip("a browser sees nothing of the server's version")
    with played_database(server, clocked_template) as found:
        with found.connect() as connection:
            # Something is under way, something is held back, and something has failed.
            connection.execute("select simulation.advance('7 hours'), api.engine_tick('a worker', 2)")
            refused = "'subject_refused', 'users of 9', 'subject_suspended', base.now() + '1 day'"
            connection.execute(f"select base.decide({refused})".encode())
        yield found


@pytest.fixture(scope="module")
def base(world: Database) -> Iterator[str]:
    with served(world) as url:
        yield url


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture
def reader(browser: Browser, base: str) -> Iterator[Page]:
    with opened(browser, base) as page:
        yield page


@pytest.fixture
def operator(browser: Browser, base: str) -> Iterator[Page]:
    with opened(browser, base, OPERATOR) as page:
        yield page


@pytest.fixture(scope="module")
def places(world: Database) -> list[str]:
    """One of every sort of place, with something in it."""
    with world.connect() as connection:
        mutuals = db.call(connection, "instance_id", p_kind="segment_mutuals", p_params={"subject_id": "1"})
        last = db.read_view(connection, "materializations", order=["-materialization_id"], limit=1)[0]
        run = db.read_view(connection, "runs", where={"sync_kind": "followers"}, order=["run_id"], limit=1)[0]
    return [
        *(
            "/",
            "/roots",
            "/runs",
            "/decisions",
            "/cost",
            "/users?q=@renamed",
            "/users?q=@nobody",
            "/instances/404404",
        ),
        *(f"/instances/{mutuals}", f"/instances/{mutuals + 1}", f"/runs/{run['run_id']}"),
        f"/materializations/{last['materialization_id']}",
        "/roots/new?kind=segment_followers&of=@user_8",
    ]


@pytest.mark.parametrize(("size", "scheme"), [(WIDE, "light"), (PHONE, "dark")], ids=["wide", "dark phone"])
def test_nothing_hinders_anybody_and_nothing_is_wider_than_its_screen(
    browser: Browser, base: str, places: list[str], size: tuple[int, int], scheme: str
) -> None:
    found: list[str] = []
    with opened(browser, base, OPERATOR, size=size, color_scheme=scheme) as page:
        for place in places:
            page.goto(place)
            for each in page.locator("summary").all():
                each.click()
            found += hindrances(page)
            wide = page.evaluate("document.documentElement.scrollWidth")
            found += [f"{place} is {wide} wide"] if wide > size[0] else []
        page.get_by_role("button", name="Log out").click()
        page.wait_for_url("**/login")
        found += hindrances(page)
    assert found == []


def test_the_dark_is_dark(browser: Browser, base: str) -> None:
    def paper(scheme: str) -> str:
        with opened(browser, base, color_scheme=scheme) as page:
            return str(page.evaluate("getComputedStyle(document.body).backgroundColor"))

    assert (paper("light"), paper("dark")) == ("rgb(251, 250, 247)", "rgb(23, 22, 20)")


def test_it_can_be_read_without_a_script(browser: Browser, base: str, places: list[str]) -> None:
    with opened(browser, base, OPERATOR, java_script_enabled=False) as page:
        for place in places:
            page.goto(place)
            expect(page.get_by_role("heading", level=1)).to_have_count(1)
        page.goto("/users")
        page.get_by_label("Find a user").fill("@renamed")
        page.get_by_role("button", name="Find").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("@Renamed")


def test_a_wrong_token_is_refused_and_the_right_one_leads_where_one_wanted(
    browser: Browser, base: str
) -> None:
    with opened(browser, base, None) as page:
        page.goto("/runs?status=success")
        expect(page.get_by_role("heading", level=1)).to_have_text("Log in")
        page.get_by_label("Token").fill("a guess")
        page.keyboard.press("Enter")
        expect(page.get_by_role("alert")).to_contain_text("not the one")
        page.get_by_label("Token").fill(READER)
        page.keyboard.press("Enter")
        page.wait_for_url("**/runs?status=success")
        page.get_by_role("button", name="Log out").click()
        page.wait_for_url("**/login")
        page.goto("/runs")
        expect(page.get_by_role("heading", level=1)).to_have_text("Log in")


def test_a_keyboard_reaches_the_content_first_and_sees_where_it_is(reader: Page) -> None:
    reader.goto("/roots")
    reader.keyboard.press("Tab")
    skip = reader.get_by_role("link", name="Skip to content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    reader.keyboard.press("Enter")
    expect(reader.get_by_role("main")).to_be_focused()
    reader.keyboard.press("Tab")
    outline = reader.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"


def test_a_page_that_is_open_shows_what_changes(reader: Page, world: Database) -> None:
    """W1: an event comes in, somebody ticks, and whoever looks sees it without doing anything."""
    with world.connect() as connection:
        followers = db.call(
            connection, "instance_id", p_kind="segment_followers", p_params={"subject_id": "9"}
        )
        db.call(connection, "root_enable", p_kind="segment_followers", p_params={"subject_id": "9"})
        connection.execute("select setval('base.announcements', 0)")
        reader.goto("/roots")
        expect(reader.get_by_text("live", exact=True)).to_be_visible()
        expect(reader.get_by_role("row").filter(has_text="@user_9")).to_contain_text("waiting")
        connection.execute("select simulation.advance('30 seconds')")
        connection.execute("select test.play()")
        expect(reader.get_by_role("row").filter(has_text="@user_9")).to_contain_text("fresh", timeout=15_000)
    assert followers is None


def test_what_a_person_types_or_has_opened_stays(operator: Page, world: Database) -> None:
    with world.connect() as connection:
        mutuals = db.call(connection, "instance_id", p_kind="segment_mutuals", p_params={"subject_id": "1"})
        operator.goto(f"/instances/{mutuals}")
        expect(operator.get_by_text("live", exact=True)).to_be_visible()
        operator.get_by_text("As a table").click()
        operator.get_by_label("Find a user").fill("half a na")
        before = operator.locator("#as-of").inner_text()
        connection.execute("select setval('base.announcements', 0), simulation.advance('1 minute')")
        connection.execute("select base.announce()")
        expect(operator.locator("#as-of")).not_to_have_text(before, timeout=15_000)
        expect(operator.get_by_role("columnheader", name="UTC day")).to_be_visible()
        expect(operator.get_by_label("Find a user")).to_have_value("half a na")


def test_an_operator_keeps_something_fresh_and_stops_it(operator: Page) -> None:
    operator.goto("/roots")
    operator.get_by_role("link", name="Keep something else fresh").click()
    operator.get_by_label("Kind").select_option("segment_followed")
    operator.get_by_label("Of", exact=True).fill("https://x.com/user_7")
    operator.get_by_role("button", name="What would it cost?").click()
    expect(operator.get_by_text("In 30 days").first).to_be_visible()
    operator.get_by_role("button", name="Keep it fresh").click()
    expect(operator.get_by_role("status")).to_have_text("It is kept fresh from now on.")
    expect(operator.get_by_role("heading", level=1)).to_contain_text("@user_7 segment_followed")
    operator.get_by_role("button", name="Sync now").click()
    expect(operator.get_by_role("status")).to_have_text("This run was asked for.")
    operator.get_by_role("button", name="Cancel this run").click()
    expect(operator.get_by_role("status")).to_contain_text("cancelled")
    operator.go_back()
    operator.goto("/roots")
    operator.get_by_role("link", name="@user_7 segment_followed").click()
    operator.get_by_role("button", name="Stop keeping it fresh").click()
    expect(operator.get_by_role("status")).to_contain_text("not kept fresh any more")
    operator.reload()
    expect(operator.get_by_text("Disabled since")).to_be_visible()


def test_an_operator_looks_somebody_up_and_hears_what_the_database_says(
    operator: Page, world: Database
) -> None:
    operator.get_by_label("Find a user").fill("@a_stranger")
    operator.keyboard.press("Enter")
    with world.connect() as connection:
        connection.execute("select api.engine_tick('a worker', 0)")
    operator.get_by_role("button", name="Look @a_stranger up at X").click()
    expect(operator.get_by_role("heading", level=1)).to_contain_text("handles of @a_stranger")
    operator.get_by_role("button", name="Cancel this run").click()
    operator.goto("/roots/new?kind=segment_followers&of=@nobody_here")
    expect(operator.get_by_role("heading", level=1)).to_contain_text("Nobody here is known as")


def test_a_form_of_another_site_changes_nothing(operator: Page, base: str, world: Database) -> None:
    """The other site knows all but the mark, and the browser itself says whose form it is."""
    with world.connect() as connection:
        before = len(db.read_view(connection, "runs"))
        form = (
            f'<form action="{base}/actions/sync_request" method="post">'
            '<input name="sync_kind" value="followers"><input name="subject_id" value="1">'
            '<input name="mode" value="full"><input name="mark" value="x">'
            "<button>Win</button></form>"
        )
        operator.route(
            "http://localhost:9/", lambda route: route.fulfill(body=form, content_type="text/html")
        )
        operator.goto("http://localhost:9/")
        operator.get_by_role("button", name="Win").click()
        # Another site's form brings no cookie along: it ends at the login, and that at the front.
        expect(operator.get_by_role("heading", level=1)).to_have_text("Overview")
        assert len(db.read_view(connection, "runs")) == before


def test_a_reader_finds_no_form(reader: Page, places: list[str]) -> None:
    for place in places[:-1]:
        reader.goto(place)
        expect(reader.locator("main form[method=post]")).to_have_count(0)
