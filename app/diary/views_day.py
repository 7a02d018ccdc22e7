"""One day of the diary, whatever it comes from: ticked, done, called off, changed by itself."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue as Answer
from marshmallow import EXCLUDE, ValidationError

from app import clock
from app.diary import actions, entries, marking, rules, schemas, shown
from app.diary.blueprint import DIARY, FORM, ONE, pages
from app.diary.items import Item
from app.diary.models import DiaryEntry
from app.door import me, requires
from app.errors import NotThere
from app.history.queries import last_event
from app.web.attempt import attempt, changed_by, is_stale
from app.web.forms import Form

# The page of what a day comes from.
_WHENCE = {
    "entry": "diary.show",
    "contract_notice": "contracts.show",
    "contract_end": "contracts.show",
    "licence_notice": "licences.show",
    "licence_end": "licences.show",
    "warranty_end": "assets.show",
    "payment": "payments.show",
    "visit": "visits.show",
    "document_review": "documents.show",
    "critical_date": "critical_dates.show",
    "loan_due": "assets.show",
}
# Which of them ask for a tag, not for a number.
_OF_ASSETS = "assets.show"
_SAID = {"done": "is done.", "cancelled": "is called off.", "planned": "is saved."}


@pages.route(f"{DIARY}/day", methods=FORM)
@requires("diary.view", "diary.edit")
def day() -> Answer:
    """Whoever reads the diary sees it; whoever keeps it says what became of it."""
    item = _asked()
    form = Form(schemas.DayForm, {"ticked": sorted(item.ticked_words), "note": item.note})
    status = 422 if form.errors else 200
    if form.is_ready:
        said = {**form.data, "source": item.source, "key": item.key, "on": item.on}
        status = attempt(form, lambda: marking.mark(by=me(), **said))
        if not status:
            flash(f"“{item.title}” {_SAID[form.data['status']]}", "success")
            return redirect(url_for(".day", **_place(item)), 303)
    page = render_template(
        "diary/day.html",
        form=form,
        item=item,
        points=[(point, point) for point in item.checklist],
        ticks={one["item"]: one for one in item.ticked},
        place=_place(item),
        whence=whence(item),
        source=rules.SOURCES[item.source].words,
        today=clock.today(),
    )
    return page, status


@pages.route(f"{ONE}/single/<day:day>", methods=FORM)
@requires("diary.edit")
def single(number: int, day: str) -> Answer:
    """This day only: it becomes an entry of its own, and the series goes on without it."""
    entry = entries.get_entry(number, to_change=request.method == "POST")
    try:
        on = schemas.OneDay.day(day)
    except ValidationError:
        raise NotThere from None
    if request.method != "POST":
        start = {"title": entry.title, "on": on, "at": shown.time_shown(entry.at)}
        return _single_page(Form(schemas.SingleDay, start), entry, day), 200
    form, status = Form(schemas.SingleDay), 422
    if is_stale(entry.version, is_needed=True):
        status = form.stale(who_was_quicker(entry), {}, entry.version)
    elif form.is_ready:
        made: list[DiaryEntry] = []
        status = attempt(
            form, lambda: made.append(actions.take_out(entry, on, by=me(), **form.data))
        )
        if not status:
            flash("This day was changed by itself. The others stay as they were.", "success")
            return redirect(url_for(".show", number=made[0].number), 303)
        entry = entries.get_entry(number)
    return _single_page(form, entry, day), status


def whence(item: Item) -> str:
    """The address of what it comes from."""
    if item.is_group:
        return url_for("assets.index", type=item.key)
    endpoint = _WHENCE[item.source]
    if endpoint == _OF_ASSETS:
        return url_for(endpoint, key=item.key)
    return url_for(endpoint, number=item.key)


def who_was_quicker(entry: DiaryEntry) -> str:
    last = last_event("diary", entry.id)
    return changed_by(last.actor if last else None, last.at if last else None)


def _single_page(form: Form, entry: DiaryEntry, day: str) -> str:
    page, _ = form.page("diary/single.html", entry=entry, day=day)
    return page


def _place(item: Item) -> dict[str, Any]:
    return {"source": item.source, "key": item.key, "on": item.on.isoformat()}


def _asked() -> Item:
    """The day in the address. Raises NotThere for what this person may not see either."""
    try:
        asked = schemas.OneDay(unknown=EXCLUDE).load(request.args.to_dict())
    except ValidationError:
        raise NotThere from None
    of_day = entries.agenda(me(), asked["on"], asked["on"], [asked["source"]])
    wanted = (asked["on"], asked["source"], asked["key"])
    found = next((item for item in of_day if item.place == wanted), None)
    if found is None:
        raise NotThere
    return found
