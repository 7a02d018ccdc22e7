"""Who supports us: the school's own groups and suppliers, the LA's teams that serve it, and the
rules by which work goes to somebody by itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue as Answer

from app import clock
from app.door import me, requires
from app.history.queries import last_event
from app.incidents import assigning, lines, schemas_lines, suppliers
from app.incidents.blueprint import pages
from app.people import group_actions
from app.people.group_actions import SCHOOL, SUPPLIER, OwnGroup
from app.people.groups import la_groups_here, own_first_line
from app.people.views_members import member_key
from app.schools.desk_settings import settings_here
from app.web.attempt import attempt, changed_by, is_stale
from app.web.forms import Form

HERE = "/<slug:school>/support"
FORM = ("GET", "POST")
_SHAPES: dict[str, Any] = {SCHOOL: schemas_lines.OwnGroup, SUPPLIER: schemas_lines.OwnSupplier}
_WORDS = {
    SCHOOL: ("Add a group", "Technicians of the school, or whoever looks first."),
    SUPPLIER: ("Add a supplier", "A company that mends what the school and the LA cannot."),
}


@pages.app_template_filter()
def line_words(line: int) -> str:
    return schemas_lines.RULE_LINES[line]


@pages.app_template_filter()
def rule_category_words(category: str) -> str:
    return schemas_lines.RULE_CATEGORIES[category]


@pages.get(HERE)
@requires("lines.view")
def support() -> Answer:
    today = clock.today()
    found = suppliers.contracts(today)
    names = {
        (own, la): one.name
        for one in found.values()
        for own, la in [
            (one.agreement_id, None) if one.own_version_id is not None else (None, one.agreement_id)
        ]
    }
    own = group_actions.own_groups(SCHOOL)
    return render_template(
        "incidents/support.html",
        own=own,
        suppliers=group_actions.own_groups(SUPPLIER),
        contracts=names,
        la_teams=la_groups_here(),
        rules=lines.rules_here(),
        is_own_first=settings_here().is_own_first_line and own_first_line() is not None,
        both_roles=group_actions.both_roles(),
        may_edit=me().may("lines.edit"),
        is_la=me().is_from_outside,
    )


@pages.route(f"{HERE}/groups/new", methods=FORM)
@requires("lines.edit")
def add_own_group() -> Answer:
    return _add(SCHOOL)


@pages.route(f"{HERE}/groups/<slug:key>", methods=FORM)
@requires("lines.edit")
def own_group(key: str) -> Answer:
    return _change(key, SCHOOL)


@pages.route(f"{HERE}/suppliers/new", methods=FORM)
@requires("lines.edit")
def add_own_supplier() -> Answer:
    return _add(SUPPLIER)


@pages.route(f"{HERE}/suppliers/<slug:key>", methods=FORM)
@requires("lines.edit")
def own_supplier(key: str) -> Answer:
    return _change(key, SUPPLIER)


@pages.route(f"{HERE}/rules/new", methods=FORM)
@requires("lines.edit")
def set_rule() -> Answer:
    form = Form(schemas_lines.Rule, {"line": "1", "category": assigning.ANY})
    status = 422 if form.errors else 200
    if form.is_ready:
        status = attempt(form, lambda: lines.set_rule(by=me(), **form.data))
        if not status:
            return _done("The rule holds from now on.")
    groups = lines.groups_offered(me())
    people = [(one.name, one.name) for one in lines.people_offered(me())]
    at = list(schemas_lines.RULE_LINES.items())[1 if me().is_from_outside else 0 :]
    named = [(one.key, f"{one.name} ({line_words(one.line).lower()})") for one in groups]
    fields: dict[str, dict[str, Any]] = {
        "line": {"choices": [(str(line), words) for line, words in at], "kind": "radios"},
        "category": {},
        "group": {"choices": named},
        "person": {"choices": people},
        "stand_in": {"choices": people},
    }
    intro = (
        "Work of this kind goes there by itself when it reaches the line. That is no answer to"
        " anybody: whoever it is given to still has to take it."
    )
    return _form_page(form, "Send work by a rule", intro, fields, "Save the rule"), status


@pages.post(f"{HERE}/rules/<number:rule>/removal")
@requires("lines.edit")
def remove_rule(rule: int) -> Answer:
    lines.remove_rule(lines.get_rule(rule, to_change=True), by=me())
    return _done("The rule is gone: such work goes the usual way again.")


def _add(kind: str) -> Answer:
    form = Form(_SHAPES[kind], {"line": "1"})
    status = 422 if form.errors else 200
    if form.is_ready:
        status = attempt(
            form,
            lambda: group_actions.add_group(by=me(), kind=kind, **_facts(kind, form.data)),
        )
        if not status:
            return _done(f"{form.data['name']} can get work now.")
    heading, intro = _WORDS[kind]
    fields = _fields(kind)
    del fields["archived"]
    return _form_page(form, heading, intro, fields, heading), status


def _change(key: str, kind: str) -> Answer:
    group = group_actions.get_own_group(key, kind, to_change=True)
    form, status = Form(_SHAPES[kind], _saved(group)), 200
    if form.is_posted:
        status = 422
        if is_stale(group.row.version, is_needed=True):
            last = last_event("group", group.row.id)
            said = changed_by(last.actor if last else None, last.at if last else None)
            status = form.stale(said, _saved(group), group.row.version)
        elif form.is_ready:
            status = attempt(
                form,
                lambda: group_actions.change_group(
                    group, by=me(), kind=kind, **_facts(kind, form.data)
                ),
            )
            if not status:
                return _done(f"{form.data['name']} has been changed.")
        group = group_actions.get_own_group(key, kind)
    page = _form_page(form, group.row.name, "", _fields(kind, group), "Save", group.row.version)
    return page, status


def _facts(kind: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """From the form's words to what the action takes."""
    keys = {member_key(number): number for number, _ in group_actions.may_be_members(kind)}
    facts: dict[str, Any] = {
        "name": data["name"],
        "is_archived": data["archived"],
        # One that is not offered becomes 0, which nobody is.
        "members": {keys.get(one, 0) for one in data["members"]},
    }
    if kind == SCHOOL:
        return {**facts, "line": int(data["line"])}
    contract = lines.contract_named(data.get("agreement"))
    return {
        **facts,
        "line": 3,
        "email": data.get("email"),
        "phone": data.get("phone"),
        **contract._asdict(),
    }


def _saved(group: OwnGroup) -> dict[str, Any]:
    row = group.row
    word = next(
        (
            word
            for word, one in suppliers.contracts(clock.today()).items()
            if (row.agreement_id, row.la_agreement_id)
            == (
                (one.agreement_id, None)
                if one.own_version_id is not None
                else (None, one.agreement_id)
            )
        ),
        None,
    )
    return {
        "name": row.name,
        "line": str(row.line),
        "email": row.email,
        "phone": row.phone,
        "agreement": word,
        "members": [member_key(number) for number, _ in group.members],
        "archived": row.is_archived,
    }


def _fields(kind: str, group: OwnGroup | None = None) -> dict[str, dict[str, Any]]:
    offered = dict(group.members if group else ()) | dict(group_actions.may_be_members(kind))
    people = [(member_key(number), name) for number, name in offered.items()]
    fields: dict[str, dict[str, Any]] = {"name": {}}
    if kind == SCHOOL:
        fields["line"] = {}
    else:
        agreements = [
            (word, one.name if one.own_version_id is not None else f"{one.name} (the LA’s)")
            for word, one in suppliers.contracts(clock.today()).items()
        ]
        fields |= {"email": {}, "phone": {}, "agreement": {"choices": agreements}}
    if people:
        fields["members"] = {"choices": people}
    return {**fields, "archived": {}}


def _form_page(
    form: Form,
    heading: str,
    intro: str,
    fields: dict[str, dict[str, Any]],
    press: str,
    version: int | None = None,
) -> str:
    page, _ = form.page(
        "incidents/support_form.html",
        heading=heading,
        intro=intro,
        fields=fields,
        press=press,
        row_version=version,
    )
    return page


def _done(said: str) -> Answer:
    flash(said, "success")
    return redirect(url_for(".support"), 303)
