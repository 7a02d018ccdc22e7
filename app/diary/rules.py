"""What stands in the diary and how it is said: tables, and a few sentences made from them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple

from app.diary.recurrence import Series, nth_of_month

ENTRY = "entry"
LONGEST_SPAN = timedelta(days=731)
LONGEST_CHECKLIST, MOST_REMINDERS, EARLIEST_REMINDER = 30, 5, 365
USUAL_REMINDERS = (30, 7)


class Source(NamedTuple):
    """Where a day of the diary comes from, and who may see it there."""

    words: str
    kind: str
    permission: str
    # So many days before its day somebody is reminded of it.
    remind: tuple[int, ...] = ()
    # Whether it is marked done in the diary; the others have a state of their own.
    is_marked: bool = True


# fmt: off
SOURCES: dict[str, Source] = {
    ENTRY:             Source("Entered by hand",     "other",     "diary.view"),
    "contract_notice": Source("Last day to give notice", "renewal",   "contract.view", (60, 30, 7)),
    "contract_end":    Source("Contract ends",       "renewal",   "contract.view", (30, 7)),
    "licence_notice":  Source("Licence renews",      "renewal",   "licence.view",  (30, 7)),
    "licence_end":     Source("Licence ends",        "renewal",   "licence.view",  (30, 7)),
    "warranty_end":    Source("Warranty ends",       "renewal",   "asset.view",    (30,)),
    "payment":         Source("Payment",             "payment",   "payment.view",  (7,), False),
    "visit":           Source("Support visit",       "visit",     "visit.view",    (), False),
    "document_review": Source("Review",              "review",    "document.view", (30, 7)),
    "critical_date":   Source("Critical date",       "statutory", "critical_date.view",
                              (14,), False),
    "loan_due":        Source("Loan due back",       "other",     "asset.view",    (), False),
}
KIND_WORDS = {
    "renewal": "Renewal", "review": "Review", "visit": "Visit", "delivery": "Delivery",
    "training": "Training", "go_live": "Go-live", "payment": "Payment",
    "statutory": "Statutory", "maintenance": "Planned maintenance", "other": "Other",
}
KIND_COLOURS = {
    "renewal": "orange", "review": "purple", "visit": "blue", "delivery": "turquoise",
    "training": "green", "go_live": "magenta", "payment": "yellow", "statutory": "red",
    "maintenance": "turquoise",
}
REPEAT_WORDS = {
    "none": "Only once", "weekly": "Every week", "monthly": "Every month on the same date",
    "nth_weekday": "Every month on the same weekday, for example the second Monday",
    "termly": "Every term", "yearly": "Every year",
}
STATUS_WORDS = {"planned": "Planned", "done": "Done", "cancelled": "Called off"}
STATUS_COLOURS = {"planned": "blue", "done": "green", "cancelled": "grey"}
EVENT_WORDS = {
    "diary.added": "Added",
    "diary.changed": "Changed: {after}",
    "diary.ticked": "Points ticked on {after}",
    "diary.done": "Done: {after}",
    "diary.called_off": "Called off: {after}",
    "diary.planned_again": "Planned again: {after}",
    "diary.taken_out": "One day was changed by itself: {after}",
    "diary.removed": "Removed",
}
# What an event says of fields that changed.
FIELD_WORDS = {
    "title": "title", "kind": "kind", "on": "day", "at": "time", "repeat": "how it repeats",
    "until": "last day", "skips_closures": "closed days", "checklist": "checklist",
    "remind_days_before": "reminders", "assignee_id": "who does it", "contract_id": "contract",
    "licence_id": "licence", "asset_id": "asset", "notes": "notes", "status": "status",
}
# fmt: on

_ORDINALS = ("first", "second", "third", "fourth", "last")


def repeat_words(series: Series) -> str:
    """Every month on the second Monday, until 31 August 2027."""
    said = _REPEATED.get(series.repeat, "").format(
        weekday=f"{series.on:%A}",
        nth=_ORDINALS[nth_of_month(series.on) - 1],
        day=series.on.day,
        date=f"{series.on.day} {series.on:%B}",
    )
    if series.repeat == "monthly" and series.on.day > 28:
        said += " or the last day of a shorter month"
    if said and series.until:
        said += f", until {day_words(series.until)}"
    return said


_REPEATED = {
    "weekly": "Every {weekday}",
    "monthly": "Every month on day {day}",
    "nth_weekday": "Every month on the {nth} {weekday}",
    "termly": "Every term",
    "yearly": "Every year on {date}",
}


def day_words(on: date) -> str:
    return f"{on.day} {on:%B %Y}"


def days_ahead_words(days: int) -> str:
    """In 30 days, tomorrow, today, 3 days ago."""
    if days in (-1, 0, 1):
        return ("yesterday", "today", "tomorrow")[days + 1]
    return f"in {days} days" if days > 0 else f"{-days} days ago"


def reminders_due(on: date, days_before: Iterable[int], today: date) -> list[int]:
    """Which of the reminders of a day that is still to come are due by now. What was missed is due
    too; the day itself is the last on which anybody is reminded."""
    left = (on - today).days
    return [days for days in days_before if 0 <= left <= days]


class Preset(NamedTuple):
    """A job that most schools should have in their diary [S04]."""

    title: str
    repeat: str
    checklist: tuple[str, ...]


# fmt: off
PRESETS: dict[str, Preset] = {
    "backup_restore": Preset("Try to restore from the backup", "termly", (
        "Restore one file from last week", "Restore one whole folder",
        "Check that a copy is kept off site", "Write down how long it took")),
    "filter_test": Preset("Test filtering and monitoring", "termly", (
        "Try the test page as a pupil", "Try it as a member of staff", "Try it on a tablet",
        "Tell the safeguarding lead what came of it")),
    "leavers": Preset("Close accounts of people who left", "termly", (
        "Get the list of leavers from the office", "Close their accounts",
        "Take back keys and equipment", "Give back their licences")),
    "admin_rights": Preset("Look through who has administrator rights", "termly", (
        "List the accounts", "Take away what nobody needs", "Check that each has a second factor")),
    "projector_filters": Preset("Clean projector filters", "termly", (
        "Clean or change the filters", "Write down lamp hours", "Order lamps that are due")),
    "ups_test": Preset("Test the UPS and its batteries", "yearly", (
        "Tell people before you begin", "Run on battery for ten minutes",
        "Check that the server shuts down", "Note the age of the batteries")),
    "pat": Preset("Portable appliance tests (PAT)", "yearly", (
        "Book the tester", "List what is new since last year", "File the certificate")),
    "updates": Preset("Look through updates", "monthly", (
        "Servers", "Staff and pupil computers", "Tablets", "Switches and access points")),
    "inventory": Preset("Count the equipment", "yearly", (
        "Take stock room by room", "Look for what is missing", "Ask for what is not used to go")),
    "emergency_contacts": Preset("Check who is called in an emergency", "yearly", (
        "Internet provider", "Telephone provider", "Support providers", "Insurance")),
}
# fmt: on
