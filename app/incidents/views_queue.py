"""The LA's queue across all schools, and the same step for many of its rows."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from flask import Response, flash, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue as Answer
from marshmallow import ValidationError

from app import clock
from app.door import answers_first, me, requires
from app.incidents import bulk, lists, queue_address, queue_counts, queue_page, schemas
from app.incidents import views_queue_fresh as fresh
from app.incidents.blueprint import pages
from app.incidents.queue_address import Address
from app.incidents.queue_rows import queue_rows
from app.incidents.undo import TOO_LATE
from app.incidents.views_undo import make_token, offer_undo, read_token, say_undone
from app.people.groups import la_groups
from app.reachability.queries import how_many_without_cover
from app.web.drawn import drawn
from app.web.words import plural
from tenants import across_schools

PAGE, LIST = "incidents/queue.html", "incidents/queue_list.html"


@pages.get("/queue")
@requires("queue.view")
@answers_first(fresh.not_modified)
def queue() -> Answer:
    """Open incidents by next due time. The page's own polling gets the list alone."""
    is_part = request.headers.get("HX-Request") == "true"
    address = queue_address.read(request.args)
    return fresh.mark(_page(LIST if is_part else PAGE, address))


@pages.get("/queue/bulk")
@requires("queue.view")
def queue_after_bulk() -> Answer:
    """Somebody loads the answer of a bulk step again: what they want is the list."""
    return redirect(queue_address.read(request.args).url, 303)


@pages.post("/queue/bulk")
@requires("queue.view")
def queue_bulk() -> Answer:
    """Take or assign what is ticked. Filters and place stay, and so do the ticks of the refused."""
    address = queue_address.read(request.args)
    wanted = bulk.picks(request.form.getlist("pick"))
    outcome, said = _step(wanted)
    queue_counts.forget_counts()
    if outcome is not None and not outcome.refused:
        sentence = f"{plural(len(outcome.done), 'incident')} {said}."
        if outcome.undoable:
            offer_undo(sentence, address.undo_url(), token=make_token(outcome.undoable))
        else:
            flash(sentence, "success")
        return redirect(address.url, 303)
    ticked = {one.key for one in wanted}
    if outcome is not None:
        ticked = {one.pick.key for one in outcome.refused}
    response = _page(PAGE, address, ticked, outcome=outcome, said=said)
    # Nothing was done, so nothing is kept; with something done the door has to commit.
    response.status_code = 200 if outcome is not None and outcome.done else 409
    return response


@pages.post("/queue/bulk/undo")
@requires("queue.view")
def queue_undo() -> Answer:
    """Within ten seconds; rows that somebody has gone on with stay, and are named."""
    address = queue_address.read(request.args)
    rows = read_token(request.form.get("token", ""))
    if not rows:
        flash(TOO_LATE, "error")
        return redirect(address.url, 303)
    outcome = bulk.undo_giving(rows, by=me())
    queue_counts.forget_counts()
    say_undone(outcome)
    return redirect(address.url, 303)


def _step(wanted: list[bulk.Pick]) -> tuple[bulk.Outcome | None, str]:
    """What came of it and how that is said; without an outcome, what is missing."""
    if not wanted:
        return None, "Tick at least one incident first."
    try:
        asked: dict[str, Any] = schemas.BulkStep().load(
            {name: request.form[name] for name in ("step", "to") if request.form.get(name)}
        )
    except ValidationError:
        return None, "Choose who gets them."
    if asked["step"] == "take":
        return bulk.take(wanted, by=me()), "taken: yours now"
    kind, _, name = asked["to"].partition(":")
    outcome = bulk.assign(
        wanted,
        by=me(),
        person=name if kind == "person" else None,
        group=name if kind == "group" else None,
    )
    groups = {group.key: group.name for group in la_groups()} if kind == "group" else {}
    return outcome, f"assigned to {groups.get(name, name)}"


def _page(
    template: str, address: Address, ticked: Collection[str] = (), **context: Any
) -> Response:
    """The page, or with queue_list.html as the template only its list."""
    person, now = me(), clock.now()
    with across_schools("the support queue"):
        filters = queue_page.with_schools(address.filters)
        page = lists.queue(person, filters, after=address.after, limit=address.limit)
        links = queue_page.quick_links(person, address.given)
        how_many = queue_page.how_many(person, address, filters, page)
        choices = queue_page.choices()
        without_cover = 0 if template == LIST else how_many_without_cover(now)
    listing = drawn(
        LIST,
        address=address,
        rows=queue_rows(page.rows, now, ticked),
        next_url=address.next_url(page.next) if page.next else None,
        links=links,
        how_many=how_many,
        tag=fresh.shown_tag(),
        me=person,
    )
    if template == LIST:
        return make_response(listing)
    may_assign = person.may("incident.assign")
    return make_response(
        render_template(
            template,
            address=address,
            listing=listing,
            filters=queue_page.filters_form(address, choices),
            bulk_options=queue_page.bulk_options(choices) if may_assign else "",
            may_assign=may_assign,
            without_cover=without_cover,
            **context,
        )
    )
