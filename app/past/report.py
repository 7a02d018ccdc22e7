"""What `flask history import` says when it is done: as JSON, or in lines for people. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from app.incidents.schemas import HOLD_WORDS
from app.past.figures import NOT_SAID
from app.past.importing import Outcome
from app.past.log_file import FALLBACK
from app.past.unmapped import REASONS
from app.past.writing import OUTCOMES

_SHOWN = 8


def as_json(found: Outcome) -> dict[str, Any]:
    return {
        "file": found.log.path.name,
        "encoding": found.log.encoding,
        "source": found.source,
        "rows_read": found.rows,
        "events": found.figures.events,
        "rows_left_out": found.rows - found.figures.events,
        "incidents": dict(found.became),
        "by_school": dict(found.by_school),
        "not_mapped": found.unmapped.as_rows(),
        "not_used": list(found.unused),
        "figures": found.figures.as_json(),
    }


def in_lines(found: Outcome, *, is_dry: bool) -> Iterator[str]:
    told = as_json(found)
    by_school = ", ".join(f"{slug} {count:,}" for slug, count in told["by_school"].items())
    yield (
        f"{told['file']} ({told['encoding']}): {told['rows_read']:,} rows, "
        f"{told['events']:,} events of {told['figures']['incidents']:,} incidents "
        f"as “{told['source']}”{f' at {by_school}' if by_school else ''}"
    )
    if found.log.encoding == FALLBACK:
        yield "It is not UTF-8, so it was read as Western Windows text (cp1252)."
    yield "Incidents"
    yield from (
        f"  {words:48}{told['incidents'][name]:8,}"
        for name, words in OUTCOMES.items()
        if told["incidents"][name] or name in ("made", "unchanged")
    )
    yield from _not_mapped(told)
    yield from _figures(told["figures"])
    if is_dry:
        yield "Dry run: nothing was saved."


def _not_mapped(told: dict[str, Any]) -> Iterator[str]:
    if told["not_used"]:
        yield f"In the mapping but not known here: {', '.join(told['not_used'])}"
    rows = told["not_mapped"]
    yield "Not mapped" if rows else "Everything was mapped."
    for reason, words in REASONS.items():
        values = [one for one in rows if one["reason"] == reason]
        if not values:
            continue
        yield f"  {sum(one['rows'] for one in values):,} {words}"
        for one in values[:_SHOWN]:
            named = f"“{one['value']}”" if one["value"] else "(nothing)"
            yield f"    {named}: {one['rows']:,}, first in line {one['first_line']:,}"
        if len(values) > _SHOWN:
            yield f"    and {len(values) - _SHOWN:,} more values (see --json)"


def _figures(told: dict[str, Any]) -> Iterator[str]:
    yield "What the log says"
    yield f"  incidents by state: {_counts(told['by_status'])}"
    yield f"  events by state: {_counts(told['events_by_status'])}"
    yield f"  incidents by highest line: {_counts(told['by_line'])}"
    yield f"  incidents by last line: {_counts(told['by_last_line'])}"
    yield f"  events by line: {_counts(told['events_by_line'])}"
    yield f"  incidents by priority: {_counts(told['by_priority'])}"
    moves, pong = told["hand_overs"], told["ping_pong"]
    yield f"  hand-overs: {moves['changes']:,}, in {moves['incidents']:,} incidents"
    yield f"  ping-pong: {pong['incidents']:,} incidents came back, {pong['returns']:,} times"
    again = told["reopenings"]
    yield f"  reopenings: {again['events']:,}, of {again['incidents']:,} incidents"
    first = told["first_resolution"]
    yield (
        f"  first resolution of {first['incidents']:,}: mean {_hours(first['mean_hours'])}, "
        f"median {_hours(first['median_hours'])}; in open hours mean "
        f"{_hours(first['mean_open_hours'])}, median {_hours(first['median_open_hours'])}"
    )
    for cause, one in told["waiting"]["by_cause"].items():
        words = "no reason said" if cause == NOT_SAID else HOLD_WORDS[cause].lower()
        yield (
            f"  waiting, {words}: {_hours(one['hours'])} in {one['times']:,} waits "
            f"({_hours(one['open_hours'])} open), {one['still_waiting']:,} still waiting"
        )
    for party, hours in told["waiting"]["by_party"].items():
        yield f"  whose turn it was, {party.replace('_', ' ')}: {_hours(hours)}"


def _counts(found: dict[str, int]) -> str:
    return ", ".join(f"{name.replace('_', ' ')} {count:,}" for name, count in found.items()) or "–"


def _hours(value: float | None) -> str:
    return "–" if value is None else f"{value:,.2f} h"
