"""What the registers know of days to come. Read from them each time and stored nowhere.

To add a source: a function here, its line in `FOUND`, one in `rules.SOURCES`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select

from app.assets.models import Asset, AssetLoan
from app.assets.rules import TYPES
from app.calendar_days import day_of, end_of_day
from app.catalogue.models import CriticalDate
from app.clock import LONDON
from app.contracts.contract_terms import Standing
from app.contracts.register import Contract
from app.diary import rules
from app.diary.items import Item
from app.diary.terms import terms_between
from app.documents.models import Document
from app.licences.models import Licence
from app.payments.models import Payment
from app.people.identity import Me
from app.visits.models import Visit
from tenants import current_school_id, db

INSPECTION = "inspection"
_IN_FORCE = ("active", "terminated")
_GONE = ("retired", "disposed", "lost_or_stolen")
_VISIT_STATUS = {"done": "done", "cancelled": "cancelled", "aborted": "cancelled"}
_PAYMENT_STATUS = {"paid": "done", "cancelled": "cancelled"}


def found(person: Me, first: date, last: date, sources: Collection[str]) -> Iterator[Item]:
    """What this person may see of it, one statement a register."""
    for names, find in FOUND:
        wanted = [name for name in names if name in sources]
        if any(person.may(rules.SOURCES[name].permission) for name in wanted):
            yield from (item for item in find(first, last) if item.source in wanted)


def _contracts(first: date, last: date) -> Iterator[Item]:
    """Each term's end within the span and the last day to give notice; of those that were ended
    for a day to come, that day."""
    wanted = select(Contract).where(Contract.state.in_(_IN_FORCE), Contract.start <= last)
    for contract in db.session.scalars(wanted):
        for term in terms_between(contract, first, last):
            yield from _of_term(contract, term, first, last)


def _of_term(contract: Contract, term: Standing, first: date, last: date) -> Iterator[Item]:
    is_last = contract.renewal == "none" or contract.ended_on is not None
    ends = "Contract ends" if is_last else "Contract term ends"
    for source, on, words in (
        ("contract_end", term.term_end, ends),
        ("contract_notice", term.last_notice_day, "Last day to give notice"),
    ):
        if on is not None and first <= on <= last:
            yield _item(on, source, contract.number, f"{words}: {contract.name}", contract)


def _licences(first: date, last: date) -> Iterator[Item]:
    """One that renews by itself has a last day on which that can be stopped."""
    latest = last + timedelta(days=rules.EARLIEST_REMINDER * 2)
    wanted = select(Licence).where(Licence.state == "active", Licence.end.between(first, latest))
    for licence in db.session.scalars(wanted):
        assert licence.end is not None
        if licence.end <= last:
            words = "Licence renews" if licence.auto_renew else "Licence ends"
            title = f"{words}: {licence.product}"
            yield _item(licence.end, "licence_end", licence.number, title, licence)
        notice = licence.end - timedelta(days=licence.notice_days)
        if licence.auto_renew and first <= notice <= last:
            title = f"Last day to stop the renewal: {licence.product}"
            yield _item(notice, "licence_notice", licence.number, title, licence)


def _warranties(first: date, last: date) -> Iterator[Item]:
    """Thirty laptops that were bought together are one line."""
    wanted = (
        select(
            Asset.warranty_end,
            Asset.type,
            func.count().label("many"),
            func.min(Asset.tag).label("tag"),
            func.min(Asset.model).label("model"),
            func.max(Asset.updated_at).label("changed_at"),
        )
        .where(
            Asset.school_id == current_school_id(),
            Asset.warranty_end.between(first, last),
            Asset.status.not_in(_GONE),
        )
        .group_by(Asset.warranty_end, Asset.type)
    )
    for row in db.session.execute(wanted):
        kind = TYPES.get(row.type, row.type)
        is_one = row.many == 1
        yield Item(
            on=row.warranty_end,
            source="warranty_end",
            key=row.tag if is_one else row.type,
            title=f"Warranty ends: {row.tag if is_one else f'{kind} ({row.many})'}",
            changed_at=row.changed_at,
            kind="renewal",
            is_group=not is_one,
            about=(row.model or kind) if is_one else f"{row.tag} and others",
        )


def _payments(first: date, last: date) -> Iterator[Item]:
    wanted = select(Payment).where(Payment.due_on.between(first, last))
    for one in db.session.scalars(wanted):
        yield _item(
            one.due_on,
            "payment",
            one.number,
            f"Payment due: {one.description}",
            one,
            status=_PAYMENT_STATUS.get(one.status, "planned"),
            about=f"£{one.amount + (one.vat or 0):,.2f}",
        )


def _visits(first: date, last: date) -> Iterator[Item]:
    wanted = select(Visit).where(
        Visit.starts_at >= end_of_day(first - timedelta(days=1)),
        Visit.starts_at < end_of_day(last),
    )
    for one in db.session.scalars(wanted):
        yield _item(
            day_of(one.starts_at),
            "visit",
            one.number,
            "Urgent support visit" if one.kind == "urgent" else "Support visit",
            one,
            status=_VISIT_STATUS.get(one.state, "planned"),
            at=one.starts_at.astimezone(LONDON).time(),
            starts_at=one.starts_at,
            ends_at=one.ends_at,
            about=one.visitor_name,
        )


def _reviews(first: date, last: date) -> Iterator[Item]:
    wanted = select(Document).where(
        Document.review_on.between(first, last), Document.is_retired.is_(False)
    )
    for one in db.session.scalars(wanted):
        assert one.review_on is not None
        title = f"Review the {one.kind}: {one.title}"
        yield _item(one.review_on, "document_review", one.number, title, one)


def _critical_dates(first: date, last: date) -> Iterator[Item]:
    """Those that begin before the span too, where they reach into it."""
    wanted = select(CriticalDate).where(
        CriticalDate.last_day >= first,
        CriticalDate.first_day <= last,
        CriticalDate.is_cancelled.is_(False),
    )
    for one in db.session.scalars(wanted):
        yield _item(
            one.first_day,
            "critical_date",
            one.number,
            one.title,
            one,
            until=one.last_day if one.last_day > one.first_day else None,
            is_confidential=one.kind == INSPECTION,
        )


def _loans(first: date, last: date) -> Iterator[Item]:
    wanted: Any = (
        select(AssetLoan.due_on, AssetLoan.borrower, AssetLoan.lent_at, Asset.tag)
        .join(Asset, (Asset.school_id == AssetLoan.school_id) & (Asset.id == AssetLoan.asset_id))
        .where(
            AssetLoan.school_id == current_school_id(),
            AssetLoan.returned_at.is_(None),
            AssetLoan.due_on.between(first, last),
        )
    )
    for row in db.session.execute(wanted):
        yield Item(
            on=row.due_on,
            source="loan_due",
            key=row.tag,
            title=f"Loan due back: {row.tag}",
            changed_at=row.lent_at,
            kind="other",
            about=row.borrower,
        )


def _item(on: date, source: str, number: int, title: str, row: Any, **more: Any) -> Item:
    return Item(
        on=on,
        source=source,
        key=str(number),
        title=title,
        changed_at=row.updated_at,
        kind=rules.SOURCES[source].kind,
        **more,
    )


FOUND: tuple[tuple[tuple[str, ...], Callable[[date, date], Iterable[Item]]], ...] = (
    (("contract_notice", "contract_end"), _contracts),
    (("licence_notice", "licence_end"), _licences),
    (("warranty_end",), _warranties),
    (("payment",), _payments),
    (("visit",), _visits),
    (("document_review",), _reviews),
    (("critical_date",), _critical_dates),
    (("loan_due",), _loans),
)
