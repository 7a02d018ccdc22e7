"""One row of their log as one event in our words, or a line in the report of what did not fit."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from app.imports.cells import plain
from app.incidents import rules
from app.past.log_file import LogFile
from app.past.mapping import ISO, UNIX
from app.past.mapping import Mapping as MappingFile
from app.past.unmapped import Unmapped
from app.past.words import JOINT, UNKNOWN, Lookup, PartLookup, alike

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
# Nobody had a service desk's log before.
_FIRST_YEAR = 1980
_REMEMBERED = 20_000
# Of an incident rather than of an event: the first that is said holds.
_ONCE = ("title", "reporter", "category", "type", "reported_at")
_HOLDS = frozenset({None, rules.Status.QUEUED, rules.Status.IN_PROGRESS, rules.Status.ON_HOLD})


class Event(NamedTuple):
    """What one row says; None where it says nothing, so that what was before goes on."""

    key: str
    school: int | None
    at: int  # microseconds since 1970
    row: int
    status: str | None
    hold: str | None
    group: str | None
    line: int | None
    person: str | None
    priority: int | None
    once: str | None  # as JSON, see _ONCE


def instant_of(at: int) -> datetime:
    return _EPOCH + at * _MICROSECOND


class EventReader:
    """`schools`: what a school may be called → its id."""

    def __init__(
        self, mapping: MappingFile, log: LogFile, schools: Mapping[str, int], now: datetime
    ) -> None:
        self.unmapped = Unmapped()
        self._mapping, self._schools, self._now = mapping, schools, _number(now)
        self._places = {
            name: [log.place_of(one) for one in theirs] for name, theirs in mapping.columns.items()
        }
        self._width = 1 + max(max(some) for some in self._places.values())
        column = mapping.school.column
        self._school_at = None if column is None else log.place_of(column)
        self._lookups = {
            name: Lookup(name, mapping.values.get(name, {}), by_ending=name == "line")
            for name in ("status", "line", "priority", "impact", "urgency", "category", "type")
        }
        # Without a column of its own the state says why it waits.
        self._holds = PartLookup("hold_reason", mapping.values.get("hold_reason", {}))
        self._hold_from = "hold_reason" if "hold_reason" in self._places else "status"
        has_lines = "line" in mapping.values and "group" in self._places
        self._line_from = "line" if "line" in self._places else "group" if has_lines else None
        self._times: dict[str, int | None] = {}
        self._cells: dict[str, str | None] = {}

    def read(self, row: int, cells: Sequence[str]) -> Event | None:
        if len(cells) < self._width:
            self.unmapped.add("cells", "", row)
            return None
        key, at = self._text("incident", cells), self._time(row, cells)
        if key is None or at is None:
            if key is None:
                self.unmapped.add("no incident", "", row)
            return None
        status, hold = self._state(row, cells)
        return Event(
            key=key,
            school=self._school(row, cells),
            at=at,
            row=row,
            status=status,
            hold=hold,
            group=self._text("group", cells),
            line=self._line(row, cells),
            person=self._text("person", cells),
            priority=self._priority(row, cells),
            once=self._once(row, cells),
        )

    def _text(self, name: str, cells: Sequence[str]) -> str | None:
        """None where it is missing; of several columns put together."""
        places = self._places.get(name)
        if places is None:
            return None
        if len(places) == 1:
            return self._cell(cells[places[0]])
        parts = [text for at in places if (text := self._cell(cells[at])) is not None]
        return JOINT.join(parts) or None

    def _cell(self, cell: str) -> str | None:
        if cell not in self._cells:
            _make_room(self._cells)
            text = plain(cell)
            self._cells[cell] = None if alike(text) in self._mapping.missing else text
        return self._cells[cell]

    def _look_up(self, name: str, row: int, cells: Sequence[str]) -> Any:
        text = self._text(name, cells)
        if text is None:
            return None
        return self._known(name, text, row, self._lookups[name](text))

    def _known(self, reason: str, text: str, row: int, found: Any) -> Any:
        if found is not UNKNOWN:
            return found
        self.unmapped.add(reason, text, row)
        return None

    def _state(self, row: int, cells: Sequence[str]) -> tuple[str | None, str | None]:
        """A state and why it waits. Whoever says why it waits says that it waits."""
        said = self._text("status", cells)
        found: Any = UNKNOWN if said is None else self._lookups["status"](said)
        why = self._text(self._hold_from, cells)
        hold: Any = UNKNOWN if why is None else self._holds(why)
        if found in rules.HOLD_PARTY:
            return rules.Status.ON_HOLD, found if hold is UNKNOWN else hold
        status = None if found is UNKNOWN else found
        if hold is not UNKNOWN and status in _HOLDS:
            return rules.Status.ON_HOLD, hold
        if said is not None and status is None:
            self.unmapped.add("status", said, row)
        if status == rules.Status.ON_HOLD:
            self.unmapped.add("hold_reason", why or "", row)
        return status, None

    def _line(self, row: int, cells: Sequence[str]) -> int | None:
        text = self._text(self._line_from, cells) if self._line_from else None
        if text is None:
            return None
        found: int | None = self._known("line", text, row, self._lookups["line"](text))
        return found

    def _priority(self, row: int, cells: Sequence[str]) -> int | None:
        found: int | None = self._look_up("priority", row, cells)
        if found is not None:
            return found
        impact = self._look_up("impact", row, cells)
        urgency = self._look_up("urgency", row, cells)
        return rules.priority(impact, urgency) if impact and urgency else None

    def _school(self, row: int, cells: Sequence[str]) -> int | None:
        by = self._mapping.school
        if self._school_at is None:
            return self._schools[alike(by.slug or "")]
        text = self._cell(cells[self._school_at]) if self._school_at < len(cells) else None
        found = alike(text or "")
        named = (by.values or {}).get(found)
        school = self._schools.get(alike(named) if named else found)
        if school is None:
            self.unmapped.add("school", text or "", row)
        return school

    def _time(self, row: int, cells: Sequence[str]) -> int | None:
        text = self._text("time", cells)
        if text is None:
            self.unmapped.add("no time", "", row)
            return None
        found = self._read_time(text)
        if found is None or found > self._now:
            self.unmapped.add("time" if found is None else "future", text, row)
            return None
        return found

    def _read_time(self, text: str) -> int | None:
        if text not in self._times:
            _make_room(self._times)
            self._times[text] = read_time(text, self._mapping)
        return self._times[text]

    def _once(self, row: int, cells: Sequence[str]) -> str | None:
        found: dict[str, Any] = {}
        for name in _ONCE:
            if name not in self._places:
                continue
            if name in self._lookups:
                value = self._look_up(name, row, cells)
            else:
                value = self._text(name, cells)
            if name == "reported_at" and value is not None:
                value = self._known(name, value, row, _or_unknown(self._read_time(value)))
            if value is not None:
                found[name] = value
        return json.dumps(found) if found else None


def read_time(text: str, mapping: MappingFile) -> int | None:
    """A local time without an offset is one of the zone: of a time that came twice the first, and
    what the clocks jumped over as if they had not."""
    for form in mapping.formats:
        try:
            found = _in_form(text, form)
        except (ValueError, OverflowError):
            continue
        if found.tzinfo is None:
            found = found.replace(tzinfo=mapping.zone)
        if found.year >= _FIRST_YEAR:
            return _number(found)
    return None


_FORMS: dict[str, Callable[[str], datetime]] = {
    ISO: datetime.fromisoformat,
    UNIX: lambda text: _EPOCH + timedelta(seconds=float(text)),
}


def _in_form(text: str, form: str) -> datetime:
    read = _FORMS.get(form.lower())
    return read(text) if read else datetime.strptime(text, form)  # noqa: DTZ007  (zone above)


def _number(instant: datetime) -> int:
    return (instant - _EPOCH) // _MICROSECOND


def _make_room(remembered: dict[str, Any]) -> None:
    if len(remembered) >= _REMEMBERED:
        remembered.clear()


def _or_unknown(found: int | None) -> Any:
    return UNKNOWN if found is None else found
