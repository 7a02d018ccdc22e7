"""The contract register of the school acted in: who sees what of it, and what goes with a row."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Select, and_, exists, func, or_, select

from app.catalogue.models import Service
from app.contracts.contract_rules import terms_from
from app.contracts.contract_terms import Standing, Terms, standing
from app.contracts.models import (
    Agreement,
    AgreementVersion,
    LaAgreement,
    LaAgreementVersion,
)
from app.contracts.register import Contract, ContractService, ContractVersion, LaContractOffer
from app.errors import NotThere, wrong
from app.files.models import Attachment
from app.keyset import Page, page_of
from app.people.identity import Me
from app.permissions import Reach
from app.references import table_named
from app.suppliers.models import Supplier
from tenants import current_school_id, db

MOST_SHOWN = 100


def visible_to(person: Me) -> Select[Any]:
    """Every read of the register starts here. A supplier sees what is agreed with them."""
    wanted = select(Contract).where(Contract.school_id == current_school_id())
    if person.reach("contract.view") - {Reach.ASSIGNED}:
        return wanted
    mine = exists().where(
        Supplier.school_id == Contract.school_id,
        Supplier.id == Contract.supplier_id,
        Supplier.group_id.in_(person.group_ids),
    )
    return wanted.where(mine, Contract.state != "draft")


def get_contract(person: Me, number: int, *, to_change: bool = False) -> Contract:
    wanted = visible_to(person).where(Contract.number == number)
    found: Contract | None = db.session.scalar(wanted.with_for_update() if to_change else wanted)
    if found is None:
        raise NotThere
    return found


def contract_named(word: str) -> Contract:
    """The one whose number a form or a program gives. Raises Wrong."""
    number = int(word) if word.isascii() and word.isdecimal() and len(word) < 10 else 0
    found = db.session.scalar(select(Contract).where(Contract.number == number))
    if found is None:
        raise wrong("contract", "There is no contract of that number at this school.")
    return found


def agreement_of_contract(word: str) -> str:
    """The key of the agreement whose hours and targets this contract goes by. Raises Wrong."""
    contract = contract_named(word)
    found = agreements_of([contract]).get(contract.id)
    if found is None:
        raise wrong("contract", f"{contract.name} names no agreement with hours and targets.")
    return found[0]


def page_of_contracts(
    person: Me, filters: Mapping[str, Any], after: Sequence[Any] | None, limit: int
) -> Page:
    """By name."""
    wanted = visible_to(person)
    for name in ("state", "kind", "renewal"):
        if filters.get(name):
            wanted = wanted.where(getattr(Contract, name) == filters[name])
    if filters.get("supplier"):
        wanted = wanted.where(Contract.supplier_id.in_(_id_of(Supplier, filters["supplier"])))
    if filters.get("service"):
        covered = select(ContractService.contract_id).where(
            ContractService.service_id.in_(_id_of(Service, filters["service"]))
        )
        wanted = wanted.where(Contract.id.in_(covered))
    if filters.get("q"):
        wanted = wanted.where(_says(filters["q"].lower()))
    return page_of(
        wanted,
        (func.lower(Contract.name), Contract.id),
        lambda one: [one.name.lower(), one.id],
        after=after,
        limit=limit,
    )


def _id_of(kind: type[Supplier] | type[Service], key: str) -> Select[Any]:
    return select(kind.id).where(kind.school_id == current_school_id(), kind.key == key)


def _says(asked: str) -> Any:
    by_supplier = select(Supplier.id).where(
        Supplier.school_id == current_school_id(),
        func.lower(Supplier.name).contains(asked, autoescape=True),
    )
    texts = (Contract.name, Contract.reference, Contract.scope)
    return or_(
        *(func.lower(text).contains(asked, autoescape=True) for text in texts),
        Contract.supplier_id.in_(by_supplier),
    )


# --- how they stand ---


def standings(found: Collection[Contract], on: date) -> dict[int, Standing]:
    """By id, under the terms that hold on that day. One statement, none for drafts only."""
    signed = [one.id for one in found if one.signed_at is not None]
    versions = _versions(signed)
    return {one.id: standing(_terms_on(one, versions.get(one.id, ()), on), on) for one in found}


def _versions(ids: Collection[int]) -> dict[int, list[ContractVersion]]:
    """In the order in which they were written."""
    found: dict[int, list[ContractVersion]] = {}
    if ids:
        wanted = select(ContractVersion).where(
            ContractVersion.school_id == current_school_id(),
            ContractVersion.contract_id.in_(ids),
        )
        for one in db.session.scalars(wanted.order_by(ContractVersion.number)):
            found.setdefault(one.contract_id, []).append(one)
    return found


def _terms_on(contract: Contract, versions: Sequence[ContractVersion], on: date) -> Terms:
    """Of a signed one those of the version of that day; before the first of them the first."""
    if not versions:
        return terms_of(contract)
    begun = [one for one in versions if one.valid_from <= on]
    return terms_from((begun[-1] if begun else versions[0]).terms, contract.ended_on)


def terms_of(contract: Contract) -> Terms:
    """As the row has them: those of the newest version."""
    return Terms(
        start=contract.start,
        initial_months=contract.initial_months,
        renewal=contract.renewal,
        renewal_months=contract.renewal_months,
        renewed_until=contract.renewed_until,
        notice_months=contract.notice_months,
        notice_days=contract.notice_days,
        ended_on=contract.ended_on,
    )


def versions_of(contract: Contract) -> list[ContractVersion]:
    """The newest first."""
    return list(reversed(_versions([contract.id]).get(contract.id, [])))


# --- what goes with them ---


def suppliers_of(found: Iterable[Contract]) -> dict[int | None, tuple[str, str]]:
    """id → (key, name)."""
    wanted = {one.supplier_id for one in found if one.supplier_id is not None}
    if not wanted:
        return {}
    rows = db.session.execute(
        select(Supplier.id, Supplier.key, Supplier.name).where(
            Supplier.school_id == current_school_id(), Supplier.id.in_(wanted)
        )
    )
    return {number: (key, name) for number, key, name in rows}


def supplier_of(contract: Contract) -> Supplier | None:
    if contract.supplier_id is None:
        return None
    return db.session.get(Supplier, (contract.school_id, contract.supplier_id))


def agreements_of(found: Iterable[Contract]) -> dict[int, tuple[str, str]]:
    """By the contract's id: (key, name) of the agreement that it names. One statement."""
    wanted = [
        one.id for one in found if one.agreement_id is not None or one.la_agreement_id is not None
    ]
    if not wanted:
        return {}
    rows = db.session.execute(
        select(
            Contract.id,
            func.coalesce(Agreement.key, LaAgreement.key),
            func.coalesce(Agreement.name, LaAgreement.name),
        )
        .outerjoin(
            Agreement,
            and_(Agreement.school_id == Contract.school_id, Agreement.id == Contract.agreement_id),
        )
        .outerjoin(LaAgreement, LaAgreement.id == Contract.la_agreement_id)
        .where(Contract.school_id == current_school_id(), Contract.id.in_(wanted))
    )
    return {number: (key, name) for number, key, name in rows}


def services_of(found: Iterable[Contract]) -> dict[int, list[tuple[str, str]]]:
    """By the contract's id: (key, name) of the services that it covers, by name."""
    ids = [one.id for one in found]
    covered: dict[int, list[tuple[str, str]]] = {}
    if ids:
        rows = db.session.execute(
            select(ContractService.contract_id, Service.key, Service.name)
            .join(
                Service,
                and_(
                    Service.school_id == ContractService.school_id,
                    Service.id == ContractService.service_id,
                ),
            )
            .where(
                ContractService.school_id == current_school_id(),
                ContractService.contract_id.in_(ids),
            )
            .order_by(func.lower(Service.name))
        )
        for number, key, name in rows:
            covered.setdefault(number, []).append((key, name))
    return covered


def how_many_files(found: Iterable[Contract]) -> dict[int, int]:
    return _counted(
        select(Attachment.contract_id, func.count())
        .where(
            Attachment.school_id == current_school_id(),
            Attachment.contract_id.in_([one.id for one in found]),
            Attachment.removed_at.is_(None),
        )
        .group_by(Attachment.contract_id)
    )


def how_many_assets(found: Iterable[Contract]) -> dict[int, int]:
    """Equipment lives in a room above this one: it is read from its table by name."""
    assets = table_named("assets").c
    return _counted(
        select(assets.contract_id, func.count())
        .where(
            assets.school_id == current_school_id(),
            assets.contract_id.in_([one.id for one in found]),
        )
        .group_by(assets.contract_id)
    )


def _counted(wanted: Select[Any, int]) -> dict[Any, int]:
    return {number: many for number, many in db.session.execute(wanted)}


def assets_of(contract: Contract) -> Sequence[Any]:
    """tag, type, make, model of what it covers, by tag; not every one of very many."""
    assets = table_named("assets").c
    wanted = (
        select(assets.tag, assets.type, assets.make, assets.model)
        .where(assets.school_id == current_school_id(), assets.contract_id == contract.id)
        .order_by(func.lower(assets.tag))
        .limit(MOST_SHOWN)
    )
    return db.session.execute(wanted).all()


def numbers_of(ids: Iterable[int | None]) -> dict[int | None, int]:
    """id → number, for those that come before others."""
    wanted = {one for one in ids if one is not None}
    if not wanted:
        return {}
    rows = db.session.execute(
        select(Contract.id, Contract.number).where(
            Contract.school_id == current_school_id(), Contract.id.in_(wanted)
        )
    )
    return {one: number for one, number in rows}


def keys_of_offers(found: Iterable[Contract]) -> dict[int | None, str]:
    wanted = {one.la_offer_id for one in found if one.la_offer_id is not None}
    if not wanted:
        return {}
    rows = db.session.execute(
        select(LaContractOffer.id, LaContractOffer.key).where(LaContractOffer.id.in_(wanted))
    )
    return {number: key for number, key in rows}


# --- for drop-downs ---


def contract_choices() -> list[tuple[str, str]]:
    """(number, name) of those that can still cover something, by name."""
    rows = db.session.execute(
        select(Contract.number, Contract.name)
        .where(Contract.school_id == current_school_id(), Contract.state.in_(("draft", "active")))
        .order_by(func.lower(Contract.name), Contract.id)
    )
    return [(str(number), name) for number, name in rows]


def agreement_choices() -> list[tuple[str, str]]:
    """(key, name): the school's own that have not ended, and the LA's."""
    own = db.session.execute(
        select(Agreement.key, Agreement.name)
        .where(Agreement.school_id == current_school_id(), Agreement.state != "ended")
        .order_by(Agreement.name)
    )
    la = db.session.execute(
        select(LaAgreement.key, LaAgreement.name)
        .where(LaAgreement.is_example.is_(False))
        .order_by(LaAgreement.name)
    )
    return [*((key, name) for key, name in own), *((key, f"{name} (LA)") for key, name in la)]


def service_choices(contract: Contract | None) -> list[tuple[str, str]]:
    """(key, name) of those in use, and of those that the contract covers already."""
    kept = select(ContractService.service_id).where(
        ContractService.school_id == current_school_id(),
        ContractService.contract_id == (contract.id if contract else None),
    )
    rows = db.session.execute(
        select(Service.key, Service.name)
        .where(
            Service.school_id == current_school_id(),
            or_(Service.is_archived.is_(False), Service.id.in_(kept)),
        )
        .order_by(func.lower(Service.name))
    )
    return [(key, name) for key, name in rows]


def terms_of_agreement(contract: Contract, on: date) -> dict[str, Any] | None:
    """Hours and targets of the agreement that it names, as they hold on that day."""
    if contract.agreement_id is not None:
        own = AgreementVersion
        wanted: Any = select(own.terms).where(
            own.school_id == contract.school_id,
            own.agreement_id == contract.agreement_id,
            own.valid_from <= on,
        )
        newest = own.number
    elif contract.la_agreement_id is not None:
        la = LaAgreementVersion
        wanted = select(la.terms).where(
            la.agreement_id == contract.la_agreement_id, la.valid_from <= on
        )
        newest = la.number
    else:
        return None
    found: dict[str, Any] | None = db.session.scalar(wanted.order_by(newest.desc()).limit(1))
    return found
