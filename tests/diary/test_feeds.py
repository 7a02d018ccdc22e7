"""The diary in a calendar program: secret, strict to the standard, and only what one may see."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from icalendar import Calendar

from tests.diary.test_api import DIARY, NOW, added, marked
from tests.diary.test_sources import contract, critical, everything, put

HOSTILE = "Müller, Sons; \\ Ltd\u2028🎓 " + "a very long title " * 8


@pytest.fixture(autouse=True)
def _autumn(at: Any) -> None:
    at(NOW)


def made(api: Any, who: Any, label: str = "My phone") -> tuple[str, str]:
    """The path of its address, and its key."""
    answer = api(who).post(f"{DIARY}/feeds", {"label": label})
    assert answer.status_code == 201, answer.text
    path = re.sub("^https?://[^/]+", "", answer.json["address"])
    return path, answer.json["key"]


def read(app: Any, path: str, **headers: str) -> Any:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return app.test_client().get(path, headers=named)


def events(app: Any, path: str) -> dict[str, Any]:
    answer = read(app, path)
    assert answer.status_code == 200 and answer.mimetype == "text/calendar"
    found = Calendar.from_ical(answer.data)
    assert all(not one.errors for one in found.walk())
    return {str(one["uid"]): one for one in found.walk("VEVENT")}


def test_every_day_of_a_series_is_an_event_of_its_own(app, api, cast):
    added(api, cast.sam, repeat="weekly", until="2026-10-19", title=HOSTILE)
    added(api, cast.sam, on="2026-07-01", at="09:30", title="Training")
    added(api, cast.sam, on="2026-12-01", at="09:30", title="Training again")
    path, _ = made(api, cast.sam)
    found = events(app, path)
    assert list(found) == [
        "entry-2-20260701@st-marys.deskbell",
        "entry-1-20261005@st-marys.deskbell",
        "entry-1-20261012@st-marys.deskbell",
        "entry-1-20261019@st-marys.deskbell",
        "entry-3-20261201@st-marys.deskbell",
    ]
    first = found["entry-1-20261005@st-marys.deskbell"]
    assert (first["dtstart"].dt, first["dtend"].dt) == (date(2026, 10, 5), date(2026, 10, 6))
    assert str(first["summary"]) == " ".join(HOSTILE.replace("\u2028", " ").split())
    assert "rrule" not in first and first["dtstamp"].dt.tzinfo is not None
    summer, winter = (found[f"entry-{n}@st-marys.deskbell"] for n in ("2-20260701", "3-20261201"))
    assert summer["dtstart"].dt == datetime(2026, 7, 1, 8, 30, tzinfo=UTC), "summer time"
    assert winter["dtstart"].dt == datetime(2026, 12, 1, 9, 30, tzinfo=UTC)


def test_the_text_keeps_to_the_standard(app, api, cast):
    added(api, cast.sam, title=HOSTILE)
    path, _ = made(api, cast.sam)
    raw = read(app, path).data
    lines = raw.split(b"\r\n")
    assert lines[0] == b"BEGIN:VCALENDAR" and lines[-2:] == [b"END:VCALENDAR", b""]
    assert b"\n" not in raw.replace(b"\r\n", b"") and max(map(len, lines)) <= 75
    whole = raw.replace(b"\r\n ", b"").decode()
    assert "SUMMARY:Müller\\, Sons\\; \\\\ Ltd" in whole
    for line in ("VERSION:2.0", "METHOD:PUBLISH", "REFRESH-INTERVAL;VALUE=DURATION:PT6H"):
        assert f"\r\n{line}\r\n" in whole, line
    assert whole.count("DTSTART;VALUE=DATE:20261005") == 1
    assert whole.count("BEGIN:VEVENT") == whole.count("UID:") == whole.count("DTSTAMP:") == 1


def test_what_did_not_change_is_not_sent_again(app, api, cast, at):
    added(api, cast.sam)
    path, _ = made(api, cast.sam)
    first = read(app, path)
    assert first.headers["Cache-Control"] == "private, no-cache"
    again = read(app, path, If_None_Match=first.headers["ETag"])
    assert again.status_code == 304 and again.data == b""
    at("2026-09-14T15:00+00:00")
    assert read(app, path).data == first.data
    assert marked(api, cast.sam, "2026-10-05", "done").status_code == 200
    changed = read(app, path, If_None_Match=first.headers["ETag"])
    assert changed.status_code == 200 and b"SUMMARY:Done: Renew" in changed.data


def test_what_was_called_off_is_gone(app, api, cast):
    added(api, cast.sam)
    path, _ = made(api, cast.sam)
    assert marked(api, cast.sam, "2026-10-05", "cancelled").status_code == 200
    assert events(app, path) == {}


def test_no_names_no_sums_nothing_confidential(app, api, cast, ledger):
    everything(app, ledger)
    put(app, ledger, critical(2, kind="inspection", title="Ofsted comes"))
    path, _ = made(api, cast.sam)
    text = read(app, path).text
    for hidden in ("Ofsted", "Brown", "Tariq", "120", "@st-marys.example"):
        assert hidden not in text, hidden
    found = events(app, path)
    tests = found["critical_date-1-20270510@st-marys.deskbell"]
    assert (tests["dtstart"].dt, tests["dtend"].dt) == (date(2027, 5, 10), date(2027, 5, 14))
    came = found["visit-1-20261006@st-marys.deskbell"]
    assert came["dtend"].dt - came["dtstart"].dt == timedelta(hours=2)


def test_a_feed_shows_what_its_owner_may_see(app, api, cast, ledger):
    put(app, ledger, contract())
    assert any("contract" in uid for uid in events(app, made(api, cast.sam)[0]))
    assert events(app, made(api, cast.theo)[0]) == {}


def test_whatever_is_wrong_looks_the_same(app, api, cast, ledger):
    path, key = made(api, cast.sam)
    other, _ = made(api, cast.theo)
    assert read(app, path).status_code == 200
    answers = [
        read(app, "/st-marys/diary/made-up.ics"),
        read(app, f"/st-marys/diary/{key}.ics"),
        read(app, path.replace("st-marys", "oakfield")),
        read(app, path.replace("st-marys", "nowhere")),
    ]
    assert api(cast.theo).delete(f"{DIARY}/feeds/{key}").status_code == 404
    assert api(cast.sam).delete(f"{DIARY}/feeds/{key}").status_code == 204
    answers.append(read(app, path))
    ledger.rows("UPDATE memberships SET valid_to = '2026-09-13' WHERE name = 'Theo Technician'")
    answers.append(read(app, other))
    assert {(one.status_code, one.data) for one in answers} == {
        (404, b"There is no such calendar.\n")
    }


def test_who_changed_their_part_reads_no_diary_any_more(app, api, cast, ledger):
    path, _ = made(api, cast.theo)
    ledger.rows("UPDATE memberships SET role = 'reporter' WHERE name = 'Theo Technician'")
    assert read(app, path).status_code == 404
    ledger.rows("UPDATE memberships SET role = 'technician' WHERE name = 'Theo Technician'")
    assert read(app, path).status_code == 200
    ledger.rows("UPDATE people SET is_active = false WHERE email = 'theo@st-marys.example'")
    assert read(app, path).status_code == 404


def test_the_secret_stands_nowhere(app, api, cast, ledger):
    path, key = made(api, cast.sam)
    secret = path.rpartition("/")[2].removesuffix(".ics")
    assert len(secret) >= 40
    for table in ("diary_feeds", "events"):
        assert secret not in str(ledger.rows(f"SELECT * FROM {table}"))
    shown = api(cast.sam).get(f"{DIARY}/feeds").json["items"]
    assert [(one["key"], one["label"], one["read_at"]) for one in shown] == [
        (key, "My phone", None)
    ]
    assert secret not in api(cast.sam).get(f"{DIARY}/feeds").text
    read(app, path)
    (one,) = api(cast.sam).get(f"{DIARY}/feeds").json["items"]
    assert one["read_at"] == "2026-09-14T09:00:00Z"
    assert api(cast.theo).get(f"{DIARY}/feeds").json["items"] == []


def test_who_asks_too_often_waits(app, api, cast):
    path, _ = made(api, cast.sam)
    statuses = {read(app, path).status_code for _ in range(45)}
    assert statuses == {200, 429}


def test_ten_feeds_are_enough(api, cast):
    for number in range(10):
        made(api, cast.sam, f"Number {number}")
    answer = api(cast.sam).post(f"{DIARY}/feeds", {"label": "One more"})
    assert answer.status_code == 409 and "End one" in answer.json["detail"]
    assert api(cast.rita).post(f"{DIARY}/feeds", {"label": "x"}).status_code == 403
