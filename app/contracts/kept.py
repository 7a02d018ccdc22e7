"""What each process keeps of agreements and calendars, and how it notices that they changed.

Nearly every step of an incident asks for them and they hardly ever change. So they are kept, and
once a transaction a stamp is compared: made from the rows themselves, it differs after any change
in any process, and nobody has to remember to say that something changed.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Integer,
    Select,
    String,
    bindparam,
    func,
    select,
)

from app.calendar_days import Calendar
from app.contracts.calendars import LaDays, SchoolDays, access_hours, hours_on_days
from app.contracts.models import (
    Agreement,
    AgreementChoice,
    AgreementVersion,
    BankHoliday,
    LaAgreement,
    LaAgreementVersion,
    LaTerm,
    SchoolCalendar,
)
from app.contracts.rules import AgreementTerms, Kind, pack_from_json
from app.contracts.school_calendar import USUAL_CALENDAR, days_of
from tenants import db
from tenants.context import AUTHORITY, SCHOOL, current_binding

_KEPT_SECONDS = 30.0
_MOST_SCHOOLS = 512
# A page that only shows may be so far behind what another process has just changed.
_TRUSTED_SECONDS = 2.0
_SEEN, _SEEN_LA = "agreements seen", "agreements seen of the LA"
_CHANGING = "agreements changing"
# The threads of a process share what is kept.
_KEEPING = threading.Lock()

# Counts rows and adds up who wrote them (migrations, 0009): it differs after every change.
_STAMP = select(func.agreements_stamp(bindparam("school", type_=Integer), type_=String))


@dataclass(frozen=True)
class Version:
    """One version of an agreement, the LA's or a school's own."""

    id: int
    agreement_id: int
    is_own: bool
    key: str
    name: str
    kind: Kind
    valid_from: date
    terms: AgreementTerms
    is_default: bool = False
    state: str = "active"
    ended_on: date | None = None


@dataclass(frozen=True)
class Choice:
    kind: Kind
    valid_from: date
    agreement_id: int | None
    la_agreement_id: int | None


@dataclass(frozen=True)
class La:
    versions: tuple[Version, ...]
    days: LaDays


@dataclass
class Here:
    """Everything about agreements as one school sees it; without a school, as the LA does."""

    stamp: str
    until: float
    la: La
    own: tuple[Version, ...] = ()
    choices: tuple[Choice, ...] = ()
    days: SchoolDays | None = None
    made: dict[tuple[bool, int], Any] = field(default_factory=dict)
    compared: float = field(default_factory=time.monotonic)

    @property
    def versions(self) -> tuple[Version, ...]:
        return self.own + self.la.versions

    @property
    def access(self) -> Calendar | None:
        return None if self.days is None else access_hours(self.days, self.la.days)

    def hours(self, version: Version) -> Any:
        """The hours of its agreement, whichever version is in force on a day."""
        family = [
            (one.valid_from, one.terms)
            for one in (self.own if version.is_own else self.la.versions)
            if one.agreement_id == version.agreement_id
        ]
        return hours_on_days(family, self.days, self.la.days)


class _Kept:
    generation = 0
    schools: OrderedDict[int | None, Here] = OrderedDict()
    la: tuple[str, float, La] | None = None


def forget() -> None:
    """In this process only, and also within the transaction that runs."""
    with _KEEPING:
        _Kept.generation += 1
        _Kept.schools.clear()
        _Kept.la = None
    with suppress(RuntimeError):  # outside of any request or job there is no session
        if db.session.registry.has():
            session = db.session()
            session.info[_CHANGING] = session.get_transaction()
            session.info.pop(_SEEN_LA, None)


def here(school_id: int | None = None) -> Here:
    """As the school acted in sees it, or the one named where the LA reads across schools."""
    school_id = _seen_from(school_id)
    seen = _seen()
    if school_id not in seen:
        seen[school_id] = _fresh(school_id, _ask(school_id))
    return seen[school_id]


def stamp_column() -> ColumnElement[str]:
    """The stamp as a column of a statement that is made anyway, with a parameter `school`; what
    comes back goes to `saw`. In a subquery, so that it is not asked for again with each row."""
    return _STAMP.scalar_subquery().label("stamp")


def saw(school_id: int, stamp: str) -> None:
    """The stamp came with another statement, which spares one."""
    seen = _seen()
    if school_id not in seen:
        seen[school_id] = _fresh(school_id, stamp)


def look_at(school_ids: Sequence[int]) -> None:
    """Compare those of many schools in one statement, for whoever reads across schools."""
    schools = func.unnest(bindparam("schools", list(school_ids), type_=ARRAY(Integer)))
    of = schools.column_valued("school")
    stamps = select(of, func.agreements_stamp(of, type_=String))
    for school_id, stamp in db.session.connection().execute(stamps).all():
        saw(school_id, stamp)


def look_again(school_id: int | None) -> Here:
    """What this transaction has compared is behind the row it has just read: read both anew."""
    _seen().pop(_seen_from(school_id), None)
    return here(school_id)


def _seen_from(school_id: int | None) -> int | None:
    binding = current_binding()
    if binding is None or binding.role not in (SCHOOL, AUTHORITY):
        return None
    return binding.school_id if school_id is None else school_id


def is_recent(school_id: int) -> bool:
    """Whether it was compared so lately that what is only shown need not ask again."""
    found = _Kept.schools.get(school_id)
    if found is None or time.monotonic() - found.compared > _TRUSTED_SECONDS:
        return False
    _seen().setdefault(school_id, found)
    return True


def _seen() -> dict[int | None, Here]:
    """What this transaction has compared already: it sees one state from then on."""
    session = db.session()
    transaction = session.get_transaction() or session.begin()
    found = session.info.get(_SEEN)
    if found is None or found[0] is not transaction or found[1] != _Kept.generation:
        found = (transaction, _Kept.generation, {})
        session.info[_SEEN] = found
    seen: dict[int | None, Here] = found[2]
    return seen


def _ask(school_id: int | None) -> str:
    return str(db.session.connection().execute(_STAMP, {"school": school_id}).scalar_one())


def _fresh(school_id: int | None, stamp: str) -> Here:
    kept = _Kept.schools.get(school_id)
    if kept is not None and kept.stamp == stamp and time.monotonic() < kept.until:
        kept.compared = time.monotonic()
        return kept
    until = time.monotonic() + _KEPT_SECONDS
    la = _la(stamp.split("|")[0], until)
    found = Here(stamp, until, la) if school_id is None else _load_school(school_id, stamp, la)
    if _is_changing():
        return found
    with _KEEPING:
        _Kept.schools[school_id] = found
        _Kept.schools.move_to_end(school_id)
        while len(_Kept.schools) > _MOST_SCHOOLS:
            _Kept.schools.popitem(last=False)
    return found


def _is_changing() -> bool:
    """What this transaction has changed itself is nobody else's before it commits."""
    changing = db.session.info.get(_CHANGING)
    return changing is not None and changing is db.session().get_transaction()


def _la(stamp: str, until: float) -> La:
    kept = db.session.info.get(_SEEN_LA) if _is_changing() else _Kept.la
    if kept is not None and kept[0] == stamp and time.monotonic() < kept[1]:
        la: La = kept[2]
        return la
    holidays = frozenset(db.session.scalars(select(BankHoliday.on)))
    days = select(LaTerm.first_day, LaTerm.last_day).order_by(LaTerm.first_day)
    terms = tuple((first, last) for first, last in db.session.execute(days))
    rows = db.session.execute(_LA_VERSIONS).all()
    la = La(tuple(_version(row, is_own=False) for row in rows), LaDays(holidays, terms))
    if _is_changing():
        db.session.info[_SEEN_LA] = (stamp, until, la)
    else:
        _Kept.la = (stamp, until, la)
    return la


def _load_school(school_id: int, stamp: str, la: La) -> Here:
    """Only what there is: most schools have nothing of their own."""
    agreements, _, choices, calendars = (
        int(part.split(".")[0]) for part in stamp.split("|")[1].split(" ")
    )
    own: tuple[Version, ...] = ()
    chosen: tuple[Choice, ...] = ()
    days = _USUAL
    if agreements:
        rows = db.session.execute(_OWN_VERSIONS, {"school": school_id}).all()
        own = tuple(_version(row, is_own=True) for row in rows)
    if choices:
        chosen = tuple(
            Choice(Kind(row.kind), row.valid_from, row.agreement_id, row.la_agreement_id)
            for row in db.session.execute(_CHOICES, {"school": school_id})
        )
    if calendars:
        row = db.session.execute(_CALENDAR, {"school": school_id}).one()
        days = days_of(row._asdict())
    return Here(stamp, time.monotonic() + _KEPT_SECONDS, la, own, chosen, days)


def _version(row: Any, *, is_own: bool) -> Version:
    return Version(
        **{**row._asdict(), "kind": Kind(row.kind), "terms": pack_from_json(row.terms)},
        is_own=is_own,
    )


_USUAL = days_of(USUAL_CALENDAR)

_LA_VERSIONS: Select[Any] = (
    select(
        LaAgreementVersion.id,
        LaAgreementVersion.agreement_id,
        LaAgreementVersion.valid_from,
        LaAgreementVersion.terms,
        LaAgreement.key,
        LaAgreement.name,
        LaAgreement.kind,
        LaAgreement.is_default,
    )
    .join(LaAgreement, LaAgreement.id == LaAgreementVersion.agreement_id)
    .order_by(LaAgreementVersion.id)
)
_OWN_VERSIONS: Select[Any] = (
    select(
        AgreementVersion.id,
        AgreementVersion.agreement_id,
        AgreementVersion.valid_from,
        AgreementVersion.terms,
        Agreement.key,
        Agreement.name,
        Agreement.kind,
        Agreement.state,
        Agreement.ended_on,
    )
    .join(
        Agreement,
        (Agreement.school_id == AgreementVersion.school_id)
        & (Agreement.id == AgreementVersion.agreement_id),
    )
    .where(AgreementVersion.school_id == bindparam("school"))
    .order_by(AgreementVersion.id)
)
_CHOICES = select(
    AgreementChoice.kind,
    AgreementChoice.valid_from,
    AgreementChoice.agreement_id,
    AgreementChoice.la_agreement_id,
).where(AgreementChoice.school_id == bindparam("school"))
_CALENDAR = select(
    SchoolCalendar.opening,
    SchoolCalendar.breaks,
    SchoolCalendar.terms,
    SchoolCalendar.inset_days,
    SchoolCalendar.closures,
).where(SchoolCalendar.school_id == bindparam("school"))
