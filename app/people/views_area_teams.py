"""Which of the LA's area teams serves which school, for its administrator."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue as Answer
from marshmallow import fields, validate

from app.api.manners import make_cursor, read_cursor
from app.door import me, requires
from app.people import area_teams
from app.people.groups import la_groups
from app.shapes import Shape, Text
from app.web.attempt import attempt
from app.web.forms import Form
from tenants import administering

pages = Blueprint("area_teams", __name__, template_folder="templates")

PAGE_SIZE = 50
_OFFICE = "which area team serves which school"


class Served(Shape):
    team = Text(
        100,
        required=True,
        metadata={
            "label": "Which team?",
            "kind": "select",
            "missing": "Choose a team",
        },
    )
    schools = fields.List(
        fields.String(validate=validate.Length(max=100)),
        load_default=list,
        validate=validate.Length(max=PAGE_SIZE),
        metadata={"kind": "checkboxes", "label": "Schools", "optional": False},
    )


@pages.route("/authority/area-teams", methods=["GET", "POST"])
@requires("authority.office")
def index() -> Answer:
    form, status = Form(Served, {}), 200
    with administering(_OFFICE):
        if form.is_posted:
            status = 422
            if form.is_ready:
                status = attempt(form, lambda: area_teams.serve(by=me(), **form.data))
                if not status:
                    flash("The ticked schools are served by that team from now on.", "success")
                    return redirect(request.full_path.rstrip("?"), 303)
        page = _page(form)
    return page, status


def _page(form: Form) -> str:
    scope = "area teams"
    place = read_cursor(scope, request.args.get("after"))
    found = area_teams.schools_with_teams((place[0], place[1]) if place else None, PAGE_SIZE + 1)
    shown, rest = found[:PAGE_SIZE], found[PAGE_SIZE:]
    after = make_cursor(scope, [shown[-1].name, shown[-1].id]) if rest else None
    teams = [one for one in la_groups() if one.is_area_team]
    lines = sorted({one.line for one in teams})
    chosen: Any = form.values.get("schools") or ()
    return render_template(
        "people/area_teams.html",
        form=form,
        rows=shown,
        teams=[(one.key, f"{one.name}, line {one.line}") for one in teams]
        + [(f"none-{line}", f"No area team at line {line}") for line in lines],
        names={one.la_group_id: one.name for one in teams},
        chosen=frozenset(chosen),
        next_url=url_for(".index", after=after) if after else None,
        first_url=url_for(".index") if place else None,
    )
