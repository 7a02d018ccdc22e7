"""What every answer tells the browser."""

from __future__ import annotations

import re

import pytest
from flask import Flask, Response, render_template, render_template_string
from flask.testing import FlaskClient

from app.web import error_pages

PLAIN = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; "
    "manifest-src 'self'; require-trusted-types-for 'script'; trusted-types htmx"
)


@pytest.fixture(autouse=True)
def views(small_app: Flask) -> None:
    @small_app.get("/nonce")
    def nonce() -> str:
        return render_template_string("{{ csp_nonce() }} {{ csp_nonce() }}")

    @small_app.get("/words")
    def words() -> str:
        return "words"

    @small_app.get("/queue")
    def queue() -> Response:
        return Response("rows", headers={"Cache-Control": "private, no-cache"})

    @small_app.route("/<path:_anywhere>", methods=["GET", "POST"])
    def nowhere(_anywhere: str) -> Response:
        return error_pages.page(404, "HAM-7 is at another school")


def test_the_policy_is_the_one_that_was_tried(browser: FlaskClient) -> None:
    assert browser.get("/words").headers["Content-Security-Policy"] == PLAIN


def test_a_page_has_one_nonce_and_the_next_page_another(browser: FlaskClient) -> None:
    answers = [browser.get("/nonce") for _ in range(2)]
    nonces = [answer.text.split() for answer in answers]
    assert nonces[0][0] == nonces[0][1] != nonces[1][0]
    for answer, (nonce, _) in zip(answers, nonces, strict=True):
        policy = answer.headers["Content-Security-Policy"]
        assert policy.replace(f" 'nonce-{nonce}'", "", 1) == PLAIN
        assert len(nonce) >= 22


def test_nothing_is_kept_unless_a_view_says_so(browser: FlaskClient) -> None:
    assert browser.get("/words").headers["Cache-Control"] == "no-store"
    assert browser.get("/queue").headers["Cache-Control"] == "private, no-cache"


def test_the_usual_protections_are_there(browser: FlaskClient) -> None:
    headers = browser.get("/words").headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "microphone=()" in headers["Permissions-Policy"]


def test_https_is_demanded_only_over_https(browser: FlaskClient) -> None:
    assert "Strict-Transport-Security" not in browser.get("/words").headers
    safe = browser.get("/words", base_url="https://desk.example")
    assert safe.headers["Strict-Transport-Security"].startswith("max-age=31536000")


def test_what_is_not_there_is_the_same_to_the_byte_everywhere(browser: FlaskClient) -> None:
    answers = [browser.get("/st-marys/incidents/7"), browser.get("/nothing?x=<b>")]
    answers.append(browser.post("/oakfield/incidents/1", data={"note": "a secret"}))
    assert {answer.data for answer in answers} == {answers[0].data}
    assert {answer.status_code for answer in answers} == {404}
    assert "HAM-7" not in answers[0].text
    assert "Page not found" in answers[0].text
    assert {answer.headers["Content-Security-Policy"] for answer in answers} == {PLAIN}


def test_no_page_needs_an_inline_style_or_an_unmarked_script(small_app: Flask) -> None:
    with small_app.test_request_context("/"):
        pages = [render_template(name) for name in ("about.html", "layout_dense.html")]
    for page in pages:
        assert " style=" not in page
        assert "<style" not in page
        assert " onclick" not in page
        for script in re.findall(r"<script[^>]*>", page):
            assert "src=" in script or "nonce=" in script
