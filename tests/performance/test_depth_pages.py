"""Figures in depth as pages and as JSON: who sees what of whom, and that it is true."""

from __future__ import annotations

import csv
import re
from typing import Any

import pytest

from app.performance.depth.topics import TOPICS
from app.web.spreadsheets import BYTE_ORDER_MARK
from tests.api.desk import check_refused, send
from tests.performance.planted import ACER, DELL, HP, LAPTOPS, planted

LA, HERE = "/performance/in-depth", "/st-marys/performance/in-depth"
API = "/performance/reliability?from=2026-01-01&to=2026-02-01"


@pytest.fixture
def laptops(app, at):
    at("2026-01-20T10:00+00:00")
    return planted(app, LAPTOPS)


def items(app, who, path=API, status=200):
    answer = send(app, who, "get", path)
    assert answer.status_code == status, answer.text
    return {(one["make"], one["model"]): one for one in answer.json["items"]}


def words_of(answer: Any) -> str:
    """The page as it is read, without its pictures."""
    text = re.sub(r"<svg.*?</svg>", "", answer.text, flags=re.S)
    return " ".join(re.sub(r"<[^>]+>", " ", text[text.find("<main") :]).split())


def test_the_la_sees_every_model_and_no_school(app, laptops):
    """Of 90 faults + 1 in 601 device-years; the Acer has 70 in 200, expected 30."""
    found = items(app, "mo")
    acer, dell, hp = found["Acer", "spin"], found[DELL], found[HP]
    assert (dell["faults"], dell["schools"], dell["per_100_device_years"]) == (20, 4, 5.0)
    assert (acer["faults"], acer["per_100_device_years"]) == (70, 35.0)
    # Two schools are fewer than three: how many is not said.
    assert acer["schools"] is None
    assert (acer["flag"], dell["flag"]) == ("high_998", "low_998")
    assert acer["expected"] == pytest.approx(91 / 601 * 200, abs=0.01)
    assert (hp["faults"], hp["per_100_device_years"], hp["flag"]) == (1, None, "too_few")
    assert not any("school" in str(one["note"]) for one in found.values())


def test_a_school_sees_its_own_beside_all_where_three_have_it(app, laptops):
    found = items(app, "sam", f"/schools/st-marys{API}")
    assert set(found) == {DELL, ACER, HP}
    assert (found[DELL]["faults"], found[DELL]["all_schools_per_100_device_years"]) == (5, 5.0)
    assert found[DELL]["schools"] == 4
    assert found[ACER]["all_schools_per_100_device_years"] is None
    assert found[ACER]["schools"] is None
    # Against the rate of laptops everywhere.
    assert found[ACER]["flag"] == "high_998"
    assert items(app, "sam") == found


def test_nobody_else_sees_them(app, laptops):
    assert send(app, "olga", "get", f"/schools/st-marys{API}").status_code == 404
    for who in ("rita", "theo", "tariq", "ada", "pip"):
        assert send(app, who, "get", API).status_code == 403, who
    assert send(app, "sue", "get", f"/schools/st-marys{API}").status_code == 403


def test_pages_are_for_whom_they_are(sign_in, cast, laptops):
    assert sign_in(cast.mo).get(f"{LA}/visits").status_code == 200
    sam = sign_in(cast.sam)
    assert sam.get(f"{LA}/visits").status_code == 404
    assert sam.get(LA).status_code == 404
    assert sam.get(f"{HERE}/nothing-of-that-name").status_code == 404
    assert sam.get("/oakfield/performance/in-depth/visits").status_code == 404
    assert sign_in(cast.sue).get(f"{HERE}/visits").status_code == 403
    assert sign_in(cast.rita).get(HERE).status_code == 403


@pytest.mark.parametrize(
    ("topic", "said"),
    [
        ("reliability", "More faults than chance explains: Acer spin (70 faults, 30.3 expected)"),
        ("reliability", "Fewer than 3 schools"),
        ("lesson-hours", "No incident of this period says that it stopped a class."),
        ("availability", "98.75 % of their hours. Of 1 kept, 1 was down at some time, 5.0 hours"),
        ("availability", "wi-fi 2 400.0 2 5.0 98.75 %"),
        ("problems", "2 were resolved, on average within 5.0 hours"),
        ("problems", "Changes that succeeded: 77.8 % (7 of 9); 1 backed out."),
        ("visits", "5 of 23 visits were aborted."),
        ("visits", "The local authority 22 18.2 % (4 of 22)"),
        ("visits", "Suppliers 1 1 of 1"),
        ("visits", "St Mary’s Primary School 13 30.8 % (4 of 13) Within expected variation"),
        (
            "licences",
            "licences covered 1 of 2 products that can be counted; 8 licences are missing",
        ),
        ("contracts", "No two schools have a contract in force with the same supplier"),
    ],
)
def test_what_the_la_reads(sign_in, cast, laptops, topic, said):
    page = words_of(sign_in(cast.mo).get(f"{LA}/{topic}"))
    page = page.replace("Wi-Fi 2 400", "wi-fi 2 400")
    assert said in page, page


def test_what_is_open_now_is_said_only_where_the_period_reaches_today(sign_in, cast, laptops, at):
    now = words_of(sign_in(cast.mo).get(f"{LA}/problems"))
    assert re.search(r"\d+ (is|are) open now, and", now)
    at("2026-10-01T10:00+00:00")
    past = words_of(sign_in(cast.mo).get(f"{LA}/problems?period=last_school_year"))
    assert "Problems: 2 were resolved, on average within 5.0 hours; 0 incidents recurred" in past


@pytest.mark.parametrize(
    ("topic", "said", "unsaid"),
    [
        ("reliability", "Laptop Dell Latitude 5 100.0 5.0", "Oakfield"),
        ("availability", "Wi-Fi 200.0 2 5.0 97.50 %", "Schools"),
        ("visits", "4 of 13 visits were aborted.", "Oakfield"),
    ],
)
def test_what_a_school_reads(sign_in, cast, laptops, topic, said, unsaid):
    page = words_of(sign_in(cast.sam).get(f"{HERE}/{topic}"))
    assert said in page, page
    assert unsaid not in page


def test_who_may_compare_sees_the_others_without_a_name(sign_in, cast, laptops):
    """Ike: his own dot and one of another school. Sam: none of them."""
    page = sign_in(cast.ike).get(f"{HERE}/visits").text
    assert "Another school" in page
    assert "Oakfield" not in page
    assert "oakfield" not in page
    assert "Another school" not in sign_in(cast.sam).get(f"{HERE}/visits").text


@pytest.mark.parametrize("topic", TOPICS)
def test_every_topic_teaches_where_there_is_nothing(sign_in, cast, topic):
    page = sign_in(cast.sam).get(f"{HERE}/{topic}")
    assert page.status_code == 200
    assert 'class="desk-empty"' in page.text
    assert "How it is made" in page.text


def test_a_period_that_makes_no_sense_is_said(sign_in, cast):
    page = sign_in(cast.sam).get(f"{HERE}/visits?period=yesterday")
    assert page.status_code == 422
    assert "Choose a period from the list." in page.text
    for asked in ("from=2026-02-01&to=2026-01-01", "from=1901-01-01", "to=x"):
        for path in ("visits", "visits/0.csv"):
            page = sign_in(cast.sam).get(f"{HERE}/{path}?{asked}")
            assert page.status_code == 422, asked


def test_other_months_are_other_figures(app, laptops):
    path = "/performance/visits?from=2026-02-01&to=2026-03-01"
    assert send(app, "mo", "get", path).json["items"] == []
    check_refused(send(app, "mo", "get", f"{API}&period=x"), "period")
    check_refused(send(app, "mo", "get", "/performance/visits?from=1901-01-01"), "from")


def test_a_table_as_a_file(sign_in, cast, laptops):
    answer = sign_in(cast.mo).get(f"{LA}/visits/1.csv?q=oak")
    assert answer.mimetype == "text/csv"
    rows = list(csv.reader(answer.text.removeprefix(BYTE_ORDER_MARK).splitlines()))
    assert rows[0] == ["School", "Visits", "Aborted", "Against all schools"]
    assert rows[1][:3] == ["Oakfield Academy", "10", "10.0 % (1 of 10)"]
    assert len(rows) == 2
    assert sign_in(cast.mo).get(f"{LA}/visits/9.csv").status_code == 404
    assert sign_in(cast.sam).get(f"{HERE}/visits/0.csv").status_code == 200


def test_availability_and_visits_for_programs(app, laptops):
    (service,) = send(app, "mo", "get", "/performance/availability").json["items"]
    assert (service["schools"], service["down_seconds"]) == (2, 18_000)
    assert service["availability"] == 0.9875
    rows = send(app, "mo", "get", "/performance/visits?limit=1").json
    assert (rows["items"][0]["school"], rows["items"][0]["rate"]) == ("oakfield", 0.1)
    after = f"/performance/visits?limit=1&after={rows['next']}"
    (last,) = send(app, "mo", "get", after).json["items"]
    assert (last["school"], last["aborted"], last["visits"]) == ("st-marys", 4, 13)
    mine = send(app, "olga", "get", "/schools/oakfield/performance/visits").json["items"]
    assert [one["school"] for one in mine] == ["oakfield"]


def test_the_la_says_something_of_a_model(app, sign_in, cast, laptops, ledger):
    """By page and by program; every school reads it."""
    mo = sign_in(cast.mo)
    path = f"{LA}/reliability/note?type=laptop&make=acer&model=SPIN"
    assert "acer SPIN" in mo.get(path).text
    wrong = mo.post(path, data={"version": "0", "verdict": "burn"})
    assert wrong.status_code == 422
    assert mo.post(path, data={"version": "0", "verdict": "watch"}).status_code == 303
    stale = mo.post(path, data={"version": "0", "verdict": "avoid"})
    assert stale.status_code == 412
    body = {"type": "laptop", "make": "Acer", "model": "Spin", "verdict": "avoid", "note": "Hinges"}
    said = send(app, "mo", "put", "/performance/reliability/note", body)
    assert (said.status_code, said.json["verdict"], said.json["version"]) == (200, "avoid", 2)
    # The same once more is no change.
    again = send(app, "mo", "put", "/performance/reliability/note", body)
    assert again.json["version"] == 2
    page = words_of(sign_in(cast.sam).get(f"{HERE}/reliability"))
    assert "Avoid: Hinges" in page
    assert items(app, "olga", f"/schools/oakfield{API}")["ACER", "spin"]["verdict"] == "avoid"


def test_who_may_say_it_and_of_what(app, sign_in, cast, is_unchanged):
    body = {"type": "laptop", "make": "Acer", "model": "", "verdict": "avoid"}
    for who in ("sam", "ike", "ada", "tariq"):
        assert send(app, who, "put", "/performance/reliability/note", body).status_code == 403
    check_refused(
        send(app, "mo", "put", "/performance/reliability/note", {**body, "make": ""}), "model"
    )
    assert is_unchanged()
    assert sign_in(cast.mo).get(f"{LA}/reliability/note?type=laptop").status_code == 404
    assert sign_in(cast.sam).get(f"{LA}/reliability/note?type=laptop&make=a").status_code == 403


def test_pages_ask_the_database_no_more_than_that(sign_in, cast, laptops, statements):
    mo = sign_in(cast.mo)
    for topic in TOPICS:
        mo.get(f"{LA}/{topic}")
        statements.clear()
        mo.get(f"{LA}/{topic}")
        assert len(statements) <= 24, (topic, len(statements))


def test_who_of_the_la_looks_leaves_a_trace(app, sign_in, cast, laptops):
    assert sign_in(cast.mo).get(f"{HERE}/visits").status_code == 200
    assert "figures: Aborted visits" in sign_in(cast.dora).get("/st-marys/access").text
