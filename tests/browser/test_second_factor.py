"""Second factors in Chromium, with its own virtual authenticator, and without any script at all."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from app import clock
from tests.browser.conftest import LAPTOP, NARROW, PHONE, violations
from tests.cast import CAST, Player
from tests.people.factors import code, events, give_app

FINGER = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def site(app, live) -> Iterator[str]:
    """A passkey is for a name, not for an address of numbers; and everybody must have one."""
    address = live.replace("127.0.0.1", "localhost")
    before = app.config["SETTINGS"]
    app.config["SETTINGS"] = replace(before, public_url=address, is_second_factor_required=True)
    yield address
    app.config["SETTINGS"] = before


@pytest.fixture
def visit(chromium, site) -> Iterator[Callable[..., Page]]:
    """`visit()` is a page in a new browser; what it complains of fails the test."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def opened(size: tuple[int, int] = LAPTOP, **options) -> Page:
        context = chromium.new_context(
            viewport={"width": size[0], "height": size[1]}, base_url=site, **options
        )
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: said.type == "error" and complaints.append(said.text))
        page.goto("/sign-in")
        return page

    yield opened
    for context in contexts:
        context.close()
    # A wrong code is answered with 422, which Chromium calls an error too.
    assert [one for one in complaints if "status of 422" not in one] == []


def with_finger(page: Page) -> str:
    """A device with a sensor; the answer is its number at the browser."""
    tools = page.context.new_cdp_session(page)
    tools.send("WebAuthn.enable")
    made = tools.send("WebAuthn.addVirtualAuthenticator", {"options": FINGER})
    return str(made["authenticatorId"])


def password(page: Page, player: Player) -> None:
    page.fill("[name=email]", player.email)
    page.fill("[name=password]", CAST.password)
    page.click("main button[type=submit]")


def looks_right(page: Page, width: int) -> None:
    assert violations(page) == []
    assert page.evaluate("() => document.documentElement.scrollWidth") <= width


def test_a_passkey_is_made_and_then_used_alone_and_after_the_password(app, cast, visit):
    page = visit(bypass_csp=True)
    with_finger(page)
    password(page, cast.sam)
    expect(page.locator("h1")).to_have_text("Set up your second factor")
    looks_right(page, LAPTOP[0])
    page.get_by_role("button", name="Set up a passkey").click()
    expect(page.locator("h1")).to_have_text("Keep your recovery codes")
    assert page.locator("[data-codes] code").count() == 10
    looks_right(page, LAPTOP[0])
    page.check("[name=kept]")
    page.get_by_role("button", name="Continue").click()
    expect(page).to_have_url(re.compile("/st-marys/"))

    page.get_by_role("button", name="Sign out").click()
    looks_right(page, LAPTOP[0])
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page).to_have_url(re.compile("/st-marys/desk"))

    page.get_by_role("button", name="Sign out").click()
    password(page, cast.sam)
    expect(page.locator("h1")).to_have_text("Confirm that it is you")
    looks_right(page, LAPTOP[0])
    page.get_by_role("button", name="Use your passkey").click()
    expect(page).to_have_url(re.compile("/st-marys/desk"))

    page.goto("/account/second-factor")
    expect(page.locator("main")).to_contain_text("Passkeys")
    looks_right(page, LAPTOP[0])
    page.goto("/account")
    looks_right(page, LAPTOP[0])
    assert events(app, cast.sam).count("second_factor_given") == 2


def test_under_the_strict_policy_too(cast, visit):
    page = visit()
    with_finger(page)
    password(page, cast.dora)
    page.get_by_role("button", name="Set up a passkey").click()
    expect(page.locator("h1")).to_have_text("Keep your recovery codes")


def test_somebody_who_cancels_can_try_again(cast, visit):
    page = visit()
    password(page, cast.sam)
    page.evaluate(
        "() => { navigator.credentials.create = () =>"
        " Promise.reject(new DOMException('', 'NotAllowedError')) }"
    )
    page.get_by_role("button", name="Set up a passkey").click()
    expect(page.locator("[data-passkey-says]")).to_have_text(
        "That was cancelled, or took too long. Try again."
    )
    expect(page.locator("[data-passkey]")).to_be_enabled()


def test_the_app_on_a_phone_and_a_recovery_code_the_next_time(app, cast, visit):
    page = visit(PHONE, bypass_csp=True)
    password(page, cast.sam)
    page.get_by_role("button", name="Use an authenticator app").click()
    # All of the picture: a cropped one cannot be scanned.
    expect(page.locator(".desk-qr svg[viewBox]")).to_be_visible()
    looks_right(page, PHONE[0])
    secret = page.locator(".desk-key").inner_text().replace(" ", "")
    page.fill("[name=code]", "000000")
    page.click("main button[type=submit]")
    expect(page.locator(".govuk-error-summary")).to_be_visible()
    page.fill("[name=code]", code(secret))
    page.click("main button[type=submit]")
    kept = page.locator("[data-codes] code").all_inner_texts()
    looks_right(page, PHONE[0])
    page.click("main button[type=submit]:has-text('Continue')")
    expect(page.locator(".govuk-error-summary")).to_contain_text("Keep the codes first")
    page.check("[name=kept]")
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url("**/st-marys/desk")

    other = visit(NARROW, bypass_csp=True)
    password(other, cast.sam)
    looks_right(other, NARROW[0])
    other.get_by_role("button", name="Use a recovery code instead").click()
    looks_right(other, NARROW[0])
    other.fill("[name=code]", kept[0])
    other.click("main button[type=submit]")
    expect(other.locator(".govuk-notification-banner")).to_contain_text("You have 9 left")


def test_without_javascript_the_app_is_the_way(app, cast, visit):
    page = visit(java_script_enabled=False)
    expect(page.locator("text=Sign in with a passkey")).to_be_hidden()
    password(page, cast.sam)
    expect(page.locator("[data-passkey]")).to_be_hidden()
    expect(page.locator("[data-no-passkey]")).to_contain_text("Use an authenticator app")
    page.get_by_role("button", name="Use an authenticator app").click()
    secret = page.locator(".desk-key").inner_text().replace(" ", "")
    page.fill("[name=code]", code(secret))
    page.click("main button[type=submit]")
    page.check("[name=kept]")
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url("**/st-marys/desk")


def test_somebody_with_a_passkey_and_no_script_is_told_what_to_do(app, cast, visit):
    page = visit()
    with_finger(page)
    password(page, cast.sam)
    page.get_by_role("button", name="Set up a passkey").click()
    expect(page.locator("h1")).to_have_text("Keep your recovery codes")
    codes = page.locator("[data-codes] code").all_inner_texts()
    plain = visit(java_script_enabled=False)
    password(plain, cast.sam)
    expect(plain.locator("[data-no-passkey]")).to_contain_text("needs JavaScript")
    plain.get_by_role("button", name="Use a recovery code instead").click()
    plain.fill("[name=code]", codes[1])
    plain.click("main button[type=submit]")
    plain.wait_for_url("**/st-marys/desk")


def test_a_reset_is_asked_for_and_approved(app, cast, visit):
    for player in (cast.sam, cast.dora, cast.theo):
        give_app(app, player)
    for player, do in ((cast.sam, "Ask for it"), (cast.dora, "Approve")):
        page = visit(NARROW, bypass_csp=True)
        password(page, player)
        page.fill("[name=code]", code(at=clock.now()))
        page.click("main button[type=submit]")
        page.wait_for_url("**/st-marys/desk")
        page.goto("/st-marys/second-factor-resets")
        looks_right(page, NARROW[0])
        if player is cast.sam:
            page.fill("[name=email]", cast.theo.email)
            page.fill("[name=reason]", "His phone is in the pond")
        page.get_by_role("button", name=do, exact=True).click()
        expect(page.locator(".govuk-notification-banner")).to_be_visible()
    assert "second_factor_reset" in events(app, cast.theo)
