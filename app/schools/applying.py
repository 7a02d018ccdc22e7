"""Turn the changes of a comparison into rows: schools opened, corrected, closed, carried on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from app import clock
from app.schools import queries
from app.schools.comparison import Change, Kind
from app.schools.register_file import EstablishmentRow
from app.schools.rules import UNKNOWN_DATE, State, propose_code, slug
from tenants import School, SchoolIdentifier, db

_OF_THE_SCHOOL = (
    "name",
    "phase",
    "establishment_type_group",
    "number_of_pupils",
    "pupils_as_at",
    "address",
    "postcode",
    "website",
)
_OF_THE_URN = ("la_code", "establishment_number", "ukprn")


@dataclass(frozen=True)
class SchoolEvent:
    """What is to be written into the school's own history."""

    school_id: int
    kind: str
    from_value: str | None = None
    to_value: str | None = None
    note: str | None = None
    fields: dict[str, tuple[Any, Any]] = field(default_factory=dict)


class Applying:
    """One run. Everything is read once at its beginning."""

    def __init__(self, at: datetime) -> None:
        self._at = at
        self._today = at.astimezone(clock.LONDON).date()
        self._schools = {school.id: school for school in db.session.scalars(select(School))}
        self._current: dict[int, SchoolIdentifier] = {}
        self._by_urn: dict[int, int] = {}
        for identifier in queries.all_identifiers():
            self._keep(identifier)

    def all(self, changes: Iterable[Change]) -> list[SchoolEvent]:
        changes = tuple(changes)
        events = self._open([change for change in changes if change.kind is Kind.ADDED])
        for change in changes:
            if change.kind is Kind.CHANGED:
                events.append(self._correct(change))
            elif change.kind is Kind.CLOSED:
                events.append(self._close(change))
            elif change.kind is Kind.SUCCESSOR_KNOWN:
                events.append(self._carry_on(change))
        db.session.flush()
        return events

    def _open(self, changes: list[Change]) -> list[SchoolEvent]:
        """New schools, all in two statements: the rows first, since identifiers need their ids."""
        codes = {school.code for school in self._schools.values()}
        slugs = {school.slug for school in self._schools.values()}
        opened = []
        for row in (change.row for change in changes if change.row):
            school = self._new_school(row, slug(row.name, row.urn, slugs), codes)
            codes.add(school.code)
            slugs.add(school.slug)
            opened.append((school, row))
        db.session.add_all([school for school, _ in opened])
        db.session.flush()
        for school, row in opened:
            self._schools[school.id] = school
            self._add_identifier(
                school,
                row.urn,
                row.opened_on or UNKNOWN_DATE,
                None if row.is_open else self._closing_day(row.closed_on, row.opened_on),
                {key: getattr(row, key) for key in _OF_THE_URN},
            )
        db.session.flush()
        return [
            SchoolEvent(school.id, "school.added", to_value=school.name, note=f"URN {row.urn}")
            for school, row in opened
        ]

    def _new_school(self, row: EstablishmentRow, its_slug: str, codes: set[str]) -> School:
        is_open = row.is_open
        return School(
            slug=its_slug,
            code=propose_code(row.name, codes),
            status=State.INVITED if is_open else State.LEFT,
            left_on=None if is_open else self._closing_day(row.closed_on, row.opened_on),
            **{key: getattr(row, key) for key in _OF_THE_SCHOOL},
        )

    def _correct(self, change: Change) -> SchoolEvent:
        school, current = self._school(change)
        self._learn(school, current, change)
        if any(one.field == "closed_on" for one in change.fields):
            current.valid_to = None
        return SchoolEvent(
            school.id, "school.changed", note=change.fields_in_words, fields=_pairs(change)
        )

    def _close(self, change: Change) -> SchoolEvent:
        """The register closed it. Its state here is for the LA's administrator to move."""
        school, current = self._school(change)
        current.valid_to = self._closing_day(change.on, current.valid_from)
        return SchoolEvent(
            school.id,
            "school.closed_in_register",
            from_value=str(change.urn),
            note=f"Closed on {current.valid_to.isoformat()}",
        )

    def _carry_on(self, change: Change) -> SchoolEvent:
        """An academy conversion: one URN ends, the next begins, the school and its history stay."""
        assert change.to_urn is not None
        school, old = self._school(change)
        day = self._closing_day(change.on, old.valid_from)
        old.valid_to = old.valid_to or day
        # The end must be in the database before the next begins: one open row to a school.
        db.session.flush()
        new = self._add_identifier(school, change.to_urn, day, None, {"la_code": old.la_code})
        self._learn(school, new, change)
        db.session.flush()
        return SchoolEvent(
            school.id,
            "school.urn_changed",
            from_value=str(change.urn),
            to_value=str(change.to_urn),
            note=change.fields_in_words or None,
            fields=_pairs(change),
        )

    def _learn(self, school: School, current: SchoolIdentifier, change: Change) -> None:
        for one in change.fields:
            if one.field in _OF_THE_SCHOOL:
                setattr(school, one.field, one.new)
            elif one.field in _OF_THE_URN:
                setattr(current, one.field, one.new)
            if one.field == "number_of_pupils":
                school.pupils_invented = False
        school.updated_at = self._at

    def _school(self, change: Change) -> tuple[School, SchoolIdentifier]:
        school = self._schools[self._by_urn[change.urn]]
        return school, self._current[school.id]

    def _keep(self, identifier: SchoolIdentifier) -> None:
        """Called with the current identifier of a school last."""
        self._by_urn[identifier.urn] = identifier.school_id
        self._current[identifier.school_id] = identifier

    def _add_identifier(
        self, school: School, urn: int, begins: date, ends: date | None, more: dict[str, Any]
    ) -> SchoolIdentifier:
        identifier = SchoolIdentifier(
            school_id=school.id, urn=urn, valid_from=begins, valid_to=ends, **more
        )
        db.session.add(identifier)
        self._keep(identifier)
        return identifier

    def _closing_day(self, day: date | None, not_before: date | None) -> date:
        """The register leaves some days out, and a few schools close before they open."""
        return max(day or self._today, not_before or UNKNOWN_DATE)


def _pairs(change: Change) -> dict[str, tuple[Any, Any]]:
    return {one.field: (one.old, one.new) for one in change.fields}
