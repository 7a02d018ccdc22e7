"""Opening one contract to read it; LA staff from outside leave an access record."""

from __future__ import annotations

from app import clock
from app.contracts.contract_queries import get_contract
from app.contracts.register import Contract
from app.files.papers import Owner
from app.history.actions import record_access
from app.people.identity import Me


def open_to_read(person: Me, number: int) -> Contract:
    contract = get_contract(person, number)
    if person.is_from_outside:
        record_access(f"Contract {number}", "read as LA staff", at=clock.now(), by=person)
    return contract


def open_list(person: Me) -> None:
    """A list shows names and prices, so looking at it is recorded too."""
    if person.is_from_outside:
        record_access("Contracts", "read as LA staff", at=clock.now(), by=person)


def owner_of_files(person: Me, number: int, *, to_change: bool = False) -> Owner:
    contract = (
        get_contract(person, number, to_change=True) if to_change else open_to_read(person, number)
    )
    return Owner("contract", contract.id, contract.version, contract.name)
