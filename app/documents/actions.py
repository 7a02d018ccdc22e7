"""Write a document, propose a version of it, authorise or decline one (R4, R5)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select, update

from app import clock
from app.catalogue.actions import changed_in, told
from app.documents.models import Document, DocumentVersion
from app.documents.queries import in_force_of
from app.errors import NotAllowed, Refused, wrong
from app.history.actions import record
from app.people.identity import Me
from app.people.only_one import is_only_one
from tenants import db
from tenants.numbers import take_number


def add_document(*, by: Me, text: str, change_note: str | None = None, **said: Any) -> Document:
    """With its first version, which waits for a decision like any other."""
    document = Document(number=take_number("document"), checklist={}, created_by=by.name, **said)
    db.session.add(document)
    db.session.flush()
    _add_version(document, 1, text, change_note, by)
    _record("document.added", document, by, to_value=document.title)
    return document


def change_document(document: Document, *, by: Me, **said: Any) -> None:
    """What stands beside the text: title, when it is looked at again, what it covers."""
    covers = said.pop("covers", None)
    is_retired = said.pop("retired", document.is_retired)
    if covers is not None:
        if covers and document.kind != "strategy":
            raise wrong("covers", "Only a strategy has a checklist.")
        said["checklist"] = {point: True for point in sorted(set(covers))}
    changed = changed_in(document, said)
    if changed:
        _record("document.changed", document, by, **told(changed))
    if is_retired != document.is_retired:
        document.is_retired = is_retired
        kind = "document.retired" if is_retired else "document.used_again"
        _record(kind, document, by, to_value=document.title)
    db.session.flush()


def propose(
    document: Document, *, by: Me, text: str, change_note: str | None = None
) -> DocumentVersion:
    """The next version; the one in force holds until it is authorised."""
    if document.is_retired:
        raise Refused(f"{document.title} is no longer used. Use it again first.")
    last = db.session.scalar(
        select(func.max(DocumentVersion.number)).where(DocumentVersion.document_id == document.id)
    )
    version = _add_version(document, (last or 0) + 1, text, change_note, by)
    _touch(document)
    _record("document.proposed", document, by, to_value=str(version.number), note=change_note)
    return version


def decide(
    document: Document,
    version: DocumentVersion,
    *,
    by: Me,
    decision: str,
    note: str | None = None,
) -> None:
    """Not by whoever wrote it, unless nobody else may; then it is marked."""
    if version.state != "proposed":
        raise Refused(f"Version {version.number} is {version.state} already.")
    if decision == "declined" and not note:
        raise wrong("note", "Say why it is declined: whoever wrote it reads this.")
    is_own = version.written_by_person == by.person_id
    if is_own and not is_only_one(by, "document.authorise"):
        raise NotAllowed("You wrote this version, so somebody else decides about it.")
    holds = in_force_of([document])[document.id].number
    if decision == "authorised" and holds is not None and holds > version.number:
        raise Refused(f"Version {holds} is in force, which is later. Propose this text anew.")
    version.state, version.decision_note = decision, note
    version.decided_by, version.decided_at = by.name, clock.now()
    version.is_decided_by_writer = is_own
    if decision == "authorised":
        _decline_earlier(document, version, by)
    _touch(document)
    _record(f"document.{decision}", document, by, to_value=str(version.number), note=note)


def _decline_earlier(document: Document, version: DocumentVersion, by: Me) -> None:
    """What was proposed before and waits still has been overtaken."""
    db.session.execute(
        update(DocumentVersion)
        .where(
            DocumentVersion.document_id == document.id,
            DocumentVersion.number < version.number,
            DocumentVersion.state == "proposed",
        )
        .values(
            state="declined",
            decided_by=by.name,
            decided_at=clock.now(),
            decision_note=f"Version {version.number} was authorised instead",
        )
    )


def _add_version(
    document: Document, number: int, text: str, change_note: str | None, by: Me
) -> DocumentVersion:
    version = DocumentVersion(
        document_id=document.id,
        number=number,
        text=text,
        change_note=change_note,
        written_by=by.name,
        written_by_person=by.person_id,
    )
    db.session.add(version)
    db.session.flush()
    return version


def _touch(document: Document) -> None:
    """Whoever has it open reads it again: its version goes up."""
    document.updated_at = clock.now()
    db.session.flush()


def _record(kind: str, document: Document, by: Me, **more: Any) -> None:
    record(
        kind,
        subject_kind="document",
        subject_id=document.id,
        at=clock.now(),
        by=by,
        visibility="internal",
        **more,
    )
