"""What the history of a licence says."""

from __future__ import annotations

from app import clock
from app.history.actions import record
from app.licences.models import Licence
from app.people.identity import Me


def tell(
    kind: str,
    licence: Licence,
    by: Me | None,
    *,
    from_value: str | None = None,
    to_value: str | None = None,
    note: str | None = None,
) -> None:
    record(
        kind,
        subject_kind="licence",
        subject_id=licence.id,
        at=clock.now(),
        by=by,
        from_value=from_value,
        to_value=to_value,
        note=note,
        visibility="internal",
    )
