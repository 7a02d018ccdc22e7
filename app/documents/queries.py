"""The documents of the school acted in, their versions, and what registers say of a strategy."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import and_, exists, func, or_, select
from sqlalchemy.dialects.postgresql import distinct_on

from app import clock
from app.assets.models import Asset
from app.catalogue.models import Service
from app.documents.models import Document, DocumentVersion
from app.errors import NotThere
from app.keyset import Page, page_of
from app.licences.models import Licence
from app.people.models import Membership
from app.progress.models import Change, Implementation
from app.suppliers.models import Supplier
from tenants import current_school_id, db

_DESK_ROLES = ("spoc", "service_desk_owner", "ict_owner", "technician")
_OF_IT = and_(
    DocumentVersion.school_id == Document.school_id, DocumentVersion.document_id == Document.id
)


class InForce(NamedTuple):
    """What holds of a document, and how many versions wait for a decision."""

    number: int | None = None
    since: Any = None
    text: str | None = None
    waiting: int = 0


def get_document(number: int, *, to_change: bool = False) -> Document:
    wanted = select(Document).where(Document.number == number)
    found = db.session.scalar(wanted.with_for_update() if to_change else wanted)
    if found is None:
        raise NotThere
    return found


def page_of_documents(filters: Mapping[str, Any], after: list[Any] | None, limit: int) -> Page:
    """The latest first."""
    wanted = select(Document)
    if not filters.get("retired"):
        wanted = wanted.where(Document.is_retired.is_(False))
    if filters.get("kind"):
        wanted = wanted.where(Document.kind == filters["kind"])
    if filters.get("waiting") is not None:
        waits = exists().where(_OF_IT, DocumentVersion.state == "proposed")
        wanted = wanted.where(waits if filters["waiting"] else ~waits)
    if filters.get("q"):
        asked = filters["q"].lower()
        in_text = exists().where(
            _OF_IT,
            DocumentVersion.state == "authorised",
            func.lower(DocumentVersion.text).contains(asked, autoescape=True),
        )
        in_title = func.lower(Document.title).contains(asked, autoescape=True)
        wanted = wanted.where(or_(in_title, in_text))
    return page_of(
        wanted,
        (Document.number,),
        lambda one: [one.number],
        after=after,
        limit=limit,
        newest_first=True,
    )


def in_force_of(documents: Iterable[Document], *, with_text: bool = False) -> dict[int, InForce]:
    """By id. Two statements."""
    ids = [one.id for one in documents]
    if not ids:
        return {}
    of_them = (
        DocumentVersion.school_id == current_school_id(),
        DocumentVersion.document_id.in_(ids),
    )
    waiting = {
        document: many
        for document, many in db.session.execute(
            select(DocumentVersion.document_id, func.count())
            .where(*of_them, DocumentVersion.state == "proposed")
            .group_by(DocumentVersion.document_id)
        )
    }
    columns: list[Any] = [
        DocumentVersion.document_id,
        DocumentVersion.number,
        DocumentVersion.decided_at,
    ]
    columns += [DocumentVersion.text] if with_text else []
    rows = db.session.execute(
        select(*columns)
        .where(*of_them, DocumentVersion.state == "authorised")
        .order_by(DocumentVersion.document_id, DocumentVersion.number.desc())
        .ext(distinct_on(DocumentVersion.document_id))
    )
    holds = {row[0]: row for row in rows}
    return {
        one: InForce(
            holds[one][1] if one in holds else None,
            holds[one][2] if one in holds else None,
            holds[one][3] if one in holds and with_text else None,
            waiting.get(one, 0),
        )
        for one in ids
    }


def versions_of(document: Document) -> Sequence[DocumentVersion]:
    """The latest first."""
    return db.session.scalars(
        select(DocumentVersion)
        .where(DocumentVersion.document_id == document.id)
        .order_by(DocumentVersion.number.desc())
    ).all()


def page_of_versions(document: Document, after: list[Any] | None, limit: int) -> Page:
    return page_of(
        select(DocumentVersion).where(DocumentVersion.document_id == document.id),
        (DocumentVersion.number,),
        lambda one: [one.number],
        after=after,
        limit=limit,
        newest_first=True,
    )


def get_version(document: Document, number: int) -> DocumentVersion:
    found = db.session.scalar(
        select(DocumentVersion).where(
            DocumentVersion.document_id == document.id, DocumentVersion.number == number
        )
    )
    if found is None:
        raise NotThere
    return found


def counts_for(document: Document) -> dict[str, int]:
    """By point of the checklist: how much of it the registers have. One statement."""
    today = clock.today()
    in_role = select(func.count(func.distinct(Membership.person_id))).where(
        Membership.school_id == current_school_id(),
        Membership.role.in_(_DESK_ROLES),
        Membership.valid_from <= today,
        or_(Membership.valid_to.is_(None), Membership.valid_to >= today),
    )
    row = db.session.execute(
        select(
            in_role.scalar_subquery().label("roles"),
            _count(Supplier).label("suppliers"),
            _count(Change).label("new_needs"),
            _count(Change, Change.test_plan.is_not(None)).label("testing"),
            _count(Implementation).label("upgrades"),
            (_count(Asset) + _count(Licence)).label("tracking"),
            _count(Service).label("services"),
        )
    ).one()
    return {**row._asdict(), "review": int(document.review_on is not None)}


def _count(model: Any, *where: Any) -> Any:
    return (
        select(func.count(model.id))
        .where(model.school_id == current_school_id(), *where)
        .scalar_subquery()
    )
