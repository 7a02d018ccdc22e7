"""What goes out about documents: plain values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.documents import rules
from app.documents.models import Document, DocumentVersion
from app.documents.queries import InForce, counts_for, in_force_of, versions_of
from app.shapes import instant

HEADINGS = (
    *("Number", "Kind", "Title", "Version in force", "In force since", "Waiting versions"),
    *("Look at it again on", "No longer used"),
)


def listed(documents: Sequence[Document]) -> list[dict[str, Any]]:
    found = in_force_of(documents)
    return [_shown(one, found[one.id]) for one in documents]


def _shown(document: Document, found: InForce) -> dict[str, Any]:
    return {
        "number": document.number,
        "kind": document.kind,
        "title": document.title,
        "in_force": found.number,
        "in_force_since": instant(found.since),
        "waiting": found.waiting,
        "review_on": document.review_on.isoformat() if document.review_on else None,
        "retired": document.is_retired,
    }


def detail(document: Document) -> dict[str, Any]:
    found = in_force_of([document], with_text=True)[document.id]
    return {
        **_shown(document, found),
        "text": found.text,
        "covers": sorted(document.checklist),
        "checklist": checklist(document),
        "versions": [version(one) for one in versions_of(document)],
        "created_by": document.created_by,
        "created_at": instant(document.created_at),
        "version": document.version,
    }


def checklist(document: Document) -> list[dict[str, Any]]:
    """Of a strategy: what it covers, and what the registers have of it."""
    if document.kind != "strategy":
        return []
    counts = counts_for(document)
    return [
        {
            "point": key,
            "words": point.words,
            "covered": key in document.checklist,
            "register": point.register,
            "count": counts[key],
        }
        for key, point in rules.CHECKLIST.items()
    ]


def version(one: DocumentVersion, *, with_text: bool = False) -> dict[str, Any]:
    shown = {
        "number": one.number,
        "state": one.state,
        "change_note": one.change_note,
        "written_by": one.written_by,
        "created_at": instant(one.created_at),
        "decided_by": one.decided_by,
        "decided_at": instant(one.decided_at),
        "decision_note": one.decision_note,
        "decided_by_writer": one.is_decided_by_writer,
    }
    return {**shown, "text": one.text} if with_text else shown


def as_cells(documents: Sequence[Document]) -> list[Sequence[Any]]:
    found = in_force_of(documents)
    return [
        [
            *(one.number, rules.KIND_WORDS[one.kind], one.title),
            *(found[one.id].number, found[one.id].since, found[one.id].waiting),
            *(one.review_on, one.is_retired),
        ]
        for one in documents
    ]
