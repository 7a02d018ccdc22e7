"""What comes in and goes out about reports and their schedules, for pages and JSON alike."""

from __future__ import annotations

from marshmallow import fields, validate

from app.reports.issued import rules
from app.reports.issued.models import RHYTHMS
from app.shapes import LONG, SHORT, Day, Flag, Instant, PageArgs, Shape, Text, choice


class NewReport(Shape):
    kind = choice(
        rules.KIND_WORDS,
        required=True,
        error="Choose a kind of report.",
        metadata={
            "label": "What kind of report?",
            "kind": "radios",
            "missing": "Choose a kind of report.",
        },
    )
    period = choice(
        rules.PERIOD_WORDS,
        allow_none=True,
        metadata={
            "label": "Of what time?",
            "hint": "Without a choice: the last whole one that is usual for the report",
        },
    )
    on = Day(
        allow_none=True,
        metadata={
            "label": "A day in it",
            "hint": "Without a day: the last one that is over",
            "description": "A day of the period; without it the last whole one",
        },
    )
    first = Day(
        data_key="from", metadata={"description": "With `to`, in place of `period`: the first day"}
    )
    end = Day(data_key="to", metadata={"description": "The first day that no longer belongs to it"})


class NewReportOnPage(NewReport):
    class Meta(Shape.Meta):
        fields = ("kind", "period", "on")


class ReportChange(Shape):
    """Loaded `partial`: what is left out stays as it is."""

    title = Text(SHORT, required=True, metadata={"label": "Title", "missing": "Enter a title"})
    sections = fields.Dict(
        keys=fields.String(validate=validate.Length(1, 40)),
        values=Text(LONG, is_long=True, allow_none=True),
        metadata={"description": "Other words by key; null brings the generated ones back"},
    )


class SectionWords(Shape):
    text = Text(
        LONG,
        is_long=True,
        allow_none=True,
        metadata={
            "label": "The words",
            "hint": "A line that begins with - is an entry of a list. Leave it empty to have the "
            "generated words back.",
            "rows": 14,
        },
    )


class ReportTitle(Shape):
    title = Text(SHORT, required=True, metadata={"label": "Title", "missing": "Enter a title"})


class ReportFilters(Shape):
    kind = choice(rules.KIND_WORDS)
    state = choice(rules.STATE_WORDS)


class ReportArgs(ReportFilters, PageArgs):
    pass


class NewSchedule(Shape):
    kind = choice(
        rules.KIND_WORDS,
        required=True,
        error="Choose a kind of report.",
        metadata={
            "label": "What kind of report?",
            "kind": "radios",
            "missing": "Choose a kind of report.",
        },
    )
    rhythm = choice(
        rules.RHYTHM_WORDS,
        required=True,
        error="Choose how often.",
        metadata={"label": "How often?", "kind": "radios"},
    )
    roles = fields.List(
        choice(rules.ROLE_WORDS),
        required=True,
        validate=validate.Length(1, len(rules.ROLE_WORDS), error="Choose at least one."),
        error_messages={"required": "Choose at least one."},
        metadata={
            "label": "Who hears that a draft waits?",
            "hint": "By mail, with a link and no figures",
            "kind": "checkboxes",
        },
    )


class TableOut(Shape):
    title = fields.String(required=True)
    headings = fields.List(fields.String(), required=True)
    rows = fields.List(fields.List(fields.Raw(allow_none=True)), required=True)


class SectionOut(Shape):
    key = fields.String(required=True)
    heading = fields.String(required=True)
    text = fields.String(required=True, metadata={"description": "The words that hold"})
    generated = fields.String(required=True)
    edited = Flag(required=True)
    tables = fields.List(fields.Nested(TableOut), required=True)


class ListedReport(Shape):
    number = fields.Integer(required=True)
    kind = choice(rules.KIND_WORDS, required=True)
    title = fields.String(required=True)
    period = fields.String(required=True)
    period_name = fields.String(required=True)
    first = Day(data_key="from", required=True)
    end = Day(data_key="to", required=True)
    state = choice(rules.STATE_WORDS, required=True)
    created_by = fields.String(required=True)
    created_at = Instant(required=True)
    counted_at = Instant(required=True)
    issued_by = fields.String(allow_none=True, required=True)
    issued_at = Instant(allow_none=True, required=True)
    supersedes = fields.Integer(allow_none=True, required=True)
    superseded_by = fields.Integer(allow_none=True, required=True)


class ReportOut(ListedReport):
    sections = fields.List(fields.Nested(SectionOut), required=True)
    figures = fields.Dict(required=True)
    version = fields.Integer(required=True)


class ReportPage(Shape):
    items = fields.List(fields.Nested(ListedReport), required=True)
    next = fields.String(allow_none=True, required=True)


class ScheduleOut(Shape):
    number = fields.Integer(required=True)
    kind = choice(rules.KIND_WORDS, required=True)
    rhythm = choice(RHYTHMS, required=True)
    roles = fields.List(fields.String(), required=True)
    next_on = Day(allow_none=True, required=True)
    version = fields.Integer(required=True)


class SchedulePage(Shape):
    items = fields.List(fields.Nested(ScheduleOut), required=True)
    next = fields.String(allow_none=True, required=True)
