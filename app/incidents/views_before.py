"""What the sheet says back before it is sent: while somebody types, or at a press of a button; and
the ways out: it is this outage, somebody reported it already, an article solved it.

Nothing of the sheet is kept here, and nothing that was typed is lost.
"""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue as Answer

from app import clock
from app.announcements.queries import current
from app.door import me, requires
from app.errors import NotThere
from app.history.actions import record
from app.incidents import drafts, followers, meeting, prompts, queries, schemas, sheet_quality
from app.incidents.before import before
from app.incidents.blueprint import pages
from app.incidents.models import Incident
from app.incidents.prompts import Completeness
from app.incidents.views_brought import FilesOfForm
from app.incidents.views_choices import suggested_level
from app.incidents.views_sheet import draft_key, new_page
from app.incidents.views_steps import ONE, reference_of
from app.knowledge.actions import count_use
from app.knowledge.queries import article_named
from app.web.drawn import drawn
from app.web.forms import Form, draft_done, new_submission_id
from tenants import db


@pages.app_template_filter()
def resolution_words(kind: str) -> str:
    return schemas.RESOLUTION_WORDS.get(kind, kind)


@pages.app_template_filter()
def meet_words(periods: list[list[str]] | None) -> str | None:
    return meeting.in_words(periods)


@pages.app_template_filter()
def sheet_score(incident: Incident) -> Completeness:
    return sheet_quality.completeness_of(incident)


@pages.app_template_filter()
def sheet_prompts(incident: Incident) -> list[str]:
    return prompts.prompts_for(sheet_quality.as_sheet(incident))


@pages.app_template_filter()
def sheet_level(incident: Incident) -> prompts.Level | None:
    return suggested_level(incident)


@pages.post("/<slug:school>/incidents/new/check")
@requires("incident.log")
def look_before() -> Answer:
    """For the script the part alone; without it the whole page, with everything that was typed."""
    form = Form(schemas.NewIncident)
    if "HX-Request" in request.headers:
        said = before(me(), form.values)
        is_for_others = me().may("incident.log_for_others")
        return drawn("incidents/_before.html", said_back=said, is_for_others=is_for_others)
    files = FilesOfForm()
    form.errors.clear()
    files.tell(form)
    status = files.keep_waiting(form, 422 if form.errors else 200)
    # The sheet has not been sent: it keeps a key of its own for then.
    form.submission_id = new_submission_id()
    page = new_page(form, None, files, is_looked_at=True)
    db.session.rollback()
    return page, status


@pages.post("/<slug:school>/incidents/new/solved")
@requires("incident.log")
def solved_before() -> Answer:
    """An article solved it: no report is needed, and the article has helped once more."""
    person = me()
    article = article_named(request.form.get("article", ""), for_desk=person.may("desk.view"))
    count_use(article, by=person)
    _let_go()
    flash("Good. Your draft is gone, and we know now that this article helps.", "success")
    return redirect(url_for(".mine"), 303)


@pages.post("/<slug:school>/incidents/new/announced")
@requires("incident.log")
def announced_before() -> Answer:
    """“Me too” to an outage that the desk knows of."""
    person = me()
    shown = current(for_desk=person.may("desk.view"))
    asked = request.form.get("announcement", "")
    found = next((one for one in shown if asked == _name_of(one.is_la, one.number)), None)
    if found is None:
        raise NotThere
    record(
        "announcement.me_too",
        subject_kind="la_announcement" if found.is_la else "announcement",
        subject_id=found.number,
        at=clock.now(),
        by=person,
        note=found.title,
        visibility="internal",
    )
    _let_go()
    flash(f"Thank you. The desk knows that you are hit too: {found.title}.", "success")
    return redirect(url_for(".mine"), 303)


@pages.post(f"{ONE}/followers")
@requires("incident.follow")
def follow(number: int) -> Answer:
    followers.follow(followers.offered(number, me()), by=me())
    if "from_sheet" in request.form:
        _let_go()
    said = "You are added to {}: you hear what its reporter hears, and need not report it."
    flash(said.format(reference_of(number)), "success")
    return redirect(url_for(".show", number=number), 303)


@pages.post(f"{ONE}/followers/removal")
@requires("incident.follow")
def unfollow(number: int) -> Answer:
    incident: Incident = queries.get_incident(me(), number)
    followers.unfollow(incident, by=me())
    flash(f"You are no longer added to {reference_of(number)}.", "message")
    return redirect(url_for(".mine"), 303)


def _name_of(is_la: bool, number: int) -> str:
    return f"{'la' if is_la else 'school'}-{number}"


def _let_go() -> None:
    """What was begun is not needed any more."""
    drafts.forget(drafts.REPORT, by=me())
    draft_done(draft_key())
