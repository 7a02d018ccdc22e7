"""Procedures and the support strategy as pages: list, write, read, print, propose, decide."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue as Answer

from app.documents import actions, queries, rules, schemas, shown
from app.documents.models import Document, DocumentVersion
from app.door import me, requires
from app.errors import NotThere
from app.history.glass import looked_at
from app.history.queries import events_of, last_event
from app.history.shown import told
from app.web.attempt import attempt, changed_by, check_current, is_stale
from app.web.differences import differences
from app.web.forms import Form
from app.web.listed import listed, read_filters
from app.web.spreadsheets import Table, answer

pages = Blueprint("documents", __name__, template_folder="templates")

LIST = "/<slug:school>/documents"
ONE = f"{LIST}/<number:number>"
FORM = ("GET", "POST")


@pages.app_template_filter()
def document_kind_words(kind: str) -> str:
    return rules.KIND_WORDS.get(kind, kind)


@pages.app_template_filter()
def version_state_words(state: str) -> str:
    return rules.STATE_WORDS.get(state, state)


@pages.app_template_filter()
def version_state_colour(state: str) -> str:
    return rules.STATE_COLOURS.get(state, "grey")


@pages.app_template_filter()
def text_blocks(text: str) -> list[rules.Block]:
    return rules.blocks(text)


@pages.get(LIST)
@requires("document.view")
def index() -> Answer:
    filters = read_filters(schemas.DocumentFilters)
    found = listed("documents", filters, queries.page_of_documents)
    page = render_template(
        "documents/index.html",
        rows=list(zip(found.rows, shown.listed(found.rows), strict=True)),
        filters=filters,
        kinds=rules.KIND_WORDS,
        next_url=found.next_url,
        first_url=found.first_url,
    )
    return page, 422 if filters.errors else 200


@pages.get(f"{LIST}.csv")
@requires("document.view")
def as_csv() -> Answer:
    return _file("csv")


@pages.get(f"{LIST}.xlsx")
@requires("document.view")
def as_xlsx() -> Answer:
    return _file("xlsx")


def _file(kind: str) -> Answer:
    """Exactly what the list shows with these filters."""
    filters = read_filters(schemas.DocumentFilters)
    if filters.errors:
        return index()
    table = Table(
        "documents",
        shown.HEADINGS,
        lambda after, limit: queries.page_of_documents(filters.asked, after, limit),
        shown.as_cells,
    )
    return answer(table, kind)


@pages.route(f"{LIST}/new", methods=FORM)
@requires("document.write")
def add() -> Answer:
    kind = request.args.get("kind", "")
    form = Form(schemas.NewDocument, {"kind": kind if kind in rules.KIND_WORDS else "procedure"})
    status = 422 if form.errors else 200
    if form.is_ready:
        made: list[Document] = []
        status = attempt(form, lambda: made.append(actions.add_document(by=me(), **form.data)))
        if not status:
            return _done(made[0].number, f"{made[0].title} is written; it waits for a decision.")
    page, _ = form.page("documents/new.html")
    return page, status


@pages.get(ONE)
@requires("document.view")
def show(number: int) -> Answer:
    document = queries.get_document(number)
    looked_at(document.title, me())
    return _show_page(document, Form(schemas.DocumentDecision))


@pages.get(f"{ONE}/print")
@requires("document.view")
def on_paper(number: int) -> Answer:
    """The version in force, on plain paper."""
    document = queries.get_document(number)
    looked_at(document.title, me())
    holds = queries.in_force_of([document], with_text=True)[document.id]
    if holds.text is None:
        raise NotThere
    version = queries.get_version(document, holds.number or 0)
    return render_template("documents/print.html", document=document, version=version)


@pages.route(f"{ONE}/change", methods=FORM)
@requires("document.write")
def change(number: int) -> Answer:
    if request.method != "POST":
        document = queries.get_document(number)
        return _change_page(Form(schemas.DocumentOnPage, _saved(document)), document)
    document = queries.get_document(number, to_change=True)
    form, status = Form(schemas.DocumentOnPage), 422
    if is_stale(document.version, is_needed=True):
        status = form.stale(_who_was_quicker(document), _saved(document), document.version)
    elif form.is_ready:
        said = dict(form.data)
        if document.kind == "strategy":
            said.setdefault("covers", [])
        status = attempt(form, lambda: actions.change_document(document, by=me(), **said))
        if not status:
            return _done(number, f"{form.data['title']} has been changed.")
        document = queries.get_document(number)
    return _change_page(form, document), status


@pages.route(f"{ONE}/versions", methods=FORM)
@requires("document.write")
def propose(number: int) -> Answer:
    """Begins with the text in force, or the last that was written."""
    if request.method != "POST":
        document = queries.get_document(number)
        return _propose_page(Form(schemas.TextProposal, {"text": _last_text(document)}), document)
    document = queries.get_document(number, to_change=True)
    form, status = Form(schemas.TextProposal), 422
    if is_stale(document.version, is_needed=True):
        saved = {"text": _last_text(document)}
        status = form.stale(_who_was_quicker(document), saved, document.version)
    elif form.is_ready:
        status = attempt(form, lambda: actions.propose(document, by=me(), **form.data))
        if not status:
            return _done(number, "Your text waits for a decision. Until then the old one holds.")
        document = queries.get_document(number)
    return _propose_page(form, document), status


@pages.post(f"{ONE}/decision")
@requires("document.authorise")
def decide(number: int) -> Answer:
    document = queries.get_document(number, to_change=True)
    form, status = Form(schemas.DocumentDecision), 422
    if is_stale(document.version, is_needed=True):
        status = form.stale(_who_was_quicker(document), {}, document.version)
    elif form.is_ready:
        version = _asked_version(document)
        if version is None:
            raise NotThere
        status = attempt(form, lambda: actions.decide(document, version, by=me(), **form.data))
        if not status:
            return _done(number, f"Version {version.number} is {form.data['decision']}.")
        document = queries.get_document(number)
    return _show_page(document, form), status


@pages.post(f"{ONE}/retirement")
@requires("document.write")
def retire(number: int) -> Answer:
    """No longer used, or used again."""
    document = queries.get_document(number, to_change=True)
    check_current(document.version, lambda: _who_was_quicker(document), is_needed=True)
    is_retired = request.form.get("retired") == "true"
    actions.change_document(document, by=me(), retired=is_retired)
    said = "is no longer used." if is_retired else "is used again."
    return _done(number, f"{document.title} {said}")


def _done(number: int, said: str) -> Answer:
    flash(said, "success")
    return redirect(url_for(".show", number=number), 303)


def _asked_version(document: Document) -> DocumentVersion | None:
    """The version that the address or the form names."""
    asked = request.values.get("of", "")
    is_number = asked.isascii() and asked.isdecimal() and len(asked) < 10
    return queries.get_version(document, int(asked)) if is_number else None


def _show_page(document: Document, form: Form) -> str:
    """The version in force, or the one that the address names, with what it changes."""
    versions = queries.versions_of(document)
    holds = next((one for one in versions if one.state == "authorised"), None)
    looked_at = _asked_version(document) or holds or versions[0]
    is_other = holds is not None and looked_at.number != holds.number
    page, _ = form.page(
        "documents/show.html",
        document=document,
        versions=versions,
        holds=holds,
        version=looked_at,
        pieces=differences(holds.text, looked_at.text) if holds and is_other else [],
        may_decide=looked_at.state == "proposed" and me().may("document.authorise"),
        points=_points(document),
        events=told(events_of("document", document.id).rows, rules.EVENT_WORDS),
    )
    return page


def _points(document: Document) -> list[tuple[dict[str, Any], str | None]]:
    """Each point with the page of its register, for whoever may open it."""
    found = []
    for one in shown.checklist(document):
        point = rules.CHECKLIST[one["point"]]
        may_open = bool(point.endpoint) and me().may(point.permission)
        found.append((one, url_for(point.endpoint) if may_open else None))
    return found


def _last_text(document: Document) -> str:
    holds = queries.in_force_of([document], with_text=True)[document.id].text
    return holds if holds is not None else queries.versions_of(document)[0].text


def _change_page(form: Form, document: Document) -> str:
    page, _ = form.page("documents/change.html", document=document)
    return page


def _propose_page(form: Form, document: Document) -> str:
    page, _ = form.page("documents/propose.html", document=document)
    return page


def _saved(document: Document) -> dict[str, Any]:
    return {
        "title": document.title,
        "review_on": document.review_on,
        "covers": sorted(document.checklist),
    }


def _who_was_quicker(document: Document) -> str:
    last = last_event("document", document.id)
    return changed_by(last.actor if last else None, last.at if last else None)
