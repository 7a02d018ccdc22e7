"""Who was asked about an incident without getting it: the questions, a new one, an answer."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue as Answer

from app.door import me, requires
from app.incidents import consulting, queries, schemas_lines
from app.incidents.blueprint import pages
from app.incidents.models import Incident
from app.incidents.reading import open_to_read
from app.incidents.rules import STEPS
from app.incidents.views_steps import ONE, reference_of
from app.people.groups import la_groups_here, school_groups
from app.web.attempt import attempt
from app.web.forms import Form

_ASK = {"source": "group"}


@pages.app_template_filter()
def source_words(source: str) -> str:
    return schemas_lines.SOURCE_WORDS[source]


@pages.get(f"{ONE}/consultations")
@requires("incident.view_internal")
def consultations(number: int) -> Answer:
    incident = open_to_read(me(), number)
    return _page(incident, Form(schemas_lines.NewConsultation, _ASK, is_posted=False))


@pages.post(f"{ONE}/consultations")
@requires("incident.consult")
def consult(number: int) -> Answer:
    incident = queries.get_incident(me(), number, to_change=True)
    form, status = Form(schemas_lines.NewConsultation), 422
    if form.is_ready:
        status = attempt(form, lambda: consulting.ask(incident, by=me(), **form.data))
        if not status:
            flash("The question is written down.", "success")
            return redirect(url_for(".consultations", number=number), 303)
        incident = queries.get_incident(me(), number)
    return _page(incident, form), status


@pages.post(f"{ONE}/consultations/<number:which>/answer")
@requires("incident.answer_consult")
def answer_consultation(number: int, which: int) -> Answer:
    incident = queries.get_incident(me(), number, to_change=True)
    found = consulting.get_consultation(incident, which)
    form, status = Form(schemas_lines.Answer), 422
    if form.is_ready:
        status = attempt(form, lambda: consulting.answer(incident, found, by=me(), **form.data))
        if not status:
            flash("The answer is written down.", "success")
            return redirect(url_for(".consultations", number=number), 303)
        incident = queries.get_incident(me(), number)
    asking = Form(schemas_lines.NewConsultation, _ASK, is_posted=False)
    return _page(incident, asking, which, form), status


def _page(incident: Incident, asking: Form, which: int = 0, answering: Form | None = None) -> str:
    found = consulting.consultations_of(incident)
    person = me()
    is_open = incident.status in STEPS["consult"][0]
    groups = [one for one in (*school_groups(), *la_groups_here()) if not one.is_supplier]
    page, _ = (answering or asking).page(
        "incidents/consultations.html",
        incident=incident,
        reference=reference_of(incident.number),
        found=[(n, one, _answers(person, incident, one, n, which, answering)) for n, one in found],
        asking=asking,
        groups=[(one.key, one.name) for one in groups],
        may_ask=is_open and queries.can_reach(person, "incident.consult", incident),
    )
    return page


def _answers(
    person: Any, incident: Incident, one: Any, number: int, which: int, answering: Form | None
) -> Form | None:
    """The form for its answer, where this person may give one."""
    if one.answered_at is not None or not consulting.may_answer(person, incident, one):
        return None
    if number == which and answering is not None:
        return answering
    return Form(schemas_lines.Answer, {}, is_posted=False)
