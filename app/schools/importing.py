"""Take in a list of schools: stage it, look at it, apply it. Doing so twice changes nothing."""

from __future__ import annotations

import hashlib
from typing import Any, BinaryIO

from sqlalchemy import select

from app import clock
from app.errors import Refused
from app.history.actions import record, record_at_la
from app.later import uuid7
from app.people.identity import Me
from app.schools import queries, staged
from app.schools.applying import Applying
from app.schools.comparison import KIND_WORDS, Comparison, Kind
from app.schools.models import SchoolImport
from app.schools.register_file import read
from app.schools.staging import compare
from tenants import administering, db
from tenants.models import LocalAuthority


def stage(
    file_name: str, file: BinaryIO, *, la_code: int, with_closed: bool = False, by: Me | None
) -> SchoolImport:
    """Read the file and keep what it says of this LA. Raises UnreadableFile with one sentence."""
    found = read(file, la_code=la_code)
    kept = SchoolImport(
        id=uuid7(),
        file_name=file_name[-200:] or "list.csv",
        sha256=_digest(file),
        la_code=la_code,
        with_closed=with_closed,
        uploaded_by=by.own_name if by else "command line",
        la_membership_id=next(iter(by.la_membership_ids), None) if by else None,
        created_at=clock.now(),
        staged=staged.as_json(found),
        counts={},
    )
    db.session.add(kept)
    db.session.flush()
    return kept


def comparison_of(kept: SchoolImport) -> Comparison:
    """What applying it now would change: against the schools as they stand at this moment."""
    return compare(
        staged.from_json(kept.staged), queries.known_schools(), include_closed=kept.with_closed
    )


def apply(kept: SchoolImport, *, by: Me | None, seen: str | None = None) -> Comparison:
    """Do what the comparison shows. `seen` is the mark of the comparison the person looked at."""
    _one_at_a_time()
    comparison = comparison_of(kept)
    is_unseen = comparison.changes_something and seen not in (None, mark(comparison))
    if is_unseen:
        raise Refused(
            "The schools have changed since this comparison was shown. Look at it again, then"
            " apply it."
        )
    if kept.applied_at is None:
        kept.applied_at = clock.now()
        kept.counts = _plain_counts(comparison)
    db.session.flush()
    if comparison.changes_something:
        _write(kept.file_name, comparison, by)
        # Writing into each school's history forgot every row; the caller still holds this one.
        db.session.add(kept)
    return comparison


def mark(comparison: Comparison) -> str:
    """The same for the same changes, so that nobody applies what they have not seen."""
    writes = [change for change in comparison.changes if change.kind is not Kind.UNCHANGED]
    return hashlib.sha256(repr(writes).encode()).hexdigest()[:32]


def counts_in_words(counts: dict[Kind, int]) -> str:
    return ", ".join(f"{count} {KIND_WORDS[kind]}" for kind, count in counts.items() if count)


def _digest(file: BinaryIO) -> bytes:
    file.seek(0)
    digest = hashlib.sha256()
    while part := file.read(1024 * 1024):
        digest.update(part)
    return digest.digest()


def _one_at_a_time() -> None:
    """Two imports at once would hand out the same code twice."""
    db.session.execute(select(LocalAuthority.id).with_for_update())


def _plain_counts(comparison: Comparison) -> dict[str, int]:
    return {kind.value: count for kind, count in comparison.counts.items()}


def _write(file_name: str, comparison: Comparison, by: Me | None) -> None:
    at = clock.now()
    record_at_la(
        "schools.imported",
        file_name,
        at=at,
        by=by,
        note=counts_in_words(comparison.counts),
    )
    for event in Applying(at).all(comparison.changes):
        # Each school has its own history, so each event is written inside its school.
        with administering("history of an imported school", event.school_id):
            record(
                event.kind,
                subject_kind="school",
                subject_id=event.school_id,
                at=at,
                by=by,
                from_value=event.from_value,
                to_value=event.to_value,
                note=event.note,
                details=_details(event.fields),
            )


def _details(fields: dict[str, tuple[Any, Any]]) -> dict[str, Any] | None:
    plain = {
        name: [None if value is None else str(value) for value in pair]
        for name, pair in fields.items()
    }
    return {"fields": plain} if plain else None
