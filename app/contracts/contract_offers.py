"""Contracts that the LA offers to its schools: kept at the LA, taken by a school as a draft of its
own, at the charge of the school's phase."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select

from app import clock
from app.contracts import agreements_queries
from app.contracts.contract_actions import add_contract
from app.contracts.contract_queries import terms_of
from app.contracts.contract_rules import check_terms, plain
from app.contracts.contract_terms import Standing, standing
from app.contracts.models import LaAgreement
from app.contracts.register import Contract, LaContractOffer
from app.errors import NotThere, Refused, wrong
from app.history.actions import record_at_la
from app.keyset import Page, page_of
from app.people.identity import Me
from app.suppliers.actions import add_supplier
from app.suppliers.models import Supplier
from tenants import School, current_school_id, db

# What stands in addresses where a key does.
_RESERVED = frozenset({"new"})
# A school's own contract begins with these of the offer's.
_COPIED = (
    *("name", "kind", "start", "initial_months", "renewal", "renewal_months", "notice_months"),
    *("notice_days", "charging_year", "visits_per_year", "hours_included"),
)
# The charge of whatever phase is not named.
OTHERS = ""


# --- at a school ---


def add_or_take(*, by: Me, offer: str | None = None, **said: Any) -> Contract:
    if offer:
        return take(offer, by=by, **said)
    return add_contract(by=by, **{"renewal": "none", "charging_year": "financial", **said})


def take(key: str, *, by: Me, **said: Any) -> Contract:
    """The offer's terms, with whatever the school says itself instead."""
    offer = db.session.scalar(select(LaContractOffer).where(LaContractOffer.key == key))
    if offer is None or not offer.is_open:
        raise wrong("offer", "The LA does not offer this contract.")
    _check_not_taken(offer)
    terms: dict[str, Any] = {name: getattr(offer, name) for name in _COPIED}
    terms |= {"scope": offer.summary, "annual_charge": _charge(offer)}
    terms |= {"agreement": _key_of_pack(offer.la_agreement_id), "supplier": _la_supplier(by).key}
    contract = add_contract(by=by, **{**terms, **said})
    contract.la_offer_id = offer.id
    db.session.flush()
    return contract


def _check_not_taken(offer: LaContractOffer) -> None:
    taken = select(Contract.number).where(
        Contract.school_id == current_school_id(),
        Contract.la_offer_id == offer.id,
        Contract.state.in_(("draft", "active")),
    )
    if (number := db.session.scalar(taken.limit(1))) is not None:
        raise Refused(f"Your school has {offer.name} already: contract {number}.")


def _charge(offer: LaContractOffer) -> Decimal | None:
    found = charge_for(offer, _phase())
    return None if found is None else Decimal(found)


def _phase() -> str | None:
    return db.session.scalar(select(School.phase).where(School.id == current_school_id()))


def charge_for(offer: LaContractOffer, phase: str | None) -> str | None:
    found: str | None = offer.charges.get(phase or OTHERS, offer.charges.get(OTHERS))
    return found


def _key_of_pack(number: int | None) -> str | None:
    if number is None:
        return None
    return db.session.scalar(select(LaAgreement.key).where(LaAgreement.id == number))


def _la_supplier(by: Me) -> Supplier:
    """The LA as the school has it among its suppliers; added where it is not there yet."""
    name = by.authority or "Local authority"
    wanted = select(Supplier).where(
        Supplier.school_id == current_school_id(), Supplier.is_archived.is_(False)
    )
    found = db.session.scalar(wanted.where(Supplier.kind == "la").order_by(Supplier.id).limit(1))
    found = found or db.session.scalar(wanted.where(func.lower(Supplier.name) == name.lower()))
    return found or add_supplier(by=by, name=name, kind="la")


def offered(phase: str | None = None) -> list[tuple[LaContractOffer, str | None]]:
    """What the school acted in can take, by name, each at its charge."""
    wanted = select(LaContractOffer).where(LaContractOffer.is_open).order_by(LaContractOffer.name)
    here = phase or _phase()
    return [(one, charge_for(one, here)) for one in db.session.scalars(wanted)]


# --- at the LA ---


def page_of_offers(after: Sequence[Any] | None, limit: int) -> Page:
    """By name."""
    return page_of(
        select(LaContractOffer),
        (func.lower(LaContractOffer.name), LaContractOffer.id),
        lambda one: [one.name.lower(), one.id],
        after=after,
        limit=limit,
    )


def get_offer(key: str, *, to_change: bool = False) -> LaContractOffer:
    wanted = select(LaContractOffer).where(LaContractOffer.key == key)
    found = db.session.scalar(wanted.with_for_update() if to_change else wanted)
    if found is None:
        raise NotThere
    return found


def keys_of_packs(found: Sequence[LaContractOffer]) -> dict[int | None, str]:
    wanted = {one.la_agreement_id for one in found if one.la_agreement_id is not None}
    if not wanted:
        return {}
    rows = db.session.execute(
        select(LaAgreement.id, LaAgreement.key).where(LaAgreement.id.in_(wanted))
    )
    return {number: key for number, key in rows}


def pack_choices() -> list[tuple[str, str]]:
    rows = db.session.execute(
        select(LaAgreement.key, LaAgreement.name)
        .where(LaAgreement.is_example.is_(False))
        .order_by(LaAgreement.name)
    )
    return [(key, name) for key, name in rows]


def add_offer(*, by: Me, **said: Any) -> LaContractOffer:
    """Called while administering."""
    check_terms(said)
    key = agreements_queries.key_of(said["name"])
    taken = select(LaContractOffer.id).where(LaContractOffer.key == key)
    if key in _RESERVED or db.session.scalar(taken) is not None:
        raise wrong("name", "There is an offer of this name already.")
    offer = LaContractOffer(key=key, created_by=by.own_name, **_columns(said))
    db.session.add(offer)
    db.session.flush()
    record_at_la("offer.added", offer.name, at=clock.now(), by=by, to_value=offer.name)
    return offer


def change_offer(offer: LaContractOffer, *, by: Me, **said: Any) -> None:
    """Schools that took it keep what they took."""
    columns = _columns(said)
    before = {name: getattr(offer, name) for name in columns}
    changed = [name for name in columns if before[name] != columns[name]]
    if not changed:
        return
    check_terms({name: columns.get(name, getattr(offer, name)) for name in _COPIED})
    for name in changed:
        setattr(offer, name, columns[name])
    offer.updated_at = clock.now()
    db.session.flush()
    record_at_la(
        "offer.changed", offer.name, at=clock.now(), by=by, note=", ".join(sorted(changed))
    )


def _columns(said: dict[str, Any]) -> dict[str, Any]:
    columns = dict(said)
    if "charges" in columns:
        columns["charges"] = {phase: plain(much) for phase, much in columns["charges"].items()}
    if "open" in columns:
        columns["is_open"] = columns.pop("open")
    if "agreement" in columns:
        key = columns.pop("agreement")
        found = key and db.session.scalar(select(LaAgreement.id).where(LaAgreement.key == key))
        if key and found is None:
            raise wrong("agreement", "There is no pack of that key.")
        columns["la_agreement_id"] = found or None
    return columns


def taken_by(offer: LaContractOffer, on: date) -> list[tuple[Any, Standing]]:
    """Asked while reading across schools: which of them took it, and how their contract stands."""
    rows = db.session.execute(
        select(School.slug, School.name, Contract)
        .join(School, School.id == Contract.school_id)
        .where(Contract.la_offer_id == offer.id)
        .order_by(School.name, Contract.number)
    ).all()
    return [(row, standing(terms_of(row.Contract), on)) for row in rows]
