"""One page for each step: what is asked, and the step itself.

A refusal shows the form again with the sentence and everything that was typed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue as Answer

from app.door import me, requires
from app.history.queries import last_event
from app.incidents import actions, escalation, queries, rules, schemas, triage, work
from app.incidents import views_choices as choices
from app.incidents.blueprint import pages
from app.incidents.models import Incident
from app.incidents.reading import open_to_read
from app.incidents.steps import STEP, Step, is_in_time, offered
from app.incidents.turns import reference
from app.incidents.views_brought import FilesOfForm
from app.incidents.views_words import STEP_WORDS
from app.shapes import Shape
from app.web.attempt import attempt, changed_by, is_stale
from app.web.forms import Form

ONE = "/<slug:school>/incidents/<number:number>"
FORM = ("GET", "POST")
Act = Callable[[Incident, dict[str, Any]], object]


@pages.route(f"{ONE}/check", methods=FORM)
@requires("incident.check")
def check(number: int) -> Answer:
    return step(number, "check", schemas.Check, _check, ask=choices.check)


@pages.route(f"{ONE}/return", methods=FORM)
@requires("incident.return")
def return_(number: int) -> Answer:
    return step(number, "return", schemas.Return, _with(triage.return_to_reporter))


@pages.route(f"{ONE}/assignment", methods=FORM)
@requires("incident.take", "incident.assign")
def assign(number: int) -> Answer:
    name = "assign" if me().may("incident.assign") else "take"
    return step(number, name, schemas.Assignment, _with(work.assign), ask=choices.assignment)


@pages.route(f"{ONE}/escalation", methods=FORM)
@requires("incident.forward", "incident.escalate_first", "incident.escalate_second")
def escalate(number: int) -> Answer:
    act = _with(escalation.escalate)
    return step(number, "escalate", schemas.Escalation, act, ask=choices.escalation)


@pages.route(f"{ONE}/hand-back", methods=FORM)
@requires("incident.hand_back")
def hand_back(number: int) -> Answer:
    return step(number, "hand_back", schemas.Reason, _with(escalation.hand_back))


@pages.route(f"{ONE}/hold", methods=FORM)
@requires("incident.hold")
def hold(number: int) -> Answer:
    return step(number, "hold", schemas.Hold, _with(work.hold))


@pages.route(f"{ONE}/resumption", methods=FORM)
@requires("incident.hold")
def resume(number: int) -> Answer:
    return step(number, "resume", schemas.Nothing, _with(work.resume))


@pages.route(f"{ONE}/resolution", methods=FORM)
@requires("incident.resolve")
def resolve(number: int) -> Answer:
    return step(number, "resolve", schemas.Resolution, _with(work.resolve))


@pages.route(f"{ONE}/self-cure", methods=FORM)
@requires("incident.self_cure")
def self_cure(number: int) -> Answer:
    return step(number, "self_cure", schemas.SelfCure, _with(work.self_cure))


@pages.route(f"{ONE}/reopening", methods=FORM)
@requires("incident.reopen")
def reopen(number: int) -> Answer:
    return step(number, "reopen", schemas.Reason, _with(work.reopen))


@pages.route(f"{ONE}/closure", methods=FORM)
@requires("incident.close")
def close(number: int) -> Answer:
    return step(number, "close", schemas.Nothing, _with(work.close))


@pages.route(f"{ONE}/cancellation", methods=FORM)
@requires("incident.cancel")
def cancel(number: int) -> Answer:
    return step(number, "cancel", schemas.Reason, _with(work.cancel))


@pages.route(f"{ONE}/notes", methods=FORM)
@requires("incident.note")
def note(number: int) -> Answer:
    files = FilesOfForm.of_incident(number)
    return step(number, "note", schemas.Note, _with(actions.note), ask=choices.note, files=files)


def step(
    number: int,
    name: str,
    shape: type[Shape],
    act: Act,
    *,
    ask: Callable[[Incident], choices.Ask] | None = None,
    files: FilesOfForm | None = None,
) -> Answer:
    """Ask, act, or ask again."""
    if request.method != "POST":
        return _asked(number, name, shape, ask, files)
    incident = queries.get_incident(me(), number, to_change=True)
    form, status = Form(shape), 422
    if files:
        files.tell(form)
    if is_stale(incident.version, is_needed=name in choices.OVERWRITES):
        status = stale(form, incident, choices.saved(name, incident))
    elif form.is_ready:
        said = {**form.data, "brought": files.brought} if files else form.data
        status = attempt(form, lambda: act(incident, said))
        if not status:
            return files.saved(done(number, name)) if files else done(number, name)
    if files:
        status = files.keep_waiting(form, status)
    # The transaction may be gone, and the incident may have moved on.
    incident = queries.get_incident(me(), number)
    return _form_page(form, incident, name, ask, files), status


def done(number: int, name: str) -> Answer:
    said = STEP_WORDS["assign" if name == "take" else name][1]
    flash(said.format(ref=reference_of(number)), "success")
    return redirect(url_for(".show", number=number), 303)


def reference_of(number: int) -> str:
    school = me().school
    assert school is not None
    return reference(school.code, number)


def stale(form: Form, incident: Incident, saved: dict[str, Any]) -> int:
    """Somebody was quicker: both texts, who it was, and when (reliability.md F9)."""
    last = last_event("incident", incident.id, queries.visibilities(me()))
    said = changed_by(last.actor if last else None, last.at if last else None)
    return form.stale(said, saved, incident.version)


def too_late(incident: Incident, name: str) -> Answer:
    """The state does not allow this step any more: say so on the incident itself."""
    flash(rules.refusal(reference_of(incident.number), incident.status, name), "error")
    return redirect(url_for(".show", number=incident.number), 303)


def _asked(
    number: int,
    name: str,
    shape: type[Shape],
    ask: Callable[[Incident], choices.Ask] | None,
    files: FilesOfForm | None,
) -> Answer:
    incident = open_to_read(me(), number)
    if not is_in_time(name, incident):
        return too_late(incident, name)
    queries.check_reach(me(), _words_of(name, incident).permission, incident)
    start = ask(incident).start if ask else {}
    return _form_page(Form(shape, start), incident, name, ask, files)


def _form_page(
    form: Form,
    incident: Incident,
    name: str,
    ask: Callable[[Incident], choices.Ask] | None,
    files: FilesOfForm | None,
) -> str:
    fields = (ask or choices.of(*form.fields))(incident).fields
    page, _ = form.page(
        "incidents/step.html",
        incident=incident,
        reference=reference_of(incident.number),
        room=choices.room_name(incident),
        step=_words_of(name, incident),
        intro=STEP_WORDS["assign" if name == "take" else name][0],
        fields=fields,
        files=files,
    )
    return page


def _words_of(name: str, incident: Incident) -> Step:
    """The step as it is called here: to forward and to escalate are the same step."""
    names = ("check", "recheck") if name == "check" else (name,)
    return next((one for one in offered(me(), incident) if one.name in names), STEP[name])


def _with(action: Callable[..., object]) -> Act:
    return lambda incident, said: action(incident, by=me(), **said)


def _check(incident: Incident, said: dict[str, Any]) -> None:
    priority = said.pop("priority", None)
    rank = int(priority[1]) if priority else None
    triage.check(incident, by=me(), priority=rank, **said)
