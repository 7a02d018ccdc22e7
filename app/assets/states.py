"""What becomes of equipment (domain.md 2.4). Retiring and disposing wait for the ICT owner."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from app import clock
from app.assets import lending, rules
from app.assets.models import Asset
from app.assets.told import tell
from app.errors import NotAllowed, Refused, Wrong, wrong
from app.history.models import Event
from app.later import later
from app.people.identity import Me
from tenants import current_school_id, db

# What a person is told, and what is granted to a slow line (D11).
UNDO_SECONDS = 10
_GRACE = timedelta(seconds=UNDO_SECONDS + 2)
RETIRED = "asset_retired"
_DISPOSAL = ("disposed_on", "disposal_method", "wipe_evidence", "disposed_to")
_ASKED = {"retired": "asset.retirement_asked", "disposed": "asset.disposal_asked"}


def set_status(
    asset: Asset,
    status: str,
    *,
    by: Me,
    reason: str | None = None,
    borrower: str | None = None,
    due_on: Any = None,
    **disposal: Any,
) -> None:
    """The next state, or, where only the ICT owner may say so, the question to them."""
    if status not in rules.MAY_FOLLOW[asset.status]:
        raise Refused(rules.refusal(asset.tag, asset.status, status))
    _check(status, reason, disposal)
    if status == "on_loan":
        lending.lend(asset, by=by, borrower=borrower or asset.holder or by.name, due_on=due_on)
    elif status not in rules.CONFIRMED:
        _become(asset, status, by, reason)
    else:
        _keep_disposal(asset, disposal)
        if by.may("asset.confirm"):
            _become(asset, status, by, reason)
        else:
            _ask(asset, status, by, reason)
    db.session.flush()


def decide(asset: Asset, decision: str, *, by: Me, reason: str | None = None) -> None:
    """The ICT owner's word about what was asked."""
    status = asset.asked_status
    if status is None:
        raise Refused(f"Nobody has asked to retire {asset.tag} or to dispose of it.")
    if decision == "confirmed":
        _become(asset, status, by, reason or asset.asked_reason)
    else:
        if not reason:
            raise wrong("reason", "Say why not, so that whoever asked knows.")
        _keep_disposal(asset, {})
        _forget_question(asset)
        tell(asset, "asset.declined", by=by, before=status, after=asset.status, note=reason)
    db.session.flush()


def withdraw(asset: Asset, *, by: Me) -> None:
    """It was asked by mistake."""
    status = asset.asked_status
    if status is None:
        raise Refused(f"Nobody has asked to retire {asset.tag} or to dispose of it.")
    _keep_disposal(asset, {})
    _forget_question(asset)
    tell(asset, "asset.question_withdrawn", by=by, before=status, after=asset.status)
    db.session.flush()


def undo_retirement(asset: Asset, *, by: Me) -> None:
    """By whoever retired it, for ten seconds: its licences have not been released yet."""
    last = db.session.scalar(
        select(Event)
        .where(
            Event.school_id == current_school_id(),
            Event.subject_kind == "asset",
            Event.subject_id == asset.id,
        )
        .order_by(Event.at.desc(), Event.id.desc())
        .limit(1)
    )
    if asset.status != "retired" or last is None or last.kind != "asset.retired":
        raise Refused("It has not just been retired.")
    if last.actor_membership_id not in by.membership_ids:
        raise NotAllowed("Only whoever retired it can undo that.")
    if clock.now() > last.at + _GRACE:
        raise Refused("Ten seconds have passed, so it can no longer be undone.")
    asset.status = last.from_value or "in_stock"
    tell(asset, "asset.retirement_undone", by=by, before="retired", after=asset.status)
    db.session.flush()


def is_gone(asset_id: int) -> bool:
    """Retired, and nobody has undone it."""
    status = db.session.scalar(select(Asset.status).where(Asset.id == asset_id))
    return status in rules.GONE


def _check(status: str, reason: str | None, disposal: dict[str, Any]) -> None:
    errors: dict[str, list[str]] = {}
    if status in rules.NEEDS_REASON and not reason:
        errors["reason"] = ["Say why."]
    if status == "disposed":
        errors |= {
            name: [said] for name, said in rules.DISPOSAL_NEEDS.items() if not disposal.get(name)
        }
        on = disposal.get("disposed_on")
        if on and on > clock.today():
            errors["disposed_on"] = ["This day has not come yet."]
    elif any(disposal.get(name) for name in _DISPOSAL):
        errors["disposed_on"] = ["Only equipment that is disposed of has this."]
    if errors:
        raise Wrong(errors)


def _keep_disposal(asset: Asset, disposal: dict[str, Any]) -> None:
    for name in _DISPOSAL:
        setattr(asset, name, disposal.get(name))


def _ask(asset: Asset, status: str, by: Me, reason: str | None) -> None:
    if asset.asked_status == status:
        raise Refused(f"{asset.tag} waits for the ICT owner’s word already.")
    asset.asked_status, asset.asked_by = status, by.name
    asset.asked_at, asset.asked_reason = clock.now(), reason
    tell(asset, _ASKED[status], by=by, before=asset.status, after=status, note=reason)


def _forget_question(asset: Asset) -> None:
    asset.asked_status = asset.asked_by = asset.asked_at = asset.asked_reason = None


def _become(asset: Asset, status: str, by: Me, reason: str | None) -> None:
    before, at = asset.status, clock.now()
    if before == "on_loan":
        lending.end_loan(asset, by=by, at=at)
    asset.status = status
    if status in rules.CONFIRMED:
        asset.confirmed_by = by.name
    _forget_question(asset)
    kind = _KINDS.get(status, "asset.status_changed")
    tell(asset, kind, by=by, before=before, after=status, note=_note(asset, reason), at=at)
    if status == "retired":
        _release_licences(asset, at)


def _note(asset: Asset, reason: str | None) -> str | None:
    if asset.status != "disposed":
        return reason
    method = rules.DISPOSAL_METHODS.get(asset.disposal_method or "", asset.disposal_method)
    said = [reason, method, asset.disposed_to and f"To {asset.disposed_to}", asset.wipe_evidence]
    return ". ".join(one.rstrip(".") for one in said if one)


def _release_licences(asset: Asset, at: datetime) -> None:
    """The rooms above hear of it once nobody can undo it any more."""
    later(RETIRED, at=at + _GRACE, asset_id=asset.id)


_KINDS = {
    "retired": "asset.retired",
    "disposed": "asset.disposed",
    "lost_or_stolen": "asset.lost",
}
