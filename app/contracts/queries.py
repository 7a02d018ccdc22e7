"""Which agreement holds on a day, and the calendars that its clocks run on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from app.calendar_days import AnyCalendar, Both, the_same
from app.contracts import kept
from app.contracts.kept import Choice, Here, Version
from app.contracts.rules import AgreementTerms, Kind, Metric


@dataclass(frozen=True)
class AgreementInForce:
    """One version of an agreement as it holds in a school: the LA's, or the school's own."""

    la_version_id: int | None
    own_version_id: int | None
    agreement_id: int
    key: str
    name: str
    kind: Kind
    is_default: bool
    valid_from: date
    terms: AgreementTerms
    # The provider's hours: of each day those of the version in force on that day.
    calendar: AnyCalendar
    # When the school lets somebody in; None where no school is acted in.
    school_hours: AnyCalendar | None

    @property
    def version_id(self) -> int:
        found = self.la_version_id if self.own_version_id is None else self.own_version_id
        assert found is not None
        return found

    def calendar_for(self, metric: Metric) -> AnyCalendar:
        """The hours a metric counts: for somebody to be there, the school must be open too [N1]."""
        is_shared = metric is Metric.ON_SITE and self.terms.on_site_needs_school_open
        if not is_shared or self.school_hours is None:
            return self.calendar
        return the_same(Both(self.calendar, self.school_hours))


class _OfAClock(Protocol):
    """A row of clocks, or its columns."""

    @property
    def la_agreement_version_id(self) -> int | None: ...
    @property
    def agreement_version_id(self) -> int | None: ...


def forget_agreements() -> None:
    """After an agreement or calendar was changed in this very transaction; every other one
    notices by itself."""
    kept.forget()


def agreement_in_force(kind: Kind, on: date, school_id: int | None = None) -> AgreementInForce:
    """What the school goes by, the one acted in or the one named where the LA reads across schools:
    its own choice, else the LA's default. Raises LookupError when none was set up."""
    here = kept.here(school_id)
    family = _chosen(here, kind, on) or [
        one for one in here.la.versions if one.kind == kind and one.is_default
    ]
    return _made(here, _newest(family, on, kind.value))


def agreement_by_key(key: str, on: date) -> AgreementInForce:
    """A school's own or the LA's. Raises LookupError when there is no such agreement."""
    here = kept.here()
    own = [one for one in here.own if one.key == key]
    return _made(here, _newest(own or [one for one in here.la.versions if one.key == key], on, key))


def agreement_of(clock: _OfAClock, school_id: int | None = None) -> AgreementInForce:
    """The version a clock began with. Where the LA reads across schools, say whose clock it is."""
    here = kept.here(school_id)
    found = _version_of(here, clock)
    if found is None:
        # Made by another process since this transaction, or a page shortly before, compared.
        here = kept.look_again(school_id)
        found = _version_of(here, clock)
    if found is None:
        raise LookupError("No such version of an agreement.")
    return _made(here, found)


def _version_of(here: Here, clock: _OfAClock) -> Version | None:
    is_own = clock.agreement_version_id is not None
    wanted = clock.agreement_version_id if is_own else clock.la_agreement_version_id
    versions = here.own if is_own else here.la.versions
    return next((one for one in versions if one.id == wanted), None)


def every_agreement(on: date) -> list[AgreementInForce]:
    """Every version of every agreement that holds on that day, the school's own first: none that
    nobody has signed, and none that has ended by then."""
    here = kept.here()
    return [_made(here, one) for one in here.versions if _holds(one, on)]


def _chosen(here: Here, kind: Kind, on: date) -> Sequence[Version]:
    """The versions of what was chosen last by that day, if it can be gone by."""
    begun = [one for one in here.choices if one.kind == kind and one.valid_from <= on]
    for choice in sorted(begun, key=lambda one: one.valid_from, reverse=True)[:1]:
        return [one for one in here.versions if _is_of(one, choice) and _holds(one, on)]
    return []


def _is_of(version: Version, choice: Choice) -> bool:
    wanted = choice.agreement_id if version.is_own else choice.la_agreement_id
    return version.agreement_id == wanted


def _holds(version: Version, on: date) -> bool:
    if version.state == "ended":
        return version.ended_on is not None and on < version.ended_on
    return version.state == "active"


def _newest(found: Sequence[Version], on: date, name: str) -> Version:
    """The version in force on a day; before the first one, the first."""
    if not found:
        raise LookupError(f"No agreement {name!r} was set up.")
    begun = [one for one in found if one.valid_from <= on]
    if not begun:
        return min(found, key=lambda one: one.valid_from)
    return max(begun, key=lambda one: one.valid_from)


def _made(here: Here, one: Version) -> AgreementInForce:
    """Made once for all that ask while nothing changes."""
    found: Any = here.made.get((one.is_own, one.id))
    if found is None:
        found = here.made[one.is_own, one.id] = AgreementInForce(
            la_version_id=None if one.is_own else one.id,
            own_version_id=one.id if one.is_own else None,
            agreement_id=one.agreement_id,
            key=one.key,
            name=one.name,
            kind=one.kind,
            is_default=one.is_default,
            valid_from=one.valid_from,
            terms=one.terms,
            calendar=here.hours(one),
            school_hours=here.access,
        )
    assert isinstance(found, AgreementInForce)
    return found
