"""Plays the demo's world and photographs every page in Chromium: on a screen, on a phone, and in the dark.

With --picture it makes the one picture of the README instead.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import io
import shutil
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

import uvicorn
from playwright.sync_api import Browser, Page, sync_playwright
from pydantic import SecretStr

from app import database
from app.demo import DemoOptions, run_demo
from app.web import Doors, create_app
from throwaway import Throwaway, ThrowawayError, server

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "build" / "screenshots"
PICTURE = ROOT / "docs" / "page.png"
LARGEST_PICTURE = 150_000
TOKEN = "a token for the pictures"
LOOKS = {
    "wide": ((1200, 800), "light"),
    "phone": ((360, 740), "light"),
    "dark": ((1200, 800), "dark"),
    "phone-dark": ((360, 740), "dark"),
}


def main() -> int:
    """Make the pictures; 1 if something that they need is missing."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--picture", action="store_true", help=f"only {PICTURE.relative_to(ROOT)}")
    chosen = parser.parse_args()
    path = shutil.which("chromium")
    if path is None:
        print("screenshots: chromium is not installed; make packages installs it", file=sys.stderr)
        return 1
    try:
        with server("18") as running, played(running) as places, served(running) as base:
            # Its sandbox needs what a container's root has not; text in grey alone makes smaller files.
            flags = ["--no-sandbox", "--disable-lcd-text"]
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=path, args=flags)
                (take_picture if chosen.picture else take_all)(browser, base, places)
                browser.close()
    except ThrowawayError as error:
        print(f"screenshots: {error}", file=sys.stderr)
        return 1
    return 0


@contextmanager
def played(running: Throwaway) -> Iterator[dict[str, str]]:
    """A week of the demo's world, an evening with something going on; the places to photograph, by name."""
    with closing(database.connect(running.url())) as connection:
        database.create_database(connection, "rookery")
    with contextlib.redirect_stdout(io.StringIO()):
        asyncio.run(run_demo(DemoOptions(json=True, database_url=running.url(dbname="rookery"))))
    with (
        closing(database.connect(running.url(dbname="rookery"))) as clock,
        closing(database.connect(running.url("rookery_operator", "rookery"))) as operator,
        closing(database.connect(running.url("rookery_worker", "rookery"))) as worker,
    ):
        now = database.call(operator, "read_clock") - timedelta(hours=2, minutes=20)
        database.call(clock, "set_now", schema="simulation", p_at=now)
        database.call(operator, "budget_set", p_scope="everything", p_period="month", p_usd=200)
        database.call(operator, "budget_set", p_scope="call:timeline", p_period="day", p_usd=2)
        users = database.read_view(operator, "users", order=["-followers_count"], limit=6)
        subject = str(users[-1]["user_id"])
        params = {"subject_id": subject}
        database.call(operator, "root_enable", p_kind="segment_mutuals", p_params=params)
        database.call(operator, "sync_request", p_sync_kind="posts", p_subject_id=users[0]["user_id"])
        for _ in range(2):
            database.call(worker, "engine_tick", p_worker="a worker", p_slots=8)
        places = find_places(operator, subject)
    yield places


def find_places(operator: database.Connection, subject: str) -> dict[str, str]:
    """One of every sort of place, with something in it."""
    mutuals = database.read_view(operator, "roots", where={"kind": "segment_mutuals"}, order=["root_id"])[0]
    corpus = database.read_view(operator, "roots", where={"kind": "post_corpus_for_segment"})[0]
    last = database.read_view(
        operator, "materializations", where={"instance_id": mutuals["instance_id"]}, order=["-revision"]
    )[0]
    run = database.read_view(operator, "runs", where={"mode": "full"}, order=["-removed", "run_id"], limit=1)[
        0
    ]
    event = database.call(operator, "events", p_instance_id=mutuals["instance_id"], p_limit=1)[0]
    return {
        "overview": "/",
        "roots": "/roots",
        "root-new": f"/roots/new?kind=segment_followers&of={subject}",
        "runs": "/runs",
        "run": f"/runs/{run['run_id']}",
        "decisions": "/decisions",
        "cost": "/cost",
        "segment": f"/instances/{mutuals['instance_id']}",
        "corpus": f"/instances/{corpus['instance_id']}",
        "materialization": f"/materializations/{last['materialization_id']}",
        "user": f"/users?q={event['item_id']}",
        "nobody": "/users?q=@nobody_here",
        "missing": "/instances/404404",
        "login": "/login",
    }


@contextmanager
def served(running: Throwaway) -> Iterator[str]:
    """The page of that database, with an operator's forms; its URL."""
    app = create_app(
        running.url("rookery_web", "rookery"),
        Doors(operator_token=SecretStr(TOKEN)),
        operator_url=running.url("rookery_operator", "rookery"),
    )
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        serving = uvicorn.Server(uvicorn.Config(app, log_config=None, timeout_graceful_shutdown=1))
        thread = threading.Thread(target=serving.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            while not serving.started:
                time.sleep(0.05)
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            serving.should_exit = True
            thread.join()


def take_all(browser: Browser, base: str, places: dict[str, str]) -> None:
    """Every page in every look, into a folder that git ignores."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for look, (size, scheme) in LOOKS.items():
        with logged_in(browser, base, size, scheme) as page:
            for name, place in places.items():
                if name == "login":
                    page.context.clear_cookies()
                page.goto(place)
                for each in page.locator("summary").all():
                    each.click()
                page.screenshot(path=FOLDER / f"{name}.{look}.png", full_page=True)
    print(f"{len(places) * len(LOOKS)} pictures in {FOLDER.relative_to(ROOT)}")


def take_picture(browser: Browser, base: str, places: dict[str, str]) -> None:
    """The overview as a stranger first sees it."""
    with logged_in(browser, base, (1160, 870), "light") as page:
        page.goto(places["overview"])
        page.wait_for_selector("#live[data-state=on]")
        page.screenshot(path=PICTURE)
    size = PICTURE.stat().st_size
    print(f"{PICTURE.relative_to(ROOT)}: {size:,} bytes")
    assert size < LARGEST_PICTURE, "too large for a README"


@contextmanager
def logged_in(browser: Browser, base: str, size: tuple[int, int], scheme: str) -> Iterator[Page]:
    """A page of a browser of its own."""
    viewport = {"width": size[0], "height": size[1]}
    context = browser.new_context(base_url=base, viewport=viewport, color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto("/login")
    page.get_by_label("Token").fill(TOKEN)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url("**/")
    yield page
    context.close()


if __name__ == "__main__":
    sys.exit(main())
