"""The whole story in a real browser: with a mouse, on a phone, by keyboard alone, without scripts.

Rita reports; Sam checks and forwards; Tariq finds it in the queue, takes and resolves it; Sam
closes; Olga, of another school, sees nothing of it.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE

HERE = "/st-marys/incidents"
TITLE = "Projector shows no picture"


class Hand:
    """Does what a person does with a mouse or a finger."""

    def __init__(self, page: Page) -> None:
        self.page = page
        page.set_default_timeout(8000)

    def press(self, words: str, role: str = "button") -> None:
        self._named(words, role).click()

    def write(self, label: str, words: str) -> None:
        self.page.get_by_label(label, exact=False).first.fill(words)

    def choose(self, label: str, words: str) -> None:
        self.page.get_by_label(label, exact=False).first.select_option(label=words)

    def tick(self, words: str) -> None:
        self.page.get_by_label(words, exact=True).check()

    def _named(self, words: str, role: str):
        step = self.page.get_by_role(role, name=words, exact=True)
        return step.first


class Keyboard(Hand):
    """Reaches everything with Tab and acts with Enter, space, arrows and letters only."""

    def press(self, words: str, role: str = "button") -> None:
        self._reach(self._named(words, role))
        self.page.keyboard.press("Enter")

    def write(self, label: str, words: str) -> None:
        self._reach(self.page.get_by_label(label, exact=False).first)
        self.page.keyboard.type(words)

    def choose(self, label: str, words: str) -> None:
        self._reach(self.page.get_by_label(label, exact=False).first)
        self.page.keyboard.type(words)

    def tick(self, words: str) -> None:
        wanted = self.page.get_by_label(words, exact=True)
        name = wanted.get_attribute("name")
        group = self.page.locator(f"input[name='{name}']")
        self._reach(group.first)
        for _ in range(group.count()):
            if wanted.evaluate("one => document.activeElement === one"):
                self.page.keyboard.press("Space")
                return
            self.page.keyboard.press("ArrowDown")
        assert wanted.is_checked(), words

    def _reach(self, wanted) -> None:
        expect(wanted).to_be_visible()
        for _ in range(150):
            if wanted.evaluate("one => document.activeElement === one"):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"Tab does not reach {wanted}")


WAYS = {
    "mouse": (Hand, {}),
    "phone": (Hand, {"size": PHONE, "has_touch": True}),
    "keyboard": (Keyboard, {}),
    "no JavaScript": (Hand, {"java_script_enabled": False}),
}


@pytest.mark.parametrize("way", WAYS)
def test_an_incident_goes_all_the_way(open_as: Callable[..., Page], cast, way):
    hand, options = WAYS[way]

    def at(player, path) -> Hand:
        return hand(open_as(player, path, **options))

    report(at(cast.rita, f"{HERE}/new"))
    sam = at(cast.sam, "/st-marys/desk")
    check_and_forward(sam)
    tariq = at(cast.tariq, "/queue")
    take_and_resolve(tariq)
    sam.page.goto(f"{HERE}/1")
    sam.press("Close it")
    confirm(sam)
    expect(sam.page.locator("main")).to_contain_text("closed", ignore_case=True)
    olga = open_as(cast.olga, "/oakfield/desk", **options)
    expect(olga.locator("main")).not_to_contain_text(TITLE)
    answer = olga.request.get(f"{HERE}/1")
    assert answer.status == 404
    assert TITLE not in answer.text()


def report(rita: Hand) -> None:
    rita.write("What is the problem, in a few words?", TITLE)
    rita.choose("Where is it?", "ICT suite")
    rita.write("What did you expect to happen?", "The lesson on the board")
    rita.write("What happened?", "A blue screen")
    rita.press("Send to the desk")
    expect(rita.page.locator("main")).to_contain_text("STM-1")


def check_and_forward(sam: Hand) -> None:
    expect(sam.page.locator("main")).to_contain_text(TITLE)
    sam.page.goto(f"{HERE}/1")
    sam.press("Check the sheet")
    sam.tick("A class, an office or several people")
    sam.tick("Work has stopped and there is no other way")
    sam.choose("What kind of thing is it?", "Projector, board or screen")
    sam.press("Check the sheet")
    expect(sam.page.locator("main")).to_contain_text("checked and in the call log")
    sam.press("Forward it to the LA")
    sam.write("What was tried so far?", "Another cable")
    sam.press("Forward it to the LA")
    expect(sam.page.locator("main")).to_contain_text("passed on")


def take_and_resolve(tariq: Hand) -> None:
    expect(tariq.page.locator("main")).to_contain_text(TITLE)
    tariq.press(TITLE, "link")
    tariq.press("Take it")
    expect(tariq.page.locator("main")).to_contain_text("Tariq Firstline")
    tariq.press("Resolve it")
    tariq.choose("How was it resolved?", "Fixed for good")
    tariq.write("What was done?", "New lamp")
    tariq.press("Resolve it")
    expect(tariq.page.locator("main")).to_contain_text("is resolved")


def confirm(sam: Hand) -> None:
    """A step that asks once more has its button again."""
    again = sam.page.get_by_role("button", name="Close it", exact=True)
    if again.count():
        sam.press("Close it")
