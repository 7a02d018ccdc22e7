"""Contracts that the LA offers to its schools, as JSON: kept by the LA, read by a school."""

from __future__ import annotations

from typing import Any

from flask import Response, url_for
from flask.views import MethodView

from app import clock
from app.api.body import Blueprint
from app.api.listed import listed
from app.api.manners import check_version
from app.api.reply import reply
from app.contracts import contract_offers, offer_schemas
from app.contracts.contract_shown import hours
from app.contracts.register import LaContractOffer
from app.door import me, requires
from app.shapes import PageArgs, instant
from tenants import across_schools, administering

offers = Blueprint(
    "offers_api",
    __name__,
    url_prefix="/api/v1/contract_offers",
    description="Contracts that the LA offers to its schools",
)
offers_here = Blueprint(
    "offers_here_api",
    __name__,
    url_prefix="/api/v1/schools/<slug:school>/contract_offers",
    description="Contracts of the LA that the school can take",
)
_WRITE = "an offer of the LA is written"
_AS_IT_IS = (
    *("key", "name", "kind", "summary", "start", "initial_months", "renewal", "renewal_months"),
    *("notice_months", "notice_days", "charges", "charging_year", "visits_per_year"),
    *("created_by", "version"),
)


@offers.route("")
class Offers(MethodView):
    @requires("authority.offers")
    @offers.arguments(PageArgs, location="query")
    @offers.response(200, offer_schemas.OfferPage)
    def get(self, args: dict[str, Any]) -> Response:
        """By name."""
        with across_schools("the contracts that the LA offers"):
            return listed(
                "contract offers",
                args,
                lambda _, after, limit: contract_offers.page_of_offers(after, limit),
                _shown,
            )

    @requires("authority.offers")
    @offers.arguments(offer_schemas.NewOffer)
    @offers.response(201, offer_schemas.OfferOut)
    def post(self, body: dict[str, Any]) -> Response:
        """Offer a contract. A school that takes it gets its own, as a draft."""
        with administering(_WRITE):
            offer = contract_offers.add_offer(by=me(), **body)
            return _one(offer, 201, url_for("offers_api.OneOffer", key=offer.key))


@offers.route("/<slug:key>")
class OneOffer(MethodView):
    @requires("authority.offers")
    @offers.response(200, offer_schemas.OfferOut)
    def get(self, key: str) -> Response:
        """One offer."""
        with across_schools("the contracts that the LA offers"):
            return _one(contract_offers.get_offer(key))

    @requires("authority.offers")
    @offers.arguments(offer_schemas.OfferChange(partial=True))
    @offers.response(200, offer_schemas.OfferOut)
    def patch(self, changes: dict[str, Any], key: str) -> Response:
        """Change it, or take it off the list with `open` false. What schools took stays as it is.
        Needs If-Match."""
        with administering(_WRITE):
            offer = contract_offers.get_offer(key, to_change=True)
            check_version(offer.version, is_needed=True)
            contract_offers.change_offer(offer, by=me(), **changes)
            return _one(offer)


@offers.route("/<slug:key>/schools")
class Takers(MethodView):
    @requires("authority.offers")
    @offers.response(200, offer_schemas.OfferTakers)
    def get(self, key: str) -> Response:
        """Which schools took it, and until when they can give notice."""
        with across_schools("which schools took a contract that the LA offers"):
            found = contract_offers.taken_by(contract_offers.get_offer(key), clock.today())
            items = [
                {
                    "school": row.slug,
                    "school_name": row.name,
                    "number": row.Contract.number,
                    "state": row.Contract.state,
                    "current_term_end": stand.term_end,
                    "last_notice_day": stand.last_notice_day,
                }
                for row, stand in found
            ]
        return reply({"items": items, "next": None})


@offers_here.route("")
class OffersHere(MethodView):
    @requires("contract.edit")
    @offers_here.response(200, offer_schemas.OfferedHere)
    def get(self) -> Response:
        """What the school can take (`POST contracts` with `offer`), at the charge of its phase."""
        items = [
            {
                "key": one.key,
                "name": one.name,
                "kind": one.kind,
                "summary": one.summary,
                "annual_charge": charge,
            }
            for one, charge in contract_offers.offered()
        ]
        return reply({"items": items, "next": None})


def _one(offer: LaContractOffer, status: int = 200, there: str | None = None) -> Response:
    return reply(_shown([offer])[0], status, version=offer.version, location=there)


def _shown(found: list[LaContractOffer]) -> list[dict[str, Any]]:
    packs = contract_offers.keys_of_packs(found)
    return [
        {
            **{name: getattr(one, name) for name in _AS_IT_IS},
            "agreement": packs.get(one.la_agreement_id),
            "hours_included": hours(one.hours_included),
            "open": one.is_open,
            "created_at": instant(one.created_at),
            "updated_at": instant(one.updated_at),
        }
        for one in found
    ]
