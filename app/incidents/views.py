"""Pages of one person's incidents: one incident with everything about it, and my reports."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue as Answer

from app import clock
from app.api.manners import make_cursor, read_cursor
from app.door import me, requires
from app.history.queries import times_opened
from app.incidents import (
    attachments,
    lists,
    queries,
    rules,
    schemas,
    shown,
    solved_by,
    steps,
    turn_strip,
    views_advisors,
    views_quality,
    views_together,
    views_words,
)
from app.incidents import views_choices as choices
from app.incidents.around import clocks_around, turns_around
from app.incidents.blueprint import pages
from app.incidents.clocks import desk_hours
from app.incidents.models import Incident
from app.incidents.presence import sentence
from app.incidents.queue_rows import address_of
from app.incidents.reading import open_to_read
from app.incidents.supplier_says import answer_of
from app.incidents.views_address import tail_of
from app.incidents.views_brought import FilesOfForm
from app.incidents.views_presence import presence
from app.incidents.views_steps import ONE, reference_of
from app.schools.categories import CATEGORY_WORDS
from app.web.forms import Form

PAGE_SIZE = 25
EVENTS_SHOWN = 100
# Made once: marshmallow copies every field for each schema it makes.
_NOTE = schemas.Note()


@pages.app_template_filter()
def category_words(category: str) -> str:
    return CATEGORY_WORDS.get(category, category)


@pages.app_template_filter()
def step_tail(page: str) -> str:
    """`{{ address }}{{ step.page | step_tail }}`: a step of the incident at that address."""
    return tail_of(page)


@pages.get(ONE)
@requires("incident.view")
def show(number: int) -> Answer:
    person, now = me(), clock.now()
    incident = open_to_read(person, number, is_offered_too=True, is_for_supplier=True)
    if queries.supplies_only(person, incident):
        return redirect(url_for(".supplier_answer", number=number), 303)
    if queries.advises_only(person, incident):
        return redirect(url_for(".advise", number=number), 303)
    turns = turns_around(incident)
    clocks = clocks_around(incident)
    events, next_url = _timeline(incident)
    is_whole = next_url is None and "after" not in request.args
    offered = steps.offered(person, incident)
    first = _next_step(incident, offered)
    files = attachments.files_of(incident, person)
    return render_template(
        "incidents/show.html",
        incident=incident,
        reference=reference_of(number),
        room=choices.room_name(incident),
        turns=turns,
        strip=turn_strip.strip(turns, desk_hours(incident), now),
        clocks=[
            views_words.measured(shown.shown_clock(incident, one, turns, now)) for one in clocks
        ],
        events=[(event, views_words.happened(event)) for event in events],
        next_url=next_url,
        stands=views_words.stands(incident, now, to_reporter=_is_reporter(incident)),
        first=first,
        others=[one for one in offered if one != first and one.name != "note"],
        note=Form(_NOTE, {"visibility": "public"}, is_posted=False),
        note_fields=choices.note(incident).fields,
        address=_address(number),
        sheet_files=[one for one in files if one.part == "sheet"],
        note_files=attachments.by_note(files),
        removable=attachments.removable(person, incident, files),
        files=FilesOfForm(),
        may_note=any(one.name == "note" for one in offered),
        beside=views_quality.beside(incident, now),
        known=solved_by.around(incident, _code(), person),
        advice=views_advisors.of_incident(incident),
        working=views_together.working(incident, events, offered, is_whole=is_whole),
        writing=sentence(presence().others(incident, person)),
        opened=_from_outside(incident),
        now=now,
    )


def _next_step(incident: Incident, offered: list[steps.Step]) -> steps.Step | None:
    """Once a supplier has said that it is done, that is what somebody records."""
    record = next((one for one in offered if one.name == "resolve"), None)
    is_theirs = record is not None and incident.line == rules.SUPPLIER_LINE
    if is_theirs and answer_of(incident) is not None:
        return record
    return steps.next_step(me(), incident)


def _from_outside(incident: Incident) -> tuple[int, int]:
    """How often it was opened from outside the school and by how many, for whoever may know."""
    if not me().may("access_record.view"):
        return 0, 0
    return times_opened(reference_of(incident.number), incident.logged_at)


@pages.get("/<slug:school>/incidents/mine")
@requires("incident.log")
def mine() -> Answer:
    scope = f"mine {me().school}"
    after = read_cursor(scope, request.args.get("after"))
    page = lists.mine(me(), after=after, limit=PAGE_SIZE)
    now = clock.now()
    return render_template(
        "incidents/mine.html",
        rows=[(row, views_words.stands(row, now, to_reporter=True)) for row in page.rows],
        next_url=page.next and url_for(".mine", after=make_cursor(scope, page.next)),
        is_first=after is None,
    )


def _timeline(incident: Incident) -> tuple[list[Any], str | None]:
    """The first hundred entries, or those after a place."""
    scope = f"timeline {incident.school_id} {incident.number}"
    place: list[Any] | None = read_cursor(scope, request.args.get("after"))
    after = (datetime.fromisoformat(place[0]), place[1]) if place else None
    found = queries.events_of(incident, me(), limit=EVENTS_SHOWN + 1, after=after)
    page = found[:EVENTS_SHOWN]
    if len(found) <= EVENTS_SHOWN:
        return page, None
    last = make_cursor(scope, [page[-1].at.isoformat(), page[-1].id])
    return page, url_for(".show", number=incident.number, after=last)


def _code() -> str:
    school = me().school
    assert school is not None
    return school.code


def _address(number: int) -> str:
    school = me().school
    assert school is not None
    return address_of(school.slug, number)


def _is_reporter(incident: Incident) -> bool:
    return incident.reporter_id in me().membership_ids


# The other pages of this blueprint.
from app.incidents import (  # noqa: E402
    views_advice,
    views_article,
    views_before,
    views_blank,
    views_checks,
    views_close_many,
    views_consulting,
    views_deadlines,
    views_desk,
    views_files,
    views_lines,
    views_models,
    views_print,
    views_queue,
    views_ready,
    views_service,
    views_sheet,
    views_steps,
    views_supplier,
    views_working,
)

__all__ = [
    "pages",
    "views_advice",
    "views_article",
    "views_before",
    "views_blank",
    "views_checks",
    "views_close_many",
    "views_consulting",
    "views_deadlines",
    "views_desk",
    "views_files",
    "views_lines",
    "views_models",
    "views_print",
    "views_queue",
    "views_ready",
    "views_service",
    "views_sheet",
    "views_steps",
    "views_supplier",
    "views_working",
]
