"""What an hour of support work is reckoned at."""

from __future__ import annotations

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue as Answer

from app.door import me, requires
from app.performance import labour
from app.performance.page_schemas import LabourRate
from app.performance.views import LA, pages
from app.web.attempt import attempt, is_stale
from app.web.forms import Form
from app.web.words import pounds
from tenants import administering

_SOMEBODY = "Somebody else changed this, after you had opened the page."


@pages.route(f"{LA}/labour-rate", methods=["GET", "POST"])
@requires("authority.labour_rate")
def labour_rate() -> Answer:
    with administering("what an hour of work is reckoned at"):
        return _labour_rate()


def _labour_rate() -> Answer:
    form = Form(LabourRate)
    now = labour.the_rate(to_change=form.is_posted)
    if not form.is_posted:
        form = Form(LabourRate, {"labour_rate": str(now)})
    status = 422 if form.errors else 200
    # Pence are as good as a version: whoever saw another rate has not seen this one.
    version = int(now * 100)
    if form.is_posted and is_stale(version, is_needed=True):
        status = form.stale(_SOMEBODY, {"labour_rate": str(now)}, version)
    elif form.is_ready:
        status = attempt(form, lambda: labour.set_rate(form.data["labour_rate"], by=me()))
        if not status:
            said = pounds(form.data["labour_rate"])
            flash(f"An hour of work is reckoned at {said} from now on.", "success")
            return redirect(url_for(".la_index"), 303)
    page, _ = form.page("performance/labour_rate.html", version_now=version)
    return page, status
