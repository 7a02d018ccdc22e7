"""A school's own agreements as pages: written by its desk, signed by the ICT owner, chosen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue as Answer
from marshmallow import fields

from app import clock
from app.api.manners import make_cursor, read_cursor
from app.contracts import agreements_actions, pack_form, schemas
from app.contracts import agreements_queries as queries
from app.contracts.models import Agreement
from app.contracts.queries import agreement_in_force
from app.contracts.rules import LA_STANDARD, OLA_STANDARD, Kind
from app.contracts.views_packs import ForOpen
from app.door import me, requires
from app.history.queries import last_event
from app.shapes import Day, Shape
from app.web.attempt import attempt, changed_by, is_stale
from app.web.forms import Form

pages = Blueprint("agreements", __name__, template_folder="templates")

PAGE_SIZE = 50
_SIGN_FIRST = "It counts once the ICT owner has signed it."


class ProposalForm(pack_form.NextVersion, ForOpen):
    """Other terms from a day on."""


class ChoiceForm(ForOpen):
    chosen = fields.String(
        required=True,
        metadata={
            "label": "Which agreement",
            "kind": "select",
            "missing": "Choose an agreement",
            "optional": False,
        },
    )
    valid_from = Day(required=True, metadata={"label": "From", "missing": "Enter the first day"})


class EndForm(Shape):
    on = Day(
        required=True,
        metadata={"label": "The first day without it", "missing": "Enter the day"},
    )


@pages.get("/<slug:school>/agreements")
@requires("agreement.view")
def index() -> Answer:
    return index_page(Form(ChoiceForm, {"valid_from": clock.today()}))


@pages.post("/<slug:school>/agreements/choice")
@requires("agreement.edit")
def choose() -> Answer:
    form = Form(ChoiceForm)
    status = 422 if form.errors else 200
    if form.is_ready:
        status = attempt(
            form,
            lambda: agreements_actions.choose(**schemas.chosen_on_page(form.data), by=me()),
        )
        if not status:
            flash("It is chosen. What began before keeps what it began with.", "success")
            return redirect(url_for(".index"), 303)
    return index_page(form), status


def index_page(form: Form, **more: Any) -> str:
    """What the school goes by today, what it has of its own, and the form to choose."""
    school = me().school
    scope = f"agreements page {school.slug if school else ''}"
    place = read_cursor(scope, request.args.get("after"))
    found = queries.page_of_agreements(
        after=(place[0], place[1]) if place else None, limit=PAGE_SIZE + 1
    )
    shown, rest = found[:PAGE_SIZE], found[PAGE_SIZE:]
    after = make_cursor(scope, [shown[-1].name, shown[-1].id]) if rest else None
    today = clock.today()
    page, _ = form.page(
        "agreements/index.html",
        agreements=shown,
        in_force=[
            (pack_form.KIND_WORDS[kind], agreement_in_force(kind, today))
            for kind in (Kind.OLA, Kind.SLA)
        ],
        choices=queries.choices(20),
        offered=[
            (f"{kind}:{key}", f"{kind.upper()}: {name}") for kind, key, name in queries.may_choose()
        ],
        next_url=url_for(".index", after=after) if after else None,
        first_url=url_for(".index") if place else None,
        **more,
    )
    return page


@pages.route("/<slug:school>/agreements/new", methods=["GET", "POST"])
@requires("agreement.edit")
def add() -> Answer:
    """A draft; beginning with the usual of its kind."""
    form = Form(pack_form.NewPack, _usual())
    status = 422 if form.errors else 200
    if form.is_ready:
        status = attempt(form, lambda: _write(form))
        if not status:
            flash(f"{form.data['name']} is written. {_SIGN_FIRST}", "success")
            return redirect(url_for(".index"), 303)
    return agreement_form(form, None), status


def _write(form: Form) -> None:
    written = schemas.written_on_page(form.data, form.data["kind"])
    agreements_actions.write_agreement(written, by=me())


def _usual() -> dict[str, Any]:
    kind = request.args.get("kind", "ola")
    terms = OLA_STANDARD if kind == "ola" else LA_STANDARD
    known = kind if kind in set(Kind) else "ola"
    return {**pack_form.as_typed(terms), "kind": known, "valid_from": clock.today()}


@pages.get("/<slug:school>/agreements/<slug:key>")
@requires("agreement.view")
def show(key: str) -> Answer:
    return _page(queries.get_agreement(key), Form(EndForm, {"on": clock.today()}))


@pages.route("/<slug:school>/agreements/<slug:key>/change", methods=["GET", "POST"])
@requires("agreement.edit")
def change(key: str) -> Answer:
    """Other terms from a day on, to be signed."""
    agreement = queries.get_agreement(key, to_change=request.method == "POST")
    form = Form(ProposalForm, _saved(agreement))
    status = 422 if form.errors else 200
    if form.is_posted and is_stale(agreement.version, is_needed=True):
        status = form.stale(_who_was_quicker(agreement), _saved(agreement), agreement.version)
    elif form.is_ready:
        status = attempt(form, lambda: _propose(agreement, form))
        if not status:
            flash(f"The new terms are written. {_SIGN_FIRST}", "success")
            return redirect(url_for(".show", key=key), 303)
        agreement = queries.get_agreement(key)
    return agreement_form(form, agreement), status


def _propose(agreement: Agreement, form: Form) -> None:
    written = schemas.written_on_page(form.data, agreement.kind)
    agreements_actions.propose(agreement, written, by=me())


@pages.post("/<slug:school>/agreements/<slug:key>/signature")
@requires("agreement.sign")
def sign(key: str) -> Answer:
    return _press(key, lambda one: agreements_actions.sign(one, by=me()), "is signed.")


@pages.post("/<slug:school>/agreements/<slug:key>/proposal/removal")
@requires("agreement.edit")
def withdraw(key: str) -> Answer:
    return _press(
        key,
        lambda one: agreements_actions.withdraw_proposal(one, by=me()),
        "keeps what is signed; the proposal is gone.",
    )


@pages.post("/<slug:school>/agreements/<slug:key>/ending")
@requires("agreement.sign")
def end(key: str) -> Answer:
    form = Form(EndForm)
    if form.errors and not is_stale(queries.get_agreement(key).version, is_needed=True):
        return _page(queries.get_agreement(key), form), 422
    on = form.data.get("on")
    return _press(
        key,
        lambda one: agreements_actions.end_agreement(one, on=on, by=me()),
        "ends on that day.",
        form,
    )


def _press(
    key: str, act: Callable[[Agreement], object], said: str, form: Form | None = None
) -> Answer:
    agreement = queries.get_agreement(key, to_change=True)
    name = agreement.name
    form = form or Form(EndForm, {"on": clock.today()}, is_posted=False)
    if is_stale(agreement.version, is_needed=True):
        status = form.stale(_who_was_quicker(agreement), {}, agreement.version)
    else:
        status = attempt(form, lambda: act(agreement))
    if not status:
        flash(f"{name} {said}", "success")
        return redirect(url_for(".show", key=key), 303)
    return _page(queries.get_agreement(key), form), status


def _page(agreement: Agreement, form: Form) -> str:
    return render_template(
        "agreements/agreement.html",
        form=form,
        agreement=agreement,
        versions=queries.own_versions_of(agreement.id),
    )


def agreement_form(form: Form, agreement: Agreement | None, **more: Any) -> str:
    page, _ = form.page("agreements/form.html", agreement=agreement, **more)
    return page


def _saved(agreement: Agreement) -> dict[str, Any]:
    """What waits to be signed, else what is signed."""
    newest = next(iter(queries.own_versions_of(agreement.id)), None)
    proposal = agreement.proposal
    terms = proposal["terms"] if proposal else newest.terms if newest else OLA_STANDARD
    return {
        **pack_form.as_typed(terms),
        "name": terms["name"],
        "valid_from": clock.today(),
        "for_open": bool(proposal and proposal["is_for_open"]),
    }


def _who_was_quicker(agreement: Agreement) -> str:
    last = last_event("agreement", agreement.id)
    return changed_by(last.actor if last else None, last.at if last else None)
