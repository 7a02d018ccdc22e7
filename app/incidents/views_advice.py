"""Ask the LA's team for advice, and say whether a sheet told enough."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue as Answer

from app.door import me, requires
from app.errors import Refused, wrong
from app.incidents import beside_schemas, queries, sheet_quality
from app.incidents.advice_requests import ask_la
from app.incidents.blueprint import pages
from app.incidents.models import Incident
from app.incidents.views_steps import FORM, ONE, check_current, reference_of
from app.web.attempt import attempt
from app.web.forms import Form, draft_done

_USEFUL = {"yes": True, "no": False}


@pages.route("/<slug:school>/ask-the-la", methods=FORM)
@requires("incident.ask_la")
def ask_the_la() -> Answer:
    form, status = Form(beside_schemas.AdviceRequest), 200
    if form.is_posted:
        status = 422
        if form.is_ready:
            asked: list[Incident] = []
            status = attempt(form, lambda: asked.append(ask_la(by=me(), **form.data)))
            if not status:
                number = asked[0].number
                draft_done(f"ask-the-la:{_code()}")
                flash(f"{reference_of(number)}: your question is with the LA’s team.", "success")
                return redirect(url_for(".show", number=number), 303)
    page, _ = form.page("incidents/ask_the_la.html")
    return page, status


@pages.post(f"{ONE}/sheet-rating")
@requires("incident.rate_sheet")
def rate_sheet(number: int) -> Answer:
    incident = queries.get_incident(me(), number, to_change=True)
    check_current(incident)
    is_useful = _USEFUL.get(request.form.get("useful", ""))
    if is_useful is None:
        raise wrong("useful", "Say whether the sheet told you enough.")
    try:
        sheet_quality.rate_sheet(incident, by=me(), is_useful=is_useful)
        flash("Thank you. It helps the school to write better sheets.", "success")
    except Refused as refusal:
        flash(refusal.sentence, "error")
    return redirect(url_for(".show", number=number), 303)


def _code() -> str:
    school = me().school
    return school.code if school else ""
