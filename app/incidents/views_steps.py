"""One page for each step: what is asked, and the step itself.

A refusal shows the form again with the sentence and everything that was typed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue as Answer

from app.door import me, requires
from app.incidents import actions, escalation, queries, rules, schemas, triage, work
from app.incidents import views_choices as choices
from app.incidents.blueprint import pages
from app.incidents.models import Incident
from app.incidents.reading import last_change, open_to_read
from app.incidents.steps import STEP, Step, is_in_time, offered
from app.incidents.turns import reference
from app.incidents.views_words import STEP_WORDS
from app.shapes import Shape
from app.web.attempt import attempt, is_stale
from app.web.forms import Form
from app.web.words import day_time

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
    return step(number, "note", schemas.Note, _with(actions.note), ask=choices.note)


def step(
    number: int,
    name: str,
    shape: type[Shape],
    act: Act,
    *,
    ask: Callable[[Incident], choices.Ask] | None = None,
) -> Answer:
    """Ask, act, or ask again."""
    if request.method != "POST":
        return _asked(number, name, shape, ask)
    incident = queries.get_incident(me(), number, to_change=True)
    form = Form(shape)
    if form.is_ready:
        refused = _stale(form, incident) or attempt(form, lambda: act(incident, form.data))
        if not refused:
            return done(number, name)
        # The transaction is gone, and the incident may have moved on.
        incident = queries.get_incident(me(), number)
        return _form_page(form, incident, name, ask), refused
    return _form_page(form, incident, name, ask), 422


def done(number: int, name: str) -> Answer:
    said = STEP_WORDS["assign" if name == "take" else name][1]
    flash(said.format(ref=reference_of(number)), "success")
    return redirect(url_for(".show", number=number), 303)


def reference_of(number: int) -> str:
    school = me().school
    assert school is not None
    return reference(school.code, number)


def changed_sentence(incident: Incident) -> str:
    """Who was quicker, and what to do now (reliability.md F9)."""
    last = last_change(incident, me())
    who = f"{last.actor} changed this on {day_time(last.at)}" if last else "Somebody changed this"
    return (
        f"{who}, after you had opened the page. Nothing of yours has been saved yet. "
        "Look at it, then send again what is still needed."
    )


def too_late(incident: Incident) -> Answer:
    """The state does not allow it any more: say so on the incident itself."""
    flash(rules.refusal(reference_of(incident.number), incident.status), "error")
    return redirect(url_for(".show", number=incident.number), 303)


def _asked(
    number: int, name: str, shape: type[Shape], ask: Callable[[Incident], choices.Ask] | None
) -> Answer:
    incident = open_to_read(me(), number)
    if not is_in_time(name, incident):
        return too_late(incident)
    queries.check_reach(me(), _words_of(name, incident).permission, incident)
    start = ask(incident).start if ask else {}
    return _form_page(Form(shape, start), incident, name, ask)


def _form_page(
    form: Form, incident: Incident, name: str, ask: Callable[[Incident], choices.Ask] | None
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
    )
    return page


def _words_of(name: str, incident: Incident) -> Step:
    """The step as it is called here: to forward and to escalate are the same step."""
    names = ("check", "recheck") if name == "check" else (name,)
    return next((one for one in offered(me(), incident) if one.name in names), STEP[name])


def _stale(form: Form, incident: Incident) -> int:
    if not is_stale(incident.version):
        return 0
    form.add_errors({"": [changed_sentence(incident)]})
    return 412


def _with(action: Callable[..., object]) -> Act:
    return lambda incident, said: action(incident, by=me(), **said)


def _check(incident: Incident, said: dict[str, Any]) -> None:
    priority = said.pop("priority", None)
    rank = int(priority[1]) if priority else None
    triage.check(incident, by=me(), priority=rank, **said)
