"""The asset register of the school acted in: one by its tag, pages of it, what stands around it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Select,
    and_,
    any_,
    false,
    func,
    or_,
    select,
    true,
)
from sqlalchemy.orm import aliased

from app import clock
from app.assets import rules
from app.assets.models import Asset, AssetLoan, AssetWord
from app.contracts.register import Contract
from app.errors import NotThere, wrong
from app.keyset import Page, page_of
from app.locations.models import Location
from app.people.groups import membership_by_email
from app.people.models import Membership
from app.suppliers.models import Supplier
from tenants import current_school_id, db

BY_TAG = Asset.tag_key
_MOST_NAMES = 300
_LAST_CHARACTER = "\U0010ffff"
_MOST_IN_ROOM = 100
# A word that fewer have is rare.
_RARE = 1000


class Around(NamedTuple):
    """What a page of assets names: rooms, suppliers and contracts by their ids."""

    rooms: dict[int, Location]
    suppliers: dict[int, Supplier]
    contracts: dict[int, Contract]
    loans: dict[int, AssetLoan]


def get_asset(tag: str, *, to_change: bool = False) -> Asset:
    wanted = select(Asset).where(Asset.tag_key == tag.lower())
    found = db.session.scalar(wanted.with_for_update() if to_change else wanted)
    if found is None:
        raise NotThere
    return found


def asset_for(tag: str | None) -> Asset | None:
    """The equipment that a sheet names. Raises Wrong for what is not the school's, or is gone."""
    if not tag:
        return None
    found = db.session.scalar(select(Asset).where(Asset.tag_key == tag.strip().lower()))
    if found is None:
        raise wrong("asset", "There is no equipment with this tag. Look at its label again.")
    if found.status == "disposed":
        raise wrong("asset", f"{found.tag} has been disposed of. Look at the label again.")
    return found


def page_of_assets(filters: Mapping[str, Any], after: list[Any] | None, limit: int) -> Page:
    """By tag. Selective filters go by their index; the words through asset_words."""
    wanted = select(Asset).where(*(_MEANINGS[name](filters[name]) for name in _asked(filters)))
    return page_of(wanted, (BY_TAG,), lambda one: [one.tag.lower()], after=after, limit=limit)


def around(found: Sequence[Asset]) -> Around:
    """Four statements for a page at most, and none for what nothing on it names."""
    lent = {one.id for one in found if one.status == "on_loan"}
    open_loans = select(AssetLoan).where(
        AssetLoan.asset_id.in_(lent), AssetLoan.returned_at.is_(None)
    )
    return Around(
        _by_id(Location, (one.location_id for one in found)),
        _by_id(Supplier, (one.supplier_id for one in found)),
        _by_id(Contract, (one.contract_id for one in found)),
        {one.asset_id: one for one in db.session.scalars(open_loans)} if lent else {},
    )


def _by_id(model: Any, ids: Iterable[int | None]) -> dict[int, Any]:
    wanted = {one for one in ids if one is not None}
    if not wanted:
        return {}
    return {one.id: one for one in db.session.scalars(select(model).where(model.id.in_(wanted)))}


def open_loan(asset: Asset) -> AssetLoan | None:
    return db.session.scalar(
        select(AssetLoan).where(AssetLoan.asset_id == asset.id, AssetLoan.returned_at.is_(None))
    )


def tags_in_room(room: str | None) -> list[tuple[str, str]]:
    """(tag, what it is) of what stands in the room with this key, for whoever reports."""
    if not room:
        return []
    rows = db.session.execute(
        select(Asset.tag, Asset.type, Asset.make, Asset.model)
        .join(
            Location,
            (Location.school_id == Asset.school_id) & (Location.id == Asset.location_id),
        )
        .where(Location.key == room, Asset.status.not_in(rules.GONE))
        .order_by(BY_TAG)
        .limit(_MOST_IN_ROOM)
    )
    return [(row.tag, described(row)) for row in rows]


def described(asset: Any) -> str:
    """“Laptop, Dell Latitude 3540”: what a person calls it."""
    named = " ".join(part for part in (asset.make, asset.model) if part)
    return ", ".join(part for part in (rules.TYPES.get(asset.type, asset.type), named) if part)


def people_names() -> list[str]:
    """Of the school, for a box to offer; any other name may be typed too."""
    today = clock.today()
    wanted = (
        select(Membership.name)
        .where(
            Membership.valid_from <= today,
            or_(Membership.valid_to.is_(None), Membership.valid_to >= today),
        )
        .distinct()
        .order_by(Membership.name)
        .limit(_MOST_NAMES)
    )
    return list(db.session.scalars(wanted))


def person_named(name: str) -> tuple[int, str] | None:
    """(membership, name) where exactly one person of the school is called so."""
    today = clock.today()
    rows = db.session.execute(
        select(Membership.person_id, func.min(Membership.id), func.min(Membership.name))
        .where(
            func.lower(Membership.name) == name.lower(),
            Membership.valid_from <= today,
            or_(Membership.valid_to.is_(None), Membership.valid_to >= today),
        )
        .group_by(Membership.person_id)
        .limit(2)
    ).all()
    return (rows[0][1], rows[0][2]) if len(rows) == 1 else None


def with_names(said: dict[str, Any], field: str) -> dict[str, Any]:
    """Where somebody is given by e-mail address, their name instead. Before any row is read that
    is to be changed: the front door is asked, which leaves the school for a moment."""
    given = said.get(field)
    if not given or "@" not in given:
        return said
    found = membership_by_email(given)
    if found is None:
        raise wrong(field, "Nobody of this school has this address. Write a name instead.")
    return {**said, field: found[1]}


def found_person(name: str | None) -> tuple[int | None, str | None]:
    """(membership, name): one of the school's people where it is one, else the name alone."""
    return (person_named(name) or (None, name)) if name else (None, None)


# --- what the list can be narrowed to ---


def _asked(filters: Mapping[str, Any]) -> list[str]:
    return [name for name in sorted(filters) if name in _MEANINGS and filters[name] is not None]


def rooms_inside(key: str) -> list[int]:
    """The room with this key and every room in it, however deep."""
    top = select(Location.id).where(Location.key == key).cte("inside", recursive=True)
    inner = aliased(Location)
    whole = top.union(select(inner.id).where(inner.parent_id == top.c.id))
    return list(db.session.scalars(select(whole.c.id)))


def _in_room(key: str) -> ColumnElement[bool]:
    rooms = rooms_inside(key)
    return Asset.location_id.in_(rooms) if rooms else false()


def _with_words(text: str) -> ColumnElement[bool]:
    """Each word begins one of the asset's words. Of several the rarest is looked for, and the
    others only among what it found: half of a school's equipment may be of one make."""
    words = list(dict.fromkeys(rules.words_in(text)))
    if len(words) < 2:
        return Asset.id.in_(_with_word(words[0])) if words else false()
    counts = dict(zip(words, db.session.execute(select(*map(_how_many, words))).one(), strict=True))
    rarest, *others = sorted(words, key=counts.__getitem__)
    if counts[rarest] >= _RARE:
        return and_(*(Asset.id.in_(_with_word(word)) for word in words))
    # As arrays, which PostgreSQL goes through an index with once, from the first id to the last.
    found = _array_of(_with_word(rarest))
    for word in others:
        found = _array_of(_with_word(word).where(AssetWord.asset_id == any_(found)))
    among: ColumnElement[bool] = Asset.id == any_(found)
    return among


def _how_many(word: str) -> Any:
    """With this word; counted no further than it is rare."""
    some = _with_word(word).limit(_RARE).subquery()
    return select(func.count()).select_from(some).scalar_subquery()


def _array_of(ids: Select[Any]) -> Any:
    return func.array(ids.scalar_subquery(), type_=ARRAY(BigInteger))


def _with_word(word: str) -> Select[Any]:
    return select(AssetWord.asset_id).where(
        AssetWord.school_id == current_school_id(),
        # A range: LIKE asks no index behind row security.
        AssetWord.word >= word,
        AssetWord.word < word + _LAST_CHARACTER,
    )


def found_by(text: str) -> ColumnElement[bool]:
    """What cannot be this text by its words is not looked at. A text may have none."""
    return _with_words(text) if rules.words_in(text) else true()


def _said(column: Any) -> Any:
    """Equal to what was said, found through its words."""
    return lambda text: found_by(text) & (func.lower(column) == text.lower())


def _of_contract(number: int) -> ColumnElement[bool]:
    return Asset.contract_id.in_(select(Contract.id).where(Contract.number == number))


def _of_supplier(key: str) -> ColumnElement[bool]:
    return Asset.supplier_id.in_(select(Supplier.id).where(Supplier.key == key))


def _or_not(column: Any) -> Any:
    return lambda is_empty: column.is_(None) if is_empty else column.is_not(None)


def _waits(is_waiting: bool) -> ColumnElement[bool]:
    return Asset.asked_status.is_not(None) if is_waiting else Asset.asked_status.is_(None)


_MEANINGS: dict[str, Any] = {
    "type": lambda value: Asset.type == value,
    "status": lambda value: Asset.status == value,
    "location": _in_room,
    "holder": _said(Asset.holder),
    "make": _said(Asset.make),
    "model": _said(Asset.model),
    "warranty_before": lambda day: Asset.warranty_end < day,
    "contract": _of_contract,
    "supplier": _of_supplier,
    "no_location": _or_not(Asset.location_id),
    "asked": _waits,
    "q": _with_words,
}
