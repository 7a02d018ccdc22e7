"""Accounts in a real browser: invited, forgotten, changed, a token made; on a phone, and without
scripts. The links are read from the mails that went out."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import LAPTOP, NARROW, PHONE, violations
from tests.people.mailbox import Mailbox

NINA, WORDS, OTHER = "nina@st-marys.example", "copper window lantern", "seven silent herons"
WAYS = {
    "phone": {"size": PHONE, "has_touch": True},
    "no JavaScript": {"size": LAPTOP, "java_script_enabled": False},
}


@pytest.fixture
def mailbox(app):
    return Mailbox(app)


def press(page: Page, words: str, role: str = "button") -> None:
    page.get_by_role(role, name=words, exact=True).first.click()


def write(page: Page, label: str, words: str) -> None:
    page.get_by_label(label, exact=False).first.fill(words)


@pytest.fixture
def nobody(chromium, live):
    """A browser in which nobody is signed in."""
    contexts = []

    def opened(path, size=LAPTOP, **options):
        view = {"width": size[0], "height": size[1]}
        contexts.append(chromium.new_context(viewport=view, base_url=live, **options))
        page = contexts[-1].new_page()
        page.set_default_timeout(8000)
        page.goto(path)
        return page

    yield opened
    for context in contexts:
        context.close()


@pytest.mark.parametrize("way", WAYS)
def test_somebody_is_invited_comes_in_and_forgets_the_password(open_as, nobody, cast, mailbox, way):
    sam = open_as(cast.sam, "/st-marys/people", **WAYS[way])
    sam.set_default_timeout(8000)
    press(sam, "Invite somebody")
    write(sam, "Name", "Nina Newcomer")
    write(sam, "E-mail address", NINA)
    sam.get_by_label("School technician", exact=True).check()
    press(sam, "Send the invitation")
    expect(sam.locator("main")).to_contain_text("Nina Newcomer gets a mail")
    expect(sam.locator("main")).to_contain_text(NINA)

    nina = nobody(mailbox.link(NINA, "invitations"), **WAYS[way])
    expect(nina.locator("h1")).to_have_text("You are invited to St Mary’s Primary School")
    write(nina, "Choose a password", "Password123!")
    press(nina, "Accept and sign in")
    expect(nina.locator("main")).to_contain_text("Choose a password that is harder to guess")
    write(nina, "Choose a password", WORDS)
    press(nina, "Accept and sign in")
    expect(nina.locator(".desk-school__name")).to_contain_text("St Mary’s Primary School")
    expect(nina.locator("main")).to_contain_text("Welcome. You now belong to")

    later = nobody("/sign-in", **WAYS[way])
    press(later, "Forgotten your password?", "link")
    write(later, "E-mail address", NINA)
    press(later, "Send the link")
    expect(later.locator("h1")).to_have_text("Look into your mail")
    later.goto(mailbox.link(NINA, "reset-password"))
    write(later, "New password", OTHER)
    press(later, "Save the password")
    expect(later.locator("main")).to_contain_text("Your password has been changed")
    write(later, "E-mail address", NINA)
    write(later, "Password", OTHER)
    press(later, "Sign in")
    expect(later.locator(".desk-school__name")).to_contain_text("St Mary’s Primary School")
    # Whoever was signed in before the new password is so no longer.
    nina.goto("/account")
    expect(nina.locator("h1")).to_have_text("Sign in")


def test_axe_finds_nothing_on_the_way(app, open_as, nobody, cast, mailbox):
    """At 320 px; the pages of links are not in the walk of all pages."""
    wide = {"size": NARROW, "bypass_csp": True}
    wrong = []

    def look(page: Page, path: str) -> None:
        page.goto(path)
        wrong.extend(f"{path}: {one}" for one in violations(page))
        if page.evaluate("() => document.documentElement.scrollWidth") > NARROW[0]:
            wrong.append(f"{path}: wider than {NARROW[0]} px")

    dora = open_as(cast.dora, "/st-marys/people/invitations/new", **wide)
    write(dora, "Name", "Nina Newcomer")
    write(dora, "E-mail address", NINA)
    dora.get_by_label("Reporter", exact=True).check()
    press(dora, "Send the invitation")
    look(dora, "/st-marys/people")
    look(dora, "/st-marys/people/invitations")
    dora.goto("/st-marys/people")
    member = dora.locator("main tbody th a").first.get_attribute("href") or ""
    look(dora, member)
    for path in ("/account", "/account/password", "/account/tokens", "/account/tokens/new"):
        look(dora, path)
    write(dora, "What is it for?", "Wall display")
    press(dora, "Make the token")
    expect(dora.locator("code").first).to_contain_text("deskbell_")
    wrong.extend(violations(dora))
    look(dora, "/account/tokens")

    stranger = nobody("/sign-in", **wide)
    look(stranger, mailbox.link(NINA, "invitations"))
    press(stranger, "Accept and sign in")
    expect(stranger.get_by_text("There is a problem")).to_be_visible()
    wrong.extend(violations(stranger))
    look(stranger, "/reset-password")
    look(stranger, "/reset-password/sent")
    stranger.goto("/reset-password")
    write(stranger, "E-mail address", cast.rita.email)
    press(stranger, "Send the link")
    look(stranger, mailbox.link(cast.rita.email, "reset-password"))
    look(stranger, "/reset-password/of-nobody")
    assert wrong == []
