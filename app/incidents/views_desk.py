"""The school desk's pages: its work list, the call log, and the call log as a file."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, NamedTuple

from flask import Flask, Response, current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue as Answer
from marshmallow import EXCLUDE, ValidationError

from app import clock
from app.api.manners import make_cursor, read_cursor
from app.door import me, requires
from app.history.actions import record_access
from app.incidents import decisions, export, heaps, lists, rules, schemas, steps
from app.incidents.blueprint import pages
from app.incidents.desk_rows import desk_row, desk_rows
from app.incidents.queue_rows import address_of
from app.incidents.reading import open_list
from app.incidents.views_address import tail_of
from app.locations.queries import location_choices
from app.people.identity import Me
from app.schools.desk_settings import settings_here
from app.shapes import LARGEST_PAGE, PAGE_SIZE, Day, Whole
from app.web.drawn import drawn
from app.web.typed import sentences
from app.web.words import status_words
from tenants import acting_in

WORK_LIST, RESOLVED_LIST = 200, 50
ROWS, TABLES = "incidents/call_log_rows.html", "incidents/desk_heaps.html"


class LogFilters(schemas.Filters):
    """What stands in the address of the call log. People mean the last day too."""

    begin = Day(data_key="from")
    end = Day(data_key="to")
    size = Whole(1, LARGEST_PAGE, data_key="size")


# Made once: marshmallow copies every field for each schema it makes.
_SHAPE = LogFilters(unknown=EXCLUDE)
_NAMES = {field.data_key or name: name for name, field in _SHAPE.fields.items()}


@pages.get("/<slug:school>/desk")
@requires("desk.view")
def desk() -> Answer:
    person, now = me(), clock.now()
    open_list(person, "work list")
    pressing = lists.work_list(person, WORK_LIST)
    resolved = lists.resolved_to_close(person, RESOLVED_LIST)
    found = [*pressing[:WORK_LIST], *resolved[:RESOLVED_LIST]]
    is_desk = person.may("incident.forward")
    lying = heaps.sort(found, now, clock.today())
    # Asked only where a row would say where it is forwarded to.
    is_own = any(steps.would_forward(row) for row in found) and settings_here().is_own_first_line
    rows = [
        (
            key,
            heading,
            what,
            [(desk_row(row, now), _next(row, is_desk, is_own)) for row in lying[key]],
        )
        for key, heading, what in heaps.HEAPS
    ]
    may_close = person.may("incident.close")
    return render_template(
        "incidents/desk.html",
        heaps=rows,
        listing=drawn(TABLES, heaps=rows, is_desk=is_desk, may_close=may_close),
        decisions=decisions.waiting(person),
        is_desk=is_desk,
        is_empty=not found,
        is_cut=len(found) < len(pressing) + len(resolved),
    )


@pages.get("/<slug:school>/incidents")
@requires("desk.view")
def call_log() -> Answer:
    person = me()
    given, filters, errors = _filters()
    scope = f"call log {person.school}"
    after = read_cursor(scope, request.args.get("after"))
    size = filters.pop("size", PAGE_SIZE)
    open_list(person, "call log")
    page, count = lists.counted_call_log(person, filters, after=after, limit=size)
    next_url = page.next and url_for(".call_log", **given, after=make_cursor(scope, page.next))
    body = render_template(
        "incidents/call_log.html",
        listing=drawn(ROWS, rows=desk_rows(page.rows, clock.now())) if page.rows else None,
        given=given,
        errors=errors,
        rooms=location_choices(),
        statuses=[(one, status_words(one)) for one in rules.Status],
        assignees=_assignees(given.get("assignee")),
        count=count,
        next_url=next_url,
        first_url=url_for(".call_log", **given) if after else None,
        csv_url=url_for(".call_log_csv", **given) if person.may("incident.export") else None,
    )
    return body, 422 if errors else 200


@pages.get("/<slug:school>/incidents.csv")
@requires("incident.export")
def call_log_csv() -> Answer:
    """Exactly what the filters show, all of it."""
    person = me()
    assert person.school is not None
    _, filters, errors = _filters()
    if errors:
        return call_log()
    filters.pop("size", None)
    if person.is_from_outside:
        record_access("call log", "exported as CSV", at=clock.now(), by=person)
    code = person.school.code
    # Asked for here, so that a refusal is still a page and not half a file.
    first = export.batch(person, code, filters, export.newest())
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    lines = _lines(app, person, filters, first)
    name = f"call-log-{person.school.slug}-{clock.today().isoformat()}.csv"
    return Response(
        lines,
        mimetype="text/csv",
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "X-Content-Type-Options": "nosniff",
        },
    )


def _lines(app: Flask, person: Me, filters: dict[str, Any], first: export.Batch) -> Iterator[bytes]:
    """A batch a transaction: none stays open while the browser reads (reliability.md 3.1)."""
    school, below = person.school, first.below
    assert school is not None
    yield export.heading() + first.lines
    while below is not None:
        with app.app_context(), acting_in(school.id):
            lines, below = export.batch(person, school.code, filters, below)
        yield lines


class Next(NamedTuple):
    url: str
    words: str


def _next(row: Any, is_desk: bool, is_own_first_line: bool) -> Next | None:
    """The obvious next step of the desk with a row, as a link."""
    if not is_desk:
        return None
    step = steps.next_for_desk(row, is_own_first_line=is_own_first_line)
    words = "Ask how it goes" if step.name == "note" else step.words
    return Next(address_of(row.slug, row.number) + tail_of(step.page), words)


def _assignees(chosen: str | None) -> list[tuple[str, str]]:
    """Whoever else stands in the address stays choosable."""
    usual = [("me", "Me"), ("none", "Nobody yet")]
    return usual if chosen in (None, "me", "none") else [*usual, (chosen, chosen)]


def _filters() -> tuple[dict[str, Any], dict[str, Any], list[str]]:
    """(as they stand in the address, as the query reads them, what is wrong with them)"""
    given: dict[str, Any] = {
        key: text.strip() for key, text in request.args.items() if key in _NAMES and text.strip()
    }
    try:
        return given, _as_read(_SHAPE.load(given)), []
    except ValidationError as wrong:
        messages = wrong.messages_dict
        errors = [
            said
            for key in messages
            for said in sentences(_SHAPE.fields[_NAMES[key]], messages[key])
        ]
        return given, _as_read(dict(wrong.valid_data or {})), errors


def _as_read(found: dict[str, Any]) -> dict[str, Any]:
    begin, end = found.pop("begin", None), found.pop("end", None)
    if begin:
        found["reported_from"] = begin
    if end:
        found["reported_to"] = end + timedelta(days=1)
    return found
