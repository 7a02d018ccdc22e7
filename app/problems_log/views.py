"""The problem log of a school: list, log, read, write up, take the next step."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue as Answer
from marshmallow import EXCLUDE, ValidationError

from app import clock
from app.api.manners import make_cursor, read_cursor
from app.door import me, requires
from app.errors import Wrong
from app.history.actions import record_access
from app.history.queries import last_event
from app.people.identity import SchoolName
from app.problems_log import actions, queries, rules, schemas, shown, stepping
from app.problems_log.models import Problem
from app.web.attempt import attempt, changed_by, check_current, is_stale
from app.web.forms import Form

pages = Blueprint("problems_log", __name__, template_folder="templates")

PAGE_SIZE = 50
LOG = "/<slug:school>/problems"
ONE = f"{LOG}/<number:number>"
FILTERS = ("q", "state", "raised_from", "open", "mine")
_WRITTEN_UP = ("title", "description", "affected", "impact", "priority")
_FOUND_OUT = ("cause", "workaround", "solution", "target_date")
# What each step asks, with what replaces its words.
ASKED: dict[str, dict[str, dict[str, Any]]] = {
    "assigned": {"resolver": {"optional": False}},
    "known_error": {"cause": {"optional": False}, "workaround": {"optional": False}},
    "solution_planned": {"solution": {"optional": False}, "target_date": {"optional": False}},
    "resolved": {"solution": {"label": "What solved it?", "optional": False}},
    "closed": {},
    "accepted": {
        "reason": {"label": "Why is it left unsolved?", "optional": False},
        "target_date": {"label": "When do you look at it again?", "optional": False},
    },
    "cancelled": {"reason": {"optional": False}},
}


@pages.app_template_filter()
def problem_state_words(state: str) -> str:
    return rules.STATE_WORDS.get(state, state)


@pages.app_template_filter()
def problem_state_colour(state: str) -> str:
    return rules.STATE_COLOURS.get(state, "grey")


@pages.app_template_filter()
def problem_source_words(source: str) -> str:
    return rules.SOURCE_WORDS.get(source, source)


@pages.app_template_filter()
def problem_event_words(kind: str, to_value: str | None) -> str:
    return rules.EVENT_WORDS.get(kind, kind).format(to=to_value or "")


@pages.get(LOG)
@requires("problem.view")
def index() -> Answer:
    asked = _asked_for()
    kept: dict[str, Any] = {
        name: "true" if value is True else value for name, value in asked.items()
    }
    scope = f"problems {me().school} {sorted(kept.items())}"
    place = read_cursor(scope, request.args.get("after"))
    found = queries.page_of_problems(
        me(), asked, after=place[0] if place else None, limit=PAGE_SIZE + 1
    )
    page, rest = found[:PAGE_SIZE], found[PAGE_SIZE:]
    after = make_cursor(scope, [page[-1].number]) if rest else None
    return render_template(
        "problems_log/index.html",
        rows=[(rules.reference(here().code, row.number), row) for row in page],
        asked=asked,
        states=rules.STATE_WORDS,
        sources=rules.SOURCE_WORDS,
        next_url=url_for(".index", after=after, **kept) if after else None,
        first_url=url_for(".index", **kept) if place else None,
    )


@pages.route(f"{LOG}/new", methods=["GET", "POST"])
@requires("problem.log")
def log() -> Answer:
    """One that was seen before there were incidents (R59)."""
    form = Form(schemas.NewOnPage, {"raised_from": "monitoring"})
    status = 422 if form.errors else 200
    if form.is_ready:
        made: list[Problem] = []
        said = ranked(form.data)
        status = attempt(form, lambda: made.append(actions.log(by=me(), **said)))
        if not status:
            return done(made[0].number, f"{reference_of(made[0].number)} is logged.")
    page, _ = form.page("problems_log/log.html")
    return page, status


@pages.get(ONE)
@requires("problem.view")
def show(number: int) -> Answer:
    problem = opened(number)
    return render_template(
        "problems_log/show.html",
        problem=problem,
        reference=reference_of(number),
        priority=shown.priority_name(problem.priority),
        incidents=queries.incidents_of(problem, me()),
        events=queries.history_of(problem),
        steps=[
            (state, step.words)
            for state, step in rules.STEPS.items()
            if problem.state in step.before and me().may(step.permission)
        ],
        target_words=f"{problem.target_date:%-d %B %Y}" if problem.target_date else None,
        is_finished=problem.state in rules.FINISHED,
        school_code=here().code,
    )


@pages.route(f"{ONE}/change", methods=["GET", "POST"])
@requires("problem.log", "problem.work", "problem.manage")
def change(number: int) -> Answer:
    names = [*_WRITTEN_UP, *(_FOUND_OUT if _finds_out() else ())]
    shape = schemas.ProblemChange(only=names)
    if request.method != "POST":
        problem = queries.get_problem(number)
        return _change_page(Form(shape, _saved(problem)), problem, names)
    problem = queries.get_problem(number, to_change=True)
    form, status = Form(shape), 422
    if is_stale(problem.version, is_needed=True):
        status = form.stale(_who_was_quicker(problem), _saved(problem), problem.version)
    elif form.is_ready:
        said = ranked(form.data)
        status = attempt(form, lambda: actions.write_up(problem, by=me(), **said))
        if not status:
            return done(number, f"{reference_of(number)} has been changed.")
        problem = queries.get_problem(number)
    return _change_page(form, problem, names), status


@pages.route(f"{ONE}/state", methods=["GET", "POST"])
@requires("problem.work", "problem.manage")
def move(number: int) -> Answer:
    """One step: what it needs is asked; what is written already stands in the form."""
    found = queries.get_problem(number)
    state = request.values.get("to") or request.values.get("state") or ""
    if state not in rules.STEPS:
        check_current(found.version, lambda: _who_was_quicker(found))
        return redirect(url_for(".show", number=number), 303)
    if request.method != "POST":
        problem = queries.get_problem(number)
        if problem.state not in rules.STEPS[state].before:
            flash(rules.refusal(problem.state, state), "error")
            return redirect(url_for(".show", number=number), 303)
        return _step_page(
            Form(schemas.ProblemState, {**_saved(problem), "state": state}), number, state
        )
    form, status = Form(schemas.ProblemState), 422
    if form.is_ready:
        status = _stepped(form, number)
        if not status:
            return done(number, f"{reference_of(number)}: {rules.STATE_WORDS[state].lower()}.")
    return _step_page(form, number, state), status


def _stepped(form: Form, number: int) -> int:
    """0 when it is done."""
    try:
        step = stepping.asked(form.data)
    except Wrong as mistakes:
        form.add_errors(mistakes.errors)
        return mistakes.status
    problem = queries.get_problem(number, to_change=True)
    if is_stale(problem.version, is_needed=True):
        return form.stale(_who_was_quicker(problem), _saved(problem), problem.version)
    return attempt(form, lambda: stepping.take(problem, step, by=me()))


def opened(number: int) -> Problem:
    """One to read; LA staff from outside leave an access record."""
    problem = queries.get_problem(number)
    if me().is_from_outside:
        record_access(reference_of(number), "read as LA staff", at=clock.now(), by=me())
    return problem


def here() -> SchoolName:
    school = me().school
    assert school is not None
    return school


def reference_of(number: int) -> str:
    return rules.reference(here().code, number)


def ranked(said: dict[str, Any]) -> dict[str, Any]:
    """P2 as people say it, 2 as it is kept."""
    if "priority" not in said:
        return said
    return {**said, "priority": shown.priority_rank(said["priority"])}


def done(number: int, said: str) -> Answer:
    flash(said, "success")
    return redirect(url_for("problems_log.show", number=number), 303)


def _finds_out() -> bool:
    return me().may("problem.work") or me().may("problem.manage")


def _saved(problem: Problem) -> dict[str, Any]:
    kept = {name: getattr(problem, name) for name in (*_WRITTEN_UP, *_FOUND_OUT)}
    return {
        **kept,
        "priority": shown.priority_name(problem.priority),
        "resolver": problem.resolver_name,
        "reason": problem.reason,
    }


def _who_was_quicker(problem: Problem) -> str:
    last = last_event("problem", problem.id)
    return changed_by(last.actor if last else None, last.at if last else None)


def _change_page(form: Form, problem: Problem, names: list[str]) -> str:
    page, _ = form.page(
        "problems_log/change.html",
        problem=problem,
        reference=reference_of(problem.number),
        names=names,
    )
    return page


def _step_page(form: Form, number: int, state: str) -> str:
    problem = queries.get_problem(number)
    fields = {name: dict(said) for name, said in ASKED[state].items()}
    if state == "assigned":
        names = [(one.name, one.name) for one in queries.resolvers()]
        fields["resolver"]["choices"] = names
        if form.errors or form.data.get("anyway"):
            fields["anyway"] = {}
    page, _ = form.page(
        "problems_log/step.html",
        problem=problem,
        reference=reference_of(number),
        state=state,
        words=rules.STEPS[state].words,
        fields=fields,
    )
    return page


def _asked_for() -> dict[str, Any]:
    given = {name: request.args[name] for name in FILTERS if request.args.get(name)}
    try:
        found: dict[str, Any] = schemas.ListArgs(unknown=EXCLUDE, only=FILTERS).load(given)
    except ValidationError as mistakes:
        raise Wrong(mistakes.messages_dict) from None
    return {name: value for name, value in found.items() if value}


# The pages of a problem that begin at an incident.
from app.problems_log import views_incident  # noqa: E402

__all__ = ["pages", "views_incident"]
