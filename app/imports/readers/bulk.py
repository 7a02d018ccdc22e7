"""Many lines at a time: looked up together, written together, an event for each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from app.history.actions import record_each
from app.imports.readers.base import (
    ADDED,
    CHANGED,
    UNCHANGED,
    Batch,
    Line,
    Reader,
    check_required,
)
from app.imports.readers.references import Known
from tenants import db

_NOT_KEPT = "This line could not be saved. Look for it in the register, then try it again."


class Bulk(Reader):
    subject: str  # of its events
    model: Any
    batch_size, step_size, most_at_once = 500, 2_000, 20_000
    has_more_to_do = True
    # The name of the column by which a new row is known.
    key: str
    # By these a thing is found again; a line never changes them.
    known_by: frozenset[str] = frozenset()
    # What a new row has where its line says nothing.
    defaults: Mapping[str, Any] = {}

    # --- what a register says of itself ---

    def look_up(self, batch: Batch) -> None:
        """Of each good line: what is there already, and what is to stand where."""
        raise NotImplementedError

    def check(self, line: Line, batch: Batch) -> None:
        """Rules of the register, once `changes` is known."""

    def prepare(self, batch: Batch) -> None:
        """What must be there before the lines are kept."""

    def kept(self, added: Sequence[Any], changed: Sequence[Any]) -> None:
        """What else must be so afterwards."""

    def title(self, thing: Any) -> str:
        raise NotImplementedError

    def words(self, column: str, value: Any, known: Known) -> str:
        """A value as history says it."""
        return known.words(column, value)

    def kind_of(self, changes: Iterable[str]) -> tuple[str, str | None]:
        """The event of a change, and the column it is about where it is about one."""
        return f"{self.subject}.changed", None

    # --- the same for all ---

    def work(self, batch: Batch) -> None:
        self._plan(batch)
        if batch.is_dry or not batch.good:
            return
        self.prepare(batch)
        try:
            with db.session.begin_nested():
                self._keep(batch)
        except IntegrityError:
            self._one_by_one(batch)

    def _plan(self, batch: Batch) -> None:
        if not batch.good:
            return
        self.look_up(batch)
        for line in batch.good:
            if line.thing is None:
                line.planned = ADDED
                check_required(self, line)
            else:
                line.changes = self._differences(line)
                line.planned = CHANGED if line.changes else UNCHANGED
            self.check(line, batch)

    def _differences(self, line: Line) -> dict[str, Any]:
        return {
            column: value
            for column, value in line.row.items()
            if column not in self.known_by and getattr(line.thing, column) != value
        }

    def _one_by_one(self, batch: Batch) -> None:
        """Somebody added the same at this very moment, or what we take for two the database takes
        for one: only that line is refused."""
        db.session.expunge_all()
        for line in batch.good:
            alone = Line(line.number, line.said)
            one = Batch([alone], batch.by, batch.at, batch.known, batch.file_name, is_dry=False)
            one.add_rooms = batch.add_rooms
            self._plan(one)
            try:
                with db.session.begin_nested():
                    self._keep(one)
            except IntegrityError:
                alone.refuse("", _NOT_KEPT)
            line.planned, line.mistakes = alone.planned, alone.mistakes

    def _keep(self, batch: Batch) -> None:
        added = [line for line in batch.good if line.planned == ADDED]
        changed = [line for line in batch.good if line.planned == CHANGED]
        events = [*self._add(added, batch), *self._change(changed, batch)]
        record_each(events)
        if events and not batch.is_finished_later:
            self.kept([line.thing for line in added], [line.thing for line in changed])

    def _add(self, lines: Sequence[Line], batch: Batch) -> list[dict[str, Any]]:
        if not lines:
            return []
        who = {"created_by": batch.by.name}
        rows = _alike([{**self.defaults, **line.row, **who} for line in lines])
        column = getattr(self.model, self.key)
        made = insert(self.model).returning(column, self.model.id)
        ids = {key: number for key, number in db.session.execute(made, rows)}
        events = []
        for line, row in zip(lines, rows, strict=True):
            # The row as an object, for its title and words; the session does not know it.
            line.thing = self.model(**row, id=ids[row[self.key]])
            events.append(self._event(batch, line.thing, f"{self.subject}.added"))
        return events

    def _change(self, lines: Sequence[Line], batch: Batch) -> list[dict[str, Any]]:
        events = []
        labels = {one.kept_in: one.label for one in self.fields}
        for line in lines:
            said = {
                column: [
                    self.words(column, getattr(line.thing, column), batch.known),
                    self.words(column, value, batch.known),
                ]
                for column, value in line.changes.items()
                if column in labels
            }
            kind, about = self.kind_of(said)
            main = said.get(about or next(iter(said), ""))
            for column, value in line.changes.items():
                setattr(line.thing, column, value)
            named = {labels[column]: both for column, both in said.items()}
            events.append(self._event(batch, line.thing, kind, named, main))
        if lines:
            db.session.flush()
        return events

    def _event(
        self,
        batch: Batch,
        thing: Any,
        kind: str,
        said: Mapping[str, list[str]] | None = None,
        main: Sequence[str] | None = None,
    ) -> dict[str, Any]:
        changes = [f"{label}: {old} → {new}" for label, (old, new) in (said or {}).items()]
        return {
            "at": batch.at,
            "kind": kind,
            "subject_kind": self.subject,
            "subject_id": thing.id,
            "actor": batch.by.name,
            "actor_membership_id": next(iter(batch.by.membership_ids), None),
            "from_value": main[0] if main else None,
            "to_value": main[1] if main else self.title(thing),
            "note": "; ".join([f"From {batch.file_name}", *changes]),
            "visibility": "internal",
            "details": {"changes": dict(said)} if said else None,
        }


def _alike(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same columns in each, so that they are one statement."""
    names = dict.fromkeys(name for row in rows for name in row)
    return [{name: row.get(name) for name in names} for row in rows]
