"""How times, states and numbers are said on a page: London time, plain English."""

from __future__ import annotations

import zlib
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from app import clock

if TYPE_CHECKING:
    from flask import Flask

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = (
    "Jan",
    "Feb",
    "Mar",
    "Apr",
    "May",
    "Jun",
    "Jul",
    "Aug",
    "Sep",
    "Oct",
    "Nov",
    "Dec",
)
SCHOOL_COLOURS = 8

# fmt: off
STATUSES = {
    #                     words                            colour
    "draft":             ("Draft",                         "grey"),
    "advice":            ("With a Tech Advisor",           "turquoise"),
    "new":               ("To be checked",                 "blue"),
    "returned":          ("Back with the reporter",        "yellow"),
    "queued":            ("Waiting to be taken",           "purple"),
    "in_progress":       ("Being worked on",               "turquoise"),
    "on_hold":           ("On hold",                       "yellow"),
    "awaiting_approval": ("Waiting for approval",          "yellow"),
    "resolved":          ("Resolved",                      "green"),
    "closed":            ("Closed",                        "grey"),
    "cancelled":         ("Cancelled",                     "grey"),
    "rejected":          ("Not approved",                  "red"),
}

PARTIES = {
    "reporter":          "the reporter",
    "school_desk":       "the school’s desk",
    "tech_advisor":      "a Tech Advisor",
    "first_line":        "first-line support",
    "second_line":       "second-line support",
    "supplier":          "the supplier",
}
# fmt: on


def status_words(status: str) -> str:
    return STATUSES[status][0] if status in STATUSES else plain(status)


def status_colour(status: str) -> str:
    return STATUSES[status][1] if status in STATUSES else "grey"


def party_words(party: str) -> str:
    return PARTIES.get(party) or plain(party)


def plain(code: str) -> str:
    """`awaiting_site_access` as `Awaiting site access`: the domain's own words, readable."""
    return code.replace("_", " ").capitalize()


def pounds(amount: Decimal | str | None) -> str:
    """`£1,234.50`; nothing for none."""
    return "" if amount is None else f"£{Decimal(amount):,.2f}"


def day(at: datetime) -> str:
    """`Tue 13 Jan`, with the year when it is not this one."""
    return _day_of(at.astimezone(clock.LONDON))


def _day_of(here: datetime) -> str:
    # At New Year London's clock is at UTC, so both are in the same year.
    year = "" if here.year == clock.now().year else f" {here.year}"
    return f"{DAYS[here.weekday()]} {here.day} {MONTHS[here.month - 1]}{year}"


def day_time(at: datetime) -> str:
    """`Tue 13 Jan, 09:10`."""
    here = at.astimezone(clock.LONDON)
    return f"{_day_of(here)}, {here.hour:02}:{here.minute:02}"


def machine_time(at: datetime) -> str:
    """For `<time datetime>` and for programs: `2026-01-13T09:10:00Z`."""
    return f"{at.astimezone(UTC).isoformat()[:19]}Z"


def due_words(due_at: datetime, now: datetime | None = None) -> str:
    """`Overdue 3 h 52 min`, `in 40 min`; from a day on the day itself says more than hours."""
    now = now or clock.now()
    if due_at < now:
        return f"Overdue {for_words(now - due_at)}"
    if due_at - now < timedelta(hours=24):
        return f"in {for_words(due_at - now)}"
    return day_time(due_at)


def age_words(since: datetime, now: datetime | None = None) -> str:
    """How long ago, in the largest unit that says enough: `12 min`, `3 h 5 min`, `6 days`."""
    return for_words((now or clock.now()) - since)


def for_words(length: timedelta) -> str:
    minutes = max(0, int(length.total_seconds()) // 60)
    if minutes < 60:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    if hours < 48:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    return f"{hours // 24} days"


def open_words(seconds: int) -> str:
    """Open time, which has no days: `45 min`, `3 h`, `61 h 5 min`."""
    hours, minutes = divmod(seconds // 60, 60)
    if not hours:
        return f"{minutes} min"
    return f"{hours:,} h {minutes} min" if minutes else f"{hours:,} h"


def plural(count: int, one: str, many: str | None = None) -> str:
    """`1 incident`, `12 incidents`, `1,000 replies`."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def capped(count: int, cap: int = 1000) -> str:
    """Counts stop at a cap, because counting a whole table is what made peers slow: `1,000+`."""
    return f"{cap:,}+" if count >= cap else f"{count:,}"


def colour_number(code: str) -> int:
    """One of a few bar colours: the same school always has the same one, wherever it is shown."""
    return zlib.crc32(code.encode()) % SCHOOL_COLOURS


FILTERS = (
    pounds,
    status_words,
    status_colour,
    party_words,
    plain,
    day,
    day_time,
    machine_time,
    due_words,
    age_words,
    for_words,
    open_words,
    plural,
    capped,
    colour_number,
)


def init_app(app: Flask) -> None:
    app.jinja_env.filters.update({words.__name__: words for words in FILTERS})
    app.jinja_env.globals["now"] = clock.now
