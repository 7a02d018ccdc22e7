"""What the school's data lacks [S27]: each a question to the registers, with the way to mend it.

A count and a few examples, never a whole table: the link leads to the list, filtered.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Select, exists, func, select

from app import clock
from app.assets.models import Asset, AssetLoan
from app.catalogue.models import Service, ServicePart
from app.contracts.register import Contract
from app.files.models import Attachment
from app.incidents.models import Incident
from app.licences.queries import standings
from app.locations.models import Location
from app.payments.models import Payment
from app.people.models import Membership
from app.suppliers.models import Supplier
from tenants import current_school_id, db

EXAMPLES = 5
_QUIET = timedelta(days=14)
# Rooms in which nobody expects equipment.
_BARE = ("site", "building", "outside", "off_site")
_GONE = ("retired", "disposed", "lost_or_stolen")


@dataclass(frozen=True)
class Lack:
    """What one check found: how many, and the first of them as (key, words)."""

    key: str
    count: int
    examples: list[tuple[str, str]]


class Check(NamedTuple):
    key: str
    find: Callable[[date], Lack]


def lacks(today: date) -> list[Lack]:
    """In the order of the table; what lacks nothing is there too, with 0."""
    return [check.find(today) for check in CHECKS]


def _rows(key: str, wanted: Select[Any]) -> Lack:
    """The statement selects key, words, and how many there are in all."""
    found = db.session.execute(wanted.limit(EXAMPLES)).all()
    return Lack(key, found[0][2] if found else 0, [(str(one[0]), one[1]) for one in found])


def _of(thing: Any, key: Any, words: Any) -> Select[Any]:
    return (
        select(key, words, func.count().over())
        .select_from(thing)
        .where(thing.school_id == current_school_id())
        .order_by(words, key)
    )


def _assets_without_room(_: date) -> Lack:
    wanted = _of(Asset, Asset.tag, Asset.tag)
    wanted = wanted.where(Asset.location_id.is_(None), Asset.status.not_in(_GONE))
    return _rows("assets_without_room", wanted)


def _rooms_without_assets(_: date) -> Lack:
    has_any = exists().where(
        Asset.school_id == Location.school_id, Asset.location_id == Location.id
    )
    wanted = _of(Location, Location.key, Location.name).where(
        Location.is_archived.is_(False), Location.kind.not_in(_BARE), ~has_any
    )
    return _rows("rooms_without_assets", wanted)


def _licences_over(today: date) -> Lack:
    over = [one for one in standings(today) if one.shortfall]
    examples = [(one.product, f"{one.product}: {one.shortfall} too few") for one in over]
    return Lack("licences_over", len(over), examples[:EXAMPLES])


def _contracts(key: str, *conditions: Any) -> Lack:
    wanted = _of(Contract, Contract.number, Contract.name)
    return _rows(key, wanted.where(Contract.state == "active", *conditions))


def _contracts_without_document(_: date) -> Lack:
    has_any = exists().where(
        Attachment.school_id == Contract.school_id,
        Attachment.contract_id == Contract.id,
        Attachment.removed_at.is_(None),
    )
    return _contracts("contracts_without_document", ~has_any)


def _contracts_without_notice(_: date) -> Lack:
    return _contracts(
        "contracts_without_notice",
        Contract.renewal == "tacit",
        Contract.notice_months.is_(None),
        Contract.notice_days.is_(None),
    )


def _suppliers_without_contact(_: date) -> Lack:
    wanted = _of(Supplier, Supplier.key, Supplier.name).where(
        Supplier.is_archived.is_(False),
        Supplier.email.is_(None),
        Supplier.phone.is_(None),
        Supplier.support_route.is_(None),
    )
    return _rows("suppliers_without_contact", wanted)


def _services_without_parts(_: date) -> Lack:
    has_any = exists().where(
        ServicePart.school_id == Service.school_id, ServicePart.service_id == Service.id
    )
    wanted = _of(Service, Service.key, Service.name)
    return _rows("services_without_parts", wanted.where(Service.is_archived.is_(False), ~has_any))


def _nobody_as(role: str, least: int, key: str, today: date) -> Lack:
    in_force = db.session.scalar(
        select(func.count()).where(
            Membership.school_id == current_school_id(),
            Membership.role == role,
            Membership.valid_from <= today,
            (Membership.valid_to.is_(None)) | (Membership.valid_to >= today),
        )
    )
    return Lack(key, max(0, least - (in_force or 0)), [])


def _no_deputy(today: date) -> Lack:
    return _nobody_as("spoc", 2, "no_deputy", today)


def _no_ict_owner(today: date) -> Lack:
    return _nobody_as("ict_owner", 1, "no_ict_owner", today)


def _stale_incidents(_: date) -> Lack:
    since: datetime = clock.now() - _QUIET
    wanted = _of(Incident, Incident.number, Incident.title).where(
        Incident.is_open, Incident.updated_at < since, Incident.is_sensitive.is_(False)
    )
    return _rows("stale_incidents", wanted)


def _loans_overdue(today: date) -> Lack:
    wanted = (
        _of(AssetLoan, Asset.tag, func.concat(Asset.tag, ": ", AssetLoan.borrower))
        .join(Asset, (Asset.school_id == AssetLoan.school_id) & (Asset.id == AssetLoan.asset_id))
        .where(AssetLoan.returned_at.is_(None), AssetLoan.due_on < today)
    )
    return _rows("loans_overdue", wanted)


def _payments_overdue(today: date) -> Lack:
    wanted = _of(Payment, Payment.number, Payment.description).where(
        Payment.due_on < today, Payment.status.not_in(("paid", "cancelled"))
    )
    return _rows("payments_overdue", wanted)


CHECKS = (
    Check("no_ict_owner", _no_ict_owner),
    Check("no_deputy", _no_deputy),
    Check("assets_without_room", _assets_without_room),
    Check("rooms_without_assets", _rooms_without_assets),
    Check("licences_over", _licences_over),
    Check("contracts_without_notice", _contracts_without_notice),
    Check("contracts_without_document", _contracts_without_document),
    Check("suppliers_without_contact", _suppliers_without_contact),
    Check("services_without_parts", _services_without_parts),
    Check("loans_overdue", _loans_overdue),
    Check("payments_overdue", _payments_overdue),
    Check("stale_incidents", _stale_incidents),
)
