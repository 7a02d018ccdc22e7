"""From what is written in agreements, terms and a school's calendar to the calendars clocks run on.

Pure: rows come in as values.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from app.calendar_days import AnyCalendar, Calendar, Changing, Hours, the_same
from app.contracts.rules import AgreementTerms

Terms = tuple[tuple[date, date], ...]


@dataclass(frozen=True)
class LaDays:
    """What the LA keeps for every school."""

    bank_holidays: frozenset[date] = frozenset()
    terms: Terms = ()


@dataclass(frozen=True)
class SchoolDays:
    """A school's own calendar; `terms` None: the LA's."""

    week: tuple[tuple[Hours, ...], ...]  # its openings, breaks taken out
    terms: Terms | None = None
    inset_days: frozenset[date] = frozenset()
    closures: frozenset[date] = frozenset()


def access_hours(school: SchoolDays, la: LaDays) -> Calendar:
    """When somebody who comes is let in. Where no terms are known at all, all year."""
    terms = la.terms if school.terms is None else school.terms
    return Calendar(
        week=school.week,
        bank_holidays=la.bank_holidays,
        closures=school.closures,
        inset_days=school.inset_days,
        terms=terms or None,
        is_school=True,
    )


def hours_on_days(
    versions: Sequence[tuple[date, AgreementTerms]], school: SchoolDays | None, la: LaDays
) -> AnyCalendar:
    """An agreement's hours: of each day those of the version in force on that day."""
    since = tuple(
        (valid_from, hours_of(terms, school, la)) for valid_from, terms in sorted(versions, key=_by)
    )
    same = all(hours == since[0][1] for _, hours in since)
    return the_same(since[0][1] if same else Changing(since))


def hours_of(terms: AgreementTerms, school: SchoolDays | None, la: LaDays) -> Calendar:
    """One version's hours. Where it keeps to term time, the school's INSET days and closures are
    closed too."""
    if not terms.is_term_time_only or school is None:
        return terms.calendar(la.bank_holidays, school_terms=la.terms)
    found = terms.calendar(
        la.bank_holidays,
        school_terms=la.terms if school.terms is None else school.terms,
        closures=school.closures,
    )
    return replace(found, inset_days=school.inset_days)


def _by(version: tuple[date, AgreementTerms]) -> date:
    return version[0]
