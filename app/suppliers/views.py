"""The suppliers of a school: list, add, show, change, archive, remove."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue as Answer

from app.door import me, requires
from app.history.glass import looked_at
from app.history.queries import events_of, last_event
from app.history.shown import told
from app.suppliers import actions, queries, rules, schemas
from app.suppliers.models import Supplier
from app.web.attempt import attempt, changed_by, is_stale
from app.web.forms import Form
from app.web.listed import listed, read_filters
from app.web.spreadsheets import Table, answer

pages = Blueprint("suppliers", __name__, template_folder="templates")

SUPPLIERS = "/<slug:school>/suppliers"
ONE = f"{SUPPLIERS}/<slug:key>"
FORM = ("GET", "POST")
# fmt: off
_COLUMNS = (
    "Name", "Kind", "Good at", "Who to ask for", "E-mail", "Telephone", "Website",
    "How to ask for help", "Account number", "What they know of schools", "Framework", "Rating",
    "Incidents go to", "No longer used", "Notes", "Key",
)
_SAVED = (
    "name", "kind", "specialities", "contact_name", "email", "phone", "website", "support_route",
    "account_number", "education_experience", "framework", "rating", "notes",
)
# fmt: on


class Part(NamedTuple):
    """What of one register hangs on a supplier."""

    heading: str
    empty: str
    rows: list[tuple[str, str, str]]  # address, what it is called, and a word more


@pages.app_template_filter()
def supplier_kind_words(kind: str) -> str:
    return rules.KINDS.get(kind, kind)


@pages.app_template_filter()
def speciality_words(specialities: Sequence[str]) -> str:
    """`Printers and copiers, Wi-Fi`"""
    return ", ".join(rules.SPECIALITIES.get(one, one) for one in specialities)


@pages.get(SUPPLIERS)
@requires("supplier.view")
def index() -> Answer:
    filters = read_filters(schemas.Narrowed)
    page = render_template(
        "suppliers/index.html",
        found=listed("suppliers", filters, queries.page_of_suppliers),
        filters=filters,
        kinds=rules.KINDS,
        specialities=rules.SPECIALITIES,
    )
    return page, 422 if filters.errors else 200


@pages.get(f"{SUPPLIERS}.csv")
@requires("supplier.view")
def csv() -> Answer:
    return _file("csv")


@pages.get(f"{SUPPLIERS}.xlsx")
@requires("supplier.view")
def xlsx() -> Answer:
    return _file("xlsx")


@pages.route(f"{SUPPLIERS}/new", methods=FORM)
@requires("supplier.edit")
def add() -> Answer:
    form = Form(schemas.NewSupplier, {"kind": "company"})
    status = 422 if form.errors else 200
    if form.is_ready:
        made: list[Supplier] = []
        status = attempt(form, lambda: made.append(actions.add_supplier(by=me(), **form.data)))
        if not status:
            return _done(f"{made[0].name} is on your list now.", made[0].key)
    return _form_page(form, None), status


@pages.get(ONE)
@requires("supplier.view")
def show(key: str) -> Answer:
    supplier = queries.get_supplier(key)
    looked_at(f"supplier {supplier.name}", me())
    return render_template(
        "suppliers/show.html",
        supplier=supplier,
        group=queries.groups_of([supplier]).get(supplier.group_id),
        parts=_had_from(supplier),
        most=queries.MOST_SHOWN,
        incidents=queries.open_incidents_with(supplier, me()),
        rating=rules.RATINGS.get(str(supplier.rating)),
        history=told(events_of("supplier", supplier.id).rows, rules.EVENT_WORDS),
    )


@pages.route(f"{ONE}/change", methods=FORM)
@requires("supplier.edit")
def change(key: str) -> Answer:
    shape = schemas.SupplierChange(exclude=("archived",))
    if request.method != "POST":
        supplier = queries.get_supplier(key)
        return _form_page(Form(shape, _saved(supplier)), supplier)
    supplier = queries.get_supplier(key, to_change=True)
    form, status = Form(shape), 422
    if is_stale(supplier.version, is_needed=True):
        status = form.stale(_who_was_quicker(supplier), _saved(supplier), supplier.version)
    elif form.is_ready:
        status = attempt(form, lambda: actions.change_supplier(supplier, by=me(), **form.data))
        if not status:
            return _done(f"{supplier.name} has been changed.", key)
        supplier = queries.get_supplier(key)
    return _form_page(form, supplier), status


@pages.post(f"{ONE}/group")
@requires("supplier.edit")
def make_group(key: str) -> Answer:
    """So that incidents can be passed to it."""
    return _press(
        key,
        lambda supplier: actions.make_group(supplier, by=me()),
        "can be given incidents now: whoever passes one on finds it in the list.",
    )


@pages.post(f"{ONE}/archive")
@requires("supplier.edit")
def archive(key: str) -> Answer:
    """No longer offered, or offered again."""
    is_archived = request.form.get("archived") == "true"
    return _press(
        key,
        lambda supplier: actions.change_supplier(supplier, by=me(), archived=is_archived),
        "is no longer offered." if is_archived else "is offered again.",
    )


@pages.post(f"{ONE}/removal")
@requires("supplier.edit")
def remove(key: str) -> Answer:
    return _press(
        key,
        lambda supplier: actions.remove_supplier(supplier, by=me()),
        "has been removed.",
        is_gone=True,
    )


def _press(
    key: str, act: Callable[[Supplier], None], said: str, *, is_gone: bool = False
) -> Answer:
    supplier = queries.get_supplier(key, to_change=True)
    name = supplier.name
    form = Form(schemas.SupplierChange(exclude=("archived",)), _saved(supplier), is_posted=False)
    if is_stale(supplier.version, is_needed=True):
        status = form.stale(_who_was_quicker(supplier), {}, supplier.version)
    else:
        status = attempt(form, lambda: act(supplier))
    if not status:
        return _done(f"{name} {said}", None if is_gone else key)
    supplier = queries.get_supplier(key)
    return _form_page(form, supplier), status


def _had_from(supplier: Supplier) -> list[Part]:
    """What the school has from it, as far as the reader may know."""
    may, parts = me().may, []
    if may("contract.view"):
        contracts = [
            (url_for("contracts.show", number=one.number), one.name, one.state)
            for one in queries.contracts_with(supplier)
        ]
        parts.append(Part("Contracts", "No contract with them is written down.", contracts))
    if may("licence.view"):
        licences = [
            (url_for("licences.show", number=one.number), one.product, "")
            for one in queries.licences_from(supplier)
        ]
        parts.append(Part("Licences", "No licence from them is written down.", licences))
    if may("asset.view"):
        assets = [
            (url_for("assets.show", key=one.tag), one.tag, f"{one.make} {one.model or ''}")
            for one in queries.assets_from(supplier)
        ]
        parts.append(Part("Equipment", "No equipment from them is written down.", assets))
    return parts


def _done(said: str, key: str | None) -> Answer:
    flash(said, "success")
    return redirect(url_for(".show", key=key) if key else url_for(".index"), 303)


def _form_page(form: Form, supplier: Supplier | None) -> str:
    page, _ = form.page(
        "suppliers/supplier.html", supplier=supplier, groups=queries.group_choices()
    )
    return page


def _saved(supplier: Supplier) -> dict[str, Any]:
    group = queries.groups_of([supplier]).get(supplier.group_id)
    kept = {name: getattr(supplier, name) for name in _SAVED}
    return {**kept, "group": group[0] if group else None}


def _who_was_quicker(supplier: Supplier) -> str:
    last = last_event("supplier", supplier.id)
    return changed_by(last.actor if last else None, last.at if last else None)


def _file(kind: str) -> Answer:
    """Exactly what the filters show, all of it."""
    filters = read_filters(schemas.Narrowed)
    if filters.errors:
        return index()
    asked = filters.asked
    table = Table(
        "suppliers",
        _COLUMNS,
        lambda after, limit: queries.page_of_suppliers(asked, after, limit),
        _cells,
    )
    return answer(table, kind)


def _cells(found: Sequence[Supplier]) -> list[Sequence[Any]]:
    groups = queries.groups_of(found)
    return [
        (
            *(one.name, supplier_kind_words(one.kind), speciality_words(one.specialities)),
            *(one.contact_name, one.email, one.phone, one.website, one.support_route),
            *(one.account_number, one.education_experience, one.framework, one.rating),
            groups[one.group_id][1] if one.group_id is not None else None,
            *(one.is_archived, one.notes, one.key),
        )
        for one in found
    ]
