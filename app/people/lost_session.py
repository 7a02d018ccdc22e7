"""Signed out while typing: the sign-in page that keeps the words, and the one that gives them back.

Works without JavaScript; nothing is stored until the person has signed in again and sends it.
"""

from __future__ import annotations

from collections.abc import Mapping

from flask import Response, make_response, render_template, request

from app import own_forms
from app.people import carried
from app.people.carried import Carried
from app.people.schemas import SignInForm
from app.web import error_pages
from app.web.forms import Form


def sign_in_first() -> Response:
    """The answer to a form of somebody who is no longer signed in."""
    kept = None if own_forms.is_from_elsewhere() else carried.from_request()
    start = {"carried": carried.pack(kept)} if kept else {"next": carried.page_before()}
    return sign_in_page(Form(SignInForm, start, is_posted=False), 401, kept, is_lost=True)


def sign_in_page(
    form: Form, status: int, kept: Carried | None = None, *, is_lost: bool = False
) -> Response:
    page = render_template(
        "people/sign_in.html", form=form, kept=kept, is_lost=is_lost, sign_in_url=None
    )
    return make_response(page, status)


def give_back(kept: Carried) -> Response:
    """Signed in again: here it is, readable, and one button sends it."""
    back = carried.local_path(kept.path.partition("?")[0]) or kept.back
    return make_response(render_template("people/nothing_lost.html", kept=kept, back=back))


def not_proven() -> Response:
    """A form whose token is not of this browser. When the browser itself says that our page sent
    it, it may go again with a new token; otherwise it could be somebody else's form."""
    is_ours = own_forms.is_surely_ours()
    if request.endpoint == "people.sign_in":
        return _sign_in_once_more(request.form if is_ours else {})
    kept = carried.from_request() if is_ours else None
    if kept is None:
        return error_pages.page(
            400, "We could not check that this form came from one of our own pages."
        )
    return make_response(render_template("people/send_again.html", kept=kept), 400)


def _sign_in_once_more(sent: Mapping[str, str]) -> Response:
    """The sign-in page had been open for long, or the browser takes no cookies."""
    start = {name: sent.get(name, "") for name in ("email", "next", "carried")}
    form = Form(SignInForm, start, is_posted=False)
    form.add_errors(
        {"": ["This page was out of date. Sign in again. Your browser must accept cookies."]}
    )
    return sign_in_page(form, 400, carried.unpack(start["carried"]))
