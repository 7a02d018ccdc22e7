"""Pages of visits: the list, booking one, and one visit with what may be done with it now."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue as Answer
from marshmallow import ValidationError

from app import clock
from app.api.manners import make_cursor, read_cursor
from app.door import me, requires
from app.incidents.reading import open_list
from app.reachability.queries import spoc_card
from app.visits import agenda, booking, queries, rules, schemas
from app.visits.booking import NoSlot
from app.visits.models import Visit
from app.visits.visitors import everybody
from app.web import typed
from app.web.attempt import attempt
from app.web.forms import Form
from app.web.words import day_time

pages = Blueprint("visits", __name__, template_folder="templates")

PAGE_SIZE = 25
FORM = ("GET", "POST")
Slots = list[tuple[datetime, datetime]]
NO_SLOTS: Slots = []
ONE = "/<slug:school>/visits/<number:number>"


@pages.app_template_filter()
def visit_state_words(state: str) -> str:
    return rules.STATE_WORDS[state]


@pages.app_template_filter()
def visit_state_colour(state: str) -> str:
    return rules.STATE_COLOURS[state]


@pages.app_template_filter()
def visit_outcome_words(outcome: str) -> str:
    return rules.OUTCOME_WORDS[outcome]


@pages.get("/<slug:school>/visits")
@requires("visit.view")
def index() -> Answer:
    is_coming = request.args.get("all") != "true"
    scope = f"visits {me().school} {is_coming}"
    place = read_cursor(scope, request.args.get("after"))
    open_list(me(), "visits")
    found = queries.page_of_visits(is_coming=is_coming, after=place, limit=PAGE_SIZE + 1)
    shown, rest = found[:PAGE_SIZE], found[PAGE_SIZE:]
    more: dict[str, Any] = {} if is_coming else {"all": "true"}
    after = make_cursor(scope, [shown[-1].starts_at.isoformat(), shown[-1].id]) if rest else None
    return render_template(
        "visits/index.html",
        visits=shown,
        is_coming=is_coming,
        figures=queries.figures(),
        next_url=url_for(".index", after=after, **more) if after else None,
        first_url=url_for(".index", **more) if place else None,
    )


@pages.route("/<slug:school>/visits/new", methods=FORM)
@requires("visit.book")
def book() -> Answer:
    start = {"kind": "regular", "visitor": me().name if me().is_from_outside else None}
    form = Form(schemas.Booking, start)
    status, slots = (422 if form.errors else 200), NO_SLOTS
    if form.is_ready:
        made: list[Visit] = []
        status, slots = with_slots(form, lambda: made.append(booking.book(by=me(), **form.data)))
        if not status:
            flash(f"The visit on {day_time(made[0].starts_at)} is booked.", "success")
            return redirect(url_for(".show", number=made[0].number), 303)
    page, _ = form.page(
        "visits/book.html",
        visitors=[(one.name, one.name) for one in everybody()],
        slots=choices_of(form, slots),
    )
    return page, status


@pages.get(ONE)
@requires("visit.view")
def show(number: int) -> Answer:
    visit = queries.get_visit(number)
    open_list(me(), f"visit {number}")
    jobs = agenda.jobs_of(visit, me())
    return render_template(
        "visits/show.html",
        visit=visit,
        jobs=jobs,
        hidden=agenda.count_jobs(visit.id) - len(jobs),
        steps=steps_of(visit),
    )


@pages.get(f"{ONE}/brief")
@requires("visit.view")
def brief(number: int) -> Answer:
    """On paper: for whoever comes, to carry along."""
    visit = queries.get_visit(number)
    open_list(me(), f"visit {number}")
    jobs = agenda.jobs_of(visit, me())
    return render_template(
        "visits/brief.html",
        visit=visit,
        jobs=jobs,
        hidden=agenda.count_jobs(visit.id) - len(jobs),
        card=spoc_card(clock.now()),
    )


@pages.get("/day-plan")
@requires("day_plan.view")
def day_plan() -> Answer:
    """A technician's own visits, school by school, on one day."""
    day = _day() or clock.today()
    return render_template(
        "visits/day_plan.html",
        day=day,
        before=day - timedelta(days=1),
        following=day + timedelta(days=1),
        places=queries.day_plan(me(), day, clock.now()),
    )


def steps_of(visit: Visit) -> frozenset[str]:
    """What may be done now by the one who looks."""
    return frozenset(
        step
        for step, states in rules.STEPS.items()
        if visit.state in states
        and any(me().may(action) for action in PERMISSIONS[step])
        and not (step in ("sign", "outcomes") and visit.signed_at)
    )


# fmt: off
PERMISSIONS: dict[str, tuple[str, ...]] = {
    "move":     ("visit.book",),
    "agree":    ("visit.book", "visit.agree"),
    "arrive":   ("visit.work",),
    "outcomes": ("visit.work",),
    "leave":    ("visit.work",),
    "abort":    ("visit.work", "visit.agree"),
    "cancel":   ("visit.book",),
    "sign":     ("visit.agree",),
}
# fmt: on


def with_slots(form: Form, act: Any) -> tuple[int, Slots]:
    """As `attempt`, and the next times where somebody cannot be there."""
    found: Slots = []

    def do() -> None:
        try:
            act()
        except NoSlot as refusal:
            found.extend(refusal.slots)
            raise

    return attempt(form, do), found


def choices_of(form: Form, slots: Slots) -> list[tuple[str, dict[str, Any]]]:
    """Each as words for its button and everything that the form would send with that time."""
    begins = {"starts_at": form.fields["starts_at"]}
    return [
        (
            f"{day_time(began)} to {day_time(ended)[-5:]}",
            {**form.values, **typed.as_shown(begins, {"starts_at": began})},
        )
        for began, ended in slots
    ]


def _day() -> Any:
    text = request.args.get("on", "")
    try:
        return schemas.DayArgs().load({"on": text})["on"] if text else None
    except ValidationError:
        return None


# The steps of one visit.
from app.visits import views_steps  # noqa: E402

__all__ = ["pages", "views_steps"]
