"""The files of a register's rows as pages: listed, added, opened, removed.

A register adds them to its own pages, once:

    pages_of_papers(pages, "/<slug:school>/contracts/<number:number>", PAPERS)
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue as Answer

from app.door import me, requires
from app.errors import Wrong, wrong
from app.files import intake, papers, queries
from app.files.intake import FIELD, Brought, CannotKeep
from app.files.papers import Owner, Papers
from app.files.rules import FILES_A_FORM, OFFERED, size_words
from app.files.views_content import sent, sent_small, uploads_of
from app.shapes import Shape
from app.web.attempt import attempt
from app.web.forms import Form
from tenants import db

# Without a page of its own: the templates, and the filter that they use.
shared = Blueprint("papers", __name__, template_folder="templates")
shared.add_app_template_filter(size_words, "size_words")


def pages_of_papers(pages: Blueprint, address: str, of: Papers) -> None:
    """`address`: of the row's own page in this blueprint; the files stand below it."""

    @requires(of.view)
    def files(**where: Any) -> Answer:
        return _page(of, where, Form(Shape))

    @requires(of.edit)
    def add_files(**where: Any) -> Answer:
        return _add(of, where)

    @requires(of.view)
    def file(file: str, **where: Any) -> Answer:
        return sent(papers.get_paper(of.find(**where), queries.key_in(file)))

    @requires(of.view)
    def file_thumbnail(file: str, **where: Any) -> Answer:
        return sent_small(papers.get_paper(of.find(**where), queries.key_in(file)))

    @requires(of.edit)
    def remove_file(file: str, **where: Any) -> Answer:
        return _remove(of, where, file)

    one = f"{address}/files/<slug:file>"
    pages.add_url_rule(f"{address}/files", view_func=files, methods=["GET"])
    pages.add_url_rule(f"{address}/files", view_func=add_files, methods=["POST"])
    pages.add_url_rule(one, view_func=file, methods=["GET"])
    pages.add_url_rule(f"{one}/thumbnail", view_func=file_thumbnail, methods=["GET"])
    pages.add_url_rule(f"{one}/removal", view_func=remove_file, methods=["GET", "POST"])


def _add(of: Papers, where: dict[str, Any]) -> Answer:
    owner = of.find(**where)
    form = Form(Shape)
    form.anchors[FIELD] = f"#{FIELD}"
    brought, status = _taken(form, owner)
    if not status:
        # It was not locked meanwhile: whoever locks it now reads it anew.
        db.session.expire_all()
        status = attempt(
            form, lambda: papers.add(of.find(**where, to_change=True), brought, by=me())
        )
    if not status:
        names = ", ".join(row["name"] for row in brought.fresh)
        flash(f"Added: {names}", "success")
        return redirect(_address_of_owner(), 303)
    return _page(of, where, form), status


def _taken(form: Form, owner: Owner) -> tuple[Brought, int]:
    """All of them or none, and the status to say it with where it is none."""
    uploads = uploads_of(FIELD)
    brought = Brought()
    try:
        if not uploads:
            raise wrong(FIELD, "Choose a file")
        if len(uploads) <= FILES_A_FORM:
            papers.check_room(owner, len(uploads))
        brought = intake.take(uploads, by=me())
        if brought.sentences:
            raise Wrong({FIELD: brought.sentences})
    except Wrong as mistakes:
        form.add_errors(mistakes.errors)
        return brought, mistakes.status
    except CannotKeep as away:
        form.add_errors({FIELD: [away.sentence]})
        return brought, away.status
    return brought, 0


def _page(of: Papers, where: dict[str, Any], form: Form) -> str:
    owner = of.find(**where)
    return render_template(
        "files/papers.html",
        form=form,
        owner=owner,
        address=_address_of_owner(),
        found=papers.papers_of(owner.kind, owner.id),
        may_edit=me().may(of.edit),
        field=FIELD,
        offered=OFFERED,
        most=FILES_A_FORM,
    )


def _remove(of: Papers, where: dict[str, Any], file: str) -> Answer:
    owner = of.find(**where, to_change=request.method == "POST")
    found = papers.get_paper(owner, queries.key_in(file))
    form = Form(Shape)
    if form.is_ready:
        papers.remove(owner, found, by=me())
        flash(f"{found.name} has been removed.", "success")
        return redirect(_address_of_owner(), 303)
    return render_template(
        "files/remove.html", form=form, owner=owner, address=_address_of_owner(), file=found
    )


def _address_of_owner() -> str:
    """Of the row's own page, which this one stands below."""
    if request.path.endswith("/files"):
        return request.path.removesuffix("/files")
    return request.path.rpartition("/files/")[0]
