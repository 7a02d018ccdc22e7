"""Who of the played schools' people signs in: the head teacher and the SPOC of the one where most is
to be seen. They have no password in the file; each desk gives them its own.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from app.demo.accounts import read_accounts, write_accounts
from app.demo.packing.owner import FIRST_ID
from app.demo.people import account_for, person_for
from app.demo.stories import cast_of
from app.demo.years import stories
from app.demo.years.people import DOMAIN
from app.reports.issued import actions as reports
from app.reports.issued.models import IssuedReport
from tenants import School, acting_in, administering, db

ROLES = ("ict_owner", "spoc")
# Drafts of these wait for the head teacher.
REPORTS = ("review", "service", "incident")
_KNOWN = """
    SELECT m.school_id FROM memberships m JOIN people p ON p.id = m.person_id
     WHERE m.id >= %(far)s AND p.email = ANY(%(emails)s) LIMIT 1"""
# Where the most stories happen, and of those where the most was reported.
_SHOWS_MOST = """
    SELECT i.school_id FROM incidents i
     WHERE i.school_id IN (SELECT school_id FROM memberships WHERE id >= %(far)s)
     GROUP BY i.school_id
     ORDER BY EXISTS (SELECT 1 FROM suppliers s
                       WHERE s.school_id = i.school_id AND s.name = %(firm)s)::int
            + EXISTS (SELECT 1 FROM assets a
                       WHERE a.school_id = i.school_id AND a.make = %(make)s
                         AND a.model = %(model)s)::int
            + EXISTS (SELECT 1 FROM desk_settings d
                       WHERE d.school_id = i.school_id AND d.has_advisors)::int DESC,
              count(*) DESC, i.school_id
     LIMIT 1"""
_PEOPLE = """
    SELECT DISTINCT ON (m.role) m.role, p.email, m.name FROM memberships m
      JOIN people p ON p.id = m.person_id
     WHERE m.school_id = %s AND m.id >= %s AND m.role = ANY(%s) ORDER BY m.role, m.id"""


def school_that_shows_most(cursor: Any) -> int | None:
    """The one from which somebody was let in before; else the one of most stories."""
    emails = [one["email"] for one in read_accounts() if one["email"].endswith(f"@{DOMAIN}")]
    make, model = stories.BAD_MODEL
    said = {"far": FIRST_ID, "emails": emails, "firm": stories.FAILING}
    for question in (_KNOWN, _SHOWS_MOST):
        cursor.execute(question, {**said, "make": make, "model": model})
        found = cursor.fetchone()
        if found is not None:
            return int(found[0])
    return None


def people_of(cursor: Any, school_id: int) -> list[tuple[str, str, str]]:
    """Role, e-mail and name of each who may be let in, the head teacher first."""
    cursor.execute(_PEOPLE, (school_id, FIRST_ID, list(ROLES)))
    return sorted(cursor.fetchall(), key=lambda row: ROLES.index(row[0]))


def let_in(school_id: int, people: list[tuple[str, str, str]]) -> str:
    """Each gets a password, once, and reports wait for them; returns the school's name."""
    with administering("the demo's school that shows most"):
        school = db.session.get_one(School, school_id)
        slug, name = school.slug, school.name
    known = {one["email"]: one for one in read_accounts()}
    for role, email, own_name in people:
        account: dict[str, Any] = {**account_for(known, role, email, slug), "years": True}
        person_for(email, own_name, account["password"], known)
        known[email] = account
    write_accounts(list(known.values()))
    _draft_reports(school_id)
    return name


def _draft_reports(school_id: int) -> None:
    """Of the last whole periods, as a SPOC drafts them; only where there are none."""
    with acting_in(school_id):
        if db.session.scalar(select(func.count()).select_from(IssuedReport)):
            return
        spoc = cast_of(db.session.get_one(School, school_id), "spoc")["spoc"]
        for kind in REPORTS:
            reports.draft(kind, reports.period_asked(kind, {}), by=spoc)
        db.session.commit()
