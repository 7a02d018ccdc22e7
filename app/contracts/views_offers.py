"""The LA's pages of contracts that it offers: kept, and which schools took them."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue as Answer

from app import clock
from app.contracts import contract_offers, offer_schemas
from app.contracts import contract_rules as rules
from app.contracts.register import LaContractOffer
from app.door import me, requires
from app.history.queries import last_event_at_la
from app.shapes import PageArgs
from app.web.attempt import attempt, changed_by, is_stale
from app.web.forms import Form
from app.web.listed import listed, read_filters
from tenants import across_schools, administering

pages = Blueprint("offers", __name__, template_folder="templates")
_WRITE = "an offer of the LA is written"


@pages.get("/contract-offers")
@requires("authority.offers")
def index() -> Answer:
    with across_schools("the contracts that the LA offers"):
        found = listed(
            "contract offers",
            read_filters(PageArgs),
            lambda _, after, limit: contract_offers.page_of_offers(after, limit),
        )
        return render_template("contracts/offers.html", found=found)


@pages.route("/contract-offers/new", methods=["GET", "POST"])
@requires("authority.offers")
def add() -> Answer:
    start = {"renewal": "tacit", "charging_year": "financial", "open": True}
    form = Form(offer_schemas.OfferForm, start)
    status = 422 if form.errors else 200
    if form.is_ready:
        with administering(_WRITE):
            said = offer_schemas.as_said(form.data)
            status = attempt(form, lambda: contract_offers.add_offer(by=me(), **said))
        if not status:
            return _done(f"{form.data['name']} is offered to schools.")
    return _form_page(form, None), status


@pages.get("/contract-offers/<slug:key>")
@requires("authority.offers")
def show(key: str) -> Answer:
    with across_schools("which schools took a contract that the LA offers"):
        offer = contract_offers.get_offer(key)
        return render_template(
            "contracts/offer.html",
            offer=offer,
            charges=[
                (words, offer.charges.get(str(phase)))
                for phase, words in offer_schemas.CHARGES.values()
            ],
            taken=contract_offers.taken_by(offer, clock.today()),
        )


@pages.route("/contract-offers/<slug:key>/change", methods=["GET", "POST"])
@requires("authority.offers")
def change(key: str) -> Answer:
    with administering(_WRITE):
        offer = contract_offers.get_offer(key, to_change=request.method == "POST")
        saved, version, name = _saved(offer), offer.version, offer.name
        form = Form(offer_schemas.OfferForm, saved)
        status = 422 if form.errors else 200
        if form.is_posted and is_stale(version, is_needed=True):
            last = last_event_at_la("offer.", name)
            quicker = changed_by(last.actor if last else None, last.at if last else None)
            status = form.stale(quicker, saved, version)
        elif form.is_ready:
            said = offer_schemas.as_said(form.data)
            status = attempt(form, lambda: contract_offers.change_offer(offer, by=me(), **said))
    if not status:
        return _done(f"{form.data['name']} has been changed.")
    return _form_page(form, {"key": key, "name": name, "version": version}), status


def _saved(offer: LaContractOffer) -> dict[str, Any]:
    packs = contract_offers.keys_of_packs([offer])
    fields = offer_schemas.OfferForm().load_fields
    kept = {name: getattr(offer, name) for name in fields if hasattr(offer, name)}
    return {
        **kept,
        **offer_schemas.as_typed(offer.charges),
        "agreement": packs.get(offer.la_agreement_id),
        "open": offer.is_open,
    }


def _done(said: str) -> Answer:
    flash(said, "success")
    return redirect(url_for(".index"), 303)


def _form_page(form: Form, offer: dict[str, Any] | None) -> str:
    with across_schools("the packs of the LA"):
        page, _ = form.page(
            "contracts/offer_form.html",
            offer=offer,
            packs=contract_offers.pack_choices(),
            charges=list(offer_schemas.CHARGES),
            renewals=rules.RENEWAL_WORDS,
        )
    return page
