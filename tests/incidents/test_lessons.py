"""Lesson time lost: the formula with closures and INSET days, and where it is shown."""

from datetime import UTC, date, datetime, time

import pytest

from app.calendar_days import Calendar
from app.incidents.lessons import lost
from tests.api.desk import RESOLUTION, bring, done, log, report
from tests.incidents.pages import HERE, text_of

DAY = ((time(8, 30), time(15, 30)),)
SCHOOL = Calendar(
    week=(DAY, DAY, DAY, DAY, DAY, (), ()),
    closures=frozenset({date(2026, 1, 21)}),
    inset_days=frozenset({date(2026, 1, 20)}),
    terms=((date(2026, 1, 5), date(2026, 2, 13)),),
    is_school=True,
)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 1, day, hour, minute, tzinfo=UTC)


def hours(began, ended, *, lessons=1, pupils=None, minutes=60, stopped=True):
    found = lost(
        is_class_stopped=stopped,
        lessons=lessons,
        pupils=pupils,
        began_at=began,
        ended_at=ended,
        calendar=SCHOOL,
        lesson_minutes=minutes,
    )
    return found and tuple(found)


@pytest.mark.parametrize(
    ("began", "ended", "more", "expected"),
    [
        # The time until it was restored, where that is less than the lessons named.
        (at(13, 9), at(13, 9, 30), {"lessons": 2}, (0.5, None)),
        (at(13, 9), at(13, 10, 30), {"lessons": 2}, (1.5, None)),
        # At most the lessons named.
        (at(13, 9), at(13, 14), {"lessons": 2}, (2.0, None)),
        (at(13, 9), at(13, 14), {"lessons": 3, "minutes": 50}, (2.5, None)),
        (at(13, 9), at(13, 14), {"lessons": None}, (1.0, None)),
        (at(13, 9), at(13, 14), {"lessons": 0}, (0.0, None)),
        # Pupil-hours are that times the pupils.
        (at(13, 9), at(13, 10, 30), {"lessons": 2, "pupils": 28}, (1.5, 42.0)),
        (at(13, 9), at(13, 9, 20), {"lessons": 2, "pupils": 30}, (0.3, 10.0)),
        (at(13, 9), at(13, 10), {"pupils": 0}, (1.0, 0.0)),
        # Only while the school is open: after hours, at night, at the weekend.
        (at(13, 15), at(14, 9), {"lessons": 5}, (1.0, None)),
        (at(16, 15), at(19, 8, 45), {"lessons": 5}, (0.8, None)),
        (at(17, 9), at(18, 15), {"lessons": 5}, (0.0, None)),
        # Mon 19th 15:00 to Thu 22nd 09:00: Tuesday is INSET, on Wednesday the school is closed.
        (at(19, 15), at(22, 9), {"lessons": 20}, (1.0, None)),
        # After the term has ended nothing is lost.
        (at(13, 9), at(13, 8), {}, (0.0, None)),
        (at(13, 9), at(13, 14), {"stopped": None}, None),
        (at(13, 9), at(13, 14), {"stopped": False}, None),
    ],
)
def test_the_formula(began, ended, more, expected):
    assert hours(began, ended, **more) == expected


def test_outside_term_nothing_is_lost():
    began = datetime(2026, 2, 16, 9, tzinfo=UTC)
    ended = datetime(2026, 2, 16, 15, tzinfo=UTC)
    assert hours(began, ended, lessons=3) == (0.0, None)


def test_detail_has_hours_with_one_decimal_or_null(app, at):
    at("2026-01-13T10:00+00:00")
    path = log(app, class_stopped=True, pupils_affected=28, lessons_affected=2)
    other = log(app)
    at("2026-01-13T10:30+00:00")
    shown = done(app, "rita", "get", path).json
    assert (shown["lesson_hours_lost"], shown["pupil_hours_lost"]) == (0.5, 14.0)
    assert (shown["pupils_affected"], shown["lessons_affected"]) == (28, 2)
    shown = done(app, "rita", "get", other).json
    assert (shown["lesson_hours_lost"], shown["pupil_hours_lost"]) == (None, None)


def test_it_stops_when_work_can_go_on(app, at):
    at("2026-01-13T10:00+00:00")
    path = bring(app, "in_progress", class_stopped=True, lessons_affected=5)
    at("2026-01-13T11:00+00:00")
    done(app, "tariq", "put", f"{path}/resolution", RESOLUTION)
    at("2026-01-14T11:00+00:00")
    shown = done(app, "rita", "get", path).json
    assert (shown["lesson_hours_lost"], shown["pupil_hours_lost"]) == (1.0, None)


def test_the_page_calls_it_an_estimate_and_says_how(app, sign_in, cast, at):
    at("2026-01-13T10:00+00:00")
    log(app, class_stopped=True, pupils_affected=28, lessons_affected=2)
    at("2026-01-13T10:30+00:00")
    page = text_of(sign_in(cast.rita).get(f"{HERE}/1"))
    assert "0.5 lesson-hours, 14.0 pupil-hours" in page
    assert "An estimate" in page


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("pupils_affected", -1), ("pupils_affected", 5001), ("pupils_affected", "many"),
        ("lessons_affected", 31), ("lessons_affected", 1.5), ("class_stopped", "perhaps"),
    ],
)  # fmt: skip
def test_wrong_numbers_are_refused(app, field, value):
    answer = report(app, **{field: value})
    assert answer.status_code == 422
    assert list(answer.json["errors"]) == [field]
