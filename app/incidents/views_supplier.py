"""What a supplier sees of one incident, by a signed link or signed in, and what it says there; and
the desk's list of links.

Nothing is known of whoever comes with a link: the address is proved first, and only then is its
school stepped into. Whatever is wrong with a link looks the same.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from flask import Response, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue as Answer
from sqlalchemy import and_, func, or_, select

from app import clock
from app.door import me, requires
from app.errors import NotThere
from app.files import queries as files
from app.files.models import Attachment
from app.files.views_content import sent, sent_small
from app.history.models import Event
from app.incidents import queries, rules, schemas_lines, supplier_links, supplier_says
from app.incidents.blueprint import pages
from app.incidents.models import Incident
from app.incidents.passed_on import SupplierLink
from app.incidents.queries import room_of
from app.incidents.reading import open_to_read
from app.incidents.turns import reference
from app.incidents.views_steps import FORM, ONE, reference_of
from app.people.models import Membership
from app.schools.desk_settings import settings_here
from app.web.attempt import attempt
from app.web.forms import Form
from config import Settings
from tenants import Binding, School, db, rebind
from tenants.context import FRONT_DOOR, SCHOOL

_MOST_FILES = 50
_THANKS = "Thank you. The school’s desk and the local authority can read it."


class Opened(NamedTuple):
    """What a good link opens."""

    link: SupplierLink
    incident: Incident
    school: Any


# --- by link; both stand in the door's PUBLIC ---


@pages.get("/supplier/<link>")
def supplier_page(link: str) -> Answer:
    opened = _open(link)
    if opened is None:
        return _no_link()
    if request.method == "GET":
        supplier_links.was_opened(opened.link, clock.now())
    return _page(opened, Form(schemas_lines.SupplierSays, {}), link)


@pages.post("/supplier/<link>")
def supplier_says_it(link: str) -> Answer:
    opened = _open(link, to_change=True)
    if opened is None:
        return _no_link()
    form, status = Form(schemas_lines.SupplierSays), 422
    if form.is_ready:
        found, incident = opened.link, opened.incident
        by = supplier_says.speaker(found)
        status = attempt(form, lambda: supplier_says.say(incident, by=by, link=found, **form.data))
        if not status:
            flash(_THANKS, "success")
            return redirect(url_for(".supplier_page", link=link), 303)
        # What was begun is undone, and so is the stepping into the school.
        opened = _open(link)
        if opened is None:
            return _no_link()
    return _page(opened, form, link), status


@pages.get("/supplier/<link>/files/<slug:key>")
def supplier_file(link: str, key: str) -> Answer:
    return sent(_file(link, key))


@pages.get("/supplier/<link>/files/<slug:key>/thumbnail")
def supplier_thumbnail(link: str, key: str) -> Answer:
    return sent_small(_file(link, key))


def _open(link: str, *, to_change: bool = False) -> Opened | None:
    """Steps into the school once the address is proved. None for any link that opens nothing."""
    settings: Settings = current_app.config["SETTINGS"]
    found = supplier_links.read_address(settings.secret_key, link)
    if found is None:
        return None
    slug, link_id = found
    rebind(Binding(FRONT_DOOR))
    school = db.session.execute(
        select(School.id, School.slug, School.code, School.name, School.status).where(
            School.slug == slug
        )
    ).first()
    if school is None or school.status not in ("active", "onboarding", "leaving"):
        return None
    rebind(Binding(SCHOOL, school.id))
    opened = supplier_links.find(link_id, to_change=to_change)
    return None if opened is None else Opened(*opened, school)


def _no_link() -> Answer:
    return render_template("incidents/supplier_no_link.html"), 404


def _page(opened: Opened, form: Form, link: str) -> Response:
    incident = opened.incident
    address = url_for(".supplier_page", link=link)
    page = _drawn(
        form,
        incident,
        reference=reference(opened.school.code, incident.number),
        school=None,
        school_name=opened.school.name,
        supplier=opened.link.supplier,
        until=opened.link.expires_at,
        action=address,
        files_at=f"{address}/files",
    )
    response = current_app.make_response(page)
    # Found by nobody who was not given it.
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _file(link: str, key: str) -> Attachment:
    opened, wanted = _open(link), files.key_in(key)
    found = _files_of(opened.incident) if opened else []
    one = next((one for one in found if one.id == wanted), None)
    if one is None:
        raise NotThere
    return one


# --- signed in as a supplier, whose company has it ---


@pages.route(f"{ONE}/supplier", methods=FORM)
@requires("incident.supplier_answer")
def supplier_answer(number: int) -> Answer:
    form, status = Form(schemas_lines.SupplierSays, {}), 200
    if form.is_posted:
        incident, status = queries.get_incident(me(), number, to_change=True), 422
        if form.is_ready:
            status = attempt(form, lambda: supplier_says.say(incident, by=me(), **form.data))
            if not status:
                flash(
                    "Thank you. The school’s desk and the local authority can read it.", "success"
                )
                return redirect(url_for(".supplier_answer", number=number), 303)
        incident = queries.get_incident(me(), number)
    else:
        incident = open_to_read(me(), number, is_for_supplier=True)
        queries.check_reach(me(), "incident.supplier_answer", incident)
    here = me().school
    assert here is not None
    address = url_for(".supplier_answer", number=number)
    page = _drawn(
        form,
        incident,
        reference=reference_of(number),
        school_name=here.name,
        supplier=me().name,
        until=None,
        action=address,
        files_at=None,
    )
    return page, status


def _drawn(form: Form, incident: Incident, **around: Any) -> str:
    """The same for both: what it takes to mend it, and nobody's name but the SPOC's."""
    settings = settings_here()
    room = room_of(incident)
    page, _ = form.page(
        "incidents/supplier.html",
        incident=incident,
        room=room.name if room else None,
        spoc=incident.owner_name or _spoc(),
        desk_phone=settings.phone,
        desk_email=settings.email,
        said=_said(incident),
        files=_files_of(incident) if around["files_at"] else [],
        may_answer=incident.status in rules.STEPS["supplier"][0],
        **around,
    )
    return page


# --- the desk's list of links ---


@pages.route(f"{ONE}/supplier-links", methods=FORM)
@requires("incident.supplier_link")
def links(number: int) -> Answer:
    start = {"days": supplier_links.USUAL_DAYS}
    form, status = Form(schemas_lines.NewSupplierLink, start), 200
    if form.is_posted:
        incident, status = queries.get_incident(me(), number, to_change=True), 422
        if form.is_ready:
            status = attempt(form, lambda: supplier_links.make(incident, by=me(), **form.data))
            if not status:
                flash("The link is made. Copy it from the list if you send it yourself.", "success")
                return redirect(url_for(".links", number=number), 303)
        incident = queries.get_incident(me(), number)
    else:
        incident = open_to_read(me(), number)
        queries.check_reach(me(), "incident.supplier_link", incident)
    return _links_page(form, incident), status


@pages.post(f"{ONE}/supplier-links/<uuid:which>/revocation")
@requires("incident.supplier_link")
def revoke_link(number: int, which: Any) -> Answer:
    incident = queries.get_incident(me(), number, to_change=True)
    supplier_links.revoke(incident, which, by=me())
    flash("That link opens nothing any more.", "success")
    return redirect(url_for(".links", number=number), 303)


def _links_page(form: Form, incident: Incident) -> str:
    here, now = me().school, clock.now()
    assert here is not None
    settings: Settings = current_app.config["SETTINGS"]
    shown = [
        (
            one,
            one.revoked_at is None and one.expires_at > now,
            settings.public_url
            + url_for(
                ".supplier_page",
                link=supplier_links.address_of(settings.secret_key, here.slug, one.id),
            ),
        )
        for one in supplier_links.links_of(incident)
    ]
    page, _ = form.page(
        "incidents/supplier_links.html",
        incident=incident,
        reference=reference_of(incident.number),
        found=shown,
        sensitive=supplier_links.SENSITIVE if incident.is_sensitive else None,
        may_make=not incident.is_sensitive and incident.status in rules.STEPS["supplier"][0],
    )
    return page


def _spoc() -> str | None:
    """The desk's single point of contact, where nobody owns it yet."""
    today = clock.today()
    name: str | None = db.session.scalar(
        select(Membership.name)
        .where(
            Membership.role == "spoc",
            Membership.valid_from <= today,
            func.coalesce(Membership.valid_to, today) >= today,
        )
        .order_by(Membership.deputy_for_id.is_not(None), Membership.id)
        .limit(1)
    )
    return name


def _files_of(incident: Incident) -> list[Attachment]:
    """Of the sheet, and of what was written for a supplier; never of notes to the reporter."""
    return list(
        db.session.scalars(
            select(Attachment)
            .where(
                Attachment.school_id == incident.school_id,
                Attachment.incident_id == incident.id,
                Attachment.removed_at.is_(None),
                or_(
                    and_(Attachment.part == "sheet", Attachment.visibility == "public"),
                    Attachment.visibility == "supplier",
                ),
            )
            .order_by(Attachment.id)
            .limit(_MOST_FILES)
        )
    )


def _said(incident: Incident) -> list[Any]:
    """What supplier and desk wrote to one another, oldest first; nothing to the reporter."""
    found = (
        select(Event.at, Event.actor, Event.kind, Event.note)
        .where(
            Event.school_id == incident.school_id,
            Event.subject_kind == "incident",
            Event.subject_id == incident.id,
            Event.visibility == "supplier",
            Event.note.is_not(None),
        )
        .order_by(Event.at, Event.id)
        .limit(100)
    )
    return list(db.session.execute(found))
