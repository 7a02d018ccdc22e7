"""The words that an asset is found by: written anew whenever it is added, changed or imported."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from sqlalchemy import BigInteger, String, Table, delete, func, insert, literal, select
from sqlalchemy.dialects.postgresql import ARRAY

from app.assets import rules
from app.assets.models import Asset, AssetWord
from tenants import current_school_id, db

_WORDS = cast(Table, AssetWord.__table__)


def words_for(asset: Asset) -> set[str]:
    return rules.words_of(
        (
            asset.tag,
            asset.serial,
            asset.make,
            asset.model,
            asset.holder,
            rules.TYPES.get(asset.type),
            asset.funding,
            asset.os_version,
            *(asset.own_fields or {}).values(),
            asset.notes,
        )
    )


def index_words(assets: Sequence[Asset], *, are_new: bool = False) -> None:
    """Two statements however many there are, and only for the words that differ. They have ids."""
    school_id = current_school_id()
    before: set[tuple[int, str]] = set()
    if not are_new:
        rows = db.session.execute(
            select(_WORDS.c.asset_id, _WORDS.c.word).where(
                _WORDS.c.school_id == school_id,
                _WORDS.c.asset_id.in_([one.id for one in assets]),
            )
        )
        before = {(asset_id, word) for asset_id, word in rows}
    now = {(one.id, word) for one in assets for word in words_for(one)}
    for asset_id in {asset_id for asset_id, _ in before - now}:
        old = [word for number, word in before - now if number == asset_id]
        db.session.execute(
            delete(_WORDS).where(
                _WORDS.c.school_id == school_id,
                _WORDS.c.asset_id == asset_id,
                _WORDS.c.word.in_(old),
            )
        )
    fresh = sorted(now - before)
    if fresh:
        # As two lists: half a million rows of an import are a hundred statements.
        ids = literal([asset_id for asset_id, _ in fresh], ARRAY(BigInteger))
        words = literal([word for _, word in fresh], ARRAY(String))
        rows_to_add = select(literal(school_id), func.unnest(ids), func.unnest(words))
        names = ["school_id", "asset_id", "word"]
        db.session.execute(insert(_WORDS).inline().from_select(names, rows_to_add))


def forget_words(asset: Asset) -> None:
    db.session.execute(
        delete(_WORDS).where(
            _WORDS.c.school_id == current_school_id(), _WORDS.c.asset_id == asset.id
        )
    )
