"""Who and what uses a licence: allocated, ended, taken out. More than there are may be allocated;
what is missing is shown loudly, not refused."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, func, or_, select

from app import clock
from app.assets.models import Asset
from app.assets.rules import GONE
from app.errors import Refused, Wrong, wrong
from app.licences.models import Licence, LicenceAllocation
from app.licences.told import tell
from app.people.identity import Me
from app.people.models import Membership
from tenants import db

MOST = 2000
_SAID_BY_NAME = 20


class Known(NamedTuple):
    """What a list of allocations names, looked up in one statement each."""

    assets: dict[str, Any]  # by tag in small letters
    people: dict[str, int]  # a membership, where one person of the school is called so


def allocate(licence: Licence, said: Mapping[str, Any], *, by: Me) -> LicenceAllocation:
    """To one asset, one person, or so many at once."""
    there = _of(licence)
    made = _made(licence, said, _known([said]), by)
    _check_many(len(there) + 1)
    if _twice([*there, made]):
        raise Refused("It is allocated already in that time. End that first, or take it out.")
    made.number = _last_number(there) + 1
    db.session.add(made)
    _touch(licence)
    tell("licence.allocated", licence, by, to_value=_called([made]), note=made.note)
    return made


def replace_allocations(licence: Licence, wanted: Sequence[Mapping[str, Any]], *, by: Me) -> None:
    """The whole list as it is from now on: what stands in both stays, with its number."""
    _check_many(len(wanted))
    there = _of(licence)
    try:
        known = _known(wanted)
        made = [_made(licence, said, known, by) for said in wanted]
    except Wrong as mistake:
        raise wrong("allocations", mistake.sentence) from None
    if again := _twice(made):
        raise wrong("allocations", f"{_called([again])} is in the list twice for the same time.")
    left, new = _compared(there, made)
    if left:
        tell("licence.allocation_removed", licence, by, from_value=_called(left))
    for one in left:
        db.session.delete(one)
    for number, one in enumerate(new, _last_number(there) + 1):
        one.number = number
        db.session.add(one)
    if new:
        tell("licence.allocated", licence, by, to_value=_called(new))
    if left or new:
        _touch(licence)


def end_allocation(licence: Licence, one: LicenceAllocation, *, by: Me, on: date) -> None:
    """`on` is its last day."""
    if on < one.from_day:
        raise wrong("on", "The last day must not be before the first")
    if one.to_day is not None and one.to_day <= on:
        raise Refused("It has ended already.")
    one.to_day = on
    _touch(licence)
    tell("licence.allocation_ended", licence, by, from_value=_called([one]), to_value=str(on))


def remove_allocation(licence: Licence, one: LicenceAllocation, *, by: Me) -> None:
    """It was entered by mistake; one that was right is ended."""
    tell("licence.allocation_removed", licence, by, from_value=_called([one]))
    db.session.delete(one)
    _touch(licence)


def end_every_allocation(licence: Licence, *, by: Me) -> None:
    """From today on nobody uses it."""
    today = clock.today()
    ended = [one for one in _of(licence) if one.to_day is None or one.to_day >= today]
    if ended:
        tell("licence.allocation_ended", licence, by, from_value=_called(ended))
    for one in ended:
        end_before(one, today)


def end_before(one: LicenceAllocation, day: date) -> None:
    """On that day it no longer counts; what would have begun only then never was."""
    if one.from_day >= day:
        db.session.delete(one)
    else:
        one.to_day = day - timedelta(days=1)


def goes_on_after(day: date) -> ColumnElement[bool]:
    return or_(LicenceAllocation.to_day.is_(None), LicenceAllocation.to_day >= day)


def tag_of(asset_id: int) -> str | None:
    return db.session.scalar(select(Asset.tag).where(Asset.id == asset_id))


def _called(allocations: Sequence[LicenceAllocation]) -> str:
    """In words, the first of them by name."""
    shown = allocations[:_SAID_BY_NAME]
    ids = {one.asset_id for one in shown} - {None}
    rows = db.session.execute(select(Asset.id, Asset.tag).where(Asset.id.in_(ids))) if ids else ()
    tags: dict[int | None, str] = {row_id: tag for row_id, tag in rows}
    names = [
        one.person or (f"{one.count} at once" if one.count else tags.get(one.asset_id, "equipment"))
        for one in shown
    ]
    more = len(allocations) - len(shown)
    return ", ".join(names) + (f" and {more} more" if more else "")


def _of(licence: Licence) -> list[LicenceAllocation]:
    return list(
        db.session.scalars(
            select(LicenceAllocation)
            .where(LicenceAllocation.licence_id == licence.id)
            .order_by(LicenceAllocation.number)
        )
    )


def _made(licence: Licence, said: Mapping[str, Any], known: Known, by: Me) -> LicenceAllocation:
    """Raises Wrong. Without a first day it is used as long as the licence holds."""
    person = said.get("person")
    one = LicenceAllocation(
        school_id=licence.school_id,
        licence_id=licence.id,
        asset_id=_asset(said, known),
        person=person,
        membership_id=known.people.get(person.lower()) if person else None,
        count=said.get("count"),
        from_day=said.get("from_day") or licence.start,
        to_day=said.get("to_day"),
        note=said.get("note"),
        made_by=by.name,
    )
    if one.to_day is not None and one.to_day < one.from_day:
        raise wrong("to", "The last day must not be before the first")
    return one


def _asset(said: Mapping[str, Any], known: Known) -> int | None:
    tag = said.get("asset")
    if tag is None:
        return None
    found = known.assets.get(tag.lower())
    if found is None:
        raise wrong("asset", f"There is no equipment with the tag {tag}. Look at its label again.")
    has_ended = said.get("to_day") is not None and said["to_day"] < clock.today()
    if found.status in GONE and not has_ended:
        raise wrong("asset", f"{found.tag} is retired: it uses no licence any more.")
    return int(found.id)


def _known(wanted: Iterable[Mapping[str, Any]]) -> Known:
    tags = {said["asset"].lower() for said in wanted if said.get("asset")}
    names = {said["person"].lower() for said in wanted if said.get("person")}
    assets = select(Asset.id, Asset.tag, Asset.status).where(Asset.tag_key.in_(tags))
    called = func.lower(Membership.name)
    people = (
        select(called, func.min(Membership.id))
        .where(called.in_(names))
        .group_by(called)
        .having(func.count(Membership.person_id.distinct()) == 1)
    )
    return Known(
        {row.tag.lower(): row for row in (db.session.execute(assets) if tags else ())},
        {name: number for name, number in (db.session.execute(people) if names else ())},
    )


def _twice(allocations: Iterable[LicenceAllocation]) -> LicenceAllocation | None:
    """The first that uses it for the same equipment or person in the same time as one before it.
    Counts add up."""
    held: dict[Any, list[LicenceAllocation]] = defaultdict(list)
    for one in allocations:
        if one.count is not None:
            continue
        others = held[_holder(one)]
        if any(_at_one_time(one, other) for other in others):
            return one
        others.append(one)
    return None


def _at_one_time(one: LicenceAllocation, other: LicenceAllocation) -> bool:
    return one.from_day <= (other.to_day or date.max) and other.from_day <= (one.to_day or date.max)


def _holder(one: LicenceAllocation) -> tuple[Any, ...]:
    return one.asset_id, one.person.lower() if one.person is not None else None, one.count


def _compared(
    there: Iterable[LicenceAllocation], wanted: Iterable[LicenceAllocation]
) -> tuple[list[LicenceAllocation], list[LicenceAllocation]]:
    """Which of those there are left out, and which of the wanted are new."""
    kept: dict[Any, list[LicenceAllocation]] = defaultdict(list)
    for one in there:
        kept[(*_holder(one), one.from_day, one.to_day)].append(one)
    new = []
    for one in wanted:
        same = kept[(*_holder(one), one.from_day, one.to_day)]
        if same:
            same.pop(0)
        else:
            new.append(one)
    return [one for rest in kept.values() for one in rest], new


def _last_number(there: Iterable[LicenceAllocation]) -> int:
    return max((one.number for one in there), default=0)


def _check_many(many: int) -> None:
    if many > MOST:
        raise Wrong({"allocations": [f"Use a count instead of more than {MOST:,} entries."]})


def _touch(licence: Licence) -> None:
    """Its version goes up: what it is shown with is another."""
    licence.updated_at = clock.now()
