"""The page for a scanner that stays: a tag, Enter, and the page is ready for the next one [S06].

Unmatched and refused scans lose nothing: what was chosen stays, and what was scanned stands there.
"""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue as Answer
from marshmallow import ValidationError, validates_schema

from app.assets import passing, queries
from app.assets.views import name_people, pages
from app.door import me, requires
from app.locations.queries import location_choices
from app.shapes import SHORT, Day, Shape, Text, choice
from app.web.attempt import attempt
from app.web.forms import Form

DONE = "scan"


class Passing(Shape):
    way = choice(
        {"out": "Check out to a person", "in": "Check in to a room"},
        load_default="out",
        metadata={"label": "What happens?", "kind": "radios", "inline": True},
    )
    to = Text(SHORT, allow_none=True, metadata={"label": "To whom?", "width": "20"})
    due_on = Day(
        allow_none=True,
        metadata={"label": "Due back on", "hint": "Leave it empty when it is theirs to keep"},
    )
    room = Text(100, allow_none=True, metadata={"label": "Into which room?", "kind": "select"})
    tag = Text(
        100,
        required=True,
        metadata={
            "label": "Scan or type the tag, then Enter",
            "missing": "Scan or type a tag",
            "spellcheck": False,
            "width": "20",
        },
    )

    @validates_schema
    def somebody_or_somewhere(self, data: dict[str, Any], **_: Any) -> None:
        if data.get("way") == "in" and not data.get("room"):
            raise ValidationError({"room": ["Choose the room it goes to."]})
        if data.get("way") != "in" and not data.get("to"):
            raise ValidationError({"to": ["Say who gets it."]})


@pages.route("/<slug:school>/check-in-out", methods=["GET", "POST"])
@requires("asset.edit")
def pass_on() -> Answer:
    form = Form(Passing, _begin())
    name_people(form, "to")
    status = 422 if form.errors else 200
    if form.is_ready:
        said: list[str] = []
        status = attempt(form, lambda: said.append(_pass(**form.data)))
        if not status:
            flash(said[0], DONE)
            again: dict[str, Any] = _again(form)
            return redirect(url_for(".pass_on", **again), 303)
    return _page(form), status


def _pass(*, tag: str, way: str, to: Any = None, room: Any = None, due_on: Any = None) -> str:
    if way == "in":
        return passing.take_in(tag, by=me(), room=room)
    return passing.hand_out(tag, by=me(), to=to, due_on=due_on)


def _again(form: Form) -> dict[str, str]:
    """What was chosen stands there for the next scan."""
    names = ("way", "to", "room", "due_on-day", "due_on-month", "due_on-year")
    return {name: form.values[name] for name in names if form.values.get(name)}


def _begin() -> dict[str, Any]:
    if request.method == "POST":
        return {}
    names = ("to", "room")
    way = request.args.get("way")
    return {
        "way": way if way in ("out", "in") else "out",
        **{name: request.args.get(name, "")[:SHORT] for name in names},
    }


def _page(form: Form) -> str:
    if not form.is_posted:
        for part in ("due_on-day", "due_on-month", "due_on-year"):
            form.values[part] = request.args.get(part, "")[:4]
    page, _ = form.page(
        "assets/passing.html", rooms=location_choices(), people=queries.people_names()
    )
    return page
