"""The article that solved an incident, and the problem that is behind it.

Most incidents have neither; then nothing is asked. Problems live in a room above this one, so they
are asked for by name.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import Row, bindparam, select, text

from app.incidents.models import Incident
from app.incidents.queries import can_reach
from app.incidents.rules import STEPS, Status
from app.knowledge import rules
from app.knowledge.actions import count_use
from app.knowledge.models import Article, LaArticle
from app.knowledge.queries import Named, suggest
from app.people.identity import Me
from tenants import db

_own, _la = Article.__table__.c, LaArticle.__table__.c
_SHOWN = ("number", "title", "audience", "state")
_OWN = select(*(_own[name] for name in _SHOWN)).where(
    _own.school_id == bindparam("school"), _own.id == bindparam("id")
)
_LA = select(*(_la[name] for name in _SHOWN)).where(_la.id == bindparam("id"))
_PROBLEM = text("SELECT number, title, state FROM problems WHERE school_id = :school AND id = :id")


class Around(NamedTuple):
    """What stands on the incident's page."""

    article: Any = None
    article_reference: str | None = None
    is_la: bool = False
    problem: Any = None
    code: str = ""
    may_link: bool = False
    may_promote: bool = False
    may_write: bool = False


def solved(incident: Incident, article: Named, *, by: Me) -> None:
    """At its resolution."""
    incident.article_id, incident.la_article_id = article.article_id, article.la_article_id
    count_use(article, by=by, how="solved", incident_id=incident.id)


def around(incident: Incident, code: str, person: Me) -> Around:
    """Nothing is asked where the incident says that there is nothing."""
    article, reference = _article(incident, code)
    if article is not None and not person.may("desk.view"):
        is_theirs = article.audience == "everyone" and article.state == "published"
        article = article if is_theirs else None
    is_time = incident.status in STEPS["link"][0]
    may_link = (
        is_time and person.may("problem.log") and can_reach(person, "incident.link", incident)
    )
    is_done = incident.status in (Status.RESOLVED, Status.CLOSED)
    return Around(
        article,
        reference if article is not None else None,
        incident.la_article_id is not None,
        problem_of(incident) if person.may("problem.view") else None,
        code,
        may_link,
        may_link and incident.problem_id is None,
        is_done and not incident.is_sensitive and person.may("article.write"),
    )


def article_reference(incident: Incident, code: str) -> str | None:
    return _article(incident, code)[1]


def problem_of(incident: Incident) -> Row[Any] | None:
    """Number, title and state."""
    if incident.problem_id is None:
        return None
    of = {"school": incident.school_id, "id": incident.problem_id}
    return db.session.connection().execute(_PROBLEM, of).first()


def problem_reference(incident: Incident, code: str) -> str | None:
    row = problem_of(incident)
    return f"{code}-P{row.number}" if row else None


def hint(incident: Incident) -> str:
    """For whoever resolves: the articles that fit its words."""
    typed = f"{incident.title} {incident.error_text or ''}"
    found = suggest(typed, incident.category, for_desk=True)
    if not found:
        return "Its number, for example STM-K3. Then it counts as used"
    fits = "; ".join(f"{one.reference} {one.title}" for one in found)
    return f"Its number. These fit: {fits}"


def _article(incident: Incident, code: str) -> tuple[Row[Any] | None, str | None]:
    connection = db.session.connection
    if incident.article_id is not None:
        of = {"school": incident.school_id, "id": incident.article_id}
        row = connection().execute(_OWN, of).first()
        return row, rules.reference(code, row.number) if row else None
    if incident.la_article_id is not None:
        row = connection().execute(_LA, {"id": incident.la_article_id}).first()
        return row, rules.reference(rules.LA_CODE, row.number) if row else None
    return None, None
