"""The third line: a supplier's contract, its clocks, and what becomes of them afterwards."""

from __future__ import annotations

from datetime import date, datetime

from app.calendar_days import day_of
from app.contracts.contract_queries import agreements_of, contract_named, supplier_of
from app.contracts.queries import AgreementInForce, every_agreement
from app.contracts.rules import Kind
from app.errors import wrong
from app.incidents import clocks, supplier_links
from app.incidents.models import Incident
from app.people.groups import Group, group_of_ids, la_groups, school_groups

_OWN, _LA = "own:", "la:"


def contracts(on: date) -> dict[str, AgreementInForce]:
    """The underpinning contracts that a supplier may have here, by the word a form sends: the
    school's own and the LA's, each as it holds on that day."""
    found: dict[str, AgreementInForce] = {}
    for one in every_agreement(on):
        if one.kind != Kind.UC:
            continue
        word = f"{_LA if one.own_version_id is None else _OWN}{one.key}"
        best = found.get(word)
        if best is None or _is_better(one, best, on):
            found[word] = one
    return found


def contract_of(group: Group, on: date) -> tuple[str, AgreementInForce] | None:
    """The contract of a supplier's group, and the word a form has for it."""
    for word, one in contracts(on).items():
        own_id = None if one.own_version_id is None else one.agreement_id
        la_id = one.agreement_id if one.own_version_id is None else None
        if (own_id, la_id) == (group.agreement_id, group.la_agreement_id):
            return word, one
    return None


def group_with_contract(key: str, at: datetime) -> Group:
    """The supplier of a contract of the register, by its number; or the one whose agreement has
    this key, the school's own first. Raises Wrong."""
    if key.isdecimal():
        return _group_of_register(key)
    on = day_of(at)
    wanted = {word: one for word, one in contracts(on).items() if one.key == key}
    if not wanted:
        raise wrong("contract", "There is no supplier’s contract of that key.")
    for group in (*school_groups(), *la_groups()):
        found = contract_of(group, on) if group.is_supplier else None
        if found is not None and found[0] in wanted:
            return group
    raise wrong("contract", "No supplier has been set up with this contract.")


def _group_of_register(number: str) -> Group:
    contract = contract_named(number)
    if contract.state != "active":
        raise wrong("contract", f"{contract.name} is not in force.")
    supplier = supplier_of(contract)
    if supplier is None:
        raise wrong("contract", f"{contract.name} names no supplier.")
    group = group_of_ids(supplier.group_id, None)
    if group is None:
        raise wrong("contract", f"{supplier.name} has no group that takes incidents yet.")
    return group


def start_clocks(
    incident: Incident, supplier: Group, at: datetime, *, contract: str | None = None
) -> None:
    """What the supplier's contract promises begins when the incident is handed to it: the one of
    the register that was named, or what the group goes by. Without any nothing was promised."""
    on = day_of(at)
    found = _promised_in_register(contract, on) or contract_of(supplier, on)
    if found is not None:
        clocks.clocks_of(incident)
        clocks.start(incident, Kind.UC, at, agreement=found[1])


def _promised_in_register(number: str | None, on: date) -> tuple[str, AgreementInForce] | None:
    if not number or not number.isdecimal():
        return None
    contract = contract_named(number)
    agreement = agreements_of([contract]).get(contract.id)
    if agreement is None:
        return None
    word = f"{_LA if contract.agreement_id is None else _OWN}{agreement[0]}"
    found = contracts(on).get(word)
    return (word, found) if found else None


def leave(incident: Incident, at: datetime) -> None:
    """It leaves the supplier before it was solved: what is undecided is not measured any more, and
    the links that the supplier had open nothing."""
    running = clocks.clocks_of(incident)
    # What was exceeded by now stays exceeded.
    clocks.wind(incident, running, at)
    clocks.end_live(running, Kind.UC, at)
    gone = group_of_ids(incident.school_group_id, incident.la_group_id)
    supplier_links.revoke_of_group(incident, gone, at)


def _is_better(one: AgreementInForce, best: AgreementInForce, on: date) -> bool:
    """The newest version that has begun; before the first one, the first."""
    if one.valid_from <= on:
        return best.valid_from > on or one.valid_from > best.valid_from
    return best.valid_from > on and one.valid_from < best.valid_from
