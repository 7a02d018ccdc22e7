"""Figures in depth of a very large authority: what the worker kept is what a page would work out,
and until it has, pages say so. Here three schools are very many.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import pytest

from app.performance import kept
from app.performance.depth import keeping, of_all, shares, told_json
from app.performance.depth.seen import PERIODS
from app.performance.depth.shares import Share
from app.performance.depth.told import Table, Told, amount, words
from app.performance.depth.topics import TOPICS
from tenants import db
from tests.api.desk import send
from tests.performance.planted import (
    ACER,
    JANUARY,
    LAPTOPS,
    plant_contract,
    plant_figures,
    planted,
    pupils,
)
from tests.performance.test_depth_pages import HERE, LA, words_of
from workers.housekeeping import do_once

NOW = "2026-01-20T10:00+00:00"
AWAITED = "This is being worked out for 4 schools; look again in a minute."
AS_OF = re.compile(r"(The other schools: a|A)s of 20 January, 10:00\. ")
HOUR = 3600


@pytest.fixture
def schools(app, at):
    """Something of every topic."""
    at(NOW)
    found = planted(app, LAPTOPS)
    pupils(app, {"st-marys": 100, "oakfield": 200, "ashby": 50, "brook": 10})
    for slug, charge in (("st-marys", 1000), ("oakfield", 4000), ("ashby", 1500), ("brook", 500)):
        plant_contract(app, found[slug], "Boards Ltd", annual_charge=Decimal(charge))
    for slug, many in (("st-marys", 8), ("oakfield", 3)):
        plant_figures(
            app,
            found[slug],
            JANUARY,
            reported=many,
            advice_entered=many,
            advice_solved=2,
            minutes_reactive=60 * many,
            minutes_proactive=30,
            sheet_good=many,
            sheet_good_seconds=HOUR,
            lesson_seconds=many * HOUR,
        )
        clocks = {"net_resolved": 3, "net_seconds": 6 * HOUR, "pause_reopened_seconds": HOUR}
        plant_figures(app, found[slug], JANUARY, agreement_kind="sla", **clocks)
    return found


@pytest.fixture
def vast(monkeypatch):
    """Call it, and the authority is too big to be looked at for a page."""
    return lambda: monkeypatch.setattr(kept, "FEW_ENOUGH", 3)


def work_out(app: Any) -> int:
    with app.app_context():
        return kept.make_due(keeping.MAKERS, seconds=60, commit=db.session.commit)


def pictures(answer: Any) -> list[str]:
    return re.findall(r"<svg.*?</svg>", answer.text, flags=re.S)


def test_the_la_reads_the_same_once_it_is_made(app, sign_in, cast, schools, vast):
    mo = sign_in(cast.mo)
    paths = [f"{LA}/{topic}" for topic in TOPICS]
    paths += [f"{LA}/contracts?group=supplier:boards%20ltd", f"{LA}/visits?q=oak"]
    paths += [f"{LA}/reliability?type=laptop&q=dell", f"{LA}/visits?period=school_year"]
    direct = {path: mo.get(path) for path in paths}
    assert not [path for path, page in direct.items() if "desk-empty" in page.text]
    vast()
    for path in paths:
        page = mo.get(path)
        assert page.status_code == 200
        assert AWAITED in words_of(page), path
        assert not pictures(page)
        assert f'href="{path.replace("&", "&amp;").replace("%20", "+")}' in page.text, path
    assert work_out(app)
    for path, before in direct.items():
        page = mo.get(path)
        text = words_of(page)
        assert AS_OF.search(text), text
        assert AS_OF.sub("", text) == words_of(before), path
        assert pictures(page) == pictures(before), path


def test_pages_of_the_la_read_no_schools_rows(app, sign_in, cast, schools, vast, statements):
    vast()
    mo = sign_in(cast.mo)
    for is_made in (False, True):
        for topic in TOPICS:
            statements.clear()
            mo.get(f"{LA}/{topic}")
            read = [one for one in statements if re.search("depth_months|figure_|contracts", one)]
            assert not read, (topic, is_made)
            assert len(statements) <= 24, (topic, len(statements))
        work_out(app)


def test_a_table_as_a_file(app, sign_in, cast, schools, vast):
    mo = sign_in(cast.mo)
    path = f"{LA}/visits/1.csv?period=school_year"
    before = mo.get(path).text
    assert "Oakfield Academy,10,10.0 % (1 of 10)" in before
    vast()
    answer = mo.get(path)
    assert answer.status_code == 303
    assert AWAITED in words_of(mo.get(answer.location))
    work_out(app)
    assert mo.get(path).text == before
    assert mo.get(f"{LA}/visits/9.csv?period=school_year").status_code == 404


@pytest.mark.parametrize("topic", ["reliability", "visits", "advice", "contracts"])
def test_a_school_reads_its_own_at_once_and_the_others_later(
    app, sign_in, cast, schools, vast, topic
):
    ike, path = sign_in(cast.ike), f"{HERE}/{topic}"
    direct = ike.get(path)
    vast()
    page = ike.get(path)
    assert "What is told of all 4 schools is being worked out" in words_of(page)
    assert "Another school" not in page.text
    # Its own stands there already.
    own = {"reliability": "Acer Spin 40", "visits": "4 of 13", "advice": "2 of 8"}
    assert own.get(topic, "£1,000.00 £10.00 – –") in words_of(page)
    work_out(app)
    page = ike.get(path)
    assert AS_OF.sub("", words_of(page)) == words_of(direct)
    assert "The other schools: as of 20 January, 10:00." in words_of(page)
    assert pictures(page) == pictures(direct)
    assert not re.search("oakfield|ashby|brook", page.text, flags=re.I)


def test_who_may_not_compare_sees_none_of_the_others(app, sign_in, cast, schools, vast):
    sam = sign_in(cast.sam)
    direct = {topic: words_of(sam.get(f"{HERE}/{topic}")) for topic in TOPICS}
    vast()
    for is_made in (False, True):
        for topic, before in direct.items():
            page = sam.get(f"{HERE}/{topic}")
            assert "Another school" not in page.text
            assert not re.search("oakfield|ashby|brook", page.text, flags=re.I)
            if is_made or topic not in ("reliability", "contracts"):
                assert AS_OF.sub("", words_of(page)) == before, topic
        work_out(app)


def test_pages_are_for_whom_they_are(sign_in, cast, schools, vast):
    vast()
    sam = sign_in(cast.sam)
    assert sam.get(f"{LA}/visits").status_code == 404
    assert sam.get("/oakfield/performance/in-depth/visits").status_code == 404
    assert sign_in(cast.sue).get(f"{HERE}/visits").status_code == 403
    assert sign_in(cast.rita).get(f"{HERE}/visits").status_code == 403


@pytest.mark.parametrize("of", ["reliability", "availability", "visits"])
def test_programs_read_the_same(app, schools, vast, of):
    paths = {
        "mo": f"/performance/{of}",
        "sam": f"/schools/st-marys/performance/{of}",
    }
    direct = {who: send(app, who, "get", path).json for who, path in paths.items()}
    assert all(one["items"] for one in direct.values())
    assert all((one["as_of"], one["up_to_date"]) == (None, True) for one in direct.values())
    vast()
    before = send(app, "mo", "get", paths["mo"]).json
    assert (before["items"], before["up_to_date"]) == ([], False)
    assert send(app, "sam", "get", paths["sam"]).json["up_to_date"] is (of != "reliability")
    work_out(app)
    for who, path in paths.items():
        found = send(app, who, "get", path).json
        assert found["items"] == direct[who]["items"]
        is_kept = who == "mo" or of == "reliability"
        assert (found["as_of"] == "2026-01-20T10:00:00+00:00") is is_kept
    narrow = send(app, "mo", "get", f"{paths['mo']}?q=oak").json["items"]
    assert [one["school"] for one in narrow] == (["oakfield"] if of == "visits" else [])


def test_visits_of_every_school_a_page_at_a_time(app, schools, vast):
    vast()
    send(app, "mo", "get", "/performance/visits")
    work_out(app)
    found, after = [], ""
    while True:
        page = send(app, "mo", "get", f"/performance/visits?limit=1{after}").json
        found += [one["school"] for one in page["items"]]
        if page["next"] is None:
            break
        after = f"&after={page['next']}"
    assert found == ["oakfield", "st-marys"]


def test_what_the_la_says_of_a_model_stands_there_at_once(app, sign_in, cast, schools, vast):
    vast()
    mo = sign_in(cast.mo)
    mo.get(f"{LA}/reliability")
    work_out(app)
    body = {"type": "laptop", "make": ACER[0], "model": ACER[1], "verdict": "avoid", "note": "Oh"}
    assert send(app, "mo", "put", "/performance/reliability/note", body).status_code == 200
    assert "Avoid: Oh" in words_of(mo.get(f"{LA}/reliability"))


def test_what_was_kept_in_another_shape_is_made_anew(
    app, sign_in, cast, schools, vast, monkeypatch
):
    vast()
    mo = sign_in(cast.mo)
    mo.get(f"{LA}/visits")
    work_out(app)
    assert AWAITED not in words_of(mo.get(f"{LA}/visits"))
    monkeypatch.setattr(of_all, "_SHAPE", 1)
    assert AWAITED in words_of(mo.get(f"{LA}/visits"))
    assert work_out(app) == 1


def test_the_usual_ones_are_made_at_night(app, sign_in, cast, schools, vast, at):
    vast()
    night = at("2026-01-21T02:30+00:00")
    with app.app_context():
        assert do_once("want_usual_answers", night)
        assert do_once("keep_answers", night)
    mo, ike = sign_in(cast.mo), sign_in(cast.ike)
    for period in PERIODS:
        assert AWAITED not in words_of(mo.get(f"{LA}/licences?period={period}"))
    for topic in TOPICS:
        assert AWAITED not in words_of(mo.get(f"{LA}/{topic}")), topic
        if topic != "contracts":  # asked for by the supplier's name
            assert "is being worked out" not in words_of(ike.get(f"{HERE}/{topic}")), topic


def test_a_topic_goes_to_json_and_back():
    rows = [[words("St Mary’s <b>", "/st-marys"), amount(number)] for number in range(300)]
    told = Told("F", "M", tables=[Table("T", ("School", "Many"), rows)], in_tables=frozenset("k"))
    back = told_json.unpacked(told_json.packed(told), kept.clock.now())
    (table,) = back.tables
    assert (back.finding, back.method, back.in_tables, back.figures) == (
        "F",
        "M",
        told.in_tables,
        [],
    )
    assert list(table.rows) == rows
    assert (len(table.shown), table.hidden, table.numeric) == (200, 100, [False, True])
    assert not back.is_empty


@pytest.mark.parametrize(
    ("loud", "quiet", "drawn"), [(0, 300, 300), (1, 400, 300), (250, 400, 300), (350, 20, 220)]
)
def test_of_very_many_schools_some_are_drawn(loud, quiet, drawn):
    """The sharpest flags, and of the others every size."""
    few = [(Share(number, 0, 100), "low_95") for number in range(loud)]
    few = [(one, "low_998" if one.school_id % 2 else flag) for one, flag in few]
    many = [(Share(1000 + of, of // 2, of), "within") for of in range(1, quiet + 1)]
    found = shares.sample([*many, *few])
    assert len(found) == len(set(found)) == drawn
    sharp = {one for one, flag in few if flag == "low_998"}
    assert sharp <= set(found)
    sizes = sorted(one.of for one in found if one.school_id >= 1000)
    assert sizes[0] == 1
    assert sizes[-1] >= quiet - quiet // len(sizes) - 1


def test_a_school_is_judged_among_all_although_some_are_drawn(app, sign_in, cast, at, monkeypatch):
    """Of forty-one schools three are drawn, the own one among them: it is far out."""
    at(NOW)
    found = planted(app, LAPTOPS)
    monkeypatch.setattr(kept, "FEW_ENOUGH", 3)
    monkeypatch.setattr(shares, "MOST_DRAWN", 3)
    every = [Share(found["st-marys"], 4, 13)]
    every += [Share(10_000 + number, 1, 40) for number in range(40)]
    monkeypatch.setitem(keeping.MAKERS, of_all.SHARES, lambda _: shares.to_keep(every))
    ike = sign_in(cast.ike)
    ike.get(f"{HERE}/visits")
    work_out(app)
    page = words_of(ike.get(f"{HERE}/visits"))
    assert "Aborted over all schools: 2.7 % (44 of 1,613). One school has more" in page
    assert "Of 40 other schools 2 are drawn" in page
    assert "High (99.8 %)" in page
    assert page.count("Another school") == 2


def test_of_days_that_are_over_nothing_is_asked_for_again(app, schools, vast, sign_in, cast, at):
    """What was asked for is made anew each hour while its period runs, else each day."""
    vast()
    mo = sign_in(cast.mo)
    mo.get(f"{LA}/visits")
    mo.get(f"{LA}/visits?period=last_school_year")
    assert work_out(app) == 2
    at("2026-01-20T11:30+00:00")
    assert work_out(app) == 1
    assert "As of 20 January, 11:30." in words_of(mo.get(f"{LA}/visits"))
