"""What every deployment begins with: the authority's name, the standard agreements, bank
holidays, term dates.

Running it again changes nothing that is there.
"""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from app import clock
from app.contracts.models import BankHoliday, LaAgreement, LaAgreementVersion, LaTerm
from app.contracts.presets import EXAMPLES
from app.contracts.rules import LA_STANDARD, OLA_STANDARD
from app.incidents.checklists import ship_examples
from app.people.models import LaSupportGroup
from tenants import administering, db
from tenants.models import LocalAuthority

FIRST_YEAR, YEARS_AHEAD = 2021, 5
TERMS = Path(__file__).parent / "contracts" / "data" / "term_dates.csv"

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
        for key, terms in EXAMPLES.items():
            _agreement(key, terms, is_example=True)
        for key, group, kind, line in LA_GROUPS:
            db.session.execute(
                insert(LaSupportGroup)
                .values(key=key, name=group, kind=kind, line=line, version=1)
                .on_conflict_do_nothing(index_elements=["key"])
            )
        add_bank_holidays()
        ship_examples()
        _terms()
        db.session.commit()


def _agreement(key: str, terms: dict[str, object], *, is_example: bool = False) -> None:
    if db.session.scalar(select(LaAgreement.id).where(LaAgreement.key == key)):
        return
    agreement = LaAgreement(
        key=key,
        name=terms["name"],
        kind=terms["kind"],
        is_default=not is_example,
        is_example=is_example,
    )
    db.session.add(agreement)
    db.session.flush()
    db.session.add(
        LaAgreementVersion(
            agreement_id=agreement.id, number=1, valid_from=date(FIRST_YEAR, 1, 1), terms=terms
        )
    )
    db.session.flush()


def add_bank_holidays() -> list[int]:
    """England's, some years ahead, and which years are new. A year that has any is the LA
    administrator's: what was taken out of it does not come back."""
    found = select(func.extract("year", BankHoliday.on)).distinct()
    there = {int(year) for year in db.session.scalars(found)}
    years = set(range(FIRST_YEAR, clock.today().year + YEARS_AHEAD + 1)) - there
    if not years:
        return []
    import holidays  # 57 ms, and only needed here

    found_days = holidays.country_holidays("GB", subdiv="ENG", years=years, language="en_GB")
    # A substitute day may fall into the next year, which is asked for by itself.
    rows = [{"on": on, "name": name} for on, name in found_days.items() if on.year in years]
    db.session.execute(insert(BankHoliday).on_conflict_do_nothing(), rows)
    return sorted(years)


def _terms() -> None:
    """Dates to begin with, each with its source (app/contracts/data/README.md)."""
    if db.session.scalar(select(LaTerm.id).limit(1)):
        return
    with TERMS.open(encoding="utf-8", newline="") as lines:
        rows = [
            {
                "academic_year": row["academic_year"],
                "name": row["half_term"],
                "first_day": date.fromisoformat(row["first_day"]),
                "last_day": date.fromisoformat(row["last_day"]),
            }
            for row in csv.DictReader(lines)
        ]
    db.session.execute(insert(LaTerm), rows)
