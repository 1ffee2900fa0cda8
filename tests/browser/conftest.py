"""A company served on loopback and Chromium in front of it."""

import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from waitress.server import create_server

from suite.admin.users.commands import add_user
from suite.app import create_app
from tests.world import World

PASSWORD = "ein langes Passwort"
# A busy machine is slow, not wrong.
PATIENCE_MS = 30_000
expect.set_options(timeout=PATIENCE_MS)
ALL_ROLES = ("sales", "warehouse", "accounting", "purchasing", "admin", "management", "service")


@dataclass(frozen=True)
class Site:
    """A running site: its world and its address."""

    world: World
    url: str


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium; browser tests are skipped where it is missing."""
    path = shutil.which("chromium")
    if path is None:
        pytest.skip("chromium is not installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def site(sqlite_world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """A site on a fresh company with the user `olga`, who may do everything."""
    monkeypatch.setenv("SUITE_SECRET_KEY", "0123456789abcdef0123456789abcdef")
    add_user(
        login="olga", name="Olga Ohm", roles=ALL_ROLES, password=PASSWORD, locale="en", by=sqlite_world.owner
    )
    server = create_server(create_app(sqlite_world.database.url), host="127.0.0.1", port=0, threads=4)

    def run() -> None:
        with suppress(OSError):  # closed from outside while it waits for the next request
            server.run()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    yield Site(sqlite_world, f"http://127.0.0.1:{server.effective_port}")
    server.close()
    thread.join(timeout=5)


@pytest.fixture
def context(chromium: Browser, site: Site) -> Iterator[BrowserContext]:
    """Olga's browser, signed in, in English."""
    made = signed_in(chromium, site, "olga")
    yield made
    made.close()


@pytest.fixture
def colleague(chromium: Browser, site: Site) -> Iterator[Callable[[str], Page]]:
    """A page in a browser of its own for somebody who holds one role; problems in it fail the test."""
    contexts: list[BrowserContext] = []
    problems: list[str] = []

    def come(role: str) -> Page:
        add_user(
            login=role, name=role.title(), roles=[role], password=PASSWORD, locale="en", by=site.world.owner
        )
        contexts.append(signed_in(chromium, site, role))
        return watched(contexts[-1].new_page(), problems)

    yield come
    for made in contexts:
        made.close()
    assert problems == []


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A page of Olga's; errors in its scripts or against its content security policy fail the test."""
    problems: list[str] = []
    made = watched(context.new_page(), problems)
    yield made
    made.close()
    assert problems == []


def signed_in(chromium: Browser, site: Site, login: str, **options: Any) -> BrowserContext:
    """A browser of its own in which `login` is signed in."""
    viewport = {"width": 1440, "height": 900}
    made = chromium.new_context(base_url=site.url, locale="en-GB", **{"viewport": viewport, **options})
    made.set_default_timeout(PATIENCE_MS)
    page = made.new_page()
    page.goto("/login")
    page.fill("#name", login)
    page.fill("#password", PASSWORD)
    page.click("form[action='/login'] button")
    page.wait_for_url(site.url + "/")
    page.close()
    return made


def watched(page: Page, problems: list[str]) -> Page:
    """The page, noting errors in its scripts and against its content security policy."""
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on(
        "console",
        lambda message: problems.append(message.text) if "Content Security" in message.text else None,
    )
    return page
