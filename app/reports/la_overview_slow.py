"""What of a manager’s needs takes long where schools are very many: desks nobody covers, big
backlogs, days to give notice. There the worker looks for them each hour. Asked across schools.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import or_

from app import clock
from app.incidents.models import Incident
from app.incidents.queries import visible_to
from app.people.identity import Me
from app.performance.kept import is_vast, kept
from app.reachability.counted import MOST_LISTED, Counted, Uncovered
from app.reachability.queries import how_many_without_cover, schools_without_cover
from app.reports.la_overview_notice import NoticeDay, notice_days
from app.reports.la_overview_unusual import Unusual, big_backlogs
from tenants import across_schools

KIND: Final = "la_needs"
# The same one every day; without an end it is made anew each hour.
QUESTION: Final[dict[str, Any]] = {"shape": 2}
# What is nobody's secret outside the school.
_SEEN_BY_THE_LA: Final = or_(Incident.is_sensitive.is_(False), Incident.forwarded_at.is_not(None))


class Slow(NamedTuple):
    uncovered: int
    backlogs: Sequence[Unusual]
    notice: Sequence[NoticeDay]
    is_awaited: bool = False


def what_takes_long(person: Me, now: datetime) -> Slow:
    today = now.astimezone(clock.LONDON).date()
    if not is_vast():
        backlogs = big_backlogs(visible_to(person), today)
        return Slow(how_many_without_cover(now), backlogs, notice_days(today))
    found = kept(KIND, QUESTION)
    if found is None:
        return Slow(0, [], [], is_awaited=True)
    days = [NoticeDay(date.fromisoformat(day), *rest) for day, *rest in found.answer["notice"]]
    return Slow(
        found.answer["uncovered"],
        [Unusual(*one) for one in found.answer["backlogs"]],
        # A night may have passed.
        [one for one in days if one.day >= today],
    )


def uncovered_as_kept() -> Counted | None:
    """The desks nobody covers; None where they can be looked at while somebody waits."""
    if not is_vast():
        return None
    found = kept(KIND, QUESTION)
    if found is None:
        return Counted(0, [], None)
    lines = [
        (Uncovered(*desk), is_now, [(date.fromisoformat(day), _instants(at)) for day, at in days])
        for desk, is_now, days in found.answer["lines"]
    ]
    return Counted(found.answer["uncovered"], lines, found.made_at)


def _instants(spans: Sequence[Sequence[str]]) -> list[tuple[datetime, datetime]]:
    return [(datetime.fromisoformat(began), datetime.fromisoformat(over)) for began, over in spans]


def to_keep(_: Mapping[str, Any]) -> dict[str, Any]:
    """For the worker."""
    with across_schools("what needs a manager of the LA"):
        uncovered = schools_without_cover(clock.now())
        backlogs = big_backlogs(_SEEN_BY_THE_LA, clock.today())
        notice = notice_days(clock.today())
    return {
        "uncovered": len(uncovered),
        "lines": [
            [
                [desk.slug, desk.school, desk.phone, desk.email],
                is_now,
                [
                    [day.isoformat(), [[one.isoformat() for one in span] for span in spans]]
                    for day, spans in days
                ],
            ]
            for desk, is_now, days in uncovered[:MOST_LISTED]
        ],
        "backlogs": [list(one) for one in backlogs],
        "notice": [[one.day.isoformat(), *one[1:]] for one in notice],
    }
