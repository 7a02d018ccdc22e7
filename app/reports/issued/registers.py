"""What a report says of the registers: problems, changes, knowledge, contracts and what they cost,
who keeps the desk. In the school acted in; plain values."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from sqlalchemy import Select, func, or_, select

from app import clock
from app.contracts.contract_queries import standings
from app.contracts.models import Agreement
from app.contracts.register import Contract
from app.documents.models import Document, DocumentVersion
from app.history.models import Event
from app.history.schemas import midnight
from app.incidents.models import Incident
from app.knowledge.models import Article, ArticleUse
from app.people.models import Membership
from app.performance import cost
from app.performance.depth import registers as depth
from app.performance.depth.counting import Span
from app.performance.depth.reports import measured
from app.performance.totals import Counts
from app.problems_log import rules as problem_rules
from app.problems_log.models import Problem
from app.progress.models import Change
from app.progress.rules import COMING
from app.reachability.models import ReachPeriod
from app.reports.issued.rules import A_DAY
from app.suppliers.models import Supplier
from tenants import current_school_id, db

MOST_LISTED = 20
_DESK_ROLES = ("spoc", "service_desk_owner", "ict_owner")


def problems(first: date, end: date) -> dict[str, Any]:
    """How the period went, as the figures in depth count it, and what was open at its end."""
    since, until = midnight(first), midnight(end)
    wanted = select(Problem).where(
        Problem.school_id == current_school_id(),
        Problem.logged_at < until,
        Problem.state != "cancelled",
    )
    every = db.session.scalars(wanted.order_by(Problem.number)).all()
    again = _linked_again(since, until)
    logged, fixed, seconds = _in_depth(first, end)
    left = [one for one in every if _was_open(one, until)]
    return {
        "logged": logged,
        "found_before_hit": sum(
            1 for one in every if one.logged_at >= since and one.raised_from != "incidents"
        ),
        "resolved": fixed,
        "mean_fix_hours": round(seconds / fixed / 3600, 1) if fixed else None,
        "open": len(left),
        "known_errors": sum(1 for one in left if _is_known(one, until)),
        "recurring": sum(again.values()),
        "listed": [
            {
                "number": one.number,
                "title": one.title,
                "state": problem_rules.STATE_WORDS[one.state],
                "is_known": _is_known(one, until),
                "workaround": one.workaround,
                "days": (until - one.logged_at).days,
                "again": again[one.id],
            }
            for one in left[:MOST_LISTED]
        ],
    }


def _in_depth(first: date, end: date) -> tuple[int, int, int]:
    """Logged, resolved, and the seconds from the one to the other of those resolved."""
    logged, fixed, seconds = 0, 0, 0
    for one in depth.problems(Span(first, end, clock.now())):
        if one.kind == depth.LOGGED:
            logged += one.hits
        elif one.kind == depth.RESOLVED:
            fixed, seconds = fixed + one.hits, seconds + one.amount
    return logged, fixed, seconds


def _was_open(one: Problem, until: datetime) -> bool:
    if one.resolved_at is not None or one.closed_at is not None:
        return min(at for at in (one.resolved_at, one.closed_at) if at) >= until
    return one.state in problem_rules.OPEN


def _is_known(one: Problem, until: datetime) -> bool:
    return one.known_error_at is not None and one.known_error_at < until


def _linked_again(since: datetime, until: datetime) -> Counter[int]:
    """By problem, the incidents put under it in the period when it was a known error already."""
    wanted = (
        select(Problem.id, func.max(Event.at))
        .select_from(Incident)
        .join(
            Problem, (Problem.school_id == Incident.school_id) & (Problem.id == Incident.problem_id)
        )
        .join(
            Event,
            (Event.school_id == Incident.school_id)
            & (Event.subject_kind == "incident")
            & (Event.subject_id == Incident.id)
            & (Event.kind == "incident.problem_linked"),
        )
        .where(
            Incident.school_id == current_school_id(),
            measured(),
            Event.at > Problem.known_error_at,
        )
        .group_by(Incident.id, Problem.id)
    )
    return Counter(problem for problem, at in db.session.execute(wanted) if since <= at < until)


def changes(first: date, end: date) -> dict[str, Any]:
    """What was asked for, and of those that ended how many succeeded (domain.md 4.1)."""
    asked_for = db.session.scalar(
        select(func.count()).where(
            Change.school_id == current_school_id(),
            Change.created_at >= midnight(first),
            Change.created_at < midnight(end),
        )
    )
    ended = list(depth.changes(Span(first, end, clock.now())))
    coming = db.session.execute(
        select(Change.number, Change.title, Change.planned_start)
        .where(Change.school_id == current_school_id(), Change.state.in_(COMING))
        .order_by(Change.planned_start.nulls_last(), Change.number)
        .limit(MOST_LISTED)
    ).all()
    return {
        "asked_for": asked_for or 0,
        "ended": sum(one.base for one in ended),
        "succeeded": sum(one.hits for one in ended),
        "backed_out": sum(one.amount for one in ended),
        "coming": [
            {
                "number": one.number,
                "title": one.title,
                "on": one.planned_start.astimezone(clock.LONDON).date().isoformat()
                if one.planned_start
                else None,
            }
            for one in coming
        ],
    }


def knowledge(first: date, end: date) -> dict[str, Any]:
    """Articles there are, written in the period, and used in it. Two statements."""
    since, until = midnight(first), midnight(end)
    there, written = db.session.execute(
        select(
            func.count().filter(Article.state == "published", Article.created_at < until),
            func.count().filter(Article.created_at >= since, Article.created_at < until),
        ).where(Article.school_id == current_school_id())
    ).one()
    used = (
        select(ArticleUse.how, func.count())
        .where(
            ArticleUse.school_id == current_school_id(),
            ArticleUse.at >= since,
            ArticleUse.at < until,
        )
        .group_by(ArticleUse.how)
    )
    return {"articles": there, "written": written, **_pairs(used)}


def contracts(first: date, end: date) -> list[dict[str, Any]]:
    """Those in force on some day of the period, with their share of its days."""
    wanted = (
        select(Contract, func.coalesce(Supplier.name, "").label("supplier"))
        .outerjoin(
            Supplier,
            (Supplier.school_id == Contract.school_id) & (Supplier.id == Contract.supplier_id),
        )
        .where(
            Contract.school_id == current_school_id(),
            Contract.state != "draft",
            Contract.start < end,
            or_(Contract.ended_on.is_(None), Contract.ended_on >= first),
        )
        .order_by(Contract.name, Contract.number)
    )
    rows = db.session.execute(wanted).all()
    stand = standings([row.Contract for row in rows], end - A_DAY)
    return [
        _contract(row.Contract, row.supplier, stand[row.Contract.id], first, end) for row in rows
    ]


def _contract(one: Contract, supplier: str, stands: Any, first: date, end: date) -> dict[str, Any]:
    share = None
    if one.annual_charge is not None:
        charge = cost.charge_of(one, supplier)
        share = cost.pounds(cost.share_of(charge, first, end))
    return {
        "number": one.number,
        "name": one.name,
        "kind": one.kind,
        "supplier": supplier or None,
        "annual": None if one.annual_charge is None else str(one.annual_charge),
        "share": share,
        "is_signed": one.signed_at is not None,
        "has_agreement": one.agreement_id is not None or one.la_agreement_id is not None,
        "term_end": stands.term_end.isoformat(),
        "last_notice_day": _day(stands.last_notice_day),
    }


def _day(on: date | None) -> str | None:
    return None if on is None else on.isoformat()


def cost_of(counts: Counts, first: date, end: date) -> dict[str, str]:
    """What support cost: the share of the contracts that pay for it, labour and parts; each
    rounded once."""
    charges = [
        one
        for one in cost.charges_of(first, end, (current_school_id(),))
        if any(cost.pays_for(one, kind) for kind in ("sla", "uc", "ola"))
    ]
    found = cost.cost(charges, counts, cost.labour_rate(), first, end)
    resolved, total = counts.get("resolved", 0), found.total
    each = {"per_incident": cost.pounds(total / Fraction(resolved))} if resolved else {}
    return {
        "contracts": str(len(charges)),
        "labour_rate": f"{cost.labour_rate():.2f}",
        "share": cost.pounds(found.contract_share),
        "labour": cost.pounds(found.labour),
        "parts": cost.pounds(found.parts),
        "total": cost.pounds(total),
        **each,
    }


def desk() -> dict[str, Any]:
    """Who keeps it, whether it can be reached, what is signed, and the strategy."""
    school, today = current_school_id(), clock.today()
    in_force = (
        Membership.school_id == school,
        Membership.valid_from <= today,
        or_(Membership.valid_to.is_(None), Membership.valid_to >= today),
    )
    roles = (
        select(Membership.role, func.count(func.distinct(Membership.person_id)))
        .where(*in_force, Membership.role.in_((*_DESK_ROLES, "tech_advisor")))
        .group_by(Membership.role)
    )
    signed = (
        select(Agreement.state, func.count())
        .where(Agreement.school_id == school)
        .group_by(Agreement.state)
    )
    strategy = (
        select(Document.title, Document.review_on)
        .join(
            DocumentVersion,
            (DocumentVersion.school_id == Document.school_id)
            & (DocumentVersion.document_id == Document.id),
        )
        .where(
            Document.school_id == school,
            Document.kind == "strategy",
            Document.is_retired.is_(False),
            DocumentVersion.state == "authorised",
        )
        .order_by(Document.number.desc())
        .limit(1)
    )
    found = db.session.execute(strategy).first()
    days = select(func.count(func.distinct(ReachPeriod.weekday))).where(
        ReachPeriod.school_id == school
    )
    return {
        "roles": _pairs(roles),
        "agreements": _pairs(signed),
        "days_reachable": db.session.scalar(days) or 0,
        "strategy": None
        if found is None
        else {"title": found.title, "review_on": _day(found.review_on)},
    }


def _pairs(wanted: Select[str, int]) -> dict[str, int]:
    return {row[0]: row[1] for row in db.session.execute(wanted)}
