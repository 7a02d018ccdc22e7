"""Approval of a request by the ICT owner: asked for, given, or not (domain.md 2.2).

While it is asked for the school's desk waits, and a clock whose agreement lists
`awaiting_approval` stands still: the turn carries that reason.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, func, select

from app.errors import NotAllowed, Refused, wrong
from app.incidents import clocks, turns
from app.incidents.beside import Approval
from app.incidents.chronicle import noted
from app.incidents.models import Incident
from app.incidents.parties import provider_of
from app.incidents.queries import check_reach, visible_to
from app.incidents.rules import Status
from app.people.identity import Me
from app.shapes import instant
from tenants import db

APPROVED, REJECTED = "approved", "rejected"


def ask_approval(
    incident: Incident,
    *,
    by: Me,
    why: str,
    cost: Decimal | None = None,
    needs_licence: bool = False,
) -> Approval:
    """The ICT owner is asked; until they have decided nobody goes on with it."""
    check_reach(by, "incident.ask_approval", incident)
    status = turns.check_step(incident, "ask_approval")
    at = turns.instant_for(incident)
    before = incident.status
    asked = Approval(
        incident_id=incident.id,
        asked_by=by.name,
        asked_by_id=by.membership_for("incident.ask_approval"),
        asked_at=at,
        why=why,
        cost=cost,
        needs_licence=needs_licence,
    )
    db.session.add(asked)
    incident.follow_up_on = incident.follow_up_reason = None
    turns.move(incident, status, at)
    running = clocks.clocks_of(incident)
    provider = provider_of(by, incident)
    if provider is not None:
        clocks.respond(running, provider, incident, at)
    clocks.wind(incident, running, at)
    noted(
        incident,
        "incident.approval_asked",
        at,
        by=by,
        before=before,
        after=incident.status,
        note=_said(why, cost, needs_licence),
    )
    return asked


def decide(incident: Incident, *, by: Me, decision: str, reason: str | None = None) -> Approval:
    """Approved, it waits in the queue again; rejected, it is over and is not measured."""
    check_reach(by, "incident.approve", incident)
    is_approved = decision == APPROVED
    status = turns.check_step(incident, "approve" if is_approved else "reject")
    asked = open_approval_of(incident)
    if asked is None:
        raise Refused("Nobody has asked for approval of this one.")
    _check_not_their_own(incident, asked, by)
    if not is_approved and not reason:
        raise wrong("reason", "Say why it is not approved.")
    at = turns.instant_for(incident)
    asked.decision, asked.decided_by, asked.decided_at = decision, by.name, at
    asked.reason = reason
    before = incident.status
    if not is_approved:
        incident.cancelled_at, incident.cancel_reason = at, reason
    turns.move(incident, status, at)
    running = clocks.clocks_of(incident)
    if not is_approved:
        clocks.cancel(running, at)
    clocks.wind(incident, running, at)
    noted(
        incident,
        f"incident.{decision}",
        at,
        by=by,
        before=before,
        after=incident.status,
        note=reason,
    )
    return asked


def may_decide(incident: Incident, by: Me) -> bool:
    """Whether it is not their own request; the permission is the door's matter."""
    asked = open_approval_of(incident)
    return asked is not None and not _is_their_own(incident, asked, by)


def open_approval_of(incident: Incident) -> Approval | None:
    """What has been asked and not been decided."""
    return db.session.scalar(
        select(Approval)
        .where(Approval.incident_id == incident.id, Approval.decided_at.is_(None))
        .order_by(Approval.id.desc())
        .limit(1)
    )


def approvals_of(incident: Incident) -> Sequence[Approval]:
    wanted = select(Approval).where(Approval.incident_id == incident.id).order_by(Approval.id)
    return db.session.scalars(wanted.limit(50)).all()


def waiting_for_approval(by: Me, *, after: int = 0, limit: int = 25) -> Sequence[Any]:
    """(approval, incident) of what waits, the longest first. Whoever may not decide one (it is
    their own) sees it too: it tells them that somebody else has to."""
    wanted = _waiting(by).where(Approval.id > after).order_by(Approval.id).limit(limit)
    return db.session.execute(wanted).all()


def how_many_wait(by: Me) -> int:
    inner = _waiting(by).with_only_columns(Approval.id).limit(100).subquery()
    return db.session.scalar(select(func.count()).select_from(inner)) or 0


def shown_approval(one: Approval) -> dict[str, Any]:
    return {
        "why": one.why,
        "cost": None if one.cost is None else f"{one.cost:.2f}",
        "needs_licence": one.needs_licence,
        "asked_by": one.asked_by,
        "asked_at": instant(one.asked_at),
        "decision": one.decision,
        "decided_by": one.decided_by,
        "decided_at": instant(one.decided_at),
        "reason": one.reason,
    }


def _waiting(by: Me) -> Select[Any]:
    is_of = (Incident.school_id == Approval.school_id) & (Incident.id == Approval.incident_id)
    wanted: Any = select(Approval, Incident).join(Incident, is_of)
    found: Select[Any] = wanted.where(
        Approval.decided_at.is_(None),
        Incident.status == Status.AWAITING_APPROVAL,
        visible_to(by),
    )
    return found


def _check_not_their_own(incident: Incident, asked: Approval, by: Me) -> None:
    if _is_their_own(incident, asked, by):
        raise NotAllowed("You asked for this yourself, so somebody else has to decide it.")


def _is_their_own(incident: Incident, asked: Approval, by: Me) -> bool:
    theirs = (incident.reporter_id, asked.asked_by_id)
    return any(one in by.membership_ids for one in theirs if one is not None)


def _said(why: str, cost: Decimal | None, needs_licence: bool) -> str:
    facts = [f"It costs £{cost:,.2f}."] if cost is not None else []
    facts += ["It needs a licence."] if needs_licence else []
    return "\n".join([why, *facts])
