"""One page for each step: what is asked, and the step itself.

A refusal shows the form again with the sentence and everything that was typed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue as Answer

from app.door import me, requires
from app.errors import NotAllowed, Refused
from app.history.queries import last_event
from app.incidents import (
    actions,
    approvals,
    closing,
    escalation,
    queries,
    ready_replies,
    rules,
    schemas,
    triage,
    undo,
    work,
)
from app.incidents import views_choices as choices
from app.incidents.blueprint import pages
from app.incidents.models import Incident
from app.incidents.presence import sentence
from app.incidents.reading import open_to_read
from app.incidents.steps import STEP, Step, is_in_time, is_offered, offered
from app.incidents.turns import reference
from app.incidents.views_brought import FilesOfForm
from app.incidents.views_presence import presence
from app.incidents.views_undo import offer_undo
from app.incidents.views_words import STEP_WORDS
from app.shapes import Shape
from app.web import attempt as attempts
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
    return step(number, "return", schemas.Return, with_action(triage.return_to_reporter))


@pages.route(f"{ONE}/assignment", methods=FORM)
@requires("incident.take", "incident.assign")
def assign(number: int) -> Answer:
    name = "assign" if me().may("incident.assign") else "take"
    return step(number, name, schemas.Assignment, with_action(work.assign), ask=choices.assignment)


@pages.route(f"{ONE}/escalation", methods=FORM)
@requires("incident.forward", "incident.escalate_first", "incident.escalate_second")
def escalate(number: int) -> Answer:
    act = with_action(escalation.escalate)
    return step(number, "escalate", schemas.Escalation, act, ask=choices.escalation)


@pages.route(f"{ONE}/hand-back", methods=FORM)
@requires("incident.hand_back", "incident.fetch_back")
def hand_back(number: int) -> Answer:
    return step(number, "hand_back", schemas.Reason, with_action(escalation.hand_back))


@pages.route(f"{ONE}/hold", methods=FORM)
@requires("incident.hold")
def hold(number: int) -> Answer:
    return step(number, "hold", schemas.Hold, with_action(work.hold))


@pages.route(f"{ONE}/resumption", methods=FORM)
@requires("incident.hold")
def resume(number: int) -> Answer:
    return step(number, "resume", schemas.Nothing, with_action(work.resume))


@pages.route(f"{ONE}/resolution", methods=FORM)
@requires("incident.resolve")
def resolve(number: int) -> Answer:
    act = with_action(work.resolve)
    return step(number, "resolve", schemas.Resolution, act, ask=choices.resolution)


@pages.route(f"{ONE}/self-cure", methods=FORM)
@requires("incident.self_cure")
def self_cure(number: int) -> Answer:
    return step(number, "self_cure", schemas.SelfCure, with_action(work.self_cure))


@pages.route(f"{ONE}/reopening", methods=FORM)
@requires("incident.reopen")
def reopen(number: int) -> Answer:
    return step(number, "reopen", schemas.Reason, with_action(work.reopen))


@pages.route(f"{ONE}/closure", methods=FORM)
@requires("incident.close", "incident.close_where_allowed")
def close(number: int) -> Answer:
    return step(number, "close", schemas.Closure, with_action(work.close), ask=choices.closure)


@pages.post(f"{ONE}/closure/undo")
@requires("incident.close", "incident.close_where_allowed")
def undo_close(number: int) -> Answer:
    """The button beside "is closed", for ten seconds."""
    incident = queries.get_incident(me(), number, to_change=True)
    check_current(incident)
    try:
        undo.undo_close(incident, by=me())
    except (Refused, NotAllowed) as refusal:
        flash(refusal.sentence, "error")
    else:
        flash(f"{reference_of(number)} is not closed: it is resolved, as before.", "success")
    return redirect(url_for(".show", number=number), 303)


@pages.route(f"{ONE}/cancellation", methods=FORM)
@requires("incident.cancel")
def cancel(number: int) -> Answer:
    return step(number, "cancel", schemas.Reason, with_action(work.cancel))


@pages.route(f"{ONE}/notes", methods=FORM)
@requires("incident.note")
def note(number: int) -> Answer:
    files = FilesOfForm.of_incident(number)
    if "use_reply" in request.form:
        return _with_reply(number, files)
    act = with_action(actions.note)
    return step(number, "note", schemas.Note, act, ask=choices.note_page, files=files)


def _with_reply(number: int, files: FilesOfForm) -> Answer:
    """A ready reply has been chosen: it stands in the form, with what was typed before it. Nothing
    is sent yet."""
    incident = queries.get_incident(me(), number)
    token = request.form.get("reply", "")
    found = ready_replies.by_token(token) if me().may("incident.note_internal") else None
    form = Form(schemas.Note, {"visibility": "public"}, is_posted=False)
    typed = request.form.get("text", "").replace("\r\n", "\n").strip()
    said = ready_replies.filled(found, reference_of(number)) if found else ""
    form.values["text"] = "\n\n".join(part for part in (typed, said) if part)
    form.values["visibility"] = request.form.get("visibility") or "public"
    status = files.keep_waiting(form, 200)
    return _form_page(form, incident, "note", choices.note_page, files), status


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
            presence().stops(incident, me())
            return files.saved(done(number, name)) if files else done(number, name)
    if files:
        status = files.keep_waiting(form, status)
    # The transaction may be gone, and the incident may have moved on.
    incident = queries.get_incident(me(), number)
    return _form_page(form, incident, name, ask, files), status


def done(number: int, name: str) -> Answer:
    said = STEP_WORDS["assign" if name == "take" else name][1].format(ref=reference_of(number))
    if name == "close":
        version = queries.get_incident(me(), number).version
        offer_undo(said, url_for(".undo_close", number=number), version=str(version))
    else:
        flash(said, "success")
    return redirect(url_for(".show", number=number), 303)


def reference_of(number: int) -> str:
    school = me().school
    assert school is not None
    return reference(school.code, number)


def stale(form: Form, incident: Incident, saved: dict[str, Any]) -> int:
    """Somebody was quicker: both texts, who it was, and when (reliability.md F9)."""
    return form.stale(who_was_quicker(incident), saved, incident.version)


def check_current(incident: Incident) -> None:
    """For a button that asks nothing: raises Stale where the page it stood on is an older one."""
    attempts.check_current(incident.version, lambda: who_was_quicker(incident))


def who_was_quicker(incident: Incident) -> str:
    last = last_event("incident", incident.id, queries.visibilities(me()))
    return changed_by(last.actor if last else None, last.at if last else None)


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
    if name == "close":
        closing.check_may_close(incident, me())
    else:
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
    others = presence().others(incident, me())
    if is_offered(name, me(), incident):
        presence().writes(incident, me())
    page, _ = form.page(
        "incidents/step.html",
        incident=incident,
        reference=reference_of(incident.number),
        room=choices.room_name(incident),
        step=_words_of(name, incident),
        intro=STEP_WORDS["assign" if name == "take" else name][0],
        fields=fields,
        files=files,
        writing=sentence(others),
        ready=_ready(name, incident),
        asked=approvals.open_approval_of(incident) if name == "approve" else None,
    )
    return page


def _ready(name: str, incident: Incident) -> list[tuple[str, str, str]]:
    """Replies kept ready, for whoever answers reporters: (how the form names it, title, text)."""
    if name != "note" or not me().may("incident.note_internal"):
        return []
    ref = reference_of(incident.number)
    return [
        (ready_replies.token_of(one), one.title, ready_replies.filled(one, ref))
        for one in ready_replies.offered(incident.category)
    ]


def _words_of(name: str, incident: Incident) -> Step:
    """The step as it is called here: to forward and to escalate are the same step."""
    names = ("check", "recheck") if name == "check" else (name,)
    return next((one for one in offered(me(), incident) if one.name in names), STEP[name])


def with_action(action: Callable[..., object]) -> Act:
    return lambda incident, said: action(incident, by=me(), **said)


def _check(incident: Incident, said: dict[str, Any]) -> None:
    priority = said.pop("priority", None)
    rank = int(priority[1]) if priority else None
    triage.check(incident, by=me(), priority=rank, **said)
