"""Add, change and remove contracts of the register. Other terms of one in force make a version of
it from a day on; one that was ever signed stays in the register."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import delete, select

from app import clock
from app.catalogue.models import Service
from app.contracts import contract_rules as rules
from app.contracts.contract_queries import suppliers_of
from app.contracts.contract_shown import differences, terms_of
from app.contracts.models import Agreement, LaAgreement
from app.contracts.register import Contract, ContractService, ContractVersion
from app.errors import Refused, wrong
from app.history.actions import record
from app.people.identity import Me
from app.references import what_points_at
from app.schools.rules import plain_date
from app.suppliers.queries import supplier_for
from tenants import db
from tenants.numbers import take_number


def add_contract(*, by: Me, **said: Any) -> Contract:
    """A draft, until the ICT owner signs it."""
    rules.check_terms(said)
    services = said.pop("services", None) or []
    contract = Contract(created_by=by.name, **_columns(said, None))
    contract.number = take_number("contract")
    db.session.add(contract)
    db.session.flush()
    _set_services(contract, services)
    record_contract("contract.added", contract, by, to_value=contract.name)
    return contract


def change_contract(
    contract: Contract,
    *,
    by: Me,
    valid_from: date | None = None,
    reason: str | None = None,
    **said: Any,
) -> None:
    """How it is kept may be mended always; its terms while it is a draft, or with a reason and
    from a day on while it is in force."""
    before = {**_about(contract), **terms_of(contract)}
    rules.check_terms({**before, **said})
    _set(contract, said)
    after = {**_about(contract), **terms_of(contract)}
    changed = [name for name in after if before[name] != after[name]]
    if any(name in rules.TERMS for name in changed):
        _check_terms_may_change(contract)
        if contract.state == "active":
            if not reason:
                raise wrong("reason", "Say why the terms change.")
            add_version(contract, by=by, valid_from=valid_from or clock.today(), reason=reason)
    if not changed:
        return
    contract.updated_at = clock.now()
    db.session.flush()
    told: dict[str, Any] = {
        "details": {name: [before[name], after[name]] for name in changed},
        "note": reason or ", ".join(_word(name) for name in changed),
    }
    if len(changed) == 1:
        told["from_value"] = rules.words(before[changed[0]])
        told["to_value"] = rules.words(after[changed[0]])
    record_contract("contract.changed", contract, by, **told)


def remove_contract(contract: Contract, *, by: Me) -> None:
    """Only a draft on which nothing hangs."""
    if contract.state != "draft":
        raise Refused(
            f"{contract.name} was signed, so it stays in the register. Terminate it instead."
        )
    if what_points_at("contracts", contract.id, but={"contract_services"}):
        raise Refused(
            f"Something hangs on {contract.name}: equipment, licences, files or payments. It stays"
            " in the register."
        )
    record_contract("contract.removed", contract, by, from_value=contract.name)
    _forget_services(contract)
    db.session.delete(contract)
    db.session.flush()


def add_version(contract: Contract, *, by: Me, valid_from: date, reason: str | None) -> None:
    """The terms as the row has them now, from that day on."""
    newest = db.session.scalars(
        select(ContractVersion)
        .where(
            ContractVersion.school_id == contract.school_id,
            ContractVersion.contract_id == contract.id,
        )
        .order_by(ContractVersion.number.desc())
        .limit(1)
    ).first()
    terms = terms_of(contract)
    if newest is not None:
        if valid_from < newest.valid_from:
            day = plain_date(newest.valid_from)
            raise wrong("valid_from", f"Other terms began on {day}. Choose that day or a later one")
        if not differences(newest.terms, terms):
            return
    db.session.add(
        ContractVersion(
            contract_id=contract.id,
            number=newest.number + 1 if newest else 1,
            valid_from=valid_from,
            terms=terms,
            reason=reason,
            changed_by=by.name,
        )
    )
    db.session.flush()


def record_contract(kind: str, contract: Contract, by: Me, **more: Any) -> None:
    record(
        kind,
        subject_kind="contract",
        subject_id=contract.id,
        at=clock.now(),
        by=by,
        visibility="internal",
        **more,
    )


def _check_terms_may_change(contract: Contract) -> None:
    if contract.state not in ("draft", "active"):
        state = rules.STATE_WORDS[contract.state].lower()
        raise Refused(f"{contract.name} is {state}; its terms stay as they were.")


def _set(contract: Contract, said: dict[str, Any]) -> None:
    services = said.pop("services", None)
    for name, value in _columns(said, contract).items():
        setattr(contract, name, value)
    db.session.flush()
    if services is not None:
        _set_services(contract, services)


def _columns(said: dict[str, Any], contract: Contract | None) -> dict[str, Any]:
    """Keys become the ids of what they name."""
    columns = dict(said)
    if "supplier" in columns:
        columns["supplier_id"] = _supplier_id(columns.pop("supplier"), contract)
    if "agreement" in columns:
        own, la = _agreement(columns.pop("agreement"))
        columns["agreement_id"], columns["la_agreement_id"] = own, la
    return columns


def _supplier_id(key: str | None, contract: Contract | None) -> int | None:
    """The one that stands there already may stay although it is archived."""
    if contract is not None:
        kept = suppliers_of([contract]).get(contract.supplier_id)
        if kept is not None and kept[0] == key:
            return contract.supplier_id
    found = supplier_for(key)
    return found.id if found else None


def _agreement(key: str | None) -> tuple[int | None, int | None]:
    if not key:
        return None, None
    own = db.session.scalar(select(Agreement.id).where(Agreement.key == key))
    if own is not None:
        return own, None
    la = db.session.scalar(select(LaAgreement.id).where(LaAgreement.key == key))
    if la is None:
        raise wrong("agreement", "There is no agreement of that key.")
    return None, la


def _set_services(contract: Contract, keys: list[str]) -> None:
    wanted = set(keys)
    rows = db.session.execute(select(Service.key, Service.id).where(Service.key.in_(wanted)))
    found = {key: number for key, number in rows}
    if wanted - set(found):
        raise wrong("services", "Choose services of this school.")
    _forget_services(contract)
    for service_id in found.values():
        db.session.add(
            ContractService(
                school_id=contract.school_id, contract_id=contract.id, service_id=service_id
            )
        )
    db.session.flush()


def _forget_services(contract: Contract) -> None:
    db.session.execute(
        delete(ContractService).where(
            ContractService.school_id == contract.school_id,
            ContractService.contract_id == contract.id,
        )
    )


def _about(contract: Contract) -> dict[str, Any]:
    return {name: getattr(contract, name) for name in rules.ABOUT}


def _word(name: str) -> str:
    return {**rules.ABOUT_WORDS, **rules.TERM_WORDS}[name]
