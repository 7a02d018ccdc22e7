"""Real Chromium on the real application, which a thread of the test serves."""

from __future__ import annotations

import re
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright
from werkzeug.serving import WSGIRequestHandler, make_server

from tests.cast import Player

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
AXE = Path(__file__).parents[2] / "node_modules/axe-core/axe.min.js"
AXE_PATH = "/axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
AS_WIDE_AS_ARIAL = ("Arial", "Arimo", "Helvetica", "Liberation Sans", "Nimbus Sans")
LAPTOP, PHONE, NARROW = (1366, 860), (390, 844), (320, 700)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("NOT RUN: no Chromium on this machine (Debian: apt install chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def usual_letters() -> None:
    """For what is about widths. Pages ask for Arial; a browser that has neither it nor a font as
    wide takes a wider one."""
    if (ask := shutil.which("fc-match")) is None:
        return
    found = subprocess.run([ask, "Arial"], capture_output=True, text=True, check=True).stdout
    if not any(name in found for name in AS_WIDE_AS_ARIAL):
        pytest.skip("NOT RUN: no font as wide as Arial (Debian: apt install fonts-liberation)")


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:
        pass


def _axe(start_response: Any) -> list[bytes]:
    """As a file that the browser keeps, compiled: to hand it half a megabyte of text for every page
    took a third as long as looking at the page."""
    headers = [("Content-Type", "text/javascript"), ("Cache-Control", "max-age=3600, immutable")]
    start_response("200 OK", headers)
    return [AXE.read_bytes()]


def _read_whole(app: Flask) -> Any:
    """Answers made whole before they are sent: this small server would leave the file of a style
    sheet open when the browser turns to another page half way."""

    def served(environ: Any, start_response: Any) -> list[bytes]:
        if environ["PATH_INFO"] == AXE_PATH:
            return _axe(start_response)
        answer = app(environ, start_response)
        try:
            return [b"".join(answer)]
        finally:
            if close := getattr(answer, "close", None):
                close()

    return served


@pytest.fixture
def live(app: Flask) -> Iterator[str]:
    """The address of the application."""
    server = make_server("127.0.0.1", 0, _read_whole(app), threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    server.server_close()
    thread.join(5)


Opener = Callable[..., Page]

# A form that comes back with what is wrong is no fault, though the browser notes it.
_SENT_BACK = re.compile("Failed to load resource: .* status of (409|412|422) ")


def _is_wrong(said: ConsoleMessage) -> bool:
    return said.type == "error" and not _SENT_BACK.match(said.text)


@pytest.fixture
def open_as(chromium: Browser, live: str, sign_in: Callable[[Player], Any]) -> Iterator[Opener]:
    """`open_as(cast.tariq, "/queue")` is that page in their own browser. What the browser finds
    wrong with a page (an error, a refused script) fails the test. They bring their cookies along:
    that the page to sign in works is shown by test_accounts.py."""
    contexts, complaints = [], []

    def opened(player: Player, path: str, size: tuple[int, int] = LAPTOP, **options: Any) -> Page:
        context = chromium.new_context(
            viewport={"width": size[0], "height": size[1]}, base_url=live, **options
        )
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: _is_wrong(said) and complaints.append(said.text))
        cookies = sign_in(player).cookies()
        context.add_cookies(
            [{"name": name, "value": value, "url": live} for name, value in cookies.items()]
        )
        page.goto(path)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []


_FOUND = """asked => axe.run(document, asked).then(found => found.violations.flatMap(
    one => one.nodes.map(node => `${one.id}: ${node.html.slice(0, 200)}`)))"""


def violations(page: Page) -> list[str]:
    """What axe finds. The page must be opened with bypass_csp=True, or axe may not run. Whoever has
    just pressed something waits for the new page first: a press returns before it is there."""
    page.wait_for_load_state()
    if page.url.startswith("http"):
        page.add_script_tag(url=AXE_PATH)
    else:  # a page that a test has made and nobody serves
        page.add_script_tag(content=AXE.read_text())
    # What passes need not be described: that takes axe longer than finding what does not. And it
    # stays in the browser: to carry it here took as long as opening the page.
    asked = {"runOnly": RULES, "resultTypes": ["violations"]}
    found: list[str] = page.evaluate(_FOUND, asked)
    return found
