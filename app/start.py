"""What every deployment begins with: the authority's name, the standard agreements, bank holidays.

Running it again changes nothing that is there.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from app import clock
from app.contracts.models import BankHoliday, LaAgreement, LaAgreementVersion
from app.contracts.rules import LA_STANDARD, OLA_STANDARD
from app.people.models import LaSupportGroup
from tenants import administering, db
from tenants.models import LocalAuthority

FIRST_YEAR, YEARS_AHEAD = 2021, 5

LA_GROUPS = (
    ("la-first-line", "LA first line", "la", 1),
    ("la-second-line", "LA second line", "la", 2),
)


def load_basics(name: str = "Local authority", la_code: int = 0) -> None:
    with administering("what every deployment begins with"):
        db.session.execute(
            insert(LocalAuthority).values(id=1, name=name, la_code=la_code).on_conflict_do_nothing()
        )
        for key, terms in (("la-standard", LA_STANDARD), ("desk-standard", OLA_STANDARD)):
            _agreement(key, dict(terms))
        for key, group, kind, line in LA_GROUPS:
            db.session.execute(
                insert(LaSupportGroup)
                .values(key=key, name=group, kind=kind, line=line, version=1)
                .on_conflict_do_nothing(index_elements=["key"])
            )
        _bank_holidays()
        db.session.commit()


def _agreement(key: str, terms: dict[str, object]) -> None:
    if db.session.scalar(select(LaAgreement.id).where(LaAgreement.key == key)):
        return
    agreement = LaAgreement(key=key, name=terms["name"], kind=terms["kind"], is_default=True)
    db.session.add(agreement)
    db.session.flush()
    db.session.add(
        LaAgreementVersion(
            agreement_id=agreement.id, number=1, valid_from=date(FIRST_YEAR, 1, 1), terms=terms
        )
    )
    db.session.flush()


def _bank_holidays() -> None:
    last = db.session.scalar(select(func.max(BankHoliday.on)))
    until = clock.today().year + YEARS_AHEAD
    if last is not None and last.year >= until:
        return
    import holidays  # 57 ms, and only needed here

    found = holidays.country_holidays("GB", subdiv="ENG", years=range(FIRST_YEAR, until + 1))
    rows = [{"on": on, "name": name} for on, name in found.items()]
    db.session.execute(insert(BankHoliday).on_conflict_do_nothing(), rows)
