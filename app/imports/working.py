"""The worker's part: a check or a run goes through the file a few hundred lines at a time.

Each step is a row of the outbox and a transaction of its own, with the place it came to; the next
step is written beside it. "All or nothing" is one step, in one transaction. What a step has done
stays done when the worker is killed, and no line is ever done twice: a second run of the same file
finds everything as it is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import Any

from sqlalchemy import delete, insert, select, update

from app import clock
from app.history.actions import record_each
from app.imports.models import ImportMistake, RegisterImport
from app.imports.person import person_of
from app.imports.readers.all import READERS
from app.imports.readers.base import OUTCOMES, REFUSED, Batch, Field, Line, Reader, read_line
from app.imports.readers.references import Known
from app.imports.rules import IS_BUSY
from app.imports.tables import Row
from app.imports.taking import rows_of
from app.later import later
from tenants import current_school_id, db

STEP = "import_step"
FILE_IS_GONE = "The file is no longer kept: it is let go after a day. Upload it again."
_NO_LONGER_ALLOWED = "Whoever started this may no longer do it, so it was stopped."
_GIVEN_UP = "Something went wrong with this import, and we could not finish it. Upload it again."
_MOST_ROOMS = 200
_LONGEST_SAID = 1000


def step(
    import_id: int, round: int, secret_key: str, after: int = 0, is_kept: bool = False
) -> None:
    """Go on behind that line. An earlier round, or one that was stopped, ends here. `is_kept`: all
    of it is in the register, and only what can be done afterwards is left."""
    one = _taken_up(import_id, round)
    if one is None:
        return
    try:
        found = _Step(one, secret_key)
        if is_kept:
            found.finish(after)
        else:
            found.go(after)
    except FileNotFoundError:
        _end(one, "failed", said=FILE_IS_GONE)


def give_up(import_id: int, round: int, **_: Any) -> None:
    """The step failed for three days (workers/patience.py)."""
    one = _taken_up(import_id, round)
    if one is not None:
        _end(one, "failed", said=_GIVEN_UP)


def _taken_up(import_id: int, round: int) -> RegisterImport | None:
    """Locked, and not the session's: a step empties that between its batches."""
    one = db.session.scalar(
        select(RegisterImport).where(RegisterImport.id == import_id).with_for_update()
    )
    if one is None or one.round != round or one.state not in IS_BUSY:
        return None
    db.session.expunge(one)
    return one


class _Step:
    def __init__(self, one: RegisterImport, secret_key: str) -> None:
        self.one = one
        self.reader: Reader = READERS[one.register]
        self.secret_key = secret_key
        self.fields = fields_of(self.reader, one.mapping)
        self.known = Known({name.casefold(): name for name in one.rooms_missing})
        self.tally: Counter[str] = Counter()

    def go(self, after: int) -> None:
        by = person_of(self.one)
        if by is None or not (by.may(self.reader.permission) and by.may("import.run")):
            _end(self.one, "failed", said=_NO_LONGER_ALLOWED)
            return
        self.by = by
        if after == 0:
            self._begin()
            after = self.one.header_row
        if self.one.state == "running" and self.one.mode == "all_or_nothing":
            self._all(after)
        else:
            self._some(after)

    def _begin(self) -> None:
        """Lines that come twice are refused first: whichever step meets them knows of it."""
        _forget_mistakes(self.one)
        twice = list(self._twice())
        self._write_mistakes(twice)
        self.tally[REFUSED] += len(twice)

    def _twice(self) -> Iterator[Line]:
        wanted = {
            column: one for column, one in self.fields.items() if one.name in self.reader.key_names
        }
        seen: dict[tuple[str, ...], int] = {}
        for row in self._rows(self.one.header_row):
            line = read_line(row, wanted)
            for key in self.reader.keys(line.said):
                if key in seen:
                    line.mistakes = [(key[0], f"The same stands in line {seen[key]} already.")]
                else:
                    seen[key] = row.line
            if line.mistakes and all(said.startswith("The same") for _, said in line.mistakes):
                yield line

    def _some(self, after: int) -> None:
        rows = self._rows(after)
        part = list(islice(rows, self.reader.step_size))
        has_more = next(rows, None) is not None
        self._work(part, is_dry=self.one.state == "checking")
        self._write_tally()
        if has_more:
            go_on(self.one, after=part[-1].line)
        else:
            _end(self.one, "checked" if self.one.state == "checking" else "done")

    def _all(self, after: int) -> None:
        with db.session.begin_nested() as everything:
            rows = self._rows(after)
            self._work(rows, is_dry=False, is_whole=True)
            is_refused = self.tally[REFUSED] > 0
            if is_refused:
                everything.rollback()
        if is_refused:
            many = self.tally[REFUSED]
            self.tally.clear()
            lines = "line has a mistake" if many == 1 else "lines have mistakes"
            said = f"Nothing was saved: {many:,} {lines} now. Check the file again to see which."
            _end(self.one, "failed", said=said)
            return
        self._write_tally()
        if self.reader.has_more_to_do:
            _write(self.one, is_new_version=False, rows_done=0)
            go_on(self.one, after=self.one.header_row, is_kept=True)
        else:
            _end(self.one, "done")

    def finish(self, after: int) -> None:
        rows = self._rows(after)
        part = list(islice(rows, self.reader.step_size))
        has_more = next(rows, None) is not None
        for some in _batched(part, self.reader.batch_size):
            self.reader.finish([read_line(row, self.fields) for row in some])
            db.session.flush()
            db.session.expunge_all()
        _write(self.one, is_new_version=False, rows_done=self.one.rows_done + len(part))
        if has_more:
            go_on(self.one, after=part[-1].line, is_kept=True)
        else:
            _end(self.one, "done")

    def _work(self, rows: Iterable[Row], *, is_dry: bool, is_whole: bool = False) -> None:
        for part in _batched(rows, self.reader.batch_size):
            refused = self._refused_before(part)
            lines = [read_line(row, self.fields) for row in part if row.line not in refused]
            batch = Batch(
                lines,
                self.by,
                clock.now(),
                self.known,
                self.one.file_name,
                secret_key=self.secret_key,
                is_dry=is_dry,
                add_rooms=self.one.add_rooms,
                is_finished_later=is_whole,
            )
            self.reader.work(batch)
            self.known = batch.known
            db.session.flush()
            db.session.expunge_all()
            self.tally.update(line.outcome for line in lines)
            if not is_whole:
                self._write_mistakes([line for line in lines if line.mistakes])

    def _refused_before(self, rows: list[Row]) -> set[int]:
        found = db.session.scalars(
            select(ImportMistake.row).where(
                ImportMistake.import_id == self.one.id,
                ImportMistake.row.between(rows[0].line, rows[-1].line),
            )
        )
        return set(found)

    def _rows(self, after: int) -> Iterator[Row]:
        return rows_of(self.one.sha256, self.one.sheet or "", after)

    def _write_tally(self) -> None:
        one, tally = self.one, self.tally
        counts = {name: getattr(one, name) + tally[name] for name in OUTCOMES}
        # How far it is changes nothing that somebody might overwrite: the version stays.
        _write(
            one,
            is_new_version=False,
            **counts,
            rows_done=sum(counts.values()),
            rooms_missing=list(islice(self.known.rooms_missing.values(), _MOST_ROOMS)),
        )

    def _write_mistakes(self, lines: Iterable[Line]) -> None:
        columns = {one.name: column for column, one in self.fields.items()}
        rows = list(chain.from_iterable(self._mistakes_of(line, columns) for line in lines))
        if rows:
            db.session.execute(insert(ImportMistake), rows)

    def _mistakes_of(self, line: Line, columns: dict[str, int]) -> Iterator[dict[str, Any]]:
        said: dict[int, list[str]] = {}
        for name, sentence in line.mistakes:
            said.setdefault(columns.get(name, 0), []).append(sentence)
        for column, sentences in sorted(said.items()):
            yield {
                "school_id": current_school_id(),
                "import_id": self.one.id,
                "row": line.number,
                "position": column,
                "column": self.one.headers[column - 1] if column else None,
                "said": " ".join(sentences)[:_LONGEST_SAID],
            }


def _batched(rows: Iterable[Row], size: int) -> Iterator[list[Row]]:
    source = iter(rows)
    while part := list(islice(source, size)):
        yield part


def fields_of(reader: Reader, mapping: dict[str, Any]) -> dict[int, Field]:
    """Number of the column → what it means."""
    named = reader.by_name()
    return {int(column): named[name] for column, name in mapping.items() if name in named}


def go_on(one: RegisterImport, *, after: int = 0, is_kept: bool = False) -> None:
    """The next step of this round."""
    todo = {"import_id": one.id, "round": one.round, "after": after, "is_kept": is_kept}
    later(STEP, at=clock.now(), **todo)


def _end(one: RegisterImport, state: str, *, said: str | None = None) -> None:
    now = clock.now()
    _write(one, state=state, said=said, ended_at=now)
    by = person_of(one)
    counts = ", ".join(f"{getattr(one, name):,} {name}" for name in OUTCOMES)
    record_each(
        [
            {
                "at": now,
                "kind": f"import.{state}",
                "subject_kind": "import",
                "subject_id": one.id,
                "actor": one.created_by,
                "actor_membership_id": next(iter(by.membership_ids), None) if by else None,
                "from_value": None,
                "to_value": one.file_name,
                "note": said or counts,
                "visibility": "internal",
            }
        ]
    )


def _write(one: RegisterImport, *, is_new_version: bool = True, **values: Any) -> None:
    for name, value in values.items():
        setattr(one, name, value)
    if is_new_version:
        values["version"] = RegisterImport.version + 1
    db.session.execute(
        update(RegisterImport)
        .where(RegisterImport.id == one.id)
        .values(**values, updated_at=clock.now()),
        execution_options={"synchronize_session": False},
    )


def _forget_mistakes(one: RegisterImport) -> None:
    db.session.execute(
        delete(ImportMistake).where(ImportMistake.import_id == one.id),
        execution_options={"synchronize_session": False},
    )
