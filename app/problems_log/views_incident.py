"""From an incident to its problem and back, and from a known error to an article."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue as Answer

from app.door import me, requires
from app.errors import Refused, Wrong, wrong
from app.incidents.models import Incident
from app.incidents.queries import check_reach, get_incident
from app.incidents.reading import open_to_read
from app.incidents.turns import reference as incident_reference
from app.incidents.views_steps import check_current, who_was_quicker
from app.knowledge.schemas import ArticleIn
from app.problems_log import actions, linking, queries, schemas
from app.problems_log.models import Problem
from app.problems_log.views import ONE, done, here, opened, pages, reference_of
from app.web.attempt import attempt, is_stale
from app.web.forms import Form
from tenants import db

OF_INCIDENT = "/<slug:school>/incidents/<number:number>/problem"


@pages.route(OF_INCIDENT, methods=["GET", "POST"])
@requires("problem.log")
def promote(number: int) -> Answer:
    """To a problem that there is, or to a new one (R40). How to work meanwhile comes first."""
    is_sent = request.method == "POST"
    incident = get_incident(me(), number, to_change=True) if is_sent else open_to_read(me(), number)
    check_reach(me(), "incident.link", incident)
    if not is_sent:
        return _promotion_page(Form(schemas.Promotion, _start(incident)), incident)
    form, status = Form(schemas.Promotion), 422
    if is_stale(incident.version, is_needed=True):
        status = form.stale(who_was_quicker(incident), {}, incident.version)
    elif form.is_ready:
        made: list[int] = []
        status = attempt(form, lambda: made.append(_promote(incident, form.data)))
        if not status:
            ref = incident_reference(here().code, number)
            return done(made[0], f"{ref} hangs on {reference_of(made[0])} now.")
        incident = get_incident(me(), number)
    return _promotion_page(form, incident), status


def _start(incident: Incident) -> dict[str, str]:
    """More people read problems than may read a sensitive sheet: of that nothing is copied."""
    if incident.is_sensitive:
        return {}
    return {"title": incident.title, "description": incident.happened or incident.title}


def _promote(incident: Incident, said: dict[str, Any]) -> int:
    if said.get("problem"):
        problem = queries.problem_numbered(said["problem"])
    elif not said.get("title") or not said.get("description"):
        missing = "title" if not said.get("title") else "description"
        raise wrong(missing, "Describe the new problem, or choose one that there is")
    else:
        problem = actions.log(
            by=me(),
            title=said["title"],
            description=said["description"],
            raised_from="incidents",
            impact=incident.impact,
            priority=incident.priority,
        )
    try:
        linking.link(
            incident,
            problem,
            by=me(),
            workaround=said.get("workaround"),
            no_workaround=said.get("no_workaround"),
        )
    except Wrong as mistakes:
        raise Wrong({"workaround": [mistakes.sentence]}) from None
    return problem.number


@pages.post(f"{OF_INCIDENT}/removal")
@requires("problem.log")
def unlink(number: int) -> Answer:
    incident = get_incident(me(), number, to_change=True)
    check_current(incident)
    check_reach(me(), "incident.link", incident)
    there = redirect(url_for("incidents.show", number=number), 303)
    try:
        if incident.problem_id is None:
            raise Refused("It hangs on no problem.")
        problem = db.session.get_one(Problem, (incident.school_id, incident.problem_id))
        linking.unlink(incident, problem, by=me())
    except Refused as refusal:
        flash(refusal.sentence, "error")
        return there
    ref = reference_of(problem.number)
    flash(f"{incident_reference(here().code, number)} is off {ref}.", "success")
    return there


@pages.get(f"{ONE}/article")
@requires("article.write")
def article(number: int) -> Answer:
    """A known error becomes an article: what is written here stands in its form."""
    problem = opened(number)
    start = {
        "title": problem.title,
        "symptoms": problem.description[:2000],
        "text": problem.workaround or problem.solution or "",
        "kind": "known_error",
        "audience": "everyone",
    }
    return render_template(
        "knowledge/article.html",
        form=Form(ArticleIn, start, is_posted=False),
        article=None,
        reference=None,
        source=reference_of(number),
    )


def _promotion_page(form: Form, incident: Incident) -> str:
    is_asked = not (incident.workaround or incident.no_workaround)
    page, _ = form.page(
        "problems_log/promote.html",
        incident=incident,
        reference=incident_reference(here().code, incident.number),
        problems=[
            (number, f"{reference_of(number)}: {title}")
            for number, title in queries.open_problems()
        ],
        is_workaround_asked=is_asked,
    )
    return page
