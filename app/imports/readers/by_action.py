"""Line by line, through the actions that pages and API use: the same rules, events and sentences.

A dry run does it all in a savepoint and takes it back, so that it can promise nothing that the run
does not keep.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from marshmallow import Schema, ValidationError
from sqlalchemy.exc import IntegrityError

from app.errors import DeskError, Wrong
from app.imports.readers.base import (
    ADDED,
    CHANGED,
    UNCHANGED,
    Batch,
    Line,
    Reader,
    check_required,
)
from app.imports.readers.references import Known, Named, missing
from app.imports.values import folded
from tenants import db

_NOT_KEPT = "This line could not be saved. Look for it in the register, then try it again."


class ByAction(Reader):
    # What the pages of the register take; it says which values may be so.
    shape: type[Schema]

    def find(self, line: Line, batch: Batch) -> Any:
        """What is there already, or None. May refuse the line."""
        raise NotImplementedError

    def means(self, line: Line, batch: Batch) -> dict[str, Any]:
        """What the line says, with the keys of what it names. May refuse the line."""
        return dict(line.said)

    def now(self, thing: Any, names: Iterable[str], batch: Batch) -> dict[str, Any]:
        """The same of what is there already."""
        return {name: getattr(thing, name) for name in names}

    def add(self, said: dict[str, Any], batch: Batch) -> None:
        raise NotImplementedError

    def change(self, line: Line, batch: Batch) -> None:
        """`line.changes` of `line.thing`."""
        raise NotImplementedError

    def work(self, batch: Batch) -> None:
        if not batch.is_dry:
            self._each(batch)
            return
        with db.session.begin_nested() as tried:
            self._each(batch)
            tried.rollback()
        db.session.expunge_all()
        # It may name what has just been taken back; what it missed stays said.
        batch.known = Known(batch.known.rooms_missing)

    def _each(self, batch: Batch) -> None:
        for line in batch.good:
            try:
                with db.session.begin_nested():
                    self._one(line, batch)
                    db.session.flush()
                    if line.mistakes:
                        raise _Refused
            except _Refused:
                pass
            except ValidationError as wrong:
                self._refuse(line, wrong.messages_dict)
            except Wrong as wrong:
                self._refuse(line, wrong.errors)
            except DeskError as refused:
                line.refuse("", refused.sentence)
            except IntegrityError:
                line.refuse("", _NOT_KEPT)

    def _one(self, line: Line, batch: Batch) -> None:
        line.thing = self.find(line, batch)
        said = {name: _as_json(one) for name, one in self.means(line, batch).items()}
        if line.mistakes:
            return
        if line.thing is None:
            line.planned = ADDED
            check_required(self, line)
            if not line.mistakes:
                self.add(self.shape().load(said), batch)
            return
        line.row = self.shape(partial=True).load(said)
        line.row = {name: line.row[name] for name in said}
        there = self.now(line.thing, line.row, batch)
        line.changes = {name: one for name, one in line.row.items() if there[name] != one}
        line.planned = CHANGED if line.changes else UNCHANGED
        if line.changes:
            self.change(line, batch)

    def _refuse(self, line: Line, errors: dict[str, Any]) -> None:
        known = {one.kept_in: one.name for one in self.fields} | {
            one.name: one.name for one in self.fields
        }
        for name, sentences in errors.items():
            for sentence in sentences if isinstance(sentences, list) else [str(sentences)]:
                line.refuse(known.get(name, ""), str(sentence))


def key_named(line: Line, name: str, there: dict[str, Named], what: str) -> Any:
    """The key of what a line names; refuses the line where nothing is called so."""
    found = there.get(folded(line.said[name]))
    if found is None:
        line.refuse(name, missing(what, line.said[name]))
        return None
    return found.key


def key_of(row_id: int | None, there: dict[str, Named]) -> Any:
    return next((one.key for one in there.values() if one.id == row_id), None)


def _as_json(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


class _Refused(Exception):
    """The line was found wanting: what was begun of it is undone."""
