"""Taking stock of a room on a phone: begin, scan or tick, look at the report, confirm."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue as Answer

from app import clock
from app.assets import stocktaking_actions as actions
from app.assets import stocktaking_queries as queries
from app.assets import stocktaking_schemas as shapes
from app.assets.queries import described
from app.assets.stocktaking import StockTake
from app.assets.stocktaking_rules import (
    CHOICE_WORDS,
    OUTCOME_COLOURS,
    OUTCOME_WORDS,
    STATE_WORDS,
)
from app.door import me, requires
from app.history.actions import record_access
from app.history.queries import last_event
from app.keyset import Page
from app.locations.queries import location_choices
from app.web.attempt import attempt, changed_by, is_stale
from app.web.forms import Form
from app.web.listed import listed, read_filters
from app.web.spreadsheets import Table, answer

pages = Blueprint("stock_takes", __name__, template_folder="templates")

TAKES = "/<slug:school>/stock-takes"
ONE = f"{TAKES}/<number:number>"
_FLASH = {"found": "success", "wrong_room": "message", "unknown": "message"}


@pages.app_template_filter()
def outcome_words(outcome: str) -> str:
    return OUTCOME_WORDS.get(outcome, outcome)


@pages.app_template_filter()
def outcome_colour(outcome: str) -> str:
    return OUTCOME_COLOURS.get(outcome, "grey")


@pages.app_template_filter()
def stock_take_state(state: str) -> str:
    return STATE_WORDS.get(state, state)


@pages.get(TAKES)
@requires("asset.view")
def index() -> Answer:
    filters = read_filters(shapes.StockTakeArgs)
    return render_template(
        "assets/stock_takes.html",
        filters=filters,
        found=listed("stock takes", filters, queries.page_of_takes),
        rooms=location_choices(),
        states=list(STATE_WORDS.items()),
    )


@pages.get(f"{TAKES}.csv")
@requires("asset.view")
def index_csv() -> Answer:
    return answer(_table_of_takes(), "csv")


@pages.get(f"{TAKES}.xlsx")
@requires("asset.view")
def index_xlsx() -> Answer:
    return answer(_table_of_takes(), "xlsx")


@pages.route(f"{TAKES}/new", methods=["GET", "POST"])
@requires("asset.edit")
def start() -> Answer:
    form, status = Form(shapes.NewStockTake, {"location": request.args.get("location")}), 200
    if form.is_posted:
        status = 422
        if form.is_ready:
            made: list[StockTake] = []
            status = attempt(form, lambda: made.append(_start_or_join(form.data["location"])))
            if not status:
                return redirect(url_for(".show", number=made[0].number), 303)
    page = render_template("assets/stock_take_new.html", form=form, rooms=location_choices())
    return page, status


@pages.get(ONE)
@requires("asset.view")
def show(number: int) -> Answer:
    """While it goes on, the page to scan on; then its report."""
    take = queries.get_take(number)
    note_reader(number)
    if take.state != "open" or not me().may("asset.edit"):
        return _report_page(take)
    return _scan_page(take, Form(shapes.SeenTag, is_posted=False))


@pages.post(f"{ONE}/seen")
@requires("asset.edit")
def seen(number: int) -> Answer:
    """Each scan comes back to the page, ready for the next."""
    take = queries.get_take(number, to_change=True)
    form, status = Form(shapes.SeenTag), 422
    if form.is_ready:
        found: list[actions.Seen] = []
        status = attempt(form, lambda: found.append(actions.see(take, form.data["tag"], by=me())))
        if not status:
            flash(found[0].said, _FLASH[found[0].outcome])
            return redirect(url_for(".show", number=number), 303)
    return _scan_page(queries.get_take(number), form), status


@pages.post(f"{ONE}/unseen")
@requires("asset.edit")
def unseen(number: int) -> Answer:
    take = queries.get_take(number, to_change=True)
    tag = request.form.get("tag", "")
    actions.unsee(take, tag, by=me())
    flash(f"{tag} counts as not seen.", "message")
    return redirect(url_for(".show", number=number), 303)


@pages.route(f"{ONE}/finish", methods=["GET", "POST"])
@requires("asset.edit")
def finish(number: int) -> Answer:
    """What was found, and what becomes of the rest. Nothing moves before it is confirmed here."""
    if request.method != "POST":
        take = queries.get_take(number)
        if take.state != "open":
            return redirect(url_for(".show", number=number), 303)
        return _finish_page(take, _form())
    moved, lost = (request.form.getlist(name) for name in ("move", "lost"))
    choices = {**dict.fromkeys(moved, "move"), **dict.fromkeys(lost, "lost")}
    return _end(
        number,
        lambda take: actions.confirm(take, choices, by=me()),
        "The stock-take is confirmed. This is its report.",
    )


@pages.post(f"{ONE}/cancellation")
@requires("asset.edit")
def cancel(number: int) -> Answer:
    return _end(
        number,
        lambda take: actions.cancel(take, by=me()),
        "The stock-take is cancelled. Nothing in the register has changed.",
    )


@pages.get(f"{ONE}/report.csv")
@requires("asset.view")
def report_csv(number: int) -> Answer:
    return answer(_table_of_lines(queries.get_take(number)), "csv")


@pages.get(f"{ONE}/report.xlsx")
@requires("asset.view")
def report_xlsx(number: int) -> Answer:
    return answer(_table_of_lines(queries.get_take(number)), "xlsx")


def note_reader(number: int) -> None:
    """The school can read which of its records the LA has opened."""
    if me().is_from_outside:
        record_access(f"stock-take {number}", "read as LA staff", at=clock.now(), by=me())


def _start_or_join(location: str) -> StockTake:
    """Two people take stock of one room together."""
    try:
        return actions.start(location, by=me())
    except actions.OpenAlready as going_on:
        flash(f"{going_on.sentence} Both of you can scan; it counts together.", "message")
        return queries.get_take(going_on.number)


def _end(number: int, act: Callable[[StockTake], object], said: str) -> Answer:
    take = queries.get_take(number, to_change=True)
    form = _form()
    if is_stale(take.version, is_needed=True):
        last = last_event("stock_take", take.id)
        who = changed_by(last.actor if last else None, last.at if last else None)
        status = form.stale(who, {}, take.version)
    else:
        status = attempt(form, lambda: act(take))
    if not status:
        flash(said, "success")
        return redirect(url_for(".show", number=number), 303)
    take = queries.get_take(number)
    return (_finish_page(take, form) if take.state == "open" else _report_page(take, form)), status


def _form() -> Form:
    """Ticks are read from the request: one name for many tags."""
    return Form(shapes.SeenTag, is_posted=False)


def _scan_page(take: StockTake, form: Form) -> str:
    return render_template("assets/stock_take.html", form=form, **_shown(take))


def _finish_page(take: StockTake, form: Form) -> str:
    return render_template(
        "assets/stock_take_finish.html",
        form=form,
        ticked={name: set(request.form.getlist(name)) for name in ("move", "lost")},
        **_shown(take),
    )


def _report_page(take: StockTake, form: Form | None = None) -> str:
    return render_template(
        "assets/stock_take_report.html",
        form=form,
        choices=CHOICE_WORDS,
        may_edit=me().may("asset.edit"),
        **_shown(take),
    )


def _shown(take: StockTake) -> dict[str, Any]:
    report = queries.report_of(take)
    return {
        "take": take,
        "room": queries.room_of(take),
        "report": report,
        "counts": report.counts,
        "described": described,
    }


def _table_of_takes() -> Table:
    asked = read_filters(shapes.StockTakeArgs).asked

    def drawn(rows: list[Any]) -> list[Sequence[Any]]:
        return [
            (
                *(take.number, room.name, STATE_WORDS[take.state]),
                *(take.created_by, take.created_at, take.ended_by, take.ended_at),
            )
            for take, room in rows
        ]

    return Table(
        "stock-takes",
        ("Number", "Room", "State", "Begun by", "Begun", "Ended by", "Ended"),
        lambda after, limit: queries.page_of_takes(asked, after, limit),
        drawn,
    )


def _table_of_lines(take: StockTake) -> Table:
    number = take.number

    def fetch(_after: list[Any] | None, _limit: int) -> Page:
        return Page(queries.report_of(queries.get_take(number)).lines, None)

    def drawn(lines: list[Any]) -> list[Sequence[Any]]:
        return [
            (
                *(line.tag, described(line.asset) if line.asset else None),
                *(OUTCOME_WORDS[line.outcome], line.room, line.row.seen_at, line.row.seen_by),
                CHOICE_WORDS.get(line.choice or ""),
            )
            for line in lines
        ]

    return Table(
        f"stock-take-{number}",
        ("Tag", "What it is", "Result", "Room in the register", "Seen", "Seen by", "Decided"),
        fetch,
        drawn,
    )
