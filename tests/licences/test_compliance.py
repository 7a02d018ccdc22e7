"""Whether licences are enough, on any day (domain.md 4.3): tables of examples, and through HTTP."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from app.licences.actions import release_of_asset
from app.licences.rules import Held, share, standings, status_on, true_up
from tenants import acting_in, db
from tests.licences.desk import LICENCES, asset, licence


def day(text: str) -> date:
    return date.fromisoformat(text)


def held(product="X", metric="device", quantity=10, allocated=0, **more) -> Held:
    usual = {
        "number": 1,
        "state": "active",
        "start": day("2025-01-01"),
        "end": None,
        "retired_on": None,
        "peak_use": None,
        "cost": None,
    }
    dates = {
        name: day(value) if name in ("start", "end", "retired_on") and value else value
        for name, value in more.items()
    }
    return Held(
        product=product,
        metric=metric,
        quantity=quantity,
        allocated=allocated,
        **{**usual, **dates},
    )


# fmt: off
X30 = held(quantity=30, allocated=20)
X15 = held(quantity=15, allocated=18, end="2025-12-31", number=2)
SITE = held("Y", "site", None, 120)
Z = held("Z", "concurrent", 20, 60, peak_use=18)
TABLE = [
    # licences, day → metric, entitled, allocated, shortfall, spare, compliant
    ("both in force", [X30, X15], "2025-12-31", ("device", 45, 38, 0, 7, True)),
    ("the end is inclusive", [X30, X15], "2026-01-01", ("device", 30, 38, 8, 0, False)),
    ("a site is not countable", [SITE], "2026-01-01", ("site", None, 120, 0, None, None)),
    ("peak use, not installs", [Z], "2026-01-01", ("concurrent", 20, 60, 0, 2, True)),
    ("peak over", [Z._replace(peak_use=23)], "2026-01-01", ("concurrent", 20, 60, 3, 0, False)),
    ("peak never counted", [Z._replace(peak_use=None)], "2026-01-01",
     ("concurrent", 20, 60, 0, None, None)),
    ("peaks of two are added", [Z, Z._replace(quantity=5, peak_use=8)], "2026-01-01",
     ("concurrent", 25, 120, 1, 0, False)),
    ("an ended one’s peak is history", [Z._replace(end=day("2025-06-30")), Z], "2026-01-01",
     ("concurrent", 20, 120, 0, 2, True)),
    ("before it begins", [held(allocated=1)], "2024-12-31", ("device", 0, 1, 1, 0, False)),
    ("its first day", [held(allocated=1)], "2025-01-01", ("device", 10, 1, 0, 9, True)),
    ("retired that day", [held(allocated=1, retired_on="2026-01-01")], "2026-01-01",
     ("device", 0, 1, 1, 0, False)),
    ("retired the day after", [held(allocated=1, retired_on="2026-01-01")], "2025-12-31",
     ("device", 10, 1, 0, 9, True)),
    ("capitals do not matter", [held("Word"), held("WORD", allocated=11)], "2026-01-01",
     ("device", 20, 11, 0, 9, True)),
    ("a site that ended covers nothing", [SITE._replace(end=day("2025-08-31"))], "2025-09-01",
     ("site", 0, 120, 120, 0, False)),
    ("pupils by count", [held(metric="pupil_fte", quantity=420, allocated=431)], "2026-01-01",
     ("pupil_fte", 420, 431, 11, 0, False)),
    ("exactly enough", [held(allocated=10)], "2026-01-01", ("device", 10, 10, 0, 0, True)),
]
# fmt: on


@pytest.mark.parametrize(
    ("licences", "on", "said"), [one[1:] for one in TABLE], ids=[one[0] for one in TABLE]
)
def test_one_product_on_a_day(licences, on, said):
    (found,) = standings(licences, day(on))
    assert (
        found.metric,
        found.entitled,
        found.allocated,
        found.shortfall,
        found.spare,
        found.is_compliant,
    ) == said


def test_what_is_neither_in_force_nor_used_says_nothing():
    ended = held(end="2025-06-30")
    assert standings([ended], day("2025-07-01")) == []
    assert standings([held(state="draft", allocated=50)], day("2026-01-01")) == []


def test_two_metrics_of_one_product_are_not_added():
    both = [held(quantity=5, allocated=8), held(metric="named_user", quantity=20, allocated=3)]
    device, person = standings(both, day("2026-01-01"))
    assert (device.entitled, device.shortfall) == (5, 3)
    assert (person.entitled, person.spare) == (20, 17)
    assert share([device, person])[:3] == (1, 1, 0), "one product, and it is short"


@pytest.mark.parametrize(
    ("on", "expected"), [("2026-01-01", (3, 2, 1, 8, 0.5)), ("2025-12-31", (3, 2, 2, 0, 1.0))]
)
def test_the_share_of_the_worked_example(on, expected):
    found = share(standings([X30, X15, SITE, Z], day(on)))
    assert (*found, found.rate) == expected


def test_the_share_of_nothing_is_none():
    assert share([]).rate is None
    assert share(standings([SITE], day("2026-01-01"))).rate is None


@pytest.mark.parametrize(
    ("state", "end", "notice", "retired_on", "on", "status"),
    [
        ("draft", None, 90, None, "2026-01-01", "draft"),
        ("active", None, 90, None, "2026-01-01", "active"),
        ("active", "2026-04-01", 90, None, "2026-01-01", "expiring"),
        ("active", "2026-04-02", 90, None, "2026-01-01", "active"),
        ("active", "2026-01-01", 0, None, "2026-01-01", "expiring"),
        ("active", "2026-01-02", 0, None, "2026-01-01", "active"),
        ("active", "2025-12-31", 90, None, "2026-01-01", "expired"),
        ("retired", "2025-12-31", 90, "2026-01-01", "2026-01-01", "retired"),
        ("retired", None, 90, "2026-01-02", "2026-01-01", "active"),
        ("active", "2024-02-29", 28, None, "2024-02-01", "expiring"),
    ],
)
def test_status_on_a_day(state, end, notice, retired_on, on, status):
    found = status_on(state, end and day(end), notice, retired_on and day(retired_on), day(on))
    assert found == status


@pytest.mark.parametrize(
    ("quantity", "cost", "pupils", "over", "under", "each", "over_cost", "under_cost"),
    [
        (420, "2100.00", 400, 20, 0, "5.00", "100.00", "0.00"),
        (420, "2100.00", 431, 0, 11, "5.00", "0.00", "55.00"),
        (420, "2100.00", 420, 0, 0, "5.00", "0.00", "0.00"),
        (3, "10.00", 1, 2, 0, "3.33", "6.67", "0.00"),
        (420, None, 400, 20, 0, None, None, None),
        (420, "2100.00", None, None, None, "5.00", None, None),
        (420, "0.00", 500, 0, 80, "0.00", "0.00", "0.00"),
    ],
)
def test_true_up(quantity, cost, pupils, over, under, each, over_cost, under_cost):
    def pounds(text):
        return None if text is None else Decimal(text)

    one = held(metric="pupil_fte", quantity=quantity, cost=pounds(cost))
    (row,) = true_up([one, held(metric="device")], pupils, day("2026-01-01"))
    assert (row.over, row.under) == (over, under)
    assert (row.cost_each, row.over_cost, row.under_cost) == (
        pounds(each),
        pounds(over_cost),
        pounds(under_cost),
    )


def test_true_up_adds_what_is_in_force_and_a_site_may_have_no_limit():
    fte = held(metric="pupil_fte", quantity=200, cost=Decimal("400.00"))
    gone = fte._replace(end=day("2025-08-31"))
    site = held("Y", "site", None, 0, cost=Decimal("99.00"))
    pupils, whole = true_up([fte, fte, gone, site], 410, day("2026-01-01"))
    assert (pupils.licensed, pupils.under, pupils.under_cost) == (400, 10, Decimal("20.00"))
    assert (whole.licensed, whole.over, whole.cost) == (None, None, Decimal("99.00"))


# --- through HTTP ---


def compliance(api, who, on):
    return api(who).get(f"{LICENCES}/compliance?on={on}").json


def test_the_worked_example_through_the_api(api, cast):
    licence(api, cast, product="X", quantity=30, allocations=[{"count": 20}])
    licence(api, cast, product="x", quantity=15, end="2025-12-31", allocations=[{"count": 18}])
    licence(api, cast, product="Y", metric="site", quantity=None, allocations=[{"count": 120}])
    many = {"metric": "concurrent", "quantity": 20, "peak_use": 18}
    licence(api, cast, product="Z", **many, allocations=[{"count": 60}])
    found = compliance(api, cast.sam, "2026-01-01")
    rows = {one["product"]: one for one in found["items"]}
    assert rows["X"] | {"licences": 0} == {
        "product": "X",
        "metric": "device",
        "entitled": 30,
        "allocated": 38,
        "peak_use": None,
        "shortfall": 8,
        "spare": 0,
        "compliant": False,
        "site": False,
        "licences": 0,
    }
    assert rows["Y"]["compliant"] is None and rows["Y"]["site"] is True
    assert rows["Z"]["compliant"] is True and rows["Z"]["allocated"] == 60
    assert found["summary"] == {
        "products": 3,
        "countable": 2,
        "compliant": 1,
        "shortfall": 8,
        "rate": 0.5,
    }
    before = {one["product"]: one for one in compliance(api, cast.mo, "2025-12-31")["items"]}
    assert (before["X"]["entitled"], before["X"]["spare"]) == (45, 7)


def test_retirement_of_the_equipment_frees_the_licence(api, cast, ledger, app):
    asset(api, cast, "LAP-1")
    licence(api, cast, allocations=[{"asset": "lap-1"}, {"count": 2}])
    today = api(cast.sam).get(f"{LICENCES}/compliance").json["on"]
    assert api(cast.sam).get(f"{LICENCES}/1").json["allocations"][0]["asset"] == "LAP-1"
    assert compliance(api, cast.sam, today)["items"][0]["allocated"] == 3
    ledger.rows("UPDATE assets SET status = 'retired'")
    assert compliance(api, cast.sam, today)["items"][0]["allocated"] == 2, "at once"
    assert compliance(api, cast.sam, "2025-06-01")["items"][0]["allocated"] == 3, "not before"
    refused = api(cast.sam).post(f"{LICENCES}/1/allocations", {"asset": "LAP-1"})
    assert refused.status_code == 422 and "retired" in refused.text
    ((school, number),) = ledger.rows("SELECT school_id, id FROM assets")
    for _ in range(2):
        with app.app_context(), acting_in(school):
            release_of_asset(number)
            db.session.commit()
    freed = api(cast.sam).get(f"{LICENCES}/1").json["allocations"][0]
    assert freed["to"] < today
    kinds = [one["kind"] for one in api(cast.sam).get(f"{LICENCES}/1/timeline").json["items"]]
    assert kinds.count("licence.released") == 1, "a second time there is nothing to do"


def test_allocations_one_by_one(api, cast):
    licence(api, cast)
    made = api(cast.sam).post(f"{LICENCES}/1/allocations", {"person": "Rita Reporter"})
    assert made.status_code == 201
    assert made.headers["Location"].endswith("/licences/1/allocations/1")
    again = api(cast.sam).post(f"{LICENCES}/1/allocations", {"person": "rita reporter"})
    assert again.status_code == 409
    api(cast.sam).post(f"{LICENCES}/1/allocations", {"count": 7})
    ended = api(cast.sam).put(f"{LICENCES}/1/allocations/1/ending", {"on": "2025-03-31"})
    assert ended.json["to"] == "2025-03-31"
    again = api(cast.sam).put(f"{LICENCES}/1/allocations/1/ending", {"on": "2025-03-31"})
    assert again.status_code == 409
    early = api(cast.sam).put(f"{LICENCES}/1/allocations/2/ending", {"on": "2024-03-31"})
    assert early.status_code == 422
    assert api(cast.sam).delete(f"{LICENCES}/1/allocations/2").status_code == 204
    assert api(cast.sam).delete(f"{LICENCES}/1/allocations/2").status_code == 404
    left = api(cast.sam).get(f"{LICENCES}/1/allocations").json["items"]
    assert [one["number"] for one in left] == [1]


def test_the_whole_list_may_be_sent(api, cast):
    licence(api, cast, allocations=[{"count": 5}, {"count": 5}, {"person": "Mrs Brown’s class"}])
    version = api(cast.sam).get(f"{LICENCES}/1").headers["ETag"]
    said = {"allocations": [{"count": 5}, {"count": 9}]}
    answer = api(cast.sam).patch(f"{LICENCES}/1", said, {"If-Match": version})
    assert [(one["number"], one["count"]) for one in answer.json["allocations"]] == [(1, 5), (4, 9)]


def test_true_up_through_the_api(api, cast, ledger):
    licence(api, cast, product="Maths", metric="pupil_fte", quantity=420, cost="2100.00")
    ledger.rows("UPDATE schools SET number_of_pupils = 400, pupils_as_at = '2026-01-15'")
    found = api(cast.ike).get(f"{LICENCES}/true_up").json
    assert (found["pupils"], found["pupils_as_at"]) == (400, "2026-01-15")
    assert (found["items"][0]["over"], found["items"][0]["over_cost"]) == (20, "100.00")
    typed = api(cast.ike).get(f"{LICENCES}/true_up?pupils=431").json
    assert (typed["items"][0]["under"], typed["items"][0]["under_cost"]) == (11, "55.00")
    of_la = api(cast.mo).get(f"{LICENCES}/true_up?pupils=431").json["items"][0]
    assert of_la["under"] == 11 and "under_cost" not in of_la and "cost" not in of_la
    assert api(cast.ike).get(f"{LICENCES}/true_up?pupils=many").status_code == 422
