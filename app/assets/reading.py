"""Somebody opens a piece of equipment, or a file of it: LA staff from outside leave an access
record."""

from __future__ import annotations

from app import clock
from app.assets.models import Asset
from app.assets.queries import get_asset
from app.files.papers import Owner, Papers
from app.history.actions import record_access
from app.people.identity import Me


def opened(tag: str, person: Me) -> Asset:
    asset = get_asset(tag)
    if person.is_from_outside:
        record_access(f"asset {asset.tag}", "read as LA staff", at=clock.now(), by=person)
    return asset


def _owner(key: str, *, to_change: bool = False) -> Owner:
    asset = get_asset(key, to_change=to_change)
    return Owner("asset", asset.id, asset.version, asset.tag)


PAPERS = Papers(kind="asset", view="asset.view", edit="asset.edit", find=_owner)
