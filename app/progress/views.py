"""Changes as pages: list, ask for one, read, write up, take the next step."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue as Answer

from app.door import me, requires
from app.history.glass import looked_at
from app.history.queries import events_of, last_event
from app.history.shown import told
from app.problems_log.queries import open_problems
from app.progress import actions, queries, rules, schemas, shown
from app.progress.models import Change
from app.web.attempt import attempt, changed_by, check_current, is_stale
from app.web.forms import Form
from app.web.listed import listed, read_filters
from app.web.spreadsheets import Table, answer

pages = Blueprint("changes", __name__, template_folder="templates")

LIST = "/<slug:school>/changes"
ONE = f"{LIST}/<number:number>"
FORM = ("GET", "POST")
_TEXTS = (*rules.ASKED_FOR, *rules.PLANNED)


@pages.app_template_filter()
def change_state_words(state: str) -> str:
    return rules.STATE_WORDS.get(state, state)


@pages.app_template_filter()
def change_state_colour(state: str) -> str:
    return rules.STATE_COLOURS.get(state, "grey")


@pages.get(LIST)
@requires("change.view")
def index() -> Answer:
    filters = read_filters(schemas.ChangeFilters)
    found = listed("changes", filters, queries.page_of_changes)
    page = render_template(
        "progress/changes.html",
        rows=list(zip(found.rows, shown.changes(found.rows, code_here()), strict=True)),
        filters=filters,
        states=rules.STATE_WORDS,
        next_url=found.next_url,
        first_url=found.first_url,
    )
    return page, 422 if filters.errors else 200


@pages.get(f"{LIST}.csv")
@requires("change.view")
def as_csv() -> Answer:
    return _file("csv")


@pages.get(f"{LIST}.xlsx")
@requires("change.view")
def as_xlsx() -> Answer:
    return _file("xlsx")


def _file(kind: str) -> Answer:
    """Exactly what the list shows with these filters."""
    filters, code = read_filters(schemas.ChangeFilters), code_here()
    if filters.errors:
        return index()
    table = Table(
        "changes",
        shown.CHANGE_HEADINGS,
        lambda after, limit: queries.page_of_changes(filters.asked, after, limit),
        lambda rows: shown.change_cells(rows, code),
    )
    return answer(table, kind)


@pages.route(f"{LIST}/new", methods=FORM)
@requires("change.originate")
def ask_for() -> Answer:
    problem = request.args.get("problem", "")
    start = {"problem": problem, "reason": "problem" if problem else "new_need"}
    form = Form(schemas.NewChange, start)
    status = 422 if form.errors else 200
    if form.is_ready:
        made: list[Change] = []
        status = attempt(form, lambda: made.append(actions.ask_for(by=me(), **form.data)))
        if not status:
            said = "is a draft. Ask for approval when it is complete."
            return _done(made[0].number, f"{_reference(made[0].number)} {said}")
    return _form_page(form, None), status


@pages.get(ONE)
@requires("change.view")
def show(number: int) -> Answer:
    change = queries.get_change(number)
    looked_at(f"change {number}", me())
    return render_template(
        "progress/change.html",
        change=change,
        one=shown.change_detail(change, code_here(), me()),
        reason_words=rules.REASON_WORDS,
        steps=[(state, rules.STEPS[state].words) for state in shown.next_states(change, me())],
        may_write=_may_write(change),
        events=told(events_of("change", change.id).rows, rules.EVENT_WORDS),
    )


@pages.route(f"{ONE}/change", methods=FORM)
@requires("change.originate", "change.work")
def write_up(number: int) -> Answer:
    if request.method != "POST":
        change = queries.get_change(number)
        return _form_page(Form(_shape(change), _saved(change)), change)
    change = queries.get_change(number, to_change=True)
    form, status = Form(_shape(change)), 422
    if is_stale(change.version, is_needed=True):
        status = form.stale(_who_was_quicker(change), _saved(change), change.version)
    elif form.is_ready:
        status = attempt(form, lambda: actions.write_up(change, by=me(), **form.data))
        if not status:
            return _done(number, f"{_reference(number)} has been changed.")
        change = queries.get_change(number)
    return _form_page(form, change), status


@pages.route(f"{ONE}/state", methods=FORM)
@requires("change.originate", "change.work", "change.approve")
def move(number: int) -> Answer:
    """One step; what it needs is asked."""
    state = request.values.get("state", "")
    found = queries.get_change(number, to_change=request.method == "POST")
    if state not in rules.STEPS:
        check_current(found.version, lambda: _who_was_quicker(found))
        return redirect(url_for(".show", number=number), 303)
    form = Form(schemas.ChangeState, {"state": state})
    if request.method != "POST":
        return _step_page(form, found, state)
    status = 422
    if is_stale(found.version, is_needed=True):
        status = form.stale(_who_was_quicker(found), {}, found.version)
    elif form.is_ready:
        said = {name: value for name, value in form.data.items() if name != "state"}
        status = attempt(form, lambda: actions.move(found, state, by=me(), **said))
        if not status:
            return _done(number, f"{_reference(number)}: {rules.STATE_WORDS[state].lower()}.")
        found = queries.get_change(number)
    return _step_page(form, found, state), status


def code_here() -> str:
    school = me().school
    assert school is not None
    return school.code


def _reference(number: int) -> str:
    return rules.reference(code_here(), number)


def _done(number: int, said: str) -> Answer:
    flash(said, "success")
    return redirect(url_for(".show", number=number), 303)


def _open_names(change: Change | None) -> list[str]:
    """What may still be written of it, by this person."""
    if change is None:
        return [name for name in _TEXTS if name in schemas.NewChange().fields]
    return [
        name
        for name in _TEXTS
        if change.state in rules.OPEN_FOR[name][0]
        and (
            me().may(rules.OPEN_FOR[name][1])
            or (name in rules.PLANNED and me().may("change.originate"))
        )
    ]


def _may_write(change: Change) -> bool:
    return bool(_open_names(change))


def _shape(change: Change) -> schemas.WrittenUp:
    """Only what may still be written; at least something, so that a refusal can be shown."""
    return schemas.WrittenUp(only=_open_names(change) or ("urgent",))


def _form_page(form: Form, change: Change | None) -> str:
    page, _ = form.page(
        "progress/change_form.html",
        change=change,
        reference=_reference(change.number) if change else None,
        names=list(form.fields),
        problems=open_problems(),
    )
    return page


def _step_page(form: Form, change: Change, state: str) -> str:
    step = rules.STEPS[state]
    # A refusal may be about what stands on another page: say it here all the same.
    elsewhere = [name for name in form.errors if name and name not in form.fields]
    for name in elsewhere:
        form.errors.setdefault("", []).extend(form.errors.pop(name))
    page, _ = form.page(
        "progress/step.html",
        change=change,
        reference=_reference(change.number),
        state=state,
        words=step.words,
        asks=step.asks,
        is_needed={
            "note": "decision_note" in step.needs,
            "outcome": "outcome" in step.needs,
        },
    )
    return page


def _saved(change: Change) -> dict[str, Any]:
    return {
        **{name: getattr(change, name, None) for name in _TEXTS},
        "problem": queries.problem_number_of(change.problem_id),
        "urgent": change.is_urgent,
        "cost": f"{change.cost:.2f}",
    }


def _who_was_quicker(change: Change) -> str:
    last = last_event("change", change.id)
    return changed_by(last.actor if last else None, last.at if last else None)
