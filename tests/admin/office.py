"""Ada at a form of the back office, and a look into the tables behind it."""

from __future__ import annotations

import html
import re
from typing import Any

from sqlalchemy import func, select

from app.history.models import Event, LaEvent
from app.people.models import LaMembership, Membership, Person
from tenants import School, acting_in, administering, db

OFFICE = "/back-office/"


class Sheet:
    """One form: opened, with every field as the page shows it."""

    def __init__(self, browser: Any, address: str) -> None:
        self.browser, self.address = browser, f"{OFFICE}{address}"
        page = browser.get(self.address)
        assert page.status_code == 200, page.status_code
        self.fields = fields_of(page.get_data(as_text=True))

    def send(self, **changes: Any) -> Any:
        """None takes a field (a tick) out."""
        fields = {**self.fields, **changes}
        return self.browser.post(self.address, {k: v for k, v in fields.items() if v is not None})


def fields_of(page: str) -> dict[str, Any]:
    form = page[page.index('<form method="post" novalidate') :]
    form = form[: form.index("</form>")]
    found: dict[str, Any] = {}
    for tag in re.findall(r"<input [^>]*>", form):
        name, kind = _of(tag, "name"), _of(tag, "type")
        if kind in ("checkbox", "radio"):
            if " checked" in tag:
                value = _of(tag, "value")
                found[name] = [*found.get(name, []), value] if kind == "checkbox" else value
        elif name:
            found[name] = _of(tag, "value")
    for name, inner in re.findall(r'<select [^>]*name="([^"]+)".*?>(.*?)</select>', form, re.S):
        chosen = re.search(r'<option value="([^"]*)" selected', inner)
        found[name] = html.unescape(chosen[1]) if chosen else ""
    for name, text in re.findall(
        r'<textarea [^>]*name="([^"]+)"[^>]*>\n?(.*?)</textarea>', form, re.S
    ):
        found[name] = html.unescape(text)
    return found


def _of(tag: str, what: str) -> str:
    found = re.search(rf' {what}="([^"]*)"', tag)
    return html.unescape(found[1]) if found else ""


def person_id(app: Any, player: Any) -> int:
    return int(_one(app, select(Person.id).where(Person.email == player.email)))


def membership(app: Any, player: Any) -> str:
    """The key of a membership in addresses."""
    found = _rows(
        app,
        select(Membership.school_id, Membership.id)
        .join(Person, Person.id == Membership.person_id)
        .where(Person.email == player.email)
        .order_by(Membership.valid_to.desc().nulls_first(), Membership.id.desc()),
    )[0]
    return f"{found[0]},{found[1]}"


def la_membership(app: Any, player: Any) -> int:
    return int(
        _rows(
            app,
            select(LaMembership.id)
            .join(Person, Person.id == LaMembership.person_id)
            .where(Person.email == player.email)
            .order_by(LaMembership.id.desc()),
        )[0][0]
    )


def la_events(app: Any) -> list[tuple[Any, ...]]:
    """(kind, subject, from, to, actor, note), the youngest last."""
    return _rows(
        app,
        select(
            LaEvent.kind,
            LaEvent.subject,
            LaEvent.from_value,
            LaEvent.to_value,
            LaEvent.actor,
            LaEvent.note,
        ).order_by(LaEvent.id),
    )


def school_events(app: Any, slug: str) -> list[tuple[Any, ...]]:
    """(kind, from, to, actor) in the school's own history."""
    school_id = _one(app, select(School.id).where(School.slug == slug))
    with app.app_context(), acting_in(school_id):
        return [
            tuple(row)
            for row in db.session.execute(
                select(Event.kind, Event.from_value, Event.to_value, Event.actor).order_by(
                    Event.at, Event.id
                )
            )
        ]


def count(app: Any, model: Any) -> int:
    return int(_one(app, select(func.count()).select_from(model)))


def row(app: Any, statement: Any) -> tuple[Any, ...]:
    [found] = _rows(app, statement)
    return found


def _one(app: Any, statement: Any) -> Any:
    return _rows(app, statement)[0][0]


def _rows(app: Any, statement: Any) -> list[tuple[Any, ...]]:
    with app.app_context(), administering("a look, in a test"):
        return [tuple(one) for one in db.session.execute(statement).all()]
