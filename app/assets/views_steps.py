"""What becomes of equipment, page by page: its status, the ICT owner's word, lending."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue as Answer

from app import clock
from app.assets import lending, queries, rules, schemas, states
from app.assets.models import Asset
from app.assets.views import ONE, done, name_people, pages, who_was_quicker
from app.door import me, requires
from app.web.attempt import attempt, check_current, is_stale
from app.web.forms import Form
from app.web.listed import listed, read_filters

_ASKED: dict[str, tuple[str, ...]] = {
    "disposed": ("reason", "disposed_on", "method", "wipe_evidence", "disposed_to"),
}


@pages.route(f"{ONE}/status", methods=["GET", "POST"])
@requires("asset.edit", "asset.confirm")
def status(key: str) -> Answer:
    """One step, and what it needs to be said."""
    wanted = request.values.get("to") or request.values.get("status") or ""
    if request.method != "POST":
        asset = queries.get_asset(key)
        if wanted not in rules.MAY_FOLLOW[asset.status]:
            return redirect(url_for(".show", key=key), 303)
        return _status_page(Form(schemas.AssetStatus, {"status": wanted}), asset, wanted)
    asset = queries.get_asset(key, to_change=True)
    form = Form(schemas.AssetStatus)
    code = stepped(form, asset, lambda: states.set_status(asset, by=me(), **_disposal(form.data)))
    if not code:
        return _after(asset)
    if "disposal_method" in form.errors:
        form.errors["method"] = form.errors.pop("disposal_method")
    return _status_page(form, queries.get_asset(key), wanted), code


def _disposal(said: dict[str, Any]) -> dict[str, Any]:
    rest = {name: value for name, value in said.items() if name != "method"}
    return {**rest, "disposal_method": said.get("method")}


def stepped(form: Form, asset: Asset, act: Callable[[], object]) -> int:
    """0 when it is done; otherwise the status to show the form with."""
    if is_stale(asset.version, is_needed=True):
        return form.stale(who_was_quicker(asset), {}, asset.version)
    return attempt(form, act) if form.is_ready else 422


def _after(asset: Asset) -> Answer:
    if asset.asked_status is not None:
        return done(asset.tag, "The ICT owner is asked. Until then nothing changes.")
    if asset.status == "retired":
        url = url_for(".undo_retirement", key=asset.tag)
        said = {
            "said": f"{asset.tag} is retired.",
            "url": url,
            "fields": {"version": asset.version},
        }
        flash(cast(Any, said), "undo")
        return redirect(url_for(".show", key=asset.tag), 303)
    return done(asset.tag, f"{asset.tag}: {rules.STATUS_WORDS[asset.status].lower()}.")


def _status_page(form: Form, asset: Asset, wanted: str) -> str:
    page, _ = form.page(
        "assets/status.html",
        thing=asset,
        wanted=wanted,
        asked=_ASKED.get(wanted, ("reason",)),
        is_asking=wanted in rules.CONFIRMED and not me().may("asset.confirm"),
        is_reason_needed=wanted in rules.NEEDS_REASON,
    )
    return page


@pages.post(f"{ONE}/undo")
@requires("asset.edit", "asset.confirm")
def undo_retirement(key: str) -> Answer:
    asset = queries.get_asset(key, to_change=True)
    check_current(asset.version, lambda: who_was_quicker(asset))
    states.undo_retirement(asset, by=me())
    return done(asset.tag, f"{asset.tag} is not retired: {rules.STATUS_WORDS[asset.status]}.")


@pages.route(f"{ONE}/confirmation", methods=["GET", "POST"])
@requires("asset.confirm")
def confirm(key: str) -> Answer:
    if request.method != "POST":
        asset = queries.get_asset(key)
        if asset.asked_status is None:
            return redirect(url_for(".show", key=key), 303)
        return _confirm_page(Form(schemas.AssetConfirmation), asset)
    asset = queries.get_asset(key, to_change=True)
    form = Form(schemas.AssetConfirmation)
    code = stepped(form, asset, lambda: states.decide(asset, by=me(), **form.data))
    if not code:
        return done(asset.tag, f"{asset.tag}: {rules.STATUS_WORDS[asset.status].lower()}.")
    return _confirm_page(form, queries.get_asset(key)), code


def _confirm_page(form: Form, asset: Asset) -> str:
    method = rules.DISPOSAL_METHODS.get(asset.disposal_method or "", asset.disposal_method)
    page, _ = form.page("assets/confirm.html", thing=asset, method=method)
    return page


@pages.post(f"{ONE}/withdrawal")
@requires("asset.edit")
def withdraw(key: str) -> Answer:
    """It was asked by mistake."""
    asset = queries.get_asset(key, to_change=True)
    check_current(asset.version, lambda: who_was_quicker(asset), is_needed=True)
    states.withdraw(asset, by=me())
    return done(asset.tag, "The ICT owner is no longer asked.")


@pages.route(f"{ONE}/loan", methods=["GET", "POST"])
@requires("asset.edit")
def lend(key: str) -> Answer:
    if request.method != "POST":
        asset = queries.get_asset(key)
        if asset.status not in lending.LENT_FROM:
            return redirect(url_for(".show", key=key), 303)
        return _loan_page(Form(schemas.NewLoan), asset)
    form = Form(schemas.NewLoan)
    name_people(form, "borrower")
    asset = queries.get_asset(key, to_change=True)
    code = stepped(form, asset, lambda: lending.lend(asset, by=me(), **form.data))
    if not code:
        return done(asset.tag, f"{asset.tag} is lent to {form.data['borrower']}.")
    return _loan_page(form, queries.get_asset(key)), code


def _loan_page(form: Form, asset: Asset) -> str:
    page, _ = form.page("assets/lend.html", thing=asset, people=queries.people_names())
    return page


@pages.post(f"{ONE}/return")
@requires("asset.edit")
def take_back(key: str) -> Answer:
    """It came back from loan."""
    asset = queries.get_asset(key, to_change=True)
    check_current(asset.version, lambda: who_was_quicker(asset), is_needed=True)
    lending.take_back(asset, by=me())
    return done(asset.tag, f"{asset.tag} is back.")


@pages.get("/<slug:school>/loans")
@requires("asset.view")
def loans() -> Answer:
    filters = read_filters(schemas.LoanFilters)
    found = listed("loans", filters, lending.page_of_loans)
    return render_template("assets/loans.html", found=found, filters=filters, today=clock.today())
