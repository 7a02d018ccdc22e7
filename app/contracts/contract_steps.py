"""What becomes of a contract: signed, renewed, terminated, closed when it has run out."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from app import clock
from app.contracts import contract_queries as queries
from app.contracts.contract_actions import add_contract, add_version, record_contract
from app.contracts.contract_rules import STATE_WORDS, TERMS
from app.contracts.contract_shown import terms_of
from app.contracts.contract_terms import add_months
from app.contracts.register import Contract
from app.errors import Refused, wrong
from app.people.identity import Me
from app.schools.rules import plain_date
from tenants import db

_DAY = timedelta(days=1)


def sign(contract: Contract, *, by: Me) -> None:
    """The ICT owner's signature: what was written is the first version of its terms. What it
    follows is superseded."""
    if contract.state != "draft":
        raise Refused(f"{contract.name} was signed already.")
    contract.state = "active"
    contract.signed_by, contract.signed_at = by.name, clock.now()
    db.session.flush()
    add_version(contract, by=by, valid_from=contract.start, reason=None)
    record_contract("contract.signed", contract, by)
    if contract.predecessor_id is not None:
        _supersede(contract.predecessor_id, contract, by)


def terminate(contract: Contract, *, by: Me, on: date, reason: str) -> None:
    """Before its time, or at the end of a term that would have renewed itself. `on`: its last
    day, which may be to come."""
    _check_in_force(contract, "terminated")
    if on < contract.start:
        raise wrong("on", f"It begins only on {plain_date(contract.start)}")
    contract.state, contract.ended_on, contract.end_reason = "terminated", on, reason
    db.session.flush()
    record_contract("contract.terminated", contract, by, to_value=on.isoformat(), note=reason)


def end(contract: Contract, *, by: Me) -> None:
    """It has run out and nobody renewed it."""
    _check_in_force(contract, "closed")
    stand = queries.standings([contract], clock.today())[contract.id]
    if not stand.expired:
        raise Refused(
            f"{contract.name} runs until {plain_date(stand.term_end)}. Terminate it if it ends"
            " before that."
        )
    contract.state, contract.ended_on = "ended", stand.term_end
    db.session.flush()
    record_contract("contract.ended", contract, by, to_value=stand.term_end.isoformat())


def renew(
    contract: Contract,
    *,
    by: Me,
    months: int | None = None,
    annual_charge: Decimal | None = None,
    reason: str | None = None,
    successor: bool = False,
) -> Contract:
    """Under the same terms for longer; or by another contract, which begins as a draft the day
    after this one and replaces it when it is signed."""
    _check_in_force(contract, "renewed")
    end_of_term = _last_end(contract)
    if successor:
        return _succeed(contract, end_of_term, by, months, annual_charge, reason)
    if contract.renewal == "tacit":
        raise Refused(
            f"{contract.name} renews itself. Other terms are a change of it, or a contract that"
            " follows it."
        )
    wanted = months or contract.renewal_months
    if wanted is None:
        raise wrong("months", "Say for how many months it is renewed.")
    until = _end_after(contract, end_of_term, wanted)
    contract.renewed_until = until
    if annual_charge is not None:
        contract.annual_charge = annual_charge
    db.session.flush()
    add_version(contract, by=by, valid_from=end_of_term + _DAY, reason=reason or "Renewed")
    record_contract(
        "contract.renewed",
        contract,
        by,
        from_value=end_of_term.isoformat(),
        to_value=until.isoformat(),
        note=reason,
    )
    return contract


def _succeed(
    contract: Contract,
    end_of_term: date,
    by: Me,
    months: int | None,
    annual_charge: Decimal | None,
    reason: str | None,
) -> Contract:
    is_there = select(Contract.number).where(
        Contract.school_id == contract.school_id, Contract.predecessor_id == contract.id
    )
    if (number := db.session.scalar(is_there.limit(1))) is not None:
        raise Refused(f"Contract {number} is to follow it already.")
    said: dict[str, Any] = {name: getattr(contract, name) for name in _COPIED}
    named = terms_of(contract)
    said |= {name: named[name] for name in ("supplier", "agreement", "services")}
    said["start"] = end_of_term + _DAY
    said["initial_months"] = months or contract.renewal_months or contract.initial_months
    if annual_charge is not None:
        said["annual_charge"] = annual_charge
    following = add_contract(by=by, **said)
    following.predecessor_id = contract.id
    db.session.flush()
    record_contract("contract.succeeded", contract, by, to_value=str(following.number), note=reason)
    return following


_COPIED = (
    "name",
    "reference",
    "framework",
    *(name for name in TERMS if name not in ("supplier", "agreement", "services", "renewed_until")),
)


def _supersede(contract_id: int, following: Contract, by: Me) -> None:
    before = db.session.scalar(
        select(Contract)
        .where(Contract.school_id == following.school_id, Contract.id == contract_id)
        .with_for_update()
    )
    if before is None or before.state != "active":
        return
    before.state, before.ended_on = "superseded", max(before.start, following.start - _DAY)
    db.session.flush()
    record_contract("contract.superseded", before, by, to_value=str(following.number))


def _last_end(contract: Contract) -> date:
    """The end of the newest term that is agreed on."""
    terms = queries.terms_of(contract)
    if terms.renewal == "tacit":
        return queries.standings([contract], clock.today())[contract.id].term_end
    first = add_months(terms.start, terms.initial_months) - _DAY
    return max(first, terms.renewed_until or first)


def _end_after(contract: Contract, end_of_term: date, months: int) -> date:
    """Counted from the contract's first day, as every term is."""
    begins = end_of_term + _DAY
    so_far = (begins.year - contract.start.year) * 12 + begins.month - contract.start.month
    return add_months(contract.start, so_far + months) - _DAY


def _check_in_force(contract: Contract, what: str) -> None:
    if contract.state == "draft":
        raise Refused(f"{contract.name} has not been signed yet, so it cannot be {what}.")
    if contract.state != "active":
        state = STATE_WORDS[contract.state].lower()
        raise Refused(f"{contract.name} is {state} already.")
