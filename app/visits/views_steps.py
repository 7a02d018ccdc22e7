"""What is done with one visit: move it, agree its agenda, arrive, write down, leave, sign."""

from __future__ import annotations

import re
from collections.abc import Callable

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue as Answer

from app.door import me, requires
from app.errors import Stale
from app.history.queries import last_event
from app.shapes import Shape
from app.visits import agenda, booking, queries, rules, schemas, taking_place
from app.visits.agenda import Job
from app.visits.models import Visit
from app.visits.views import FORM, NO_SLOTS, ONE, choices_of, pages, with_slots
from app.visits.visitors import Visitor
from app.web.attempt import attempt, changed_by, is_stale
from app.web.forms import Form

_ORDER = re.compile(r"order-([1-9][0-9]{0,8})")
_PLACE = re.compile(r"[0-9]{1,3}")


@pages.route(f"{ONE}/time", methods=FORM)
@requires("visit.book")
def move(number: int) -> Answer:
    visit = queries.get_visit(number, to_change=request.method == "POST")
    minutes = int((visit.ends_at - visit.starts_at).total_seconds()) // 60
    form = Form(schemas.Move, {"starts_at": visit.starts_at, "minutes": minutes})
    version, status, slots = visit.version, 422 if form.errors else 200, NO_SLOTS
    if form.is_posted and is_stale(version, is_needed=True):
        status = _stale(form, visit)
    elif form.is_ready:
        status, slots = with_slots(form, lambda: booking.move(visit, by=me(), **form.data))
        if not status:
            return _done(number, "The visit was moved. Everybody concerned is told.")
    visit = queries.get_visit(number)
    if late := _too_late(visit, "move", status):
        return late
    page, _ = form.page("visits/move.html", visit=visit, slots=choices_of(form, slots))
    return page, status


@pages.route(f"{ONE}/cancellation", methods=FORM)
@requires("visit.book")
def cancel(number: int) -> Answer:
    said = "The visit was cancelled. Everybody concerned is told."
    return _why(number, "cancel", lambda visit, **why: booking.cancel(visit, by=me(), **why), said)


@pages.route(f"{ONE}/abort", methods=FORM)
@requires("visit.work", "visit.agree")
def abort(number: int) -> Answer:
    said = "It is written down that the visit was aborted."
    return _why(
        number, "abort", lambda visit, **why: taking_place.abort(visit, by=me(), **why), said
    )


@pages.post(f"{ONE}/arrival")
@requires("visit.work")
def arrive(number: int) -> Answer:
    return _press(number, taking_place.arrive, "The arrival is written down.")


@pages.post(f"{ONE}/departure")
@requires("visit.work")
def leave(number: int) -> Answer:
    said = "The visit is over. The desk can read and sign what was done."
    return _press(number, taking_place.leave, said)


@pages.post(f"{ONE}/signature")
@requires("visit.agree")
def sign(number: int) -> Answer:
    return _press(number, taking_place.sign, "You have signed what was done.")


@pages.route(f"{ONE}/agenda", methods=FORM)
@requires("visit.book", "visit.agree")
def agree(number: int) -> Answer:
    """Each incident has a place; without one it is not on the agenda."""
    visit = queries.get_visit(number, to_change=request.method == "POST")
    lines = agenda.jobs_of(visit, me())
    form = Form(schemas.Agenda, {"agreed": bool(visit.agenda_agreed_at)})
    status, places = 200, {one.number: str(place) for place, one in enumerate(lines, 1)}
    if form.is_posted:
        places = _places()
        status = 422 if form.errors else 0
        if is_stale(visit.version, is_needed=True):
            status = _stale(form, visit)
        elif not status:
            wanted = [one for one, _ in sorted(places.items(), key=_by_place) if places[one]]
            agreed = form.data["agreed"] if me().may("visit.agree") else None
            status = attempt(
                form, lambda: booking.agree(visit, by=me(), incidents=wanted, agreed=agreed)
            )
            if not status:
                return _done(number, "The agenda is saved.")
        visit = queries.get_visit(number)
    if late := _too_late(visit, "agree", status):
        return late
    who = Visitor(visit.visitor_name, visit.membership_id, visit.la_membership_id)
    on_it = {one.number for one in lines}
    others = [one for one in agenda.could_be_done(me(), who) if one.number not in on_it]
    page, _ = form.page("visits/agenda.html", visit=visit, jobs=lines, others=others, places=places)
    return page, status


@pages.route(f"{ONE}/outcomes", methods=FORM)
@requires("visit.work")
def outcomes(number: int) -> Answer:
    visit = queries.get_visit(number, to_change=request.method == "POST")
    lines = agenda.jobs_of(visit, me())
    form, status = Form(schemas.Nothing), 200
    written = {one.number: _written(one) for one in lines}
    if form.is_posted:
        written = {one.number: _typed(one) for one in lines}
        status = _stale(form, visit) if is_stale(visit.version, is_needed=True) else 0
        if not status:
            status = attempt(form, lambda: _write(visit, written))
            if not status:
                return _done(number, "What was done is written down.")
        visit = queries.get_visit(number)
    if late := _too_late(visit, "outcomes", status):
        return late
    page, _ = form.page(
        "visits/outcomes.html",
        visit=visit,
        jobs=lines,
        written=written,
        outcomes=rules.OUTCOME_WORDS,
    )
    return page, status


def _write(visit: Visit, written: dict[int, dict[str, str]]) -> None:
    """Only those of which something is said; a page may be saved half done."""
    said = [
        {"incident": number, **{name: text for name, text in row.items() if text}}
        for number, row in written.items()
        if row["outcome"]
    ]
    jobs = booking.loaded(schemas.Outcomes(), {"jobs": said})["jobs"]
    taking_place.write_outcomes(visit, by=me(), jobs=jobs)


def _written(job: Job) -> dict[str, str]:
    minutes = "" if job.minutes is None else str(job.minutes)
    return {"outcome": job.outcome or "", "minutes": minutes, "note": job.note or ""}


def _typed(job: Job) -> dict[str, str]:
    return {
        name: request.form.get(f"{name}-{job.number}", "").strip()
        for name in ("outcome", "minutes", "note")
    }


def _places() -> dict[int, str]:
    found = {}
    for name, text in request.form.items():
        if match := _ORDER.fullmatch(name):
            text = text.strip()
            found[int(match[1])] = text if _PLACE.fullmatch(text) else ""
    return found


def _by_place(item: tuple[int, str]) -> tuple[int, int]:
    return int(item[1] or 0), item[0]


def _why(number: int, step: str, act: Callable[..., None], said: str) -> Answer:
    """A step of which only the reason is asked."""
    visit = queries.get_visit(number, to_change=request.method == "POST")
    form = Form(schemas.Reason)
    status = 422 if form.errors else 200
    if form.is_posted and is_stale(visit.version, is_needed=True):
        status = _stale(form, visit)
    elif form.is_ready:
        status = attempt(form, lambda: act(visit, **form.data))
        if not status:
            return _done(number, said)
    visit = queries.get_visit(number)
    if late := _too_late(visit, step, status):
        return late
    page, _ = form.page("visits/why.html", visit=visit, step=step)
    return page, status


def _press(number: int, act: Callable[..., None], said: str) -> Answer:
    """Nothing is asked. A refusal stands on the visit's own page."""
    visit = queries.get_visit(number, to_change=True)
    form = Form(_NOTHING, is_posted=False)
    if is_stale(visit.version, is_needed=True):
        raise Stale(f"{_who_was_quicker(visit)} Look at it again.")
    attempt(form, lambda: act(visit, by=me()))
    for sentences in form.errors.values():
        flash(" ".join(sentences), "error")
    if not form.errors:
        flash(said, "success")
    return redirect(url_for("visits.show", number=number), 303)


def _too_late(visit: Visit, step: str, status: int) -> Answer | None:
    """The visit has moved on: say so on its own page."""
    if visit.state in rules.STEPS[step] or status == 412:
        return None
    flash(rules.refusal(step, visit.state), "error")
    return redirect(url_for("visits.show", number=visit.number), 303)


def _done(number: int, said: str) -> Answer:
    flash(said, "success")
    return redirect(url_for("visits.show", number=number), 303)


def _stale(form: Form, visit: Visit) -> int:
    return form.stale(_who_was_quicker(visit), {}, visit.version)


def _who_was_quicker(visit: Visit) -> str:
    last = last_event("visit", visit.id)
    return changed_by(last.actor if last else None, last.at if last else None)


_NOTHING: type[Shape] = schemas.Nothing
