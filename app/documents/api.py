"""Procedures and the support strategy of a school as JSON."""

from __future__ import annotations

from typing import Any

from flask import Response, url_for
from flask.views import MethodView

from app.api.body import Blueprint
from app.api.listed import listed
from app.api.manners import check_version
from app.api.reply import reply
from app.api.timelines import timeline
from app.documents import actions, queries, schemas, shown
from app.documents.models import Document, DocumentVersion
from app.door import me, requires
from app.history.glass import looked_at
from app.history.schemas import EventPage
from app.shapes import PageArgs
from tenants import db

documents = Blueprint(
    "documents_api",
    __name__,
    url_prefix="/api/v1/schools/<slug:school>/documents",
    description="The desk’s procedures and the school’s technical support strategy",
)


@documents.route("")
class Documents(MethodView):
    @requires("document.view")
    @documents.arguments(schemas.DocumentArgs, location="query")
    @documents.response(200, schemas.DocumentPage)
    def get(self, args: dict[str, Any]) -> Response:
        """The latest first."""
        return listed("documents", args, queries.page_of_documents, shown.listed)

    @requires("document.write")
    @documents.arguments(schemas.NewDocument)
    @documents.response(201, schemas.DocumentOut)
    def post(self, body: dict[str, Any]) -> Response:
        """Write one; its first version waits for a decision."""
        document = actions.add_document(by=me(), **body)
        return _one(document, 201, url_for("documents_api.One", number=document.number))


@documents.route("/<number:number>")
class One(MethodView):
    @requires("document.view")
    @documents.response(200, schemas.DocumentOut)
    def get(self, number: int) -> Response:
        """The text in force, the versions, and of a strategy what it covers."""
        document = queries.get_document(number)
        looked_at(document.title, me())
        return _one(document)

    @requires("document.write")
    @documents.arguments(schemas.DocumentChange(partial=True))
    @documents.response(200, schemas.DocumentOut)
    def patch(self, changes: dict[str, Any], number: int) -> Response:
        """Title, review date, what it covers, `retired`. The text changes by a version. Needs
        If-Match."""
        document = queries.get_document(number, to_change=True)
        check_version(document.version, is_needed=True)
        actions.change_document(document, by=me(), **changes)
        return _one(document)


@documents.route("/<number:number>/versions")
class Versions(MethodView):
    @requires("document.view")
    @documents.arguments(PageArgs, location="query")
    @documents.response(200, schemas.DocumentVersionPage)
    def get(self, args: dict[str, Any], number: int) -> Response:
        """The latest first, without their texts."""
        document = queries.get_document(number)
        return listed(
            f"document {document.id}",
            args,
            lambda _, after, limit: queries.page_of_versions(document, after, limit),
            lambda rows: [shown.version(one) for one in rows],
        )

    @requires("document.write")
    @documents.arguments(schemas.TextProposal)
    @documents.response(201, schemas.DocumentVersionOut)
    def post(self, body: dict[str, Any], number: int) -> Response:
        """Propose the next one."""
        document = queries.get_document(number, to_change=True)
        check_version(document.version)
        version = actions.propose(document, by=me(), **body)
        there = url_for("documents_api.Version", number=number, other=version.number)
        return _version(document, version, 201, there)


@documents.route("/<number:number>/versions/<number:other>")
class Version(MethodView):
    @requires("document.view")
    @documents.response(200, schemas.DocumentVersionOut)
    def get(self, number: int, other: int) -> Response:
        """One version with its text. Its ETag is the document’s."""
        document = queries.get_document(number)
        looked_at(document.title, me())
        return _version(document, queries.get_version(document, other))

    @requires("document.authorise")
    @documents.arguments(schemas.DocumentDecision)
    @documents.response(200, schemas.DocumentVersionOut)
    def put(self, body: dict[str, Any], number: int, other: int) -> Response:
        """Authorise or decline it; not by whoever wrote it, unless nobody else may."""
        document = queries.get_document(number, to_change=True)
        check_version(document.version)
        version = queries.get_version(document, other)
        actions.decide(document, version, by=me(), **body)
        return _version(document, version)


@documents.route("/<number:number>/timeline")
class Timeline(MethodView):
    @requires("document.view")
    @documents.arguments(PageArgs, location="query")
    @documents.response(200, EventPage)
    def get(self, args: dict[str, Any], number: int) -> Response:
        """What became of it, the newest first."""
        return timeline("document", queries.get_document(number).id, args)


def _one(document: Document, status: int = 200, there: str | None = None) -> Response:
    db.session.flush()
    db.session.refresh(document)
    body = shown.detail(document)
    return reply(body, status, version=document.version, location=there)


def _version(
    document: Document, version: DocumentVersion, status: int = 200, there: str | None = None
) -> Response:
    db.session.flush()
    db.session.refresh(version)
    body = shown.version(version, with_text=True)
    return reply(body, status, version=document.version, location=there)
