"""What an agreement promises: the pack as people write it in JSON, read into terms or refused.

The JSON is the one of the API and of the stored versions. Nothing here reads a clock or a table.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any, Final

from app.calendar_days import Calendar
from app.contracts.pack_fields import WEEKDAYS, Fields

PRIORITIES: Final = ("P1", "P2", "P3", "P4")

# Every reason an incident can be on hold for; an agreement lists those that stop its clock.
HOLD_REASONS: Final = (
    "awaiting_user",
    "awaiting_site_access",
    "awaiting_supplier",
    "awaiting_parts",
    "awaiting_approval",
    "agreed_visit",
    "awaiting_change",
    "awaiting_problem",
)
USUAL_PAUSES: Final = ("awaiting_user", "awaiting_site_access", "agreed_visit", "awaiting_approval")

# A year, round the clock or of working days: more than any agreement promises.
MOST_MINUTES: Final = 365 * 24 * 60
MOST_WORKING_DAYS: Final = 260


class Kind(StrEnum):
    """Whose promise it is: the school's own desk, the LA, or a supplier (underpinning contract)."""

    OLA = "ola"
    SLA = "sla"
    UC = "uc"


class Metric(StrEnum):
    RESPONSE = "response"
    ON_SITE = "on_site"
    RESOLUTION = "resolution"


@dataclass(frozen=True)
class Target:
    """Business minutes, or closing time on the n-th working day; never both.

    Days are not turned into minutes: they differ in length.
    """

    minutes: int | None = None
    working_days: int | None = None

    @property
    def seconds(self) -> int | None:
        return None if self.minutes is None else self.minutes * 60


@dataclass(frozen=True)
class Targets:
    response: Target | None = None
    on_site: Target | None = None
    resolution: Target | None = None

    def of(self, metric: Metric) -> Target | None:
        return {
            Metric.RESPONSE: self.response,
            Metric.ON_SITE: self.on_site,
            Metric.RESOLUTION: self.resolution,
        }[metric]


# A request asks for something new, so its priority does not hurry it.
REQUEST_TARGETS: Final = Targets(response=Target(working_days=1), resolution=Target(working_days=3))


@dataclass(frozen=True)
class AgreementTerms:
    name: str
    kind: Kind
    hours: Calendar  # as written; bank holidays and a school's dates come with calendar()
    closes_on_bank_holidays: bool
    is_term_time_only: bool
    targets: Mapping[str, Targets]
    pause_reasons: frozenset[str]
    on_site_needs_school_open: bool

    def targets_of(self, metric: Metric, *, is_request: bool = False) -> dict[str, Target | None]:
        """One metric's target by priority; a priority without one has no clock."""
        if is_request:
            return dict.fromkeys(PRIORITIES, REQUEST_TARGETS.of(metric))
        return {priority: targets.of(metric) for priority, targets in self.targets.items()}

    def calendar(
        self,
        bank_holidays: frozenset[date],
        *,
        school_terms: tuple[tuple[date, date], ...] = (),
        closures: frozenset[date] = frozenset(),
    ) -> Calendar:
        """The calendar its clocks run on.

        `closures` are days closed beyond the agreement's own: for a term-time-only one also the
        school's INSET days. `school_terms` count where the agreement names no terms itself.
        """
        terms = self.hours.terms if self.hours.terms is not None else school_terms
        return replace(
            self.hours,
            bank_holidays=bank_holidays if self.closes_on_bank_holidays else frozenset(),
            closures=self.hours.closures | closures,
            # Where nobody has entered any terms, it is open all year rather than never.
            terms=(tuple(sorted(terms)) or None) if self.is_term_time_only else None,
        )


def pack_from_json(pack: object) -> AgreementTerms:
    """A pack in the API's shape as terms, or Wrong with every sentence by field."""
    fields = Fields(pack)
    week = fields.inside("calendar")
    hours = Calendar(
        week=week.opening_week("week"),
        closures=frozenset(week.days("closures")),
        terms=week.terms("terms"),
        always=week.flag("always", False),
    )
    terms = AgreementTerms(
        name=fields.text("name"),
        kind=Kind(fields.one_of("kind", tuple(Kind))),
        hours=hours,
        closes_on_bank_holidays=week.flag("bank_holidays", True),
        is_term_time_only=week.flag("term_time_only", False),
        targets=_targets(fields.inside("targets")),
        pause_reasons=frozenset(fields.some_of("pause_reasons", HOLD_REASONS, USUAL_PAUSES)),
        on_site_needs_school_open=fields.flag("on_site_needs_school_open", True),
    )
    if not hours.always and not any(hours.week):
        week.refuse("week", "Give opening hours for at least one day, or choose always open.")
    fields.check()
    return terms


def _targets(fields: Fields) -> dict[str, Targets]:
    given = [priority for priority in PRIORITIES if fields.has(priority)]
    if not given:
        fields.refuse("", "Give the targets of at least one priority.")
    return {priority: _targets_of_one(fields.inside(priority)) for priority in given}


def _targets_of_one(fields: Fields) -> Targets:
    targets = Targets(**{metric.value: _target(fields, metric) for metric in Metric})
    if targets == Targets():
        fields.refuse("", "Give at least one target.")
    return targets


def _target(fields: Fields, metric: Metric) -> Target | None:
    minutes = fields.whole(f"{metric}_minutes", 1, MOST_MINUTES)
    days = fields.whole(f"{metric}_working_days", 1, MOST_WORKING_DAYS)
    if minutes is not None and days is not None:
        fields.refuse(f"{metric}_minutes", "Give minutes or working days, not both.")
    return Target(minutes, days) if minutes is not None or days is not None else None


def _standard(name: str, kind: Kind) -> dict[str, Any]:
    """Mon-Fri 08:00-17:00 with the targets Moray Council gives its schools, and a P4 added."""
    # fmt: off
    targets = {
        "P1": {"response_minutes":  30, "resolution_minutes":  360},
        "P2": {"response_minutes":  60, "resolution_minutes":  480},
        "P3": {"response_minutes": 120, "resolution_minutes":  720},
        "P4": {"response_minutes": 240, "resolution_minutes": 1620},
    }
    # fmt: on
    return {
        "name": name,
        "kind": kind.value,
        "calendar": {
            "week": {weekday: [["08:00", "17:00"]] for weekday in WEEKDAYS[:5]},
            "bank_holidays": True,
            "term_time_only": False,
            "terms": None,
            "closures": [],
            "always": False,
        },
        "targets": targets,
        "pause_reasons": list(USUAL_PAUSES),
        "on_site_needs_school_open": True,
    }


LA_STANDARD: Final = _standard("LA standard", Kind.SLA)
OLA_STANDARD: Final = _standard("School desk standard", Kind.OLA)
