"""Closing on the work list what was resolved, several at once; ten seconds to take it back."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue as Answer

from app.door import me, requires
from app.incidents import bulk
from app.incidents.blueprint import pages
from app.incidents.undo import TOO_LATE
from app.incidents.views_undo import make_token, offer_undo, read_token, say_undone
from app.web.words import plural


@pages.post("/<slug:school>/desk/closing")
@requires("incident.close")
def close_many() -> Answer:
    """The reporters of what is ticked have been told."""
    numbers = [int(text) for text in request.form.getlist("pick") if _is_number(text)]
    if not numbers:
        flash("Tick at least one incident first.", "error")
        return _back()
    outcome = bulk.close(numbers, by=me())
    if outcome.done:
        said = f"{plural(len(outcome.done), 'incident')} closed."
        offer_undo(said, url_for(".undo_close_many"), token=make_token(outcome.undoable))
    say_undone(outcome._replace(done=[]))
    return _back()


@pages.post("/<slug:school>/desk/closing/undo")
@requires("incident.close")
def undo_close_many() -> Answer:
    rows = read_token(request.form.get("token", ""))
    if rows:
        say_undone(bulk.undo_closing(rows, by=me()))
    else:
        flash(TOO_LATE, "error")
    return _back()


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 10 and text[0] != "0"


def _back() -> Answer:
    return redirect(url_for(".desk"), 303)
