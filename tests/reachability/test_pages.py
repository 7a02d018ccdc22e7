"""The page that says when the desk can be reached, and who may say it."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest

from app.people.keys import make_key
from tests.incidents.pages import forwarded, text_of, version_on
from tests.ledger import Ledger

HERE = "/st-marys/reachability"
API = "/schools/st-marys/reachability"
WORKING = "2026-01-13T09:10+00:00"  # a Tuesday
WEEK = {f"day_{day}": "8:30-12:00, 13:00-15:30" for day in range(5)}


@pytest.fixture
def ids(ledger: Ledger) -> dict[str, int]:
    """Memberships by the first name of whoever holds them."""
    rows = ledger.rows("SELECT split_part(name, ' ', 1), id FROM memberships")
    return dict(rows)


@pytest.fixture
def key_of(app: Any, ids: dict[str, int], ledger: Ledger) -> Any:
    (school,) = ledger.rows("SELECT id FROM schools WHERE slug = 'st-marys'")[0]
    return lambda name: make_key(app.config["SECRET_KEY"], school, ids[name])


def set_week(browser: Any, key: str, **week: str) -> Any:
    path = f"{HERE}/{key}"
    return browser.post(path, {**WEEK, **week, "version": version_on(browser.get(path))})


def date_parts(name: str, day: date) -> dict[str, str]:
    return {f"{name}-{part}": str(getattr(day, part)) for part in ("day", "month", "year")}


def absence(key: str, first: date, last: date, cover: str = "") -> dict[str, str]:
    days = {**date_parts("first_day", first), **date_parts("last_day", last)}
    return {"who": key, "cover": cover, **days}


def test_the_spoc_says_when_and_everybody_of_the_school_and_the_la_reads_it(
    sign_in: Any, cast: Any, key_of: Any, at: Any
) -> None:
    at(WORKING)
    assert set_week(sign_in(cast.sam), key_of("Sam")).status_code == 303
    for player in (cast.rita, cast.pip, cast.sue, cast.tariq, cast.ada):
        page = text_of(sign_in(player).get(HERE))
        assert "Sam Spoc, reachable now, until 12:00" in re.sub("<.*?>", "", page), player.name
        assert "Monday: 08:30-12:00, 13:00-15:30" in page
    at("2026-01-13T12:30+00:00")
    page = re.sub("<.*?>", "", text_of(sign_in(cast.rita).get(HERE)))
    assert "Sam Spoc, reachable from 13:00" in page
    assert sign_in(cast.olga).get(HERE).status_code == 404


def test_only_the_desk_says_it(sign_in: Any, cast: Any, key_of: Any) -> None:
    for player, status in ((cast.dora, 200), (cast.rita, 403), (cast.ike, 403), (cast.tariq, 403)):
        assert sign_in(player).get(f"{HERE}/{key_of('Sam')}").status_code == status, player.name
    assert sign_in(cast.olga).get(f"{HERE}/{key_of('Sam')}").status_code == 404
    assert sign_in(cast.sam).get(f"{HERE}/{key_of('Rita')}").status_code == 404, "not of the desk"


@pytest.mark.parametrize(
    "typed", ["9", "9-8", "25:00-26:00", "8:30 - 12:00, 11:00-13:00", "half past eight", "8-9" * 40]
)
def test_what_cannot_be_read_comes_back_as_it_was_typed(
    sign_in: Any, cast: Any, key_of: Any, typed: str
) -> None:
    answer = set_week(sign_in(cast.sam), key_of("Sam"), day_1=typed)
    assert answer.status_code == 422
    assert typed in text_of(answer)


def test_two_who_change_it_at_once_see_each_other(sign_in: Any, cast: Any, key_of: Any) -> None:
    sam, dora = sign_in(cast.sam), sign_in(cast.dora)
    path = f"{HERE}/{key_of('Sam')}"
    version = version_on(sam.get(path))
    assert set_week(dora, key_of("Sam"), day_0="9:00-10:00").status_code == 303
    answer = sam.post(path, {**WEEK, "version": version})
    assert answer.status_code == 412
    page = text_of(answer)
    assert "Dora Owner changed this" in page
    assert "09:00-10:00" in page
    assert sam.post(path, {**WEEK, "version": version_on(answer)}).status_code == 303


def test_a_deputy_says_it_only_of_themselves(
    sign_in: Any, cast: Any, key_of: Any, ledger: Ledger, api: Any
) -> None:
    make_deputy(ledger)
    rita = sign_in(cast.rita)
    assert set_week(rita, key_of("Rita")).status_code == 303
    assert rita.get(f"{HERE}/{key_of('Sam')}").status_code == 403
    assert rita.get(f"{HERE}/{key_of('Rita')}/deputy").status_code == 200
    answer = rita.post(f"{HERE}/{key_of('Rita')}/deputy", {"deputy_for": ""})
    assert answer.status_code == 403
    new = absence(key_of("Sam"), date(2099, 1, 5), date(2099, 1, 6))
    assert rita.post(f"{HERE}/absences/new", new).status_code == 403
    period = {"who": "Sam Spoc", "weekday": 0, "begins": "08:00", "ends": "09:00"}
    etag = api(cast.rita).get(API).headers["ETag"]
    answer = api(cast.rita).put(API, {"periods": [period]}, {"If-Match": etag})
    assert answer.status_code == 403


def make_deputy(ledger: Ledger) -> None:
    """Rita is Sam's deputy."""
    ledger.rows(
        "UPDATE memberships SET role = 'spoc', deputy_for_id ="
        " (SELECT id FROM memberships m WHERE m.name = 'Sam Spoc')"
        " WHERE name = 'Rita Reporter' RETURNING 1"
    )


def test_an_absence_and_its_cover(
    sign_in: Any, cast: Any, key_of: Any, ledger: Ledger, at: Any
) -> None:
    at(WORKING)
    make_deputy(ledger)
    sam = sign_in(cast.sam)
    set_week(sam, key_of("Sam"))
    new = absence(key_of("Sam"), date(2026, 1, 13), date(2026, 1, 14), key_of("Rita"))
    assert sam.post(f"{HERE}/absences/new", new).status_code == 303
    page = re.sub("<.*?>", "", text_of(sam.get(HERE)))
    assert "Sam Spoc, away today" in page
    assert "Rita Reporter, reachable now, until 12:00" in page
    assert "Rita Reporter, for Sam Spoc" in page
    assert "Nobody covers" not in page
    again = sam.post(f"{HERE}/absences/new", new)
    assert again.status_code == 422
    assert "away on some of these days already" in text_of(again)
    (number,) = ledger.rows("SELECT id FROM absences")[0]
    assert sign_in(cast.olga).post(f"{HERE}/absences/{number}/removal").status_code == 404
    assert sam.post(f"{HERE}/absences/{number}/removal").status_code == 303
    assert sam.post(f"{HERE}/absences/{number}/removal").status_code == 404
    assert "Sam Spoc, reachable now" in re.sub("<.*?>", "", text_of(sam.get(HERE)))
    kinds = ledger.rows("SELECT kind FROM events WHERE kind LIKE 'reach.%%' ORDER BY id")
    assert [one for (one,) in kinds] == [
        "reach.periods_set",
        "reach.absence_added",
        "reach.absence_cancelled",
    ]


def test_nobody_covering_is_said_at_both_ends(
    sign_in: Any, cast: Any, key_of: Any, at: Any, statements: list[str]
) -> None:
    at(WORKING)
    sam = sign_in(cast.sam)
    set_week(sam, key_of("Sam"))
    sam.post(f"{HERE}/absences/new", absence(key_of("Sam"), date(2026, 1, 13), date(2026, 1, 14)))
    assert "Nobody covers the desk" in text_of(sam.get(HERE))
    assert "Nobody covers the desk now" in text_of(sam.get("/st-marys/details"))
    assert "Nobody covers" not in text_of(sign_in(cast.rita).get(HERE)), "it frightens reporters"
    page = text_of(sign_in(cast.mo).get("/schools-without-cover"))
    assert "St Mary’s Primary School" in page
    assert "Tuesday" in page
    assert "Oakfield" not in page
    from app.reachability.queries import forget_desks

    forget_desks()
    tariq = sign_in(cast.tariq)
    assert "1 school without cover" in text_of(tariq.get("/queue"))
    statements.clear()
    tariq.get("/queue")
    assert len(statements) == 2, statements
    for player in (cast.ada, cast.sasha, cast.tariq):
        assert sign_in(player).get("/schools-without-cover").status_code == 200
    assert sign_in(cast.sam).get("/schools-without-cover").status_code == 404


def test_advice_to_whoever_runs_the_desk(
    sign_in: Any, cast: Any, key_of: Any, ledger: Ledger
) -> None:
    ledger.rows(
        "UPDATE memberships SET job_role = 'ICT technician' WHERE name = 'Sam Spoc' RETURNING 1"
    )
    page = text_of(sign_in(cast.dora).get(HERE))
    assert "a technician as single point of contact is not ideal" in page
    assert "Everything depends on Sam Spoc" in page
    assert "Everything depends" not in text_of(sign_in(cast.rita).get(HERE))
    make_deputy(ledger)
    assert "Everything depends" not in text_of(sign_in(cast.dora).get(HERE))


def test_the_la_says_who_of_its_own_is_away(
    sign_in: Any, cast: Any, ledger: Ledger, app: Any
) -> None:
    from app.reachability.queries import away_on
    from tenants import acting_in

    staff = dict(ledger.rows("SELECT split_part(name, ' ', 1), id FROM la_memberships"))
    tariq, mo = sign_in(cast.tariq), sign_in(cast.mo)
    first, last = date(2099, 1, 5), date(2099, 1, 9)
    days = {**date_parts("first_day", first), **date_parts("last_day", last)}
    path = "/authority/absences/new"
    assert tariq.post(path, {"who": str(staff["Sasha"]), **days}).status_code == 403
    assert tariq.post(path, {"who": str(staff["Tariq"]), **days}).status_code == 303
    assert mo.post(path, {"who": str(staff["Tariq"]), **days}).status_code == 422
    assert mo.post(path, {"who": "x", **days}).status_code == 422
    assert mo.post(path, {"who": str(staff["Sasha"]), **days}).status_code == 303
    assert sign_in(cast.ada).get("/authority/absences").status_code == 404
    (school,) = ledger.rows("SELECT id FROM schools WHERE slug = 'st-marys'")[0]
    with app.app_context(), acting_in(school):
        assert away_on(last).la_membership_ids == {staff["Tariq"], staff["Sasha"]}
        assert away_on(date(2099, 1, 10)).la_membership_ids == set()
    number = ledger.rows("SELECT id FROM la_absences ORDER BY id")[0][0]
    assert mo.post(f"/authority/absences/{number}/removal").status_code == 303
    mo.get("/authority/absences")
    page = text_of(mo.get("/authority/absences"))
    assert "Tariq Firstline" not in page
    assert "Sasha Secondline, 5 Jan 2099 to 9 Jan 2099" in page


# --- the card ---


def card_on(page: str) -> str:
    found = re.search(r'<section class="desk-spoc.*?</section>', page, re.DOTALL)
    return " ".join(re.sub("<.*?>", "", found[0]).split()) if found else ""


def test_the_card_stands_on_every_page_of_a_school(
    sign_in: Any, cast: Any, api: Any, key_of: Any, at: Any
) -> None:
    at(WORKING)
    forwarded(api, cast)
    sam = sign_in(cast.sam)
    set_week(sam, key_of("Sam"))
    for player, path in (
        (cast.rita, "/st-marys/incidents/1"),
        (cast.rita, "/st-marys/incidents/new"),
        (cast.sam, "/st-marys/incidents"),
        (cast.tariq, "/st-marys/incidents/1"),
        (cast.ada, "/st-marys/details"),
    ):
        card = card_on(text_of(sign_in(player).get(path)))
        assert card.startswith("Your ICT contact: Sam Spoc, reachable now, until 12:00."), path
    assert card_on(text_of(sign_in(cast.tariq).get("/queue"))) == ""


def test_on_a_forwarded_incident_the_la_sees_whom_to_call(
    sign_in: Any, cast: Any, api: Any, at: Any, ledger: Ledger
) -> None:
    at(WORKING)
    forwarded(api, cast)
    settings = api(cast.dora).get("/schools/st-marys/settings")
    body = {"channels": ["web"], "phone": "01206 555 100", "email": "ict@st-marys.example"}
    api(cast.dora).put("/schools/st-marys/settings", body, {"If-Match": settings.headers["ETag"]})
    page = text_of(sign_in(cast.tariq).get("/st-marys/incidents/1"))
    facts = page.partition('aria-label="Facts"')[2].partition("</aside>")[0]
    assert "The school’s desk" in facts
    assert 'href="tel:01206555100"' in facts
    assert "The school’s desk" not in text_of(sign_in(cast.rita).get("/st-marys/incidents/1"))
    assert "01206 555 100" in card_on(text_of(sign_in(cast.rita).get("/st-marys/incidents/1")))
    # Pupils who advise get no contacts of the desk (reliability.md A29).
    pip = text_of(sign_in(cast.pip).get("/st-marys/details"))
    assert "Sam Spoc" in card_on(pip)
    assert "01206" not in pip
    assert api(cast.pip).get(API).json["phone"] is None
    assert api(cast.tariq).get(API).json["phone"] == "01206 555 100"


def test_the_card_costs_no_statement_while_it_is_kept(
    sign_in: Any, cast: Any, statements: list[str]
) -> None:
    rita = sign_in(cast.rita)
    rita.get("/st-marys/details")
    statements.clear()
    rita.get("/st-marys/incidents/mine")
    assert not [one for one in statements if "reach_periods" in one]


def test_another_schools_card_is_its_own(sign_in: Any, cast: Any) -> None:
    assert "Sam Spoc" in card_on(text_of(sign_in(cast.rita).get("/st-marys/details")))
    other = text_of(sign_in(cast.otto).get("/oakfield/details"))
    assert "Olga Spoc" in card_on(other)
    assert "Sam" not in other


# --- JSON ---


def test_the_rota_as_json(api: Any, cast: Any, at: Any) -> None:
    at(WORKING)
    sam = api(cast.sam)
    first = sam.get(API)
    assert first.json["published"] is False
    assert first.json["members"][0]["reachable_now"] is True
    assert first.json["members"][0]["until"] == "2026-01-13T17:00:00Z"
    period = {"who": "sam spoc", "weekday": 1, "begins": "08:30", "ends": "12:00"}
    assert sam.put(API, {"periods": [period]}).status_code == 428
    etag = {"If-Match": first.headers["ETag"]}
    answer = sam.put(API, {"periods": [period]}, etag)
    assert answer.status_code == 200, answer.text
    assert answer.json["periods"] == [{**period, "who": "Sam Spoc", "term_time_only": True}]
    assert answer.json["members"][0]["until"] == "2026-01-13T12:00:00Z"
    assert sam.put(API, {"periods": []}, etag).status_code == 412
    assert api(cast.rita).get("/schools/st-marys").json["spocs"] == [
        {"name": "Sam Spoc", "reachable_now": True, "until": "2026-01-13T12:00:00Z"}
    ]
    assert answer.json["uncovered"][0] == {
        "began_at": "2026-01-14T08:00:00Z",
        "ended_at": "2026-01-14T17:00:00Z",
    }


@pytest.mark.parametrize(
    "change",
    [
        {"who": "Rita Reporter"},
        {"who": "Olga Spoc"},
        {"weekday": 7},
        {"begins": "8:30"},
        {"begins": "08:30\n"},
        {"ends": "07:00"},
        {"ends": "24:00"},
        {"more": 1},
    ],
)
def test_periods_that_make_no_sense_are_refused(
    api: Any, cast: Any, change: Any, ledger: Any
) -> None:
    period = {"who": "Sam Spoc", "weekday": 1, "begins": "08:30", "ends": "12:00", **change}
    etag = {"If-Match": api(cast.sam).get(API).headers["ETag"]}
    assert api(cast.sam).put(API, {"periods": [period]}, etag).status_code == 422
    assert ledger.rows("SELECT 1 FROM reach_periods") == []


def test_absences_as_json(api: Any, cast: Any) -> None:
    sam = api(cast.sam)
    body = {"who": "Sam Spoc", "first_day": "2099-01-05", "last_day": "2099-01-06"}
    made = sam.post(f"{API}/absences", {**body, "cover": "Dora Owner"})
    assert made.status_code == 201, made.text
    assert made.json["cover"] == "Dora Owner"
    path = made.headers["Location"].partition("/api/v1")[2]
    assert sam.get(API).json["absences"] == [made.json]
    for wrong in (
        {**body, "cover": "Sam Spoc"},
        {**body, "cover": "Nobody"},
        {**body, "last_day": "2099-01-04"},
        {**body, "first_day": "2020-01-04", "last_day": "2020-01-05"},
        {**body, "last_day": "2199-01-06"},
    ):
        assert sam.post(f"{API}/absences", wrong).status_code == 422, wrong
    assert api(cast.rita).delete(path).status_code == 403
    assert api(cast.olga).delete(path).status_code == 404
    assert sam.delete(path).status_code == 204
    assert sam.delete(path).status_code == 404
