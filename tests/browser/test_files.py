"""Files in a real browser: what is kept never runs a script nor fetches anything; a screenshot is
pasted; a phone offers its camera; and all of it without scripts.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, violations
from tests.cast import CAST, Player
from tests.files import samples
from tests.files.desk import HERE, rows, send
from tests.incidents.pages import logged

SHEET = {
    "What is the problem, in a few words?": "Projector shows no picture",
    "What did you expect to happen?": "The lesson on the board",
    "What happened?": "A blue screen",
}
# Kept, because nothing of it is left or because it only looks dangerous.
LURKING = {
    "gif and page.gif": samples.saved(samples.picture(), "GIF") + samples.HTML,
    "photo and zip.jpg": samples.jpeg() + samples.archive({"a.html": samples.HTML}),
    "commented.png": samples.png() + samples.SVG,
    "log.txt": b"x" * 1100 + b"\n" + samples.HTML,
    "table.csv": b"=1+1,x\n" * 200 + samples.SVG,
    "letter.docx": samples.office(**{"word__x.txt": samples.HTML}),
    "plan.pdf": samples.pdf(catalog=b"/Note (<b>" + b" " * 1200 + b"</b>) "),
}


class Watch:
    """Everything a page asks for and says, while it is open."""

    def __init__(self, page: Page) -> None:
        self.foreign: list[str] = []
        self.dialogs: list[str] = []
        home = urlsplit(page.url).netloc
        page.context.on("request", lambda one: self._note(one.url, home))
        page.on("dialog", lambda one: (self.dialogs.append(one.message), one.dismiss()))

    def _note(self, url: str, home: str) -> None:
        if urlsplit(url).scheme in ("http", "https") and urlsplit(url).netloc != home:
            self.foreign.append(url)


def fill(page: Page) -> None:
    for label, words in SHEET.items():
        page.get_by_label(label).fill(words)
    page.get_by_label("Where is it?").select_option(label="ICT suite")


def files(*names_and_contents: tuple[str, bytes]) -> list[Any]:
    """What somebody picks; the browser claims for each that it is a picture."""
    return [
        {"name": name, "mimeType": "image/png", "buffer": content}
        for name, content in names_and_contents
    ]


@pytest.fixture
def quiet(chromium, live) -> Iterator[Callable[..., Page]]:
    """Like `open_as`, for pages about which Chromium's console complains by itself: a 422, and its
    own viewer of pictures, whose style our headers do not allow either."""
    contexts = []

    def opened(player: Player, path: str) -> Page:
        contexts.append(chromium.new_context(base_url=live))
        page = contexts[-1].new_page()
        page.goto("/sign-in")
        page.fill("[name=email]", player.email)
        page.fill("[name=password]", CAST.password)
        page.click("main button[type=submit]")
        page.goto(path)
        return page

    yield opened
    for context in contexts:
        context.close()


def test_nothing_that_is_kept_runs_or_fetches_anything(quiet, api, app, cast):
    """Each opened as a page of its own, as somebody who follows its link does."""
    logged(api, cast)
    contents = list(LURKING.items())
    for part in (contents[:4], contents[4:]):
        answer = send(api(cast.rita), 1, part)
        assert answer.status_code == 201, answer.json
    page = quiet(cast.sam, f"{HERE}/1")
    watch = Watch(page)
    for row in rows(app):
        address = f"{HERE}/1/files/{row['id']}"
        assert row["name"] in page.locator("main").inner_text()
        if row["media_type"].startswith("image/"):
            page.goto(address)
            assert page.evaluate("document.images.length") == 1
            assert page.evaluate("document.scripts.length") == 0
            page.goto(f"{HERE}/1")
            continue
        with page.expect_download() as download:
            page.evaluate("where => { location.href = where }", address)
        assert download.value.suggested_filename == row["name"]
    assert (watch.foreign, watch.dialogs) == ([], [])


SCRIPTED = (
    "svg", "svg called png", "html", "html called text", "xml",
    "html in pdf", "pdf and html", "pdf with script", "pdf, packed", "pdf that starts",
)  # fmt: skip


def test_what_has_scripts_in_it_is_not_there_to_be_opened(quiet, app, cast):
    """Sent by the browser itself; the page comes back with the text and runs none of it."""
    page = quiet(cast.rita, f"{HERE}/new")
    watch = Watch(page)
    fill(page)
    for first in (0, 5):
        some = [samples.hostile()[case] for case in SCRIPTED[first : first + 5]]
        page.locator("#files").set_input_files(files(*[(one.name, one.content) for one in some]))
        with page.expect_response(f"**{HERE}/new") as answer:
            page.get_by_role("button", name="Send to the desk").click()
        assert answer.value.status == 422
        expect(page.locator(".govuk-error-summary li")).to_have_count(len(some))
        assert page.get_by_label("What happened?").input_value() == SHEET["What happened?"]
    assert rows(app) == [] and (watch.foreign, watch.dialogs) == ([], [])


def test_a_screenshot_is_pasted_into_the_sheet(open_as, app, cast):
    page = open_as(cast.rita, f"{HERE}/new")
    fill(page)
    paste(page, "#happened", samples.png())
    paste(page, "#expected", samples.png())
    said = page.locator(".desk-upload [role=status]")
    expect(said).to_have_text("2 files will be sent: screenshot-1.png, screenshot-2.png")
    page.get_by_role("button", name="Send to the desk").click()
    expect(page.locator("main")).to_contain_text("STM-1")
    assert [one["name"] for one in rows(app)] == ["screenshot-1.png", "screenshot-2.png"]
    expect(page.locator(".desk-file img")).to_have_count(2)
    # Asked for one by one: Playwright's own waiting for a function is stopped by our policy.
    for picture in page.locator(".desk-file img").all():
        expect(picture).to_have_js_property("complete", True)
        assert picture.evaluate("one => one.naturalWidth") > 0


def test_a_screenshot_is_pasted_into_a_note_and_text_stays_text(open_as, api, app, cast):
    logged(api, cast)
    page = open_as(cast.rita, f"{HERE}/1")
    page.get_by_label("Your note").fill("See this")
    paste(page, "#text", samples.png(), "1\\t2")
    expect(page.locator(".desk-upload [role=status]")).to_have_text("")
    paste(page, "#text", samples.png())
    page.get_by_role("button", name="Add the note").click()
    expect(page.locator(".desk-entry .desk-file")).to_have_count(1)
    assert [one["part"] for one in rows(app)] == ["note"]


def paste(page: Page, where: str, picture: bytes, text: str = "") -> None:
    """As the browser tells it when somebody presses Ctrl and V."""
    page.evaluate(
        """([where, picture, text]) => {
          const bytes = Uint8Array.from(atob(picture), one => one.charCodeAt(0))
          const clipboard = new DataTransfer()
          clipboard.items.add(new File([bytes], "image.png", {type: "image/png"}))
          if (text) clipboard.setData("text/plain", text)
          const about = {clipboardData: clipboard, bubbles: true, cancelable: true}
          document.querySelector(where).dispatchEvent(new ClipboardEvent("paste", about))
        }""",
        [where, base64.b64encode(picture).decode(), text],
    )


@pytest.mark.parametrize("way", ["laptop", "phone", "no JavaScript"])
def test_a_photo_goes_all_the_way_and_is_taken_away_again(open_as, app, cast, way):
    options: dict[str, Any] = {"java_script_enabled": False} if way == "no JavaScript" else {}
    if way == "phone":
        options = {"size": PHONE, "has_touch": True, "is_mobile": True}
    page = open_as(cast.rita, f"{HERE}/new", **options)
    fill(page)
    camera = page.get_by_label("Or take a photo now")
    if way == "phone":
        expect(camera).to_be_visible()
        camera.set_input_files(files(("IMG_1.jpg", samples.jpeg(6))))
    else:
        expect(camera).to_be_hidden()
        page.get_by_label("Photos and files (optional)").set_input_files(
            files(("IMG_1.jpg", samples.jpeg(6)))
        )
    page.get_by_role("button", name="Send to the desk").click()
    strip = page.get_by_role("list", name="Photos and files of the sheet")
    expect(strip.get_by_role("link", name="Photo IMG_1.jpg")).to_be_visible()
    strip.get_by_role("link", name="Remove IMG_1.jpg").click()
    page.get_by_role("button", name="Remove the file").click()
    expect(page.locator("main")).to_contain_text("IMG_1.jpg has been removed")
    expect(strip).to_have_count(0)


def test_pages_with_files_are_clean_and_fit_a_phone(open_as, api, app, cast):
    logged(api, cast)
    send(api(cast.rita), 1, [("a.jpg", samples.jpeg()), ("x" * 90 + ".txt", b"words")])
    page = open_as(cast.rita, f"{HERE}/1", size=(320, 700), bypass_csp=True)
    key = rows(app)[0]["id"]
    for path in (f"{HERE}/1", f"{HERE}/1/files/{key}/removal"):
        page.goto(path)
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
