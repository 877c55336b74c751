"""What tests of the page in a browser share: a served world, a browser, a look for what hinders people."""

from __future__ import annotations

import shutil
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import uvicorn
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, Page, sync_playwright
from pydantic import SecretStr

from app.web import Doors, create_app
from conftest import Database

READER, OPERATOR = "the-token-to-read", "the-token-to-act"
DOORS = Doors(api_token=SecretStr(READER), operator_token=SecretStr(OPERATOR))
WIDE, PHONE = (1200, 800), (360, 740)


@contextmanager
def served(world: Database) -> Iterator[str]:
    """The page of a database, served from a thread; its URL."""
    app = create_app(world.url("rookery_web"), DOORS, operator_url=world.url("rookery_operator"))
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        config = uvicorn.Config(app, log_config=None, access_log=False, timeout_graceful_shutdown=5)
        server = _Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            while not server.started:
                time.sleep(0.02)
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


class _Server(uvicorn.Server):
    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self.config.app.state.close()  # type: ignore[union-attr]
        await super().shutdown(sockets)


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's Chromium. Its sandbox needs what a container's root has not."""
    path = shutil.which("chromium")
    assert path is not None, "chromium is not installed; make packages installs it"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@contextmanager
def opened(
    browser: Browser, base: str, token: str | None = READER, *, size: tuple[int, int] = WIDE, **options: Any
) -> Iterator[Page]:
    """A page of a browser of its own, logged in with a token. Whatever its console says is a fault."""
    said: list[str] = []
    viewport = {"width": size[0], "height": size[1]}
    with closing(browser.new_context(base_url=base, viewport=viewport, **options)) as context:  # type: ignore[arg-type]
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        if token is not None:
            page.goto("/login")
            page.get_by_label("Token").fill(token)
            page.get_by_role("button", name="Log in").click()
            page.wait_for_url("**/")
        yield page
        faults = [each for each in said if "status of 4" not in each]
        assert faults == []


def hindrances(page: Page) -> list[str]:
    """What axe finds that is serious, or worse."""
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    return [
        f"{page.url}: {each['id']}: {node['html'][:200]}"
        for each in found
        if each["impact"] in ("serious", "critical")
        for node in each["nodes"][:3]
    ]
