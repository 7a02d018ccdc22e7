"""What a reader who wished it ill found in the figures: bad questions, absurd amounts, other
people's numbers, edges of the formulas."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.history.models import FigureMark
from app.performance import cost, rollup
from app.performance.models import FigureDay
from app.performance.sight import Sight
from tenants import acting_in
from tests.api.desk import INCIDENTS, bring, done, log, send
from tests.incidents.supply import a_supplier, with_supplier
from tests.performance import sums
from tests.performance.january import decide
from tests.performance.test_rollup import school_id

MONTH = "from=2026-01-01&to=2026-02-01"
MONDAY, TUESDAY = "2026-01-12T09:00+00:00", "2026-01-13T09:00+00:00"


def rows(app: Flask, who: str, asked: str = "") -> list[dict[str, Any]]:
    return list(done(app, who, "get", f"/performance?{MONTH}&{asked}").json["items"])


def row(app: Flask, who: str, kind: str, asked: str = "") -> dict[str, Any]:
    return next(one for one in rows(app, who, asked) if one["agreement_kind"] == kind)


@pytest.mark.parametrize(
    "asked",
    ["school=%00", "supplier=a%00b", "contract=%00", "from=1900-01-01", "to=2199-12-31"],
)
def test_a_question_that_no_person_asks_is_refused(app, asked):
    for who in ("mo", "sam"):
        answer = send(app, who, "get", f"/performance?{asked}")
        assert answer.status_code == 422, asked
        assert answer.json["errors"]


def test_what_the_owner_alone_knows_of_has_nothing_to_be_compared_with(app, at):
    """A sensitive incident, never forwarded, of a priority that no other incident has."""
    at(MONDAY)
    done(app, "rita", "put", f"{log(app, sensitive=True)}/self_cure")
    found = row(app, "ike", "ola")["reopen_rate"]
    assert (found["denominator"], found["rate"], found["expected"]) == (1, 0.0, None)


def test_a_kind_that_nobody_promised_has_no_rows(app, at):
    at(MONDAY)
    path = bring(app, "in_progress")
    at(TUESDAY)
    done(app, "tariq", "put", f"{path}/resolution", {"type": "permanent_fix", "text": "Done"})
    assert rows(app, "mo", "agreement_kind=uc") == []


def test_an_absurd_price_does_not_stop_the_counting(app, at):
    at(MONDAY)
    path = bring(app, "resolved")
    for _ in range(2):
        done(app, "sam", "post", f"{path}/worklog", {"minutes": 5, "parts_cost": "99999999.99"})
    assert row(app, "mo", "sla")["cost"]["parts"] == "199999999.98"
    done(app, "sam", "post", f"{bring(app, 'resolved')}/worklog", {"minutes": 5})
    assert row(app, "mo", "sla")["resolved"] == 2


def test_a_count_that_fails_leaves_the_page_with_what_was_counted(app, at, monkeypatch):
    from sqlalchemy.exc import DataError

    def fails(_: object) -> None:
        raise DataError("INSERT", {}, Exception("out of range"))

    at(MONDAY)
    bring(app, "resolved")
    assert row(app, "mo", "sla")["resolved"] == 1
    bring(app, "resolved")
    monkeypatch.setattr(rollup, "count", fails)
    answer = done(app, "mo", "get", f"/performance?{MONTH}").json
    assert not answer["up_to_date"]
    assert {one["resolved"] for one in answer["items"]} == {1}
    monkeypatch.undo()
    assert row(app, "mo", "sla")["resolved"] == 2  # its mark was not lost


def test_a_median_counts_what_took_no_open_time(app, at):
    for reported, solved in (
        ("2026-01-12T05:00+00:00", "2026-01-12T05:30+00:00"),
        ("2026-01-13T05:00+00:00", "2026-01-13T05:30+00:00"),
        ("2026-01-14T09:00+00:00", "2026-01-14T11:00+00:00"),
    ):
        at(reported)
        path = log(app)
        at(solved)
        done(app, "rita", "put", f"{path}/self_cure")
    found = row(app, "mo", "ola")["mean_time_to_restore"]
    assert (found["numerator"], found["denominator"], found["median"]) == (7200, 3, 0.0)


def test_a_closed_day_that_is_entered_late_corrects_the_days_it_touches(app, at):
    from app.contracts.changes import retime_every_school
    from app.contracts.models import BankHoliday
    from app.contracts.queries import forget_agreements
    from tenants import administering, db

    at(MONDAY)
    path = log(app)
    at("2026-01-14T09:00+00:00")
    done(app, "rita", "put", f"{path}/self_cure")
    assert row(app, "mo", "ola")["mean_time_to_restore"]["rate"] == 18
    with app.app_context(), administering("a day of mourning"):
        db.session.add(BankHoliday(on=date(2026, 1, 13), name="Day of mourning"))
        retime_every_school("A day of mourning")
        db.session.commit()
    forget_agreements()
    decide(app)
    assert row(app, "mo", "ola")["mean_time_to_restore"]["rate"] == 9


def test_rows_page_by_their_place_and_not_by_their_number(app, at):
    names = [f"School {letter}" for letter in "BDFH"]
    sums.schools(app, *names, "School A")
    for name in names:
        slug = name.lower().replace(" ", "-")
        sums.add(app, slug, resolution_decided=9, resolution_met=8)
    first = done(app, "mo", "get", f"/performance?{MONTH}&limit=2").json
    sums.add(app, "school-a", resolution_decided=9, resolution_met=8)
    rest = done(app, "mo", "get", f"/performance?{MONTH}&limit=2&after={first['next']}").json
    assert [one["key"] for one in rest["items"]] == ["school-f", "school-h"]
    assert rest["next"] is None


def test_those_without_a_name_page_behind_the_own_row(app, at):
    sums.schools(app, "School A", "School B", "School C")
    for slug, many in (("st-marys", 9), ("school-a", 8), ("school-b", 7), ("school-c", 6)):
        sums.add(app, slug, resolution_decided=many, resolution_met=6)
    asked, found = f"/performance?{MONTH}&limit=1", []
    cursor = ""
    while cursor is not None:
        page = done(app, "ike", "get", f"{asked}{cursor and '&after=' + cursor}").json
        found += [(one["key"], one["resolution_met"]["denominator"]) for one in page["items"]]
        cursor = page["next"]
    assert found == [("st-marys", 9), (None, 6), (None, 7), (None, 8)]


def test_a_page_counts_in_a_few_schools_only(app, monkeypatch, at, statements):
    from app.performance import sight

    at(MONDAY)
    bring(app, "resolved")
    monkeypatch.setattr(sight, "MOST_SCHOOLS_AT_ONCE", 0)
    assert done(app, "mo", "get", f"/performance?{MONTH}").json["up_to_date"] is False
    # A school's own page counts its own all the same.
    assert done(app, "sam", "get", f"/performance?{MONTH}").json["up_to_date"] is True


def test_incidents_that_are_not_checked_can_be_asked_for(app, at):
    at(MONDAY)
    log(app)
    bring(app, "at_desk")
    asked = f"/performance/incidents?{MONTH}&figure=reported&priority=unchecked"
    assert [one["number"] for one in done(app, "mo", "get", asked).json["items"]] == [1]


def test_a_bare_key_is_the_las_agreement_and_not_a_schools_of_the_same_key(app, at):
    from app.performance.naming import versions_named
    from tenants import across_schools

    with app.app_context(), across_schools("a test"):
        la, own = versions_named("la-standard")
    assert la
    assert not own


def test_counting_waits_before_it_takes_marks(app, at, statements):
    """Else two would each wait for what the other holds."""
    at(MONDAY)
    bring(app, "resolved")
    with app.app_context(), acting_in(school_id(app)):
        for does in (rollup.count_marked, rollup.rebuild):
            statements.clear()
            does()
            said = [one.split()[0] for one in statements if "advisory" in one or "DELETE" in one]
            assert said[:2] == ["SELECT", "DELETE"], statements


@pytest.mark.parametrize(
    ("contract", "share"),
    [
        ({"renewal": "none"}, 15),
        ({"renewal": "none", "ended_on": date(2026, 1, 5)}, 5),
        ({"renewal": "express", "renewed_until": date(2026, 1, 20)}, 20),
        ({"renewal": "tacit", "renewal_months": 12}, 31),
        ({"renewal": "tacit", "renewal_months": 12, "ended_on": date(2026, 1, 20)}, 20),
    ],
)
def test_a_contract_costs_while_it_holds(contract, share):
    """365 pounds a year, so that a day is a pound."""
    from app.contracts.register import Contract

    one = Contract(
        school_id=1,
        kind="sla",
        annual_charge=Decimal(365),
        charging_year="financial",
        start=date(2025, 1, 16),
        initial_months=12,
        **contract,
    )
    charge = cost.charge_of(one, "")
    assert cost.share_of(charge, date(2026, 1, 1), date(2026, 2, 1)) == share


@pytest.fixture
def at_sues(app: Flask, sign_in: Any, cast: Any, at: Any, ledger: Any) -> str:
    """An incident that Sue's company has, and a contract of somebody else's."""
    at(MONDAY)
    path = with_supplier(app, a_supplier(app, sign_in, cast))
    ledger.rows(
        "INSERT INTO support_group_members (school_id, group_id, membership_id)"
        " SELECT g.school_id, g.id, m.id FROM support_groups g JOIN memberships m"
        " ON m.school_id = g.school_id WHERE g.key = 'lamps-ltd' AND m.role = 'supplier'"
    )
    return str(path or f"{INCIDENTS}/1")


def test_a_supplier_reads_its_own_clocks_and_not_what_others_cost(app, at_sues, at):
    at("2026-02-01T09:00+00:00")
    decide(app)
    (found,) = rows(app, "sue")
    assert (found["agreement_kind"], found["response_met"]["denominator"]) == ("uc", 1)
    for private in ("cost", "cost_per_incident", "licence_compliance", "licence_shortfall"):
        assert private not in found, private


def test_a_supplier_costs_what_its_contract_says_whatever_its_group_is_called(
    app, at_sues, at, ledger
):
    at("2026-02-01T09:00+00:00")
    decide(app)
    new = {"name": "Lamps International", "group": "lamps-ltd"}
    done(app, "sam", "post", "/schools/st-marys/suppliers", new)
    ledger.rows(
        "INSERT INTO contracts (school_id, number, name, kind, state, start, initial_months,"
        " renewal, annual_charge, charging_year, created_by, supplier_id, version)"
        " SELECT school_id, 1, 'Lamps', 'uc', 'active', '2025-12-01', 12, 'none', 365,"
        " 'financial', 'Dora', id, 1 FROM suppliers"
    )
    (found,) = rows(app, "mo", "by=supplier&agreement_kind=uc")
    assert (found["key"], found["name"]) == ("lamps ltd", "Lamps Ltd")
    assert found["cost"]["contract_share"] == "31.00"


def test_a_supplier_is_one_in_its_own_schools_only(app, at_sues):
    """The same name in another school is another company."""
    from app.performance.sight import within_sight
    from app.performance.totals import Asked
    from app.performance.totals import sums as sums_of

    here = school_id(app)
    with app.app_context(), acting_in(here):
        rollup.count_marked()
        asked = Asked(date(2026, 1, 1), date(2026, 3, 1))
        own, next_door = (_sight(here, of) for of in (here, here + 1))
        assert sums_of(within_sight(own, asked), "uc") != sums_of(
            within_sight(next_door, asked), "uc"
        )


def _sight(school: int, supplier_in: int) -> Sight:
    return Sight(
        frozenset({school}), frozenset({"lamps ltd"}), frozenset({(supplier_in, "lamps ltd")})
    )


def test_nobody_without_a_name_is_told_apart_by_its_supplier(app):
    sums.schools(app, "School A")
    for slug in ("st-marys", "school-a"):
        sums.add(app, slug, kind="uc", resolution_decided=9, resolution_met=8)
    assert {one["key"] for one in rows(app, "ike", "supplier=unnamed")} == {"st-marys"}


def test_an_incident_under_work_is_no_drift(app, at, monkeypatch):
    from random import Random

    from app.performance import checking

    at(MONDAY)
    path = bring(app, "resolved")
    with app.app_context(), acting_in(school_id(app)):
        rollup.count_marked()
        number = db_id(path)

        def somebody_works(_: object) -> list[int]:
            rollup.mark([number])
            return [number]

        monkeypatch.setattr(checking, "_counted_otherwise", somebody_works)
        assert not checking.drift(Random(1))


def db_id(path: str) -> int:
    from app.incidents.models import Incident
    from tenants import db

    found = select(Incident.id).where(Incident.number == int(path.rsplit("/", 1)[1]))
    return int(db.session.scalars(found).one())


def test_the_sums_are_of_marks_that_were_taken(app, at):
    from tenants import db

    at(MONDAY)
    bring(app, "resolved")
    rows(app, "mo")
    with app.app_context(), acting_in(school_id(app)):
        assert db.session.scalar(select(FigureMark.id).limit(1)) is None
        assert db.session.scalar(select(FigureDay.resolved).where(FigureDay.resolved > 0)) == 1
