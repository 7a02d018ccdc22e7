"""A lost session loses no text."""

from __future__ import annotations

import re

import pytest

from tests.people.signing import COOKIE, REPORT, hidden, knock

TYPED = {
    "title": "Projector is dark",
    "happened": 'It said <b>"no"</b>\r\nand then nothing',
    "submission_id": "key-of-this-form",
    "password": "never shown",
}


@pytest.fixture
def typing(app, cast):
    """Rita's browser, on a form, at the moment her session is gone."""
    client = app.test_client()
    knock(client, cast.rita.email, cast.password)
    token = hidden(client.get("/account").text, "csrf_token")
    client.delete_cookie(COOKIE)
    return client, {**TYPED, "csrf_token": token}


def sign_in_from(client, page, player, password, **more):
    fields = {name: hidden(page, name) for name in ("csrf_token", "carried")}
    return client.post(
        "/sign-in", data={**fields, "email": player.email, "password": password, **more}
    )


def sent_again(page):
    """Where the button of the page would send what."""
    form = re.search(r'<form method="post" action="([^"]+)">(.*?)</form>', page, re.DOTALL)
    for where, inside in re.findall(
        r'<form method="post" action="([^"]+)">(.*?)</form>', page, re.DOTALL
    ):
        if "Send it now" in inside:
            return where, inside
    raise AssertionError(form)


def test_the_sign_in_page_carries_what_was_typed(typing, cast):
    client, data = typing
    page = client.post(REPORT, data=data)
    assert page.status_code == 401
    assert "Sign in again to send what you typed" in page.text
    assert "It said &lt;b&gt;&#34;no&#34;&lt;/b&gt;" in page.text
    assert "never shown" not in page.text

    wrong = sign_in_from(client, page.text, cast.rita, "wrong")
    assert wrong.status_code == 422 and "It said &lt;b&gt;" in wrong.text

    back = sign_in_from(client, wrong.text, cast.rita, cast.password)
    assert back.status_code == 200 and "Nothing was lost" in back.text
    assert "Projector is dark" in back.text and cast.rita.name in back.text
    where, inside = sent_again(back.text)
    assert where == REPORT
    assert hidden(inside, "submission_id") == "key-of-this-form"
    assert 'name="password"' not in inside and inside.count('name="csrf_token"') == 1
    assert f'href="{REPORT}"' in back.text


def test_what_comes_back_can_be_sent(typing, cast):
    client, data = typing
    page = client.post("/account/keyboard-shortcuts", data={**data, "wanted": "off"}).text
    back = sign_in_from(client, page, cast.rita, cast.password).text
    where, inside = sent_again(back)
    names = re.findall(r'<input type="hidden" name="([^"]+)"', inside)
    answer = client.post(where, data={name: hidden(inside, name) for name in names})
    assert answer.status_code == 303
    assert "are off." in client.get("/account").text


def test_the_page_before_is_offered_where_the_form_itself_cannot_be_opened(typing, cast):
    client, data = typing
    page = client.post(
        "/account/keyboard-shortcuts",
        data={**data, "wanted": "off"},
        headers={"Referer": "http://localhost/account"},
    ).text
    assert (
        'href="/account">Open the page' in sign_in_from(client, page, cast.rita, cast.password).text
    )


def test_nobody_else_gets_to_see_what_somebody_typed(typing, cast):
    client, data = typing
    page = client.post(REPORT, data=data).text
    answer = sign_in_from(client, page, cast.ravi, cast.password)
    assert (answer.status_code, answer.location) == (303, "/st-marys/")


def test_a_browser_that_nobody_signed_in_to_keeps_the_text_too(app, cast):
    client = app.test_client()
    page = client.post(REPORT, data=TYPED)
    assert page.status_code == 401
    assert "Nothing was lost" in sign_in_from(client, page.text, cast.rita, cast.password).text


def test_forged_words_are_not_carried(typing, cast):
    client, data = typing
    page = client.post(REPORT, data=data).text
    for forged in ("x.y", hidden(page, "carried")[:-2] + "xx", "é", "x" * 100_000):
        answer = sign_in_from(client, page, cast.rita, cast.password, carried=forged)
        assert answer.status_code in (303, 400)
        assert "Projector" not in answer.text
        client.delete_cookie(COOKIE)


@pytest.mark.parametrize(
    "headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.test"}]
)
def test_words_from_another_site_are_not_carried(typing, headers):
    client, data = typing
    answer = client.post(REPORT, data=data, headers=headers)
    assert answer.status_code == 401
    assert "Projector" not in answer.text and hidden(answer.text, "carried") == ""


def test_an_empty_form_leads_back_to_its_page(typing, cast):
    client, data = typing
    page = client.post(
        "/sign-out-everywhere",
        data={"csrf_token": data["csrf_token"]},
        headers={"Referer": "http://localhost/account"},
    )
    assert page.status_code == 401 and "Nothing was done" in page.text
    assert hidden(page.text, "next") == "/account"


def test_the_other_open_tabs_of_the_same_person_still_work(typing, cast):
    client, data = typing
    knock(client, cast.rita.email, cast.password)
    answer = client.post(
        "/account/keyboard-shortcuts", data={"csrf_token": data["csrf_token"], "wanted": "on"}
    )
    assert answer.status_code == 303


def test_a_form_from_before_somebody_else_signed_in_is_shown_and_may_go_again(typing, cast):
    client, data = typing
    client.post("/sign-out", data={"csrf_token": data["csrf_token"]})
    knock(client, cast.rita.email, cast.password)
    own = {"Sec-Fetch-Site": "same-origin"}
    answer = client.post(REPORT, data=data, headers=own)
    assert answer.status_code == 400 and "Projector is dark" in answer.text
    where, inside = sent_again(answer.text)
    assert where == REPORT and hidden(inside, "csrf_token") != data["csrf_token"]


def test_a_sign_in_page_that_was_open_too_long_asks_again_and_keeps_the_text(typing, cast):
    client, data = typing
    page = client.post(REPORT, data=data).text
    client.delete_cookie("deskbell-form")
    fields = {"email": cast.rita.email, "password": cast.password}
    carried = {name: hidden(page, name) for name in ("csrf_token", "carried")}
    own = {"Origin": "http://localhost"}
    again = client.post("/sign-in", data={**fields, **carried}, headers=own)
    assert again.status_code == 400
    assert "must accept cookies" in again.text and "Projector is dark" in again.text
    assert "Nothing was lost" in sign_in_from(client, again.text, cast.rita, cast.password).text


def test_too_much_to_carry_is_not_carried(typing):
    client, data = typing
    answer = client.post(REPORT, data={**data, "happened": "x" * 200_001})
    assert answer.status_code == 401
    assert hidden(answer.text, "carried") == "" and len(answer.data) < 20_000


def test_the_api_says_401_and_reads_no_form(app):
    answer = app.test_client().post("/api/v1/schools/st-marys/incidents", data=TYPED)
    assert answer.status_code == 401 and answer.is_json
