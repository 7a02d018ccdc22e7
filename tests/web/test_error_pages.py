"""A refusal says what became of what was typed."""

from __future__ import annotations

import io

import pytest
from flask import Flask, Response
from flask.testing import FlaskClient
from werkzeug.exceptions import RequestEntityTooLarge

from app.web import error_pages

TYPED = {
    "csrf_token": "t0ken",
    "submission_id": "key-1",
    "happened": 'It said <b>"no"</b>',
    "password": "correct horse",
}


@pytest.fixture(autouse=True)
def views(small_app: Flask) -> None:
    @small_app.route("/refuse/<int:status>", methods=["GET", "POST"])
    def refuse(status: int) -> Response:
        return error_pages.page(status, "HAM-7 is closed.", {"title": ["Enter a title."]})

    @small_app.post("/sent-before")
    def sent_before() -> Response:
        return error_pages.sent_before("/st-marys/incidents/7")

    @small_app.errorhandler(RequestEntityTooLarge)
    def too_large(error: RequestEntityTooLarge) -> Response:
        return error_pages.page(413)


@pytest.mark.parametrize("status", sorted(error_pages.PAGES))
def test_every_refusal_is_a_whole_page(browser: FlaskClient, status: int) -> None:
    answer = browser.get(f"/refuse/{status}")
    assert answer.status_code == status
    assert f'<h1 class="govuk-heading-l">{error_pages.PAGES[status][0]}</h1>' in answer.text
    assert ("HAM-7 is closed." in answer.text) is (status != 404)
    assert "has not been saved" not in answer.text


@pytest.mark.parametrize("status", [400, 403, 409, 412, 422, 500])
def test_what_was_typed_is_shown_and_nothing_secret_is(browser: FlaskClient, status: int) -> None:
    page = browser.post(f"/refuse/{status}", data=TYPED).text
    assert "Your work has not been saved." in page
    assert "It said &lt;b&gt;&#34;no&#34;&lt;/b&gt;" in page
    assert "correct horse" not in page
    assert "t0ken" not in page
    assert "key-1" not in page


@pytest.mark.parametrize("status", [429, 503])
def test_where_it_takes_only_to_wait_the_same_form_can_go_again(
    browser: FlaskClient, status: int
) -> None:
    page = browser.post(f"/refuse/{status}?from=queue", data=TYPED).text
    assert "Your work has not been saved." in page
    assert f'<form method="post" action="/refuse/{status}?from=queue">' in page
    assert '<input type="hidden" name="submission_id" value="key-1">' in page
    assert '<input type="hidden" name="csrf_token" value="t0ken">' in page
    # Hidden in the form, and to be read and copied below it.
    assert page.count("It said &lt;b&gt;") == 2
    assert "correct horse" not in page
    assert "Passwords and codes are not on it" in page
    assert "Files are not on it" not in page


def test_several_answers_to_one_question_all_go_again(browser: FlaskClient) -> None:
    page = browser.post("/refuse/503", data={"pick": ["a-1", "a-2"]}).text
    assert page.count('<input type="hidden" name="pick"') == 2
    assert "Passwords" not in page


@pytest.mark.parametrize(
    "name", ["password", "new_password", "Password_2", "totp_code", "recovery_code", "credential"]
)
def test_no_secret_is_ever_sent_back(browser: FlaskClient, name: str) -> None:
    page = browser.post("/refuse/503", data={name: "s3cret", "email": "a@b.example"}).text
    assert "s3cret" not in page
    assert 'value="a@b.example"' in page
    assert "Passwords and codes are not on it" in page


def test_files_cannot_go_again_and_the_page_says_so(browser: FlaskClient) -> None:
    photo = (io.BytesIO(b"JFIF of the projector"), "projector.jpg")
    page = browser.post("/refuse/503", data={"happened": "Dark", "photo": photo}).text
    assert "Files are not on it: choose them again, or add them afterwards." in page
    assert 'name="happened" value="Dark"' in page
    assert "JFIF" not in page
    without = browser.post(
        "/refuse/503", data={"happened": "Dark", "photo": (io.BytesIO(b""), "")}
    ).text
    assert "Files are not on it" not in without


def test_a_form_sent_before_leads_to_what_was_saved(browser: FlaskClient) -> None:
    answer = browser.post("/sent-before", data=TYPED)
    assert answer.status_code == 409
    assert 'href="/st-marys/incidents/7"' in answer.text
    assert "It said" in answer.text


def test_a_body_that_is_too_big_is_not_read_again(small_app: Flask, browser: FlaskClient) -> None:
    small_app.config["MAX_CONTENT_LENGTH"] = 100

    @small_app.post("/upload")
    def upload() -> str:
        from flask import request

        return request.form["text"]

    answer = browser.post("/upload", data={"text": "x" * 200})
    assert answer.status_code == 413
    assert "That is too big" in answer.text


@pytest.mark.parametrize(
    ("came_from", "back"),
    [
        ("http://localhost/st-marys/incidents?q=a&b=c", "/st-marys/incidents?q=a&amp;b=c"),
        ("https://evil.example/st-marys", None),
        ("javascript:alert(1)", None),
        (None, None),
    ],
)
def test_the_way_back_never_leads_elsewhere(
    browser: FlaskClient, came_from: str | None, back: str | None
) -> None:
    headers = {"Referer": came_from} if came_from else {}
    page = browser.get("/refuse/409", headers=headers).text
    assert (f'href="{back}"' in page) if back else ("Go back to the page before" not in page)
