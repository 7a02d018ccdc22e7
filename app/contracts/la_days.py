"""The LA's days: half terms by school year, and bank holidays. Only while administering."""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from sqlalchemy import delete, select

from app import clock
from app.contracts.changes import retime_every_school
from app.contracts.models import BankHoliday, LaTerm
from app.contracts.queries import forget_agreements
from app.errors import NotThere, Wrong, wrong
from app.history.actions import record_at_la
from app.people.identity import Me
from app.schools.rules import plain_date
from tenants import db

# Weekdays of a school year in England that are not bank holidays, INSET days among them.
USUAL_SCHOOL_DAYS = 195
_YEAR = re.compile(r"20[0-9]{2}-[0-9]{2}")

Term = tuple[str, date, date]


@dataclass(frozen=True)
class Year:
    name: str
    terms: tuple[Term, ...]
    school_days: int

    @property
    def is_usual(self) -> bool:
        return self.school_days == USUAL_SCHOOL_DAYS


def years() -> list[Year]:
    """Newest first."""
    found: dict[str, list[Term]] = {}
    for row in db.session.scalars(select(LaTerm).order_by(LaTerm.first_day)):
        found.setdefault(row.academic_year, []).append((row.name, row.first_day, row.last_day))
    closed = {one.on for one in bank_holidays()}
    return [_year(name, found[name], closed) for name in sorted(found, reverse=True)]


def year(name: str) -> Year:
    """One that has no terms yet is empty."""
    _begins(name)
    rows = db.session.scalars(
        select(LaTerm).where(LaTerm.academic_year == name).order_by(LaTerm.first_day)
    )
    terms = [(row.name, row.first_day, row.last_day) for row in rows]
    return _year(name, terms, {one.on for one in bank_holidays()})


def year_to_add() -> str:
    """The school year after the last one that has terms."""
    last = db.session.scalar(select(LaTerm.academic_year).order_by(LaTerm.academic_year.desc()))
    return _name_of(_begins(last).year + 1 if last else clock.today().year)


def shown_year(found: Year) -> dict[str, Any]:
    return {
        "academic_year": found.name,
        "terms": [
            {"name": name, "first_day": first.isoformat(), "last_day": last.isoformat()}
            for name, first, last in found.terms
        ],
        "school_days": found.school_days,
    }


def version_of(found: Year) -> int:
    """Made from what is there: two who read the same year may both begin with it."""
    return zlib.crc32(repr(found.terms).encode())


def keep_year(name: str, terms: Sequence[Term], *, by: Me) -> None:
    """All half terms of a school year anew. Raises Wrong."""
    _check(name, terms)
    before = year(name)
    if before.terms == tuple(sorted(terms, key=_first_day)):
        return
    db.session.execute(delete(LaTerm).where(LaTerm.academic_year == name))
    db.session.add_all(
        LaTerm(academic_year=name, name=called, first_day=first, last_day=last)
        for called, first, last in terms
    )
    db.session.flush()
    record_at_la(
        "terms.changed",
        f"School year {name}",
        at=clock.now(),
        by=by,
        from_value=_words(before.terms),
        to_value=_words(terms),
    )
    _timed_again(f"term dates of {name} were changed")


def bank_holidays() -> list[BankHoliday]:
    return list(db.session.scalars(select(BankHoliday).order_by(BankHoliday.on)))


def day_named(text: str) -> date:
    """A day in an address. Raises NotThere."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        raise NotThere from None
    if found.isoformat() != text:
        raise NotThere
    return found


def bank_holiday(on: date) -> BankHoliday:
    found = db.session.get(BankHoliday, on)
    if found is None:
        raise NotThere
    return found


def add_bank_holiday(on: date, name: str, *, by: Me) -> None:
    if db.session.get(BankHoliday, on) is not None:
        raise wrong("on", "That day is a bank holiday already")
    db.session.add(BankHoliday(on=on, name=name))
    db.session.flush()
    said = f"{name}, {plain_date(on)}"
    record_at_la("bank_holiday.added", said, at=clock.now(), by=by)
    _timed_again(f"{plain_date(on)} became a bank holiday")


def remove_bank_holiday(found: BankHoliday, *, by: Me) -> None:
    on, said = found.on, f"{found.name}, {plain_date(found.on)}"
    db.session.delete(found)
    db.session.flush()
    record_at_la("bank_holiday.removed", said, at=clock.now(), by=by)
    _timed_again(f"{plain_date(on)} is no bank holiday any more")


def note_years(added: Sequence[int]) -> None:
    """Deskbell itself has put in the bank holidays of these years."""
    for one in added:
        record_at_la("bank_holiday.added", f"Bank holidays of {one}", at=clock.now(), by=None)
    if added:
        _timed_again(f"the bank holidays of {', '.join(map(str, added))} became known")


def _timed_again(why: str) -> None:
    forget_agreements()
    retime_every_school(why=why)


def _check(name: str, terms: Sequence[Term]) -> None:
    begins = _begins(name)
    ends = date(begins.year + 1, 8, 31)
    names = [called for called, _, _ in terms]
    if not all(names):
        raise wrong("terms", "Give each half term a name, for example autumn 1.")
    if len(set(names)) < len(names):
        raise wrong("terms", "Give each half term a name of its own.")
    mistakes = [
        sentence
        for called, first, last in terms
        for sentence, is_wrong in (
            (f"The half term “{called}” ends before it begins.", last < first),
            (
                f"The half term “{called}” lies outside the school year {name}.",
                first < begins or last > ends,
            ),
        )
        if is_wrong
    ]
    in_order = sorted(terms, key=_first_day)
    mistakes += [
        f"The half terms “{one[0]}” and “{other[0]}” overlap."
        for one, other in pairwise(in_order)
        if other[1] <= one[2]
    ]
    if mistakes:
        raise Wrong({"terms": mistakes})


def _begins(name: str) -> date:
    """The first of September of a school year. Raises NotThere where there is no such year."""
    if not _YEAR.fullmatch(name) or _name_of(int(name[:4])) != name:
        raise NotThere
    return date(int(name[:4]), 9, 1)


def _name_of(begins: int) -> str:
    return f"{begins}-{(begins + 1) % 100:02}"


def _year(name: str, terms: Sequence[Term], closed: set[date]) -> Year:
    days = (
        first + timedelta(days=day)
        for _, first, last in terms
        for day in range((last - first).days + 1)
    )
    return Year(name, tuple(terms), sum(day.weekday() < 5 and day not in closed for day in days))


def _first_day(term: Term) -> date:
    return term[1]


def _words(terms: Sequence[Term]) -> str:
    return "; ".join(f"{name} {first} to {last}" for name, first, last in terms)
