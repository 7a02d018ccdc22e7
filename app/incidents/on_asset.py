"""Which equipment an incident is about: named on the sheet by its tag, it brings its room along."""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, inspect, select

from app.assets.models import Asset
from app.assets.queries import asset_for
from app.incidents.models import Incident
from app.locations.models import Location
from tenants import db

_TAG = "asset tag"
TAG_OF = (
    select(Asset.tag)
    .where(Asset.school_id == Incident.school_id, Asset.id == Incident.asset_id)
    .correlate(Incident)
    .scalar_subquery()
)
_ROOM_OF = select(Location.key).where(
    Location.id == bindparam("room"), Location.is_archived.is_(False)
)


def with_asset(sheet: dict[str, Any]) -> Asset | None:
    """The equipment that the sheet names. Where it says no room, that is the equipment's."""
    asset = asset_for(sheet.get("asset"))
    if asset is not None and not sheet.get("location") and asset.location_id is not None:
        sheet["location"] = db.session.scalar(_ROOM_OF, {"room": asset.location_id})
    return asset


def put_on(incident: Incident, tag: str | None) -> None:
    """Another, or none. What it names already stays, also when it has been disposed of since."""
    if tag and (now := tag_of(incident)) and tag.strip().lower() == now.lower():
        return
    asset = asset_for(tag)
    incident.asset_id = asset.id if asset else None
    keep_tag(incident, asset.tag if asset else None)
    if asset is not None and incident.location_id is None:
        incident.location_id = asset.location_id


def keep_tag(incident: Incident, tag: str | None) -> None:
    """So that showing the incident in the same request does not read it again."""
    inspect(incident).info[_TAG] = tag


def tag_of(incident: Incident) -> str | None:
    info = inspect(incident).info
    if _TAG not in info:
        wanted = select(Asset.tag).where(
            Asset.school_id == incident.school_id, Asset.id == incident.asset_id
        )
        info[_TAG] = db.session.scalar(wanted) if incident.asset_id else None
    found: str | None = info[_TAG]
    return found
