"""When the reporter can be met: chips on the page, periods in JSON."""

import pytest

from app.incidents.meeting import in_words
from tests.api.desk import done, log, report
from tests.incidents.pages import BROKEN, HERE, text_of, version_on


def test_periods_come_back_in_the_order_of_the_week_each_once(app):
    asked = [["fri", "12:00", "13:00"], ["mon", "15:30", "16:30"], ["fri", "12:00", "13:00"]]
    path = log(app, meet_periods=asked, must_be_present=True)
    shown = done(app, "rita", "get", path).json
    assert shown["meet_periods"] == [["mon", "15:30", "16:30"], ["fri", "12:00", "13:00"]]
    assert shown["must_be_present"] is True


def test_none_is_null(app):
    shown = done(app, "rita", "get", log(app, meet_periods=[])).json
    assert (shown["meet_periods"], shown["must_be_present"]) == (None, False)


@pytest.mark.parametrize(
    "wrong",
    [
        "mon", ["mon"], [["mon"]], [["mon", "9", "10"]], [["sun", "09:00", "10:00"]],
        [["mon", "10:00", "09:00"]], [["mon", "10:00", "10:00"]], [["mon", "24:00", "25:00"]],
        [["mon", 9, 10]], [[["mon"], "09:00", "10:00"]], [None], [{}], {"mon": "09:00"},
        [["mon", "09:00", "10:00"]] * 41,
    ],
)  # fmt: skip
def test_what_is_no_period_is_refused(app, wrong):
    answer = report(app, meet_periods=wrong)
    assert answer.status_code == 422
    assert all(name.startswith("meet_periods") for name in answer.json["errors"])


def test_chips_are_kept_shown_and_changed(app, sign_in, cast):
    rita = sign_in(cast.rita)
    typed = {**BROKEN, "meet_periods": ["mon 15:15 17:00", "tue 12:00 13:00"]}
    assert rita.post(f"{HERE}/new", {**typed, "must_be_present": "true"}).status_code == 303
    page = text_of(rita.get(f"{HERE}/1"))
    assert "Monday after school; Tuesday lunch" in page
    assert "Has to be there" in page
    form = rita.get(f"{HERE}/1/sheet")
    assert 'value="tue 12:00 13:00" checked' in text_of(form)
    changed = {**BROKEN, "version": version_on(form), "meet_periods": ["fri 08:00 08:45"]}
    assert rita.post(f"{HERE}/1/sheet", changed).status_code == 303
    shown = done(app, "rita", "get", f"/schools{HERE}/1").json
    assert shown["meet_periods"] == [["fri", "08:00", "08:45"]]


def test_times_of_a_program_stay_when_the_page_saves(app, sign_in, cast):
    log(app, meet_periods=[["mon", "10:10", "10:25"]], occurred_at="2026-01-13T09:00:00Z")
    rita = sign_in(cast.rita)
    form = rita.get(f"{HERE}/1/sheet")
    assert 'value="mon 10:10 10:25" checked' in text_of(form)
    changed = {**BROKEN, "version": version_on(form), "meet_periods": ["mon 10:10 10:25"]}
    assert rita.post(f"{HERE}/1/sheet", changed).status_code == 303
    shown = done(app, "rita", "get", f"/schools{HERE}/1").json
    assert shown["meet_periods"] == [["mon", "10:10", "10:25"]]
    # What the page does not ask for is not emptied by it.
    assert shown["occurred_at"] == "2026-01-13T09:00:00Z"


def test_a_draft_refuses_broken_chips(sign_in, cast):
    rita = sign_in(cast.rita)
    half = {"type": "incident", "title": "Half"}
    assert rita.post(f"{HERE}/draft", {**half, "meet_periods": ["mon\0"]}).status_code == 422
    assert (
        rita.post(f"{HERE}/draft", {**half, "meet_periods": ["mon 08:00 08:45"]}).status_code == 303
    )
    assert 'value="mon 08:00 08:45" checked' in text_of(rita.get(f"{HERE}/new"))


def test_in_words():
    assert in_words([["mon", "08:45", "12:00"], ["mon", "15:30", "16:30"]]) == (
        "Monday morning, 15:30–16:30"
    )
    assert in_words(None) is None
