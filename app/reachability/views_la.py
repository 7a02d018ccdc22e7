"""The LA's side of being there: who of its own is away, and schools where nobody covers."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue as Answer

from app import clock
from app.door import me, requires
from app.errors import wrong
from app.permissions import Role
from app.reachability import actions, queries, schemas
from app.reachability.counted import counted_elsewhere
from app.web.attempt import attempt
from app.web.forms import Form
from tenants import across_schools, administering

pages = Blueprint("la_reachability", __name__, template_folder="templates")

_WHY = "absences of the LA's own staff"


@pages.get("/schools-without-cover")
@requires("authority.cover")
def without_cover() -> Answer:
    known = counted_elsewhere()
    if known is not None:
        return render_template(
            "reachability/without_cover.html", schools=known.lines, many=known.many, known=known
        )
    with across_schools("schools without anybody to be reached"):
        found = queries.schools_without_cover(clock.now())
    return render_template("reachability/without_cover.html", schools=found, many=len(found))


@pages.get("/authority/absences")
@requires("authority.absences")
def absences() -> Answer:
    with administering(_WHY):
        found = queries.la_absences_ahead()
    return render_template("reachability/la_absences.html", absences=found, may_change=_may_change)


@pages.route("/authority/absences/new", methods=["GET", "POST"])
@requires("authority.absences")
def add() -> Answer:
    form = Form(schemas.NewLaAbsence)
    status = 422 if form.errors else 200
    with administering(_WHY):
        people = [(str(number), name) for number, name in queries.la_staff() if _may_change(number)]
        if form.is_ready:
            status = attempt(form, lambda: _add(form))
            if not status:
                flash("The absence is written down. Stand-ins get the work meanwhile.", "success")
                return redirect(url_for(".absences"), 303)
    return render_template(
        "reachability/absence.html",
        form=form,
        who=people,
        cover=None,
        action=url_for(".add"),
        back=url_for(".absences"),
    ), status


@pages.post("/authority/absences/<number:number>/removal")
@requires("authority.absences")
def cancel(number: int) -> Answer:
    with administering(_WHY):
        name = actions.cancel_la_absence(number, by=me())
    flash(f"{name} is there after all.", "success")
    return redirect(url_for(".absences"), 303)


def _add(form: Form) -> None:
    who = form.data["who"]
    if not (who.isascii() and who.isdecimal() and len(who) < 10):
        raise wrong("who", "Choose somebody who works for the LA.")
    actions.add_la_absence(
        int(who), first_day=form.data["first_day"], last_day=form.data["last_day"], by=me()
    )


def _may_change(number: int) -> bool:
    mine = {one.membership_id for one in me().belongings if one.school_id is None}
    return number in mine or Role.LA_MANAGER in me().all_roles
