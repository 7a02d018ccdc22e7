"""A very large authority: what a page shows of a window of its schools and of a kept comparison is
what it would show had it looked at all of them."""

from __future__ import annotations

import re
from datetime import date
from itertools import permutations

import pytest

from app.performance import keeping, kept, views
from app.performance.asking import _by_size
from app.performance.comparing import Line
from app.performance.many import OTHERS
from app.performance.totals import Group, Row
from tests.api.desk import bring
from tests.incidents.pages import text_of
from tests.performance.january import decide
from tests.performance.reading import HERE, MONTH, names_nobody_else, plain
from tests.performance.sums import add, schools

LA = "/performance"
JANUARY = "from=2026-01-01&to=2026-01-16"
NAMES = [f"School {letter}" for letter in "ACDEFGHIJKL"]


@pytest.fixture
def world(app, at):
    """Thirteen schools; twelve kept about nine of ten times, Birch seven."""
    at("2026-01-15T14:05:00+00:00")
    schools(app, *NAMES, "Birch")
    for at_, name in enumerate(NAMES):
        slug = name.lower().replace(" ", "-")
        for priority in (2, 3):
            of = 30 + at_
            met = of * 9 // 10 + priority % 2
            add(app, slug, priority=priority, resolution_met=met, resolution_decided=of)
        add(app, slug, kind="", reported=40 + at_, resolved=9, reopened=at_ % 3)
        add(app, slug, kind="ola", response_met=5, response_decided=6)
    add(app, "birch", resolution_met=42, resolution_decided=60)
    add(app, "st-marys", resolution_met=50, resolution_decided=60, party_supplier_seconds=7200)


@pytest.fixture
def vast(monkeypatch):
    def grow() -> None:
        monkeypatch.setattr(kept, "FEW_ENOUGH", 1)

    return grow


def make(app) -> int:
    from tenants import db

    with app.app_context():
        return kept.make_due(keeping.MAKERS, seconds=60, commit=db.session.commit)


def walk(program, asked: str) -> list:
    """All items of a list, page by page."""
    found, after = [], ""
    while after is not None:
        page = program.get(f"{asked}{after and f'&after={after}'}").json
        found += page["items"]
        after = page["next"]
    return found


def row_of(said: str, name: str) -> str:
    """Its line of the table of rows."""
    rows = said.split("Beside it")[0].rpartition("Verdict")[2]
    return rows[rows.index(name) :][: len(name) + 110]


@pytest.mark.parametrize(
    "more",
    [
        "",
        "&target=0.7",
        "&priority=P2",
        "&agreement_kind=sla",
        "&school=birch",
        "&contract=la-standard",
    ],
)
def test_a_program_is_told_the_same(world, vast, app, api, cast, more):
    mo, asked = api(cast.mo), f"/performance?{JANUARY}&limit=100{more}"
    direct = mo.get(asked).json
    assert direct["baselines"] and direct["up_to_date"]
    vast()
    before = mo.get(asked).json
    assert before["baselines"] == [] and before["up_to_date"] is False
    shares = [(one["key"], one["resolution_met"]["rate"]) for one in direct["items"]]
    assert [(one["key"], one["resolution_met"]["rate"]) for one in before["items"]] == shares
    # No verdict but that there are too few of something.
    assert {one["resolution_met"]["flag"] for one in before["items"]} == {None}
    assert make(app) == (1 if "kind" in more else 3)
    assert mo.get(asked).json == direct


def test_a_program_walks_through_all_schools_once(world, vast, app, api, cast):
    mo, asked = api(cast.mo), f"/performance?{JANUARY}"
    whole = mo.get(f"{asked}&limit=100").json["items"]
    vast()
    mo.get(asked), make(app)
    for limit in (1, 5, 7):
        assert walk(mo, f"{asked}&limit={limit}") == whole, limit


def test_a_page_says_that_it_is_being_worked_out_and_then_of_when_it_is(
    world, vast, app, sign_in, cast
):
    mo = sign_in(cast.mo)
    direct = plain(mo.get(f"{LA}?{MONTH}"))
    assert "Compared as of" not in direct
    vast()
    before = plain(mo.get(f"{LA}?{MONTH}"))
    said = re.search(r"The comparison of (\d+) schools is being worked out; look again", before)
    assert said and int(said[1]) >= 14
    assert "42 of 60" in before and "Lower than chance" not in before
    make(app)
    after = plain(mo.get(f"{LA}?{MONTH}"))
    assert "Compared as of 15 January, 14:05." in after and "worked out" not in after
    finding = re.search(r"Of 13 schools, .*? explains", direct)
    assert finding and finding[0] in after
    for name in ("Birch", "School A", "School L"):
        assert row_of(after, name) == row_of(direct, name)


def test_pages_follow_each_other_and_the_picture_is_of_all(
    world, vast, app, sign_in, cast, monkeypatch
):
    monkeypatch.setattr(views, "_ON_A_PAGE", 5)
    vast()
    mo = sign_in(cast.mo)
    mo.get(f"{LA}?{MONTH}"), make(app)
    seen, address = [], f"{LA}?{MONTH}"
    while address:
        page = mo.get(address)
        rows = text_of(page).split('id="rows"')[1].split("Beside it")[0]
        seen += re.findall(r'scope="row"[^>]*><a [^>]*>([^<]+)</a>', rows)
        # Whoever differs is named in the picture, on whichever page they stand.
        assert "Birch: 42 of 60" in text_of(page)
        assert "Of 13 schools, 12 are within expected variation" in plain(page)
        found = re.search(r'rel="next" href="([^"]+)"', text_of(page))
        address = found[1].replace("&amp;", "&") if found else None
    assert seen == ["Birch", *NAMES, "St Mary’s Primary School"]


def test_a_file_has_every_school(world, vast, app, sign_in, cast, monkeypatch):
    monkeypatch.setattr(views, "IN_A_FILE", 4)
    mo = sign_in(cast.mo)
    path = f"{LA}/table.csv?{MONTH}"
    direct = mo.get(path).text
    vast()
    mo.get(path), make(app)
    assert mo.get(path).text == direct
    assert mo.get(path.replace("csv", "xlsx")).data[:2] == b"PK"
    parties = mo.get(f"{LA}/plot-parties.csv?{MONTH}").text.splitlines()
    assert len(parties) == 14 and "Supplier" in parties[0]
    assert parties[-1].startswith("St Mary’s Primary School,") and "2.0" in parties[-1]


def test_a_school_sees_its_place_among_others_without_a_name(world, vast, app, api, sign_in, cast):
    ike, program = sign_in(cast.ike), api(cast.ike)
    asked = f"/schools/st-marys/performance?{JANUARY}&limit=100"
    direct = program.get(asked).json
    vast()
    assert "is being worked out" in plain(ike.get(f"{HERE}?{MONTH}"))
    assert program.get(asked).json["up_to_date"] is False
    make(app)
    assert program.get(asked).json == direct
    assert sum(one["key"] is None for one in direct["items"]) > 12
    numbers = ids(app)
    names_nobody_else(ike)
    said = plain(ike.get(f"{HERE}?{MONTH}"))
    assert said.count("Another school") == 12 and "Your own" in said
    assert "Of 13 schools" in said and "Compared as of" in said
    whole = program.get(asked).text
    assert not any(f'"school_id": {one}' in whole or f'"id": {one}' in whole for one in numbers)


def ids(app) -> list[int]:
    from sqlalchemy import select

    from tenants import School, administering, db

    with app.app_context(), administering("the test"):
        return list(db.session.scalars(select(School.id)))


def test_too_few_others_are_not_told(world, vast, app, api, cast):
    """Asked about one supplier, two others would be as good as named."""
    ike, asked = api(cast.ike), f"/schools/st-marys/performance?{JANUARY}&agreement_kind=uc"
    for slug in ("st-marys", "birch", "school-a"):
        add(app, slug, kind="uc", provider="Acme", resolution_met=8, resolution_decided=9)
    direct = ike.get(f"{asked}&supplier=acme").json
    assert [one["key"] for one in direct["items"]] == ["st-marys"] and not direct["baselines"]
    vast()
    ike.get(f"{asked}&supplier=acme"), make(app)
    assert ike.get(f"{asked}&supplier=acme").json == direct
    whole = api(cast.mo).get(f"/performance?{JANUARY}&agreement_kind=uc&supplier=acme").json
    assert [one["key"] for one in whole["items"]] == ["birch", "school-a", "st-marys"]


def test_a_spoc_and_a_supplier_ask_for_no_comparison(world, vast, app, api, sign_in, cast):
    vast()
    assert "worked out" not in plain(sign_in(cast.sam).get(f"{HERE}?{MONTH}"))
    assert api(cast.sue).get(f"/performance?{JANUARY}").status_code in (200, 403)
    assert make(app) == 0


def test_the_list_behind_a_number_is_the_same(vast, app, api, cast, at):
    for day, state in ((13, "new"), (13, "new"), (13, "forwarded"), (14, "forwarded")):
        at(f"2026-01-{day}T09:00:00+00:00")
        bring(app, state)
    decide(app)
    mo, asked = api(cast.mo), f"/performance/incidents?{JANUARY}&figure=reported"
    direct = mo.get(asked).json["items"]
    assert len(direct) == 4
    vast()
    for limit in (1, 2, 50):
        assert walk(mo, f"{asked}&limit={limit}") == direct, limit


def test_the_worker_makes_what_was_asked_within_a_minute(world, vast, app, api, cast):
    from app import clock
    from workers.housekeeping import do_once

    vast()
    mo, asked = api(cast.mo), f"/performance?{JANUARY}&agreement_kind=sla"
    assert not mo.get(asked).json["up_to_date"]
    with app.app_context():
        assert do_once("keep_answers", clock.now())
        assert not do_once("keep_answers", clock.now())
    assert mo.get(asked).json["up_to_date"]


def test_a_page_costs_the_same_however_many_schools_there_are(
    world, vast, app, api, cast, statements
):
    vast()
    mo, asked = api(cast.mo), f"/performance?{JANUARY}&limit=5&agreement_kind=sla"
    mo.get(asked), make(app), mo.get(asked)

    def count() -> int:
        statements.clear()
        assert mo.get(asked).status_code == 200
        return len(statements)

    few = count()
    for at, name in enumerate(["Zebra", "Zinnia"]):
        more_schools(app, name, f"ZZ{chr(65 + at)}")
        add(app, name.lower(), resolution_met=5, resolution_decided=6)
    assert count() == few <= 40
    # What is read of figures is read of the schools on the page.
    read = [one for one in statements if "FROM figure_days" in one and "sum(" in one]
    assert read and all("school_id IN" in one for one in read)


def more_schools(app, name: str, code: str) -> None:
    from tenants import School, administering, db

    with app.app_context(), administering("the schools of a test"):
        db.session.add(School(slug=name.lower(), code=code, name=name, status="active"))
        db.session.commit()


def test_contracts_on_the_same_terms_are_as_good_as_one(app, api, cast, at):
    from app.performance import cost
    from tenants import across_schools
    from tests.performance import january

    at("2026-01-15T14:05:00+00:00")
    january.price(app)
    add(app, "st-marys", resolution_met=1, resolution_decided=1)
    days = (date(2026, 1, 1), date(2026, 1, 16))
    with app.app_context(), across_schools("the charges of a test"):
        each, together = cost.charges_of(*days), cost.charges_of_suppliers(*days)
    assert (len(each), len(together)) == (2, 1)
    share = sum(cost.share_of(one, *days) for one in each)
    assert cost.share_of(together[0], *days) == share > 0
    (row,) = (
        api(cast.mo).get(f"/performance?{JANUARY}&by=supplier&agreement_kind=sla").json["items"]
    )
    assert row["cost"]["contract_share"] == cost.pounds(share)


def test_what_is_drawn_of_many_is_what_differs_and_some_of_every_size():
    from app.performance.comparing import Shown
    from app.performance.figures import FIGURES

    figure = FIGURES["resolution_met"]

    def school(at: int, flag: str) -> tuple[int, Shown]:
        of = 10 + at
        return at, Shown(figure, of // 2, of, 0.5, 0.4, 0.6, of * 0.9, flag, flag)

    quiet = [school(at, "within") for at in range(1000)]
    low = [school(at, "low_998") for at in range(1000, 1250)]
    drawn = keeping._drawn([*low, *quiet])
    flags = [one.flag for _, one in drawn]
    assert (flags.count("low_998"), flags.count("within")) == (200, 100)
    low.sort(key=lambda one: keeping._how_far(one[1]))
    furthest = {at for at, _ in low[50:]}
    # The furthest out, and the smallest and the largest of the others.
    assert {at for at, one in drawn if one.flag == "low_998"} == furthest
    within = [at for at, one in drawn if one.flag == "within"]
    assert within[0] == 0 and within[-1] == 999 and len(set(within)) == 100


def test_others_of_one_size_stand_in_the_same_order_however_they_came():
    """They differ only in what was not promised; the database gives them in any order."""
    lines = [
        Line(
            OTHERS,
            "ola",
            Row(Group("ola", school), {2: {"response_decided": 6}}, {2: {"reopened": reopened}}),
        )
        for school, reopened in ((1, 2), (2, 0), (3, 1))
    ]
    orders = {
        tuple(one.row.group.school_id for one in sorted(some, key=_by_size))
        for some in permutations(lines)
    }
    assert orders == {(2, 3, 1)}
